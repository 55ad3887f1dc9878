"""What in the tables of a policy cannot be true together is refused, with its key."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from rig.errors import ConfigError
from rig.policy import load_policy

TEXT = (resources.files("scenarios.policies") / "arrears_first.toml").read_text(encoding="utf-8")
RATE = 'energy_charge = "6.50"'

IN_TABLES = {
    '[notices]\npercent = ["10", "30"]': "notices.percent: does not fall",
    '[notices]\npercent = ["10.5"]': "notices.percent: holds a part that is no whole percentage",
    '[no_cut]\ndaily = [{ begins = "18:00", ends = "18:00" }]': "no_cut.daily.0.begins: 18:00 to 18:00",
    """[no_cut]
    daily = [{ begins = "08:00", ends = "20:00" }, { begins = "20:00", ends = "08:00" }]""": "no_cut.daily: protects the whole day",
    '[no_cut]\nweekdays = ["saturday"]\nsecond_saturday = true': "no_cut.second_saturday: means nothing",
    """[no_cut]
    holidays = [{ on = 2026-08-15, name = "a" }, { on = 2026-08-15, name = "b" }]""": "no_cut.holidays: names a day twice",
    '[no_cut]\ndaily = [{ begins = "25:00", ends = "08:00" }]': "no_cut.daily.0.begins: must be less than",
    '[no_cut]\ndaily = [{ begins = "9:00", ends = "08:00" }]': "no_cut.daily.0.begins: ",
    '[emergency_credit]\namount = "5"\ngranted = "button"': "emergency_credit: and a sink emergency_credit belong together",
    '[emergency_credit]\ngranted = "button"': "emergency_credit.amount: is missing",
    """[emergency_credit]
    granted = "button"
    category = "x"
    by_category = { y = "5" }""": "emergency_credit.category: x is none of y",
    """[instalment]
    per_day = "5"
    count = 3
    catch_up = "next_recharge\"""": "sinks: a sink charges and instalment.catch_up",
}
AT_THE_TOP = {
    'payment_mode = "postpaid"': "negative_balance_allowed: is missing",
    "negative_balance_allowed = true": "negative_balance_allowed: contradicts payment_mode prepaid",
}
IN_THE_TARIFF = {
    'slabs = [{ energy_charge = "1" }, { upto_kwh = "5", energy_charge = "2" }]': "tariff.slabs: the last one",
    """slabs = [
        { upto_kwh = "5", energy_charge = "1" }, { upto_kwh = "5", energy_charge = "2" }, { energy_charge = "3" },
    ]""": "tariff.slabs: do not rise",
    'slabs = [{ upto_kwh = "0.0005", energy_charge = "1" }, { energy_charge = "3" }]': "tariff.slabs: have an edge",
    f'{RATE}\nslabs = [{{ energy_charge = "1" }}]': "tariff.energy_charge: needs either",
    f"""{RATE}
    time_of_use = [
        {{ begins = "22:00", ends = "02:00", percent = "5" }}, {{ begins = "01:59", ends = "03:00", percent = "-5" }},
    ]""": "tariff.time_of_use: has two windows",
    f"""{RATE}
    daily_charge = "1"
    fixed_charge = {{ per_kw_month = "1", load_kw = "1", taken = "daily" }}""": "tariff.daily_charge: is charged by fixed_charge",
    f'{RATE}\nfixed_charge = {{ per_kw_month = "1.005", load_kw = "1", taken = "monthly" }}': "tariff.fixed_charge: is 201/2 paise",
    f'{RATE}\nrebate_percent = "101"': "tariff.rebate_percent: 101 is more",
}
IN_THE_FIRST_SINK = {
    'mode = "slab_percent"\nslabs = [{ percent = "10" }, { upto = "5", percent = "2" }]': "sinks.0.slabs: the last one",
    'mode = "slab_percent"\nslabs = [{ percent = "101" }]': "sinks.0.slabs: hold a percentage",
    'mode = "slab_percent"': "sinks.0.slabs: belongs to mode slab_percent",
    'mode = "all"\ncap_per_period = "5"': "sinks.0.period: belongs to cap_per_period",
}
CASES = [
    *((TEXT.replace("[tariff]", f"{table}\n[tariff]"), problem) for table, problem in IN_TABLES.items()),
    *((TEXT.replace("[tariff]", f"{key}\n[tariff]"), problem) for key, problem in AT_THE_TOP.items()),
    *((TEXT.replace(RATE, rates), problem) for rates, problem in IN_THE_TARIFF.items()),
    *((TEXT.replace('mode = "all"', rule, 1), problem) for rule, problem in IN_THE_FIRST_SINK.items()),
]


def refused(folder: Path, text: str) -> list[str]:
    """The problems of a policy file with this text, without the file's name."""
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_policy(file)
    return [problem.removeprefix(f"{file}: ") for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "problem"), CASES, ids=[problem for _, problem in CASES])
def test_a_contradiction_is_named_with_its_key(tmp_path: Path, text: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in refused(tmp_path, text)), refused(tmp_path, text)


def test_what_has_no_meaning_in_postpaid_is_refused_at_once(tmp_path: Path) -> None:
    odd = """payment_mode = "postpaid"
negative_balance_allowed = true
[reconnection]
least_balance = "5"
[notices]
percent = ["10"]
[no_cut]
second_saturday = true
"""
    found = refused(tmp_path, TEXT.replace("[tariff]", f"{odd}[tariff]"))
    without = [problem for problem in found if not problem.startswith("sources.")]
    assert [problem.split(":")[0] for problem in without] == ["notices", "reconnection", "no_cut"]


def test_what_has_the_wrong_type_and_what_contradicts_itself_are_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        TEXT.replace(RATE, f'{RATE}\nrebate_percent = 5\nduty = "5"').replace("reviewed_on", "reviewd_on")
        + '[notices]\npercent = ["10", "30"]\n[emergency_credit]\ngranted = "button"\n[instalment]\nper_day = 5\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as refused:
        load_policy(file)
    told = str(refused.value)
    for problem in (
        "reviewed_on: is missing", "reviewd_on: is not a known key", "tariff.rebate_percent: ", "tariff.duty: is not a known key",
        "instalment.per_day: ", "notices.percent: does not fall", "emergency_credit.amount: is missing",
    ):  # fmt: skip
        assert problem in told, problem
    assert "sources." not in told, "what is left out of a table that cannot be read is no missing source"


def test_parts_that_belong_together_are_compared_though_the_title_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    text = TEXT.replace("title = ", "titel = ") + '[emergency_credit]\namount = "5"\ngranted = "button"\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_policy(file)
    told = str(refused.value)
    assert "title: is missing" in told and "and a sink emergency_credit belong together" in told
    assert "sources.emergency_credit.amount: is missing" in told
