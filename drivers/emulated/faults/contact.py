"""Faults of the contact itself: the firmware believes that it moved."""

from __future__ import annotations

from drivers.emulated.circuit import Circuit
from drivers.emulated.faults.fault import Fault, Setting, fails


def _weld(circuit: Circuit) -> None:
    circuit.stick(True)


def _stick_open(circuit: Circuit) -> None:
    circuit.stick(False)


def _bridge_last_phase(circuit: Circuit) -> None:
    circuit.bridge(frozenset({3}))


def _leak(circuit: Circuit) -> None:
    circuit.leakage_ma = 200


FAULTS = (
    Fault(
        "R1",
        "contact welded closed",
        "contact",
        "the load side stays live after every order to open",
        plant=_weld,
        ends_in=fails("REL-1", "time to open"),
    ),
    Fault(
        "R2",
        "contact stuck open",
        "contact",
        "once open, the load side stays dead when it should close",
        plant=_stick_open,
        ends_in=fails("EXH-2", "time to closed"),
    ),
    Fault(
        "R8",
        "one phase stays closed",
        "contact",
        "the load side stays live on one phase of three after every order to open",
        plant=_bridge_last_phase,
        needs=Setting(map="reference_3ph"),
        ends_in=fails("REL-1", "time to open"),
    ),
    Fault(
        "R9",
        "current past the open contact",
        "contact",
        "200 mA flow through the load with the relay open",
        plant=_leak,
        ends_in=fails("REL-1", "current when open"),
    ),
)
