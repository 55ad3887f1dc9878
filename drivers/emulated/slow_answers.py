"""A meter that takes its time to answer, now longer and now shorter, within what its maker promises."""

from __future__ import annotations

from random import Random

from drivers.modbus.unit import Answer, Unit


def in_its_own_time(unit: Unit, most_ns: int, seed: int) -> Unit:
    """The unit, each of whose answers comes up to `most_ns` later than the wire alone would bring it. What it was asked is
    done at once."""
    chance = Random(seed)

    def slow(pdu: bytes) -> bytes | Answer | None:
        answer = unit(pdu)
        return Answer(answer, chance.randrange(most_ns)) if isinstance(answer, bytes) else answer

    return slow
