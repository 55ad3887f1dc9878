"""Which requests write which values: blocks whole, parts of a register merged into what stands there."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.meters.blocks import Stretch, fused
from drivers.meters.map_model import BITS
from drivers.meters.register_map import Item, RegisterMap
from drivers.modbus.codec import write_coil, write_coils, write_register, write_registers
from rig.contracts import Request, Value


@dataclass(slots=True)
class Write:
    """One write request in the making. `read_first`: what stands there now fills what is not given."""

    stretch: Stretch
    function: int
    secret: bool
    read_from: str | None
    given: list[tuple[Item, int]] = field(default_factory=list)

    @property
    def read_first(self) -> Stretch | None:
        """What has to be read before the write; None when all of it is given."""
        if len(self.given) == 1 and self.given[0][0].codec.whole and self.given[0][0].registers == self.stretch.size:
            return None
        covered: dict[int, int] = {}
        for item, _ in self.given:
            for address in range(item.address, item.address + item.registers):
                covered[address] = covered.get(address, 0) | (item.codec.mask if not item.codec.whole else -1)
        full = 0xFFFF
        if all(covered.get(a, 0) & full == full for a in range(self.stretch.start, self.stretch.end)):
            return None
        return self.stretch._replace(table=str(self.read_from))

    def request(self, unit: int, old: bytes | None) -> Request:
        """The request; `old` is the answer PDU to the read of `read_first`, where there was one."""
        words = [0] * self.stretch.size
        if old is not None and self.stretch.table not in BITS:
            words = list(struct.unpack_from(f">{self.stretch.size}H", old, 2))
        elif old is not None:
            words = [old[2 + place // 8] >> place % 8 & 1 for place in range(self.stretch.size)]
        for item, pattern in self.given:
            first = item.address - self.stretch.start
            part = slice(first, first + item.registers)
            if self.stretch.table in BITS or item.codec.whole:
                words[part] = item.codec.words(pattern)
            else:
                now = item.codec.pattern(struct.pack(f">{item.registers}H", *words[part]), 0)
                words[part] = item.codec.words(item.codec.merged(now, pattern))
        return Request(unit, _pdu(self.function, self.stretch.start, words), 0, self.secret)


def planned_writes(map_: RegisterMap, values: Mapping[str, Value]) -> list[Write]:
    """The requests for these items, in the order given, each block and each register once.

    Raises:
        ValueError: a value does not fit its register, or a block cannot be written without values for all of it.
    """
    writes: dict[Stretch, Write] = {}
    for name, value in values.items():
        item = map_.items[name]
        group = next((group for group in map_.file.block_write_only if name in group), [name])
        members = [map_.items[member] for member in group]
        table = str(item.write_table)
        stretch = fused([member.stretch(table) for member in members])
        write = writes.get(stretch)
        if write is None:
            write = writes[stretch] = _write(stretch, item, members)
        write.given.append((item, _encoded(item, value)))
    for write in writes.values():
        if write.read_first is not None and write.read_from is None:
            names = next(group for group in map_.file.block_write_only if write.given[0][0].name in group)
            raise ValueError(
                f"{' and '.join(names)} are written together only, and cannot be read to fill what is not given"
            )
    return list(writes.values())


def _write(stretch: Stretch, item: Item, members: list[Item]) -> Write:
    function = item.write_function
    if len(members) > 1:
        function = 15 if stretch.table in BITS else max(function, 16)
    tables = {member.read_table for member in members}
    read_from = tables.pop() if len(tables) == 1 else None
    return Write(stretch, function, any(member.secret for member in members), read_from)


def _encoded(item: Item, value: Value) -> int:
    try:
        return item.codec.encode(value)
    except ValueError as error:
        why = "the secret does not fit its register" if item.secret else str(error)
    raise ValueError(f"{item.name}: {why}; nothing was sent")


def _pdu(function: int, address: int, words: list[int]) -> bytes:
    if function == 5:
        return write_coil(address, bool(words[0]))
    if function == 6:
        return write_register(address, words[0])
    return write_coils(address, words) if function == 15 else write_registers(address, words, function)
