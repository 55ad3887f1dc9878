"""The file of a policy: its tables, and every contradiction in them. Strict, so that a misspelt rule is never passed over.

Rates are rupees per kWh, amounts rupees, both as text, so that no float touches money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from rig.config import DecimalText, Name, Strict
from rig.money import rupees

Finding = tuple[str, str]
"""Key path, and what is wrong there."""


def _paise(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError('is an amount in rupees as text, like "12.50"')
    try:
        return rupees(given)
    except ValueError:
        raise ValueError("is no amount in rupees with at most two decimals") from None


Rupees = Annotated[int, BeforeValidator(_paise), Field(ge=0)]
"""Rupees as text in the file, whole paise once read."""


class Source(Strict):
    """Where a number or a rule was read: in words, with its date, and a mark when it is weak ("GK": from memory).

    `otherwise` keeps what another source says, where sources disagree.
    """

    source: str = Field(min_length=1)
    date: str = Field(min_length=4, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    mark: str = ""
    otherwise: str = ""


class Tariff(Strict):
    """What energy costs (rupees per kWh)."""

    energy_charge: DecimalText


class Sink(Strict):
    """Where a part of a recharge goes; sinks are served in the order of the file.

    `mode` says how much it asks for: all of its base, a percentage of it, or a fixed amount. The base is the recharge as
    it came (gross), or what the sinks before have left (rest). `floor` and `cap` bound what it asks for in one recharge.
    Whatever it asks for, it gets no more than is left, and no more than is owed to it.
    """

    kind: Literal["arrears", "emergency_credit", "balance"]
    base: Literal["gross", "rest"] = "rest"
    mode: Literal["all", "percent", "fixed"]
    percent: DecimalText | None = None
    fixed: Rupees | None = None
    floor: Rupees | None = None
    cap: Rupees | None = None
    rounding: Literal["down", "half_up", "half_even"] = "down"

    def findings(self) -> Iterator[Finding]:
        """What in this sink cannot be true together."""
        for mode in ("percent", "fixed"):
            if (self.mode == mode) != (getattr(self, mode) is not None):
                yield mode, f"belongs to mode {mode}, and mode is {self.mode}; give both or neither"
        if self.percent is not None and self.percent > 100:
            yield "percent", f"{self.percent} is more than the whole"
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            yield "floor", "is above cap"
        if self.mode == "all" and self.floor is not None:
            yield "floor", "means nothing where all is asked for; take it out"


class Overload(Strict):
    """Whether the meter may open the relay because of too much load."""

    allowed: bool


class PolicyFile(Strict):
    """What a utility promises a prepaid consumer, as dated data. See docs/policies.md."""

    format: int = Field(ge=1, le=1)
    name: Name
    title: str = Field(min_length=1)
    utility: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    reviewed_on: date
    payment_mode: Literal["prepaid", "postpaid"] = "prepaid"
    tariff: Tariff
    sinks: list[Sink] = Field(min_length=1)
    overload: Overload
    no_cut: list[object] = Field(default=[])
    notices: list[object] = Field(default=[])
    sources: dict[str, Source]

    def findings(self) -> Iterator[Finding]:
        """Everything in the file that cannot be true together, or that no source is given for."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield "valid_to", f"{self.valid_to} is before valid_from, {self.valid_from}"
        for number, sink in enumerate(self.sinks):
            yield from ((f"sinks.{number}.{key}", text) for key, text in sink.findings())
        yield from self._order()
        for key in ("no_cut", "notices"):
            if getattr(self, key):
                yield key, "is not judged by this version, so a verdict would be wrong; it must be empty"
        told = {path for path, _, _ in self.stated()}
        for path in sorted(told - self.sources.keys()):
            yield (
                f"sources.{path}",
                "is missing: every number and rule needs its source, or a mark that says it has none",
            )
        for path in sorted(self.sources.keys() - told):
            yield f"sources.{path}", "is no number or rule of this policy"

    def _order(self) -> Iterator[Finding]:
        for kind, count in Counter(sink.kind for sink in self.sinks).items():
            if count > 1:
                yield "sinks", f"{kind} is named {count} times"
        last = self.sinks[-1]
        if (last.kind, last.mode, last.base, last.cap) != ("balance", "all", "rest", None):
            yield (
                "sinks",
                "the last one must be balance, mode all of the rest, without a cap: nothing of a recharge is lost",
            )

    def stated(self) -> Iterator[tuple[str, str, str]]:
        """Every number and rule of the policy: key path, what it says, and its unit."""
        yield "tariff.energy_charge", str(self.tariff.energy_charge), "INR/kWh"
        for place, sink in enumerate(self.sinks, 1):
            path = f"sinks.{sink.kind}"
            yield path, f"no. {place}: {_asks(sink)}", ""
            if sink.percent is not None:
                yield f"{path}.percent", str(sink.percent), "%"
            for key in ("fixed", "floor", "cap"):
                if (paise := getattr(sink, key)) is not None:
                    yield f"{path}.{key}", str(Decimal(paise).scaleb(-2)), "INR"
        yield "overload.allowed", "yes" if self.overload.allowed else "no", ""
        yield "no_cut", "no protected windows", ""


def _asks(sink: Sink) -> str:
    base = "the recharge" if sink.base == "gross" else "the rest"
    share = {"all": f"all of {base}", "percent": f"a percentage of {base}", "fixed": "a fixed amount"}[sink.mode]
    return share if sink.kind == "balance" else f"{share}, no more than is owed"
