"""What the generic dialect sends to an AC source, line by line."""

from decimal import Decimal

import pytest

from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.instrument import Instrument
from drivers.sources.scpi_source import ScpiSource
from rig.clock import Span, VirtualClock
from rig.errors import DeviceRefused, LinkError
from tests.drivers.scpi.transcript import LOST, OPENING, Exchange, Transcript

OK: list[Exchange] = [("SYST:ERR?", '0,"No error"')]
SETTINGS: list[Exchange] = [("VOLT 230.00", None), ("VOLT?", "230.0"), ("FREQ 50.00", None), ("FREQ?", "50.00")]


def source_on(exchanges: list[Exchange]) -> tuple[ScpiSource, Transcript]:
    dialect = load_dialect("generic")
    assert dialect.ac_source is not None
    line = Transcript(OPENING + exchanges)
    return ScpiSource(Instrument(line, dialect.talk, VirtualClock()), dialect.ac_source, 276), line


def test_on_from_off_is_timed_by_the_output() -> None:
    source, line = source_on([("OUTP?", "0"), *SETTINGS, ("OUTP ON", None), ("OUTP?", "1"), *OK])
    assert source.on(Decimal(230), Decimal(50)) == Span(700, 810)
    assert line.finished()


def test_on_while_on_is_timed_by_the_settings() -> None:
    source, line = source_on([("OUTP?", "1"), *SETTINGS, *OK])
    assert source.on(Decimal(230), Decimal(50)) == Span(300, 610)
    assert line.finished()


def test_off_and_is_on() -> None:
    source, line = source_on([("OUTP OFF", None), ("OUTP?", "OFF"), ("OUTP?", "on")])
    assert source.off() == Span(200, 310)
    assert source.is_on()
    assert line.finished()


def test_off_is_tried_again() -> None:
    source, line = source_on([("OUTP OFF", None), ("OUTP?", LOST), ("OUTP OFF", None), ("OUTP?", "0")])
    source.off()
    assert line.cleared == 1
    assert line.finished()


def test_a_voltage_that_was_not_taken_keeps_the_output_off() -> None:
    source, line = source_on([("OUTP?", "0"), ("VOLT 230.00", None), ("VOLT?", "120"), *OK])
    with pytest.raises(DeviceRefused, match="'120' was read back"):
        source.on(Decimal(230), Decimal(50))
    assert line.finished()


def test_an_output_that_says_neither_on_nor_off_is_no_answer() -> None:
    source, line = source_on([("OUTP?", "2")])
    with pytest.raises(LinkError, match="1 or ON or 0 or OFF"):
        source.is_on()
    assert line.cleared == 1


@pytest.mark.parametrize(
    ("volts", "hertz"), [("276.01", "50"), ("0", "50"), ("230.001", "50"), ("230", "44.9"), ("230", "50.001")]
)
def test_what_does_not_fit_is_refused_and_nothing_is_sent(volts: str, hertz: str) -> None:
    source, line = source_on([])
    with pytest.raises(ValueError, match="nothing was sent"):
        source.on(Decimal(volts), Decimal(hertz))
    assert line.finished()
