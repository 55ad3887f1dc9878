"""The example program passes the lists of load and source, is read and recharged as a meter, and what goes wrong is said."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from drivers.external.meter import ExternalMeter
from drivers.external.opener import open_external_load, open_external_meter, open_external_source
from drivers.external.power import ExternalLoad
from drivers.external.program import ExternalProgram
from drivers.external.values import number, plain, rich
from rig.clock import MILLISECOND, SECOND, WallClock
from rig.conformance import loads, sources
from rig.conformance.loads import LoadUnderTest
from rig.conformance.sources import SourceUnderTest
from rig.contracts import RechargeOutcome
from rig.errors import ConfigError, DeviceRefused, LinkError
from rig.opener import Opening

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "external" / "bench.py"
RATING = 3680

pytestmark = pytest.mark.loopback


class Bench:
    """The example as load, source and meter, and its state file as the truth."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "state.json"
        self.clock = WallClock()
        self.table: dict[str, Any] = {"type": "external", "command": [sys.executable, str(EXAMPLE), str(self.file)]}
        self.load = open_external_load({**self.table, "rating_w": RATING}, Opening("P01 load", self.clock))
        self.source = open_external_source({**self.table, "most_volts": 276}, Opening("P01 source", self.clock))

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text(encoding="utf-8")))

    def set_volts(self, volts: int) -> None:
        if volts:
            self.source.on(Decimal(volts), Decimal(50))
        else:
            self.source.off()

    def watts(self) -> int:
        now = self.state()
        return int(now["watts"]) if now["on"] and now["input"] else 0

    def truth(self) -> tuple[int, int]:
        now = self.state()
        return int(Decimal(now["volts"]) * 1000) if now["on"] else 0, int(Decimal(now["hertz"]) * 1000)

    def close(self) -> None:
        self.load.close()
        self.source.close()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    one = Bench(tmp_path_factory.mktemp("bench"))
    yield one
    one.close()
    assert one.state()["on"] is False, "the end of standard input makes safe"
    assert one.state()["input"] is False


@pytest.mark.parametrize("case", loads.CASES, ids=lambda case: case.__name__)
def test_the_example_is_a_load(case: Callable[[LoadUnderTest], None], bench: Bench) -> None:
    case(LoadUnderTest(bench.load, bench.clock, bench.set_volts, bench.watts, within=Decimal("0.05")))


@pytest.mark.parametrize("case", sources.CASES, ids=lambda case: case.__name__)
def test_the_example_is_a_source(case: Callable[[SourceUnderTest], None], bench: Bench) -> None:
    case(SourceUnderTest(bench.source, bench.clock, 276, bench.truth))


def test_the_example_is_a_meter_with_its_wallet(tmp_path: Path) -> None:
    clock = WallClock()
    table = {"type": "external", "command": [sys.executable, str(EXAMPLE), str(tmp_path / "state.json")]}
    meter: ExternalMeter = open_external_meter(table, Opening("P01 meter", clock))
    try:
        before = meter.read("balance", "output_state", "serial")
        assert (before.balance_paise, before.output_closed, before.values["serial"]) == (50_000, True, "FILE-0001")
        assert before.at.lo < before.at.hi <= clock.now()
        assert meter.recharge(12_345, 7).outcome is RechargeOutcome.ACCEPTED
        assert meter.recharge(12_345, 7).outcome is RechargeOutcome.DUPLICATE
        assert meter.read().balance_paise == 62_345
        meter.disconnect()
        assert meter.read("output_state").output_closed is False
        assert [event.name for event in meter.events()] == ["load switch disconnected"]
        meter.write("load_limit", 2317)
        assert meter.read("load_limit").number("load_limit") == 2317
        with pytest.raises(DeviceRefused, match="0 W is no load limit"):
            meter.write("load_limit", 0)
        with pytest.raises(ValueError, match="balance cannot be written; nothing was sent"):
            meter.write("balance", 1)
        with pytest.raises(KeyError, match="offers no moon"):
            meter.read("moon")
    finally:
        meter.close()


def program(body: str, role: str = "load", timeout_ns: int = 3 * SECOND) -> ExternalProgram:
    """A program that answers hello and then does `body` with each `asked`."""
    code = (
        "import json, sys, time\n"
        "def say(asked, **more):\n"
        "    print(json.dumps({'id': asked['id'], **more}), flush=True)\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    if asked['do'] == 'hello':\n"
        "        say(asked, ok={'format': 1, 'roles': ['load', 'meter']})\n"
        "        continue\n"
    ) + "".join(f"    {line}\n" for line in body.splitlines())
    return ExternalProgram([sys.executable, "-c", code], role, WallClock(), "P01 load", timeout_ns)


