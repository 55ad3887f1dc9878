"""The emulated load passes the list of every load: in memory, and over a real socket through PyVISA."""

from collections.abc import Callable, Iterator

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.load import EmulatedLoad
from drivers.loads.opener import open_load
from drivers.loads.scpi_load import ScpiLoad
from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.instrument import Instrument
from drivers.scpi.memory_line import MemoryLine
from rig.clock import VirtualClock, WallClock
from rig.conformance.loads import CASES, LoadUnderTest
from rig.opener import Opening
from tests.drivers.scpi.wires import StillAlarms, served

RATING = 3680


def bench_of(load: ScpiLoad, clock: VirtualClock | WallClock, circuit: Circuit) -> LoadUnderTest:
    tells = not load.tells or "undervoltage" in load.tells
    return LoadUnderTest(
        load,
        clock,
        lambda volts: circuit.set_source(volts > 0, max(volts, 1) * 1000),
        lambda: circuit.load_watts,
        tells_undervoltage=tells,
    )


@pytest.fixture(params=["generic recovers", "generic latches", "chroma_63800 latches", "itech_it8600 recovers"])
def in_memory(request: pytest.FixtureRequest) -> LoadUnderTest:
    family, undervoltage = request.param.split()
    clock = VirtualClock()
    circuit = Circuit(clock)
    emulated = EmulatedLoad(circuit, RATING, undervoltage=undervoltage, family=family)
    dialect = load_dialect(family)
    assert dialect.load is not None
    table = dialect.load.model_copy(update={"undervoltage_latches": undervoltage == "latches"})
    instrument = Instrument(MemoryLine(emulated.ask, clock, where="P01 load"), dialect.talk, clock)
    return bench_of(ScpiLoad(instrument, table, RATING, None), clock, circuit)


@pytest.fixture(params=["generic", "chroma_63800"])
def over_a_socket(request: pytest.FixtureRequest) -> Iterator[LoadUnderTest]:
    clock = WallClock()
    circuit = Circuit(StillAlarms(clock))  # type: ignore[arg-type]
    with served(EmulatedLoad(circuit, RATING, family=request.param).ask) as port:
        resource = f"TCPIP::127.0.0.1::{port}::SOCKET"
        settings = {"type": "scpi", "resource": resource, "rating_w": RATING, "dialect": request.param}
        load = open_load(settings, Opening("P01 load", clock))
        yield bench_of(load, clock, circuit)
        load.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_in_memory(case: Callable[[LoadUnderTest], None], in_memory: LoadUnderTest) -> None:
    case(in_memory)


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_over_a_socket(case: Callable[[LoadUnderTest], None], over_a_socket: LoadUnderTest) -> None:
    case(over_a_socket)
