"""What every `Source` must do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from rig.clock import Clock
from rig.conformance.holding import Number, hold, near, nothing_settles, refuses
from rig.contracts import Source


@dataclass
class SourceUnderTest:
    """A source, and what is truly on the wires.

    `truth` gives mV and mHz, seen without asking the source; mHz None where only the voltage is seen. `most_volts` is what
    it may be asked for (V rms). A source that knows one voltage alone (mains behind a breaker) has `volts` of one element.
    """

    source: Source
    clock: Clock
    most_volts: int
    truth: Callable[[], tuple[Number, int | None]]
    volts: tuple[Decimal, ...] = (Decimal("231.5"), Decimal(207), Decimal(220))
    hertz: tuple[Decimal, ...] = (Decimal("49.9"), Decimal(51), Decimal(50))
    within: Decimal = Decimal(0)
    settle: Callable[[], None] = nothing_settles

    def on(self, number: int) -> None:
        """On with pair `number` of voltage and frequency, and truly so."""
        volts, hertz = self.volts[number % len(self.volts)], self.hertz[number % len(self.hertz)]
        self.source.on(volts, hertz)
        self.there(volts, hertz)

    def there(self, volts: Decimal, hertz: Decimal) -> None:
        """Broken unless this is truly on the wires."""
        self.settle()
        millivolts, millihertz = self.truth()
        near(millivolts, volts * 1000, self.within, "voltage on the wires (mV)")
        if millihertz is not None:
            near(millihertz, hertz * 1000, self.within, "frequency on the wires (mHz)")

    def dead(self) -> None:
        """Broken unless the wires are dead."""
        self.settle()
        millivolts = self.truth()[0]
        hold(abs(Fraction(millivolts)) <= 5000 * Fraction(self.within), f"{millivolts} mV are on the wires after off")
        hold(not self.source.is_on(), "is_on says True after off")


def goes_on_as_told(under: SourceUnderTest) -> None:
    """On gives the voltage and frequency that were asked for, with an honest span."""
    before = under.clock.now()
    span = under.source.on(under.volts[0], under.hertz[0])
    after = under.clock.now()
    hold(before <= span.lo < span.hi <= after, f"span {span} is not inside the call, {before} to {after}")
    under.there(under.volts[0], under.hertz[0])
    hold(under.source.is_on(), "is_on says False while it is on")


def goes_off(under: SourceUnderTest) -> None:
    """Off is off, with an honest span, and says so."""
    under.on(0)
    before = under.clock.now()
    span = under.source.off()
    after = under.clock.now()
    hold(before <= span.lo < span.hi <= after, f"span {span} is not inside the call, {before} to {after}")
    under.dead()


def off_may_be_said_twice(under: SourceUnderTest) -> None:
    """Off may be said again."""
    under.source.off()
    under.source.off()
    under.dead()


def changes_while_on(under: SourceUnderTest) -> None:
    """Another voltage and frequency are taken while the output is on."""
    under.on(0)
    under.on(1)


def ratings_refuse_and_nothing_changes(under: SourceUnderTest) -> None:
    """A voltage or frequency outside the rating is refused before anything is sent."""
    under.on(2)
    volts, hertz = under.volts[2 % len(under.volts)], under.hertz[2 % len(under.hertz)]
    bad = [(Decimal(under.most_volts + 1), hertz), (Decimal(0), hertz), (Decimal(-1), hertz)]
    bad += [(volts, Decimal(0)), (volts, Decimal(400))]
    for v, hz in bad:
        refuses(ValueError, partial(under.source.on, v, hz), f"{v} V, {hz} Hz", "nothing was sent")
        under.there(volts, hertz)


def comes_back_after_off(under: SourceUnderTest) -> None:
    """It can be switched on again after off."""
    under.on(0)
    under.source.off()
    under.dead()
    under.on(1)


CASES: tuple[Callable[[SourceUnderTest], None], ...] = (
    goes_on_as_told,
    goes_off,
    off_may_be_said_twice,
    changes_while_on,
    ratings_refuse_and_nothing_changes,
    comes_back_after_off,
)
