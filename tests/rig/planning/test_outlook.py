"""What is said beforehand comes from a rehearsal on the bench's own terms, and it is what a run then comes to."""

from importlib import resources
from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.planning.as_shipped import KNOWN, known
from rig.planning.outlook import outlook
from rig.planning.rehearsal import of_packages
from rig.planning.tally import in_time
from rig.planning.telling import beforehand
from rig.scenarios import shipped, shipped_functions
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.rig.planning.outlooks import bench_with, outlook_of, setup
from tests.scenarios.variants import map_with


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    """The shipped benches resolve what the acceptance plan judges, and the terminal stays quiet."""
    for bench in ("sim", "loopback", "loopback_rtu"):
        told = outlook_of(bench=bench, plan="acceptance")
        assert (told.foretold, told.amiss, told.over_limits, told.not_shown_ids) == ((), (), (), [])
        assert beforehand(told) == []


def test_a_coarse_channel_is_announced_and_the_run_comes_to_just_that(tmp_path: Path) -> None:
    bench = bench_with(tmp_path, every_ms="200")
    told = outlook_of("REL-1", "EXH-2", "RCH-1", bench=bench)
    announced = {(one.scenario, one.judgement) for one in told.foretold if one.surely}
    assert {("REL-1", "time to open"), ("REL-1", "time to closed")} <= announced
    run = run_sim(setup_of(Choices(bench=bench, out=str(tmp_path / "run"))), ["REL-1", "EXH-2", "RCH-1"])
    come = {
        (id_, name)
        for id_, outcome in run.outcomes.items()
        for name, verdict in outcome.judgements.items()
        if verdict.word is Word.INCONCLUSIVE
    }
    assert come == announced
    assert any("REL-1 will be INCONCLUSIVE" in line and "four times" in line for line in beforehand(told))


def test_a_slow_ledger_is_announced_where_it_hides_money(tmp_path: Path) -> None:
    """A ledger that charges every thirty seconds: what was not charged yet is more than what PWR-1 tells."""
    slow = map_with(tmp_path, ledger_tick_s='"30"')
    told = outlook_of("PWR-1", "RCH-1", map=slow, policy="mepdcl_2026")
    assert {one.scenario for one in told.foretold} == {"PWR-1"}
    run = run_sim(setup_of(Choices(map=slow, policy="mepdcl_2026", out=str(tmp_path / "run"))), ["PWR-1", "RCH-1"])
    assert {id_ for id_, outcome in run.outcomes.items() if outcome.word is not Word.PASS} == {"PWR-1"}


def test_use_is_what_the_rehearsal_took() -> None:
    told = outlook_of("IDL-1", "REL-1", "OVL-3", "REL-7")
    assert 3600 < told.uses["IDL-1"].took / 1e9 < 3700
    assert told.uses["IDL-1"].energy_wh == 0
    assert told.uses["REL-1"].operations == 4
    assert "the button pressed 11 times" in told.uses["REL-7"].needs
    assert told.whole.operations == sum(use.operations for use in told.uses.values())
    held = told.uses["OVL-3"]
    assert 0 < held.energy_wh <= 5000 * held.loaded / 3600e9


def test_days_and_a_set_clock_are_named() -> None:
    needs = outlook_of("CHG-1", policy="mepdcl_2026").uses["CHG-1"].needs
    assert "the meter's clock set" in needs
    assert any(need.endswith("days on the bench") for need in needs)


def test_a_limit_that_ends_the_plan_is_named_with_the_scenario(tmp_path: Path) -> None:
    told = outlook_of("OVL-12", "RCH-1", "IDL-3", bench=bench_with(tmp_path, watt_hours="3000"))
    (words,) = told.over_limits
    assert words.startswith("limits.watt_hours is 3000: it is used up in ")
    assert words in beforehand(told)


def test_the_twin_is_healthy_whatever_the_bench_file_has_wrong(tmp_path: Path) -> None:
    told = outlook_of(
        "EXH-3", bench=bench_with(tmp_path, emulated='faults = ["C1"]\nmeter = { contact_ns = 90000000 }')
    )
    assert told.amiss == ()
    assert told.uses["EXH-3"].operations > 0


