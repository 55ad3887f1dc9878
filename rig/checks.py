"""Nothing goes by unexplained: what every scenario checks at its end, whatever it was looking at.

Each finding is one record. Where a declared judgement has failed already, what follows from it is no cause of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from rig.books import Books
from rig.clock import Span
from rig.contracts import SETTINGS, Edge, MeterEvent, MeterReading, RelayState
from rig.money import in_rupees
from rig.policy import Policy
from rig.promises import Promises

DISCONNECTED = "load switch disconnected"
CONNECTED = "load switch connected"
_POWER = frozenset({"power fail", "power restore"})
_SETTING = frozenset(
    {"load limit set", "load limit function enabled", "load limit function disabled", "clock set",
     "changed to postpaid", "changed to prepaid"}
)  # fmt: skip
_ALARMS = frozenset({"low credit alarm 1", "low credit alarm 2"})
OCCURRENCE, RESTORATION = "overload occurrence", "overload restoration"
_OVERLOAD = frozenset({OCCURRENCE, RESTORATION})


@dataclass(frozen=True, slots=True)
class Done:
    """What the bench did in a scenario that may stand in the event log.

    `overload_before`: an overload of an earlier scenario had not been restored when this one began.
    """

    recharges: int = 0
    power_cycles: int = 0
    settings: Sequence[str] = ()
    overloaded: bool = False
    overload_before: bool = False
    edges: Sequence[Edge] = ()


@dataclass(slots=True)
class Findings:
    """Collects findings of one kind each, first words first."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, of: str, words: str) -> None:
        """Note one finding."""
        self.found.append((of, words))


def money(books: Books, before: MeterReading, after: MeterReading, promises: Promises, policy: Policy) -> list[str]:
    """Movements of money that the ledger does not know, with the load off at `after`."""
    if books.account is None or after.balance_paise is None:
        return []
    words = []
    shown = books.shown_at(after.spans["balance"])
    balance = after.balance_paise
    if balance - shown.hi > 0 or balance + promises.balance_step - shown.lo < 0:
        words.append(
            f"the balance is ₹{in_rupees(balance)}; the ledger knows ₹{in_rupees(shown.lo)} … ₹{in_rupees(shown.hi)}"
        )
    if after.arrears_paise is not None and after.arrears_paise != books.account.arrears:
        words.append(
            f"the arrears are ₹{in_rupees(after.arrears_paise)}; the ledger knows ₹{in_rupees(books.account.arrears)}"
        )
    if not words and (own := _against_own_register(books, before, after, promises, policy)):
        words.append(own)
    return words


def _against_own_register(
    books: Books, before: MeterReading, after: MeterReading, promises: Promises, policy: Policy
) -> str:
    """The debit against the meter's own energy register: tells a ledger error from a metering error."""
    if (
        before.energy_wh is None
        or after.energy_wh is None
        or before.balance_paise is None
        or after.balance_paise is None
    ):
        return ""
    assert books.account is not None, "checked by the caller"
    energy = Fraction(after.energy_wh - before.energy_wh)
    credited = books.account.credited
    debited = before.balance_paise + credited - after.balance_paise
    due = energy * policy.paise_per_wh
    slack = promises.balance_step + 2 * promises.quantum_cost(policy) + books.lag_cost(after.spans["balance"])
    if abs(debited - due) <= slack:
        return ""
    return (
        f"₹{in_rupees(debited)} was debited for {float(energy):.4f} Wh of the meter's own register, "
        f"which cost ₹{in_rupees(due)}"
    )


def claims(reading: MeterReading, truth: RelayState) -> list[str]:
    """The meter's claim about its contact against the electrical truth, after its registers had time to follow."""
    if reading.output_closed is None or truth is RelayState.UNKNOWN:
        return []
    claimed = RelayState.CLOSED if reading.output_closed else RelayState.OPEN
    return [] if claimed is truth else [f"output_state says {claimed} while the contact is {truth}"]


def overload_goes_on(log: Sequence[MeterEvent], known: bool) -> bool:
    """True when the log's last word on overload is its occurrence; `known` where the log has none any more."""
    last = [e.name for e in log if e.name in _OVERLOAD][-1:]
    return last == [OCCURRENCE] if last else known


