"""A meter's register map: read from its TOML file, checked whole, and compiled for the driver and the emulator's face."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from drivers.meters.blocks import Reach, Stretch
from drivers.meters.item_codec import Codec, codec_of, registers_of
from drivers.meters.map_checks import contradictions
from drivers.meters.map_layout import reach_of, read_table, stretch_of, write_function, write_table
from drivers.meters.map_model import MapFile, Register
from drivers.meters.map_problems import validated
from drivers.meters.procedure_checks import absent_for
from rig.clock import seconds
from rig.contracts import Capability
from rig.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Item:
    """One item, ready to be asked for. Tables are those of the functions used; None where it cannot be read or written.

    `address` is the one on the wire. `secret` items are masked in every log.
    """

    name: str
    read_table: str | None
    write_table: str | None
    write_function: int
    address: int
    registers: int
    codec: Codec
    secret: bool

    def stretch(self, table: str) -> Stretch:
        """The addresses that it takes in this table."""
        return Stretch(table, self.address, self.address + self.registers)


@dataclass(frozen=True, slots=True)
class EventRing:
    """Where the event log stands, and its entries' fields: name, offset in registers, codec."""

    sequence: str
    table: str
    address: int
    entries: int
    registers_per_entry: int
    fields: tuple[tuple[str, int, Codec], ...]
    codes: Mapping[int, str]

    @property
    def stretch(self) -> Stretch:
        """All of it."""
        return Stretch(self.table, self.address, self.address + self.entries * self.registers_per_entry)


@dataclass(frozen=True, slots=True)
class RegisterMap:
    """A register map that has passed every check.

    `name` is the file's, without its folder, `digest` the SHA-256 of its bytes, `file` the file as it was written.
    `promises` is the `[promises]` table as it is. `reach` says what one read request may hold.
    `inter_frame_delay_ns` is the rest that the meter wants between an answer and the next request.
    """

    name: str
    digest: str
    file: MapFile
    items: Mapping[str, Item]
    reach: Reach
    events: EventRing | None
    capabilities: frozenset[Capability]
    inter_frame_delay_ns: int

    @property
    def model(self) -> str:
        """The meter's name."""
        return self.file.model

    @property
    def promises(self) -> Mapping[str, object]:
        """What the maker promises; `rig.promises` reads it."""
        return self.file.promises

    @property
    def wallet_location(self) -> Literal["meter", "engine", "none"]:
        """Where the money is; "none" for a meter that is not prepaid."""
        return self.file.wallet_location

    @property
    def absent(self) -> frozenset[Capability]:
        """What the maker says that the meter does not have."""
        return frozenset(self.file.absent)

    @property
    def readable(self) -> frozenset[str]:
        """Items that can be read."""
        return frozenset(name for name, item in self.items.items() if item.read_table is not None)

    @property
    def unseen(self) -> Mapping[Capability, tuple[str, ...]]:
        """Capabilities that are promised, and the items or procedures that this map lacks to show or use them."""
        found = {one: tuple(absent_for(one, self.file)) for one in self.file.capabilities}
        return {one: names for one, names in found.items() if names}

    @property
    def not_drivable(self) -> str:
        """What of this map cannot be driven yet, in words; empty when all of it can."""
        if self.wallet_location == "engine":
            return (
                f"{self.name}: wallet_location: the money is in the utility's engine, which cannot be driven yet; "
                "the meter is read, and recharges are not possible"
            )
        return ""


def counted_from(map_: RegisterMap, base: Literal[0, 1]) -> RegisterMap:
    """The same map with another `address_base`: every address on the wire moves by one."""
    return _compiled(map_.name, map_.digest, map_.file.model_copy(update={"address_base": base}))


def shipped_maps() -> list[str]:
    """Names of the maps that come with the rig."""
    return sorted(one.name.removesuffix(".toml") for one in _shipped().iterdir() if one.name.endswith(".toml"))


def load_map(source: str | Path | Traversable) -> RegisterMap:
    """Read, check and compile a map: the name of a shipped one, or a file.

    Raises:
        ConfigError: it cannot be read, or is wrong; holds every problem, each with file and key path first.
    """
    place = _place(source)
    name = place.name if source in shipped_maps() else str(source)
    try:
        content = place.read_bytes()
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read ({error.strerror or error}); check the path") from None
    return _read(name, place.name, content)


@lru_cache(maxsize=32)
def _read(name: str, file_name: str, content: bytes) -> RegisterMap:
    """The map in these bytes; one run asks for the same map several times, and nobody changes one."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: is not TOML: {error}") from None
    file, broken, problems = validated(table)
    problems += contradictions(file, broken)
    if problems:
        raise ConfigError([f"{name}: {path}: {what}" for path, what in problems])
    return _compiled(file_name, hashlib.sha256(content).hexdigest(), file)


def _shipped() -> Traversable:
    return files("drivers.meters.maps")


def _place(source: str | Path | Traversable) -> Path | Traversable:
    if not isinstance(source, str):
        return source
    if source.endswith(".toml") or "/" in source or "\\" in source:
        return Path(source)
    if source not in shipped_maps():
        raise ConfigError(
            f"{source}: no map of this name; shipped are: {', '.join(shipped_maps())}; a file ends in .toml"
        )
    return _shipped() / f"{source}.toml"


def _compiled(name: str, digest: str, file: MapFile) -> RegisterMap:
    items = {key: _item(key, register, file) for key, register in file.registers.items()}
    return RegisterMap(
        name=name,
        digest=digest,
        file=file,
        items=items,
        reach=reach_of(file),
        events=_ring(file),
        capabilities=frozenset(file.capabilities),
        inter_frame_delay_ns=seconds(file.inter_frame_delay_s),
    )


def _item(name: str, register: Register, file: MapFile) -> Item:
    place = stretch_of(register, file)
    return Item(
        name=name,
        read_table=read_table(register),
        write_table=write_table(register),
        write_function=write_function(register),
        address=place.start,
        registers=place.size,
        codec=codec_of(name, register, file.clock, file.wallet_unit),
        secret=register.secret,
    )


def _ring(file: MapFile) -> EventRing | None:
    if file.events is None:
        return None
    fields, offset = [], 0
    for field in file.events.fields:
        fields.append((field.name, offset, codec_of(field.name, field.coding, file.clock, file.wallet_unit)))
        offset += registers_of(field, file.clock)
    return EventRing(
        sequence=file.events.sequence,
        table=file.events.table,
        address=file.events.address - file.address_base,
        entries=file.events.entries,
        registers_per_entry=file.events.registers_per_entry,
        fields=tuple(fields),
        codes={int(code, 0): name for code, name in file.events.codes.items()},
    )
