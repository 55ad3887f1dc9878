"""An electronic load in constant power, as its remote interface shows it, on the copper of one position."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from drivers.emulated.circuit import Circuit
from drivers.emulated.families import LOADS
from drivers.scpi.interpreter import Interpreter, ScpiRefusal, limits, number, switch

UNDERVOLTAGE_MV = 45_000
OVERVOLTAGE_MV = 350_000
LEAST_POWER_FACTOR = Decimal("0.2")


class EmulatedLoad:
    """A SCPI state machine: lines in, answers out, power taken from a `Circuit` at once and in closed form.

    Below 45 V with its input on it drops out and says so. With `undervoltage="recovers"` it resumes by itself when the
    voltage is back; with "latches" its input goes off, and it wants `PROT:CLE` and `INP ON`. Overvoltage, overcurrent and
    overpower always latch. `error_ppm` falsifies what it measures, not what it draws. `family` is how it spells its commands
    and what it calls itself, see `drivers.emulated.families`; undervoltage is the family's where it is not given.
    """

    def __init__(
        self,
        circuit: Circuit,
        rating_w: int = 3680,
        undervoltage: Literal["recovers", "latches"] | None = None,
        error_ppm: int = 0,
        most_milliamps: int = 36_000,
        family: str = "generic",
    ) -> None:
        """`rating_w`: W, and the highest level that it takes. `most_milliamps`: where overcurrent trips, if not set lower."""
        self._circuit = circuit
        self._rating = Decimal(rating_w)
        self._family = LOADS[family]
        self._latches = self._family.latches if undervoltage is None else undervoltage == "latches"
        self._error_ppm = error_ppm
        self._most_amps = Decimal(most_milliamps) / 1000
        self._settling = False
        self._clear_settings()
        self._last_reading = {"VOLT": Decimal(0), "CURR": Decimal(0), "POW": Decimal(0)}
        self._scpi = Interpreter(self._family.identification, self._commands(), self._reset)
        circuit.on_change(self._settle)

    def ask(self, line: str) -> str | None:
        """Carry out one line. The answer, or None when there is none to give."""
        return self._scpi.ask(line)

    @property
    def input_on(self) -> bool:
        """Whether the input is switched on; a load that waits for voltage is on."""
        return self._input_on

    @property
    def tripped(self) -> frozenset[str]:
        """Names of the protections that have tripped, latched or not."""
        return frozenset(self._latched | self._waiting())

    def _clear_settings(self) -> None:
        self._circuit.power_factor = 1000
        self._input_on = False
        self._level = Decimal(0)
        self._amps_limit = self._most_amps
        self._watts_limit = self._rating * 110 / 100
        self._latched: set[str] = set()

    def _reset(self) -> None:
        self._clear_settings()
        self._settle()

    def _commands(self) -> dict[str, Callable[[str], str | None]]:
        does: dict[str, tuple[Callable[[str], str | None], Callable[[str], str | None]]] = {
            "function": (self._set_function, lambda _: "POW"),
            "level": (self._set_level, lambda p: f"{limits(p, self._level, Decimal(0), self._rating):.3f}"),
            "watts limit": (self._set_watts_limit, lambda _: f"{self._watts_limit:.3f}"),
            "amps limit": (self._set_amps_limit, lambda _: f"{self._amps_limit:.3f}"),
            "input": (self._set_input, lambda _: str(int(self._input_on))),
        }
        headers = self._family.headers
        commands: dict[str, Callable[[str], str | None]] = {
            headers["clear"]: lambda _: self._clear_protection(),
            "[:LOAD]:PFACtor": self._set_factor,
            "[:LOAD]:PFACtor?": lambda _: f"{Decimal(self._circuit.power_factor) / 1000:.3f}",
            f"{headers['protection']}?": lambda _: self._family.protection(self.tripped),
        }
        for name, (order, query) in does.items():
            commands |= {headers[name]: order, f"{headers[name]}?": query}
        for name, long in self._family.measured.items():
            commands[f":MEASure[:SCALar]:{long}?"] = self._measures(name)
            commands[f":FETCh[:SCALar]:{long}?"] = self._fetches(name)
        return commands

    def _set_function(self, parameter: str) -> None:
        if parameter.upper() not in ("POW", "POWER"):
            raise ScpiRefusal(-224 if parameter else -109)

    def _set_level(self, parameter: str) -> None:
        self._level = number(parameter, "W", Decimal(0), self._rating).to_integral_value()  # its resolution is 1 W
        self._settle()

    def _set_factor(self, parameter: str) -> None:
        factor = number(parameter, "", Decimal(-1), Decimal(1))
        if abs(factor) < LEAST_POWER_FACTOR:
            raise ScpiRefusal(-222)
        self._circuit.power_factor = int(factor * 1000)

    def _set_watts_limit(self, parameter: str) -> None:
        self._watts_limit = number(parameter, "W", Decimal(1), self._rating * 110 / 100)
        self._settle()

    def _set_amps_limit(self, parameter: str) -> None:
        self._amps_limit = number(parameter, "A", Decimal("0.1"), self._most_amps)
        self._settle()

    def _set_input(self, parameter: str) -> None:
        on = switch(parameter)
        if on and self._latched:
            raise ScpiRefusal(-221)
        self._input_on = on
        self._settle()

    def _clear_protection(self) -> None:
        self._latched.clear()

    def _waiting(self) -> set[str]:
        """Undervoltage that is there now and goes by itself."""
        low = self._input_on and self._circuit.load_side_millivolts < UNDERVOLTAGE_MV
        return {"undervoltage"} if low and not self._latches else set()

    def _settle(self) -> None:
        """Bring demand and protections in line with the voltage. A change made here calls back here; once is enough."""
        if self._settling:
            return
        self._settling = True
        try:
            self._protect()
            self._circuit_demand(self._wanted())
            if cause := self._overload():
                self._trip(cause)
        finally:
            self._settling = False

    def _protect(self) -> None:
        if not self._input_on:
            return
        if self._circuit.load_side_millivolts > OVERVOLTAGE_MV:
            self._trip("overvoltage")
        elif self._latches and self._circuit.load_side_millivolts < UNDERVOLTAGE_MV:
            self._trip("undervoltage")

    def _overload(self) -> str:
        if not self._input_on:
            return ""
        if self._circuit.load_watts > self._watts_limit:
            return "overpower"
        return "overcurrent" if Decimal(self._circuit.load_milliamps) / 1000 > self._amps_limit else ""

    def _trip(self, cause: str) -> None:
        self._latched.add(cause)
        self._input_on = False
        self._circuit_demand(0)

    def _wanted(self) -> int:
        """What it asks of the copper.

        Behind an open contact the demand stands: what leaks there is the copper's affair, and with the voltage it takes
        hold at once. Only a line that is live and low makes it let go.
        """
        low = self._circuit.load_side_millivolts < UNDERVOLTAGE_MV
        brown_out = low and self._circuit.source_on and self._circuit.contact_closed
        return int(self._level) if self._input_on and not brown_out else 0

    def _circuit_demand(self, watts: int) -> None:
        if self._circuit.demanded_watts != watts:
            self._circuit.demand_watts(watts)

    def _true(self, name: str) -> Decimal:
        """What is at its terminals now (V, A, W)."""
        if name == "VOLT":
            return Decimal(self._circuit.load_side_millivolts) / 1000
        if name == "CURR":
            return Decimal(self._circuit.load_milliamps) / 1000
        return Decimal(self._circuit.load_watts)

    def _measures(self, name: str) -> Callable[[str], str]:
        def measure(_parameter: str) -> str:
            self._last_reading[name] = self._true(name) * (1_000_000 + self._error_ppm) / 1_000_000
            return f"{self._last_reading[name]:.3f}"

        return measure

    def _fetches(self, name: str) -> Callable[[str], str]:
        return lambda _parameter: f"{self._last_reading[name]:.3f}"
