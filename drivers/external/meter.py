"""Meter and wallet that another program speaks with: a stack in another language, or under another licence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drivers.external.program import ExternalProgram
from drivers.external.values import plain, rich
from rig.clock import Span
from rig.contracts import Capability, MeterEvent, MeterReading, RechargeOutcome, RechargeResult
from rig.errors import DeviceRefused, LinkError


class ExternalMeter:
    """`Meter` and `Wallet` behind a program. What it is, it says in its hello: model, items, writable, capabilities, promises,
    events."""

    def __init__(self, program: ExternalProgram) -> None:
        """Raises DeviceRefused when the hello names what the rig does not know."""
        self._program = program
        hello = program.hello
        self.model = str(hello.get("model", "unnamed"))
        self.promises: Mapping[str, object] = dict(hello.get("promises", {}))
        self.event_names = frozenset(map(str, hello.get("event_names", ())))
        self.event_entries = int(hello.get("event_entries", 0))
        self._items = frozenset(map(str, hello.get("items", ())))
        self._writable = frozenset(map(str, hello.get("writable", ())))
        try:
            self.capabilities = frozenset(Capability(name) for name in hello.get("capabilities", ()))
        except ValueError as error:
            raise DeviceRefused(f"{program.name}: capabilities: {error}") from None

    @property
    def items(self) -> frozenset[str]:
        """See `Meter.items`."""
        return self._items

    def read(self, *items: str) -> MeterReading:
        """See `Meter.read`. All items come with one question, so all have its span."""
        wanted = sorted(self._items) if not items else list(items)
        if unknown := [name for name in wanted if name not in self._items]:
            raise KeyError(f"{self._program.name}: offers no {', '.join(unknown)}; nothing was sent")
        said, span = self._program.call("read", items=wanted)
        values = said.get("values") if isinstance(said, dict) else None
        if not isinstance(values, dict) or set(values) != set(wanted):
            raise LinkError(f"{self._program.name}: asked 'read' for {wanted}: {str(said)[:80]} came")
        where = f"{self._program.name}: read"
        return MeterReading({n: rich(values[n], f"{where}: {n}") for n in wanted}, dict.fromkeys(wanted, span))

    def write(self, item: str, setting: int | str | datetime) -> Span:
        """See `Meter.write`."""
        if item not in self._writable:
            raise ValueError(f"{self._program.name}: {item} cannot be written; nothing was sent")
        return self._program.call("write", item=item, value=plain(setting))[1]

    def takes(self, item: str, setting: int) -> bool:  # noqa: ARG002
        """See `Meter.takes`. The program alone knows its ranges."""
        return item in self._writable

    def bounds(self, item: str) -> None:
        """See `Meter.bounds`. The program alone knows its ranges."""

    def offer(self, item: str, setting: int) -> Span:
        """See `Meter.offer`."""
        return self.write(item, setting)

    def disconnect(self) -> Span:
        """See `Meter.disconnect`."""
        return self._program.call("disconnect")[1]

    def reconnect(self) -> Span:
        """See `Meter.reconnect`."""
        return self._program.call("reconnect")[1]

    def events(self) -> list[MeterEvent]:
        """See `Meter.events`."""
        said, _ = self._program.call("events")
        return [self._event(one) for one in said]

    def _event(self, given: Any) -> MeterEvent:
        where = f"{self._program.name}: events"
        try:
            time = rich(given["time"], where)
            return MeterEvent(
                int(given["sequence"]),
                int(given["code"]),
                str(given["name"]),
                time if isinstance(time, datetime) else None,
            )
        except (KeyError, TypeError, ValueError):
            raise LinkError(f"{where}: {str(given)[:80]} is no event") from None

    def recharge(self, amount_paise: int, recharge_id: int) -> RechargeResult:
        """See `Wallet.recharge`. The program finishes it, or says "pending"; a lost answer is read back by asking "recharged"."""
        begun = self._program.now()
        try:
            said, span = self._program.call("recharge", amount_paise=amount_paise, recharge_id=recharge_id)
            return RechargeResult(self._outcome(said), int(said.get("code", 0)), span, span)
        except LinkError:
            self._program.begin_anew()
            said, span = self._program.call("recharged", recharge_id=recharge_id)
            lost = Span(begun, span.hi)
            return RechargeResult(self._outcome(said), int(said.get("code", 0)), lost, lost, read_back=True)

    @property
    def looks_every(self) -> int:
        """See `Wallet.looks_every`. The program says itself when a recharge was settled."""
        return 0

    def carries(self, amount_paise: int) -> bool:  # noqa: ARG002
        """See `Wallet.carries`. What the program speaks has no narrow numbers."""
        return True

    def _outcome(self, said: Any) -> RechargeOutcome:
        try:
            return RechargeOutcome(said["outcome"])
        except (KeyError, TypeError, ValueError):
            raise LinkError(f"{self._program.name}: recharge: {str(said)[:80]} is no outcome") from None

    def close(self) -> None:
        """End the program."""
        self._program.close()
