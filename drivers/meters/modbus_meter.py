"""A meter reached over Modbus as its register map says: measurements, claims, commands, events and the wallet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from drivers.meters.asking import Asker
from drivers.meters.bounds import bounds_of, planned_beyond
from drivers.meters.doubts import doubts
from drivers.meters.event_log import EventLog
from drivers.meters.map_model import Command
from drivers.meters.read_plan import ReadPlan, planned_reads, read_of
from drivers.meters.recharge_procedure import RechargeProcedure
from drivers.meters.register_map import RegisterMap
from drivers.meters.unlocking import Unlocking
from drivers.meters.write_plan import Write, planned_writes
from rig.clock import Clock, Span
from rig.contracts import (
    MONEY,
    Bus,
    Capability,
    MeterEvent,
    MeterReading,
    Password,
    RechargeResult,
    Reply,
    Request,
    Value,
)
from rig.errors import ConfigError, DeviceRefused, LinkError


class ModbusMeter:
    """`Meter` and `Wallet` on a bus.

    `alternate_lengths`: polls of one item take turns in length where the map allows it, so that on a line without
    transaction ids a late answer does not fit the next request.

    Raises:
        ConfigError: a secret that the map does not know, or that does not fit its register.
        ValueError: `unit` is not 1 to 247.
    """

    def __init__(
        self,
        map_: RegisterMap,
        bus: Bus,
        unit: int,
        clock: Clock,
        where: str,
        secrets: Mapping[str, Password] | None = None,
        *,
        alternate_lengths: bool = False,
    ) -> None:
        self.map = map_
        self.model = map_.model
        self.capabilities: frozenset[Capability] = map_.capabilities
        self.promises: Mapping[str, object] = map_.promises
        self.unseen = map_.unseen
        self.event_names = frozenset(map_.events.codes.values()) if map_.events else frozenset()
        self.event_entries = map_.events.entries if map_.events else 0
        self._asker = Asker(bus, unit, clock, where, map_.inter_frame_delay_ns)
        self._exchange = bus.exchange if not map_.inter_frame_delay_ns else self._asker.ask
        self._alternate = alternate_lengths
        self._items = map_.readable
        self._plans: dict[tuple[str, ...], ReadPlan] = {}
        self._unlocking = Unlocking(map_, self._asker, secrets or {})
        self._events = EventLog(map_, map_.events, self._asker) if map_.events else None
        procedure = map_.file.recharge
        self._recharge: RechargeProcedure | None = None
        if procedure is not None:
            self._recharge = RechargeProcedure(map_, procedure, self._asker, self._unlocking, self.read)
        self.looks_every = self._recharge.looks_every if self._recharge else 0
        self._guarded = _guarded(map_)

    @property
    def items(self) -> frozenset[str]:
        """Items that can be read."""
        return self._items

    def read(self, *items: str) -> MeterReading:
        """See `Meter.read`."""
        plan = self._plans.get(items)
        if plan is None:
            plan = self._planned(items)
        elif plan.spare is not None:
            plan.requests, plan.spare = plan.spare, plan.requests
        values: dict[str, Value] = {}
        spans: dict[str, Span] = {}
        raw: dict[str, tuple[int, ...]] = {}
        requests = plan.requests
        try:
            replies = self._exchange(requests)
        except LinkError:
            self._unlocking.forget()  # a silent meter may have lost its mains, and what had unlocked it
            raise
        for number, reply in enumerate(replies):
            pdu = reply.pdu
            if pdu[0] & 0x80:
                raise self._asker.refused(requests[number], reply)
            block = plan.blocks[number]
            span = Span(reply.sent, reply.received)
            words = block.raw(pdu)
            for name, decode, at, first, last in block.parts:
                values[name] = decode(pdu, at)
                spans[name] = span
                raw[name] = words[first:last]
        return MeterReading(values, spans, raw)

    def doubts(self, reading: MeterReading) -> list[str]:
        """See `Meter.doubts`."""
        return doubts(self.map, reading)

    def _planned(self, items: tuple[str, ...]) -> ReadPlan:
        for name in items:
            if name not in self.map.items:
                raise KeyError(f"{self._asker.where}: map {self.map.name} has no item {name}")
            if name not in self._items:
                raise KeyError(f"{self._asker.where}: {name} can only be written")
        wanted = dict.fromkeys(items) if items else [name for name in self.map.items if name in self._items]
        plan = planned_reads(self.map, self._asker.unit, wanted, alternate=self._alternate)
        self._plans[items] = plan
        return plan

    def write(self, item: str, setting: int | str | datetime) -> Span:
        """See `Meter.write`."""
        if item not in self.map.items:
            raise KeyError(f"{self._asker.where}: map {self.map.name} has no item {item}")
        if self.map.items[item].write_table is None:
            raise ValueError(f"{self._asker.where}: {item} is read-only; nothing was sent")
        if item in self._guarded:
            raise ValueError(f"{self._asker.where}: {item} is written by {self._guarded[item]} only; nothing was sent")
        return self._write({item: setting})

    def takes(self, item: str, setting: int) -> bool:
        """See `Meter.takes`."""
        if item not in self.map.items or self.map.items[item].write_table is None or item in self._guarded:
            return False
        try:
            planned_writes(self.map, {item: setting})
        except ValueError:
            return False
        return True

    def bounds(self, item: str) -> tuple[int, int, int] | None:
        """See `Meter.bounds`."""
        return bounds_of(self.map, item)

    def offer(self, item: str, setting: int) -> Span:
        """See `Meter.offer`."""
        return self._carried_out(planned_beyond(self.map, item, setting), {item: setting})

    def disconnect(self) -> Span:
        """See `Meter.disconnect`. Raises ConfigError when the map has no such command."""
        return self._command("disconnect")

    def reconnect(self) -> Span:
        """See `Meter.reconnect`. Raises ConfigError when the map has no such command."""
        return self._command("reconnect")

    def _command(self, verb: str) -> Span:
        relay = self.map.file.relay
        if relay is None:
            raise ConfigError(f"{self.map.name}: relay: there is no such table, so {verb} is not possible; add it")
        commands: Command | list[Command] = getattr(relay, verb)
        steps = commands if isinstance(commands, list) else [commands]
        batches: list[dict[str, Value]] = [{}]
        for step in steps:
            if step.register_ in batches[-1]:  # a pulse: the same register twice, one write after the other
                batches.append({})
            batches[-1][step.register_] = step.value
        taken = [self._write(batch, complete=True) for batch in batches]
        return Span(taken[0].lo, taken[-1].hi)

    def _write(self, values: Mapping[str, Value], complete: bool = False) -> Span:
        """Each request once, in order; the span runs from the first sent, or with `complete` from the last, to the last answer."""
        try:
            writes = planned_writes(self.map, values)
        except ValueError as error:
            raise ValueError(f"{self._asker.where}: {error}") from None
        return self._carried_out(writes, values, complete)

    def _carried_out(self, writes: Iterable[Write], values: Mapping[str, Value], complete: bool = False) -> Span:
        asker, first, last = self._asker, 0, 0
        try:
            for write in writes:
                place = write.read_first
                old = asker.must([read_of(asker.unit, place)])[0].pdu if place is not None else None
                reply = self._sent(write.request(asker.unit, old), values)
                first, last = reply.sent if complete else first or reply.sent, reply.received
        except DeviceRefused as refusal:
            self._unlocking.forget()
            raise self._unlocking.explained(values, refusal) from None
        except LinkError:
            self._unlocking.forget()
            raise
        return Span(first, last)

    def _sent(self, request: Request, values: Iterable[str]) -> Reply:
        """One write, unlocked before where that is needed; refused by a meter that may have been locked again, once more."""
        relied = self._unlocking.before(values)
        try:
            return self._asker.must([request])[0]
        except DeviceRefused:
            if not relied:
                raise
        self._unlocking.forget()
        self._unlocking.before(values)
        return self._asker.must([request])[0]

    def events(self) -> list[MeterEvent]:
        """See `Meter.events`. Raises ConfigError when the map has no event log."""
        if self._events is None:
            raise ConfigError(
                f"{self.map.name}: events: there is no such table, so the event log cannot be read; add it"
            )
        return self._events.read()

    def recharge(self, amount_paise: int, recharge_id: int) -> RechargeResult:
        """See `Wallet.recharge`. Raises ConfigError when the map cannot recharge: no procedure, or the wallet is an engine's."""
        if self.map.not_drivable:
            raise ConfigError(self.map.not_drivable)
        if self._recharge is None:
            raise ConfigError(
                f"{self.map.name}: recharge: there is no such table, so a recharge is not possible; add it"
            )
        return self._recharge.recharge(amount_paise, recharge_id)

    def carries(self, amount_paise: int) -> bool:
        """See `Wallet.carries`."""
        return self._recharge is not None and self._recharge.carries(amount_paise)


def _guarded(map_: RegisterMap) -> dict[str, str]:
    """Registers that only a procedure may write, and which."""
    file = map_.file
    guarded: dict[str, str] = {}
    if file.recharge is not None:
        guarded |= dict.fromkeys([*file.recharge.write, file.recharge.commit.register_], "a recharge")
    if file.unlock is not None:
        guarded |= dict.fromkeys([file.unlock.register_, *(step.register_ for step in file.unlock.first)], "unlocking")
    if file.relay is not None:
        for commands in (file.relay.disconnect, file.relay.reconnect):
            steps = commands if isinstance(commands, list) else [commands]
            guarded |= dict.fromkeys([step.register_ for step in steps], "disconnect and reconnect")
    preset = file.account_preset.write if file.account_preset and Capability.ACCOUNT_PRESET in file.capabilities else []
    guarded |= dict.fromkeys([name for name in MONEY if name not in preset], "the meter (no account_preset in the map)")
    return guarded
