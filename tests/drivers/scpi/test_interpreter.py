"""The emulated instruments' parser: headers, compound lines, numbers, and the error queue with its standard numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.emulated.circuit import Circuit
from drivers.emulated.load import EmulatedLoad
from drivers.emulated.source import EmulatedSource
from drivers.scpi.interpreter import QUEUE_LENGTH, spellings
from rig.clock import VirtualClock

NO_ERROR = '0,"No error"'


@pytest.fixture
def load() -> EmulatedLoad:
    circuit = Circuit(VirtualClock())
    circuit.set_source(True)
    return EmulatedLoad(circuit)


def test_spellings_are_short_or_long_and_optional_nodes_may_be_missing() -> None:
    assert set(spellings("[:SOURce]:POWer?")) == {
        "POW?",
        "POWER?",
        "SOUR:POW?",
        "SOUR:POWER?",
        "SOURCE:POW?",
        "SOURCE:POWER?",
    }
    assert spellings("*IDN?") == ("*IDN?",)


@pytest.mark.parametrize(
    "line",
    ["POW 55;POW?", "pow 55;pow?", "POWer 55;POWER?", ":SOUR:POW:LEV:IMM:AMPL 55;:SOURce:POWer?", "Source:Power:Level 55W;:pow?",
     " POW   5.5E1 ; POW? ", "POW +55.0;;POW?;"],
)  # fmt: skip
def test_one_setting_has_many_spellings(load: EmulatedLoad, line: str) -> None:
    assert load.ask(line) == "55.000"
    assert load.ask("SYST:ERR?") == NO_ERROR


def test_a_compound_line_goes_on_from_the_node_before(load: EmulatedLoad) -> None:
    load.ask("POW 2300;INP ON")
    assert load.ask("MEAS:VOLT?;CURR?;POW?") == "230.000;10.000;2300.000"
    assert load.ask(":MEAS:VOLT?;*OPC?;CURR?") == "230.000;1;10.000"
    assert load.ask(":MEAS:VOLT?;:INP?") == "230.000;1"
    assert load.ask("SYST:ERR?;ERR:NEXT?") == f"{NO_ERROR};{NO_ERROR}"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("VOLTS 3", '-113,"Undefined header"'),
        ("POWE 3", '-113,"Undefined header"'),
        ("MEAS:VOLT", '-113,"Undefined header"'),
        ("?", '-113,"Undefined header"'),
        ("POW", '-109,"Missing parameter"'),
        ("INP", '-109,"Missing parameter"'),
        ("POW abc", '-104,"Data type error"'),
        ("POW 1,2", '-104,"Data type error"'),
        ("POW NAN", '-104,"Data type error"'),
        ("POW 3 V", '-131,"Invalid suffix"'),
        ("POW 3681", '-222,"Data out of range"'),
        ("POW -0.1", '-222,"Data out of range"'),
        ("INP MAYBE", '-224,"Illegal parameter value"'),
        ("FUNC CURR", '-224,"Illegal parameter value"'),
        ("*RST 1", '-108,"Parameter not allowed"'),
        ("MEAS:VOLT? 5", '-108,"Parameter not allowed"'),
        ("POW? 7", '-108,"Parameter not allowed"'),
    ],
)
def test_what_is_wrong_is_queued_and_has_no_answer(load: EmulatedLoad, line: str, error: str) -> None:
    assert load.ask(line) is None
    assert load.ask("SYST:ERR:COUN?") == "1"
    assert load.ask("SYSTem:ERRor:NEXT?") == error
    assert load.ask("SYST:ERR?") == NO_ERROR


def test_what_is_no_command_ends_the_line_and_a_refused_value_does_not(load: EmulatedLoad) -> None:
    assert load.ask("POW 9999;POW?") == "0.000"
    assert load.ask("POW 5;NONSENSE;POW 6;POW?") is None
    assert load.ask("POW?") == "5.000"


def test_a_full_queue_says_that_errors_were_lost_and_can_be_cleared(load: EmulatedLoad) -> None:
    for _ in range(QUEUE_LENGTH + 5):
        load.ask("POW 9999")
    errors = [load.ask("SYST:ERR?") for _ in range(QUEUE_LENGTH + 1)]
    assert errors[-2:] == ['-350,"Queue overflow"', NO_ERROR]
    assert set(errors[:-2]) == {'-222,"Data out of range"'}
    load.ask("NONSENSE")
    load.ask("*CLS")
    assert load.ask("SYST:ERR?") == NO_ERROR


def test_ends_of_range_may_be_asked_and_set(load: EmulatedLoad) -> None:
    assert load.ask("POW? MAX;POW? MINimum") == "3680.000;0.000"
    assert load.ask("POW MAX;POW?") == "3680.000"


@pytest.mark.parametrize("line", ["VOLT 301", "VOLT -1", "FREQ 44", "FREQ 400HZ"])
def test_a_source_refuses_what_is_out_of_range(line: str) -> None:
    source = EmulatedSource(Circuit(VirtualClock()), most_volts=300)
    assert source.ask(line) is None
    assert source.ask("SYST:ERR?;:VOLT?;:FREQ?") == '-222,"Data out of range";0.000;50.000'


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=40))
def test_no_line_whatever_breaks_it_or_switches_it_on(line: str) -> None:
    circuit = Circuit(VirtualClock())
    circuit.set_source(True)
    load = EmulatedLoad(circuit)
    load.ask(line)
    assert circuit.load_watts == 0
    assert load.ask("*IDN?") == "PREPAID RIG,EMULATED LOAD,0,1.0"