WIRED = """
format = 1
name = "nowhere"
kind = "wired"
limits = { volts = 253, amps = 20, watts = 4600, watt_hours = 500, seconds = 7200, relay_operations = 200 }
source = { type = "scpi", resource = "TCPIP::192.0.2.1::1::SOCKET", dialect = "generic", most_volts = 253 }
shared_by = ["P01"]

[[positions]]
name = "P01"
meter = { map = "reference", unit = 1, bus = { type = "rtu", port = "/dev/null", baud = 9600, parity = "E" }, \
secrets = { password = { env = "NOT_SET_ANYWHERE" } } }
load = { type = "scpi", resource = "TCPIP::192.0.2.1::2::SOCKET", dialect = "generic", rating_w = 4600, \
accuracy_percent = "0.2" }
sense = { type = "modbus_digital_input", bus = { type = "tcp", host = "192.0.2.1", port = 502 }, load_side = 0, \
line_side = 1, delay_s = ["0.005", "0.030"] }
"""


def test_a_wired_bench_is_rehearsed_without_reaching_for_it(tmp_path: Path) -> None:
    """Addresses where nobody is, a password that is not set; nobody presses the button, nobody changes the wiring."""
    file = tmp_path / "wired.toml"
    file.write_text(WIRED, encoding="utf-8")
    told = outlook_of("RCH-1", "OVL-1", "REL-1", "REL-7", "MET-3", bench=str(file))
    assert told.why_unknown == ""
    assert set(told.uses) == {"RCH-1", "OVL-1", "REL-1"}
    assert {id_ for id_, _ in told.not_shown_ids} == {"REL-7", "MET-3"}
    assert {"R3", "R9"} <= {one.fault for one in told.unresolved}
    slower = told.uses["RCH-1"].took - outlook_of("RCH-1").uses["RCH-1"].took
    assert slower > 0, "a line at 9600 baud takes its time"


def test_what_stands_in_somebodys_own_folder_is_not_run(tmp_path: Path) -> None:
    def own(bench: object) -> None:
        raise AssertionError("a scenario that no package brings was rehearsed")

    from rig.scenarios import shipped, shipped_functions

    (scenario,) = [one for one, _ in shipped() if one.id == "RCH-1"]
    assert of_packages({"OWN": own, **shipped_functions()}).keys() == shipped_functions().keys()
    told = outlook(setup(), [scenario], of_packages({"RCH-1": own}))
    assert told.uses == {}
    assert told.amiss[0][0] == "RCH-1"


@pytest.mark.parametrize(
    ("ns", "words"),
    [(0, "0 s"), (1, "1 s"), (61 * 10**9, "1 min 1 s"), (3600 * 10**9, "1 h"), (90000 * 10**9, "1 d 1 h")],
)
def test_a_length_of_time_in_words(ns: int, words: str) -> None:
    assert in_time(ns) == words


@pytest.mark.parametrize("name", ["acrel_ddsy1352", "eastron_sdm320y", "hiking_dds238", "odd_kwh"])
def test_a_meter_that_promises_next_to_nothing_has_an_outlook_too(name: str) -> None:
    """What a limit would be derived from is missing: nothing is judged by it, and nothing is asked of it."""
    told = outlook_of("RCH-1", "OVL-2", "MET-1", "EXH-1", map=name)
    assert (told.why_unknown, told.amiss) == ("", ())
    assert len(told.uses) + len(told.left_out) == 4


@pytest.mark.parametrize(
    "policy", ["arrears_first", "uppcl_2025_09", "uppcl_2026_01", "nbpdcl", "mepdcl_2026", "postpaid"]
)
def test_what_is_shipped_is_known_without_a_rehearsal(policy: str, tmp_path: Path) -> None:
    made = setup_of(Choices(policy=policy, plan="type", out=str(tmp_path / "out")))
    functions = shipped_functions()
    chosen = [one for one, _ in shipped() if one.id in functions]
    short = known(made, functions, functions)
    assert short is not None
    told = outlook(made, chosen, of_packages(functions))
    assert short == {**told.as_record(), "by": KNOWN}


def test_what_is_not_as_shipped_is_rehearsed(tmp_path: Path) -> None:
    out, ids = str(tmp_path / "out"), list(shipped_functions())
    assert known(setup_of(Choices(bench=bench_with(tmp_path, every_ms="200"), out=out)), ids, ids) is None
    assert known(setup_of(Choices(bench="loopback", out=out)), ids, ids) is None
    assert known(setup_of(Choices(map=map_with(tmp_path, ledger_tick_s='"30"'), out=out)), ids, ids) is None
    assert known(setup_of(Choices(out=out)), [*ids, "ACME-1"], ids) is None
    own = tmp_path / "own.toml"
    shipped_one = (resources.files("scenarios.policies") / "arrears_first.toml").read_text(encoding="utf-8")
    own.write_text(shipped_one + "\n# as agreed\n", encoding="utf-8")
    assert known(setup_of(Choices(policy=str(own), out=out)), ids, ids) is None
