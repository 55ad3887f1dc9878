"""Faults of the measuring elements, and of what is made of their figures."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.metering import Metering
from rig.clock import SECOND

LAG_NS = 8 * SECOND
COSINE_OF_60, SINE_OF_120 = 500, 866
"""In thousandths: phases are a third of a turn apart."""


class CurrentReversed(Metering):
    """The current transformer sits the wrong way round: what is drawn is counted as given back."""

    def imported(self) -> int:
        return super().exported()

    def exported(self) -> int:
        return super().imported()


class NeutralIgnored(Metering):
    """Only the phase element counts: what returns past it costs nothing."""

    def measured(self, watts: int) -> int:
        return super().measured(watts) * (100 - self.circuit.bypassed_percent) // 100


class ApparentTakenAsActive(Metering):
    """Volts times amperes are counted, whatever the power factor."""

    def imported(self) -> int:
        return super().imported() * 1000 // abs(self.circuit.power_factor)


class PhasesPairedWrong(Metering):
    """The currents of phases 1 and 2 are multiplied by each other's voltage; each product counts by its amount."""

    def seen(self, watts: int) -> int:
        shares = self.circuit.phase_shares
        if len(shares) != 3:
            return super().seen(watts)
        across = SINE_OF_120 * self.circuit.load_vars
        first, second = -COSINE_OF_60 * watts + across, -COSINE_OF_60 * watts - across
        parts = abs(first) * shares[0] + abs(second) * shares[1] + abs(1000 * watts) * shares[2]
        return super().seen(parts // 100_000)


class PowerFactorUnsigned(Metering):
    """The reactive power of a capacitive load is shown as that of an inductive one."""

    def measured(self, watts: int) -> int:
        return abs(super().measured(watts))


class StartsLate(Metering):
    """Below a quarter of an ampere nothing is counted."""

    def seen(self, watts: int) -> int:
        return super().seen(watts) if self.circuit.load_milliamps >= 250 else 0


class Creeps(Metering):
    """With voltage alone, as much is counted as a load of one watt would draw."""

    def seen(self, watts: int) -> int:
        return super().seen(watts) or 1


class FiguresLag(Metering):
    """For eight seconds after a step, power and current are shown as they were before it."""

    _held = (-LAG_NS, 0)

    def take(self, now: int) -> None:
        before = self.milliwatts(now)
        super().take(now)
        if self.running and self.changed_at == now:
            self._held = (now, before)

    def milliwatts(self, now: int) -> int:
        since, held = self._held
        return held if since <= now < since + LAG_NS else super().milliwatts(now)


class ExportLost(Metering):
    """What flows back is counted nowhere."""

    def exported(self) -> int:
        return 0


FAULTS = (
    Fault(
        "M2",
        "current reversed",
        "metering",
        "what is drawn is counted as export, power is negative",
        (CurrentReversed,),
        ends_in=fails("MET-4", "import while backwards"),
    ),
    Fault(
        "M3",
        "neutral current ignored",
        "metering",
        "what returns past the phase costs nothing",
        (NeutralIgnored,),
        ends_in=fails("MET-5", "energy error past the phase"),
    ),
    Fault(
        "M4",
        "phases paired wrong",
        "metering",
        "energy is not the sum of what each phase draws",
        (PhasesPairedWrong,),
        needs=Setting(map="reference_3ph"),
        ends_in=fails("MET-1", "energy error at 100 % of the load"),
    ),
    Fault(
        "M6",
        "apparent taken as active",
        "metering",
        "energy of a reactive load is too high",
        (ApparentTakenAsActive,),
        ends_in=fails("MET-3", "energy error at power factor 0.5"),
    ),
    Fault(
        "M9",
        "reactive power without a sign",
        "metering",
        "a capacitive load looks inductive",
        (PowerFactorUnsigned,),
        ends_in=fails("MET-3", "reactive power beside its sign"),
    ),
    Fault(
        "M8",
        "creep",
        "metering",
        "energy is counted with voltage alone",
        (Creeps,),
        ends_in=fails("IDL-1", "energy counted"),
    ),
    Fault(
        "M10",
        "starts late",
        "metering",
        "energy of a small load is not counted",
        (StartsLate,),
        ends_in=fails("MET-1", "energy of a lamp"),
    ),
    Fault(
        "M11",
        "figures lag a step by 8 s",
        "metering",
        "power and current stay what they were after a step",
        (FiguresLag,),
        ends_in=fails("MET-2", "registers after a step"),
    ),
    Fault(
        "M12",
        "export lost",
        "metering",
        "what flows back is counted nowhere",
        (ExportLost,),
        ends_in=fails("MET-4", "export error"),
    ),
)
