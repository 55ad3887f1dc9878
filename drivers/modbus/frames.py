"""Frames around a PDU: MBAP (TCP, memory) and RTU (serial), cut out of whatever bytes came, and masked for a log."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

from drivers.modbus.answers import MOST_PDU_BYTES, VENDOR_WRITES, answer_shape, mismatch
from drivers.modbus.codec import crc

_MBAP = struct.Struct(">HHHB")
_MBAP_BYTES = 7
_FIXED_ANSWERS = (5, 6, 15, 16)


class BrokenMbap(ValueError):
    """A header that cannot be one: from here on nobody knows where the next frame begins."""


class MbapFrame(NamedTuple):
    """One frame cut from a stream; `size` is its length in bytes, header included."""

    transaction: int
    unit: int
    pdu: bytes
    size: int


def mbap(transaction: int, unit: int, pdu: bytes) -> bytes:
    """The frame for TCP: transaction id (0 to 65535), protocol 0, length, unit, PDU."""
    return _MBAP.pack(transaction, 0, len(pdu) + 1, unit) + pdu


def cut_mbap(buffer: bytes) -> MbapFrame | None:
    """The frame at the start of `buffer`; None while it is not whole. Raises BrokenMbap."""
    if len(buffer) < _MBAP_BYTES:
        return None
    transaction, protocol, length, unit = _MBAP.unpack_from(buffer)
    if protocol:
        raise BrokenMbap(f"protocol id 0x{protocol:04X} where 0 belongs")
    if not 2 <= length <= MOST_PDU_BYTES + 1:
        raise BrokenMbap(f"length {length} where 2 to {MOST_PDU_BYTES + 1} belong")
    size = length + 6
    if len(buffer) < size:
        return None
    return MbapFrame(transaction, unit, buffer[_MBAP_BYTES:size], size)


def mbap_mismatch(transaction: int, unit: int, request: bytes, frame: MbapFrame) -> str:
    """Why this frame is not the answer to that request; empty when it fits."""
    if frame.transaction != transaction:
        return f"transaction id 0x{frame.transaction:04X} where 0x{transaction:04X} was sent"
    if frame.unit != unit:
        return f"unit {frame.unit} where {unit} was asked"
    return mismatch(request, frame.pdu)


class TcpPlan(NamedTuple):
    """One question over TCP, worked out once: what goes out behind the transaction id, and what a good answer looks like."""

    asks: bytes
    answer_begins: bytes
    """From behind the transaction id through all that must fit: protocol, length, unit, function, byte count or echo."""
    answer_size: int
    """Of the whole frame."""


@lru_cache(maxsize=4096)
def tcp_plan(unit: int, request: bytes) -> TcpPlan:
    """The plan of one question. ValueError: broadcast, an impossible unit, or no whole request of a known function."""
    if not 1 <= unit <= 247:
        raise ValueError(f"unit {unit} is not 1 to 247; broadcast is never used")
    head, size = answer_shape(request)
    return TcpPlan(mbap(0, unit, request)[2:], _MBAP.pack(0, 0, size + 1, unit)[2:] + head, size + _MBAP_BYTES)


def plain_answer(transaction: bytes, plan: TcpPlan, came: bytes) -> bytes | None:
    """The PDU when `came` is nothing but the answer to that question, and no exception; None when it needs a closer look.

    One comparison for all that `mbap_mismatch` looks at, since nearly every answer is like this.
    """
    if len(came) == plan.answer_size and came.startswith(transaction + plan.answer_begins):
        return came[_MBAP_BYTES:]
    return None


def rtu(unit: int, pdu: bytes) -> bytes:
    """The frame for a serial line: unit, PDU, CRC."""
    frame = bytes((unit,)) + pdu
    return frame + crc(frame)


def cut_rtu(frame: bytes) -> tuple[int, bytes] | None:
    """Unit and PDU of a whole frame as silence cut it; None when it is too short or its CRC is wrong."""
    if len(frame) < 4 or crc(frame[:-2]) != frame[-2:]:
        return None
    return frame[0], frame[1:-2]


class RtuFind(NamedTuple):
    """What a search found: the fitting PDU or None, how many bytes are done with, and why other bytes were thrown away."""

    pdu: bytes | None
    used: int
    rejected: tuple[str, ...]


def find_rtu_answer(unit: int, request: bytes, buffer: bytes) -> RtuFind:
    """Look for the answer to `request` in what came so far.

    A whole frame with a good CRC is taken or thrown away as a whole. Everything else may be noise, or a frame that is
    not whole yet: it is stepped over, and kept until a fitting frame ends the search.
    """
    rejected: list[str] = []
    done = at = 0
    while len(buffer) - at >= 5:
        size = _rtu_answer_size(buffer, at, request[0])
        found = cut_rtu(buffer[at : at + size]) if 0 < size <= len(buffer) - at else None
        if found is None and buffer[at + 1] == request[0] and request[0] & 0x80:
            size = 5  # an exception of a function whose own code has the exception bit
            found = cut_rtu(buffer[at : at + size])
        if found is None:
            at += 1
            continue
        if at > done:
            rejected.append(name_stray(buffer[done:at]))
        done = at = at + size
        why = f"unit {found[0]} where {unit} was asked" if found[0] != unit else mismatch(request, found[1])
        if not why:
            return RtuFind(found[1], done, tuple(rejected))
        rejected.append(why)
    return RtuFind(None, done, tuple(rejected))


def name_stray(stray: bytes) -> str:
    """What bytes that were thrown away look like."""
    fits_itself = len(stray) >= 5 and _rtu_answer_size(stray, 0) == len(stray)
    if cut_rtu(stray) is not None:
        return (
            f"whole frame of {len(stray)} bytes" if fits_itself else f"frame of {len(stray)} bytes with a wrong length"
        )
    if fits_itself:
        return f"frame of {len(stray)} bytes with a wrong CRC"
    return f"{len(stray)} stray byte{'' if len(stray) == 1 else 's'}"


def _rtu_answer_size(buffer: bytes, at: int, asked: int = 0) -> int:
    function = buffer[at + 1]
    if function == asked and asked in VENDOR_WRITES:
        return 8
    if 1 <= function <= 4:
        return 5 + buffer[at + 2]
    if function in _FIXED_ANSWERS:
        return 8
    return 5 if function & 0x80 else 0


def masked(frame: bytes, head: int, answered: bool) -> bytes:
    """`frame` with its data and everything after it replaced by asterisks.

    `head` is how many bytes stand before the PDU (7 in TCP, 1 in RTU); `answered` tells an answer from a request.
    """
    function = frame[head] if len(frame) > head else 0
    if function & 0x80:
        kept = 2
    elif 1 <= function <= 4:
        kept = 2 if answered else 5
    elif function in (15, 16):
        kept = 5 if answered else 6
    else:
        kept = 3
    return frame[: head + kept] + b"*" * (len(frame) - head - kept)
