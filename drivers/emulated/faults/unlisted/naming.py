"""How the faults of a batch get their names: no scenario may name one, so that a number and a sentence are enough."""

from __future__ import annotations

from typing import Any

from drivers.emulated.faults.fault import Fault, Setting


def unlisted(letters: str, *rooms: type[Any], needs: Setting = Setting(), first: int = 1) -> tuple[Fault, ...]:
    """Faults of these parts of the firmware, numbered in their order from `first` on (`UA01`); the title is the part's own
    sentence. `needs` is what all of them take to show."""
    return tuple(
        Fault(
            f"{letters}{number:02d}",
            (room.__doc__ or "").strip().rstrip("."),
            "firmware",
            "a promise is broken",
            (room,),
            needs=needs,
        )
        for number, room in enumerate(rooms, start=first)
    )
