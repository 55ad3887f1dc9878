"""Values as evidence holds them: plain JSON, exact, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from rig.clock import FOREVER, Span
from rig.interval import Interval

AS_THEY_ARE = frozenset({str, int, bool, type(None)})
"""Types of values that are JSON already."""


def plain(thing: object) -> Any:
    """A value as JSON: spans and intervals as [lo, hi] (null for what has not come), exact numbers as text."""
    kind = type(thing)
    if kind in AS_THEY_ARE:
        return thing
    known = _BY_TYPE.get(kind)
    return _plain_by_kind(thing) if known is None else known(thing)


def _plain_mapping(thing: Mapping[object, object]) -> dict[str, Any]:
    return {str(k): v if type(v) in AS_THEY_ARE else plain(v) for k, v in thing.items()}


def _plain_list(thing: Iterable[object]) -> list[Any]:
    return [v if type(v) in AS_THEY_ARE else plain(v) for v in thing]


_BY_TYPE: Mapping[type, Callable[[Any], Any]] = {
    Span: lambda span: [span.lo, None if span.censored else span.hi],
    Interval: lambda interval: [str(interval.lo), str(interval.hi)],
    Fraction: str,
    Decimal: str,
    dict: _plain_mapping,
    list: _plain_list,
    tuple: _plain_list,
}
"""How what is written most often becomes JSON, found by its very type."""


def _plain_by_kind(thing: object) -> Any:
    if isinstance(thing, Enum):
        return str(thing) if isinstance(thing, str) else thing.value
    if isinstance(thing, Fraction | Decimal):
        return str(thing)
    if isinstance(thing, Mapping):
        return _plain_mapping(thing)
    if isinstance(thing, Iterable):
        return _plain_list(thing)
    isoformat = getattr(thing, "isoformat", None)
    if isoformat is None:
        raise TypeError(f"{type(thing).__name__} has no place in evidence")
    return isoformat()


def span_of(pair: list[int | None]) -> Span:
    """The span that `plain` wrote."""
    lo, hi = pair
    return Span(int(lo or 0), FOREVER if hi is None else hi)


def interval_of(pair: list[str]) -> Interval:
    """The interval that `plain` wrote."""
    return Interval(Fraction(pair[0]), Fraction(pair[1]))
