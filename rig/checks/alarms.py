"""How often each low-credit alarm has to be told, by the oracle of money: once a crossing, and only where it is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rig.books import Books
from rig.checks.counts import ALARMS, Count, Written
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

    def falls_to(self, balance: Interval, surely: Fraction) -> None:
        """The balance fell to this; what the meter has looked at since is surely not above `surely`."""
        if not self.threshold or self.armed == NO or balance.lo > self.threshold:
            return
        self.most += not self._counted
        self._counted = True
        if surely <= self.threshold:
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
    promises: Promises,
) -> dict[str, Count]:  # fmt: skip
    """Counts by name of the event; empty where nothing can be said. `thresholds` (paise) as they were at the start."""
    if books.account is None or not policy.prepaid or any(w.item == "payment_mode" for w in written):
        return {}
    most_w = max((watts.hi for _, watts in books.trace.segments(0)), default=Fraction(0))
    lag = promises.balance_lag + promises.metering_window
    late = most_w * lag * policy.paise_per_wh / (3600 * 10**9) + promises.quantum_cost(policy)
    counts = {}
    for item, threshold in thresholds.items():
        if item in ALARMS:
            moves = [w for w in written if w.item == item]
            alarm = _followed(Alarm(threshold), opening, books.account.entries, moves, late)
            counts[ALARMS[item]] = Count(alarm.least, alarm.most, "times the balance fell to the alarm")
    return counts


def _followed(
    alarm: Alarm, opening: Interval, entries: Sequence[Entry], moves: Sequence[Written], late: Fraction
) -> Alarm:
    """The alarm after everything that moved the balance or the threshold, in order; `late` (paise): the meter may be behind."""
    balance = opening
    alarm.rises_to(balance)
    alarm.falls_to(balance, balance.hi + late + alarm.threshold)
    left = list(moves)
    for entry in entries:
        while left and left[0].at.hi <= entry.at.hi:
            _moved(alarm, left.pop(0), balance)
        if entry.amount.hi > 0:
            alarm.falls_to(balance - late, balance.hi + late)
            alarm.rises_to(entry.balance)
        alarm.falls_to(entry.balance, entry.balance.hi + late)
        balance = entry.balance
    for move in left:
        _moved(alarm, move, balance)
    return alarm


def _moved(alarm: Alarm, move: Written, balance: Interval) -> None:
    """A new threshold: a balance below it counts as a crossing at the meter's next look, which may not have come yet."""
    alarm.threshold = move.to if isinstance(move.to, int) else 0
    alarm.rises_to(balance)
    alarm.falls_to(balance, balance.hi + alarm.threshold + 1)
