"""What the self-test of a bench says, line by line."""

from __future__ import annotations

from typing import Literal, NamedTuple

Holds = Literal["yes", "NO", "not told"]


class Row(NamedTuple):
    """What was looked at, whether it is as it should be, what was seen, and where to look when it is not."""

    what: str
    holds: Holds
    seen: str
    look_at: str = ""


def held(what: str, seen: str) -> Row:
    """It is as it should be."""
    return Row(what, "yes", seen)


def wrong(what: str, seen: str, look_at: str) -> Row:
    """It is not."""
    return Row(what, "NO", seen, look_at)


def untold(what: str, why: str, look_at: str = "") -> Row:
    """It cannot be told."""
    return Row(what, "not told", why, look_at)
