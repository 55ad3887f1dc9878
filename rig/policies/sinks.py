"""Where the parts of a recharge go: the sinks of a policy, and arrears that come off by daily instalments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from rig.config import DecimalText, Strict
from rig.money import in_rupees
from rig.policies.values import Finding, Rupees, Stated, inr

Kind = Literal["negative_balance", "emergency_credit", "arrears", "charges", "balance"]
Rounding = Literal["down", "half_up", "half_even"]
CHARGES = {"percent": "percent", "fixed": "fixed", "slab_percent": "slabs"}
"""Mode, and the key that belongs to it and to no other."""


class ShareSlab(Strict):
    """A percentage for arrears up to `upto`, that amount included; the last slab has no upper edge."""

    upto: Rupees | None = None
    percent: DecimalText

    def __str__(self) -> str:
        return f"{self.percent} % " + (f"up to {in_rupees(self.upto)}" if self.upto is not None else "above")


class Sink(Strict):
    """Where a part of a recharge goes; sinks are served in the order of the file.

    `mode` says how much it asks for: all of its base, a percentage of it, a fixed amount, or the percentage of the slab that
    the arrears before the recharge lie in. The base is the recharge as it came (gross), or what the sinks before have left
    (rest). `floor` and `cap` bound what it asks for in one recharge, `cap_per_period` what it gets in a `period` of the
    meter's calendar. Whatever it asks for, it gets no more than is left, and no more than is owed to it.
    """

    kind: Kind
    base: Literal["gross", "rest"] = "rest"
    mode: Literal["all", "percent", "fixed", "slab_percent"]
    percent: DecimalText | None = None
    fixed: Rupees | None = None
    slabs: list[ShareSlab] | None = Field(default=None, min_length=1)
    floor: Rupees | None = None
    cap: Rupees | None = None
    cap_per_period: Rupees | None = None
    period: Literal["day", "week", "month"] | None = None
    rounding: Rounding = "down"

    def findings(self) -> Iterator[Finding]:
        """What in this sink cannot be true together."""
        for mode, key in CHARGES.items():
            if (self.mode == mode) != (getattr(self, key) is not None):
                yield key, f"belongs to mode {mode}, and mode is {self.mode}; give both or neither"
        if self.percent is not None and self.percent > 100:
            yield "percent", f"{self.percent} is more than the whole"
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            yield "floor", "is above cap"
        if self.mode == "all" and self.floor is not None:
            yield "floor", "means nothing where all is asked for; take it out"
        if (self.cap_per_period is None) != (self.period is None):
            yield "period", "belongs to cap_per_period; give both or neither"
        if self.slabs is not None:
            yield from slab_findings([slab.upto for slab in self.slabs])
            if any(slab.percent > 100 for slab in self.slabs):
                yield "slabs", "hold a percentage that is more than the whole"

    def stated(self) -> Iterator[Stated]:
        """Every number of this sink but the rule itself."""
        if self.percent is not None:
            yield "percent", str(self.percent), "%"
        for number, slab in enumerate(self.slabs or ()):
            yield f"slabs.{number}", str(slab), ""
        for key in ("fixed", "floor", "cap"):
            if (paise := getattr(self, key)) is not None:
                yield key, inr(paise), "INR"
        if self.cap_per_period is not None:
            yield "cap_per_period", inr(self.cap_per_period), f"INR a {self.period}"

    def asks(self) -> str:
        """What it asks for, in words: "all of the rest, no more than is owed"."""
        share = self.share()
        return share if self.kind == "balance" else f"{share}, no more than is owed"

    def share(self) -> str:
        """What it asks for before any bound: "a percentage of the recharge"."""
        base = "the recharge" if self.base == "gross" else "the rest"
        return {
            "all": f"all of {base}",
            "percent": f"a percentage of {base}",
            "fixed": "a fixed amount",
            "slab_percent": f"a percentage of {base}, by slab of the arrears before it",
        }[self.mode]


def slab_findings(edges: Sequence[object]) -> Iterator[Finding]:
    """Upper edges of slabs must rise, and the last slab has none."""
    *before, last = edges
    if last is not None or any(edge is None for edge in before):
        yield "slabs", "the last one, and no other, has no upper edge"
    elif list(before) != sorted(set(before)):  # type: ignore[type-var]
        yield "slabs", "do not rise from one to the next"


def order_findings(sinks: Sequence[Sink]) -> Iterator[Finding]:
    """What in the order of the sinks cannot be."""
    for kind, count in Counter(sink.kind for sink in sinks).items():
        if count > 1:
            yield "sinks", f"{kind} is named {count} times"
    last = sinks[-1]
    if (last.kind, last.mode, last.base, last.cap, last.cap_per_period) != ("balance", "all", "rest", None, None):
        yield (
            "sinks",
            "the last one must be balance, mode all of the rest, without a cap: nothing of a recharge is lost",
        )


class Instalment(Strict):
    """Arrears that come off the balance day by day, at 00:00 after the day's charges: `per_day`, `count` times.

    The last one takes whatever remains, and none takes more. One that the balance does not cover whole is missed:
    `catch_up` says whether it is asked for with the next day's, taken out of the next recharge before every other sink but
    those named earlier (sink `charges`), or left until the plan's last day.
    """

    per_day: Rupees
    count: int = Field(gt=0, le=36_500)
    catch_up: Literal["next_recharge", "next_day", "none"]

    def stated(self) -> Iterator[Stated]:
        """Every number and rule of the plan."""
        yield "per_day", inr(self.per_day), "INR a day"
        yield "count", str(self.count), "days"
        yield "catch_up", self.catch_up.replace("_", " "), ""
