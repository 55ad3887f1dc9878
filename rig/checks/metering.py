"""What the meter measures, against what the load measures: energy over the scenario, and the registers under a steady load."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from rig.books import Books
from rig.clock import Span
from rig.contracts import LoadMeasurement, MeterReading
from rig.interval import Interval
from rig.promises import Promises


def energy(
    books: Books, before: MeterReading, after: MeterReading, promises: Promises, since: int, power_fails: int
) -> list[str]:
    """The energy register's way against the energy that flowed since `since` (ns).

    Allowed are the meter's class, the load's accuracy, one count at either end, what the register may be behind, and what
    each power failure may have kept from being counted.
    """
    was, now = before.energy_wh, after.energy_wh
    if was is None or now is None:
        return []
    at = after.spans["energy"]
    behind = Span(max(at.lo - promises.metering_window - promises.status_refresh, since), at.lo)
    flowed = promises.metered(books.trace.energy_wh(since, at))
    late = promises.metered(books.trace.energy_wh(behind.lo, Span.at(behind.hi))).hi
    count = max(promises.energy_quantum, one_step(now))
    least = max(flowed.lo - late - count - power_fails * promises.energy_loss, -count)
    due = Interval(least, flowed.hi + count)
    moved = Fraction(now) - Fraction(was)
    if Interval.of(moved).within(due):
        return []
    return [f"the energy register moved by {float(moved):.4f} Wh; by the load it was {_range(due)} Wh"]


def electrical(reading: MeterReading, load: LoadMeasurement, accuracy: Fraction, promises: Promises) -> list[str]:
    """Voltage, current and power registers against the load's own measurement, the load steady for some windows.

    `accuracy` is the load's, relative. Allowed are both accuracies and one step of either display; and nothing at all below
    the current at which the meter is promised to start.
    """
    words = []
    starts_at = promises.table.starting_current_a
    not_started = starts_at is not None and Fraction(load.current_a) * (1 - accuracy) <= starts_at
    power = reading.values.get("power")
    watt_step = one_step(Decimal(power)) if isinstance(power, int | Decimal) else Fraction(0)
    for item, unit, measured in (
        ("power", "W", load.power_w),
        ("voltage", "V", load.voltage_v),
        ("current", "A", load.current_a),
    ):
        shown = reading.values.get(item)
        if not isinstance(shown, int | Decimal):
            continue
        unsure = accuracy + promises.display_uncertainty + accuracy * promises.display_uncertainty
        steps = one_step(Decimal(shown)) + one_step(measured)
        size = Fraction(measured)
        if item == "current":  # a meter that counts whole watts knows its current no better
            steps += watt_step / Fraction(load.voltage_v) if load.voltage_v > 0 else 0
        due = Interval(size * (1 - unsure) - steps, size * (1 + unsure) + steps)
        if item != "voltage" and not_started:
            due = due.hull(Interval.of(0))
        if not Interval.of(Fraction(shown)).within(due):
            words.append(f"the {item} register says {shown} {unit}; the load measures {measured} {unit}")
    return words[:1]


def one_step(shown: Decimal) -> Fraction:
    """One step of the last decimal that is shown."""
    exponent = shown.as_tuple().exponent
    return Fraction(10) ** exponent if isinstance(exponent, int) else Fraction(0)


def _range(energy: Interval) -> str:
    return f"{float(energy.lo):.4f} … {float(energy.hi):.4f}"
