"""What every `Source` must do. A new driver is finished when it passes this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from rig.clock import Clock
from rig.contracts import Source


@dataclass
class SourceBench:
    """A source, its rating, and what is truly on the wires: mV and mHz, (0, anything) when dead."""

    source: Source
    clock: Clock
    most_volts: int
    truth: Callable[[], tuple[int, int]]


def goes_on_as_told(bench: SourceBench) -> None:
    before = bench.clock.now()
    span = bench.source.on(Decimal("231.5"), Decimal("49.9"))
    assert before <= span.lo < span.hi <= bench.clock.now()
    assert bench.truth() == (231_500, 49_900)
    assert bench.source.is_on()


def goes_off(bench: SourceBench) -> None:
    bench.source.on(Decimal(230), Decimal(50))
    before = bench.clock.now()
    span = bench.source.off()
    assert before <= span.lo < span.hi <= bench.clock.now()
    assert bench.truth()[0] == 0
    assert not bench.source.is_on()


def off_may_be_said_twice(bench: SourceBench) -> None:
    bench.source.off()
    bench.source.off()
    assert bench.truth()[0] == 0


def changes_while_on(bench: SourceBench) -> None:
    bench.source.on(Decimal(230), Decimal(50))
    bench.source.on(Decimal(207), Decimal(51))
    assert bench.truth() == (207_000, 51_000)


def ratings_refuse_and_nothing_changes(bench: SourceBench) -> None:
    bench.source.on(Decimal(220), Decimal(50))
    bad = [(bench.most_volts + 1, 50), (0, 50), (-1, 50), (230, 0), (230, 400)]
    for volts, hertz in bad:
        with pytest.raises(ValueError, match="nothing was sent"):
            bench.source.on(Decimal(volts), Decimal(hertz))
        assert bench.truth() == (220_000, 50_000)


def comes_back_after_off(bench: SourceBench) -> None:
    bench.source.on(Decimal(230), Decimal(50))
    bench.source.off()
    bench.source.on(Decimal(240), Decimal(50))
    assert bench.truth() == (240_000, 50_000)


CASES = (
    goes_on_as_told,
    goes_off,
    off_may_be_said_twice,
    changes_while_on,
    ratings_refuse_and_nothing_changes,
    comes_back_after_off,
)
