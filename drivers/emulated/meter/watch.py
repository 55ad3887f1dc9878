"""What the meter notices beside its load: voltage out of range, current that flows wrong, and hands on the meter.

A state that lasts `watch_persistence_ns` is an event, and so is its end when that has lasted as long; a meter cover that was
opened has no end. A state that began before a power failure is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import TAMPER, Store
from rig.clock import FOREVER

PHASE_AND_NEUTRAL_DIFFER = 20
"""So much (%) of the phase's and the neutral's current may differ before it is an earth load."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What is watched: the codes of its beginning and its end, and what shows it."""

    begins: int
    ends: int | None
    shows: Callable[[Circuit, MeterSettings], bool]
    tamper: bool = False


SIGNS = (
    Sign(1, 2, lambda c, s: len(s.phase_shares) == 3 and 1 in c.missing_phases),
    Sign(3, 4, lambda c, s: len(s.phase_shares) == 3 and 2 in c.missing_phases),
    Sign(5, 6, lambda c, s: len(s.phase_shares) == 3 and 3 in c.missing_phases),
    Sign(7, 8, lambda c, s: c.line_millivolts > s.over_voltage_mv),
    Sign(9, 10, lambda c, s: c.line_millivolts < s.low_voltage_mv),
    Sign(51, 52, lambda c, _: c.backwards and c.load_milliamps > 0),
    Sign(69, 70, lambda c, _: c.bypassed_percent > PHASE_AND_NEUTRAL_DIFFER and c.load_milliamps > 0),
    Sign(201, 202, lambda c, _: "magnet" in c.signs, tamper=True),
    Sign(203, 204, lambda c, _: "neutral disturbance" in c.signs, tamper=True),
    Sign(205, 206, lambda c, s: c.load_milliamps > 0 and abs(c.power_factor) < s.low_power_factor),
    Sign(217, 218, lambda c, _: "terminal cover" in c.signs, tamper=True),
    Sign(251, None, lambda c, _: "cover" in c.signs, tamper=True),
)


class Watch(Room):
    """See above. It looks whenever the copper changes."""

    def __init__(self, circuit: Circuit, settings: MeterSettings, store: Store, relay: Relay, log: EventLog) -> None:
        self.circuit = circuit
        self.settings = settings
        self.store = store
        self.relay = relay
        self.log = log
        self._since: dict[int, int] = {}
        self._changed = True
        circuit.on_change(self._look)

    def _look(self) -> None:
        self._changed = True

    def shows(self, sign: Sign) -> bool:
        """True while the sign is there."""
        return sign.shows(self.circuit, self.settings)

    def plan(self, now: int) -> None:
        if not self._changed and not self._since:
            self.due = FOREVER
            return
        self._changed = False
        due = FOREVER
        for sign in SIGNS:
            told = sign.begins in self.store.signs
            if self.shows(sign) is told or (told and sign.ends is None):
                self._since.pop(sign.begins, None)
            else:
                due = min(due, self._since.setdefault(sign.begins, now) + self.settings.watch_persistence_ns)
        self.due = due

    def run(self, now: int) -> None:
        for sign in SIGNS:
            since = self._since.get(sign.begins)
            if since is not None and since + self.settings.watch_persistence_ns <= now:
                del self._since[sign.begins]
                self._tell(sign, now)

    def _tell(self, sign: Sign, now: int) -> None:
        signs = self.store.signs
        begins = sign.begins not in signs
        signs ^= {sign.begins}
        code = sign.begins if begins else sign.ends
        if code is not None:
            self.log.record(code, now)
        if not (sign.tamper and self.settings.tamper_opens):
            return
        if begins:
            self.store.holds |= TAMPER
            self.relay.follow(now)
        elif not any(one.tamper and one.begins in signs for one in SIGNS):
            self.relay.let_go(TAMPER, now)

    def power_fails(self) -> None:
        self._since.clear()
        self._changed = True
