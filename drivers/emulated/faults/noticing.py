"""Faults of what the meter notices beside its load: voltage, and hands on the meter."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault
from drivers.emulated.meter.store import TAMPER
from drivers.emulated.meter.watch import Sign, Watch
from rig.clock import SECOND

TEN_VOLTS = 10_000


class VoltageNoticedEarly(Watch):
    """A voltage is taken for too high or too low ten volts before it is."""

    def shows(self, sign: Sign) -> bool:
        volts, settings = self.circuit.line_millivolts, self.settings
        if sign.begins == 7:
            return volts > settings.over_voltage_mv - TEN_VOLTS
        if sign.begins == 9:
            return volts < settings.low_voltage_mv + TEN_VOLTS
        return super().shows(sign)


class ToldAtOnce(Watch):
    """What is noticed is told after a second, however short it is."""

    def plan(self, now: int) -> None:
        super().plan(now)
        self.due = min([self.due, *(since + SECOND for since in self._since.values())])

    def run(self, now: int) -> None:
        early = self.settings.watch_persistence_ns - SECOND
        self._since = {code: since - early for code, since in self._since.items()}
        super().run(now)
        self._since = {code: since + early for code, since in self._since.items()}


class TamperingUnnoticed(Watch):
    """Nothing that is done to the meter is noticed."""

    def shows(self, sign: Sign) -> bool:
        return not sign.tamper and super().shows(sign)


class ToldAgain(Watch):
    """What was told before a power failure is told once more after it."""

    def power_fails(self) -> None:
        super().power_fails()
        self.store.signs.clear()


class TamperingOpens(Watch):
    """Whatever is done to the meter opens the relay, though the policy of the meter says otherwise."""

    def _tell(self, sign: Sign, now: int) -> None:
        super()._tell(sign, now)
        if sign.tamper and sign.begins in self.store.signs:
            self.store.holds |= TAMPER
            self.relay.follow(now)
        elif sign.tamper:
            self.relay.let_go(TAMPER, now)


FAULTS = (
    Fault(
        "E30",
        "a voltage is noticed ten volts early",
        "watch",
        "an event tells of a voltage that is in range",
        (VoltageNoticedEarly,),
    ),
    Fault("E31", "moments are told", "watch", "an event tells of what did not last", (ToldAtOnce,)),
    Fault("E32", "tampering is not noticed", "watch", "no event tells of a magnet", (TamperingUnnoticed,)),
    Fault("E33", "told again after a power failure", "watch", "one occurrence has two events", (ToldAgain,)),
    Fault("E34", "tampering opens the relay", "watch", "the relay opens at a magnet", (TamperingOpens,)),
)
