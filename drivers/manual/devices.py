"""A breaker, a load and a button that a person works, and tampering. Spans reach from asking to confirming: they are wide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from drivers.manual.terminal import Asker
from rig.clock import Clock, Span
from rig.contracts import LoadMeasurement, TamperSign
from rig.errors import DeviceRefused


class ManualSource:
    """A `Source`: mains of one voltage and frequency behind a breaker. It is on as the person said last."""

    def __init__(self, asker: Asker, clock: Clock, volts: Decimal, hertz: Decimal) -> None:
        """Asks at once that it be off: nobody knows how a breaker stands. `volts`, `hertz`: of these mains."""
        self.patience = 2 * asker.limit
        """How long switching off may take at a normal end (ns): a command under way, and the off itself."""
        self._asker = asker
        self._clock = clock
        self._mains = (volts, hertz)
        self._on: bool | None = None
        self.off()

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """See `Source.on`. ValueError for anything but what these mains are."""
        if (volts, hertz) != self._mains:
            raise ValueError(
                f"{self._asker.where}: these mains are {self._mains[0]} V, {self._mains[1]} Hz, not {volts} V, {hertz} Hz; "
                "nothing was sent"
            )
        self._on = None
        span = self._asker.ask(f"switch the breaker ON ({volts} V, {hertz} Hz)").at
        self._on = True
        return span

    def off(self) -> Span:
        """See `Source.off`. Nobody is asked again for what somebody has confirmed."""
        if self._on is False:
            now = self._clock.now()
            return Span(now, now + 1)
        span = self._asker.ask("switch the breaker OFF").at
        self._on = False
        return span

    def is_on(self) -> bool:
        """See `Source.is_on`: what was confirmed last; on, as long as nobody has confirmed that it is off."""
        return self._on is not False

    def close(self) -> None:
        """Nothing: the breaker stays as it is."""


class ManualLoad:
    """A `Load` that a person sets: `levels_w` are the powers that there are plugs for. It has no meter."""

    def __init__(self, asker: Asker, clock: Clock, levels_w: Sequence[int]) -> None:
        """Asks at once that nothing be plugged in."""
        self.rating_w = max(levels_w)
        self.levels_w = tuple(sorted({0, *levels_w}))
        self.patience = 2 * asker.limit
        """How long switching off may take at a normal end (ns)."""
        self._asker = asker
        self._clock = clock
        self._drawn: int | None = None
        self.off()

    def draw_watts(self, watts: int) -> Span:
        """See `Load.draw_watts`. ValueError for a power that there is no plug for."""
        if watts not in self.levels_w:
            raise ValueError(
                f"{self._asker.where}: {watts} W is none of {', '.join(map(str, self.levels_w))} W; nothing was sent"
            )
        if watts == 0:
            return self.off()
        self._drawn = None
        span = self._asker.ask(f"set the load to {watts} W and switch it on").at
        self._drawn = watts
        return span

    def off(self) -> Span:
        """See `Load.off`. Nobody is asked again for what somebody has confirmed."""
        if self._drawn == 0:
            now = self._clock.now()
            return Span(now, now + 1)
        self._drawn = None
        span = self._asker.ask("switch the load OFF").at
        self._drawn = 0
        return span

    def measure(self) -> LoadMeasurement:
        """Raises DeviceRefused, always: there is nothing to measure with."""
        raise DeviceRefused(f"{self._asker.where}: a load that a person sets measures nothing")

    def tripped(self) -> str:
        """Empty: it has no protection that could tell."""
        return ""

    def close(self) -> None:
        """Nothing: the load stays as it is."""


class ManualButton:
    """A `Presser`: a person beside the meter, who also lets go of its button."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def press(self, meanwhile: Callable[[], None]) -> Span:
        """See `Presser.press`: between asking and confirming. Raises as `Asker.ask`."""
        return self._asker.ask("press the meter's button once, briefly", meanwhile).at

    def release(self) -> None:
        """Nothing: nobody holds it down longer than they were asked to."""

    def held(self) -> bool:
        """Never, as far as anybody knows."""
        return False

    def close(self) -> None:
        """Nothing to let go of."""


class ManualTamperer:
    """A `Tamperer`: a person beside the meter, whose line is live."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def tamper(self, sign: TamperSign, goes_on: bool, meanwhile: Callable[[], None]) -> Span:
        """See `Tamperer.tamper`: between asking and confirming. Raises as `Asker.ask`."""
        return self._asker.ask(f"{_HOW[sign, goes_on]}; THE LINE IS LIVE", meanwhile).at

    def close(self) -> None:
        """Nothing to let go of."""


_HOW = {
    (TamperSign.MAGNET, True): "hold the magnet to the meter, and leave it there",
    (TamperSign.MAGNET, False): "take the magnet away",
    (TamperSign.NEUTRAL_DISTURBANCE, True): "switch the disturbance of the neutral on",
    (TamperSign.NEUTRAL_DISTURBANCE, False): "switch the disturbance of the neutral off",
    (
        TamperSign.TERMINAL_COVER,
        True,
    ): "work the switch of the terminal cover as if it were open, and touch no terminal",
    (TamperSign.TERMINAL_COVER, False): "let go of the switch of the terminal cover",
}
