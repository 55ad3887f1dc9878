"""Emergency credit where days, dark time and a balance that is not known to the paisa make it hard to tell what is lent."""

from __future__ import annotations

from fractions import Fraction
from importlib import resources
from typing import Any

import pytest

from rig.clock import DAY, FOREVER, HOUR, MINUTE, SECOND, Span
from rig.interval import Interval
from rig.ledger import Account
from rig.policies.sinks import Sink
from rig.policies.supply import EmergencyCredit
from rig.policies.tariff import Tariff
from rig.policy import Policy, load_policy

PLAIN = load_policy(resources.files("scenarios.policies") / "arrears_first.toml").file
NOTHING_FLOWS = [(Span.at(2 * DAY), Interval.of(0))]


def lending(**more: Any) -> Policy:
    """A policy that lends 200.00."""
    credit = EmergencyCredit.model_validate({"amount": "200.00", "granted": "automatic", **more})
    sinks = [Sink(kind="emergency_credit", mode="all"), *PLAIN.sinks]
    return Policy(PLAIN.model_copy(update={"emergency_credit": credit, "sinks": sinks}))


def used_up_after_an_hour(policy: Policy, below: int = 0) -> Account:
    """An account that reaches zero after an hour, and then falls so far below it at once (paise)."""
    account = Account(policy, Interval.of(650))
    account.consume(Interval.of(1000), Span.at(HOUR))
    if below:
        account.consume(Interval.of(Fraction(below * 1000, 650)), Span.at(HOUR))
    return account


# its days


@pytest.mark.parametrize("granted", ["automatic", "button"])
def test_its_days_count_from_where_the_balance_was_used_up_however_it_is_granted(granted: str) -> None:
    account = used_up_after_an_hour(lending(granted=granted, days=3), 100)
    if granted == "button":
        account.emergency.spend()
        assert account.pressed(Span.at(2 * DAY), sure=True)
    gone = account.credit_gone(NOTHING_FLOWS)
    assert gone == Span.at(HOUR + 3 * DAY)


def test_the_button_lends_nothing_once_its_days_are_over() -> None:
    account = used_up_after_an_hour(lending(granted="button", days=3), 100)
    account.emergency.spend()
    assert not account.pressed(Span.at(HOUR + 3 * DAY + SECOND), sure=True)
    assert account.credit_left == Interval.of(-100)


def test_a_press_just_as_its_days_end_may_lend_or_not() -> None:
    account = used_up_after_an_hour(lending(granted="button", days=3), 100)
    account.emergency.spend()
    at = Span(HOUR + 3 * DAY - SECOND, HOUR + 3 * DAY + SECOND)
    assert account.pressed(at, sure=True)
    enough = account.enough(at, None)
    assert enough.lo <= 0 < enough.hi


def test_what_is_used_up_in_the_dark_is_found_when_the_meter_has_started() -> None:
    tariff = Tariff(energy_charge="6.50", daily_charge="3.61")  # type: ignore[arg-type]
    policy = Policy(lending(days=3).file.model_copy(update={"tariff": tariff}))
    account = Account(policy, Interval.of(200))
    account.not_looked_at(Span(HOUR, FOREVER))
    account.opens_day(PLAIN.valid_from, Span.at(2 * HOUR))
    account.not_looked_at(Span(HOUR, 5 * HOUR))
    gone = account.credit_gone([(Span.at(6 * HOUR), Interval.of(0))])
    assert gone == Span(2 * HOUR + 3 * DAY, 5 * HOUR + 3 * DAY)


def test_what_was_used_up_before_the_dark_is_no_vaguer_after_it() -> None:
    account = used_up_after_an_hour(lending(days=3))
    account.not_looked_at(Span(2 * HOUR, FOREVER))
    account.not_looked_at(Span(2 * HOUR, 5 * HOUR))
    assert account.credit_gone([(Span.at(6 * HOUR), Interval.of(0))]) == Span.at(HOUR + 3 * DAY)


# repaid in part


