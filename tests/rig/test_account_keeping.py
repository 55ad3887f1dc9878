"""The account is fed by the meter's own clock: days, months and hours, as sharply as the clock is known and no sharper."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from fractions import Fraction
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.account_keeping import AccountKeeping
from rig.clock import DAY, HOUR, MINUTE, SECOND, Span
from rig.contracts import MeterReading
from rig.interval import Interval
from rig.meter_time import MeterTime, civil_ns
from rig.policies.supply import EmergencyCredit, NoCut
from rig.policies.tariff import Tariff
from rig.policies.values import TimeWindow
from rig.policy import Policy, load_policy
from rig.promises import Promises

TABLE = tomllib.loads((resources.files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8"))[
    "promises"
]
EXACT = Promises.read({**TABLE, "accuracy_percent": "0", "clock_s_per_day": "0"}, "an exact meter")
PLAIN = load_policy(resources.files("scenarios.policies") / "arrears_first.toml").file


def ruled(**tables: Any) -> Policy:
    """The plain policy with other tables."""
    if "tariff" in tables:
        tables["tariff"] = Tariff.model_validate(tables["tariff"])
    return Policy(PLAIN.model_copy(update=tables))


def reading(clock: str, balance: int = 100_000, at: int = 0, **more: Any) -> MeterReading:
    """A meter that shows this."""
    values = {"clock": datetime.fromisoformat(clock), "balance": balance, "arrears": 0, "energy": 0, **more}
    return MeterReading(values, {item: Span.at(at) for item in values})


class Kept:
    """An account that is kept, and what it told of the calendar."""

    def __init__(self, policy: Policy, clock: str, **shown: Any) -> None:
        self.told: list[str] = []
        self.keeping = AccountKeeping(policy, EXACT, lambda kind, words: self.told.append(words))
        self.keeping.begin(0)
        self.keeping.open(reading(clock, **shown))
        assert self.keeping.account is not None
        self.account = self.keeping.account

    def draws(self, watts: int, since: int = 0) -> None:
        self.keeping.trace.set(Span.at(since), Interval.of(watts))


DAILY = ruled(tariff={"energy_charge": "6.50", "daily_charge": "3.61", "monthly_charge": "90.00"})


def test_a_day_costs_when_the_meters_clock_passes_midnight() -> None:
    kept = Kept(DAILY, "2026-01-30T23:59:50")
    kept.keeping.settle(8 * SECOND)
    assert kept.account.charged == Interval.of(0)
    pending = kept.keeping.balance_at(Span.at(10 * SECOND))
    assert pending.lo <= 100_000 - 361 and pending.hi >= 100_000, "whole seconds: midnight may have passed or not"
    kept.keeping.settle(12 * SECOND)
    assert kept.account.charged == Interval.of(361) and kept.told == ["charge of the day 2026-01-31"]
    kept.keeping.settle(DAY + 12 * SECOND)
    assert kept.account.charged == Interval.of(2 * 361 + 9000)


def test_a_clock_that_is_set_opens_no_day() -> None:
    kept = Kept(DAILY, "2026-01-30T12:00:00")
    kept.keeping.clock_set(datetime(2026, 2, 3, 23, 59, 58), Span.at(MINUTE))
    kept.keeping.settle(MINUTE + SECOND // 2)
    assert kept.account.charged == Interval.of(0)
    kept.keeping.settle(MINUTE + 5 * SECOND)
    assert kept.account.charged == Interval.of(361)


def test_a_day_that_just_began_when_the_clock_was_set_may_have_been_charged_for() -> None:
    kept = Kept(DAILY, "2026-01-30T23:59:50")
    kept.keeping.settle(9 * SECOND)
    kept.keeping.clock_set(datetime(2026, 2, 3, 12), Span.at(10 * SECOND + SECOND // 2))
    kept.keeping.settle(HOUR)
    assert kept.account.charged == Interval.of(0, 361)


@pytest.mark.parametrize(("back", "days"), [(50, 1), (3 * 60, 2)])
def test_a_correction_back_over_midnight_begins_no_day_twice(back: int, days: int) -> None:
    kept = Kept(DAILY, "2026-01-30T23:59:00")
    kept.keeping.settle(2 * MINUTE)
    now = datetime(2026, 1, 31, 0, 1)
    kept.keeping.clock_set(now - timedelta(minutes=back), Span.at(2 * MINUTE))
    kept.keeping.settle(2 * MINUTE + 4 * HOUR)
    assert kept.account.charged == Interval.of(days * 361)


def test_what_a_month_has_used_is_heard_after_the_clock_was_set() -> None:
    slabs = [{"upto_kwh": "1", "energy_charge": "3"}, {"energy_charge": "9"}]
    kept = Kept(ruled(tariff={"slabs": slabs}), "2026-01-31T22:00:00", energy_of_month=Fraction(5000))
    kept.keeping.clock_set(datetime(2026, 4, 1, 12), Span.at(MINUTE))
    assert kept.account.used_wh.lo == 0 and kept.account.used_wh.hi >= 5000, "it may go on or begin anew"
    kept.keeping.hear_month(reading("2026-04-01T12:00:01", at=MINUTE + SECOND, energy_of_month=Fraction(0)))
    assert kept.account.used_wh.hi <= 1, "it begins anew"
    kept.draws(1000, MINUTE + SECOND)
    kept.keeping.settle(MINUTE + SECOND + HOUR // 2)
    assert kept.account.balance.overlaps(Interval.of(100_000 - 150))
    assert kept.account.balance.width < 10


def test_a_month_begins_with_nothing_used() -> None:
    slabs = [{"upto_kwh": "1", "energy_charge": "3"}, {"energy_charge": "9"}]
    kept = Kept(ruled(tariff={"slabs": slabs}), "2026-01-31T22:00:00", energy_of_month=Fraction(5000))
    kept.draws(1000)
    kept.keeping.settle(HOUR)
    assert kept.account.balance.overlaps(Interval.of(100_000 - 900)), "above the edge in January"
    kept.draws(0, HOUR)
    kept.keeping.settle(2 * HOUR + 3 * SECOND)
    kept.draws(500, 2 * HOUR + 3 * SECOND)
    kept.keeping.settle(3 * HOUR + 3 * SECOND)
    spent = Interval.of(100_000) - kept.account.balance
    assert spent.overlaps(Interval.of(900 + 150)) and spent.width <= 8


def test_the_hour_changes_the_rate_and_its_edge_is_as_vague_as_the_clock() -> None:
    tariff = {"energy_charge": "6.00", "time_of_use": [{"begins": "18:00", "ends": "22:00", "percent": "50"}]}
    kept = Kept(ruled(tariff=tariff), "2026-01-30T17:00:00")
    kept.draws(1000)
    kept.keeping.settle(2 * HOUR)
    spent = Interval.of(100_000) - kept.account.balance
    assert Interval.of(600 + 900).within(spent) and spent.width < 5
    assert kept.account.entries[-1].words.endswith("cost ₹8.9917") or spent.width > 0


def test_credit_is_gone_sooner_where_the_rate_rises_on_the_way() -> None:
    tariff = {"energy_charge": "6.00", "time_of_use": [{"begins": "18:00", "ends": "22:00", "percent": "50"}]}
    flat, peak = (
        Kept(ruled(tariff=t), "2026-01-30T17:00:00", balance=1500) for t in ({"energy_charge": "6.00"}, tariff)
    )
    for kept in (flat, peak):
        kept.draws(1000)
    gone, sooner = flat.keeping.credit_gone(0), peak.keeping.credit_gone(0)
    assert gone is not None and gone.lo <= 2.5 * HOUR <= gone.hi
    assert sooner is not None and sooner.lo <= 2 * HOUR <= sooner.hi and sooner.width < 30 * SECOND


def test_credit_is_gone_by_a_days_charge_though_nothing_is_drawn() -> None:
    kept = Kept(DAILY, "2026-01-30T23:00:00", balance=200)
    gone = kept.keeping.credit_gone(0)
    assert gone is not None and gone.lo <= HOUR <= gone.hi and gone.width < 5 * SECOND


def test_slabs_are_passed_on_the_way_to_the_end_of_credit() -> None:
    slabs = [{"upto_kwh": "1", "energy_charge": "3"}, {"energy_charge": "9"}]
    kept = Kept(ruled(tariff={"slabs": slabs}), "2026-01-10T10:00:00", balance=300 + 900, energy_of_month=Fraction(0))
    kept.draws(1000)
    gone = kept.keeping.credit_gone(0)
    assert gone is not None and gone.lo <= 2 * HOUR <= gone.hi and gone.width < 20 * SECOND


NIGHT = NoCut(daily=[TimeWindow(begins="18:00", ends="08:00")])  # type: ignore[arg-type]


def test_a_cut_in_protected_time_is_put_off_to_its_end() -> None:
    kept = Kept(ruled(no_cut=NIGHT), "2026-01-30T20:00:00", balance=-100)
    gone = kept.keeping.credit_gone(0)
    assert gone is not None and 12 * HOUR - SECOND <= gone.lo <= gone.hi <= 12 * HOUR
    assert kept.keeping.cut_forbidden(Span.at(HOUR)) and not kept.keeping.cut_forbidden(Span.at(12 * HOUR))


def test_a_clock_set_out_of_protected_time_lets_the_cut_come_then() -> None:
    kept = Kept(ruled(no_cut=NIGHT), "2026-01-30T20:00:00", balance=-100)
    kept.keeping.clock_set(datetime(2026, 1, 30, 12), Span.at(MINUTE))
    gone = kept.keeping.credit_gone(0)
    assert gone == Span.at(MINUTE)


def test_a_cut_is_not_due_before_the_meter_has_started() -> None:
    kept = Kept(ruled(), "2026-01-30T20:00:00", balance=-100)
    gone = kept.keeping.credit_gone(5 * SECOND)
    assert gone is not None and gone.hi == 5 * SECOND


def test_emergency_days_end_in_protected_time_and_the_cut_is_made_after_it() -> None:
    lent = EmergencyCredit(amount="500.00", granted="automatic", days=3)  # type: ignore[arg-type]
    kept = Kept(ruled(no_cut=NIGHT, emergency_credit=lent), "2026-01-26T20:00:00", balance=650)
    kept.draws(1000)
    kept.keeping.settle(2 * HOUR)
    kept.draws(0, 2 * HOUR)
    gone = kept.keeping.credit_gone(0)
    assert gone is not None and 3 * DAY + 12 * HOUR - SECOND <= gone.lo <= gone.hi <= 3 * DAY + 12 * HOUR


def test_nobody_knows_since_when_credit_was_lent_that_an_account_is_opened_with() -> None:
    lent = EmergencyCredit(amount="500.00", granted="automatic", days=3)  # type: ignore[arg-type]
    gone = Kept(ruled(emergency_credit=lent), "2026-01-26T12:00:00", balance=-100).keeping.credit_gone(0)
    assert gone == Span(0, 3 * DAY)


# the clock itself


def test_a_clock_is_known_better_with_every_reading_and_worse_with_time() -> None:
    clock = MeterTime(Fraction(86_400, 1000))
    assert not clock.known
    clock.read(datetime(2026, 1, 1), Span.at(0))
    assert clock.shows(0) == (civil_ns(datetime(2026, 1, 1)), civil_ns(datetime(2026, 1, 1)) + SECOND - 1)
    clock.read(datetime(2026, 1, 1, 0, 0, 1), Span.at(SECOND // 2))
    lo, hi = clock.shows(SECOND // 2)
    assert hi - lo < SECOND // 2 + 10_000_000
    later = clock.shows(1000 * SECOND)
    assert later[1] - later[0] > hi - lo


def test_a_clock_that_jumped_is_told() -> None:
    clock = MeterTime(Fraction(1))
    assert clock.read(datetime(2026, 1, 1), Span.at(0))
    assert not clock.read(datetime(2026, 1, 1, 1), Span.at(SECOND))
    assert clock.shows(SECOND)[0] == civil_ns(datetime(2026, 1, 1, 1))


@settings(max_examples=100, deadline=None)
@given(
    ahead=st.integers(0, SECOND - 1),
    drift=st.integers(-500, 500),
    reads=st.lists(st.integers(0, 10**6), max_size=5),
    look=st.integers(0, 10**6),
)
def test_the_true_clock_lies_between_the_bounds(ahead: int, drift: int, reads: list[int], look: int) -> None:
    """`drift` in parts per million, promised at 43.2 s a day: 500."""
    zero = civil_ns(datetime(2026, 3, 1))
    clock = MeterTime(Fraction(432, 10))

    def truly(second: int) -> int:
        return zero + ahead + second * SECOND + second * drift * 1000

    for second in sorted({0, *reads}):
        shown = datetime(2026, 3, 1) + timedelta(seconds=(truly(second) - zero) // SECOND)
        assert clock.read(shown, Span.at(second * SECOND))
    lo, hi = clock.shows(look * SECOND)
    assert lo <= truly(look) <= hi
    when = clock.when(truly(look))
    assert when.lo - 1 <= look * SECOND <= when.hi + 1
