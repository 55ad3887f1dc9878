"""Which requests read which items, worked out once for each set of items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from drivers.meters.asking import READ_RETRIES
from drivers.meters.blocks import Stretch, fused
from drivers.meters.map_model import BITS
from drivers.meters.register_map import Item, RegisterMap
from drivers.modbus.codec import READ_FUNCTION, bits_of, read_request, registers_of
from rig.contracts import MONEY, Request, Value


class Part(NamedTuple):
    """One item of a block: `at` for its decoder in the answer PDU, and its words `first` up to `last` of the block."""

    item: str
    decode: Callable[[bytes, int], Value]
    at: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Block:
    """One request and the items in its answer."""

    stretch: Stretch
    parts: tuple[Part, ...]
    raw: Callable[[bytes], tuple[int, ...]]


@dataclass(slots=True)
class ReadPlan:
    """The requests of one set of items. `spare` takes turns with `requests` where polls alternate in length."""

    requests: tuple[Request, ...]
    blocks: tuple[Block, ...]
    spare: tuple[Request, ...] | None = None


def position(stretch: Stretch, address: int) -> int:
    """Where `address` stands in the answer PDU that reads `stretch`: in bytes, of bits in bits."""
    offset = address - stretch.start
    return 16 + offset if stretch.table in BITS else 2 + 2 * offset


def read_of(unit: int, stretch: Stretch) -> Request:
    """The request that reads `stretch`."""
    return Request(unit, read_request(READ_FUNCTION[stretch.table], stretch.start, stretch.size), READ_RETRIES)


def planned_reads(map_: RegisterMap, unit: int, items: Iterable[str], *, alternate: bool) -> ReadPlan:
    """The fewest requests for these readable items, money in one."""
    wanted = [map_.items[name] for name in items]
    money = [item.stretch(str(item.read_table)) for item in wanted if item.name in MONEY]
    stretches = [item.stretch(str(item.read_table)) for item in wanted if item.name not in MONEY]
    if money:
        stretches.append(fused(money))
    found = map_.reach.coalesced(stretches)
    blocks = tuple(_block(stretch, [item for item in wanted if _inside(stretch, item)]) for stretch in found)
    plan = ReadPlan(tuple(read_of(unit, stretch) for stretch in found), blocks)
    if alternate and len(found) == 1:
        longer = found[0]._replace(end=found[0].end + 1)
        known = map_.reach.readable.get(longer.table, frozenset())
        if longer.end - 1 in known and map_.reach.allows(longer):
            plan.spare = (read_of(unit, longer),)
    return plan


def _inside(stretch: Stretch, item: Item) -> bool:
    return item.read_table == stretch.table and stretch.holds(item.stretch(stretch.table))


def _block(stretch: Stretch, items: list[Item]) -> Block:
    parts = []
    for item in items:
        first = item.address - stretch.start
        at = position(stretch, item.address)
        parts.append(Part(item.name, item.codec.decode, at, first, first + item.registers))
    size = stretch.size
    return Block(stretch, tuple(parts), (lambda pdu: bits_of(pdu, size)) if stretch.table in BITS else registers_of)
