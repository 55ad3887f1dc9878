"""What everything must do that presses a meter's button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rig.clock import Clock
from rig.conformance.holding import hold
from rig.contracts import Presser
from rig.errors import DeviceRefused


@dataclass
class ButtonUnderTest:
    """A presser, and eyes on the button: `presses` counts how often it went down so far, `down` whether it is down now."""

    presser: Presser
    clock: Clock
    presses: Callable[[], int]
    down: Callable[[], bool]


def nothing_presses_unasked(under: ButtonUnderTest) -> None:
    """Opening, asking how it stands and letting go press nothing."""
    hold(not under.presser.held(), "it says that it is held down before anybody has pressed")
    under.presser.release()
    under.presser.release()
    hold(under.presses() == 0 and not under.down(), f"it went down {under.presses()} times unasked")


def one_press_is_one_press(under: ButtonUnderTest) -> None:
    """Pressed once it goes down once, within the span that is returned, and is up again afterwards."""
    before = under.clock.now()
    at = under.presser.press(lambda: None)
    after = under.clock.now()
    hold(before <= at.lo < at.hi <= after, f"{before} {at} {after} are not in this order")
    hold(under.presses() == 1, f"it went down {under.presses()} times")
    hold(not under.down() and not under.presser.held(), "it is still down after the press")
    under.presser.press(lambda: None)
    hold(under.presses() == 2, f"pressed twice, it went down {under.presses()} times")


def what_is_not_wanted_is_not_pressed(under: ButtonUnderTest) -> None:
    """Refused before anything is done, nothing is done, and the refusal arrives as it was."""
    asked: list[int] = []

    def refused() -> None:
        asked.append(1)
        raise DeviceRefused("no longer wanted")

    hold(_refusal(under, refused) == "no longer wanted", "the refusal did not arrive")
    hold(len(asked) >= 1 and under.presses() == 0, f"it went down {under.presses()} times although it was not wanted")


def what_ends_a_press_lets_go(under: ButtonUnderTest) -> None:
    """Ended in the middle, it is up at once, and a press afterwards is a press like any other."""
    asked: list[int] = []

    def second_time() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise DeviceRefused("made safe")

    hold(_refusal(under, second_time) == "made safe", "nobody asked whether it was still wanted while it lasted")
    hold(not under.down() and not under.presser.held(), "it is still down")
    before = under.presses()
    under.presser.press(lambda: None)
    hold(under.presses() == before + 1, "after a press that was ended nothing is pressed any more")


def _refusal(under: ButtonUnderTest, meanwhile: Callable[[], None]) -> str:
    try:
        under.presser.press(meanwhile)
    except DeviceRefused as error:
        return str(error)
    return ""


CASES: tuple[Callable[[ButtonUnderTest], None], ...] = (
    nothing_presses_unasked,
    one_press_is_one_press,
    what_is_not_wanted_is_not_pressed,
    what_ends_a_press_lets_go,
)
"""Each on a device that nobody has pressed yet."""
