"""The meter's button behind the keeper's gate: counted, refused where it must be, and let go of with the load."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from rig.clock import MILLISECOND, SECOND, Span, VirtualClock
from rig.contracts import Edge, RelayState
from rig.errors import DeviceRefused, LinkError, RigError
from rig.keeper.gate import Gate
from rig.keeper.kept import KeptLoad
from rig.keeper.safe_state import SafeState
from rig.keeper.shared_source import SharedSource
from rig.keeper.station import Station
from tests.rig.keeper.plain import LIMITS, RULES, PlainLoad, PlainSensing, PlainSource


class Finger:
    """A presser that remembers, and asks once whether the press is still wanted."""

    def __init__(self) -> None:
        self.presses = 0
        self.fails: RigError | None = None

    def press(self, meanwhile: Callable[[], None]) -> Span:
        meanwhile()
        self.presses += 1
        if self.fails is not None:
            raise self.fails
        return Span(SECOND, SECOND + MILLISECOND)

    def release(self) -> None:
        """Nothing is held."""

    def held(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


class Stage:
    def __init__(self) -> None:
        self.gate = Gate("P01", LIMITS, VirtualClock(), RULES, Decimal(230))
        self.sensing = PlainSensing()
        self.gate.sensing = self.sensing
        load = KeptLoad(PlainLoad(VirtualClock()), self.gate)
        self.station = Station("P01", self.gate, load, SharedSource(PlainSource(), ("P01",)))
        self.finger = Finger()
        self.notes: list[str] = []
        self.station.pressed_by(self.finger, self.notes.append)

    def press(self) -> object:
        return self.station.call("button.press", (), lambda: None)


def test_presses_are_counted_and_noted_with_the_device_s_own_span() -> None:
    stage = Stage()
    assert stage.press() == Span(SECOND, SECOND + MILLISECOND)
    stage.press()
    assert stage.notes == [
        "press 1 of the meter's button: it went down between 1.000 s and 1.001 s",
        "press 2 of the meter's button: it went down between 1.000 s and 1.001 s",
    ]


def test_a_position_that_is_out_presses_nothing() -> None:
    stage = Stage()
    stage.station.leave("it has finished")
    with pytest.raises(DeviceRefused, match="nothing may be switched on or written any more: it has finished"):
        stage.press()
    assert stage.finger.presses == 0


def test_the_gate_refuses_a_press_when_the_relay_has_moved_often_enough() -> None:
    stage = Stage()
    states = (RelayState.CLOSED, RelayState.OPEN) * 2
    stage.sensing.edges += [Edge(state, Span.at(0)) for state in states]
    with pytest.raises(ValueError, match=r"P01: refused to press the meter's button: the relay has operated 3 times"):
        stage.press()
    assert stage.finger.presses == 0


def test_a_press_that_nobody_confirms_is_a_reason_to_make_the_position_safe() -> None:
    stage = Stage()
    stage.finger.fails = LinkError("P01 button: no answer in 1.000 s")
    with pytest.raises(LinkError):
        stage.press()
    assert stage.station.unconfirmed.startswith("press 1 of the meter's button was not confirmed")
    assert stage.notes == []


def test_without_anybody_to_press_it_is_said() -> None:
    stage = Stage()
    bare = Station("P01", stage.gate, stage.station.load, stage.station.source)
    with pytest.raises(DeviceRefused, match="P01: the bench has nothing that presses the meter's button"):
        bare.call("button.press", (), lambda: None)


@pytest.mark.parametrize(
    ("act", "order"),
    [
        (lambda s: s.normal(), ["load", "button", "source"]),
        (lambda s: s.emergency(), ["load", "button", "source"]),
        (lambda s: s.loads_off(["P01"]), ["load", "button"]),
    ],
)
def test_the_button_is_let_go_of_with_the_load(act: Callable[[SafeState], tuple[str, ...]], order: list[str]) -> None:
    done: list[str] = []
    state = SafeState("P01", lambda: done.append("source"), {"P01": lambda: done.append("load")})
    state.lets_go("P01", lambda: done.append("button"))
    assert act(state) == ()
    assert sorted(done) == sorted(order)


def test_a_button_that_is_not_let_go_of_is_named() -> None:
    def stuck() -> None:
        raise LinkError("P01 button: output 16 was switched off and reads back on")

    state = SafeState("P01", lambda: None, {"P01": lambda: None})
    state.lets_go("P01", stuck)
    assert state.emergency() == ("P01 button: output 16 was switched off and reads back on",)
