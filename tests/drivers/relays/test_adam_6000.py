"""An ADAM-6000 by its written exchanges: the channel asks these bytes, and the emulated module answers them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.relay_sense import EmulatedDigitalInputs
from drivers.modbus.codec import answer
from drivers.relays.digital_input import DigitalInputSense
from drivers.relays.opener import open_digital_input
from rig.clock import VirtualClock
from rig.contracts import Reply, Request
from rig.errors import DeviceRefused

Exchange = tuple[str, bytes, bytes]


def exchanges() -> list[Exchange]:
    text = files("drivers.relays").joinpath("exchanges/adam_6000.txt").read_text(encoding="utf-8")
    lines = [line.split("|") for line in text.splitlines() if line and not line.startswith("#")]
    return [(what.strip(), bytes.fromhex(asked), bytes.fromhex(came)) for what, asked, came in lines]


class Written:
    """A bus that gives one written answer to one written request."""

    def __init__(self, asked: bytes, came: bytes) -> None:
        self._asked, self._came = asked, came

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        assert [r.pdu for r in requests] == [self._asked]
        return [Reply(self._came, 1, 2)]

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("one", exchanges(), ids=lambda one: one[0])
def test_the_channel_asks_and_understands_it(one: Exchange) -> None:
    what, asked, came = one
    table = "coil" if asked[0] == 1 else "discrete"
    first = int.from_bytes(asked[1:3], "big")
    sense = DigitalInputSense(Written(asked, came), 1, first, first + 1, "P01 sense", table=table)
    if came[0] & 0x80:
        with pytest.raises(DeviceRefused, match="exception 2"):
            sense.sample()
        return
    seen = sense.sample()
    dead = [bool(f"DI {n} dead" in what or "both dead" in what) for n in (0, 1)]
    assert (seen.load_side, seen.line_side) == (not dead[0], not dead[1])


# A live load side behind a dead line does not occur on the emulated copper.
@pytest.mark.parametrize("one", [one for one in exchanges() if "DI 1 dead" not in one[0]], ids=lambda one: one[0])
def test_the_emulated_module_answers_it(one: Exchange) -> None:
    what, asked, came = one
    circuit = Circuit(VirtualClock())
    circuit.set_source("both dead" not in what)
    circuit.set_contact("DI 0 dead" not in what)
    assert answer(EmulatedDigitalInputs([circuit], VirtualClock()), asked) == came


def test_the_settings() -> None:
    bus = {"type": "tcp", "host": "10.0.0.22", "port": 502}
    table = {"type": "modbus_digital_input", "bus": bus, "load_side": 0, "line_side": 1}
    assert open_digital_input.check({**table, "table": "coil"}, "P01.sense") == []
    assert open_digital_input.check({**table, "table": "input"}, "P01.sense") != []
