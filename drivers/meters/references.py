"""Names of registers in a map file: do they exist, and may they be read or written?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from drivers.meters.map_model import MapFile, Register


@dataclass(frozen=True, slots=True)
class Broken:
    """The file, and what of it was reported before: of such an item only the name is known, and nothing more is said."""

    paths: frozenset[str]
    file: MapFile

    def has(self, path: str) -> bool:
        """True when this key path is left out because of a problem of its own."""
        return path in self.paths

    def unknown(self, names: Iterable[str]) -> Iterator[str]:
        """A complaint for each name that is no register."""
        for name in names:
            if name not in self.file.registers and not self.has(f"registers.{name}"):
                yield f"there is no register {name}; add it to [registers] or correct the name"

    def not_written(self, names: Sequence[str]) -> Iterator[str]:
        """A complaint for each name that is no register, or a read-only one."""
        yield from self.unknown(names)
        for name in names:
            if name in self.file.registers and self.file.registers[name].access == "read":
                yield f"{name} is read-only, and this writes it; check its access"

    def not_read(self, names: Sequence[str]) -> Iterator[str]:
        """A complaint for each name that is no register, or a write-only one."""
        yield from self.unknown(names)
        for name in names:
            if name in self.file.registers and self.file.registers[name].access == "write":
                yield f"{name} is write-only, and this reads it; check its access"


def is_whole(register: Register) -> bool:
    """True for an item that takes its registers for itself alone."""
    return register.mask is None and register.byte is None


def is_plain(name: str, file: MapFile) -> bool:
    """True for a register that decodes to its own whole number (or is not there)."""
    register = file.registers.get(name)
    if register is None:
        return True
    number = register.type not in ("string", "date", "float32") and register.format == "number"
    return number and register.scale == "1" and not (register.unit or register.values or register.flags)
