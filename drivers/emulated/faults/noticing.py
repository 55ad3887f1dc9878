"""Faults of what the meter notices beside its load and writes down: voltage, hands on the meter, a log that should stop."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import TAMPER, Store
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


class WiringUnnoticed(Watch):
    """Current that flows backwards, or past the phase, is not noticed."""

    def shows(self, sign: Sign) -> bool:
        return sign.begins not in (51, 69) and super().shows(sign)


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


class TamperingOpensNothing(Watch):
    """Tampering is logged, and the relay stays as it is, whatever was promised of it."""

    def _tell(self, sign: Sign, now: int) -> None:
        holds = self.store.holds
        super()._tell(sign, now)
        self.store.holds = holds


class RunsOver(EventLog):
    """A full log overwrites its oldest entries, whatever was promised of it."""

    def __init__(self, store: Store, clock: Clock, settings: MeterSettings) -> None:
        super().__init__(store, clock, settings)
        self.stops = False


FAULTS = (
    Fault(
        "E30",
        "a voltage is noticed ten volts early",
        "watch",
        "an event tells of a voltage that is in range",
        (VoltageNoticedEarly,),
        ends_in=fails("EVT-3", "told beside what was due"),
    ),
    Fault(
        "E31",
        "moments are told",
        "watch",
        "an event tells of what did not last",
        (ToldAtOnce,),
        ends_in=fails("EVT-3", "told beside what was due"),
    ),
    Fault(
        "E32",
        "tampering is not noticed",
        "watch",
        "no event tells of a magnet",
        (TamperingUnnoticed,),
        ends_in=fails("EVT-5", "told beside what was due"),
    ),
    Fault(
        "E33",
        "told again after a power failure",
        "watch",
        "one occurrence has two events",
        (ToldAgain,),
        ends_in=fails("EVT-5", "told beside what was due"),
    ),
    Fault(
        "E36",
        "wrong wiring is not noticed",
        "watch",
        "no event tells of a current that flows backwards or past the phase",
        (WiringUnnoticed,),
        ends_in=fails("EVT-6", "told beside what was due"),
    ),
    Fault(
        "E37",
        "tampering opens nothing",
        "watch",
        "the relay stays closed at a magnet that should open it",
        (TamperingOpensNothing,),
        ends_in=fails("EVT-7", "opened by tampering"),
        needs=Setting(promises={"tamper": '{ lasts_s = "5", opens_relay = true }'}),
    ),
    Fault(
        "E35",
        "a log that should stop runs over",
        "event log",
        "entries of a full log are gone that should be kept",
        (RunsOver,),
        needs=Setting(promises={"event_log": '"stops"'}),
        ends_in=fails("EVT-2", "events beside those promised"),
    ),
    Fault(
        "E34",
        "tampering opens the relay",
        "watch",
        "the relay opens at a magnet",
        (TamperingOpens,),
        ends_in=fails("EVT-5", "supply goes on"),
    ),
)
