"""`rig explain`: the sums of a recharge in words and as JSON, and what was typed wrong, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rig.cli.main import app
from rig.errors import ConfigError
from tests.runs.command import ROOT


def explained(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, ["explain", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_it_shows_the_sums_sink_by_sink() -> None:
    told = explained("uppcl_2026_01", "--recharge", "500", "--arrears", "22000")
    assert "₹125.00 of ₹500.00 to arrears: 25 % of the recharge (slab of the arrears before) goes first" in told
    assert "sum: ₹125.00 arrears + ₹375.00 balance = ₹500.00, the recharge" in told
    assert "arrears: ₹22000.00 before, ₹21875.00 left" in told


def test_it_shows_the_other_reading_where_sources_disagree() -> None:
    assert "06:00 to 08:00" in " ".join(explained("uppcl_2026_01", "--recharge", "500").split())


def test_json_holds_the_same_in_paise() -> None:
    found = json.loads(
        explained(
            "nbpdcl", "--recharge", "500", "--balance", "-123.45", "--arrears", "90", "--missed", "33.37", "--json"
        )
    )
    assert {sink["kind"]: sink["paise"] for sink in found["sinks"]} == {
        "negative_balance": 12_345, "charges": 3337, "balance": 34_318,
    }  # fmt: skip
    assert found["after"] == {"arrears": 5663, "balance": 34_318}
    assert sum(found["sum"].values()) == found["before"]["recharge"]
    assert any(rule["mark"] for rule in found["rules"])


def test_emergency_credit_in_use_is_repaid() -> None:
    told = explained(
        "mepdcl_2026", "--recharge", "333.33", "--arrears", "30", "--balance=-250", "--emergency-used", "200"
    )
    assert "₹200.00 of ₹333.33 to emergency credit" in told and "balance: ₹-250.00 before, ₹53.33 after" in told


def test_everything_that_was_typed_wrong_is_named_at_once() -> None:
    result = CliRunner().invoke(app, ["explain", "nope", "--recharge", "5.001", "--arrears", "-3", "--missed", "x"])
    assert isinstance(result.exception, ConfigError)
    named = [problem.split(":")[0] for problem in result.exception.problems]
    assert named == ["--recharge", "--arrears", "--missed", "nope"]


@pytest.mark.parametrize("typed", [("--recharge", "0"), ("--recharge", "5", "--emergency-used", "3")])
def test_what_cannot_be_is_refused(typed: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["explain", "nbpdcl", *typed])
    assert isinstance(result.exception, ConfigError)


def test_a_recharge_must_be_given() -> None:
    assert CliRunner().invoke(app, ["explain", "nbpdcl"]).exit_code == 2


def test_a_second_recharge_in_a_month_with_a_cap(tmp_path: Path) -> None:
    capped = tmp_path / "capped.toml"
    text = (ROOT / "scenarios/policies/arrears_first.toml").read_text(encoding="utf-8")
    old = 'kind = "arrears"\n'
    assert old in text
    text = text.replace(old, old + 'cap_per_period = "300.00"\nperiod = "month"\n', 1)
    source = '"sinks.arrears.cap_per_period" = { source = "test", date = "2026" }\n'
    capped.write_text(text.replace("[sources]\n", f"[sources]\n{source}", 1), encoding="utf-8")

    told = explained(str(capped), "--recharge", "500", "--arrears", "900", "--taken", "arrears=187.66")

    assert "₹187.66 had gone to arrears in this month before" in told
    assert "₹112.34 of ₹500.00 to arrears" in told and "no more is taken in a month" in told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--missed", "33"), "--missed: policy arrears_first plans no instalments that could be missed"),
        (("--taken", "arrears=5"), "--taken arrears: policy arrears_first has no cap per period for it; it caps none"),
        (("--taken", "arrears"), "--taken arrears: write it as arrears=120.00"),
        (
            ("--balance", "-9", "--emergency-used", "9"),
            "--emergency-used: policy arrears_first lends no emergency credit",
        ),
    ],
)
def test_what_the_policy_knows_nothing_of_is_not_passed_over(typed: tuple[str, ...], words: str) -> None:
    result = CliRunner().invoke(app, ["explain", "arrears_first", "--recharge", "5", *typed])
    assert isinstance(result.exception, ConfigError)
    assert any(problem.startswith(words) for problem in result.exception.problems), result.exception.problems


def test_what_has_to_be_paid_before_supply_is_back() -> None:
    case = ("--arrears", "22000", "--balance=-100")
    told = explained("uppcl_2026_01", "--recharge", "11049.99", *case)
    assert "₹11050.00 have to be paid; this is not enough" in told
    assert "₹11050.00 have to be paid; this is enough" in explained("uppcl_2026_01", "--recharge", "11050", *case)
    as_json = json.loads(explained("uppcl_2026_01", "--recharge", "500", *case, "--json"))
    assert as_json["demanded_for_reconnection"] == 1_105_000


class TestAWalletOfEnergy:
    def test_its_amounts_are_kwh(self) -> None:
        told = explained("uppcl_2025_09", "--recharge", "500.01", "--balance=-2.5", "--map", "odd_kwh")

        assert "500.01 kWh of 500.01 kWh to balance: all of the rest" in told
        assert "balance: -2.50 kWh before, 497.51 kWh after" in told
        assert "tariff.energy_charge  1 kWh/kWh" in told
        assert "₹" not in told and "INR" not in told

    def test_what_is_finer_than_its_steps_or_no_map_is_refused(self) -> None:
        for arguments, said in (
            (
                ("--recharge", "5.001", "--map", "odd_kwh"),
                "--recharge: '5.001' is no amount in kWh in steps of 0.01 kWh",
            ),
            (("--recharge", "5", "--map", "nomap"), "nomap: is no entry of maps"),
        ):
            result = CliRunner().invoke(app, ["explain", "arrears_first", *arguments])
            assert isinstance(result.exception, ConfigError)
            assert result.exception.problems[0].startswith(said)

    def test_a_map_of_money_changes_no_sum(self) -> None:
        arguments = ("arrears_first", "--recharge", "500", "--arrears", "90")
        assert "₹410.00 of ₹500.00 to balance" in explained(*arguments, "--map", "reference")
