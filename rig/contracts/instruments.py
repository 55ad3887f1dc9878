"""Load and source of a bench."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, Protocol

from rig.clock import Span
from rig.contracts.states import TamperSign, Wiring


class LoadMeasurement(NamedTuple):
    """What the load measures at its terminals: V, A, W, and when (ns, asked .. answered)."""

    voltage_v: Decimal
    current_a: Decimal
    power_w: Decimal
    sent: int
    received: int


class Load(Protocol):
    """A sink on the meter's output terminals."""

    rating_w: int

    def draw_watts(self, watts: int) -> Span:
        """Sink `watts` (W, real power, 0 to the rating). A tripped protection is cleared first, and 0 W means input off.

        Returns the span in which the instrument took the setting; the current has not settled yet.

        Raises:
            ValueError: outside the rating; nothing was sent.
            DeviceRefused: the instrument queued an error, or read back another setting.
            LinkError: no confirmation; the load's state is unknown, so the bench goes safe.
        """

    def off(self) -> Span:
        """Input off, confirmed by reading back."""

    def measure(self) -> LoadMeasurement:
        """A fresh measurement, not the last one."""

    def tripped(self) -> str:
        """Name of the protection that tripped ("undervoltage", "overcurrent", ...), empty when none did."""


class Button(Protocol):
    """The button on a meter's front, and whoever presses it."""

    def press(self) -> Span:
        """Press it once, briefly; returns when it was pressed, between two instants.

        Raises:
            DeviceRefused, LinkError: it was not pressed, or nobody says so.
        """


class Presser(Protocol):
    """What presses the button of one meter: a person, or an output with a solenoid or a transistor across the button."""

    def press(self, meanwhile: Callable[[], None]) -> Span:
        """Press it once and let go of it, confirmed; returns when it went down, between two instants.

        `meanwhile` is called right before anything is done and several times a second while it lasts; what it raises ends the
        press, and the button is let go of.

        Raises:
            DeviceRefused: refused; it was not pressed.
            LinkError: whether it was pressed, or let go of, is not confirmed.
        """

    def release(self) -> None:
        """Let go of it, confirmed; also in the middle of a press, from another thread. Raises DeviceRefused, LinkError."""

    def held(self) -> bool:
        """True while it is held down, as far as the device can say."""

    def close(self) -> None:
        """Let go of the device; the button stays as it is."""


class Rewiring(Protocol):
    """Somebody, or something, that changes how the load stands behind the meter. The load is off meanwhile."""

    def wire(self, wiring: Wiring) -> Span:
        """Wire the load so; returns when it was done. DeviceRefused, LinkError: it was not, or nobody says so."""

    def set_power_factor(self, factor: Decimal) -> Span:
        """Let the load draw with this power factor: 1, down to 0 inductive, above -1 capacitive. Raises as `wire`."""


class Tampering(Protocol):
    """What is done to the meter by hand, and whoever does it."""

    def tamper(self, sign: TamperSign, goes_on: bool) -> Span:
        """Do this to the meter from now on, or no more; returns when it began or ended, between two instants.

        Raises:
            DeviceRefused, LinkError: it was not done, or nobody says so.
        """


class Tamperer(Protocol):
    """What tampers with one meter: a person."""

    def tamper(self, sign: TamperSign, goes_on: bool, meanwhile: Callable[[], None]) -> Span:
        """See `Tampering.tamper`. `meanwhile` is called as by `Presser.press`."""

    def close(self) -> None:
        """Let go of the device; what was done to the meter stays so."""


class Source(Protocol):
    """The mains of the bench."""

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """Output on at this voltage (V rms) and frequency (Hz), confirmed by reading back.

        Raises:
            ValueError: outside the rating; nothing was sent.
            DeviceRefused, LinkError: as `Load.draw_watts`.
        """

    def off(self) -> Span:
        """Output off, confirmed by reading back."""

    def is_on(self) -> bool:
        """Output state as the instrument says."""
