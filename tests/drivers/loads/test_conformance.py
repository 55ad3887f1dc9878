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
from rig.opener import Opening
from tests.drivers.loads.conformance import CASES, LoadBench
from tests.drivers.scpi.wires import StillAlarms, served

RATING = 3680


def bench_of(load: ScpiLoad, clock: VirtualClock | WallClock, circuit: Circuit) -> LoadBench:
    return LoadBench(
        load, clock, lambda volts: circuit.set_source(volts > 0, max(volts, 1) * 1000), lambda: circuit.load_watts
    )


@pytest.fixture(params=["recovers", "latches"])
def in_memory(request: pytest.FixtureRequest) -> LoadBench:
    clock = VirtualClock()
    circuit = Circuit(clock)
    emulated = EmulatedLoad(circuit, RATING, undervoltage=request.param)
    dialect = load_dialect("generic")
    assert dialect.load is not None
    table = dialect.load.model_copy(update={"undervoltage_latches": request.param == "latches"})
    instrument = Instrument(MemoryLine(emulated.ask, clock, where="P01 load"), dialect.talk, clock)
    return bench_of(ScpiLoad(instrument, table, RATING, None), clock, circuit)


@pytest.fixture
def over_a_socket() -> Iterator[LoadBench]:
    clock = WallClock()
    circuit = Circuit(StillAlarms(clock))  # type: ignore[arg-type]
    with served(EmulatedLoad(circuit, RATING).ask) as port:
        resource = f"TCPIP::127.0.0.1::{port}::SOCKET"
        settings = {"type": "scpi", "resource": resource, "rating_w": RATING, "accuracy_percent": "0.2"}
        load = open_load(settings, Opening("P01 load", clock))
        yield bench_of(load, clock, circuit)
        load.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_in_memory(case: Callable[[LoadBench], None], in_memory: LoadBench) -> None:
    case(in_memory)


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_over_a_socket(case: Callable[[LoadBench], None], over_a_socket: LoadBench) -> None:
    case(over_a_socket)
