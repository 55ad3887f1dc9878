"""One account through everything that can move it, line by line, against figures that were worked out by hand.

MePDCL: 51 paise for 100 Wh, 2 % less, and half a paisa of duty are 50.48; 120 rupees x 12 / 365 are 394.52 paise a day.
NBPDCL: 33.37 rupees a day, missed on a balance of 10, and taken with 1.00 of before from the next recharge.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from importlib import resources

import pytest

from rig.clock import Span
from rig.entries import Entry
from rig.interval import Interval
from rig.ledger import Account, Split
from rig.policy import Policy, load_policy

APRIL_2, APRIL_3 = date(2026, 4, 2), date(2026, 4, 3)
DAY = Fraction(120 * 12 * 100, 365)
UNSURE = Fraction(3, 2) * (1 - Fraction(5048, 7204))
DEAREST = Fraction(7204, 10_000)


def policy(name: str) -> Policy:
    return load_policy(resources.files("scenarios.policies") / f"{name}.toml")


def line(at: tuple[int, int], kind: str, amount: Interval, balance: Interval, words: str, arrears: int = 0) -> Entry:
    return Entry(Span(*at), kind, amount, balance, arrears, words)


def test_energy_prices_days_power_and_what_is_written_by_hand() -> None:
    ours = Account(policy("mepdcl_2026"), Interval.of(1000, 1001), 0, Fraction(3, 2), Interval.of(100), late=5)
    ours.consume(Interval.of(100, 102), Span(1, 10))
    after = Interval(1000 - Fraction(514_896, 10_000), 1001 - Fraction(5048, 100))
    expected = [
        line((1, 10), "energy", Interval(-Fraction(514_896, 10_000), -Fraction(5048, 100)), after,
             "100.0000 … 102.0000 Wh cost ₹0.5048 … ₹0.5149"),
    ]  # fmt: skip
    assert (ours.entries, ours.used_wh) == (expected, Interval.of(200, 202))
    ours.rate_changes(Span(11, 12))
    after = Interval(after.lo - UNSURE, after.hi + UNSURE)
    words = "the price of a Wh changes; one quantum may be charged by either"
    expected.append(line((11, 12), "rate", Interval(-UNSURE, UNSURE), after, words))
    assert ours.entries == expected
    ours.opens_day(APRIL_2, Span(20, 21))
    after -= DAY
    expected.append(line((20, 21), "charge", Interval.of(-DAY), after, "charge of the day 2026-04-02"))
    ours.opens_day(APRIL_3, Span(30, 31), False)
    after = Interval(after.lo - DAY, after.hi)
    expected.append(line((30, 31), "charge", Interval.of(-DAY, 0), after, "charge of the day 2026-04-03"))
    assert (ours.entries, ours.charged) == (expected, Interval.of(DAY, 2 * DAY))
    ours.uncounted(Fraction(7, 2), Span(40, 41))
    lost = DEAREST * Fraction(7, 2)
    after = Interval(after.lo, after.hi + lost)
    words = "up to 3.5000 Wh may have been lost with the power"
    expected.append(line((40, 41), "power failure", Interval.of(0, lost), after, words))
    assert (ours.entries, ours.used_wh) == (expected, Interval.of(Fraction(393, 2), 202))
    ours.preset(Span(50, 51), Interval.of(500, 501), -60, None, 500)
    words = "written by hand: balance ₹5.00 … ₹5.01, arrears ₹0.00"
    expected.append(line((50, 51), "preset", Interval.of(-60), Interval.of(500, 501), words))
    assert (ours.entries, ours.credited) == (expected, -60)
    assert ours.recharge(12_345, Span(60, 61)) == Split(12_345, 0, 0, 12_345)
    words = "₹123.45 of ₹123.45 to balance: all of the rest"
    expected.append(line((60, 61), "recharge", Interval.of(12_345), Interval.of(12_845, 12_846), words))
    ours.closes_period(date(2026, 4, 30), Span(70, 72))
    assert (ours.entries, ours.used_wh, ours.credited) == (expected, Interval.of(0), 12_345 - 60)
    assert ours.credit_left == Interval.of(32_845, 32_846)


def test_what_may_have_been_lost_is_never_more_than_was_used() -> None:
    ours = Account(policy("mepdcl_2026"), Interval.of(1000), 0, Fraction(3, 2), Interval.of(1))
    ours.uncounted(Fraction(7, 2), Span.at(1))
    assert ours.used_wh == Interval.of(0, 1)


def test_instalments_that_are_missed_and_what_a_recharge_makes_of_them() -> None:
    ours = Account(policy("nbpdcl"), Interval.of(1000, 1001), 50_000, Fraction(3, 2), missed=100)
    still = Interval.of(1000, 1001)
    ours.opens_day(APRIL_2, Span(20, 21))
    ours.opens_day(APRIL_3, Span(30, 31), False)
    assert ours.entries == [
        line((20, 21), "instalment", Interval.of(0), still, "instalment of the arrears on 2026-04-02", 50_000),
        line((30, 31), "instalment", Interval.of(0), still, "instalment of the arrears on 2026-04-03", 50_000),
    ]
    assert ours.plan == ((1, 2), 6774)
    assert ours.missed_can_be == {3437, 6774}
    ours.recharge(12_345, Span(60, 61), None, APRIL_3)
    assert ours.balance == Interval.of(1000 + 12_345 - 6774, 1001 + 12_345 - 3437)
    ours.preset(Span(70, 71), None, 0, 40)
    assert (ours.arrears, *ours.arrears_can_be, *ours.missed_can_be) == (40, 40, 0)
    assert ours.entries[-1].words == "written by hand: balance ₹65.71 … ₹99.09, arrears ₹0.40"
    assert (ours.charged, ours.plan) == (Interval.of(0), ((1, 2), 0))


def test_an_instalment_that_is_covered_is_taken() -> None:
    ours = Account(policy("nbpdcl"), Interval.of(10_000), 50_000)
    ours.opens_day(APRIL_2, Span(20, 21))
    assert (ours.balance, ours.charged, ours.arrears) == (Interval.of(6663), Interval.of(3337), 46_663)
    assert ours.entries[0].amount == Interval.of(-3337)


def test_no_price_no_doubt() -> None:
    ours = Account(policy("arrears_first"), Interval.of(1000), 0, Fraction(3, 2))
    ours.rate_changes(Span.at(1))
    assert ours.entries == []
    with pytest.raises(ValueError, match="no meter gives energy back: -1 Wh"):
        ours.consume(Interval.of(-1, 0), Span.at(2))


def test_what_is_written_and_charged_adds_up() -> None:
    ours = Account(policy("nbpdcl"), Interval.of(10_000), 50_000)
    ours.opens_day(APRIL_2, Span(20, 21))
    ours.opens_day(APRIL_3, Span(30, 31))
    assert (ours.charged, ours.balance) == (Interval.of(6674), Interval.of(3326))
    ours.preset(Span(40, 41), Interval.of(5000), 1674, None, 5000)
    ours.preset(Span(50, 51), Interval.of(5100), 100, None, 5100)
    assert ours.credited == 1774


def test_arrears_that_are_written_leave_no_more_missed_than_are_owed() -> None:
    ours = Account(policy("nbpdcl"), Interval.of(1000), 50_000, missed=100)
    ours.opens_day(APRIL_2, Span(20, 21))
    assert ours.missed_can_be == {3437}
    ours.preset(Span(30, 31), None, 0, 40)
    assert ours.missed_can_be == {40}


def test_the_smallest_recharge_and_what_is_none() -> None:
    ours = Account(policy("arrears_first"), Interval.of(100), 0)
    assert ours.recharge(1, Span(1, 2)).to_balance == 1
    ours.recharge(0, Span(3, 4))
    same = Interval.of(101)
    assert ours.entries == [
        line((1, 2), "recharge", Interval.of(1), same, "₹0.01 of ₹0.01 to balance: all of the rest"),
        line((3, 4), "recharge", Interval.of(0), same, "₹0.00 is no recharge: nothing is credited"),
    ]


def test_an_account_that_is_only_told_its_balance() -> None:
    ours = Account(policy("nbpdcl"), Interval.of(100))
    assert (ours.arrears, ours.plan, ours.credited, ours.charged) == (0, ((0, 0), 0), 0, Interval.of(0))
    assert ours.missed_can_be == {0}
    due = Account(policy("nbpdcl"), Interval.of(100), 50_000, due=(3, 4))
    due.opens_day(APRIL_2, Span.at(1))
    assert due.plan[0] == (4, 5)


def test_what_was_lent_is_repaid_first_and_counts_as_credited() -> None:
    ours = Account(policy("mepdcl_2026"), Interval.of(-3000), 0)
    split = ours.recharge(12_345, Span.at(1))
    assert (split.to_emergency, split.to_balance) == (3000, 9345)
    assert (ours.credited, ours.balance) == (12_345, Interval.of(9345))
