"""How one recharge is shared among the sinks of a policy, to the paisa, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rig.money import RUPEES, MoneyUnit
from rig.policies.sinks import Sink


@dataclass(frozen=True, slots=True)
class Share:
    """What one sink gets of a recharge (paise), and why, in words."""

    kind: str
    amount: int
    words: str


def shared(
    sinks: Sequence[Sink], amount: int, owed: Mapping[str, int], taken: Mapping[str, int], unit: MoneyUnit = RUPEES
) -> list[Share]:
    """Each sink in its turn, the last one takes the rest. `owed` is what each kind is still due, `taken` what each got in its
    period before this recharge (paise)."""
    rest, due, shares = amount, dict(owed), []
    for sink in sinks:
        percent = percentage(sink, owed.get("arrears", 0))
        asked = _asked(sink, percent, amount, rest)
        bounds = [] if sink.kind == "balance" else [due.get(sink.kind, 0)]
        if sink.cap_per_period is not None:
            bounds.append(max(sink.cap_per_period - taken.get(sink.kind, 0), 0))
        got = min(asked, rest, *bounds)
        of = f"{unit.told(got)} of {unit.told(amount)}"
        shares.append(Share(sink.kind, got, _words(sink, percent, of, _bound(sink, got, asked, rest, due))))
        rest -= got
        if sink.kind in ("arrears", "charges"):  # missed instalments are arrears: nobody pays them twice
            due["arrears"] = due.get("arrears", 0) - got
            due["charges"] = min(due.get("charges", 0), due["arrears"])
    return shares


def percentage(sink: Sink, arrears: int) -> Fraction | None:
    """What part of its base a sink asks for (%), with these arrears before the recharge (paise); None where it is no part."""
    if sink.slabs is not None:
        slab = next(slab for slab in sink.slabs if slab.upto is None or arrears <= slab.upto)
        return Fraction(slab.percent)
    return None if sink.percent is None else Fraction(sink.percent)


def _asked(sink: Sink, percent: Fraction | None, amount: int, rest: int) -> int:
    base = amount if sink.base == "gross" else rest
    asked = base
    if sink.fixed is not None:
        asked = sink.fixed
    elif percent is not None:
        asked = rounded(base * percent / 100, sink.rounding)
    asked = max(asked, sink.floor or 0)
    return asked if sink.cap is None else min(asked, sink.cap)


def rounded(paise: Fraction, rule: str) -> int:
    """To whole paise by the named rule; `paise` is not negative."""
    if rule == "half_even":
        return round(paise)
    return int(paise + Fraction(1, 2)) if rule == "half_up" else int(paise)


def _bound(sink: Sink, got: int, asked: int, rest: int, owed: Mapping[str, int]) -> str:
    """What kept a sink from what it asked for; the first that does."""
    if got >= min(asked, rest):
        return ""
    if got == owed.get(sink.kind, 0):
        return ", and no more is owed"
    return f", and no more is taken in a {sink.period}"


def _words(sink: Sink, percent: Fraction | None, of: str, bound: str) -> str:
    """ "₹12.34 of ₹100.00 to arrears: all of the rest goes first, and no more is owed"."""
    base = "the recharge" if sink.base == "gross" else "the rest"
    rule = {"all": f"all of {base}", "fixed": "a fixed amount"}.get(sink.mode)
    if rule is None:
        assert percent is not None, "the file was checked"
        rule = f"{_plain(percent)} % of {base}" + (" (slab of the arrears before)" if sink.slabs else "")
    to = sink.kind.replace("_", " ")
    said = f"{of} to {to}: {rule}"
    return said if sink.kind == "balance" else f"{said} goes first{bound}"


def _plain(percent: Fraction) -> str:
    whole, part = divmod(round(percent * 100), 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")
