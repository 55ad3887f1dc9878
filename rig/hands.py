"""What a bench does: load, mains, relay commands, settings and recharges, each told to the books as it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rig.books import Books
from rig.clock import SECOND, Clock, Span, seconds
from rig.contracts import (
    Devices,
    Meter,
    MeterReading,
    RechargeOutcome,
    RechargeResult,
    RelayState,
    Wallet,
)
from rig.errors import DeviceRefused
from rig.interval import Interval
from rig.journal import Journal
from rig.ledger import Split
from rig.lossy import LossyBus
from rig.money import in_rupees
from rig.policy import Policy
from rig.promises import Promises
from rig.starting import Starting

MONEY_ITEMS = (
    "balance", "arrears", "last_recharge_amount", "last_recharge_time", "last_recharge_to_arrears", "total_recharged",
    "recharge_count",
)  # fmt: skip
RELAY_ITEMS = ("output_state", "control_state", "disconnect_cause")


@dataclass(frozen=True, slots=True)
class Recharge:
    """One recharge: what was paid, how it ended, what the policy makes of it, and the meter before and after."""

    amount: int
    id: int
    result: RechargeResult
    split: Split
    before: MeterReading
    after: MeterReading

    def rise(self, item: str) -> int:
        """How much a whole-number item rose across the recharge (paise, or a count)."""
        return self.after.number(item) - self.before.number(item)


class Hands:
    """The commands of one position while a scenario runs."""

    def __init__(
        self,
        devices: Devices,
        meter: Meter,
        wallet: Wallet,
        lossy: LossyBus,
        books: Books,
        journal: Journal,
        clock: Clock,
        policy: Policy,
        promises: Promises,
        mains: tuple[Decimal, Decimal],
        load_accuracy: Fraction,
        next_id: Callable[[], int],
        starting: Starting,
    ) -> None:
        self.meter = meter
        self.wallet = wallet
        self.policy = policy
        self.promises = promises
        self._devices = devices
        self._lossy = lossy
        self._books = books
        self._journal = journal
        self._clock = clock
        self._mains = mains
        self._load_accuracy = load_accuracy
        self._next_id = next_id
        self._starting = starting
        self.begin({})

    def begin(self, settings: Mapping[str, int]) -> None:
        """A scenario begins with these settings of the meter."""
        self.settings = dict(settings)
        self.demanded = 0
        self.power_cycles = 0
        self.recharges = 0
        self.paid: list[tuple[int, int]] = []
        """Every recharge that was credited: amount, and what of it went to arrears (paise)."""

    # time

    def now(self) -> Span:
        """This moment."""
        return Span.at(self._clock.now())

    def sleep(self, duration: str | int) -> None:
        """Let so many seconds pass, watching."""
        self._clock.sleep_until(self._clock.now() + seconds(duration))
        self._books.pull()

    def sleep_ns(self, duration: int) -> None:
        """Let `duration` ns pass, watching."""
        self._clock.sleep_until(self._clock.now() + duration)
        self._books.pull()

    def still_here(self) -> None:
        """Say that long work goes on."""
        self._devices.still_here()

    # load and source

    def draw_watts(self, watts: int) -> Span:
        """Sink `watts` (W, real power) at the meter's output; returns when the load took the setting."""
        self._books.pull()
        self._journal.money_moves(f"about to draw {watts} W")
        at = self._devices.load.draw_watts(watts) if watts else self._devices.load.off()
        self._journal.command("load", f"draw {watts} W" if watts else "off", at, watts=watts)
        self.demanded = watts
        self._books.demand(at, self.measured_watts(watts))
        return at

    def load_off(self) -> Span:
        """Input of the load off."""
        return self.draw_watts(0)

    def measured_watts(self, asked: int) -> Interval:
        """What the load says that it sinks (W), with its stated accuracy; what was asked while nothing flows."""
        if asked == 0:
            return Interval.of(0)
        measured = Fraction(asked)
        if self._books.state is RelayState.CLOSED:
            measured = Fraction(self._devices.load.measure().power_w) or measured
        return Interval(measured * (1 - self._load_accuracy), measured * (1 + self._load_accuracy))

    def power_off(self) -> Span:
        """Switch the mains of the bench off, load first."""
        self._books.pull()
        self.load_off()
        at = self._devices.source.off()
        self.power_cycles += 1
        self._journal.command("source", "off", at)
        self._books.power(False, at)
        return at

    def power_on(self) -> Span:
        """Switch the mains on and wait until the meter has had its time to start."""
        at = self.live_line()
        self._books.power(True, at)
        self._clock.sleep_until(at.hi + self.promises.power_up)
        self._books.pull()
        return at

    def live_line(self) -> Span:
        """Source on at the bench's voltage and frequency."""
        at = self._devices.source.on(*self._mains)
        self._journal.command("source", f"on, {self._mains[0]} V {self._mains[1]} Hz", at)
        return at

    # meter

    def read_meter(self, *items: str) -> MeterReading:
        """Ask the meter: the named items, or all."""
        reading = self.meter.read(*items)
        self._journal.reading(reading)
        return reading

    def setting(self, item: str) -> int:
        """A setting of the meter as last read or written."""
        return self.settings[item]

    def write_setting(self, item: str, to: int) -> Span:
        """Change a setting; the session puts it back afterwards."""
        at = self._starting.write(item, to)
        self.settings[item] = to
        if self._books.expectation is not None:
            self._books.expectation.setting(item, to, at)
        return at

    def allow_attempts(self, attempts: int) -> Span:
        """Let the meter reclose so many more times before it locks out, whatever it has counted already."""
        done = self.meter.read("attempts_done").number("attempts_done") if "attempts_done" in self.meter.items else 0
        return self.write_setting("reclose_attempts", done + attempts)

    def remote_disconnect(self) -> Span:
        """Ask the meter to open its relay; returns when it took the command."""
        return self._command(RelayState.OPEN)

    def remote_reconnect(self) -> Span:
        """Ask the meter to close its relay; returns when it took the command."""
        return self._command(RelayState.CLOSED)

    def _command(self, state: RelayState) -> Span:
        self._books.pull()
        opens = state is RelayState.OPEN
        self._journal.money_moves("about to operate the relay")
        at = self.meter.disconnect() if opens else self.meter.reconnect()
        self._journal.command("meter", "remote disconnect" if opens else "remote reconnect", at)
        if self._books.expectation is not None:
            self._books.expectation.commanded(state, at)
        return at

    # money

    def read_money(self) -> MeterReading:
        """Balance, arrears and the record of the last recharge, in one request."""
        return self.read_meter(*(item for item in MONEY_ITEMS if item in self.meter.items))

    def lose_next_answer(self) -> None:
        """The answer to the next recharge is lost on its way: the meter has it, the rig does not."""
        self._lossy.lose_answer_to_commit()
        self._journal.record("lossy", words="the answer to the next recharge is lost on purpose")

    def recharge(self, amount_paise: int) -> Recharge:
        """Pay `amount_paise` into the meter under a new id, and read its money before and after."""
        return self._pay(amount_paise, self._next_id(), known=False)

    def recharge_again(self, first: Recharge) -> Recharge:
        """Send the same recharge under the same id once more, as an engine does that never heard the answer."""
        return self._pay(first.amount, first.id, known=True)

    def _pay(self, amount: int, recharge_id: int, known: bool) -> Recharge:
        before = self.read_money()
        self._journal.money_moves(f"about to recharge ₹{in_rupees(amount)}, id {recharge_id}")
        result = self.wallet.recharge(amount, recharge_id)
        did = f"recharge ₹{in_rupees(amount)}, id {recharge_id}"
        how = f"{result.outcome}, code {result.code}" + (", read back" if result.read_back else "")
        self._journal.command("wallet", did, result.sent, result=how)
        after = self.read_money()
        split = Split.nothing()
        if not known and result.outcome is RechargeOutcome.ACCEPTED:
            self.recharges += 1
            taken = Span(result.sent.lo, result.settled.hi)
            split = self._books.recharge(amount, taken, after.balance_paise)
            self.paid.append((amount, split.to_arrears))
        return Recharge(amount, recharge_id, result, split, before, after)

    def refused(self, amount_paise: int) -> bool:
        """Offer a recharge that the meter must refuse; True when it did."""
        try:
            return self.recharge(amount_paise).result.outcome is RechargeOutcome.REFUSED
        except DeviceRefused:
            return True

    # deriving

    def at_most(self, watts: int) -> int:
        """`watts` (W), or the rating of the load where that is less."""
        return min(watts, self._devices.load.rating_w)

    def most_watts_not_above_limit(self) -> int:
        """The largest whole W that is surely not above the load limit, for this load and this meter."""
        unsure = (1 + self._load_accuracy) * (1 + self.promises.overload_tolerance)
        return int(Fraction(self.settings["load_limit"]) / unsure)

    def least_watts_above_limit(self) -> int:
        """The smallest whole W that is surely above the load limit, for this load and this meter."""
        sure = (1 - self._load_accuracy) / (1 + self.promises.overload_tolerance)
        return int(Fraction(self.settings["load_limit"]) / sure) + 1

    def longest_harmless_burst(self) -> int:
        """How long (ns) a load may be above the limit and surely not trip: seven tenths of the earliest trip."""
        return self.promises.trip_window(self.settings["over_threshold_duration"]).lo * 7 // 10

    def recloses_after_a_look(self) -> Span:
        """Set the shortest interval (whole s) to the next attempt that leaves time to read the open relay's registers."""
        look = self.promises.registers_follow + SECOND * 8 // 10
        return self.write_setting("reclose_interval", look // SECOND + 1)
