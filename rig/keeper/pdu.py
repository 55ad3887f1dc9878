"""What a Modbus request would touch, read from its bytes. Just enough of the protocol for the gate; it decodes no answer."""

from __future__ import annotations

import struct
from typing import NamedTuple

_TABLES = {
    1: ("coil", False, 2000),
    2: ("discrete", False, 2000),
    3: ("holding", False, 125),
    4: ("input", False, 125),
    5: ("coil", True, 1),
    6: ("holding", True, 1),
    15: ("coil", True, 1968),
    16: ("holding", True, 123),
}
_OWN_WRITES = frozenset((*range(65, 73), *range(100, 111), *range(0x91, 0xFF)))
"""A maker's own functions, which a map may declare for writes; they are shaped like function 16."""


class Touched(NamedTuple):
    """Items from `address` on, `size` of them, of one table ("coil", "discrete", "holding", "input")."""

    table: str
    address: int
    size: int
    writes: bool

    def items(self) -> set[tuple[str, int]]:
        """Every single (table, address)."""
        return {(self.table, self.address + n) for n in range(self.size)}

    def __str__(self) -> str:
        return f"{'write' if self.writes else 'read'} {self.table} 0x{self.address:04X}+{self.size}"


def touched(pdu: bytes) -> Touched:
    """Take a request PDU apart. ValueError when its function is not one the rig sends, or its bytes contradict themselves."""
    function = pdu[0] if pdu else 0
    own = function in _OWN_WRITES
    if function not in _TABLES and not own:
        raise ValueError(f"function {function} is none that the rig sends (1-6, 15, 16, or a maker's own write)")
    table, writes, most = _TABLES[16 if own else function]
    if len(pdu) < 5 or (function < 15 and len(pdu) != 5):
        raise ValueError(f"a request of function {function} cannot have {len(pdu)} bytes")
    address, count = struct.unpack_from(">HH", pdu, 1)
    if function in (5, 6):
        count = 1
    if function >= 15:
        needed = -(-count // 8) if function == 15 else 2 * count
        if len(pdu) < 6 or pdu[5] != needed or len(pdu) != 6 + needed:
            raise ValueError(f"a request of function {function} for {count} items does not carry that many")
    if not 1 <= count <= most or address + count > 0x10000:
        raise ValueError(f"function {function} cannot ask for {count} items from 0x{address:04X} on")
    return Touched(table, address, count, writes)
