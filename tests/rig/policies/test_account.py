"""Accounts under every kind of rule: worked cases, and what must hold whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.almanac import Change
from rig.clock import DAY, HOUR, Span
from rig.interval import Interval
from rig.ledger import Account
from rig.policies.sinks import Instalment, Sink
from rig.policies.supply import EmergencyCredit
from rig.policies.tariff import Tariff
from rig.policy import Policy, load_policy

FOLDER = resources.files("scenarios.policies")
PLAIN = load_policy(FOLDER / "arrears_first.toml").file
NOW = Span.at(0)
FIRST = date(2026, 1, 1)


def ruled(**tables: Any) -> Policy:
    """The plain policy with other tables."""
    return Policy(PLAIN.model_copy(update=tables))


def plan(count: int, catch_up: str, per_day: str = "10.00") -> Policy:
    """Arrears by daily instalments."""
    sinks = [Sink(kind="charges", mode="all")] if catch_up == "next_recharge" else []
    instalment = Instalment(per_day=per_day, count=count, catch_up=catch_up)  # type: ignore[arg-type]
    return ruled(sinks=[*sinks, Sink(kind="balance", mode="all")], instalment=instalment)


def days(account: Account, count: int, since: date = FIRST) -> None:
    """So many days begin."""
    for number in range(count):
        account.opens_day(since + timedelta(days=number), Span.at(number * DAY))


# instalments


def test_the_last_instalment_takes_the_remainder_and_then_nothing_is_taken() -> None:
    account = Account(plan(3, "none"), Interval.of(100_000), arrears=2501)
    days(account, 2)
    assert (account.arrears, account.balance) == (501, Interval.of(98_000))
    days(account, 3)
    assert (account.arrears, account.balance) == (0, Interval.of(97_499))


def test_a_plan_that_ends_before_the_arrears_takes_all_on_its_last_day() -> None:
    account = Account(plan(2, "none"), Interval.of(100_000), arrears=50_000)
    days(account, 5)
    assert (account.arrears, account.balance) == (0, Interval.of(50_000))


def test_a_missed_instalment_is_caught_up_as_the_plan_says() -> None:
    for catch_up, arrears, balance in (
        ("next_day", 47_000, 97_000),
        ("none", 49_000, 99_000),
        ("next_recharge", 49_000, 99_000),
    ):
        account = Account(plan(300, catch_up), Interval.of(999), arrears=50_000)
        days(account, 2)
        assert account.arrears == 50_000, "not covered whole, so not taken at all"
        account.preset(NOW, Interval.of(100_000), 99_001, None)
        days(account, 1)
        assert (account.arrears, account.balance) == (arrears, Interval.of(balance)), catch_up


def test_missed_instalments_come_off_the_next_recharge() -> None:
    account = Account(plan(300, "next_recharge"), Interval.of(5), arrears=50_000)
    days(account, 2)
    split = account.recharge(5000, NOW)
    assert (split.charges, split.to_balance, account.arrears) == (2000, 3000, 48_000)
    assert account.recharge(5000, NOW).charges == 0


def test_an_instalment_that_may_be_covered_leaves_two_accounts_until_the_meter_shows_which() -> None:
    account = Account(plan(300, "none"), Interval.of(990, 1010), arrears=50_000)
    days(account, 1)
    assert account.arrears_can_be == {49_000, 50_000}
    account.saw_arrears(48_000)
    assert account.arrears_can_be == {49_000, 50_000}, "what cannot be decides nothing"
    account.saw_arrears(49_000)
    assert (account.arrears, account.balance) == (49_000, Interval.of(-10, 10))


def test_a_balance_that_is_written_by_hand_leaves_the_arrears_what_they_can_be() -> None:
    account = Account(plan(300, "none"), Interval.of(990, 1010), arrears=50_000)
    days(account, 1)
    account.preset(NOW, Interval.of(777), 0, None)
    assert account.arrears_can_be == {49_000, 50_000} and account.balance == Interval.of(777)


def test_a_debt_that_is_not_known_to_the_paisa_is_decided_by_the_meters_arrears() -> None:
    sinks = [
        Sink(kind="negative_balance", mode="all"),
        Sink.model_validate({"kind": "arrears", "mode": "percent", "percent": "50"}),
        Sink(kind="balance", mode="all"),
    ]  # fmt: skip
    account = Account(ruled(sinks=sinks), Interval.of(-103, -101), arrears=5000)
    split = account.recharge(1000, NOW, shown_arrears=5000 - 449)
    assert split.to_arrears == 449 and account.arrears == 4551 and split.to_balance == 551
    assert account.balance == Interval.of(449, 450), "one paisa more of debt would have left another figure"


# charges by the day and month, slabs


def test_thirty_days_across_a_month_end_cost_thirty_days_and_one_month() -> None:
    tariff = Tariff(energy_charge="6.50", daily_charge="3.61", monthly_charge="90.00")  # type: ignore[arg-type]
    account = Account(ruled(tariff=tariff), Interval.of(0))
    days(account, 30, date(2026, 1, 15))
    assert account.balance == Interval.of(-30 * 361 - 9000) and account.charged == Interval.of(30 * 361 + 9000)


def test_a_day_that_may_have_begun_before_may_cost_or_not() -> None:
    tariff = Tariff(energy_charge="6.50", daily_charge="3.61")  # type: ignore[arg-type]
    account = Account(ruled(tariff=tariff), Interval.of(0))
    account.opens_day(FIRST, NOW, sure=False)
    assert account.balance == Interval.of(-361, 0)


SLABS = ruled(
    tariff=Tariff.model_validate(
        {
            "slabs": [
                {"upto_kwh": "100", "energy_charge": "3"},
                {"upto_kwh": "150", "energy_charge": "5.5"},
                {"energy_charge": "6.5"},
            ]
        }
    )
)


@pytest.mark.parametrize(
    ("used", "energy", "paise"),
    [
        (0, 100_000, 30_000),
        (99_999, 1, Fraction(3, 10)),
        (100_000, 1, Fraction(55, 100)),
        (0, 151_000, 30_000 + 27_500 + 650),
    ],
)
def test_an_upper_edge_belongs_to_its_slab(used: int, energy: int, paise: Fraction) -> None:
    account = Account(SLABS, Interval.of(0), used_wh=Interval.of(used))
    account.consume(Interval.of(energy), NOW)
    assert account.balance == Interval.of(-Fraction(paise))


@settings(max_examples=80, deadline=None)
@given(
    used=st.integers(0, 200_000),
    unsure=st.integers(0, 5000),
    parts=st.lists(st.integers(0, 60_000), max_size=6),
    more=st.integers(0, 500),
)
def test_the_cost_of_a_true_use_lies_between_the_bounds_however_it_is_cut(
    used: int, unsure: int, parts: list[int], more: int
) -> None:
    told = Account(SLABS, Interval.of(0), used_wh=Interval.of(max(used - unsure, 0), used + unsure))
    true = Account(SLABS, Interval.of(0), used_wh=Interval.of(used))
    whole = Account(SLABS, Interval.of(0), used_wh=Interval.of(used))
    for part in parts:
        told.consume(Interval.of(part, part + more), NOW)
        true.consume(Interval.of(part), NOW)
    whole.consume(Interval.of(sum(parts)), NOW)
    assert true.balance == whole.balance
    assert true.balance.within(told.balance)


# emergency credit


def lending(**more: Any) -> Policy:
    """A policy that lends 200.00 by itself."""
    credit = EmergencyCredit(**{"amount": "200.00", "granted": "automatic", **more})
    return ruled(emergency_credit=credit, sinks=[Sink(kind="emergency_credit", mode="all"), *PLAIN.sinks])


def steady(watts: int) -> list[tuple[Span, Interval]]:
    return [(NOW, Interval.of(watts))]


def test_emergency_credit_puts_the_end_off_by_what_it_lends() -> None:
    plain, lent = Account(ruled(), Interval.of(650)), Account(lending(), Interval.of(650))
    first, second = plain.credit_gone(steady(1000)), lent.credit_gone(steady(1000))
    assert first is not None and second is not None
    assert first.lo == HOUR and abs(second.lo - HOUR * 20_650 // 650) <= 1
    assert lent.credit_left == Interval.of(20_650)


def test_its_days_end_it_though_something_is_left() -> None:
    account = Account(lending(days=3), Interval.of(650))
    gone = account.credit_gone(steady(1000))
    assert gone is not None and gone.lo == HOUR * 20_650 // 650, "used up before its days are over"
    account.consume(Interval.of(1000), Span(0, HOUR))
    late = account.credit_gone([(Span.at(HOUR), Interval.of(1))])
    assert late is not None and late.hi == HOUR + 3 * DAY


def test_it_is_repaid_first_lent_once_and_ready_again_when_repaid() -> None:
    account = Account(lending(), Interval.of(-15_000), arrears=1000)
    account.emergency.spend()
    assert account.credit_left == Interval.of(-15_000), "spent: nothing is lent"
    split = account.recharge(10_000, NOW)
    assert (split.to_emergency, split.to_arrears, split.to_balance) == (10_000, 0, 0)
    assert account.credit_left == Interval.of(-5000) and account.emergency_used == Interval.of(5000)
    account.recharge(6000, NOW)
    account.emergency.reconnected()
    assert account.balance == Interval.of(0) and account.credit_left == Interval.of(20_000)


def test_at_the_button_it_is_lent_when_it_is_asked_for() -> None:
    account = Account(lending(granted="button"), Interval.of(650))
    account.consume(Interval.of(1000), Span(0, HOUR))
    assert account.credit_left == Interval.of(0)
    account.emergency.spend()
    assert account.pressed(Span.at(HOUR), sure=True) and account.credit_left == Interval.of(20_000)
    assert not account.pressed(Span.at(HOUR), sure=True)


# invariants

movements = st.lists(
    st.one_of(
        st.tuples(st.just("recharge"), st.integers(1, 10**5), st.just(0)),
        st.tuples(st.just("energy"), st.integers(0, 10**5), st.integers(0, 30)),
        st.tuples(st.just("day"), st.just(0), st.just(0)),
    ),
    max_size=15,
)
SHIPPED = [
    load_policy(FOLDER / f"{name}.toml")
    for name in ("uppcl_2025_09", "uppcl_2026_01", "nbpdcl", "mepdcl_2026", "postpaid")
]


@settings(max_examples=50, deadline=None)
@given(
    policy=st.sampled_from(SHIPPED),
    opening=st.integers(-30_000, 10**5),
    arrears=st.integers(0, 10**6),
    history=movements,
)
def test_every_paisa_is_somewhere_and_arrears_never_fall_below_zero(
    policy: Policy, opening: int, arrears: int, history: list[tuple[str, int, int]]
) -> None:
    account, today = Account(policy, Interval.of(opening), arrears), FIRST
    for number, more, unsure in history:
        before = replace(account._standings[0]) if len(account._standings) == 1 else None
        if number == "recharge":
            split = account.recharge(more, NOW, on=today)
            assert split.to_arrears + split.to_emergency + split.charges + split.to_balance == more
            if before is not None and len(account._standings) == 1:
                assert account.arrears == before.arrears - split.to_arrears - split.charges
                assert account.balance == before.balance + split.to_balance + split.to_emergency
        elif number == "energy":
            account.consume(Interval.of(more, more + unsure), NOW)
        else:
            today += timedelta(days=1)
            account.opens_day(today, NOW)
        assert min(account.arrears_can_be) >= 0
    total = Interval.of(opening)
    for entry in account.entries:
        total += entry.amount
    assert account.balance.within(total)
    exact = not any(unsure for _, _, unsure in history)
    if exact and len(account._standings) == 1 and policy.file.instalment is None:
        assert total == account.balance, "the entries are the balance, where a recharge cannot tell more of it"


@pytest.mark.parametrize(("shown", "balance"), [(49_000, 99_000), (0, 50_000), (50_000, 100_000)])
def test_a_plan_that_may_be_anywhere_is_told_by_the_arrears_that_are_shown(shown: int, balance: int) -> None:
    account = Account(plan(300, "none"), Interval.of(100_000), arrears=50_000, due=(0, 300))
    days(account, 1)
    assert account.arrears_can_be == {0, 49_000, 50_000}, "an instalment, the last one, or none any more"
    account.saw_arrears(shown)
    assert (account.arrears, account.balance) == (shown, Interval.of(balance))


def test_credit_may_be_gone_by_a_last_instalment_of_which_nobody_knows_the_day() -> None:
    account = Account(plan(300, "none"), Interval.of(50_000), arrears=50_000, due=(0, 300))
    midnight = Change(Span.at(DAY), datetime(2026, 1, 2), Fraction(1), FIRST, DAY)
    gone = account.credit_gone(steady(1), changes=[midnight])
    assert gone is not None and gone.lo == DAY < gone.hi
