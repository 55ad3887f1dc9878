"""Modbus PDUs: building requests, judging answers, and answering as a device. The only importer of pymodbus.

pymodbus' PDU classes and CRC are the authority. Where a poll loop would feel them, the same bytes are cut with `struct`,
and a property test holds the two together. Everything here is a pure function of bytes. pymodbus is imported at the first
request: whoever only lists what there is has none.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from drivers.modbus.answers import (
    HEAD,
    MOST_READ_BITS,
    MOST_READ_WORDS,
    MOST_WRITTEN_BITS,
    MOST_WRITTEN_WORDS,
    VENDOR_WRITES,
    bits_of,
    check_range,
    describe,
    exception_of,
    is_read,
    mismatch,
    registers_of,
)

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

__all__ = [
    "DEVICE_BUSY",
    "DEVICE_FAILURE",
    "ILLEGAL_ADDRESS",
    "ILLEGAL_FUNCTION",
    "ILLEGAL_VALUE",
    "READ_FUNCTION",
    "VENDOR_WRITES",
    "ModbusRefusal",
    "RegisterSpace",
    "answer",
    "bits_of",
    "crc",
    "describe",
    "exception_of",
    "is_read",
    "mismatch",
    "read_request",
    "registers_of",
    "write_coil",
    "write_coils",
    "write_register",
    "write_registers",
]

READ_FUNCTION: Mapping[str, int] = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
"""Function code that reads a table."""

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE, DEVICE_BUSY = 1, 2, 3, 4, 6
"""Exception codes that this project sends."""

_READ_ANSWERS = [struct.Struct(f">BB{count}H") for count in range(MOST_READ_WORDS + 1)]


class ModbusRefusal(Exception):
    """A device says no: `code` is the exception code of its answer (1 to 255)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class RegisterSpace(Protocol):
    """The four tables of a device: "coil", "discrete" (bits as 0 and 1), "input", "holding" (words, 0 to 65535).

    The caller has checked count and range: 1 <= count, address + count <= 65536.
    """

    def read(self, table: str, address: int, count: int) -> Sequence[int]:
        """Exactly `count` bits or words from `address` (counted from 0). Raises ModbusRefusal."""

    def write(self, table: str, address: int, words: Sequence[int]) -> None:
        """Write all of these, or none and raise ModbusRefusal."""


def crc(frame: bytes) -> bytes:
    """CRC-16/MODBUS of these bytes, in the order in which it goes over the wire."""
    return _compute_crc()(frame).to_bytes(2, "big")


@cache
def _compute_crc() -> Callable[[bytes], int]:
    from pymodbus.framer import FramerRTU

    return FramerRTU.compute_CRC


@cache
def _readers() -> Mapping[int, type[ModbusPDU]]:
    from pymodbus.pdu import bit_message, register_message

    return {
        1: bit_message.ReadCoilsRequest,
        2: bit_message.ReadDiscreteInputsRequest,
        3: register_message.ReadHoldingRegistersRequest,
        4: register_message.ReadInputRegistersRequest,
    }


# ---------------------------------------------------------------- requests


def _encoded(message: ModbusPDU) -> bytes:
    return bytes((message.function_code,)) + message.encode()


_WORDS = [struct.Struct(f">{count}H") for count in range(MOST_WRITTEN_WORDS + 1)]


def _all_words(words: Sequence[int]) -> None:
    for word in words:
        if not 0 <= word <= 0xFFFF:
            raise ValueError(f"{word} does not fit a register (0 to 65535)")


@lru_cache(maxsize=4096)
def read_request(function: int, address: int, count: int) -> bytes:
    """PDU that reads `count` bits (functions 1, 2: at most 2000) or registers (3, 4: at most 125). Raises ValueError."""
    readers = _readers()
    if function not in readers:
        raise ValueError(f"function {function} does not read: 1, 2, 3 and 4 do")
    check_range(address, count, MOST_READ_BITS if function <= 2 else MOST_READ_WORDS)
    return _encoded(readers[function](address=address, count=count))


def write_coil(address: int, on: bool) -> bytes:
    """PDU of function 5."""
    from pymodbus.pdu import bit_message

    check_range(address, 1, 1)
    return _encoded(bit_message.WriteSingleCoilRequest(address=address, bits=[bool(on)]))


def write_register(address: int, word: int) -> bytes:
    """PDU of function 6; `word` is 0 to 65535. Raises ValueError."""
    check_range(address, 1, 1)
    _all_words((word,))
    return HEAD.pack(6, address, word)


