"""Faults of the line: the meter is well, and what arrives is not."""

from __future__ import annotations

from collections.abc import Callable

from drivers.emulated.faults.fault import Ending, Fault, fails
from drivers.modbus.codec import ILLEGAL_VALUE
from drivers.modbus.unit import Answer, Unit
from rig.clock import MILLISECOND

LATE_EVERY = 7
SPOILED_EVERY = 9
EXECUTED_EVERY = 3
LATE_NS = 1500 * MILLISECOND

_READS = {3: "holding", 4: "input"}
_WRITES = {16: "holding"}
_COIL = 5
_LOW_BYTE_OF_A_NUMBER = 9
"""Behind function, address, count, size and three bytes of the first number of two words."""


def swap_words(unit: Unit, two_words: frozenset[tuple[str, int]]) -> Unit:
    """Two-word numbers go over the line low word first, in both directions."""
    return _turned(unit, two_words, lambda four: four[2:] + four[:2])


def swap_bytes(unit: Unit, two_words: frozenset[tuple[str, int]]) -> Unit:
    """The words of two-word numbers go over the line low byte first, in both directions: small numbers stay plausible."""
    return _turned(unit, two_words, lambda four: bytes((four[1], four[0], four[3], four[2])))


def _turned(unit: Unit, two_words: frozenset[tuple[str, int]], turn: Callable[[bytes], bytes]) -> Unit:
    def turned(words: bytes, table: str, address: int) -> bytes:
        found = bytearray(words)
        for at in range(len(words) // 2 - 1):
            if (table, address + at) in two_words:
                found[2 * at : 2 * at + 4] = turn(words[2 * at : 2 * at + 4])
        return bytes(found)

    def faulty(pdu: bytes) -> bytes | Answer | None:
        address = int.from_bytes(pdu[1:3], "big")
        if table := _WRITES.get(pdu[0]):
            pdu = pdu[:6] + turned(pdu[6:], table, address)
        answer = unit(pdu)
        table = _READS.get(pdu[0])
        if table is None or not isinstance(answer, bytes) or answer[0] != pdu[0]:
            return answer
        return answer[:2] + turned(answer[2:], table, address)

    return faulty


def acknowledge_refusals(unit: Unit, _two_words: frozenset[tuple[str, int]]) -> Unit:
    """A write that the meter refuses for its value is answered as if it had been taken."""

    def faulty(pdu: bytes) -> bytes | Answer | None:
        answer = unit(pdu)
        refused = pdu[0] in (6, 16) and answer == bytes((pdu[0] | 0x80, ILLEGAL_VALUE))
        return pdu[:5] if refused else answer

    return faulty


def answer_late(unit: Unit, _two_words: frozenset[tuple[str, int]]) -> Unit:
    """Every seventh answer to a read, and the answer to every coil that is written, comes 1.5 s late, after the usual time-out."""
    asked = 0

    def faulty(pdu: bytes) -> bytes | Answer | None:
        nonlocal asked
        asked += pdu[0] in _READS
        answer = unit(pdu)
        in_time = asked % LATE_EVERY if pdu[0] in _READS else pdu[0] != _COIL
        return answer if in_time or not isinstance(answer, bytes) else Answer(answer, delay_ns=LATE_NS)

    return faulty


def execute_spoiled(unit: Unit, _two_words: frozenset[tuple[str, int]]) -> Unit:
    """A bit of every third write of registers is turned on the line, and the meter, which checks no frame, carries it out."""
    asked = 0

    def faulty(pdu: bytes) -> bytes | Answer | None:
        nonlocal asked
        if pdu[0] not in _WRITES:
            return unit(pdu)
        asked += 1
        spoiled = bytearray(pdu)
        spoiled[min(_LOW_BYTE_OF_A_NUMBER, len(pdu) - 1)] ^= 4
        return unit(pdu if asked % EXECUTED_EVERY else bytes(spoiled))

    return faulty


def spoil_reads(unit: Unit, _two_words: frozenset[tuple[str, int]]) -> Unit:
    """What protects the frame is wrong in every ninth answer to a read."""
    asked = 0

    def faulty(pdu: bytes) -> bytes | Answer | None:
        nonlocal asked
        answer = unit(pdu)
        if pdu[0] not in _READS or not isinstance(answer, bytes):
            return answer
        asked += 1
        return answer if asked % SPOILED_EVERY else Answer(answer, corrupt=True)

    return faulty


FAULTS = (
    Fault(
        "K1",
        "word order swapped",
        "bus",
        "the load limit makes sense only with its words swapped, and nothing is written",
        bus=swap_words,
        ends_in=fails("RCH-1", "implausible"),
    ),
    Fault(
        "K2",
        "bytes of a word swapped",
        "bus",
        "numbers are not what they were set to, and small ones still plausible",
        bus=swap_bytes,
        ends_in=fails("RCH-1", "credited beside what was due"),
    ),
    Fault(
        "K11",
        "refusals are not told",
        "bus",
        "a value out of range is acknowledged, and nothing changes",
        bus=acknowledge_refusals,
        ends_in=fails("OVL-16", "refused beyond them"),
    ),
    Fault(
        "K4",
        "late answers",
        "bus",
        "answers come after the time-out and are thrown away, none is taken for another",
        bus=answer_late,
        ends_in=Ending("ERROR", {"REL-1": "LinkError", "REL-5": "LinkError"}),
    ),
    Fault(
        "K7",
        "frames are not checked",
        "bus",
        "what was spoiled on the line is carried out",
        bus=execute_spoiled,
        ends_in=fails("RCH-4", "credited beside what was due"),
    ),
    Fault(
        "K8",
        "spoiled answers",
        "bus",
        "answers with a wrong check sum are thrown away, and what was read is read again",
        bus=spoil_reads,
        ends_in=Ending("PASS", {"MET-1": "", "RCH-1": ""}, counted="rejected"),
    ),
)
