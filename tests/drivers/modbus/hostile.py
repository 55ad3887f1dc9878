"""Misbehaviour by script: what a device sends after each request, as bytes written by hand and instants.

The healthy device answers function 4 with 0x1000 + address in each register, so that an answer to another question shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

CLOSE = b"CLOSE"
"""In place of bytes: the device closes the connection."""

Sending = tuple[float, bytes]
"""Seconds after the request's end, and bytes."""

Step = Callable[[int, bytes], Sequence[Sending]]
"""Transaction id (0 on RTU) and request PDU in, what is sent out."""


def words(pdu: bytes) -> bytes:
    """The PDU a healthy device answers with."""
    if pdu[0] == 6:
        return pdu
    if pdu[0] == 16:
        return pdu[:5]
    address, count = int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big")
    return bytes((4, count * 2)) + b"".join((0x1000 + address + n).to_bytes(2, "big") for n in range(count))


def tcp_frame(transaction: int, pdu: bytes, unit: int = 1) -> bytes:
    return transaction.to_bytes(2, "big") + b"\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes((unit,)) + pdu


def rtu_crc(frame: bytes) -> bytes:
    """CRC-16/MODBUS bit by bit, apart from the product's table."""
    register = 0xFFFF
    for byte in frame:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return bytes((register & 0xFF, register >> 8))


def rtu_frame(pdu: bytes, unit: int = 1) -> bytes:
    frame = bytes((unit,)) + pdu
    return frame + rtu_crc(frame)


def good_rtu(pdu: bytes) -> bytes:
    return rtu_frame(words(pdu))


def wrong_crc(frame: bytes) -> bytes:
    return frame[:-1] + bytes((frame[-1] ^ 0x01,))


@dataclass(frozen=True)
class Case:
    """One misbehaviour in answer to a read of two registers without repeats.

    `says` is what the error must say, or None when the right value must come; `rejected` must be among the answers thrown
    away; `code` is the exception code where that is the right answer.
    """

    name: str
    step: Step
    says: str | None = None
    rejected: str = ""
    code: int | None = None


FIRST, NEXT = (0x0010, 2), (0x0020, 2)
"""Address and count of the read that meets the misbehaviour, and of the one after it."""

ANSWERS = {FIRST: (0x1010, 0x1011), NEXT: (0x1020, 0x1021)}
STALE = bytes((4, 4, 0x77, 0x77, 0x77, 0x77))
"""An answer of the right shape to a question nobody asked."""

SHORT = bytes((4, 2, 0x10, 0x10))
LONG = bytes((4, 6, 0x10, 0x10, 0x10, 0x11, 0x10, 0x12))
WRONG_FUNCTION = bytes((3, 4, 0x77, 0x77, 0x77, 0x77))
WRONG_BYTE_COUNT = bytes((4, 6, 0x77, 0x77, 0x77, 0x77))
