"""What the keeper owns and does, whoever asks: devices by position, groups that share a source, safety, and a diary."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from rig.clock import MILLISECOND, SECOND, Span, WallClock, seconds, suspended_ns
from rig.config import PositionTable
from rig.contracts import Bus, Load, Presser, RelaySense
from rig.errors import LinkError
from rig.keeper.diary import Diary
from rig.keeper.gate import Gate
from rig.keeper.hardware import Shared, close_all, in_parallel, open_lookers, open_power, raise_problems
from rig.keeper.kept import ButtonLine, KeptBus, KeptLoad, SenseLine
from rig.keeper.minder import Minder, minded
from rig.keeper.roll_call import missing_lookers, silent_ones
from rig.keeper.safe_state import SafeState, all_at_once, unsafe
from rig.keeper.settings import Settings
from rig.keeper.shared_source import SharedSource
from rig.keeper.station import Station, Watchman
from rig.keeper.wire_logs import WireLogs
from rig.sampler import Sampler

_JUMP = 50 * MILLISECOND
_SLEPT_OVER = 300 * MILLISECOND


@dataclass(frozen=True, slots=True)
class Group:
    """A source and the stations on it: what must be made safe together."""

    state: SafeState
    stations: tuple[Station, ...]


class Keeper:
    """The bench in one hand. Methods may be called from any thread; none of them hangs longer than its devices' deadlines."""

    def __init__(self, settings: Settings, suspended: Callable[[], int] = suspended_ns) -> None:
        self.clock = WallClock(settings.zero)
        self.diary = Diary(self.clock, settings.out)
        self.stations: dict[str, Station] = {}
        self.groups: list[Group] = []
        self.voids: list[Span] = []
        self._settings = settings
        self._closing: list[object] = []
        self._watchmen: list[Watchman] = []
        self._minders: list[Minder] = []
        self._suspended = suspended
        self._slept = suspended()
        self._looked = self.clock.now()
        self._lost: set[str] = set()
        self._lock = threading.Lock()

    # beginning

    def open(self) -> None:
        """Open everything and switch everything off, confirmed, before anybody may command it.

        Raises:
            ConfigError, LinkError, DeviceRefused: what could not be opened; nothing was energised.
            Unsafe: something is on and does not go off.
        """
        bench, clock = self._settings.bench, self.clock
        if self._settings.lifeline:
            self._closing.append(_hold(self._settings.lifeline))
        try:
            power = open_power(bench, clock, self._by_hand)
        except LinkError as error:
            raise_problems([error, *missing_lookers(bench, clock)])
            raise
        self._closing += [*power.loads.values(), *(source for _, source in power.sources)]
        for shared, device in power.sources:
            self._gather(shared, SharedSource(device, shared.positions), power.loads)
        if wrong := all_at_once([group.state for group in self.groups], normal=True):
            raise unsafe(wrong)
        self._open_lookers()
        self.diary.note("ready", "", f"{len(self.stations)} positions, everything off")

    def _gather(self, shared: Shared, source: SharedSource, loads: dict[str, Load]) -> None:
        stations = []
        for name in shared.positions:
            gate = Gate(
                name,
                self._settings.bench.limits,
                self.clock,
                self._settings.rules[name],
                self._settings.bench.mains.volts,
            )
            stations.append(Station(name, gate, KeptLoad(loads[name], gate), source))
        patience = max(getattr(d, "patience", 0) for d in (source.device, *(loads[s.name] for s in stations)))
        state = SafeState(shared.name, source.off_now, {s.name: s.load.off for s in stations}, patience)
        self.groups.append(Group(state, tuple(stations)))
        self.stations.update((station.name, station) for station in stations)

    def _open_lookers(self) -> None:
        bench, logs = self._settings.bench, WireLogs(self._settings.bench, self._settings.out)
        kept: dict[str, KeptBus] = {}

        def keep(shared: Shared, device: Bus) -> KeptBus:
            several = len(shared.positions + shared.senses + shared.buttons) > 1
            return kept.setdefault(shared.where, KeptBus(device, several))

        def line(shared: Shared, device: Bus, who: str) -> Bus:
            kind = ButtonLine if who.endswith(" button") else SenseLine
            return kind(keep(shared, device), logs.switch(shared), who)

        loads = {name: station.load for name, station in self.stations.items()}
        found = open_lookers(bench, self.clock, loads, logs.of_bus, logs.of, line, self._by_hand)
        self._closing += [*(bus for _, bus in found.buses), *found.senses.values(), *found.buttons.values()]
        self._closing += found.tamperers.values()
        for name, tamperer in found.tamperers.items():
            self.stations[name].tampered_by(tamperer)
        self._closing += logs.files.values()
        raise_problems(silent_ones(found))
        self._take_buttons(found.buttons)
        self._minders = [minded(station, self.clock) for station in self.stations.values()]
        for shared, device in found.buses:
            bus = keep(shared, device)
            for name in shared.positions:
                sampler = self._watch(bench.position(name), found.senses[name])
                every = bench.position(name).every_ms * MILLISECOND
                self.stations[name].looks_through(bus, logs.switch(shared), sampler, every)

    def _by_hand(self, name: str, words: str) -> None:
        self.diary.note("by hand", name, words)

    def _take_buttons(self, buttons: Mapping[str, Presser]) -> None:
        """Let go of every button, confirmed, before anybody may press it. Raises DeviceRefused, LinkError."""
        for name, button in buttons.items():
            self._group(name).state.lets_go(name, button.release)
            self.stations[name].pressed_by(button, partial(self.diary.note, "pressed", name))
        raise_problems(in_parallel([button.release for button in buttons.values()]))

    def _watch(self, position: PositionTable, sense: RelaySense) -> Sampler:
        every = position.every_ms * MILLISECOND
        least, most = ((position.sense or {}).get("delay_s") or ("0", "0"))[:2]
        source = self.stations[position.name].source
        sampler = Sampler(sense, self.clock, every, lambda: source.is_live, (seconds(least), seconds(most)))
        watchman = Watchman(position.name, sampler, self.clock, every)
        self._watchmen.append(watchman)
        watchman.start()
        return sampler

    # while it runs

    def tick(self) -> None:
        """Look after what nobody asks for: limits used up, commands without confirmation, blind channels, a machine that slept."""
        now = self.clock.now()
        late = now - self._looked > _SLEPT_OVER
        self._look_for_sleep()
        for station in self.stations.values():
            if not station.out and (why := station.unconfirmed or station.gate.exceeded()):
                self.lost(station.name, why)
            # Whoever was stopped itself first lets the channel be heard.
            elif not station.out and not late and (why := station.deserted or station.blind(now)):
                self.lost(station.name, why, tell=True)

    def _look_for_sleep(self) -> None:
        slept, now = self._suspended(), self.clock.now()
        if (jump := slept - self._slept) > _JUMP:
            self.voids.append(Span(self._looked, now))
            self.diary.note("void", "", f"the machine was suspended for {jump / SECOND:.3f} s: open spans tell nothing")
            for station in self.stations.values():
                station.gate.suspended(jump)
        self._slept, self._looked = slept, now

    def lost(self, position: str, why: str, tell: bool = False) -> None:
        """Make a position safe at once, and with it all that share its source. Returns before that is done.

        `tell`: nobody there knows yet, so whoever sleeps or looks is told.
        """
        with self._lock:
            if position in self._lost:
                return
            group = self._group(position)
            self._lost.update(station.name for station in group.stations)
        self.diary.note("lost", position, why)
        for station in group.stations:
            words = why if station.name == position else f"{position}, on the same source, was made safe: {why}"
            if tell:
                station.untold = words
            station.leave(words)
        threading.Thread(target=self._emergency, args=([group], position), daemon=True).start()

    def make_safe(self, position: str) -> None:
        """A position's own normal end: its load off, and the source too unless others still need it. Raises Unsafe."""
        station, group = self.stations[position], self._group(position)
        station.interrupt()
        alone = all(other.out for other in group.stations if other is not station)
        wrong = group.state.normal() if alone else group.state.loads_off([position])
        self.diary.note(
            "unsafe" if wrong else "safe", position, "; ".join(wrong) or "load off" + ", source off" * alone
        )
        if wrong:
            raise unsafe(wrong)

    def leave(self, position: str, why: str) -> None:
        """A position has finished: safe again, to be sure, and nobody waits for it. Raises Unsafe."""
        self.make_safe(position)
        station = self.stations[position]
        if station.leave(why):
            self.make_safe(position)

    def emergency(self, why: str) -> tuple[str, ...]:
        """Everything safe at once, for good; what could not be confirmed, late ones counted as soon as they obey."""
        self.diary.note("emergency", "", why)
        return self._for_good(why, normal=False)

    def finish(self) -> tuple[str, ...]:
        """The normal end of everything; what could not be confirmed."""
        return self._for_good("the run has ended", normal=True)

    def _for_good(self, why: str, normal: bool) -> tuple[str, ...]:
        for station in self.stations.values():
            station.leave(why)
        return self._emergency(self.groups, "", normal)

    def _emergency(self, groups: Collection[Group], position: str, normal: bool = False) -> tuple[str, ...]:
        wrong = all_at_once([group.state for group in groups], normal)
        if wrong:
            wrong = tuple(words for group in groups for words in group.state.unconfirmed(SECOND))
        self.diary.note("unsafe" if wrong else "safe", position, "; ".join(wrong) or "everything off, confirmed")
        return wrong

    def close(self) -> None:
        """Let go of every device and file."""
        for watchman in self._watchmen:
            watchman.end()
        for minder in self._minders:
            minder.end()
        close_all(*self._closing)

    def _group(self, position: str) -> Group:
        return next(g for g in self.groups if any(s.name == position for s in g.stations))


def _hold(lifeline: str) -> socket.socket:
    host, _, port = lifeline.rpartition(":")
    try:
        return socket.create_connection((host, int(port)), timeout=2)
    except OSError as error:
        raise LinkError(
            f"emulated bench ({lifeline}): cannot be held: {error.strerror or error}; has it ended?"
        ) from None
