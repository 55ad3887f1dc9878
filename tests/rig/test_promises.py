"""Promises: read whole or refused whole, and each window the sum that it says it is."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from importlib import resources
from typing import Any

import pytest

from rig.clock import FOREVER, HOUR, MILLISECOND, SECOND, Span
from rig.contracts import Capability, ControlState
from rig.errors import ConfigError
from rig.interval import Interval
from rig.policy import load_policy
from rig.promises import Promises

TABLE: dict[str, Any] = tomllib.loads(
    (resources.files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
)["promises"]
REFERENCE = Promises.read(TABLE, "reference")
POLICY = load_policy(resources.files("scenarios.policies") / "arrears_first.toml")


def differing(**changes: object) -> Promises:
    """The reference meter's promises with some of them changed; None takes one away."""
    table = {**TABLE, **changes}
    return Promises.read({key: promise for key, promise in table.items() if promise is not None}, "mine")


def test_the_reference_meter_promises_everything() -> None:
    assert REFERENCE.missing_for(set(Capability)) == []


def test_figures_have_the_units_of_the_rig() -> None:
    assert REFERENCE.metering_window == SECOND and REFERENCE.contact == 20 * MILLISECOND
    assert REFERENCE.energy_quantum == Fraction("0.3125") and REFERENCE.energy_uncertainty == Fraction(1, 100)
    assert REFERENCE.smallest_recharge == 100 and REFERENCE.largest_recharge == 5_000_000
    assert REFERENCE.attempts_cleared_after == HOUR
    assert REFERENCE.control_state("credit") is ControlState.READY_FOR_RECONNECTION
    assert REFERENCE.control_state("lock_out") is ControlState.DISCONNECTED


def test_windows_are_the_sums_that_they_state() -> None:
    """By hand, from: window 1 s, tick 1 s, contact 20 ms, command 0.2 s, recharge 1 s, reclose 2 s, refresh 0.1 s."""
    ms = MILLISECOND
    assert REFERENCE.trip_window(10) == Span(9_000 * ms, 12_020 * ms)
    assert REFERENCE.trip_window(0) == Span(0, 2_020 * ms)
    assert REFERENCE.cut_allowance == Span(0, 2_020 * ms)
    assert REFERENCE.reclose_after_recharge == Span(0, 3_020 * ms)
    assert REFERENCE.command_window == Span(0, 220 * ms)
    assert REFERENCE.balance_lag == 1_100 * ms
    assert REFERENCE.registers_follow == 120 * ms


def test_waits_allow_for_contact_window_and_drift() -> None:
    exact = differing(clock_s_per_day="0")
    assert exact.reclose_interval_window(30) == Span(30 * SECOND - 20 * MILLISECOND, 31 * SECOND + 20 * MILLISECOND)
    assert exact.lock_out_window(1800) == exact.reclose_interval_window(1800)
    drifting = differing(clock_s_per_day="86.4").lock_out_window(1800)
    assert exact.lock_out_window(1800).within(drifting)
    assert 2 * 1800 * MILLISECOND <= drifting.width - exact.lock_out_window(1800).width <= 2 * 1801 * MILLISECOND


def test_the_overload_limit_is_kept_as_promised_else_as_well_as_the_meter_measures() -> None:
    overload = {"family": "definite_time", "delay_s": "10"}
    assert differing(overload=overload).overload_tolerance == Fraction(1, 100)
    assert differing(overload={**overload, "tolerance_percent": "2.5"}).overload_tolerance == Fraction(1, 40)
    assert differing(overload=overload).attempts_cleared_after == FOREVER


def test_money_follows_from_step_and_quantum() -> None:
    quantum = Fraction("0.3125") * Fraction("0.65")
    assert REFERENCE.quantum_cost(POLICY) == quantum
    assert REFERENCE.opening_balance(100, POLICY) == Interval.of(100 - quantum, 101)
    assert REFERENCE.metered(Interval.of(100, 200)) == Interval.of(99, 202)


@pytest.mark.parametrize(
    ("without", "need"),
    [
        ("recharge_s", Capability.RECHARGE),
        ("largest_recharge_paise", Capability.RECHARGE),
        ("reclose_after_recharge_s", Capability.CREDIT_CUT),
        ("overload", Capability.OVERLOAD),
        ("overload", Capability.AUTO_RECLOSE),
        ("command_s", Capability.REMOTE_RELAY),
        ("clock_s_per_day", Capability.CLOCK),
    ],
)
def test_what_is_not_promised_is_missing_for_its_need_only(without: str, need: Capability) -> None:
    promises = differing(**{without: None})
    assert without in promises.missing_for({need})
    assert promises.missing_for({Capability.EVENTS}) == []


def test_what_everything_needs_is_missing_for_every_need() -> None:
    assert differing(contact_s=None).missing_for(set()) == ["contact_s"]
    assert differing(control_state=None).missing_for({Capability.CREDIT_CUT}) == ["control_state.credit"]


