"""How often each low-credit alarm has to be told, by the oracle of money: once a crossing, and only where it is sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rig.books import Books
from rig.checks.counts import ALARMS, Count, Written
from rig.clock import HOUR, Span
from rig.interval import Interval
from rig.ledger import Entry
from rig.policy import Policy
from rig.promises import Promises

NO, MAYBE, YES = 0, 1, 2


@dataclass(slots=True)
class Alarm:
    """One alarm's memory (paise). `armed`: it is told at the next look that finds the balance at or below the threshold.

    A crossing that is not sure counts among the most at once, and among the least when it has become sure.
    """

    threshold: int
    armed: int = MAYBE
    least: int = 0
    most: int = 0
    _counted: bool = False

    def falls_to(self, balance: Interval, surely: Fraction | None) -> None:
        """The balance fell to this; what the meter has looked at since is surely not above `surely` (None: no look yet)."""
        if not self.threshold or self.armed == NO or balance.lo > self.threshold:
            return
        self.most += not self._counted
        self._counted = True
        if surely is not None and surely <= self.threshold:
            self.least += self.armed == YES
            self.armed, self._counted = NO, False

    def rises_to(self, balance: Interval) -> None:
        """The balance rose to this, or the threshold was moved."""
        if balance.lo > self.threshold:
            self.armed, self._counted = YES, False
        elif balance.hi > self.threshold and (self.armed == NO or self._counted):
            self.armed, self._counted = MAYBE, False


def alarms(
    books: Books, opening: Interval, thresholds: Mapping[str, int], written: Sequence[Written], policy: Policy,
    promises: Promises, watched: Span,
) -> dict[str, Count]:  # fmt: skip
    """Counts by name of the event; empty where nothing can be said. `thresholds` (paise) as they were at the start."""
    if books.account is None or not policy.prepaid:
        return {}
    if any(w.item == "payment_mode" for w in written):
        most = len(books.account.entries) + 1
        return {ALARMS[item]: Count(0, most, "times it may have been told") for item in thresholds if item in ALARMS}
    most_w = max((watts.hi for _, watts in books.trace.segments(0)), default=Fraction(0))
    lag = promises.balance_lag + promises.metering_window
    late = most_w * lag * policy.paise_per_wh / HOUR + promises.quantum_cost(policy)

    def looked(at: int) -> bool:
        """The line was live, and the meter awake, for a whole lag before `at`."""
        return not books.dark_between(at - lag - promises.power_up, at)

    counts = {}
    lowest = min([opening.lo, *(entry.balance.lo for entry in books.account.entries)]) - late
    for item, threshold in thresholds.items():
        if item in ALARMS:
            alarm = Alarm(threshold)
            moves = [w for w in written if w.item == item]
            if moves or lowest <= threshold:
                follower = _Follower(alarm, opening, watched.lo, lag, late, looked)
                follower.after(books.account.entries, moves, watched.hi)
            counts[ALARMS[item]] = Count(alarm.least, alarm.most, "times the balance fell to the alarm")
    return counts


@dataclass(slots=True)
class _Follower:
    """Leads one alarm through the account. `lag` (ns), `late` (paise): by how much the meter's looks may be behind."""

    alarm: Alarm
    balance: Interval
    jumped: int
    lag: int
    late: Fraction
    looked: Callable[[int], bool]

    def after(self, entries: Sequence[Entry], moves: Sequence[Written], until: int) -> None:
        """Lead it through everything that moved balance or threshold, in order, until then (ns)."""
        self.alarm.rises_to(self.balance)
        left = list(moves)
        for entry in entries:
            while left and left[0].at.hi <= entry.at.hi:
                self._moved(left.pop(0))
            self._entered(entry)
        for move in left:
            self._moved(move)
        self._look(until)

    def _look(self, at: int) -> None:
        """The meter has surely looked at a balance that jumped at least a lag ago; one that slides is margin enough."""
        known = self.balance.hi + self.late if at - self.jumped >= self.lag and self.looked(at) else None
        self.alarm.falls_to(self.balance - self.late, known)

    def _entered(self, entry: Entry) -> None:
        slides = entry.kind == "energy"
        if not slides:
            self._look(entry.at.lo)
            self.jumped = entry.at.hi
        self.balance = entry.balance
        self.alarm.rises_to(self.balance)
        if slides:
            self._look(entry.at.hi)
        else:
            self.alarm.falls_to(self.balance, None)

    def _moved(self, move: Written) -> None:
        """A new threshold: a balance below it counts as a crossing at the meter's next look."""
        self._look(move.at.lo)
        self.alarm.threshold = move.to if isinstance(move.to, int) else 0
        self.jumped = move.at.hi
        self.alarm.rises_to(self.balance)
        self.alarm.falls_to(self.balance, None)


def notices(books: Books, policy: Policy) -> dict[str, Count]:
    """Counts of the notices and loans of a policy: each at most once from one recharge to the next."""
    file, most = policy.file, len(books.account.entries) + 1 if books.account else 1
    names = [f"credit notice {place + 1}" for place in range(len(file.notices.percent))] if file.notices else []
    names += ["emergency credit lent", "emergency credit ended"] if file.emergency_credit else []
    return {name: Count(0, most, "times it may have been told") for name in names}
