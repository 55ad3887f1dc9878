"""The oracle of money: it adds up, reads like the policy, and always holds what is true between its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.clock import FOREVER, HOUR, SECOND, Span
from rig.energy import PowerTrace
from rig.interval import Interval
from rig.ledger import Account, Split
from rig.money import RUPEES
from rig.money_rules import Charge
from rig.policies.sharing import Share
from rig.policy import Policy, load_policy

POLICY = load_policy(resources.files("scenarios.policies") / "arrears_first.toml")
NOW = Span.at(0)


def account(balance: int = 0, arrears: int = 0) -> Account:
    """An account that is known exactly."""
    return Account(POLICY, Interval.of(balance), arrears)


def steady(watts: int, since: int = 0) -> list[tuple[Span, Interval]]:
    """This load from an instant on."""
    return [(Span.at(since), Interval.of(watts))]


# recharges


def test_a_recharge_pays_arrears_first_and_says_so() -> None:
    ours = account(balance=345, arrears=1234)
    assert ours.recharge(10_000, NOW) == Split(10_000, to_arrears=1234, to_emergency=0, to_balance=8766)
    assert (ours.arrears, ours.balance, ours.credited) == (0, Interval.of(9111), 8766)
    assert ours.entries[0].words == (
        "₹12.34 of ₹100.00 to arrears: all of the rest goes first, and no more is owed; ₹87.66 of ₹100.00 to balance: all of the rest"
    )


@pytest.mark.parametrize("amount", [0, -1001])
def test_nothing_or_less_is_no_recharge(amount: int) -> None:
    ours = account(balance=345, arrears=1234)
    assert ours.recharge(amount, NOW) == Split.nothing()
    assert (ours.arrears, ours.balance, ours.credited) == (1234, Interval.of(345), 0)
    assert "is no recharge" in ours.entries[0].words


def test_a_split_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="are not 100"):
        Split(100, to_arrears=50, to_emergency=0, to_balance=51)
    with pytest.raises(ValueError, match="negative"):
        Split(100, to_arrears=150, to_emergency=0, to_balance=-50)
    assert Split(100, 40, 10, 52, charges=3, rebate=5).to_balance == 52


def test_nobody_owes_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        account(arrears=-1)


class Greedy:
    """Rules that take more than is owed, and charge by the day."""

    money = RUPEES
    paise_per_wh = Fraction(1)
    prices = POLICY.prices
    instalment = emergency_credit = None
    capped_periods: Mapping[str, str] = {}

    def takes_recharge(self, amount: int, owed: object, taken: object) -> Sequence[Share]:
        return [Share("arrears", amount, "all of it")]

    def takes_energy(self, energy_wh: Interval, used_wh: Interval, at_rate: Interval) -> Interval:
        return energy_wh

    def opens_day(self, on: date) -> Sequence[Charge]:
        return [Charge(Fraction(361, 100), f"fixed charge of {on}")]

    def closes_period(self, on: date) -> Sequence[Charge]:
        return [Charge(Fraction(-5), f"rebate of the period that ended on {on}")]


def test_rules_that_take_more_than_is_owed_are_found_out() -> None:
    ours = Account(Greedy(), Interval.of(0), arrears=99)
    with pytest.raises(ValueError, match="99 are owed"):
        ours.recharge(100, NOW)
    assert ours.arrears == 99 and ours.entries == []


def test_days_and_periods_charge_what_the_rules_say() -> None:
    ours = Account(Greedy(), Interval.of(100))
    ours.opens_day(date(2026, 11, 25), NOW)
    ours.closes_period(date(2026, 11, 30), NOW)
    assert ours.balance == Interval.of(100 - Fraction(361, 100) + 5)
    assert [entry.words for entry in ours.entries] == [
        "fixed charge of 2026-11-25",
        "rebate of the period that ended on 2026-11-30",
    ]


movements = st.lists(
    st.one_of(
        st.tuples(st.just("recharge"), st.integers(-100, 10**7), st.just(0)),
        st.tuples(st.just("energy"), st.integers(0, 10**6), st.integers(0, 1000)),
        st.tuples(st.just("power failure"), st.integers(0, 10), st.just(0)),
    ),
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(opening=st.integers(-(10**6), 10**6), arrears=st.integers(0, 10**7), history=movements)
def test_entries_add_up_and_arrears_never_fall_below_zero(
    opening: int, arrears: int, history: list[tuple[str, int, int]]
) -> None:
    ours = account(opening, arrears)
    taken = 0
    for instant, (kind, number, more) in enumerate(history):
        at = Span.at(instant)
        if kind == "recharge":
            split = ours.recharge(number, at)
            taken += split.to_arrears
            assert split.to_arrears + split.to_balance == max(number, 0)
        elif kind == "energy":
            ours.consume(Interval.of(number, number + more), at)
        else:
            ours.uncounted(Fraction(number), at)
        assert ours.arrears == arrears - taken >= 0
    total = Interval.of(opening)
    for entry in ours.entries:
        total += entry.amount
    assert total == ours.balance
    assert len(ours.entries) == len(history)


# energy and when credit is gone


def test_energy_costs_what_the_policy_says() -> None:
    ours = account(balance=1000)
    ours.consume(Interval.of(100, 101), Span(0, SECOND))
    assert ours.balance == Interval.of(1000 - Fraction("65.65"), 935)
    assert ours.entries[0].words == "100.0000 … 101.0000 Wh cost ₹0.65 … ₹0.6565"


def test_a_meter_gives_no_energy_back() -> None:
    with pytest.raises(ValueError, match="gives energy back"):
        account().consume(Interval.of(-1, 0), NOW)
    with pytest.raises(ValueError, match="gives power back"):
        PowerTrace().set(NOW, Interval.of(-1))


def test_one_rupee_lasts_as_long_as_the_reference_says() -> None:
    """protocols.md 5.3: one rupee at 6.50 and 2300 W lasts 240.8 s."""
    gone = account(balance=100).credit_gone(steady(2300))
    assert gone is not None and gone.lo // (SECOND // 10) == 2408 and gone.width <= 1


def test_credit_is_never_gone_without_load_or_price() -> None:
    assert account(balance=100).credit_gone(steady(0)) is None
    free = POLICY.file.model_copy(update={"tariff": POLICY.file.tariff.model_copy(update={"energy_charge": 0})})
    assert Account(Policy(free), Interval.of(100)).credit_gone(steady(5000)) is None


def test_a_load_that_may_be_nothing_may_never_use_the_credit_up() -> None:
    gone = account(balance=100).credit_gone([(NOW, Interval.of(0, 2300))])
    assert gone is not None and gone.censored and gone.lo // SECOND == 240


def test_a_trace_that_ends_with_no_load_ends_the_counting() -> None:
    ends = [*steady(2300), (Span.at(240 * SECOND), Interval.of(0))]
    assert account(balance=100).credit_gone(ends) is None
    later = [*steady(2300), (Span.at(241 * SECOND), Interval.of(0))]
    gone = account(balance=100).credit_gone(later)
    assert gone is not None and not gone.censored


def test_bounds_of_balance_power_and_instant_each_widen_the_span() -> None:
    exact = account(balance=100).credit_gone(steady(2300))
    assert exact is not None
    for wider in (
        Account(POLICY, Interval.of(99, 101)).credit_gone(steady(2300)),
        account(balance=100).credit_gone([(NOW, Interval.of(2290, 2310))]),
        account(balance=100).credit_gone([*steady(0), (Span(0, SECOND), Interval.of(2300))]),
        account(balance=100).credit_gone(steady(2300), Fraction(1, 100)),
        Account(POLICY, Interval.of(100), grain=Fraction(1, 5)).credit_gone(steady(2300)),
    ):
        assert wider is not None and exact.within(wider) and wider.width > exact.width


def test_when_it_went_is_kept_after_it_has_gone() -> None:
    ours = account(balance=100)
    ours.consume(Interval.of(100), Span(0, HOUR))
    ours.consume(Interval.of(100), Span(HOUR, 2 * HOUR))
    ours.consume(Interval.of(100), Span(2 * HOUR, 3 * HOUR))
    assert ours.credit_gone(steady(0, 5 * HOUR)) == Span(HOUR, 2 * HOUR)
    ours.recharge(10_000, Span.at(5 * HOUR))
    assert ours.credit_gone(steady(0, 5 * HOUR)) is None


def test_an_account_opened_without_credit_is_gone_from_now() -> None:
    assert account(balance=0).credit_gone(steady(100, since=7)) == Span(7, 7)
    unsure = Account(POLICY, Interval.of(-1, 1)).credit_gone(steady(0, since=7))
    assert unsure == Span(7, FOREVER)


@settings(max_examples=150, deadline=None)
@given(
    balance=st.integers(1, 10**6), more=st.integers(0, 10**6), watts=st.integers(50, 9000), extra=st.integers(0, 9000)
)
def test_more_credit_lasts_longer_and_more_load_shorter(balance: int, more: int, watts: int, extra: int) -> None:
    gone = account(balance).credit_gone(steady(watts))
    richer = account(balance + more).credit_gone(steady(watts))
    hungrier = account(balance).credit_gone(steady(watts + extra))
    assert gone is not None and richer is not None and hungrier is not None
    assert richer.lo >= gone.lo and richer.hi >= gone.hi
    assert hungrier.lo <= gone.lo and hungrier.hi <= gone.hi


# what is true lies between the bounds


@st.composite
def told_and_true(draw: st.DrawFn) -> tuple[list[tuple[Span, Interval]], list[tuple[int, int]]]:
    """A trace as the rig knows it, and one that may be the true one: instants inside spans, powers inside intervals."""
    told, true, instant = [], [], 0
    for _ in range(draw(st.integers(1, 6))):
        instant += draw(st.integers(0, 50)) * SECOND
        watts = draw(st.integers(0, 5000))
        before, after = draw(st.integers(0, 20)) * SECOND, draw(st.integers(0, 20)) * SECOND
        told.append(
            (
                Span(max(instant - before, 0), instant + after),
                Interval.of(max(watts - 20, 0), watts + draw(st.integers(0, 30))),
            )
        )
        true.append((instant, watts))
    return told, true


def flowed(true: list[tuple[int, int]], since: int, until: int) -> Fraction:
    """Energy (Wh) of a true trace, added up piece by piece."""
    ends = [*(instant for instant, _ in true[1:]), max(until, true[-1][0])]
    pieces = zip(true, ends, strict=True)
    return sum((Fraction(w * max(min(end, until) - max(t, since), 0), HOUR) for (t, w), end in pieces), Fraction(0))


@settings(max_examples=200, deadline=None)
@given(traces=told_and_true(), since=st.integers(0, 100), length=st.integers(0, 400), unsure=st.integers(0, 30))
def test_true_energy_lies_between_the_bounds(
    traces: tuple[list[tuple[Span, Interval]], list[tuple[int, int]]], since: int, length: int, unsure: int
) -> None:
    told, true = traces
    trace = PowerTrace()
    for at, watts in told:
        trace.set(at, watts)
    begin, end = since * SECOND, (since + length) * SECOND
    for until in (end, end + unsure * SECOND):
        energy = flowed(true, begin, until)
        assert Interval.of(energy).within(trace.energy_wh(begin, Span(end, end + unsure * SECOND)))


@settings(max_examples=200, deadline=None)
@given(
    traces=told_and_true(),
    opening=st.tuples(st.integers(0, 5000), st.integers(0, 50), st.integers(0, 50)),
    looks=st.lists(st.integers(1, 400), max_size=4),
    paid=st.integers(0, 3000),
)
def test_true_balance_and_true_end_of_credit_lie_between_the_bounds(
    traces: tuple[list[tuple[Span, Interval]], list[tuple[int, int]]],
    opening: tuple[int, int, int],
    looks: list[int],
    paid: int,
) -> None:
    """However often the account is settled on the way, and with a recharge at the end."""
    told, true = traces
    balance, below, above = opening
    trace = PowerTrace()
    for at, watts in told:
        trace.set(at, watts)
    ours = Account(POLICY, Interval.of(balance - below, balance + above), arrears=700)
    foretold = ours.credit_gone(trace.segments(0))
    settled = 0
    for look in sorted(second * SECOND for second in looks):
        if look > settled:
            ours.consume(trace.energy_wh(settled, Span.at(look)), Span(settled, look))
            settled = look
            left = balance - flowed(true, 0, look) * POLICY.paise_per_wh
            assert Interval.of(left).within(ours.balance)
    gone = _gone(true, Fraction(balance) / POLICY.paise_per_wh)
    _holds(foretold, gone)
    _holds(ours.credit_gone(trace.segments(settled)), gone)
    before = ours.balance
    ours.recharge(paid, Span.at(settled))
    assert ours.balance == before + max(paid - 700, 0)


def _gone(true: list[tuple[int, int]], energy_wh: Fraction) -> Fraction | None:
    """When this energy has truly flowed."""
    used = Fraction(0)
    if energy_wh <= 0:
        return used
    for place, (instant, watts) in enumerate(true):
        end = true[place + 1][0] if place + 1 < len(true) else FOREVER
        piece = Fraction(watts * (end - instant), HOUR)
        if used + piece >= energy_wh:
            return instant + (energy_wh - used) * HOUR / watts
        used += piece
    return None


def _holds(span: Span | None, gone: Fraction | None) -> None:
    if gone is None:
        assert span is None or span.censored
    else:
        assert span is not None and span.lo <= gone <= span.hi


def test_a_long_trace_is_only_looked_at_where_it_matters() -> None:
    trace = PowerTrace()
    for hour in range(5000):
        trace.set(Span(hour * HOUR, hour * HOUR + SECOND), Interval.of(hour % 2 * 1000))
    assert len(trace.segments(4999 * HOUR + 2 * SECOND)) == 1
    assert trace.energy_wh(4999 * HOUR + 2 * SECOND, Span.at(4999 * HOUR + 38 * SECOND)) == Interval.of(10)
    assert trace.last == Interval.of(1000)


def test_before_the_first_entry_nothing_flowed() -> None:
    trace = PowerTrace()
    assert trace.last == Interval.of(0) and trace.energy_wh(0, Span.at(HOUR)) == Interval.of(0)
    trace.set(Span.at(HOUR), Interval.of(1000))
    assert trace.energy_wh(0, Span.at(2 * HOUR)) == Interval.of(1000)
