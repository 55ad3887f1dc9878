"""A promise that was not kept, in words, and the running of a list of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from rig.errors import RigError

Number = int | Decimal | Fraction
Under = TypeVar("Under")


class Broken(AssertionError):
    """A device did not do what its contract promises; the words say what came and what should have come."""


class Finding(NamedTuple):
    """One case: its name, what it looks at, whether it held, and why not. `bench` when a device failed instead of answering."""

    case: str
    looks_at: str
    held: bool
    why: str = ""
    bench: bool = False


def nothing_settles() -> None:
    """For a device whose settings show at once: there is nothing to wait for."""


def hold(kept: bool, words: str) -> None:
    """Raise Broken with these words unless the promise is kept."""
    if not kept:
        raise Broken(words)


def near(found: Number, wanted: Number, percent: Number, what: str) -> None:
    """Raise Broken unless `found` lies within `percent` of `wanted`."""
    room = abs(Fraction(wanted)) * Fraction(percent) / 100
    hold(abs(Fraction(found) - Fraction(wanted)) <= room, f"{what}: {found} came, {wanted} was expected")


def refuses(
    error: type[Exception] | tuple[type[Exception], ...], call: Callable[[], object], what: str, words: str = ""
) -> None:
    """Raise Broken unless `call` raises `error`, with `words` in its message."""
    try:
        call()
    except error as refused:
        hold(words in str(refused), f"{what}: refused without the words {words!r}: {refused}")
    else:
        names = error if isinstance(error, tuple) else (error,)
        raise Broken(f"{what}: was not refused with a {' or a '.join(one.__name__ for one in names)}")


def look(cases: Iterable[Callable[[Under], None]], under: Under) -> list[Finding]:
    """Run every case; a case that breaks, or that the bench breaks, keeps no other one from running."""
    return [_one(case, under) for case in cases]


def _one(case: Callable[[Any], None], under: object) -> Finding:
    name = case.__name__.replace("_", " ")
    looks_at = (case.__doc__ or "").strip().splitlines()[0]
    try:
        case(under)
    except Broken as broken:
        return Finding(name, looks_at, False, str(broken))
    except (RigError, ValueError, KeyError) as error:
        return Finding(name, looks_at, False, f"{type(error).__name__}: {error}", isinstance(error, RigError))
    return Finding(name, looks_at, True)
