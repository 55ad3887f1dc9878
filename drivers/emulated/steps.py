"""Writes that have to come one after the other before a meter does something."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.meters.map_model import Command
from drivers.meters.register_map import RegisterMap
from rig.contracts import Value


class Steps:
    """A command of one write or several, in the order of the map. A wrong write in between begins it anew."""

    def __init__(self, commands: Command | Sequence[Command], map_: RegisterMap) -> None:
        listed = commands if isinstance(commands, Sequence) else [commands]
        self._steps = [(one.register_, as_decoded(one, map_)) for one in listed]
        self._done = 0

    @property
    def registers(self) -> frozenset[str]:
        """The items that it writes."""
        return frozenset(name for name, _ in self._steps)

    @property
    def begun(self) -> bool:
        """True when a part of it was written."""
        return self._done > 0

    @property
    def complete(self) -> bool:
        """True when all of it was written, and nothing of it since."""
        return self._done == len(self._steps)

    def take(self, item: str, to: Value) -> bool:
        """One write to one of its registers; True when it makes the command complete."""
        if self.complete:
            self._done = 0
        if self._steps and self._steps[self._done] != (item, to):
            self._done = 0
        if self._steps and self._steps[self._done] == (item, to):
            self._done += 1
        return self.complete

    def forget(self) -> None:
        """Nothing of it was written."""
        self._done = 0


def as_decoded(command: Command, map_: RegisterMap) -> Value:
    """The value that a command writes, as the register is read."""
    codec = map_.items[command.register_].codec
    words = codec.words(codec.encode(command.value))
    bits = map_.file.registers[command.register_].type == "bit"
    return codec.decode(bytes(words) if bits else b"".join(word.to_bytes(2, "big") for word in words), 0)
