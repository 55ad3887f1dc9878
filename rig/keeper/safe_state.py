"""Load off, button let go of, source off, confirmed: the one act that must never wait for anybody who hangs.

At a normal end the load goes first and the source after it. In an emergency everything goes at once, each device in a
thread and with a deadline of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping

from rig.clock import MILLISECOND, SECOND, WallClock
from rig.contracts import Load, Source
from rig.errors import RigError, Unsafe

EMERGENCY = 500 * MILLISECOND
"""ns that a device has to confirm in an emergency; it goes on being tried after that."""

NORMAL = 800 * MILLISECOND
"""ns for each of the two steps of a normal end."""

Off = Callable[[], object]


class _Attempt:
    """Switching one device off, in a thread that nobody has to wait for."""

    def __init__(self, name: str, off: Off) -> None:
        self.name = name
        self.words = ""
        self.confirmed = False
        self._off = off
        self._ended = threading.Event()
        threading.Thread(target=self._run, name=f"off {name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._off()
            self.confirmed = True
        except RigError as error:
            self.words = str(error)
        finally:
            self._ended.set()

    def problem(self, clock: WallClock, until: int) -> str:
        """Wait until it ended or `until` (ns) has come; why it is not confirmed, empty when it is."""
        self._ended.wait(max(0, until - clock.now()) / SECOND)
        if self.confirmed:
            return ""
        words = self.words or "no confirmation in time that it is off"
        return words if words.startswith(self.name) else f"{self.name}: {words}"


class SafeState:
    """One source, the loads on it and the buttons of their meters.

    Several callers may ask at once: one acts, the others wait for the outcome.

    `source_off` and `loads` switch off and confirm, raising RigError when that fails; they may hang.
    """

    def __init__(self, name: str, source_off: Off, loads: Mapping[str, Off], patience: int = 0) -> None:
        """`patience`: ns more that each step of a normal end may take, where a person works the devices."""
        self.name = name
        self._source_off = source_off
        self._loads = dict(loads)
        self._buttons: dict[str, Off] = {}
        self._normal = NORMAL + patience
        self._clock = WallClock()
        self._lock = threading.Lock()
        self._acts = 0
        self._outcome: tuple[str, ...] = ()
        self._attempts: list[_Attempt] = []

    def lets_go(self, position: str, release: Off) -> None:
        """From here on the button of this position is let go of whenever its load goes off."""
        self._buttons[position] = release

    def normal(self) -> tuple[str, ...]:
        """All loads off and buttons let go of, then the source. Returns what could not be confirmed, by device; never raises."""
        return self._act(self._in_order)

    def emergency(self) -> tuple[str, ...]:
        """Everything off at once. Takes at most 0.5 s. Returns what could not be confirmed, by device; never raises."""
        return self._act(self._at_once)

    def loads_off(self, positions: Collection[str]) -> tuple[str, ...]:
        """These loads off, the source left as it is for the others on it. Returns what could not be confirmed."""
        with self._lock:
            attempts = self._off(positions)
            return self._problems(attempts, self._clock.now() + self._normal)

    def unconfirmed(self, within: int) -> tuple[str, ...]:
        """What the last act has still not confirmed after at most `within` ns more: late devices may have obeyed meanwhile."""
        return self._problems(self._attempts, self._clock.now() + within)

    def _act(self, way: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        acts = self._acts
        with self._lock:
            if self._acts == acts:
                self._outcome = way()
                self._acts += 1
            return self._outcome

    def _in_order(self) -> tuple[str, ...]:
        loads = self._off(self._loads)
        wrong = self._problems(loads, self._clock.now() + self._normal)
        source = _Attempt(f"{self.name} source", self._source_off)
        self._attempts = [*loads, source]
        return wrong + self._problems([source], self._clock.now() + self._normal)

    def _at_once(self) -> tuple[str, ...]:
        until = self._clock.now() + EMERGENCY
        self._attempts = [_Attempt(f"{self.name} source", self._source_off)]
        self._attempts += self._off(self._loads)
        return self._problems(self._attempts, until)

    def _off(self, positions: Collection[str]) -> list[_Attempt]:
        """Begin to switch off the loads of these positions and to let go of their buttons, all at once."""
        buttons = [(f"{name} button", self._buttons[name]) for name in positions if name in self._buttons]
        loads = [(f"{name} load", self._loads[name]) for name in positions]
        return [_Attempt(name, off) for name, off in loads + buttons]

    def _problems(self, attempts: Collection[_Attempt], until: int) -> tuple[str, ...]:
        return tuple(words for one in attempts if (words := one.problem(self._clock, until)))


def all_at_once(states: Collection[SafeState], normal: bool = False) -> tuple[str, ...]:
    """Make several safe at the same time; what could not be confirmed."""
    found: dict[str, tuple[str, ...]] = {}

    def make(state: SafeState) -> None:
        found[state.name] = state.normal() if normal else state.emergency()

    threads = [threading.Thread(target=make, args=(state,), daemon=True) for state in states]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tuple(words for state in states for words in found.get(state.name, (f"{state.name}: not made safe",)))


def unsafe(wrong: Collection[str]) -> Unsafe:
    """The error for what could not be confirmed."""
    return Unsafe("; ".join(wrong) + ": isolate this by hand before touching anything else")


def make_safe_in_order(position: str, load: Load, source: Source) -> None:
    """In one process: load off, then source off, both tried whatever the other does. Unsafe when one is not confirmed."""
    wrong = []
    for name, off in (("load", load.off), ("source", source.off)):
        try:
            off()
        except RigError as error:
            said = str(error)
            wrong.append(said if said.startswith(f"{position} {name}") else f"{position} {name}: {said}")
    if not wrong and source.is_on():
        wrong.append(f"{position} source: it says that it is still on")
    if wrong:
        raise unsafe(wrong)
