"""The password that a meter wants before some writes, sent when it has run out and never shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drivers.meters.asking import Asker
from drivers.meters.register_map import RegisterMap
from drivers.meters.write_plan import planned_writes
from rig.clock import seconds
from rig.contracts import Password, Request
from rig.errors import ConfigError, DeviceRefused

Passwords = Mapping[str, Password]


class Unlocking:
    """Unlocks for the items that the map names, when the bench file names the secret; else leaves it to the meter to refuse."""

    def __init__(self, map_: RegisterMap, asker: Asker, secrets: Passwords) -> None:
        unlock = map_.file.unlock
        self._asker = asker
        self._needed = frozenset(unlock.needed_for) if unlock else frozenset()
        self._lasts_ns = seconds(unlock.lasts_s) * 9 // 10 if unlock else 0  # a write on its way must not come too late
        self._until = 0
        self._register = unlock.register_ if unlock else ""
        self._requests = unlock_requests(map_, asker.unit, asker.where, secrets)
        self._origin = secrets[self._register].origin if self._requests else ""

    def before(self, items: Iterable[str]) -> bool:
        """Unlock if one of these items needs it and the last time has run out. True when an earlier time is relied on, which a
        power failure may have ended. Raises LinkError or DeviceRefused."""
        if not self._requests or self._needed.isdisjoint(items):
            return False
        if self._asker.clock.now() < self._until:
            return True
        self.forget()
        replies = []
        for request in self._requests:
            try:
                replies += self._asker.must([request])
            except DeviceRefused as refusal:
                raise DeviceRefused(self._locked_out(refusal.code), refusal.code) from None
        self._until = replies[-1].sent + self._lasts_ns
        return False

    def _locked_out(self, code: int | None) -> str:
        return (
            f"{self._asker.where}: the meter refused to be unlocked (exception {code}): it does not take "
            f"secrets.{self._register}, which comes from {self._origin}; compare that with the password of this meter; "
            "nothing was written"
        )

    def forget(self) -> None:
        """The meter may be locked again: a write was refused, or its answer was lost."""
        self._until = 0

    def explained(self, items: Iterable[str], error: DeviceRefused) -> DeviceRefused:
        """The refusal, with the word that a secret is missing where that may be why."""
        if self._requests or self._needed.isdisjoint(items):
            return error
        hint = f"the map says that this needs the password, and the bench file names no secrets.{self._register}"
        return DeviceRefused(f"{error}; {hint}", error.code)


def unlock_requests(map_: RegisterMap, unit: int, where: str, secrets: Passwords) -> list[Request]:
    """What unlocks the meter; empty without a password. ConfigError: one that the map does not know, or that does not fit."""
    unlock = map_.file.unlock
    register = unlock.register_ if unlock else ""
    problems = [
        f"{where}: secrets.{name}: map {map_.name} has no such password; it has {register or 'none'}"
        for name in sorted(set(secrets) - {register})
    ]
    requests: list[Request] = []
    if unlock is not None and register in secrets:
        steps = [(command.register_, command.value) for command in unlock.first]
        try:
            for name, value in [*steps, (register, secrets[register].text)]:
                (write,) = planned_writes(map_, {name: value})
                requests.append(write.request(unit, None)._replace(secret=True))
        except ValueError as error:
            problems.append(f"{where}: secrets.{register}: {error}; check {secrets[register].origin}")
    if problems:
        raise ConfigError(problems)
    return requests
