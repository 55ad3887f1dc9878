"""A digital module on the copper: per position, input 2i is live with the load side, input 2i + 1 with the line side.

Where it has outputs, they work the buttons of the meters, see `drivers.emulated.button`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from drivers.emulated.button import FIRST_COIL, ButtonCoils
from drivers.emulated.circuit import Circuit
from drivers.modbus.codec import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ModbusRefusal
from rig.clock import Alarms

LIVE_MILLIVOLTS = 30_000
"""An input is 1 from this voltage on."""


class EmulatedDigitalInputs:
    """`drivers.modbus.codec.RegisterSpace` in the manner of an ADAM-6000: inputs by function 02, and by 01 as well; outputs are
    coils.

    `delay_ns` is the debounce: every input shows what was so this long ago.
    """

    def __init__(
        self, circuits: Sequence[Circuit], alarms: Alarms, delay_ns: int = 0, outputs: ButtonCoils | None = None
    ) -> None:
        self._circuits = tuple(circuits)
        self._alarms = alarms
        self._delay_ns = delay_ns
        self._outputs = outputs or ButtonCoils(0, lambda _number, _to: None)
        self._past = [_Past(circuit, alarms) for circuit in self._circuits] if delay_ns else []
        self._listeners: list[Callable[[], None]] = []
        for circuit in self._circuits:
            circuit.on_change(self._changed)

    def read(self, table: str, address: int, count: int) -> Sequence[int]:
        """Inputs and outputs as 0 and 1. Raises ModbusRefusal for another table, or beyond the last position."""
        if table not in ("discrete", "coil"):
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        if table == "coil" and address >= FIRST_COIL:
            return self._outputs.read(address, count)
        if address + count > 2 * len(self._circuits):
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        return [self._input(number) for number in range(address, address + count)]

    def write(self, table: str, address: int, words: Sequence[int]) -> None:
        """Switch outputs. ModbusRefusal for anything else."""
        if table != "coil":
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        self._outputs.write(address, words)

    def announces(self, listener: Callable[[], None]) -> bool:
        """Call `listener` whenever an input may have changed; always True."""
        self._listeners.append(listener)
        return True

    def _input(self, number: int) -> int:
        position, line_side = divmod(number, 2)
        if self._delay_ns:
            return self._past[position].at(self._alarms.now() - self._delay_ns)[line_side]
        return _levels(self._circuits[position])[line_side]

    def _changed(self) -> None:
        if self._delay_ns:
            self._alarms.call_at(self._alarms.now() + self._delay_ns, self._announce)
        else:
            self._announce()

    def _announce(self) -> None:
        for listener in self._listeners:
            listener()


class _Past:
    """Both levels of one position over time: the last changes are kept."""

    KEPT = 64

    def __init__(self, circuit: Circuit, alarms: Alarms) -> None:
        self._circuit = circuit
        self._alarms = alarms
        self._since = [alarms.now()]
        self._levels = [_levels(circuit)]
        circuit.on_change(self._note)

    def at(self, instant: int) -> tuple[int, int]:
        """(load side, line side) at an instant of the near past."""
        return self._levels[max(0, bisect_right(self._since, instant) - 1)]

    def _note(self) -> None:
        levels = _levels(self._circuit)
        if levels == self._levels[-1]:
            return
        self._since.append(self._alarms.now())
        self._levels.append(levels)
        del self._since[: -self.KEPT], self._levels[: -self.KEPT]


def _levels(circuit: Circuit) -> tuple[int, int]:
    return int(circuit.load_side_millivolts >= LIVE_MILLIVOLTS), int(circuit.line_millivolts >= LIVE_MILLIVOLTS)