def test_a_promise_that_is_not_made_is_never_taken_for_nought() -> None:
    with pytest.raises(ConfigError, match=r"mine: promises\.contact_s: is not promised"):
        _ = differing(contact_s=None).cut_allowance
    with pytest.raises(ConfigError, match=r"promises\.control_state\.command: is not promised"):
        differing(control_state={"credit": 2}).control_state("command")


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Promises.read({"contact_s": 0.02, "command_s": "soon", "accuracy_percent": "half", "misspelt": 1}, "mine")
    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "promises.contact_s", "promises.command_s", "promises.accuracy_percent", "promises.misspelt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ledger_tick_s": "0"}, "promises.ledger_tick_s: is zero"),
        ({"energy_quantum_wh": "0"}, "promises.energy_quantum_wh: is zero"),
        ({"energy_quantum_wh": "-1"}, "promises.energy_quantum_wh: must be greater than or equal to 0"),
        ({"accuracy_percent": "100"}, "promises.accuracy_percent: a meter that may be wrong by the whole"),
        ({"smallest_recharge_paise": 5_000_001}, "promises.smallest_recharge_paise: 5000001 is above"),
        ({"overload": {"family": "definite_time"}}, "promises.overload.delay: needs either"),
        (
            {"overload": {"family": "definite_time", "delay": "over_threshold_duration", "delay_s": "3"}},
            "promises.overload.delay: needs either",
        ),
        (
            {"overload": {"family": "inverse_time", "delay_s": "3"}},
            "promises.overload.family: must be 'definite_time'",
        ),
        ({"control_state": {"credit": 1}}, "promises.control_state.credit: 1 is connected"),
        ({"control_state": {"credit": 3}}, "promises.control_state.credit: must be less than or equal to 2"),
        ({"balance_step_paise": 0}, "promises.balance_step_paise: must be greater than 0"),
        ({"contact_s": "0.0200000000001"}, "promises.contact_s: "),
    ],
)
def test_a_contradiction_is_named_with_its_key(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        differing(**changes)
    assert any(found.startswith(f"mine: {problem}") for found in caught.value.problems)


@pytest.mark.parametrize(
    ("overload", "problem"),
    [
        ({"family": "inverse"}, "overload.pairs: is missing"),
        ({"family": "inverse", "pairs": [{"times": "0.9", "delay_s": "5"}]}, "overload.pairs: begin below"),
        (
            {"family": "inverse", "pairs": [{"times": "1", "delay_s": "5"}, {"times": "2", "delay_s": "5"}]},
            "overload.pairs: must rise",
        ),
        ({"family": "inverse", "pairs": [{"times": "1", "delay_s": "5"}], "delay_s": "5"}, "overload.delay_s: belongs"),
        ({"family": "demand_average", "average_s": "60"}, "overload.average: is missing"),
        ({"family": "demand_average", "average": "block"}, "overload.average_s: is missing"),
        ({"family": "definite_time", "delay_s": "5", "average_s": "60"}, "overload.average_s: belongs"),
        ({"family": "thermal"}, "overload.family: "),
    ],
)
def test_a_family_needs_its_own_numbers_and_no_others(overload: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Promises.read({**TABLE, "overload": overload}, "mine")
    assert any(f"promises.{problem}" in found for found in caught.value.problems), caught.value.problems


def test_every_family_of_overload_can_be_promised() -> None:
    pairs = [{"times": "1", "delay_s": "60"}, {"times": "1.5", "delay_s": "10"}]
    for overload in (
        {"family": "inverse", "pairs": pairs},
        {"family": "demand_average", "average_s": "60", "average": "sliding", "compares": ">="},
    ):
        assert Promises.read({**TABLE, "overload": overload}, "mine").table.overload is not None
    more = {"over_current": {"amps": "63", "delay_s": "0.5"}, "starting_current_a": "0.02", "control_mode": 4}
    assert Promises.read({**TABLE, **more}, "mine").table.control_mode == 4


@pytest.mark.parametrize(
    ("voltage", "problem"),
    [
        ({"over_v": "180", "low_v": "180"}, "line_voltage.low_v: is not below over_v"),
        ({"over_v": "270", "low_v": "180", "works_from_v": "181"}, "line_voltage.works_from_v: is above low_v"),
    ],
)
def test_voltages_that_cannot_be_true_together_are_named(voltage: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Promises.read({**TABLE, "line_voltage": {**voltage, "lasts_s": "5"}}, "mine")
    assert any(f"promises.{problem}" in found for found in caught.value.problems), caught.value.problems


def test_what_must_last_to_be_told() -> None:
    promises = Promises.read(TABLE, "mine")
    lasts = 5 * SECOND
    assert promises.noticed(lasts) == lasts + 2 * promises.metering_window + promises.status_refresh
    assert 0 < promises.unnoticed(lasts) < lasts - promises.metering_window
    assert promises.unnoticed(promises.metering_window) == 0
