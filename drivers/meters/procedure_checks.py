"""Do the procedures of a map (recharge, relay, password, events) and its capabilities rest on items that are there?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from drivers.meters.clock_forms import field_widths
from drivers.meters.coding_checks import coding_findings
from drivers.meters.item_codec import codec_of, registers_of
from drivers.meters.map_model import Clock, Command, MapFile
from rig.contracts import Capability

Finding = tuple[str, str]


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


def procedure_findings(file: MapFile, broken: Broken) -> Iterator[Finding]:
    """Everything wrong with the procedures, the clock, the event log and the capabilities."""
    yield from _recharge(file, broken)
    if file.relay is not None:
        for key in ("disconnect", "reconnect"):
            commands: Command | list[Command] = getattr(file.relay, key)
            yield from _commands(f"relay.{key}", commands if isinstance(commands, list) else [commands], broken)
    if file.account_preset is not None:
        yield from (("account_preset.write", text) for text in broken.not_written(file.account_preset.write))
        for name in file.account_preset.write:
            if name not in ("balance", "arrears"):
                yield "account_preset.write", f"{name} is not money that a test may set; balance and arrears are"
    if file.unlock is not None:
        yield from (("unlock.register", text) for text in broken.not_written([file.unlock.register_]))
        yield from _commands("unlock.first", file.unlock.first, broken)
        yield from (("unlock.needed_for", text) for text in broken.not_written(file.unlock.needed_for))
        secret = file.registers.get(file.unlock.register_)
        if secret is not None and not secret.secret:
            yield (
                f"registers.{file.unlock.register_}.secret",
                "is the password; write secret = true, so that no log shows it",
            )
    if file.clock is not None:
        yield from _clock(file.clock, broken)
    yield from _events(file, broken)
    for capability in file.capabilities:
        yield from (("capabilities", f"{capability}: {text}") for text in _missing(capability, file, broken))


def _commands(path: str, commands: Sequence[Command], broken: Broken) -> Iterator[Finding]:
    yield from ((path, text) for text in broken.not_written([command.register_ for command in commands]))
    for command in commands:
        register = broken.file.registers.get(command.register_)
        if register is None or any(coding_findings(command.register_, register, broken.file)):
            continue
        try:
            codec_of(command.register_, register, broken.file.clock, broken.file.wallet_unit).encode(command.value)
        except ValueError as error:
            yield f"{path}.value", f"{command.value!r} cannot be written to {command.register_}: {error}"


def _recharge(file: MapFile, broken: Broken) -> Iterator[Finding]:
    recharge = file.recharge
    if recharge is None:
        return
    yield from (("recharge.write", text) for text in broken.not_written(recharge.write))
    for name in recharge.write:
        if name not in ("recharge_amount", "recharge_id"):
            yield "recharge.write", f"{name}: only recharge_amount and recharge_id are filled in; name the registers so"
    if "recharge_amount" not in recharge.write:
        yield "recharge.write", "recharge_amount is missing; without it nothing is bought"
    yield from _commands("recharge.commit", [recharge.commit], broken)
    if recharge.commit.register_ in recharge.write:
        yield "recharge.commit", "the commit is a register of its own; it must not stand in write"
    yield from (("recharge.result.register", text) for text in broken.not_read([recharge.result.register_]))
    result = recharge.result
    codes = Counter([*result.pending, *result.accepted, *result.duplicate, *result.refused])
    for code in (code for code, times in codes.items() if times > 1):
        yield "recharge.result", f"code {code} has two meanings; leave it in one list"
    if recharge.read_back is not None:
        yield from (("recharge.read_back", text) for text in broken.not_read([recharge.read_back]))
        if "recharge_id" not in recharge.write:
            yield (
                "recharge.read_back",
                "is compared with recharge_id, which is not written; add it or take read_back out",
            )


def _clock(clock: Clock, broken: Broken) -> Iterator[Finding]:
    if clock.register_ is not None:
        yield from (("clock.register", text) for text in broken.not_read([clock.register_]))
        if clock.register_ != "clock":
            yield "clock.register", f"{clock.register_}: call the register clock"
    if clock.format == "seconds":
        if clock.fields:
            yield "clock.fields", "belong to format bcd or binary; take them out or change the format"
        return
    needed = {"MM", "DD", "hh", "mm", "ss"}
    if missing := sorted(needed - set(clock.fields)):
        yield "clock.fields", f"{', '.join(missing)} missing; a date and time needs them"
    if ("YY" in clock.fields) == ("YYYY" in clock.fields):
        yield "clock.fields", "either YY or YYYY is needed"
    if len(set(clock.fields) - {"--"}) != len([field for field in clock.fields if field != "--"]):
        yield "clock.fields", "a field stands there twice"
    if sum(field_widths(clock)) > 20:
        yield "clock.fields", "are longer than ten registers; check them"


def _events(file: MapFile, broken: Broken) -> Iterator[Finding]:
    events = file.events
    if events is None:
        return
    yield from (("events.sequence", text) for text in broken.not_read([events.sequence]))
    names = [field.name for field in events.fields]
    yield from (("events.fields", f"{name} is missing; add it") for name in ("sequence", "code") if name not in names)
    for number, field in enumerate(events.fields):
        path = f"events.fields.{number}"
        yield from ((f"{path}.{key}", text) for key, text in coding_findings(field.name, field.coding, file))
        if field.mask is not None or field.byte is not None:
            yield path, "a field takes whole registers; mask and byte do not belong here"
    if (size := sum(registers_of(field, file.clock) for field in events.fields)) > events.registers_per_entry:
        yield "events.registers_per_entry", f"is {events.registers_per_entry}, and the fields take {size}; check both"
    if events.registers_per_entry > file.max_registers_per_read:
        yield "events.registers_per_entry", f"is more than max_registers_per_read = {file.max_registers_per_read}"
    start = events.address - file.address_base
    if start < 0 or start + events.entries * events.registers_per_entry > 65536:
        yield "events.address", "the event log runs out of the table; check address and entries"
    for code in events.codes:
        if not code.isdecimal():
            yield f"events.codes.{code}", "is not a whole number; write the meter's event code"


_READ_ITEMS: dict[Capability, tuple[str, ...]] = {
    Capability.RECHARGE: ("balance",),
    Capability.ARREARS: ("arrears",),
    Capability.CREDIT_CUT: ("balance",),
    Capability.OVERLOAD: ("load_limit",),
    Capability.AUTO_RECLOSE: ("reclose_attempts", "reclose_interval"),
    Capability.CLOCK: ("clock",),
    Capability.CLOCK_SET: ("clock",),
}
_SECTIONS: dict[Capability, str] = {
    Capability.RECHARGE: "recharge",
    Capability.REMOTE_RELAY: "relay",
    Capability.EVENTS: "events",
    Capability.CLOCK: "clock",
    Capability.ACCOUNT_PRESET: "account_preset",
}


def _missing(capability: Capability, file: MapFile, broken: Broken) -> Iterator[str]:
    """What a declared capability needs and the map does not have."""
    if capability != Capability.RECHARGE or file.wallet_location == "meter":
        yield from broken.not_read(_READ_ITEMS.get(capability, ()))
        section = _SECTIONS.get(capability)
        if section is not None and getattr(file, section) is None and not broken.has(section):
            yield f"there is no [{section}] table; add it, or take the capability out"
    if capability in (Capability.CLOCK_SET, Capability.TIME_JUMP):
        yield from broken.not_written(("clock",))
