"""A SCPI client that is none of ours reads the emulated bench against constants."""

import shutil
import subprocess

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.load import EmulatedLoad
from drivers.emulated.source import EmulatedSource
from rig.clock import WallClock
from tests.drivers.scpi.wires import StillAlarms, served

pytestmark = [
    pytest.mark.interop,
    pytest.mark.loopback,
    pytest.mark.skipif(shutil.which("lxi") is None, reason="lxi (lxi-tools) is not installed"),
]


def lxi(port: int, line: str) -> str:
    command = ["lxi", "scpi", "-a", "127.0.0.1", "-p", str(port), "-r", line]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.strip()


def test_lxi_reads_load_and_source() -> None:
    circuit = Circuit(StillAlarms(WallClock()))  # type: ignore[arg-type]
    with served(EmulatedSource(circuit).ask) as source, served(EmulatedLoad(circuit).ask) as load:
        assert lxi(load, "*IDN?") == "PREPAID RIG,EMULATED LOAD,0,1.0"
        assert lxi(source, "*IDN?") == "PREPAID RIG,EMULATED SOURCE,0,1.0"
        assert lxi(source, "VOLT 230;:FREQ 50;:OUTP ON;OUTP?") == "1"
        assert lxi(load, "POWer 2317;:INPut ON;:MEASure:POWer?") == "2317.000"
        assert lxi(load, "meas:volt?;curr?") == "230.000;10.074"
        assert lxi(load, "VOLTS?;MEAS:VOLT?") == ""  # it waits 3 s: what is no command ends the line
        assert lxi(load, "syst:err?") == '-113,"Undefined header"'
        assert circuit.load_watts == 2317
