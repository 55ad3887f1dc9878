"""What the generic dialect sends to a load, line by line, and what it makes of the answers."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from drivers.loads.scpi_load import ScpiLoad
from drivers.scpi.dialect import Dialect
from drivers.scpi.instrument import Instrument
from rig.clock import Span, VirtualClock
from rig.errors import DeviceRefused, LinkError
from tests.drivers.scpi.transcript import LOST, OPENING, Exchange, Transcript

OK: list[Exchange] = [("SYST:ERR?", '+0,"No error"')]
TOGETHER = ":MEAS:VOLT?;:MEAS:CURR?;:MEAS:POW?"


def generic(change: Callable[[dict[str, Any]], None] = lambda _: None) -> Dialect:
    table = tomllib.loads(files("drivers.scpi.dialects").joinpath("generic.toml").read_text(encoding="utf-8"))
    change(table)
    return Dialect.model_validate(table)


def load_on(exchanges: list[Exchange], dialect: Dialect | None = None) -> tuple[ScpiLoad, Transcript]:
    dialect = dialect or generic()
    assert dialect.load is not None
    line = Transcript(OPENING + exchanges)
    return ScpiLoad(Instrument(line, dialect.talk, VirtualClock()), dialect.load, 3680, None), line


def test_drawing_from_off() -> None:
    load, line = load_on(
        [
            ("PROT?", "0"), ("FUNC?", "CURR"), ("FUNC POW", None), ("FUNC?", "POW"), ("INP?", "0"),
            ("POW 2317", None), ("POW?", "2317.000"), ("INP ON", None), ("INP?", "1"), *OK,
        ]
    )  # fmt: skip
    assert load.draw_watts(2317) == Span(900, 1010)  # the ninth line is INP ON, the tenth confirms it
    assert line.finished()


def test_drawing_more_while_on_is_timed_by_the_level() -> None:
    load, line = load_on([("PROT?", "0"), ("FUNC?", "pow"), ("INP?", "ON"), ("POW 900", None), ("POW?", "9.0E2"), *OK])
    assert load.draw_watts(900) == Span(500, 610)
    assert line.finished()


def test_a_latched_trip_is_cleared_first_and_the_load_armed_again() -> None:
    load, line = load_on(
        [
            ("PROT?", "32"), ("PROT:CLE", None), ("PROT?", "0"), ("FUNC?", "POW"), ("INP?", "0"),
            ("POW 50", None), ("POW?", "50"), ("INP ON", None), ("INP?", "1"), *OK,
        ]
    )  # fmt: skip
    load.draw_watts(50)
    assert line.finished()


def test_a_trip_that_cannot_be_cleared_is_refused_by_name_before_anything_is_set() -> None:
    load, line = load_on([("PROT?", "128"), ("PROT:CLE", None), ("PROT?", "128")])
    with pytest.raises(DeviceRefused, match="still tripped: overtemperature"):
        load.draw_watts(50)
    assert line.finished()


def test_undervoltage_that_recovers_by_itself_is_left_alone() -> None:
    load, line = load_on([("PROT?", "4"), ("FUNC?", "POW"), ("INP?", "1"), ("POW 50", None), ("POW?", "50"), *OK])
    load.draw_watts(50)
    assert line.finished()


def test_an_input_that_does_not_stay_on_is_refused_with_the_protection_that_threw_it_out() -> None:
    load, line = load_on(
        [
            ("PROT?", "0"), ("FUNC?", "POW"), ("INP?", "0"), ("POW 50", None), ("POW?", "50"),
            ("INP ON", None), ("INP?", "0"), *OK, ("PROT?", "32"),
        ]
    )  # fmt: skip
    with pytest.raises(DeviceRefused, match="reads back off; its protection tripped: overcurrent"):
        load.draw_watts(50)
    assert line.finished()


def test_zero_watts_and_off_are_the_same_lines() -> None:
    for call in (lambda load: load.draw_watts(0), lambda load: load.off()):
        load, line = load_on([("INP OFF", None), ("INP?", "0")])
        assert call(load) == Span(200, 310)
        assert line.finished()


def test_off_is_tried_again_on_a_fresh_line() -> None:
    load, line = load_on([("INP OFF", None), ("INP?", LOST), ("INP OFF", None), ("INP?", "0")])
    load.off()
    assert line.cleared == 1
    assert line.finished()


def test_off_that_is_twice_not_confirmed_says_so() -> None:
    load, line = load_on([("INP OFF", None), ("INP?", LOST), ("INP OFF", None), ("INP?", LOST)])
    with pytest.raises(LinkError, match="INP"):
        load.off()
    load, line = load_on([("INP OFF", None), ("INP?", "1"), *OK, ("INP OFF", None), ("INP?", "1"), *OK])
    with pytest.raises(DeviceRefused, match="reads back on"):
        load.off()
    assert line.finished()


def test_errors_left_by_an_interrupted_block_are_not_blamed_on_the_next() -> None:
    load, line = load_on(
        [
            ("INP OFF", None), ("INP?", "0"),
            ("SYST:ERR?", '-113,"Undefined header"'), ("SYST:ERR?", '0,"No error"'),
            ("PROT?", "0"), ("FUNC?", "POW"), ("INP?", "1"), ("POW 50", None), ("POW?", "50"), *OK,
        ]
    )  # fmt: skip
    load.off()
    load.draw_watts(50)
    assert line.finished()


SETTING: list[Exchange] = [("PROT?", "0"), ("FUNC?", "POW"), ("INP?", "1"), ("POW 50", None)]


@pytest.mark.parametrize(
    ("rest", "error", "words"),
    [
        ([("POW?", "49"), *OK], DeviceRefused, "sent 'POW 50': '49' was read back"),
        ([("POW?", "0"), ("SYST:ERR?", '-222,"Data out of range"'), *OK], DeviceRefused, "-222.*Data out of range"),
        ([("POW?", "50"), ("SYST:ERR?", '-200,"x"'), ("SYST:ERR?", '-310,"y"'), *OK], DeviceRefused, '-200,"x"; -310'),
        ([("POW?", LOST)], LinkError, "no answer"),
        ([("POW?", "")], LinkError, "'' came where a number was expected"),
        ([("POW?", "NAN")], DeviceRefused, "'NAN' stands for no valid reading"),
        ([("POW?", "9.91E+37")], DeviceRefused, "stands for no valid reading"),
        ([("POW?", "50"), ("SYST:ERR?", "garbage")], LinkError, "garbage"),
        ([("POW?", "50")] + [("SYST:ERR?", '-350,"Queue overflow"')] * 21, DeviceRefused, "not empty after 21 errors"),
    ],
)
def test_whatever_goes_wrong_while_setting_is_one_clear_error(
    rest: list[Exchange], error: type[Exception], words: str
) -> None:
    load, line = load_on(SETTING + rest)
    with pytest.raises(error, match=words) as raised:
        load.draw_watts(50)
    assert "P01 load" in str(raised.value)
    assert line.finished()


def test_the_code_of_a_refusal_is_kept() -> None:
    load, _ = load_on([*SETTING, ("POW?", "50"), ("SYST:ERR?", '-222,"Data out of range"'), *OK])
    with pytest.raises(DeviceRefused) as raised:
        load.draw_watts(50)
    assert raised.value.code == -222


@pytest.mark.parametrize("watts", [-1, 3681, 10**9, 12.5])
def test_out_of_rating_sends_nothing(watts: int) -> None:
    load, line = load_on([])
    with pytest.raises(ValueError, match="nothing was sent"):
        load.draw_watts(watts)
    assert line.finished()


def test_measuring_with_one_line_and_with_three() -> None:
    load, _ = load_on([(TOGETHER, "2.2985E2;10.08;2317")])
    seen = load.measure()
    assert (seen.voltage_v, seen.current_a, seen.power_w) == (Decimal("229.85"), Decimal("10.08"), Decimal(2317))
    assert (seen.sent, seen.received) == (200, 210)

    singly = generic(lambda table: table["load"]["measure"].pop("together"))
    load, _ = load_on([("MEAS:VOLT?", "230"), ("MEAS:CURR?", "1"), ("MEAS:POW?", "229")], singly)
    seen = load.measure()
    assert (seen.voltage_v, seen.current_a, seen.power_w) == (230, 1, 229)
    assert (seen.sent, seen.received) == (200, 410)


@pytest.mark.parametrize(
    ("answer", "error", "cleared"),
    [
        ("230;1", LinkError, 1),
        ("230;1;229;0", LinkError, 1),
        ("1", LinkError, 1),
        ("230;x;229", LinkError, 1),
        ("230;inf;229", DeviceRefused, 0),
        ("230;-9.9E37;229", DeviceRefused, 0),
        ("nan;1;229", DeviceRefused, 0),
        ("9.91E+37;1;229", DeviceRefused, 0),
        ("230;1;99.1E36", DeviceRefused, 0),
    ],
)
def test_a_measurement_that_is_none_never_becomes_a_number(answer: str, error: type[Exception], cleared: int) -> None:
    load, line = load_on([(TOGETHER, answer)])
    with pytest.raises(error):
        load.measure()
    assert line.cleared == cleared


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("0", ""),
        ("4", "undervoltage"),
        ("+36", "undervoltage, overcurrent"),
        ("512", "bit 9"),
        ("4.0E0", "undervoltage"),
    ],
)
def test_protection_bits_have_names(answer: str, name: str) -> None:
    load, _ = load_on([("PROT?", answer)])
    assert load.tripped() == name


@pytest.mark.parametrize(
    ("answer", "name"), [("NONE", ""), ("none", ""), ("UVP", "undervoltage"), ('"ovp"', "overvoltage"), ("FAN", "FAN")]
)
def test_protection_words_have_names(answer: str, name: str) -> None:
    def words(table: dict[str, Any]) -> None:
        table["load"]["protection"] = {
            "query": "PROT?", "clear": "PROT:CLE", "words": {"UVP": "undervoltage", "OVP": "overvoltage"}
        }  # fmt: skip

    load, _ = load_on([("PROT?", answer)], generic(words))
    assert load.tripped() == name


@pytest.mark.parametrize("answer", ["-4", "2.5", "what"])
def test_protection_that_makes_no_sense_is_not_called_healthy(answer: str) -> None:
    load, line = load_on([("PROT?", answer)])
    with pytest.raises(LinkError, match="PROT"):
        load.tripped()
    assert line.cleared == 1


def test_opening_begins_as_the_dialect_says_and_changes_no_output() -> None:
    def begin(table: dict[str, Any]) -> None:
        table["talk"]["begin"] = ["SYST:REM"]

    line = Transcript([("SYST:REM", None), *OPENING])
    Instrument(line, generic(begin).talk, VirtualClock())
    assert line.finished()


def test_another_instrument_is_refused() -> None:
    dialect = generic(lambda table: table["talk"].update(identification="Chroma,638.*"))
    with pytest.raises(DeviceRefused, match=r"ACME,L1,123,2.0.*does not fit"):
        Instrument(Transcript([]), dialect.talk, VirtualClock())


def test_reset_waits_as_long_as_the_instrument_needs() -> None:
    clock = VirtualClock()
    dialect = generic(lambda table: table["talk"].update(wait_after_reset_s="3"))
    assert dialect.load is not None
    line = Transcript([*OPENING, ("*RST", None), *OPENING, ("INP?", "0")])
    ScpiLoad(Instrument(line, dialect.talk, clock), dialect.load, 3680, None).reset()
    assert clock.now() == 3_000_000_000
    assert line.finished()


def test_a_load_that_latches_takes_its_level_on_a_dead_line_and_says_undervoltage() -> None:
    dialect = generic(lambda table: table["load"].update(undervoltage_latches=True))
    load, line = load_on(
        [
            ("PROT?", "0"), ("FUNC?", "POW"), ("INP?", "0"), ("POW 50", None), ("POW?", "50"), ("INP ON", None),
            ("INP?", "0"), *OK, ("PROT?", "4"), *OK, ("PROT?", "4"),
        ],
        dialect,
    )  # fmt: skip
    load.draw_watts(50)
    assert load.tripped() == "undervoltage"
    assert line.finished()
