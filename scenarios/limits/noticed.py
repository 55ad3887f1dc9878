"""What a meter notices beside its load and logs: voltages around its thresholds, and how long something has to last."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from rig.scenario import Limit, Means, Terms

if TYPE_CHECKING:
    from rig.promise_table import VoltagePromise
    from rig.promises import Promises


def promises_no_voltage_events(promises: Promises) -> str:
    """Why a line voltage out of range cannot be judged."""
    return "" if promises.table.line_voltage else "it names no line voltage that is too high or too low"


def promises_no_sag(promises: Promises) -> str:
    """Why a recharge in a sag cannot be judged."""
    voltage = promises.table.line_voltage
    return "" if voltage and voltage.works_from_v else "it does not say down to which line voltage it works"


def voltage_out_of_reach(means: Means) -> str:
    """Why the bench cannot set a line voltage that surely is too high."""
    if means.promises.table.line_voltage is None:
        return ""
    if means.most_volts is None:
        return "the bench's source has one voltage, which cannot be set"
    needed = crossings(means.promises)[0][2]
    return (
        ""
        if needed <= means.most_volts
        else f"{needed} V surely are too high, and the bench gives {means.most_volts} V"
    )


def voltage_cannot_be_set(means: Means) -> str:
    """Why the bench can make no sag."""
    return "the bench's source has one voltage, which cannot be set" if means.most_volts is None else ""


def crossings(promises: Promises) -> list[tuple[str, int, int]]:
    """Event, a voltage (V) surely just inside the range, and one surely just outside, for over and low voltage."""
    voltage = _promised(promises)
    unsure = _unsure(promises, voltage)
    over, low = voltage.over_v, voltage.low_v
    return [
        ("over voltage", math.ceil(over * (1 - unsure)) - 1, math.floor(over * (1 + unsure)) + 1),
        ("low voltage", math.floor(low * (1 + unsure)) + 1, math.ceil(low * (1 - unsure)) - 1),
    ]


def sagged_volts(promises: Promises) -> int:
    """The lowest line voltage (V) at which the meter surely has to work."""
    voltage = _promised(promises)
    return math.ceil((voltage.works_from_v or voltage.low_v) * (1 + _unsure(promises, voltage)))


def _promised(promises: Promises) -> VoltagePromise:
    assert promises.table.line_voltage is not None, "a scenario about voltage needs the promise"
    return promises.table.line_voltage


def _unsure(promises: Promises, voltage: VoltagePromise) -> Fraction:
    stated = voltage.tolerance_percent
    return promises.display_uncertainty if stated is None else stated / 100


def voltage_lasts(promises: Promises) -> int:
    """How long a voltage out of range lasts before it is an event (ns)."""
    return _promised(promises).lasts_s


def tampering_lasts(promises: Promises) -> int:
    """How long tampering lasts before it is an event (ns)."""
    assert promises.table.tamper is not None, "a scenario about tampering needs the promise"
    return promises.table.tamper.lasts_s


def longer_than_voltage_lasts(terms: Terms) -> int:
    """Long enough for a voltage out of range, or its end, to be in the log (ns)."""
    return terms.promises.noticed(voltage_lasts(terms.promises))


def longer_than_tampering_lasts(terms: Terms) -> int:
    """Long enough for tampering, or its end, to be in the log (ns)."""
    return terms.promises.noticed(tampering_lasts(terms.promises))


def tampering_opens(promises: Promises) -> str:
    """Why it cannot be judged that supply goes on in spite of tampering."""
    return "tampering opens its relay: judged by EVT-7" if promises.tamper_window is not None else ""


def tampering_opens_nothing(promises: Promises) -> str:
    """Why it cannot be judged that tampering opens the relay."""
    return "" if promises.tamper_window is not None else "tampering opens no relay"


def opened_by_tampering(terms: Terms) -> Limit:
    """From tampering, or its end, to the contact."""
    window = terms.promises.tamper_window
    assert window is not None, "a scenario about it needs the promise"
    return Limit(
        window,
        "the contact moves once tampering, or its end, has lasted its time",
        ("map: promises.tamper, metering_window_s, contact_s",),
    )
