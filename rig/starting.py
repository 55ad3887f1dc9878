"""Brings a meter to where a scenario starts, by means that it really has, and back to where it was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rig.checks.counts import Written
from rig.clock import Clock, Span
from rig.contracts import SETTINGS, Button, Capability, Meter, MeterReading, RelayState, Value, Wallet
from rig.errors import DeviceRefused, RigError
from rig.journal import Journal
from rig.money import RUPEES, MoneyUnit
from rig.promises import Promises
from rig.putting_back import MONEY, PuttingBack
from rig.scenario import Start
from rig.start_settings import StartSettings


class Starting(PuttingBack):
    """Prepares and restores one meter. `relay` asks the electrical truth; ids come from `next_id`; an open relay closes from
    a balance of `closes_from` (paise, or steps of the wallet) on."""

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
        money: MoneyUnit = RUPEES,
        closes_from: int = 1,
    ) -> None:
        super().__init__(meter, clock, journal, promises, relay, button)
        self._money = money
        self._closes_from = closes_from
        self._wallet = wallet
        self._next_id = next_id
        self.settings = StartSettings(meter, promises, self._button is not None)

    @property
    def presets(self) -> bool:
        """True when balance and arrears can be written."""
        return Capability.ACCOUNT_PRESET in self._meter.capabilities

    def prepare(self, start: Start) -> None:
        """Bring the meter there. RigError when it cannot be brought there, with what was tried."""
        if self._relay_found is None and (now := self._relay()) is not RelayState.UNKNOWN:
            self._relay_found = now
        reading = self._set_all(self.settings.of(start))
        if start.arrears is not None and reading.arrears_paise not in (None, start.arrears):
            self._set_arrears(start.arrears, reading)
        if start.credit is not None:
            if self.presets and start.relay is RelayState.CLOSED:
                reading = self._closed_first(reading, start.credit)
            self._bring_credit(reading, start.credit)
        self._hold_still(reading)
        if start.relay is not None:
            self._relay_start.bring(start.relay)

    def _closed_first(self, reading: MeterReading, credit: int) -> MeterReading:
        """Close a relay that is open, or about to be, with more credit than it starts with, where that is too little for it."""
        open_soon = self._relay() is RelayState.OPEN or (reading.balance_paise or 0) <= 0
        if not open_soon or not 0 < credit < self._closes_from:
            return reading
        self._put("balance", self._closes_from, reading)
        self._hold_still(reading)
        self._relay_start.bring(RelayState.CLOSED)
        return self._meter.read(*reading.values)

    def _hold_still(self, found: MeterReading) -> None:
        """A meter found without credit or with a cause may be about to cut or to close: it gets the time for both."""
        settled = self._relay() is RelayState.CLOSED and not found.cause and (found.balance_paise or 0) > 0
        settled = settled and not self.settings.hides_holds
        if settled or Capability.CREDIT_CUT not in self._meter.capabilities:
            return
        wait = self._promises.cut_allowance.hi + self._promises.reclose_after_recharge.hi
        self._clock.sleep_until(self._clock.now() + wait + self._promises.registers_follow)

    def _set_all(self, settings: Mapping[str, int]) -> MeterReading:
        """Set what is otherwise, and read that back; returns money and cause of disconnection as they are after that."""
        shown = [i for i in (*MONEY, "disconnect_cause") if i in self._meter.items]
        reading = self._meter.read(*(i for i in settings if i in self._meter.items), *shown)
        changed = [item for item, to in settings.items() if self._put(item, to, reading) is None]
        if changed:
            reading = self._meter.read(*changed, *shown)
        for item in changed:
            if reading.values[item] != settings[item]:
                self._must_read(item, settings[item])
        return reading

    @property
    def looks_every(self) -> int:
        """See `Wallet.looks_every` (ns)."""
        return self._wallet.looks_every

    def write(self, item: str, to: int | str) -> Span:
        """Write one item, keeping what was found, so that `restore` can put it back; nothing is sent when it is so already."""
        found = self._meter.read(item) if item in self._meter.items else MeterReading({}, {})
        at = self._put(item, to, found)
        if at is not None:
            return at
        if item in SETTINGS:
            self._must_read(item, to)
        return self.written[-1].at

    def _put(self, item: str, to: int | str, reading: MeterReading) -> Span | None:
        """Write one item that reads otherwise; when it was read, where it is so already."""
        if item not in reading:
            raise RigError(f"the meter has no {item} to set to {to}")
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
        self._journal.command("meter", f"set {item} to {self._money.told(int(to)) if item in MONEY else to}", at)
        return None

    def tried(self, item: str, now: int, to: int, offered: bool = False) -> str:
        """Write one item that reads `now`, to be put back by `restore`; what became of it: taken, refused, or ignored.

        `offered`: the map does not allow it, and the meter must not take it; ValueError where it cannot be sent.
        """
        try:
            at = self._meter.offer(item, to) if offered else self._written(item, to)
        except DeviceRefused as refusal:
            self._journal.record("note", words=f"{item} = {to}: the meter refuses it and keeps {now}: {refusal}")
            return "refused"
        self.found.setdefault(item, now)
        self.written.append(Written(item, to, at))
        self._journal.record("setting", item=item, found=now, written=to, left=None)
        return "taken" if self._reads(item, to) == to else "ignored"

    def _reads(self, item: str, to: int | str) -> Value:
        """What an item reads that was written, once it is as written or has had its time to be."""
        if self._meter.read(item).values[item] == to:
            return to
        self._clock.sleep_until(self._clock.now() + self._promises.registers_follow)
        return self._meter.read(item).values[item]

    def _must_read(self, item: str, to: int | str) -> None:
        """A meter that takes a setting and keeps another ignores it, which is not the same as refusing it."""
        if (reads := self._reads(item, to)) == to:
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

    def _set_arrears(self, arrears: int, reading: MeterReading) -> None:
        if not self.presets:
            raise RigError(
                f"the meter's arrears cannot be brought to {self._money.told(arrears)}: it has no account preset"
            )
        self._put("arrears", arrears, reading)

    def _bring_credit(self, reading: MeterReading, credit: int) -> None:
        if self.presets:
            self._put("balance", credit, reading)
            return
        short = credit - (reading.balance_paise or 0)
        if short > 0:
            paid = max(short, self._promises.smallest_recharge)
            self._journal.record("note", words=f"recharging {self._money.told(paid)} to start with enough credit")
            self._wallet.recharge(paid, self._next_id())
