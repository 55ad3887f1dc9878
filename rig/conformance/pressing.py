"""What whoever presses a meter's button must do on a bench, as a run reaches it: through the gate, at the meter itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rig.clock import SECOND, Clock
from rig.conformance.holding import hold
from rig.contracts import Button, Capability, Meter, RelayState, Sensing

_CLOSES_WITHIN = 10 * SECOND
ONLY_ARMS = 3
"""Control mode (IEC 62056-6-2) in which a remote reconnect only makes ready, and the button closes."""


@dataclass
class PressUnderTest:
    """A button, the meter that it belongs to, and what is seen of its contact."""

    button: Button
    meter: Meter
    sensing: Sensing
    clock: Clock

    def waits_for(self, state: RelayState) -> bool:
        """True when the contact is seen so within 10 s."""
        return self.clock.sleep_until(self.clock.now() + _CLOSES_WITHIN, lambda: self.sensing.watch().state is state)


def a_press_has_an_honest_span(under: PressUnderTest) -> None:
    """Pressed twice, each time the span lies inside the call."""
    for _ in range(2):
        before = under.clock.now()
        at = under.button.press()
        after = under.clock.now()
        hold(before <= at.lo < at.hi <= after, f"span {at} is not inside the call, {before} to {after}")


def it_is_the_button_of_this_meter(under: PressUnderTest) -> None:
    """A relay that only waits for the button closes when it is pressed, and not before."""
    if not _can_wait(under.meter):
        return
    found = under.meter.read("control_mode").number("control_mode")
    under.meter.write("control_mode", ONLY_ARMS)
    try:
        under.meter.disconnect()
        hold(under.waits_for(RelayState.OPEN), "the meter does not open on command, so its button cannot be tried")
        under.meter.reconnect()
        under.clock.sleep_until(under.clock.now() + SECOND)
        hold(under.sensing.watch().state is RelayState.OPEN, "it closed before the button was pressed")
        under.button.press()
        hold(under.waits_for(RelayState.CLOSED), "10 s after the button was pressed the contact is not closed")
    finally:
        under.meter.write("control_mode", found)
        under.meter.reconnect()


def _can_wait(meter: Meter) -> bool:
    needs = {Capability.REMOTE_RELAY, Capability.CONTROL_MODES, Capability.BUTTON}
    return needs <= set(meter.capabilities) and meter.takes("control_mode", ONLY_ARMS)


CASES: tuple[Callable[[PressUnderTest], None], ...] = (a_press_has_an_honest_span, it_is_the_button_of_this_meter)
"""Cases that press the button, and may move the relay."""
