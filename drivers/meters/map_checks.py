"""Does a map file contradict itself? Every finding is (key path, what is wrong and what to do)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from drivers.meters.blocks import fused
from drivers.meters.coding_checks import coding_findings
from drivers.meters.map_layout import (
    reach_of,
    read_table,
    ring_stretch,
    stretch_of,
    untouchable,
    write_function,
    write_table,
)
from drivers.meters.map_model import BITS, MapFile, Register
from drivers.meters.procedure_checks import procedure_findings
from drivers.meters.promise_checks import promise_findings
from drivers.meters.references import Broken
from rig.contracts import MONEY

Finding = tuple[str, str]


def contradictions(file: MapFile, broken: frozenset[str]) -> list[Finding]:
    """Everything in the file that cannot be true together. `broken`: key paths already reported and left out."""
    if not file.registers and not broken:
        return [("registers", "there is no register; add at least one")]
    findings: list[Finding] = []
    for name, register in file.registers.items():
        path = f"registers.{name}"
        findings += [(f"{path}.{key}", text) for key, text in coding_findings(name, register, file)]
        findings += [(f"{path}.{key}", text) for key, text in _access(register)]
        findings += [(f"{path}.{key}", text) for key, text in _place(register, file)]
    findings += _overlaps(file)
    findings += _blocks(file, Broken(broken, file))
    findings += _money(file)
    findings += procedure_findings(file, Broken(broken, file))
    findings += promise_findings(Broken(broken, file))
    return findings


def _access(register: Register) -> Iterator[Finding]:
    bits = register.table in BITS
    if (register.type == "bit") != bits:
        fix = "use mask for a bit of a register" if register.type == "bit" else "write type bit"
        yield "type", f"{register.type} does not belong in table {register.table}; {fix}"
    if register.access != "read" and register.table in ("input", "discrete"):
        yield "access", f"table {register.table} cannot be written; check table or access"
    if register.secret and register.access != "write":
        yield "secret", 'a secret is never read; write access = "write"'
    if (register.mask is not None or register.byte is not None) and register.access == "write":
        yield "access", "a part of a register is written by reading the whole first; read_write is needed"
    for key, given, of_bits, never in (
        ("read_function", register.read_function, (1, 2), "write"),
        ("write_function", register.write_function, (5, 15), "read"),
    ):
        if given is not None and register.access == never:
            yield key, f"the item is {never}-only; take it out or change access"
        elif given is not None and (given in of_bits) != bits:
            yield key, f"function {given} does not belong to table {register.table}"


def _place(register: Register, file: MapFile) -> Iterator[Finding]:
    place = stretch_of(register, file)
    if place.start < 0 or place.end > 65536:
        yield (
            "address",
            f"0x{register.address:X} is outside the table; with address_base {file.address_base} check the manual",
        )
    tables = {register.table, read_table(register), write_table(register)} - {None}
    for other in untouchable(file):
        if any(place._replace(table=str(table)).meets(other) for table in tables):
            yield "address", f"lies in never_touch ({_shown(other.table, other.start, file)}); take one of them out"
    if place.size > file.max_registers_per_read and read_table(register) is not None and register.table not in BITS:
        yield (
            "address",
            f"takes {place.size} registers, more than max_registers_per_read = {file.max_registers_per_read}",
        )
    if write_function(register) == 6 and place.size > 1 and register.access != "read":
        yield "write_function", f"function 6 writes one register, and the item takes {place.size}; use 16"


def _shown(table: str, start: int, file: MapFile) -> str:
    return f"{table} 0x{start + file.address_base:04X}"


def _overlaps(file: MapFile) -> Iterator[Finding]:
    """Two items share an address only as parts (mask, byte) of the same registers."""
    places = sorted((stretch_of(register, file), name) for name, register in file.registers.items())
    if (ring := ring_stretch(file)) is not None:
        for place, name in places:
            if place.meets(ring):
                yield f"registers.{name}.address", "lies inside the event log; check both addresses"
        for other in untouchable(file):
            if ring.meets(other):
                yield (
                    "events.address",
                    f"the event log runs over never_touch ({_shown(other.table, other.start, file)})",
                )
    for index, (place, name) in enumerate(places):
        for other, neighbour in places[index + 1 :]:
            if not place.meets(other):
                break
            if not (place == other and _apart(file.registers[name], file.registers[neighbour])):
                earlier, later = sorted((name, neighbour), key=list(file.registers).index)
                where = _shown(other.table, other.start, file)
                yield f"registers.{later}.address", f"overlaps {earlier} at {where}; check type, length and addresses"


def _apart(one: Register, other: Register) -> bool:
    full = (1 << 32) - 1
    masks = [{"high": 0xFF00, "low": 0xFF}.get(r.byte or "", r.mask or full) for r in (one, other)]
    orders = {(r.word_order, r.byte_order) for r in (one, other)}
    return not masks[0] & masks[1] and len(orders) == 1


def _blocks(file: MapFile, broken: Broken) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, group in enumerate(file.block_write_only):
        path = f"block_write_only.{number}"
        yield from ((path, text) for text in broken.not_written(group))
        members = [file.registers[name] for name in group if name in file.registers]
        for name in group:
            if name in seen:
                yield path, f"{name} stands in two blocks, or twice in one; leave it in one"
            seen.add(name)
        if len(members) < len(group):
            continue
        places = sorted(stretch_of(register, file) for register in members)
        if len({place.table for place in places}) > 1 or any(a.end != b.start for a, b in pairwise(places)):
            yield path, "the members do not stand side by side in one table; check their addresses"
        elif fused(places).size > 123:
            yield path, f"takes {fused(places).size} registers; one request writes at most 123"
        if any(write_function(register) in (5, 6) for register in members):
            yield path, "a member is written alone (function 5 or 6); use 15 or 16"
        elif len({write_function(register) for register in members if register.table == "holding"}) > 1:
            yield path, "the members have different write functions; one request has one"


def _money(file: MapFile) -> Iterator[Finding]:
    """Money is read in one request, or a balance from before and arrears from after a recharge would be compared."""
    registers = [file.registers[name] for name in MONEY if name in file.registers]
    tables = {read_table(register) for register in registers} - {None}
    if not tables:
        return
    names = ", ".join(name for name in MONEY if name in file.registers)
    if len(tables) > 1:
        yield "registers", f"{names} stand in different tables, so one request cannot read them together"
        return
    whole = fused([stretch_of(register, file) for register in registers if read_table(register) is not None])
    if not reach_of(file).allows(whole._replace(table=str(tables.pop()))):
        where = f"0x{whole.start + file.address_base:04X}+{whole.size}"
        fix = "check max_registers_per_read, readable_gaps, never_touch, and whether items between them are missing"
        yield "registers", f"{names} cannot be read in one request ({where}); {fix}"