def test_its_death_is_a_link_error_with_its_last_words() -> None:
    dies = program("sys.exit('the relay card is gone')")
    with pytest.raises(
        LinkError, match=r"P01 load .*: the program ended with 1; its last words: the relay card is gone"
    ):
        dies.call("measure")
    with pytest.raises(LinkError, match="has ended"):
        dies.call("measure")
    dies.begin_anew()
    dies.close()


def test_a_late_answer_is_never_the_next() -> None:
    slow = program("if asked['do'] == 'a': time.sleep(0.4)\nsay(asked, ok=asked['do'])", timeout_ns=250 * MILLISECOND)
    with pytest.raises(LinkError, match=r"asked 'a': no answer in 0\.250 s"):
        slow.call("a")
    for _ in range(3):
        try:
            said, _ = slow.call("b")
        except LinkError:
            continue
        assert said == "b"
        break
    slow.close()


def test_its_latency_widens_the_span() -> None:
    slow = program("time.sleep(0.05)\nsay(asked, ok=None)")
    load = ExternalLoad(slow, RATING)
    span = load.draw_watts(100)
    assert 50 * MILLISECOND <= span.width < 2 * SECOND
    load.close()


def test_off_is_tried_again_by_a_program_begun_anew(tmp_path: Path) -> None:
    mark = tmp_path / "died"
    fragile = program(
        f"import pathlib\nmark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n    mark.touch(); sys.exit(3)\nsay(asked, ok=None)"
    )
    ExternalLoad(fragile, RATING).off()
    assert mark.exists()
    fragile.close()


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("print('hello there', flush=True)", LinkError, "no JSON object came"),
        ("print('[1]', flush=True)", LinkError, "no JSON object came"),
        ("say(asked)", LinkError, "without ok or refused"),
        ("say(asked, ok={'volts': 230.5, 'amps': '1', 'watts': '230'})", LinkError, "volts: 230.5 is no number"),
        ("say(asked, ok={'volts': '9E999999999', 'amps': 'NaN', 'watts': '1'})", LinkError, "amps: NaN is no number"),
        ("say(asked, ok=7)", LinkError, "7 is no object"),
        ("say(asked, refused='no', code=4)", DeviceRefused, "refused: no"),
    ],
)
def test_what_is_no_answer_is_said(body: str, error: type[Exception], words: str) -> None:
    load = ExternalLoad(program(body), RATING)
    try:
        with pytest.raises(error, match=words):
            load.measure()
    finally:
        load.close()


def test_strangers_are_refused_at_the_beginning() -> None:
    with pytest.raises(DeviceRefused, match="is no source; it says that it can be"):
        program("", role="source")
    old = "import json\nprint(json.dumps({'id': 1, 'ok': {'format': 0, 'roles': ['load']}}), flush=True)\ninput()"
    with pytest.raises(DeviceRefused, match="speaks format 0; this rig speaks format 1"):
        ExternalProgram([sys.executable, "-c", old], "load", WallClock(), "P01 load")
    with pytest.raises(ConfigError, match="cannot be started"):
        ExternalProgram(["/no/such/program"], "load", WallClock(), "P01 load")


def test_a_lost_recharge_is_read_back_and_not_repeated(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    loses = program(
        f"open({str(heard)!r}, 'a').write(asked['do'] + ' ')\n"
        "if asked['do'] == 'recharge': sys.exit(1)\nsay(asked, ok={'outcome': 'accepted', 'code': 3})",
        role="meter",
    )
    result = ExternalMeter(loses).recharge(100, 5)
    assert (result.outcome, result.read_back) == (RechargeOutcome.ACCEPTED, True)
    assert heard.read_text() == "recharge recharged "
    loses.close()


def test_values_have_no_floats() -> None:
    for value in (None, True, 7, "x", Decimal("1.50")):
        assert rich(plain(value), "w") == value
    for bad in (1.5, [1], {"decimal": 1}, {"decimal": "x"}, {"time": "noon"}, {"a": "b", "c": "d"}):
        with pytest.raises(LinkError):
            rich(bad, "w")
    assert number("-1.5", "w") == Decimal("-1.5")
    for bad in (True, 1.5, "x", "NaN", "inf", None):
        with pytest.raises(LinkError):
            number(bad, "w")


def test_a_table_is_checked_whole() -> None:
    assert len(open_external_load.check({"type": "external", "command": [], "rating_w": 0, "shell": True}, "load")) == 3
