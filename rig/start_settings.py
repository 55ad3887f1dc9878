"""The settings that a scenario really starts with, on this meter: nothing is set that the meter does not go by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from rig.consent import ALWAYS_CLOSED, NO_MODE, asks_otherwise
from rig.contracts import Capability, Meter, MeterReading
from rig.promises import Promises
from rig.scenario import Start

DELAY, SWITCH, LIMIT, MODE = "over_threshold_duration", "overload_enabled", "load_limit", "control_mode"


def needed(wanted: Mapping[str, int], items: Collection[str], promises: Promises) -> dict[str, int]:
    """Of the settings that a scenario declares, those that this meter goes by.

    A limiter whose delay is a promise of its own has no register for it; an overload function without a switch is always on;
    and a meter that neither promises an overload function nor has a limit has none to put out of the way.
    """
    overload = promises.table.overload
    needless = {DELAY} if overload is None or overload.delay is None else set()
    if wanted.get(SWITCH) == 1 and SWITCH not in items:
        needless.add(SWITCH)
    if overload is None and LIMIT not in items:
        needless.add(LIMIT)
    return {item: to for item, to in wanted.items() if item not in needless}


class StartSettings:
    """What is set for the starts of one meter; `button`: somebody or something presses its button."""

    def __init__(self, meter: Meter, promises: Promises, button: bool) -> None:
        self._meter = meter
        self._promises = promises
        self._button = button
        self._mode, self._mode_may_be_set = NO_MODE, False
        self._known: dict[tuple[str, int], int] = {}

    def met(self, reading: MeterReading) -> None:
        """The meter as the run meets it: the control mode that it is in, and whether another may be set."""
        shown, promised = reading.whole(MODE), self._promises.table.control_mode
        self._mode = next((mode for mode in (shown, promised) if mode is not None), NO_MODE)
        settable = shown is not None and Capability.CONTROL_MODES in self._meter.capabilities
        self._mode_may_be_set = settable and self._meter.takes(MODE, NO_MODE)

    @property
    def hides_holds(self) -> bool:
        """True where the mode that the meter is in keeps its relay closed, whatever would hold it open in another."""
        return self._mode == ALWAYS_CLOSED

    def out_of_reach(self, requires: Collection[str]) -> str:
        """Why the meter's control mode, where no other can be set, leaves these requirements out of reach; else empty."""
        return "" if self._mode_may_be_set else asks_otherwise(self._mode, requires, self._button)

    def of(self, start: Start) -> dict[str, int]:
        """What is set for a start: what this meter goes by, and a control mode in which nothing waits for the button."""
        wanted = needed(start.settings, self._meter.items, self._promises)
        settings = {item: self.nearest(item, to) for item, to in wanted.items()}
        if not self._mode_may_be_set or self._mode == NO_MODE:
            return settings
        return {MODE: NO_MODE, **settings}

    def nearest(self, item: str, to: int) -> int:
        """What comes nearest to this and fits the meter's register: less if it can be, else more; the same where nothing does."""
        known = self._known.get((item, to))
        if known is None:
            near = chain((to,), range(to - 1, to // 2, -1), range(to + 1, 2 * to + 1))
            known = self._known[item, to] = next((one for one in near if self._meter.takes(item, one)), to)
        return known

    def refused(self, writes: Mapping[str, Sequence[int]]) -> str:
        """Why the map lets these settings not be written; empty where it does."""
        too = [f"{item} = {to}" for item, values in writes.items() for to in values if not self._meter.takes(item, to)]
        return f"the map has no room for {', '.join(too)}" if too else ""
