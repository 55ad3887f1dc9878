"""Brings a meter to where a scenario starts, by means that it really has, and back to where it was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rig.checks.counts import Written
from rig.clock import Clock, Span
from rig.contracts import SETTINGS, Button, Capability, DisconnectCause, Meter, MeterReading, RelayState, Value, Wallet
from rig.errors import DeviceRefused, LinkError, RigError
from rig.journal import Journal
from rig.money import in_rupees
from rig.promises import Promises
from rig.relay_start import RelayStart
from rig.scenario import Start
from rig.start_settings import StartSettings

_MONEY = ("balance", "arrears")


class Starting:
    """Prepares and restores one meter. `relay` asks the electrical truth; ids come from `next_id`."""

    def __init__(
        self,
        meter: Meter,
        wallet: Wallet,
        clock: Clock,
        journal: Journal,
        promises: Promises,
        relay: Callable[[], RelayState],
        next_id: Callable[[], int],
        button: Button | None = None,
    ) -> None:
        self._meter = meter
        self._wallet = wallet
        self._clock = clock
        self._journal = journal
        self._promises = promises
        self._relay = relay
        self._next_id = next_id
        if button is not None and Capability.BUTTON not in meter.capabilities:
            button = None
        self._relay_start = RelayStart(meter, clock, journal, promises, relay, button)
        self.settings = StartSettings(meter, promises, button is not None)
        self.found: dict[str, Value] = {}
        self.written: list[Written] = []
        self._relay_found: RelayState | None = None
        self._clock_found: tuple[datetime, Span] | None = None

    @property
    def presets(self) -> bool:
        """True when balance and arrears can be written."""
        return Capability.ACCOUNT_PRESET in self._meter.capabilities

    def prepare(self, start: Start) -> None:
        """Bring the meter there. RigError when it cannot be brought there, with what was tried."""
        if self._relay_found is None and (now := self._relay()) is not RelayState.UNKNOWN:
            self._relay_found = now
        for item, to in self.settings.of(start).items():
            self.write(item, to)
        reading = self._meter.read(*(i for i in (*_MONEY, "disconnect_cause") if i in self._meter.items))
        if start.arrears is not None and reading.arrears_paise not in (None, start.arrears):
            self._set_arrears(start.arrears)
        if start.credit is not None:
            self._bring_credit(reading, start.credit)
        self._hold_still(reading)
        if start.relay is not None:
            self._relay_start.bring(start.relay)

    def _hold_still(self, found: MeterReading) -> None:
        """A meter found without credit or with a cause may be about to cut or to close: it gets the time for both."""
        settled = self._relay() is RelayState.CLOSED and not found.cause and (found.balance_paise or 0) > 0
        settled = settled and not self.settings.hides_holds
        if settled or Capability.CREDIT_CUT not in self._meter.capabilities:
            return
        wait = self._promises.cut_allowance.hi + self._promises.reclose_after_recharge.hi
        self._clock.sleep_until(self._clock.now() + wait + self._promises.registers_follow)

    def write(self, item: str, to: int | str) -> Span:
        """Write one item, keeping what was found, so that `restore` can put it back; nothing is sent when it is so already."""
        if item not in self._meter.items:
            raise RigError(f"the meter has no {item} to set to {to}")
        reading = self._meter.read(item)
        now = reading.values[item]
        if now == to:
            return reading.spans[item]
        self.found.setdefault(item, now)
        try:
            at = self._written(item, to)
        except DeviceRefused as refusal:
            raise DeviceRefused(f"the meter refuses {item} = {to} and keeps {now}: {refusal}", refusal.code) from None
        self.written.append(Written(item, to, at))
        self._journal.record("setting", item=item, found=now, written=to, left=None)
        self._journal.command("meter", f"set {item} to {f'₹{in_rupees(int(to))}' if item in _MONEY else to}", at)
        if item in SETTINGS:
            self._must_read(item, to)
        return at

    def _must_read(self, item: str, to: int | str) -> None:
        """A meter that takes a setting and keeps another ignores it, which is not the same as refusing it."""
        if self._meter.read(item).values[item] == to:
            return
        self._clock.sleep_until(self._clock.now() + self._promises.registers_follow)
        if (reads := self._meter.read(item).values[item]) == to:
            return
        words = f"{item} = {to} was taken without a word, and reads {reads}: the meter ignores it"
        self._journal.record("finding", of="setting ignored", words=words)
        raise RigError(f"{words}; what needs this setting cannot go on")

    def set_clock(self, to: datetime) -> Span:
        """Set the meter's clock; `restore` sets it to what it would have shown by then. RigError when it has no time."""
        reading = self._meter.read("clock")
        shown = reading.values["clock"]
        if not isinstance(shown, datetime):
            raise RigError(f"the meter's clock shows no time ({shown!r}), so it could not be put back")
        self._clock_found = self._clock_found or (shown, reading.spans["clock"])
        at = self._meter.write("clock", to)
        self.written.append(Written("clock", to, at))
        self._journal.record("setting", item="clock", found=shown, written=to, left=None)
        self._journal.command("meter", f"set the clock to {to}", at)
        return at

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

    def _set_arrears(self, arrears: int) -> None:
        if not self.presets:
            raise RigError(f"the meter's arrears cannot be brought to ₹{in_rupees(arrears)}: it has no account preset")
        self.write("arrears", arrears)

    def _bring_credit(self, reading: MeterReading, credit: int) -> None:
        if self.presets:
            self.write("balance", credit)
            return
        short = credit - (reading.balance_paise or 0)
        if short > 0:
            paid = max(short, self._promises.smallest_recharge)
            self._journal.record("note", words=f"recharging ₹{in_rupees(paid)} to start with enough credit")
            self._wallet.recharge(paid, self._next_id())

    def nothing_was_written(self) -> None:
        """The meter took none of the writes: there is nothing to put back."""
        self.found.clear()
        self.written.clear()

    def restore(self) -> list[str]:
        """Put back what was written, money last, and read it back. Returns what could not be put back, in words."""
        self._outwait_overload()
        wrong = self._clock_back()
        order = [i for i in self.found if i not in _MONEY] + [i for i in _MONEY if i in self.found]
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
        return "balance" in self._meter.items and (self._meter.read("balance").balance_paise or 0) <= 0

    def _put_back(self, items: Sequence[str]) -> list[str]:
        """Write what was found, each item once, then read all of it back; what is not as it was, in words."""
        wrong, put = [], []
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
            left = self._meter.read(*put).values if put else {}
        except (RigError, DeviceRefused, ValueError) as error:
            return [*wrong, *(f"{item}: {error}" for item in put)]
        for item in put:
            was = self.found[item]
            self._journal.record("setting", item=item, found=was, written=None, left=left[item])
            if left[item] != was:
                wrong.append(f"{item}: found as {was}, put back, and reads {left[item]}")
        return wrong
