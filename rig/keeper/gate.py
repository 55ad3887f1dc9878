"""The one gate that every command to a position passes: limits of the bench, and what may be written into its meter.

Nothing is clipped. What is refused was not sent, and the message names the limit. The keeper uses it in wall time, `sim`
in the same process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rig.clock import HOUR, SECOND, Clock
from rig.config import Limits
from rig.contracts import RelayState, Request, Sensing
from rig.keeper.pdu import touched

Items = frozenset[tuple[str, int]]
_NEVER = 2**63


@dataclass(frozen=True, slots=True)
class BusRules:
    """What may pass to a meter: items as (table, address), table "coil" | "discrete" | "input" | "holding".

    `unit`: the only unit id that this position may address. `relay`: items whose polls go before others on a shared bus.
    """

    unit: int
    writes: Items = frozenset()
    never_touch: Items = frozenset()
    relay: Items = frozenset()

    def as_table(self) -> dict[str, object]:
        """Plain values, to hand to another process."""
        lists = {name: sorted(getattr(self, name)) for name in ("writes", "never_touch", "relay")}
        return {"unit": self.unit, **lists}

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> BusRules:
        """The rules that `as_table` wrote."""
        return cls(
            int(str(table["unit"])), _items(table["writes"]), _items(table["never_touch"]), _items(table["relay"])
        )


def _items(given: object) -> Items:
    if not isinstance(given, Iterable):
        raise ValueError(f"{given!r} is no list of items")
    return frozenset((str(table), int(address)) for table, address in given)


class Gate:
    """The limits of one position, and how much of them is used. Safe to use from several threads.

    Energy and time are counted from what the load was told, from before a rise is sent until after a fall is confirmed,
    so they are never less than what flowed. `sensing`, once set, is where relay operations are counted.
    """

    def __init__(self, position: str, limits: Limits, clock: Clock, rules: BusRules, volts: Decimal) -> None:
        self.position = position
        self.sensing: Sensing | None = None
        self.expires = _NEVER
        self._limits = limits
        self._clock = clock
        self._rules = rules
        self._volts = volts
        self._lock = threading.Lock()
        self._watts = 0
        self._settled = clock.now()
        self._watt_ns = 0
        self._on_ns = 0
        self._edges_seen = 0
        self._contact = RelayState.UNKNOWN
        self._operations = 0
        self._admitted: set[Request] = set()

    # what the load may do

    @property
    def draws(self) -> bool:
        """True from before the load is told to draw until it has confirmed that it is off."""
        return self._watts > 0

    def may_draw(self, watts: int) -> int:
        """ValueError when drawing `watts` (W) would exceed a limit; otherwise it counts from now on.

        Returns what was drawn before, for `drawn` when the device refused before anything was sent.
        """
        most = self._limits
        if watts > most.watts:
            raise self._refusal(f"draw {watts} W", f"limits.watts is {most.watts}")
        if watts > most.amps * self._volts:
            raise self._refusal(f"draw {watts} W at {self._volts} V", f"limits.amps is {most.amps}")
        if watts > 0 and (over := self.exceeded()):
            raise self._refusal(f"draw {watts} W", over)
        before = self._watts
        self._count(max(watts, before))
        return before

    def drawn(self, watts: int) -> None:
        """The load has confirmed `watts` (0: off)."""
        self._count(watts)

    def _count(self, watts: int) -> None:
        with self._lock:
            now = self._clock.now()
            self._settle(now)
            self._watts = watts
            self._expect_end(now)

    def _settle(self, now: int) -> None:
        if self._watts:
            self._on_ns += now - self._settled
            self._watt_ns += self._watts * (now - self._settled)
        self._settled = now

    def _expect_end(self, now: int) -> None:
        if not self._watts:
            self.expires = _NEVER
            return
        left_ns = self._limits.seconds * SECOND - self._on_ns
        left_watt_ns = self._limits.watt_hours * HOUR - self._watt_ns
        self.expires = now + min(left_ns, left_watt_ns // self._watts)

    def suspended(self, duration: int) -> None:
        """The machine slept for `duration` ns while the clock stood still: a load that was on has gone on drawing."""
        with self._lock:
            now = self._clock.now()
            self._settle(now)
            if self._watts:
                self._on_ns += duration
                self._watt_ns += self._watts * duration
            self._expect_end(now)

    def exceeded(self) -> str:
        """Which limit is used up, in words; empty while none is."""
        with self._lock:
            self._settle(self._clock.now())
            on_ns, watt_ns = self._on_ns, self._watt_ns
        if on_ns >= self._limits.seconds * SECOND:
            return f"the load has been on for {on_ns // SECOND} s, limits.seconds is {self._limits.seconds}"
        if watt_ns >= self._limits.watt_hours * HOUR:
            return f"the load has been told {watt_ns // HOUR} Wh, limits.watt_hours is {self._limits.watt_hours}"
        if self.relay_operations() > self._limits.relay_operations:
            most = self._limits.relay_operations
            return f"the relay has operated {self._operations} times, limits.relay_operations is {most}"
        return ""

    def relay_operations(self) -> int:
        """How often the contact was seen to change between open and closed; a dead line between changes nothing."""
        if self.sensing is None:
            return 0
        with self._lock:
            edges = self.sensing.watch(self._edges_seen).edges
            self._edges_seen += len(edges)
            for edge in edges:
                if edge.state is RelayState.UNKNOWN:
                    continue
                self._operations += self._contact not in (RelayState.UNKNOWN, edge.state)
                self._contact = edge.state
            return self._operations

    # what the source may do

    def may_supply(self, volts: Decimal) -> None:
        """ValueError when this voltage (V), or the current of the load at it, would exceed a limit."""
        if volts > self._limits.volts:
            raise self._refusal(f"supply {volts} V", f"limits.volts is {self._limits.volts}")
        if self._watts > self._limits.amps * volts:
            raise self._refusal(f"supply {volts} V to a load of {self._watts} W", f"limits.amps is {self._limits.amps}")
        if over := self.exceeded():
            raise self._refusal(f"supply {volts} V", over)

    def supplied(self, volts: Decimal) -> None:
        """The source has confirmed this voltage (V)."""
        self._volts = volts

    # what may reach the meter

    def may_press(self) -> None:
        """ValueError when the meter's button must not be pressed: it may move the relay, and let current flow."""
        if over := self.exceeded():
            raise self._refusal("press the meter's button", over)

    def admit(self, requests: Sequence[Request]) -> None:
        """ValueError when one of these requests must not be sent; then none of them may be."""
        for request in requests:
            if request not in self._admitted:
                self._look_at(request)

    def _look_at(self, request: Request) -> None:
        if request.unit == 0:
            raise self._refusal("send to unit 0", "a broadcast reaches every meter of the line")
        if request.unit != self._rules.unit:
            raise self._refusal(
                f"send to unit {request.unit}", f"the meter of this position is unit {self._rules.unit}"
            )
        try:
            what = touched(request.pdu)
        except ValueError as error:
            raise self._refusal("send this request", str(error)) from None
        items = what.items()
        if forbidden := items & self._rules.never_touch:
            raise self._refusal(str(what), f"the map says never to touch {_named(forbidden)}")
        if not what.writes:
            if len(self._admitted) < 4096:
                self._admitted.add(request)
            return
        if unknown := items - self._rules.writes:
            raise self._refusal(str(what), f"the map does not let the rig write {_named(unknown)}")
        if over := self.exceeded():
            raise self._refusal(str(what), over)

    def urgent(self, request: Request) -> bool:
        """True for a poll of the relay's registers."""
        if not self._rules.relay:
            return False
        what = touched(request.pdu)
        return not what.writes and not self._rules.relay.isdisjoint(what.items())

    def _refusal(self, asked: str, why: str) -> ValueError:
        return ValueError(f"{self.position}: refused to {asked}: {why}; nothing was sent")


def _named(items: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{table} 0x{address:04X}" for table, address in sorted(items))
