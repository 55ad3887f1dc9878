"""A digital module on the copper: per position, input 2i is live with the load side, input 2i + 1 with the line side.

Where it has outputs, they work the buttons of the meters, see `drivers.emulated.button`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.emulated.button import FIRST_COIL, ButtonCoils
from drivers.emulated.circuit import Circuit
from drivers.emulated.sides import LIVE_MILLIVOLTS, Past, Sides
from drivers.modbus.codec import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ModbusRefusal
from rig.clock import Alarms

__all__ = ["LIVE_MILLIVOLTS", "EmulatedDigitalInputs"]


class EmulatedDigitalInputs:
    """`drivers.modbus.codec.RegisterSpace` in the manner of an ADAM-6000: inputs by function 02, and by 01 as well; outputs are
    coils.

    `delay_ns` is the debounce: every input shows what was so this long ago. `sides` is how each position is wired to it;
    as it should be where nothing is said.
    """

    def __init__(
        self,
        circuits: Sequence[Circuit],
        alarms: Alarms,
        delay_ns: int = 0,
        outputs: ButtonCoils | None = None,
        sides: Sequence[Sides] | None = None,
    ) -> None:
        self._sides = sides or [Sides(circuits, number, alarms) for number in range(len(circuits))]
        self._alarms = alarms
        self._delay_ns = delay_ns
        self._outputs = outputs or ButtonCoils(0, lambda _number, _to: None)
        self._past = [Past(one.levels, alarms.now()) for one in self._sides] if delay_ns else []
        self._listeners: list[Callable[[], None]] = []
        for one in self._sides:
            one.on_change(self._changed)

    def answers(self) -> bool:
        """False while the module is silent."""
        return all(one.answers() for one in self._sides)

    def read(self, table: str, address: int, count: int) -> Sequence[int]:
        """Inputs and outputs as 0 and 1. Raises ModbusRefusal for another table, or beyond the last position."""
        if table not in ("discrete", "coil"):
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        if table == "coil" and address >= FIRST_COIL:
            return self._outputs.read(address, count)
        if address + count > 2 * len(self._sides):
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        first = address // 2
        inputs = [level for position in range(first, (address + count + 1) // 2) for level in self._levels(position)]
        return inputs[address - 2 * first :][:count]

    def write(self, table: str, address: int, words: Sequence[int]) -> None:
        """Switch outputs. ModbusRefusal for anything else."""
        if table != "coil":
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        self._outputs.write(address, words)

    def announces(self, listener: Callable[[], None]) -> bool:
        """Call `listener` whenever an input may have changed; always True."""
        self._listeners.append(listener)
        return True

    def _levels(self, position: int) -> tuple[int, int]:
        if self._delay_ns:
            return self._past[position].at(self._alarms.now() - self._delay_ns)
        return self._sides[position].levels()

    def _changed(self) -> None:
        if not self._delay_ns:
            self._announce()
            return
        now = self._alarms.now()
        for past in self._past:
            past.note(now)
        self._alarms.call_at(now + self._delay_ns, self._announce)

    def _announce(self) -> None:
        for listener in self._listeners:
            listener()
