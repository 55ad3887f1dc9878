"""A source as the keeper holds it: a command happens when every position on it has asked for it, or is out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from decimal import Decimal

from rig.clock import Span
from rig.contracts import Source
from rig.errors import DeviceRefused, RigError, Unsafe
from rig.keeper.lanes import Lane

_LOOK_UP_S = 0.05

Command = tuple[str, Decimal, Decimal]
_OFF: Command = ("off", Decimal(0), Decimal(0))


class _Round:
    """One command that the sharers gather for."""

    def __init__(self) -> None:
        self.asked: dict[str, Command] = {}
        self.taken = False
        self.done = threading.Event()
        self.span: Span | None = None
        self.error: RigError | ValueError | None = None


class SharedSource:
    """A source and the positions on it; one position is the simple case of several.

    `is_live` is what the keeper last confirmed, for whoever must know at no cost: False from before an off is sent.
    """

    def __init__(self, source: Source, positions: Collection[str]) -> None:
        self.device = source
        self.is_live = False
        self._inside = set(positions)
        self._changed = threading.Condition()
        self._round = _Round()
        self._lane = Lane()

    def on(self, position: str, volts: Decimal, hertz: Decimal, tend: Callable[[], None]) -> Span:
        """Output on, together with the others. `tend` is called while waiting, and raises to give the wait up.

        Raises:
            DeviceRefused: the sharers ask for different things.
        """
        return self._together(position, ("on", volts, hertz), tend)

    def off(self, position: str, tend: Callable[[], None]) -> Span:
        """Output off, together with the others."""
        return self._together(position, _OFF, tend)

    def is_on(self) -> bool:
        """What the instrument says."""
        with self._lane:
            return self.device.is_on()

    def off_now(self) -> Span:
        """Output off without asking anybody, confirmed. Unsafe when it says that it is still on."""
        with self._lane.urgent:
            self.is_live = False
            span = self.device.off()
            if self.device.is_on():
                raise Unsafe("it was switched off and says that it is still on")
            return span

    def leave(self, position: str) -> bool:
        """`position` is out: nobody waits for it any more. True when it was the last."""
        with self._changed:
            self._inside.discard(position)
            self._round.asked.pop(position, None)
            self._changed.notify_all()
            return not self._inside

    def _together(self, position: str, command: Command, tend: Callable[[], None]) -> Span:
        with self._changed:
            this = self._round
            this.asked[position] = command
            self._changed.notify_all()
        try:
            leads = self._gather(this, tend)
        except BaseException:
            with self._changed:
                this.asked.pop(position, None)
            raise
        if leads:
            self._perform(this, tend)
        while not this.done.wait(_LOOK_UP_S):
            tend()
        if this.error is not None:
            raise this.error
        assert this.span is not None
        return this.span

    def _gather(self, this: _Round, tend: Callable[[], None]) -> bool:
        """Wait for the others; True for the one who acts."""
        while True:
            tend()
            with self._changed:
                if this.taken:
                    return False
                if self._inside <= this.asked.keys():
                    this.taken = True
                    self._round = _Round()
                    return True
                self._changed.wait(_LOOK_UP_S)

    def _perform(self, this: _Round, allowed: Callable[[], None]) -> None:
        commands = set(this.asked.values())
        try:
            if len(commands) > 1:
                said = ", ".join(f"{name} {' '.join(map(str, c))}" for name, c in sorted(this.asked.items()))
                raise DeviceRefused(f"source: the positions on it ask for different things ({said}); nothing was sent")
            ((what, volts, hertz),) = commands
            with self._lane:
                allowed()
                if what == "off":
                    self.is_live = False
                    this.span = self.device.off()
                else:
                    this.span = self.device.on(volts, hertz)
                    self.is_live = True
        except (RigError, ValueError) as error:
            this.error = error
        finally:
            this.done.set()