def write_coils(address: int, bits: Sequence[int]) -> bytes:
    """PDU of function 15 for 1 to 1968 bits. Raises ValueError."""
    from pymodbus.pdu import bit_message

    check_range(address, len(bits), MOST_WRITTEN_BITS)
    return _encoded(bit_message.WriteMultipleCoilsRequest(address=address, bits=[bool(bit) for bit in bits]))


def write_registers(address: int, words: Sequence[int], function: int = 16) -> bytes:
    """PDU of function 16, or of a maker's own that is shaped like it, for 1 to 123 words. Raises ValueError."""
    check_range(address, len(words), MOST_WRITTEN_WORDS)
    _all_words(words)
    if function != 16 and function not in VENDOR_WRITES:
        raise ValueError(f"function {function} writes no block of registers")
    count = len(words)
    return HEAD.pack(function, address, count) + bytes((2 * count,)) + _WORDS[count].pack(*words)


# ---------------------------------------------------------------- the device's side


def _asked(pdu: bytes, most: int) -> tuple[int, int, int]:
    if len(pdu) < 5:
        raise ModbusRefusal(ILLEGAL_VALUE)
    function, address, count = HEAD.unpack_from(pdu)
    if not 1 <= count <= most:
        raise ModbusRefusal(ILLEGAL_VALUE)
    if address + count > 65536:
        raise ModbusRefusal(ILLEGAL_ADDRESS)
    return function, address, count


def _answer_words(registers: RegisterSpace, pdu: bytes) -> bytes:
    function, address, count = _asked(pdu, MOST_READ_WORDS)
    words = registers.read("holding" if function == 3 else "input", address, count)
    return _READ_ANSWERS[count].pack(function, count * 2, *words)


def _answer_bits(registers: RegisterSpace, pdu: bytes) -> bytes:
    function, address, count = _asked(pdu, MOST_READ_BITS)
    bits = registers.read("coil" if function == 1 else "discrete", address, count)
    size = (count + 7) // 8
    packed = sum(1 << place for place, bit in enumerate(bits) if bit)
    return bytes((function, size)) + packed.to_bytes(size, "little")


def _take_one(registers: RegisterSpace, pdu: bytes) -> bytes:
    if len(pdu) != 5:
        raise ModbusRefusal(ILLEGAL_VALUE)
    function, address, word = HEAD.unpack(pdu)
    if function == 6:
        registers.write("holding", address, (word,))
    elif word in (0, 0xFF00):
        registers.write("coil", address, (word >> 15,))
    else:
        raise ModbusRefusal(ILLEGAL_VALUE)
    return pdu


def _take_many(registers: RegisterSpace, pdu: bytes) -> bytes:
    bits = pdu[0] == 15
    _, address, count = _asked(pdu, MOST_WRITTEN_BITS if bits else MOST_WRITTEN_WORDS)
    size = (count + 7) // 8 if bits else count * 2
    if len(pdu) != 6 + size or pdu[5] != size:
        raise ModbusRefusal(ILLEGAL_VALUE)
    if bits:
        from pymodbus.pdu import bit_message

        message = bit_message.WriteMultipleCoilsRequest()
        message.decode(pdu[1:])
        registers.write("coil", address, [int(bit) for bit in message.bits])
    else:
        registers.write("holding", address, _WORDS[count].unpack_from(pdu, 6))
    return pdu[:5]


_SERVED: Mapping[int, Callable[[RegisterSpace, bytes], bytes]] = {
    1: _answer_bits,
    2: _answer_bits,
    3: _answer_words,
    4: _answer_words,
    5: _take_one,
    6: _take_one,
    15: _take_many,
    16: _take_many,
}


def answer(registers: RegisterSpace, pdu: bytes, own_writes: Collection[int] = ()) -> bytes:
    """What a device with these registers answers to a request PDU (at least one byte); never raises ModbusRefusal.

    `own_writes`: functions of the maker's that it takes like 16.
    An unknown function is refused with code 1, an impossible count or length with 3, a range past 65535 with 2.
    """
    serve = _SERVED.get(pdu[0])
    if serve is None and pdu[0] in own_writes:
        serve = _take_many
    if serve is None:
        return bytes((pdu[0] | 0x80, ILLEGAL_FUNCTION))
    try:
        return serve(registers, pdu)
    except ModbusRefusal as refusal:
        return bytes((pdu[0] | 0x80, refusal.code))
