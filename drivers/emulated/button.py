"""What works the buttons of emulated meters: outputs of a digital module."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.modbus.codec import ILLEGAL_ADDRESS, ModbusRefusal

FIRST_COIL = 1000
"""Address of the output that works the button of the first position; the next ones follow."""


class ButtonCoils:
    """Outputs from `FIRST_COIL` on, one a position: while one is 1, its solenoid holds down that position's button.

    `turned` is told of every change of an output: number of the position (from 0), 1 or 0.
    """

    def __init__(self, count: int, turned: Callable[[int, int], None]) -> None:
        self._outputs = [0] * count
        self._turned = turned

    def read(self, address: int, count: int) -> Sequence[int]:
        """The outputs as 0 and 1. Raises ModbusRefusal where there is none."""
        first = self._first(address, count)
        return self._outputs[first : first + count]

    def write(self, address: int, bits: Sequence[int]) -> None:
        """Switch them. Raises ModbusRefusal where there is none, and switches nothing then."""
        first = self._first(address, len(bits))
        for number, bit in enumerate(bits, first):
            if self._outputs[number] != bit:
                self._outputs[number] = bit
                self._turned(number, bit)

    def _first(self, address: int, count: int) -> int:
        first = address - FIRST_COIL
        if first < 0 or first + count > len(self._outputs):
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        return first