def events(
    log: Sequence[MeterEvent], seen_before: int, done: Done, clock_at: tuple[datetime, Span] | None
) -> list[str]:
    """Events without a cause, missing or twice, out of order, or with a wrong time."""
    new = [e for e in log if (e.sequence - seen_before) % 65536 in range(1, 32768)]
    words = _order(new, seen_before)
    words += _switching(new, done)
    words += _uncaused(new, done)
    if clock_at is not None:
        words += _times(new, done, *clock_at)
    return words


def _order(new: Sequence[MeterEvent], seen_before: int) -> list[str]:
    numbers = [(e.sequence - seen_before) % 65536 for e in new]
    if numbers != list(range(1, len(numbers) + 1)):
        return [f"event sequence numbers do not follow each other: {[e.sequence for e in new]}"]
    times = [e.time for e in new if e.time is not None]
    if "clock set" not in {e.name for e in new} and any(a > b for a, b in pairwise(times)):
        return ["event times run backwards"]
    return []


def _switching(new: Sequence[MeterEvent], done: Done) -> list[str]:
    words = []
    for name, state in ((DISCONNECTED, RelayState.OPEN), (CONNECTED, RelayState.CLOSED)):
        logged = sum(e.name == name for e in new)
        moved = sum(e.state is state for e in done.edges)
        if logged != moved:
            words.append(
                f"the contact {'opened' if state is RelayState.OPEN else 'closed'} {moved} time(s), logged {logged}"
            )
    return words


def _uncaused(new: Sequence[MeterEvent], done: Done) -> list[str]:
    words = []
    counts = {"recharge accepted": done.recharges, "power fail": done.power_cycles, "power restore": done.power_cycles}
    names = {e.name for e in new}
    for name in sorted(names | {n for n, count in counts.items() if count}):
        logged = sum(e.name == name for e in new)
        if name in counts and logged != counts[name]:
            words.append(f"event {name!r}: {logged} logged, {counts[name]} happened")
        elif name in _SETTING and not done.settings:
            words.append(f"event {name!r} is logged, and nothing was set")
        elif name in _OVERLOAD and not done.overloaded and not (done.overload_before and name == RESTORATION):
            words.append(f"event {name!r} is logged, and the load never went above the limit")
        elif name not in counts and name not in _SETTING | _OVERLOAD | _ALARMS | {CONNECTED, DISCONNECTED}:
            words.append(f"event {name!r} is logged without a cause")
    return words


def _times(new: Sequence[MeterEvent], done: Done, meter_time: datetime, at: Span) -> list[str]:
    """Events of the load switch within 2 s of the edges that they log (faults.md E3), on the meter's own clock."""
    words = []
    for name, state in ((DISCONNECTED, RelayState.OPEN), (CONNECTED, RelayState.CLOSED)):
        logged = [e.time for e in new if e.name == name and e.time is not None]
        edges = [e for e in done.edges if e.state is state]
        if len(logged) != len(edges) or "clock set" in {e.name for e in new}:
            continue
        for time, edge in zip(logged, edges, strict=True):
            expected = meter_time + timedelta(microseconds=(edge.at.hi - at.hi) // 1000)
            apart = (time - expected).total_seconds()
            if abs(apart) > 2 + edge.at.width / 1e9:
                words.append(f"event {name!r} is stamped {apart:+.0f} s from the edge that it logs")
    return words


def registers(
    before: MeterReading, after: MeterReading, paid: Sequence[tuple[int, int]], settings: Mapping[str, int]
) -> list[str]:
    """Records of recharges and settings that moved without a reason, or did not move with one.

    `paid`: every credited recharge, amount and part to arrears (paise); `settings`: what every setting has to be,
    as read at the start or written since.
    """
    words = []
    total = sum(amount for amount, _ in paid)
    for item, due in (("recharge_count", len(paid)), ("total_recharged", total)):
        was, now = before.whole(item), after.whole(item)
        if was is not None and now is not None and now - was != due:
            words.append(f"{item} moved by {now - was}; {due} was due")
    last = {"last_recharge_amount": paid[-1][0], "last_recharge_to_arrears": paid[-1][1]} if paid else {}
    for item in ("last_recharge_amount", "last_recharge_to_arrears", "last_recharge_id", "last_recharge_time"):
        if item in after and (item in last or not paid):
            due_value = last.get(item, before.values.get(item))
            if after.values[item] != due_value:
                words.append(f"{item} is {after.values[item]}; {due_value} was due")
    words += [
        f"setting {item} has to be {settings[item]} and is {after.values[item]}"
        for item in SETTINGS
        if item in after and item in settings and after.values[item] != settings[item]
    ]
    return words
