"""The emulated source passes the list of every source: in memory, and over a real socket through PyVISA."""

from collections.abc import Callable, Iterator

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.source import EmulatedSource
from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.instrument import Instrument
from drivers.scpi.memory_line import MemoryLine
from drivers.sources.opener import open_source
from drivers.sources.scpi_source import ScpiSource
from rig.clock import VirtualClock, WallClock
from rig.conformance.sources import CASES, SourceUnderTest
from rig.opener import Opening
from tests.drivers.scpi.wires import StillAlarms, served

MOST_VOLTS = 276


def bench_of(source: ScpiSource, clock: VirtualClock | WallClock, circuit: Circuit) -> SourceUnderTest:
    return SourceUnderTest(source, clock, MOST_VOLTS, lambda: (circuit.line_millivolts, circuit.source_millihertz))


@pytest.fixture(params=["generic", "chroma_61500", "chroma_61600"])
def in_memory(request: pytest.FixtureRequest) -> SourceUnderTest:
    clock = VirtualClock()
    circuit = Circuit(clock)
    dialect = load_dialect(request.param)
    assert dialect.ac_source is not None
    instrument = Instrument(MemoryLine(EmulatedSource(circuit, family=request.param).ask, clock), dialect.talk, clock)
    return bench_of(ScpiSource(instrument, dialect.ac_source, MOST_VOLTS), clock, circuit)


@pytest.fixture
def over_a_socket() -> Iterator[SourceUnderTest]:
    clock = WallClock()
    circuit = Circuit(StillAlarms(clock))  # type: ignore[arg-type]
    with served(EmulatedSource(circuit).ask) as port:
        settings = {"type": "scpi", "resource": f"TCPIP::127.0.0.1::{port}::SOCKET", "most_volts": MOST_VOLTS}
        source = open_source(settings, Opening("source", clock))
        yield bench_of(source, clock, circuit)
        source.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_in_memory(case: Callable[[SourceUnderTest], None], in_memory: SourceUnderTest) -> None:
    case(in_memory)


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_over_a_socket(case: Callable[[SourceUnderTest], None], over_a_socket: SourceUnderTest) -> None:
    case(over_a_socket)


def test_one_source_feeds_every_position_at_once() -> None:
    clock = VirtualClock()
    circuits = [Circuit(clock), Circuit(clock)]
    source = EmulatedSource(*circuits)
    source.ask("VOLT 230;OUTP ON")
    assert [c.line_millivolts for c in circuits] == [230_000, 230_000]
    source.ask("*RST")
    assert [c.line_millivolts for c in circuits] == [0, 0]
