"""Watches the load for the oracle of the relay: which limiter is due to trip, which attempt follows, when a lock-out ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rig.clock import Span
from rig.contracts import RelayState
from rig.due import LOCK_OUT, OVER_CURRENT, OVERLOAD, Due
from rig.interval import Interval
from rig.limiting import USUAL_VOLTS, Stage, carried_watts, first_of, over_current_stage, overload_stages
from rig.promises import Promises

LIMITING = frozenset({"load_limit", "over_threshold_duration", "overload_enabled"})
"""Settings with which an overload is counted anew."""


class LoadWatch:
    """The promised limiters, and how often they tripped. `settings` are the meter's, and change as they are written.

    `allowed` is the policy's word on overload; over-current protects the meter, whatever the policy says. `attempts` is what
    the meter has counted at `now` (ns). `volts`: the mains by which a current is reckoned (V).
    """

    def __init__(
        self,
        promises: Promises,
        settings: Mapping[str, int],
        allowed: bool,
        attempts: int,
        now: int,
        volts: Interval = USUAL_VOLTS,
    ) -> None:
        self.promises = promises
        self._settings = settings
        self._allowed = allowed
        self._attempts = attempts
        self._calm_since = now
        self._watts = Interval.of(0)
        self._stages = overload_stages(promises, settings)
        self._volts = volts
        self._current = over_current_stage(promises, volts)
        self.was_over = False

    def attempts_are(self, done: int) -> None:
        """The meter has counted so many attempts: fewer than known where a quiet time has cleared them, and never more."""
        self._attempts = min(self._attempts, done)

    def power_factor(self, factor: Fraction) -> None:
        """The load draws with this power factor (0 to 1) from its next step on: so much less power has the same current."""
        promised = self.promises.table.over_current
        if self._current is not None and promised is not None:
            self._current.move(carried_watts(self.promises, self._volts, promised.amps * factor))

    def flows(self, watts: Interval) -> None:
        """What the load asks for from now on (W)."""
        self._watts = watts

    def look(self, at: Span, opening: bool) -> Iterator[tuple[str, Due | None]]:
        """What each limiter makes of the load from `at` on; `opening`: an overload was due before."""
        if self._current is not None:
            yield OVER_CURRENT, self._due([self._current], at, "current above the promised limit")
        if not self.guards:
            yield OVERLOAD, None
            return
        limit = self._settings["load_limit"]
        if self._watts.hi > self._stages[0].limit(limit).lo:
            self.was_over = True
            if not opening and at.lo - self._calm_since >= self.promises.attempts_cleared_after:
                self._attempts = 0
        elif opening:
            self._calm_since = at.hi
        yield OVERLOAD, self._due(self._stages, at, f"load above the limit of {limit} W")

    @property
    def guards(self) -> bool:
        """True when an overload may open the relay."""
        enabled = self._allowed and bool(self._settings.get("overload_enabled", 1))
        return enabled and bool(self._stages) and "load_limit" in self._settings

    def _due(self, stages: Sequence[Stage], at: Span, why: str) -> Due | None:
        for stage in stages:
            stage.limiter.load(at, self._watts, stage.limit(self._settings.get("load_limit", 0)))
        first = first_of([stage.limiter.due for stage in stages if stage.limiter.due is not None])
        return None if first is None else Due(RelayState.OPEN, first[0], why, first[1])

    def begins_anew(self, at: Span) -> None:
        """Limiters have nothing counted any more."""
        for stage in (*self._stages, *([self._current] if self._current else [])):
            stage.limiter.begins_anew(at)

    def setting_changed(self, at: Span) -> None:
        """A setting of the overload limiter was changed: it counts anew, by what it says now."""
        self._stages = overload_stages(self.promises, self._settings)
        for stage in self._stages:
            stage.limiter.begins_anew(at)

    def closed(self, at: Span) -> None:
        """The contact closed: calm is counted from here."""
        self._calm_since = at.hi
        self.begins_anew(at)

    def tripped(self, at: Span) -> tuple[str, Due]:
        """The relay opened at `at` because of the load: what holds it, and when that lets go."""
        if self._attempts < self._settings.get("reclose_attempts", 0):
            self._attempts += 1
            wait = self.promises.reclose_interval_window(self._settings["reclose_interval"])
            why = f"reclose attempt {self._attempts}"
            return OVERLOAD, Due(RelayState.CLOSED, at.plus(wait.lo, wait.hi), why, True)
        self._attempts = 0
        wait = self.promises.lock_out_window(self._settings.get("lock_out_duration", 0))
        return LOCK_OUT, Due(RelayState.CLOSED, at.plus(wait.lo, wait.hi), "end of lock-out", True)
