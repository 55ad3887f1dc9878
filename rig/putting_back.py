"""Puts a meter back to where it was found: what was written, its clock, and its relay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rig.checks.counts import Written
from rig.clock import Clock, Span
from rig.contracts import Button, Capability, DisconnectCause, Meter, MeterReading, RelayState, Value
from rig.errors import DeviceRefused, LinkError, RigError
from rig.journal import Journal
from rig.promises import Promises
from rig.relay_start import RelayStart

MONEY = ("balance", "arrears")
"""What is put back last: settings may move it."""
LIMIT = "load_limit"


class PuttingBack:
    """Knows what was written to one meter, and puts it back. `relay` asks the electrical truth."""

    def __init__(
        self,
        meter: Meter,
        clock: Clock,
        journal: Journal,
        promises: Promises,
        relay: Callable[[], RelayState],
        button: Button | None = None,
    ) -> None:
        self._meter = meter
        self._clock = clock
        self._journal = journal
        self._promises = promises
        self._relay = relay
        self._button = button if Capability.BUTTON in meter.capabilities else None
        self._relay_start = RelayStart(meter, clock, journal, promises, relay, self._button)
        self.found: dict[str, Value] = {}
        self.written: list[Written] = []
        self._left = MeterReading({}, {})
        """What was read when the last scenario was put back."""
        self.forgotten: Callable[[int], int] = lambda _limit: 0
        """From when on (ns) no metering window holds a load that is too much for a limit of so many W."""
        self._relay_found: RelayState | None = None
        self._clock_found: tuple[datetime, Span] | None = None

    def _clock_back(self) -> list[str]:
        """To the second that is nearest to what the clock would show: what it read as had been cut to whole seconds."""
        if self._clock_found is None:
            return []
        (shown, at), self._clock_found = self._clock_found, None
        due = shown + timedelta(seconds=1, microseconds=(self._clock.now() - at.hi) // 1000)
        try:
            self._meter.write("clock", due.replace(microsecond=0))
        except (RigError, DeviceRefused, ValueError) as error:
            return [f"clock: {error}"]
        self._journal.record("setting", item="clock", found=shown, written=None, left=due.replace(microsecond=0))
        return []

    def _written(self, item: str, to: int | str) -> Span:
        """Write once. A lost answer is not answered by writing again: what the item reads then decides."""
        began = self._clock.now()
        try:
            return self._meter.write(item, to)
        except LinkError as error:
            reading = self._meter.read(item)
            if reading.values[item] != to:
                raise
            self._journal.record("note", words=f"{item} = {to}: the answer was lost, and reads as written ({error})")
            return Span(began, reading.spans[item].hi)

    def nothing_was_written(self) -> None:
        """The meter took none of the writes: there is nothing to put back."""
        self.found.clear()
        self.written.clear()

    def restore(self) -> list[str]:
        """Put back what was written, money last, and read it back. Returns what could not be put back, in words."""
        self._left = MeterReading({}, {})
        self._outwait_overload()
        wrong = self._clock_back()
        order = [i for i in self.found if i not in MONEY] + [i for i in MONEY if i in self.found]
        wrong += self._put_back(order)
        self.found.clear()
        self.written.clear()
        return wrong

    def restore_relay(self) -> str:
        """Bring the relay back to how it was found; why it could not be, in words, or empty."""
        if self._relay_found is None or self._without_credit():
            return ""
        try:
            self._relay_start.bring(self._relay_found)
        except RigError as error:
            return str(error)
        return ""

    def _outwait_overload(self) -> None:
        """An overload trip ends by itself, after the interval or the lock-out that is set; the load is off."""
        if "disconnect_cause" not in self._meter.items or self._relay() is not RelayState.OPEN:
            return
        wanted = ["disconnect_cause", "control_state", "reclose_interval", "lock_out_duration"]
        reading = self._meter.read(*(item for item in wanted if item in self._meter.items))
        cause = reading.cause
        if cause is None or not cause & DisconnectCause.OVERLOAD or cause & DisconnectCause.COMMAND:
            return
        self._relay_start.waits_for(RelayState.CLOSED, self._longest_hold(reading))

    def _longest_hold(self, reading: MeterReading) -> int:
        """How long (ns) an overload may still hold the relay; where the control state does not tell which hold, the longer."""
        shown, promised = reading.whole("control_state"), self._promises.table.control_state
        interval, lock_out = reading.whole("reclose_interval") or 0, reading.whole("lock_out_duration") or 0
        holds = (
            (promised.overload, self._promises.reclose_interval_window(interval).hi),
            (promised.lock_out, self._promises.lock_out_window(lock_out).hi),
        )
        possible = [until for state, until in holds if None in (shown, state) or shown == state]
        return max(possible or [until for _, until in holds])

    def _without_credit(self) -> bool:
        """True when the meter is back at a balance that holds its relay open, or is about to open it."""
        if "balance" not in self._meter.items:
            return False
        left = self._left if "balance" in self._left else self._meter.read("balance")
        return (left.balance_paise or 0) <= 0

    def _put_back(self, items: Sequence[str]) -> list[str]:
        """Write what was found, each item once, then read all of it back; what is not as it was, in words."""
        wrong, put = [], []
        if LIMIT in items and isinstance(limit := self.found[LIMIT], int):
            # The load is off, and a metering window that still holds it would be too much for a lower limit.
            self._clock.sleep_until(self.forgotten(limit))
        for item in items:
            was = self.found[item]
            if not isinstance(was, int | str):
                wrong.append(f"{item}: found as {was!r}, which cannot be written back")
                continue
            try:
                self._written(item, was)
                put.append(item)
            except (RigError, DeviceRefused, ValueError) as error:
                wrong.append(f"{item}: {error}")
        try:
            self._left = self._meter.read(*put) if put else self._left
        except (RigError, DeviceRefused, ValueError) as error:
            return [*wrong, *(f"{item}: {error}" for item in put)]
        for item in put:
            was = self.found[item]
            left = self._left.values[item]
            self._journal.record("setting", item=item, found=was, written=None, left=left)
            if left != was:
                wrong.append(f"{item}: found as {was}, put back, and reads {left}")
        return wrong
