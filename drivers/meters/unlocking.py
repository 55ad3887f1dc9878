"""The password that a meter wants before some writes, sent when it has run out and never shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drivers.meters.asking import Asker
from drivers.meters.register_map import RegisterMap
from drivers.meters.write_plan import planned_writes
from rig.clock import seconds
from rig.contracts import Request
from rig.errors import ConfigError, DeviceRefused


class Unlocking:
    """Unlocks for the items that the map names, when the bench file names the secret; else leaves it to the meter to refuse."""

    def __init__(self, map_: RegisterMap, asker: Asker, secrets: Mapping[str, str]) -> None:
        unlock = map_.file.unlock
        self._asker = asker
        self._needed = frozenset(unlock.needed_for) if unlock else frozenset()
        self._lasts_ns = seconds(unlock.lasts_s) if unlock else 0
        self._until = 0
        self._requests: list[Request] = []
        self._register = unlock.register_ if unlock else ""
        known = {self._register} - {""}
        problems = [
            f"{asker.where}: secrets.{name}: map {map_.name} has no such password; it has {', '.join(known) or 'none'}"
            for name in sorted(set(secrets) - known)
        ]
        if unlock is not None and self._register in secrets:
            try:
                steps = [(command.register_, command.value) for command in unlock.first]
                for name, value in [*steps, (self._register, secrets[self._register])]:
                    (write,) = planned_writes(map_, {name: value})
                    self._requests.append(write.request(asker.unit, None)._replace(secret=True))
            except ValueError as error:
                problems.append(f"{asker.where}: secrets.{self._register}: {error}; check what the bench file names")
        if problems:
            raise ConfigError(problems)

    def before(self, items: Iterable[str]) -> None:
        """Unlock if one of these items needs it and the last time has run out. Raises LinkError or DeviceRefused."""
        if not self._requests or self._needed.isdisjoint(items) or self._asker.clock.now() < self._until:
            return
        self.forget()
        replies = self._asker.must(self._requests)
        self._until = replies[-1].sent + self._lasts_ns

    def forget(self) -> None:
        """The meter may be locked again: a write was refused, or its answer was lost."""
        self._until = 0

    def explained(self, items: Iterable[str], error: DeviceRefused) -> DeviceRefused:
        """The refusal, with the word that a secret is missing where that may be why."""
        if self._requests or self._needed.isdisjoint(items):
            return error
        hint = f"the map says that this needs the password, and the bench file names no secrets.{self._register}"
        return DeviceRefused(f"{error}; {hint}", error.code)
