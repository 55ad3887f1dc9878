"""The load limiter, definite time: trips on a load that stays above the limit, tries again, and locks out.

* A delay that the map fixes takes the place of `over_threshold_duration`.
* A metering window is *above* when its mean power is greater than `load_limit` (a map may promise `>=`).
* Windows above in a row are counted, with the relay closed. When they last `over_threshold_duration` together, the meter
  trips at the end of the last one. A window that the load only partly fills counts by its mean, so the trip comes
  between one window less and one window more than the duration after the step, plus the contact time.
* The count starts anew at power-up, when the relay moves, and when the limit, the duration or the function is changed.
* A trip is event 215 and holds the relay open (OVERLOAD) for `reclose_interval`. Then the relay recloses by itself and
  `attempts_done` is one more. A trip with `attempts_done` at `reclose_attempts` locks out instead: the relay stays open
  for `lock_out_duration`, then recloses with `attempts_done` = 0 and all begins anew.
* Both times run on the battery-backed counter from the trip; one that ends without power is served at the next start.
* When the relay is closed and windows not above have lasted `under_threshold_duration` (at least one), event 216.
* `attempts_done` is cleared when no window was above for `cleared_after` since the last automatic reclosing.
* Disabled, the limiter does not trip; an interval or a lock-out that runs already runs to its end.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.emulated.meter import events
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.metering import Metering, Watts
from drivers.emulated.meter.phases import heaviest
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import LOCK_OUT, OVER_CURRENT, OVERLOAD, Store
from rig.clock import FOREVER, SECOND


class Limiter(Room):
    """See above. Windows are counted in closed form; only a trip, a release, and the two ends of an overload are events."""

    def __init__(self, settings: MeterSettings, store: Store, metering: Metering, relay: Relay, log: EventLog) -> None:
        self.settings = settings
        self.store = store
        self.metering = metering
        self.relay = relay
        self.log = log
        self._above = 0
        self._below = 0
        self._over = 0
        self.counted = 0
        self._operations = relay.operations
        self._trip_at = self._by_current = FOREVER

    # ------------------------------------------------------------ decisions

    def is_above(self, energy: Watts) -> bool:
        """True when a window with this energy (W·ns) is above the limit."""
        return self.exceeds(energy, self.store.setup["load_limit"] * self.settings.window_ns)

    def exceeds(self, energy: Watts, limit: int) -> bool:
        """True when `energy` is too much where `limit` is allowed (W·ns)."""
        return energy >= limit if self.settings.trips_at_limit else energy > limit

    def windows_to_trip(self) -> int:
        """How many windows above in a row trip the meter, or make up its average."""
        if self.settings.fixed_delay_ns:
            return max(1, -(-self.settings.fixed_delay_ns // self.settings.window_ns))
        return self.windows(self.settings.average_s or self.store.setup["over_threshold_duration"])

    def attempts_are_used_up(self) -> bool:
        """True when the next trip locks out."""
        return self.store.attempts_done >= self.store.setup["reclose_attempts"]

    def lock_out_ends(self, now: int) -> int:
        """When a lock-out that begins now lets go."""
        return now + self.store.setup["lock_out_duration"] * SECOND

    def trips_at(self) -> int:
        """When the meter will trip with the present load; FOREVER when it will not."""
        if not self.store.overload_enabled or self.store.holds & (OVERLOAD | OVER_CURRENT):
            return FOREVER
        return self.trip_by_load()

    def over_current_at(self) -> int:
        """When the present current, going on, trips the meter; FOREVER when it does not, or is not watched."""
        if not self.settings.most_ma or self.store.holds & (OVERLOAD | OVER_CURRENT):
            return FOREVER
        return self.run_complete(True, self._over, self.windows(self.settings.over_current_s), self.is_over_current)

    def is_over_current(self, energy: Watts) -> bool:
        """True when the mean current of a window with this energy (W·ns) is above what is allowed, in any phase."""
        settings, circuit = self.settings, self.metering.circuit
        there, all_ = heaviest(circuit)
        allowed = settings.most_ma * circuit.line_millivolts * settings.window_ns * abs(circuit.power_factor)
        return energy * 1_000_000 * 1000 * there > allowed * all_

    def trip_by_load(self) -> int:
        """When the present load, going on, trips the meter; FOREVER when it does not."""
        return self.run_complete(True, self._above, self.windows_to_trip())

    # ------------------------------------------------------------ counting

    def count(self, now: int) -> None:
        """Count the windows that are complete; must come before every change of the circuit."""
        metering = self.metering
        complete = metering.window_at(now)
        if self._operations != self.relay.operations:
            self._operations = self.relay.operations
            self.start_anew()
        if complete <= self.counted:
            return
        first = self.counted
        self.counted = complete
        if first == metering.mixed_window:
            self.add(1, metering.window_energy(first), metering.window_end(first))
            first += 1
        if complete > first:
            self.add(complete - first, metering.window_energy(first), metering.window_end(complete - 1))

    def start_anew(self) -> None:
        """Nothing has been above or below so far."""
        self._above = self._below = self._over = 0

    def add(self, windows: int, energy: Watts, end: int) -> None:
        """So many windows of this energy each (W·ns) are complete, the last at `end`."""
        if not self.relay.position:
            return
        if self.settings.most_ma:
            self._over = self._over + windows if self.is_over_current(energy) else 0
        if self.is_above(energy):
            self._above += windows
            self._below = 0
            if self.store.overload_enabled:
                self.store.quiet_since = end
        else:
            self._below += windows
            self._above = 0

    def run_complete(
        self, above: bool, already: int, needed: int, is_above: Callable[[Watts], bool] | None = None
    ) -> int:
        """When a run of windows, all above (or all not), reaches `needed`, `already` of it being counted."""
        metering, window, is_above = self.metering, self.counted, is_above or self.is_above
        if not self.relay.position:
            return FOREVER
        if window == metering.mixed_window:
            already = already + 1 if is_above(metering.window_energy(window)) is above else 0
            if already >= needed:
                return metering.window_end(window)
            window += 1
        if is_above(metering.watts * metering.window_ns) is not above:
            return FOREVER
        return metering.window_end(window + max(needed - already, 1) - 1)

    def windows(self, duration_s: int) -> int:
        """Whole windows that last this long together, at least one."""
        return max(1, -(-duration_s * SECOND // self.settings.window_ns))

    # ------------------------------------------------------------ what comes next

    def plan(self, now: int) -> None:
        store = self.store
        self.count(now)
        self._by_current = self.over_current_at()
        self._trip_at = max(now, min(self.trips_at(), self._by_current))
        self.due = min(self._trip_at, self._ends_at(), max(now, store.release_at), self._cleared_at(now))

    def run(self, now: int) -> None:
        store = self.store
        if store.release_at <= now:
            self._release(now)
        elif self._trip_at <= now:
            self._trip(now)
        elif self._cleared_at(now) <= now:
            store.attempts_done = 0
        elif (store.overloaded or store.over_current) and self._below >= self.windows(
            store.setup["under_threshold_duration"]
        ):
            if store.overloaded:
                self.log.record(events.OVERLOAD_ENDED, now)
            if store.over_current:
                self.log.record(events.OVER_CURRENT_ENDED, now)
            store.overloaded = store.over_current = False

    def _trip(self, now: int) -> None:
        store = self.store
        if self._by_current <= now:
            self.log.record(events.OVER_CURRENT_BEGAN, now)
            store.over_current = True
            store.holds |= OVER_CURRENT
        else:
            self.log.record(events.OVERLOAD_BEGAN, now)
            store.overloaded = True
            store.holds |= OVERLOAD
        if self.attempts_are_used_up():
            store.holds |= LOCK_OUT
            store.release_at = self.lock_out_ends(now)
        else:
            store.release_at = now + store.setup["reclose_interval"] * SECOND
        self.start_anew()
        self.relay.follow(now)

    def _release(self, now: int) -> None:
        store = self.store
        store.attempts_done = 0 if store.holds & LOCK_OUT else store.attempts_done + 1
        store.release_at = FOREVER
        store.quiet_since = now
        self.start_anew()
        self.relay.let_go(OVERLOAD | OVER_CURRENT | LOCK_OUT, now)

    def _ends_at(self) -> int:
        if not (self.store.overloaded or self.store.over_current):
            return FOREVER
        return self.run_complete(False, self._below, self.windows(self.store.setup["under_threshold_duration"]))

    def _cleared_at(self, now: int) -> int:
        store = self.store
        if not store.attempts_done or store.holds & (OVERLOAD | OVER_CURRENT) or self._trip_at < FOREVER:
            return FOREVER
        return max(now, store.quiet_since + self.settings.cleared_after_ns)

    def power_fails(self) -> None:
        self.counted = 0
        self._trip_at = FOREVER
        self.start_anew()
