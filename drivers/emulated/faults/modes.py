"""Faults of the load switch's control: who may close it, and how it moves."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.store import COMMAND, READY
from rig.clock import FOREVER, MILLISECOND

CHATTER_NS = 60 * MILLISECOND


class ClosesUnasked(Relay):
    """A remote reconnect, or a reason that is gone, closes the relay in every control mode; nobody is asked."""

    def release(self, holds: int) -> None:
        self.store.holds &= ~holds


class ButtonUndoesOrders(Relay):
    """The button closes what was opened by remote command."""

    def button(self, now: int) -> None:
        if self.store.holds & COMMAND:
            self.store.holds &= ~COMMAND
            self.follow(now)
        else:
            super().button(now)


class ButtonDead(Relay):
    """What is ready stays so, whatever is pressed."""

    def button(self, _now: int) -> None:
        return None


class ButtonOpensAlways(Relay):
    """The button opens what is closed in every control mode."""

    def button(self, now: int) -> None:
        held = self.store.holds
        super().button(now)
        if not held:
            self.store.holds |= READY
            self.store.ready_cause = 0
            self.follow(now)


class OpensInModeNought(Relay):
    """Control mode 0 is one like any other: what holds the relay opens it."""

    def is_held(self) -> bool:
        return bool(self.store.holds)


class CommandsNeedTheLimiter(Relay):
    """While the load limit function is off, remote commands are acknowledged, and that is all."""

    def command(self, closed: bool, now: int) -> None:
        if self.store.overload_enabled:
            super().command(closed, now)


class ReadyForgotten(Relay):
    """A relay that waited for the button closes when the power returns."""

    def boots(self, now: int) -> None:
        self.store.holds &= ~READY
        super().boots(now)


class Chatters(Relay):
    """The contact bounces back and forth once more, 60 ms after each movement and 60 ms later again."""

    _bounces = 0
    _bounce_at = FOREVER

    def _arrive(self, now: int) -> None:
        super()._arrive(now)
        self._bounces, self._bounce_at = 2, now + CHATTER_NS

    def plan(self, now: int) -> None:
        super().plan(now)
        self.due = min(self.due, self._bounce_at)

    def run(self, now: int) -> None:
        if self._bounce_at <= now:
            self._bounces -= 1
            self._bounce_at = now + CHATTER_NS if self._bounces else FOREVER
            self.circuit.set_contact(not self.circuit.contact_closed)
        super().run(now)

    def power_fails(self) -> None:
        super().power_fails()
        self._bounces, self._bounce_at = 0, FOREVER


FAULTS = (
    Fault(
        "R11",
        "closes without consent",
        "relay",
        "closes although the button was not pressed",
        (ClosesUnasked,),
        ends_in=fails("REL-7", "stays open without consent"),
    ),
    Fault(
        "R13",
        "the button undoes an order",
        "relay",
        "closes at the button after a remote disconnect",
        (ButtonUndoesOrders,),
        ends_in=fails("REL-7", "the button undoes no command"),
    ),
    Fault(
        "R17",
        "the button opens in every mode",
        "relay",
        "opens at the button in a mode without manual disconnect",
        (ButtonOpensAlways,),
        ends_in=fails("REL-9", "stays closed at the button"),
    ),
    Fault(
        "R18",
        "mode 0 disconnects",
        "relay",
        "opens in the mode that keeps it closed",
        (OpensInModeNought,),
        ends_in=fails("REL-10", "stays closed in mode 0"),
    ),
    Fault(
        "R19",
        "no remote command without the limiter",
        "relay",
        "no edge follows a command while the load limit function is off",
        (CommandsNeedTheLimiter,),
        ends_in=fails("REL-11", "time to open"),
    ),
    Fault(
        "R14",
        "the button is dead",
        "relay",
        "what is ready does not close at the button",
        (ButtonDead,),
        ends_in=fails("REL-7", "closed by the button"),
    ),
    Fault(
        "R15",
        "ready forgotten at a power failure",
        "relay",
        "closes at power-up without the button",
        (ReadyForgotten,),
        ends_in=fails("REL-7", "stays open without consent"),
    ),
    Fault(
        "R3",
        "the contact chatters",
        "relay",
        "more edges than one in the 200 ms after an operation",
        (Chatters,),
        ends_in=fails("REL-1", "unexplained edge"),
    ),
)
