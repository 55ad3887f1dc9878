"""Modbus PDUs: building requests, judging answers, and answering as a device. The only importer of pymodbus.

pymodbus' PDU classes and CRC are the authority. Where a poll loop would feel them, the same bytes are cut with `struct`,
and a property test holds the two together. Everything here is a pure function of bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from pymodbus.framer import FramerRTU
from pymodbus.pdu import ModbusPDU, bit_message, register_message

READ_FUNCTION: Mapping[str, int] = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
"""Function code that reads a table."""

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE, DEVICE_BUSY = 1, 2, 3, 4, 6
"""Exception codes that this project sends."""

MOST_READ_WORDS, MOST_WRITTEN_WORDS, MOST_READ_BITS, MOST_WRITTEN_BITS = 125, 123, 2000, 1968
MOST_PDU_BYTES = 253

_TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input", 5: "coil", 6: "holding", 15: "coil", 16: "holding"}
_READERS: Mapping[int, type[ModbusPDU]] = {
    1: bit_message.ReadCoilsRequest,
    2: bit_message.ReadDiscreteInputsRequest,
    3: register_message.ReadHoldingRegistersRequest,
    4: register_message.ReadInputRegistersRequest,
}
_HEAD = struct.Struct(">BHH")
_WORDS = [struct.Struct(f">{count}H") for count in range(128)]
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
    return FramerRTU.compute_CRC(frame).to_bytes(2, "big")


# ---------------------------------------------------------------- requests


def _encoded(message: ModbusPDU) -> bytes:
    return bytes((message.function_code,)) + message.encode()


def _within(address: int, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise ValueError(f"{count} at once: 1 to {most} are possible")
    if not 0 <= address <= 65536 - count:
        raise ValueError(f"address {address}+{count} is outside 0 to 65535")


def _all_words(words: Sequence[int]) -> None:
    for word in words:
        if not 0 <= word <= 0xFFFF:
            raise ValueError(f"{word} does not fit a register (0 to 65535)")


@lru_cache(maxsize=4096)
def read_request(function: int, address: int, count: int) -> bytes:
    """PDU that reads `count` bits (functions 1, 2: at most 2000) or registers (3, 4: at most 125). Raises ValueError."""
    if function not in _READERS:
        raise ValueError(f"function {function} does not read: 1, 2, 3 and 4 do")
    _within(address, count, MOST_READ_BITS if function <= 2 else MOST_READ_WORDS)
    return _encoded(_READERS[function](address=address, count=count))


def write_coil(address: int, on: bool) -> bytes:
    """PDU of function 5."""
    _within(address, 1, 1)
    return _encoded(bit_message.WriteSingleCoilRequest(address=address, bits=[bool(on)]))


def write_register(address: int, word: int) -> bytes:
    """PDU of function 6; `word` is 0 to 65535. Raises ValueError."""
    _within(address, 1, 1)
    _all_words((word,))
    return _encoded(register_message.WriteSingleRegisterRequest(address=address, registers=[word]))


def write_coils(address: int, bits: Sequence[int]) -> bytes:
    """PDU of function 15 for 1 to 1968 bits. Raises ValueError."""
    _within(address, len(bits), MOST_WRITTEN_BITS)
    return _encoded(bit_message.WriteMultipleCoilsRequest(address=address, bits=[bool(bit) for bit in bits]))


def write_registers(address: int, words: Sequence[int]) -> bytes:
    """PDU of function 16 for 1 to 123 words. Raises ValueError."""
    _within(address, len(words), MOST_WRITTEN_WORDS)
    _all_words(words)
    return _encoded(register_message.WriteMultipleRegistersRequest(address=address, registers=list(words)))


def is_read(pdu: bytes) -> bool:
    """True when this request changes nothing, so that it may be asked again."""
    return 1 <= pdu[0] <= 4


def describe(pdu: bytes) -> str:
    """What a request asks, in words and without its data: "read input 0x0000+2", "write holding 0x0104+4"."""
    function, address, count = _HEAD.unpack_from(pdu)
    verb = "read" if function <= 4 else "write"
    return f"{verb} {_TABLES[function]} 0x{address:04X}+{1 if function in (5, 6) else count}"


# ---------------------------------------------------------------- answers


@lru_cache(maxsize=4096)
def _read_shape(pdu: bytes) -> tuple[bytes, int]:
    if len(pdu) != 5:
        raise ValueError(f"a read request has 5 bytes, not {len(pdu)}")
    function, address, count = _HEAD.unpack(pdu)
    _within(address, count, MOST_READ_BITS if function <= 2 else MOST_READ_WORDS)
    size = (count + 7) // 8 if function <= 2 else count * 2
    return bytes((function, size)), size + 2


def _write_shape(pdu: bytes) -> tuple[bytes, int]:
    function, address, count = _HEAD.unpack_from(pdu)
    if function == 5 and count not in (0, 0xFF00):
        raise ValueError("a coil is written with 0x0000 or 0xFF00")
    if function in (15, 16):
        _within(address, count, MOST_WRITTEN_BITS if function == 15 else MOST_WRITTEN_WORDS)
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
    if not pdu or pdu[0] not in _TABLES or len(pdu) < 5:
        raise ValueError("not a whole request of function 1 to 6, 15 or 16")
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
        return "exception answer without a code" if len(answer) == 2 else f"exception answer of {len(answer)} bytes"
    if answer[0] != function:
        return f"function 0x{answer[0]:02X} where 0x{function:02X} was asked"
    if function <= 4:
        said = answer[1] if len(answer) > 1 else 0
        return f"{len(answer) - 2} bytes of data, byte count {said}, where {size - 2} were asked"
    return "echo of another write" if len(answer) == size else f"echo of {len(answer)} bytes where {size} belong"


def exception_of(pdu: bytes) -> int | None:
    """Exception code of an answer, None when it is no exception."""
    return pdu[1] if pdu[0] & 0x80 else None


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


# ---------------------------------------------------------------- the device's side


def _asked(pdu: bytes, most: int) -> tuple[int, int, int]:
    if len(pdu) < 5:
        raise ModbusRefusal(ILLEGAL_VALUE)
    function, address, count = _HEAD.unpack_from(pdu)
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
    function, address, word = _HEAD.unpack(pdu)
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
    message = bit_message.WriteMultipleCoilsRequest() if bits else register_message.WriteMultipleRegistersRequest()
    message.decode(pdu[1:])
    if bits:
        registers.write("coil", address, [int(bit) for bit in message.bits])
    else:
        registers.write("holding", address, message.registers)
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


def answer(registers: RegisterSpace, pdu: bytes) -> bytes:
    """What a device with these registers answers to a request PDU (at least one byte); never raises ModbusRefusal.

    An unknown function is refused with code 1, an impossible count or length with 3, a range past 65535 with 2.
    """
    serve = _SERVED.get(pdu[0])
    if serve is None:
        return bytes((pdu[0] | 0x80, ILLEGAL_FUNCTION))
    try:
        return serve(registers, pdu)
    except ModbusRefusal as refusal:
        return bytes((pdu[0] | 0x80, refusal.code))
