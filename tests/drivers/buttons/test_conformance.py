"""Everything that presses a button keeps the contract: the output of a module, and a person; and the suite can fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.manual.devices import ManualButton
from rig.clock import Span
from rig.conformance.buttons import CASES, ButtonUnderTest
from rig.conformance.holding import Broken
from tests.drivers.buttons.test_coil import Module
from tests.drivers.manual.test_manual import Desk

Case = Callable[[ButtonUnderTest], None]


def by_coil() -> ButtonUnderTest:
    module = Module()

    def downs() -> int:
        return sum(to for _, to in module.turns())

    return ButtonUnderTest(
        module.button, module.clock, downs, lambda: bool(module.turns()) and module.turns()[-1][1] == 1
    )


def by_hand() -> ButtonUnderTest:
    desk = Desk(("Asha", 2), ("Asha", 2), ("Asha", 2))
    return ButtonUnderTest(ManualButton(desk.asker), desk.clock, lambda: len(desk.notes), lambda: False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("made", [by_coil, by_hand], ids=lambda made: made.__name__)
def test_it_keeps_the_contract(made: Callable[[], ButtonUnderTest], case: Case) -> None:
    case(made())


class Careless:
    """Presses whatever it is told, never asks, and leaves the button down."""

    def __init__(self) -> None:
        self.pressed = 0

    def press(self, meanwhile: Callable[[], None]) -> Span:
        self.pressed += 1
        return Span(0, 0)

    def release(self) -> None:
        self.pressed += 1

    def held(self) -> bool:
        return self.pressed > 0

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_one_that_does_not_is_found_out(case: Case) -> None:
    careless = Careless()
    under = ButtonUnderTest(careless, Module().clock, lambda: careless.pressed, careless.held)
    with pytest.raises(Broken):
        case(under)
