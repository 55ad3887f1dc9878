"""The device's end of a gateway: units on a serial line, reached through a TCP port that passes RTU frames as they are."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.modbus.listening import Connection, Listening
from drivers.modbus.pace import Pace
from drivers.modbus.rtu_talk import RtuTalk
from drivers.modbus.unit import Unit


class Gateway(Listening):
    """A listening port, and a serial line with the same units for everything connected to it."""

    def __init__(self, units: Mapping[int, Unit], pace: Pace) -> None:
        super().__init__()
        self.units = units
        self.pace = pace

    def connection(self) -> Connection:
        """See `Listening`."""
        return _Line(self)


class _Line(Connection):
    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway.connections)
        self._talk = RtuTalk(gateway.units, gateway.pace, self.write)

    def data_received(self, data: bytes) -> None:
        self._talk.took(data)

    def lost(self) -> None:
        self._talk.end()


async def serve_gateway(
    units: Mapping[int, Unit],
    host: str = "127.0.0.1",
    port: int = 0,
    baud: int = 9600,
    parity: str = "E",
    stop_bits: int = 1,
) -> tuple[Gateway, int]:
    """Serve these units on a line of this pace behind a TCP port; returns the gateway and its port. Raises OSError."""
    return await Gateway(units, Pace(baud, parity, stop_bits)).listen(host, port)
