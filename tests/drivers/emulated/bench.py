"""An emulated meter on a bench of its own in virtual time, worked through its public face."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib import resources
from typing import Any

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.meter.settings import MeterSettings
from rig.clock import MILLISECOND, SECOND, VirtualClock

PROMISES = tomllib.loads(resources.files("drivers.meters.maps").joinpath("reference.toml").read_text(encoding="utf-8"))[
    "promises"
]
MONEY = {"price_paise_per_kwh": 650}


class MeterBench:
    """Mains on at 0 and the meter up at 2 s, unless `on` is False."""

    def __init__(self, faults: Collection[str] = (), on: bool = True, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.circuit = Circuit(self.clock)
        self.settings = MeterSettings.from_promises(PROMISES, MONEY, **{"power_up_ns": 1200 * MILLISECOND, **settings})
        self.meter = EmulatedMeter(self.circuit, self.clock, self.settings, faults)
        if on:
            self.circuit.set_source(True)
            self.until(2)

    def until(self, seconds: float) -> None:
        """Let time pass until this second of the run (to the ms)."""
        self.clock.sleep_until(round(seconds * 1000) * MILLISECOND)

    def wait(self, seconds: float) -> None:
        """Let so much time pass (to the ms)."""
        self.clock.sleep_until(self.clock.now() + round(seconds * 1000) * MILLISECOND)

    def recharge(self, paise: int, number: int) -> int:
        """One recharge, waited for; its result."""
        self.meter.set("recharge_amount", paise)
        self.meter.set("recharge_id", number)
        self.meter.set("recharge_commit", 1)
        self.wait(1)
        result = self.meter.get("recharge_result")
        assert isinstance(result, int)
        return result

    def power_cycle(self, off: float = 5, up: float = 2) -> None:
        """Mains off, on again, and the meter's time to start."""
        self.circuit.set_source(False)
        self.wait(off)
        self.circuit.set_source(True)
        self.wait(up)

    def get(self, item: str) -> Any:
        """A register."""
        return self.meter.get(item)

    def closed(self) -> bool:
        """Where the contact truly is."""
        return self.circuit.contact_closed

    def edges(self) -> list[tuple[float, int]]:
        """Every movement of the contact: (second, 1 closed or 0 open)."""
        return [(instant / SECOND, to) for instant, what, to in self.circuit.log if what == "contact"]

    def codes(self) -> list[int]:
        """Event codes in the ring, oldest first."""
        newest = self.get("event_sequence")
        found = [self.meter.event(number) for number in range(max(1, newest - 31), newest + 1)]
        return [int(entry["code"]) for entry in found if entry is not None]  # type: ignore[arg-type]
