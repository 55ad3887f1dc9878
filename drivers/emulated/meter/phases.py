"""A meter of three phases: the load by its shares on those that are live, each with its voltage, current and power.

Energy, load limit and money go by the sum, over-current by the phase that carries most. A share of a phase that is missing
falls to the others, in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.metering import Metering


def heaviest(circuit: Circuit) -> tuple[int, int]:
    """Of so many parts of the load's current, so many flow in the phase that carries most: (parts there, all parts)."""
    live = [share for number, share in enumerate(circuit.phase_shares, 1) if number not in circuit.missing_phases]
    return (max(live), sum(live)) if any(live) else (1, 1)


def phase_readers(metering: Metering, shares: tuple[int, ...]) -> Mapping[str, Callable[[int], Decimal]]:
    """Readers by item; none for a meter of one phase."""
    if len(shares) == 1:
        return {}
    circuit = metering.circuit

    def part(of: int, phase: int) -> int:
        live = sum(share for number, share in enumerate(shares, 1) if number not in circuit.missing_phases)
        if phase in circuit.missing_phases or not live:
            return 0
        return (2 * of * shares[phase - 1] + live) // (2 * live)

    def volts(phase: int) -> Callable[[int], Decimal]:
        return lambda now: Decimal(0 if phase in circuit.missing_phases else metering.line(now)[0]).scaleb(-3)

    def share(of: Callable[[int], int], phase: int) -> Callable[[int], Decimal]:
        return lambda now: Decimal(part(of(now), phase)).scaleb(-3)

    readers: dict[str, Callable[[int], Decimal]] = {}
    for phase in (1, 2, 3):
        readers[f"voltage_l{phase}"] = volts(phase)
        readers[f"current_l{phase}"] = share(metering.milliamps, phase)
        readers[f"power_l{phase}"] = share(metering.signed_milliwatts, phase)
    return readers
