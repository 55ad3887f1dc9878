"""An instrument that misbehaves once: the right value or one clear error, never a wrong value, and the next reading is right."""

import socket
import time
from collections.abc import Callable

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.load import EmulatedLoad
from drivers.loads.opener import open_load
from drivers.loads.scpi_load import ScpiLoad
from rig.clock import WallClock
from rig.contracts import LoadMeasurement
from rig.errors import DeviceRefused, LinkError
from rig.opener import Opening
from tests.drivers.scpi.wires import ScriptedInstrument, StillAlarms, scripted

pytestmark = pytest.mark.loopback

TIMEOUT = 0.15
QUERY = ":MEAS:VOLT?;:MEAS:CURR?;:MEAS:POW?"
Trick = Callable[[bytes, socket.socket], bytes | None]


def late(answer: bytes, client: socket.socket) -> bytes:
    time.sleep(TIMEOUT * 1.5)
    return answer


def silent(answer: bytes, client: socket.socket) -> bytes:
    return b""


def garbage(answer: bytes, client: socket.socket) -> bytes:
    return b"\xff\x00\x8a;\xfe\n"


def noise_before(answer: bytes, client: socket.socket) -> bytes:
    return b"~#~\n" + answer


def twice(answer: bytes, client: socket.socket) -> bytes:
    return answer + answer


def split(answer: bytes, client: socket.socket) -> bytes:
    for byte in answer[:-1]:
        client.sendall(bytes([byte]))
        time.sleep(0.001)
    return answer[-1:]


def half(answer: bytes, client: socket.socket) -> bytes:
    return answer[:5]


def hang_up(answer: bytes, client: socket.socket) -> None:
    return None


def answer_and_hang_up(answer: bytes, client: socket.socket) -> None:
    client.sendall(answer)


def reset(answer: bytes, client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()


def endless(answer: bytes, client: socket.socket) -> bytes:
    return b"8" * 40_000


def crlf(answer: bytes, client: socket.socket) -> bytes:
    return answer.replace(b"\n", b"\r\n")


def over_range(answer: bytes, client: socket.socket) -> bytes:
    return b"230.0;9.91E+37;2300\n"


def not_a_number(answer: bytes, client: socket.socket) -> bytes:
    return b"230.0;NAN;2300\n"


def other_answer(answer: bytes, client: socket.socket) -> bytes:
    return b"1\n"


RIGHT = None
TABLE: list[tuple[Trick, type[Exception] | None, str]] = [
    (late, LinkError, "no answer in 0.150 s"),
    (silent, LinkError, "no answer in 0.150 s"),
    (garbage, LinkError, "came where"),
    (noise_before, LinkError, "'~#~' came where"),
    (twice, RIGHT, ""),
    (split, RIGHT, ""),
    (half, LinkError, "no answer in 0.150 s"),
    (hang_up, LinkError, "closed the connection"),
    (answer_and_hang_up, RIGHT, ""),
    (reset, LinkError, "onnection"),
    (endless, LinkError, "without a line end"),
    (crlf, RIGHT, ""),
    (over_range, DeviceRefused, "no valid reading"),
    (not_a_number, DeviceRefused, "no valid reading"),
    (other_answer, LinkError, "'1' came where"),
]


class Rogue:
    """An emulated load that plays one trick on the next answer to a query, and is honest otherwise."""

    def __init__(self) -> None:
        self.circuit = Circuit(StillAlarms(WallClock()))  # type: ignore[arg-type]
        self.circuit.set_source(True)
        self.trick: Trick | None = None
        self.asked = ""
        self._load = EmulatedLoad(self.circuit)

    def script(self, line: str, client: socket.socket) -> bytes | None:
        answer = self._load.ask(line)
        if answer is None:
            return b""
        trick = self.trick
        if trick is None or (self.asked and line != self.asked):
            return answer.encode() + b"\n"
        self.trick = None
        return trick(answer.encode() + b"\n", client)


def opened(instrument: ScriptedInstrument) -> ScpiLoad:
    settings = {"type": "scpi", "resource": instrument.resource, "rating_w": 3680, "timeout_s": str(TIMEOUT)}
    load = open_load(settings, Opening("P01 load", WallClock()))
    assert isinstance(load, ScpiLoad)
    return load


def figures(seen: LoadMeasurement) -> tuple[int, int, int]:
    return int(seen.voltage_v), int(seen.current_a), int(seen.power_w)


@pytest.mark.parametrize(("trick", "error", "words"), TABLE, ids=[row[0].__name__ for row in TABLE])
def test_reading(trick: Trick, error: type[Exception] | None, words: str) -> None:
    rogue = Rogue()
    with scripted(rogue.script) as instrument:
        load = opened(instrument)
        load.draw_watts(2300)
        rogue.trick = trick
        if error is None:
            assert figures(load.measure()) == (230, 10, 2300)
        else:
            with pytest.raises(error, match=words) as raised:
                load.measure()
            assert "P01 load" in str(raised.value)
        rogue.circuit.set_source(True, 115_000)
        for _ in range(3):
            assert figures(load.measure()) == (115, 20, 2300)
        assert load.tripped() == ""
        load.draw_watts(1150)
        assert figures(load.measure()) == (115, 10, 1150)
        load.close()


@pytest.mark.parametrize("trick", [row[0] for row in TABLE], ids=[row[0].__name__ for row in TABLE])
def test_switching_off_gets_there_whatever_happens_to_its_confirmation(trick: Trick) -> None:
    rogue = Rogue()
    with scripted(rogue.script) as instrument:
        load = opened(instrument)
        load.draw_watts(2300)
        rogue.trick, rogue.asked = trick, "INP?"
        before = load._instrument._clock.now()
        span = load.off()
        assert rogue.trick is None
        assert rogue.circuit.load_watts == 0
        assert before <= span.lo
        assert figures(load.measure()) == (230, 0, 0)
        load.close()


def test_an_instrument_that_never_answers_again_is_one_error_a_question() -> None:
    rogue = Rogue()
    with scripted(lambda line, client: b"" if dead else rogue.script(line, client)) as instrument:
        dead: list[str] = []
        load = opened(instrument)
        load.draw_watts(700)
        dead.append("now")
        for call in (load.off, load.measure, load.tripped, load.off):
            with pytest.raises(LinkError, match=r"P01 load .*no answer in 0.150 s"):
                call()
        dead.clear()
        load.off()
        assert rogue.circuit.load_watts == 0
        load.close()


def test_an_error_queue_that_never_ends_is_one_error() -> None:
    rogue = Rogue()
    full: list[str] = []

    def script(line: str, client: socket.socket) -> bytes | None:
        return b'-350,"Queue overflow"\n' if full and line == "SYST:ERR?" else rogue.script(line, client)

    with scripted(script) as instrument:
        load = opened(instrument)
        full.append("now")
        with pytest.raises(DeviceRefused, match="not empty after 21 errors"):
            load.draw_watts(700)
        load.off()
        assert rogue.circuit.load_watts == 0
        full.clear()
        load.draw_watts(700)
        assert rogue.circuit.load_watts == 700
        load.close()
