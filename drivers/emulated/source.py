"""An AC source as its remote interface shows it, feeding the copper of one position or of several."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from drivers.emulated.circuit import Circuit
from drivers.emulated.families import SOURCES
from drivers.scpi.interpreter import Interpreter, limits, number, switch

LEAST_HERTZ, MOST_HERTZ = Decimal(45), Decimal(65)


class EmulatedSource:
    """A SCPI state machine: volts, hertz and output go to every circuit that it feeds, at once."""

    def __init__(self, *circuits: Circuit, most_volts: int = 300, family: str = "generic") -> None:
        """`most_volts`: the highest setting that it takes (V rms). `family`: see `drivers.emulated.families`."""
        self._circuits = circuits
        self._most_volts = Decimal(most_volts)
        self._clear_settings()
        self._scpi = Interpreter(SOURCES[family].identification, self._commands(), self._reset)

    def ask(self, line: str) -> str | None:
        """Carry out one line. The answer, or None when there is none to give."""
        return self._scpi.ask(line)

    @property
    def output_on(self) -> bool:
        """Whether the output is switched on."""
        return self._output_on

    def _clear_settings(self) -> None:
        self._output_on = False
        self._volts = Decimal(0)
        self._hertz = Decimal(50)

    def _reset(self) -> None:
        self._clear_settings()
        self._feed()

    def _commands(self) -> dict[str, Callable[[str], str | None]]:
        return {
            "[:SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]": self._set_volts,
            "[:SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]?": lambda p: (
                f"{limits(p, self._volts, Decimal(0), self._most_volts):.3f}"
            ),
            "[:SOURce]:FREQuency[:CW][:IMMediate]": self._set_hertz,
            "[:SOURce]:FREQuency[:CW][:IMMediate]?": lambda p: f"{limits(p, self._hertz, LEAST_HERTZ, MOST_HERTZ):.3f}",
            ":OUTPut[:STATe]": self._set_output,
            ":OUTPut[:STATe]?": lambda _: str(int(self._output_on)),
            ":MEASure[:SCALar]:VOLTage[:AC]?": lambda _: f"{self._volts if self._output_on else Decimal(0):.3f}",
            ":MEASure[:SCALar]:FREQuency?": lambda _: f"{self._hertz if self._output_on else Decimal(0):.3f}",
        }

    def _set_volts(self, parameter: str) -> None:
        self._volts = number(parameter, "V", Decimal(0), self._most_volts)
        self._feed()

    def _set_hertz(self, parameter: str) -> None:
        self._hertz = number(parameter, "HZ", LEAST_HERTZ, MOST_HERTZ)
        self._feed()

    def _set_output(self, parameter: str) -> None:
        self._output_on = switch(parameter)
        self._feed()

    def _feed(self) -> None:
        """A changed setting reaches the copper; one that is off changes nothing there."""
        for circuit in self._circuits:
            if self._output_on or circuit.source_on:
                circuit.set_source(self._output_on, int(self._volts * 1000), int(self._hertz * 1000))
