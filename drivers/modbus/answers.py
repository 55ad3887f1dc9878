"""Answers judged against their requests, and taken apart. Pure functions of PDUs, cut with `struct` for speed.

What pymodbus' PDU classes make of the same bytes is the authority; a property test holds the two together.
"""

from __future__ import annotations

import struct
from functools import lru_cache

MOST_READ_WORDS, MOST_WRITTEN_WORDS, MOST_READ_BITS, MOST_WRITTEN_BITS = 125, 123, 2000, 1968
MOST_PDU_BYTES = 253
HEAD = struct.Struct(">BHH")
"""Function, address, and count (or the one word written): how each request of function 1 to 6, 15, 16 begins."""

VENDOR_WRITES = frozenset((*range(65, 73), *range(100, 111), *range(0x91, 0xFF)))
"""Function codes that makers use for writes of their own; taken to be shaped like function 16 in everything else."""

_TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input", 5: "coil", 6: "holding", 15: "coil", 16: "holding"}
_WORDS = [struct.Struct(f">{count}H") for count in range(128)]


def check_range(address: int, count: int, most: int) -> None:
    """Raises ValueError unless 1 to `most` items from `address` lie in 0 to 65535."""
    if not 1 <= count <= most:
        raise ValueError(f"{count} at once: 1 to {most} are possible")
    if not 0 <= address <= 65536 - count:
        raise ValueError(f"address {address}+{count} is outside 0 to 65535")


def is_read(pdu: bytes) -> bool:
    """True when this request changes nothing, so that it may be asked again."""
    return 1 <= pdu[0] <= 4


def describe(pdu: bytes) -> str:
    """What a request asks, in words and without its data: "read input 0x0000+2", "write holding 0x0104+4"."""
    function, address, count = HEAD.unpack_from(pdu)
    verb = "read" if function <= 4 else "write"
    if function in VENDOR_WRITES:
        return f"write holding 0x{address:04X}+{count} by function 0x{function:02X}"
    return f"{verb} {_TABLES[function]} 0x{address:04X}+{1 if function in (5, 6) else count}"


@lru_cache(maxsize=4096)
def _read_shape(pdu: bytes) -> tuple[bytes, int]:
    if len(pdu) != 5:
        raise ValueError(f"a read request has 5 bytes, not {len(pdu)}")
    function, address, count = HEAD.unpack(pdu)
    check_range(address, count, MOST_READ_BITS if function <= 2 else MOST_READ_WORDS)
    size = (count + 7) // 8 if function <= 2 else count * 2
    return bytes((function, size)), size + 2


def _write_shape(pdu: bytes) -> tuple[bytes, int]:
    function, address, count = HEAD.unpack_from(pdu)
    if function == 5 and count not in (0, 0xFF00):
        raise ValueError("a coil is written with 0x0000 or 0xFF00")
    if function in (15, 16) or function in VENDOR_WRITES:
        check_range(address, count, MOST_WRITTEN_BITS if function == 15 else MOST_WRITTEN_WORDS)
        size = (count + 7) // 8 if function == 15 else count * 2
        if len(pdu) != 6 + size or pdu[5] != size:
            raise ValueError(f"a request that writes {count} holds {size} bytes of data")
    elif len(pdu) != 5:
        raise ValueError(f"a request that writes one has 5 bytes, not {len(pdu)}")
    return pdu[:5], 5


def answer_shape(pdu: bytes) -> tuple[bytes, int]:
    """First bytes and length of the answer that fits this request. ValueError: not a whole request of a known function."""
    if pdu and 1 <= pdu[0] <= 4:
        return _read_shape(pdu)
    if len(pdu) < 5 or not (pdu[0] in _TABLES or pdu[0] in VENDOR_WRITES):
        raise ValueError("not a whole request of function 1 to 6, 15, 16 or a maker's own")
    return _write_shape(pdu)


def mismatch(request: bytes, answer: bytes) -> str:
    """Why `answer` is not the answer to `request` (both PDUs); empty when it fits. An exception answer fits too."""
    head, size = answer_shape(request)
    if len(answer) == size and answer.startswith(head):
        return ""
    if not answer:
        return "empty answer"
    function = request[0]
    if answer[0] == function | 0x80:
        if len(answer) == 2 and answer[1]:
            return ""
        return "exception answer without a code" if len(answer) <= 2 else f"exception answer of {len(answer)} bytes"
    if answer[0] != function:
        return f"function 0x{answer[0]:02X} where 0x{function:02X} was asked"
    if function <= 4:
        said = answer[1] if len(answer) > 1 else 0
        return f"{len(answer) - 2} bytes of data, byte count {said}, where {size - 2} were asked"
    return "echo of another write" if len(answer) == size else f"echo of {len(answer)} bytes where {size} belong"


def exception_of(pdu: bytes) -> int | None:
    """Exception code of an answer, None when it is no exception. A maker's own function may have the exception bit itself."""
    return pdu[1] if pdu[0] & 0x80 and len(pdu) == 2 else None


def registers_of(pdu: bytes) -> tuple[int, ...]:
    """Registers in an answer to function 3 or 4 that fits its request."""
    if pdu[0] & 0x80:
        raise ValueError(f"exception answer {pdu[1]} holds no registers")
    return _WORDS[pdu[1] >> 1].unpack_from(pdu, 2)


def bits_of(pdu: bytes, count: int) -> tuple[int, ...]:
    """The first `count` bits (0 or 1) in an answer to function 1 or 2 that fits its request."""
    if pdu[0] & 0x80:
        raise ValueError(f"exception answer {pdu[1]} holds no bits")
    packed = int.from_bytes(pdu[2:], "little")
    return tuple(packed >> place & 1 for place in range(count))
