"""How the faults of a batch get their names: no scenario may name one, so that a number and a sentence are enough."""

from __future__ import annotations

from typing import Any

from drivers.emulated.faults.fault import Fault


def unlisted(letters: str, *rooms: type[Any]) -> tuple[Fault, ...]:
    """Faults of these parts of the firmware, numbered in their order (`UA01`); the title is the part's own sentence."""
    return tuple(
        Fault(
            f"{letters}{number:02d}",
            (room.__doc__ or "").strip().rstrip("."),
            "firmware",
            "a promise is broken",
            (room,),
        )
        for number, room in enumerate(rooms, start=1)
    )
