"""What the map's result register says of a recharge, for what the firmware knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from drivers.emulated.meter.mailbox import ACCEPTED, BAD_AMOUNT, CANNOT, DUPLICATE, IDLE, RECEIVED
from drivers.meters.map_model import ResultCodes


def result_codes(result: ResultCodes) -> Mapping[int, int | None]:
    """The firmware's result -> the map's code; None where the meter has no word and is busy.

    Where a list of the map has the firmware's own code, that is taken, else the list's first (of several that are pending,
    the last, so that it is told from none at all). A meter whose map names no code for a second recharge with one id refuses
    it; one whose map names none that refuses shows a number that the map has no meaning for.
    """
    spare = _spare(result)
    refused = result.refused or [next(spare)]
    duplicate = result.duplicate or refused
    idle = [IDLE] if IDLE in result.pending or IDLE not in _known(result) else [*result.pending, *refused]
    return {
        IDLE: idle[0],
        RECEIVED: _of(RECEIVED, result.pending[::-1]) if result.pending else None,
        ACCEPTED: _of(ACCEPTED, result.accepted),
        DUPLICATE: _of(DUPLICATE, duplicate),
        BAD_AMOUNT: _of(BAD_AMOUNT, refused),
        CANNOT: _of(CANNOT, refused),
    }


def _of(own: int, codes: Sequence[int]) -> int:
    return own if own in codes else codes[0]


def _known(result: ResultCodes) -> set[int]:
    return {*result.pending, *result.accepted, *result.duplicate, *result.refused}


def _spare(result: ResultCodes) -> Iterator[int]:
    """Numbers above nought that the map has no meaning for."""
    return (code for code in range(1, 1000) if code not in _known(result))