@pytest.mark.parametrize(("after", "left"), [(2 * DAY, 20_000 - 5000), (4 * DAY, -5000)])
def test_a_part_that_was_repaid_can_be_drawn_again_only_before_its_days_are_over(after: int, left: int) -> None:
    account = used_up_after_an_hour(lending(days=3, once=False), 20_000)
    account.emergency.spend()
    account.recharge(15_000, Span.at(after))
    assert account.credit_left == Interval.of(left)


def test_where_nobody_knows_whether_its_days_are_over_a_part_may_be_drawn_again_or_not() -> None:
    account = used_up_after_an_hour(lending(days=3, once=False), 20_000)
    account.emergency.spend()
    at = Span.at(HOUR + 3 * DAY).widened(MINUTE, MINUTE)
    account.recharge(15_000, at)
    assert account.credit_left == Interval.of(-5000, 15_000)
    assert account.enough(at, None).lo <= 0 < account.enough(at, None).hi


# repaid whole, or nearly


def owing(lo: int, hi: int) -> Account:
    """An account that was cut with its credit used up, between these balances (paise)."""
    account = Account(lending(), Interval.of(100))
    account.consume(Interval.of(Fraction(100 - hi) * 1000 / 650, Fraction(100 - lo) * 1000 / 650), Span(0, HOUR))
    account.emergency.spend()
    return account


def test_a_balance_across_zero_leaves_open_whether_all_was_repaid() -> None:
    account = owing(-20_300, -20_000)
    account.recharge(20_150, Span.at(DAY))
    assert account.balance == Interval.of(-150, 150)
    account.emergency.reconnected(by_credit=False)
    assert account.credit_left == Interval.of(-150, 20_150), "nothing is lent, or all of it again"


def test_the_meters_own_balance_says_that_all_was_repaid() -> None:
    account = owing(-20_300, -20_000)
    account.recharge(20_150, Span.at(DAY), shown=37)
    account.emergency.reconnected()
    assert account.credit_left == Interval.of(20_000 - 150, 20_150)


def test_a_relay_that_closes_by_credit_says_that_all_was_repaid() -> None:
    account = owing(-20_300, -20_000)
    account.recharge(20_150, Span.at(DAY))
    account.emergency.reconnected()
    assert account.credit_left == Interval.of(20_000 - 150, 20_150)


def test_what_was_not_repaid_whole_is_not_lent_again() -> None:
    account = owing(-20_300, -20_200)
    account.recharge(20_100, Span.at(DAY))
    account.emergency.reconnected(by_credit=False)
    assert account.credit_left == Interval.of(-200, -100)


def test_a_cut_that_may_have_had_another_cause_leaves_open_whether_credit_is_spent() -> None:
    account = used_up_after_an_hour(lending(), 100)
    account.emergency.spend(surely=False)
    assert account.credit_left == Interval.of(-100, 19_900)
    account.emergency.reconnected()
    assert account.credit_left == Interval.of(19_900), "what is spent closes no relay"


# many debts


def test_a_debt_known_to_some_rupees_only_is_decided_by_the_arrears_that_are_shown() -> None:
    sinks = [
        Sink(kind="emergency_credit", mode="all"),
        Sink.model_validate({"kind": "arrears", "mode": "percent", "percent": "50"}),
    ]
    policy = Policy(lending().file.model_copy(update={"sinks": [*sinks, Sink(kind="balance", mode="all")]}))
    account = Account(policy, Interval.of(-9000, -1000), arrears=50_000)
    for shown in (50_000 - 3333, 50_000 - 4499, 50_000 - 501):
        several = Account(policy, Interval.of(-9000, -1000), arrears=50_000)
        split = several.recharge(10_000, Span.at(0), shown_arrears=shown)
        assert several.arrears_can_be == {shown} and split.to_arrears == 50_000 - shown
        assert several.balance.width <= 3, "and the debt is known by it"
    account.recharge(10_000, Span.at(0), shown_arrears=50_000 - 4501)
    assert 50_000 - 4501 not in account.arrears_can_be, "no debt leads there"
