"""Relay sense by a digital-input module: voltage detectors on both sides of the contact, read as discrete inputs."""

from __future__ import annotations

from collections.abc import Callable

from drivers.modbus.codec import bits_of, exception_of, read_request
from rig.contracts import Bus, Request, SenseSample
from rig.errors import DeviceRefused

_FUNCTIONS = {"coil": 1, "discrete": 2}
_MOST_APART = 2000


class DigitalInputSense:
    """`RelaySense` over discrete inputs `load_side` and `line_side` (addresses from 0) of unit `unit`; 1 = voltage there.

    Both are read by one request, so they are of one moment. `line_side` None: the line is not sensed. A sample is never
    repeated: the next one on the grid tells more.
    """

    def __init__(
        self,
        bus: Bus,
        unit: int,
        load_side: int,
        line_side: int | None = None,
        where: str = "relay sense",
        announcer: Callable[[Callable[[], None]], bool] | None = None,
        table: str = "discrete",
    ) -> None:
        """`table`: "coil" for a module that shows its inputs among the coils. `announcer` is what an input module in memory
        offers to tell of its changes. Raises ValueError."""
        sides = [load_side] if line_side is None else [load_side, line_side]
        if len(set(sides)) != len(sides):
            raise ValueError(f"load side and line side cannot both be input {load_side}")
        first = min(sides)
        self._count = max(sides) - first + 1
        if self._count > _MOST_APART:
            raise ValueError(f"inputs {sides} are too far apart for one request ({_MOST_APART})")
        self._bus = bus
        self._load = load_side - first
        self._line = None if line_side is None else line_side - first
        self._requests = (Request(unit, read_request(_FUNCTIONS[table], first, self._count)),)
        self._where = where
        self._announcer = announcer

    def sample(self) -> SenseSample:
        """See `rig.contracts.RelaySense`. Raises DeviceRefused when the module answers with an exception."""
        reply = self._bus.exchange(self._requests)[0]
        if (code := exception_of(reply.pdu)) is not None:
            raise DeviceRefused(
                f"{self._where}: the module refused to read its inputs (exception {code}); check unit and addresses",
                code,
            )
        bits = bits_of(reply.pdu, self._count)
        line = None if self._line is None else bool(bits[self._line])
        return SenseSample(reply.sent, reply.received, bool(bits[self._load]), line)

    def announces(self, listener: Callable[[], None]) -> bool:
        """See `rig.contracts.RelaySense`."""
        return False if self._announcer is None else self._announcer(listener)

    def close(self) -> None:
        """Let go of the module's bus."""
        self._bus.close()
