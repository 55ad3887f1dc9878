"""Faults of how a recharge is shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.money_table import SinkRule
from drivers.emulated.meter.sharing import Sharing


class CapIgnored(Sharing):
    """What a recharge or a period may give at most is not looked at."""

    def capped(self, _sink: SinkRule, wanted: int) -> int:
        return wanted

    def left_in_period(self, _sink: SinkRule, _cap: int, _taken: Mapping[str, tuple[date, int]], _on: date) -> int:
        return 2**62


class SlabEndsEarly(Sharing):
    """Arrears that are exactly at the edge of a slab are taken for the next one."""

    def percent(self, sink: SinkRule, arrears: int) -> Fraction:
        return super().percent(sink, arrears + 1)


class SlabOfWhatIsLeft(Sharing):
    """The slab is that of the arrears after the recharge."""

    def wanted(self, sink: SinkRule, amount: int, rest: int, arrears: int) -> int:
        if not sink.slabs:
            return super().wanted(sink, amount, rest, arrears)
        first = super().wanted(sink, amount, rest, arrears)
        return super().wanted(sink, amount, rest, max(arrears - first, 0))


class RoundedUp(Sharing):
    """A part of a paisa is taken for a whole one."""

    def part(self, base: int, percent: Fraction, _rounding: str) -> int:
        return -(-base * percent.numerator // (100 * percent.denominator))


FAULTS = (
    Fault(
        "A5",
        "cap ignored",
        "sharing",
        "more goes to the arrears than the cap allows",
        (CapIgnored,),
        ends_in=fails("ARR-9", "taken beside the rule"),
        needs=Setting(policy="trial"),
    ),
    Fault(
        "A18",
        "slab ends a paisa early",
        "sharing",
        "at the edge of a slab the next one's share is taken",
        (SlabEndsEarly,),
        ends_in=fails("ARR-7", "taken beside the rule"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "A19",
        "slab of what is left",
        "sharing",
        "a recharge that leaves a slab is shared by the lower one",
        (SlabOfWhatIsLeft,),
        ends_in=fails("ARR-8", "taken beside the rule"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "A20",
        "shares rounded up",
        "sharing",
        "a paisa too much goes to the arrears",
        (RoundedUp,),
        ends_in=fails("ARR-7", "taken beside the rule"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
)
