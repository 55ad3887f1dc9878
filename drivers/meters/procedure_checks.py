"""Do the procedures of a map (recharge, relay, password, events) and its capabilities rest on items that are there?"""

from __future__ import annotations

from collections.abc import Iterator

from drivers.meters.clock_forms import field_widths
from drivers.meters.coding_checks import coding_findings
from drivers.meters.item_codec import registers_of
from drivers.meters.map_model import Clock, Command, Events, MapFile
from drivers.meters.recharge_checks import command_findings, recharge_findings
from drivers.meters.references import Broken, is_whole
from rig.contracts import ITEMS, Capability

Finding = tuple[str, str]


def procedure_findings(file: MapFile, broken: Broken) -> Iterator[Finding]:
    """Everything wrong with the procedures, the clock, the event log and the capabilities."""
    yield from recharge_findings(file, broken)
    if file.relay is not None:
        for key in ("disconnect", "reconnect"):
            commands: Command | list[Command] = getattr(file.relay, key)
            yield from command_findings(f"relay.{key}", commands if isinstance(commands, list) else [commands], broken)
    yield from _guarded_writes(file, broken)
    if file.clock is not None:
        yield from _clock(file.clock, broken)
    yield from _events(file, broken)
    yield from (("not_retrieved", text) for text in _not_retrieved(file))
    for capability in sorted(set(file.absent) & set(file.capabilities)):
        yield "absent", f"{capability}: stands under capabilities too; take it out of one of them"
    for capability in file.capabilities:
        yield from (("capabilities", f"{capability}: {text}") for text in _missing(capability, file, broken))


def _guarded_writes(file: MapFile, broken: Broken) -> Iterator[Finding]:
    if file.account_preset is not None:
        yield from (("account_preset.write", text) for text in broken.not_written(file.account_preset.write))
        for name in file.account_preset.write:
            if name not in ("balance", "arrears"):
                yield "account_preset.write", f"{name} is not money that a test may set; balance and arrears are"
    if file.unlock is not None:
        yield from (("unlock.register", text) for text in broken.not_written([file.unlock.register_]))
        yield from command_findings("unlock.first", file.unlock.first, broken)
        yield from (("unlock.needed_for", text) for text in broken.not_written(file.unlock.needed_for))
        secret = file.registers.get(file.unlock.register_)
        if secret is not None and not is_whole(secret):
            yield "unlock.register", f"{file.unlock.register_} is a part of a register; a whole one is needed here"
        if secret is not None and not secret.secret:
            yield (
                f"registers.{file.unlock.register_}.secret",
                "is the password; write secret = true, so that no log shows it",
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
    yield from _codes(events)


def _codes(events: Events) -> Iterator[Finding]:
    seen: dict[int, str] = {}
    for text in events.codes:
        try:
            code = int(text, 0)
        except ValueError:
            code = -1
        if code < 0:
            yield f"events.codes.{text}", "is not a whole number; write the meter's event code, such as 17 or 0x11"
        elif seen.setdefault(code, text) != text:
            yield f"events.codes.{text}", f"is the same number as {seen[code]}; an event has one name"


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
    Capability.TAMPER: "events",
    Capability.CLOCK: "clock",
    Capability.ACCOUNT_PRESET: "account_preset",
}


def absent_for(capability: Capability, file: MapFile) -> Iterator[str]:
    """Items and procedures that a capability rests on and that stand in `not_retrieved`."""
    names = [*_READ_ITEMS.get(capability, ()), _SECTIONS.get(capability, "")]
    yield from (name for name in names if name in file.not_retrieved)


def _not_retrieved(file: MapFile) -> Iterator[str]:
    known = {name for names in _READ_ITEMS.values() for name in names} | set(_SECTIONS.values()) | ITEMS
    for name in file.not_retrieved:
        if name not in known:
            yield f"{name}: is neither an item that the rig knows nor a procedure"
        elif name in file.registers or getattr(file, name, None) is not None:
            yield f"{name}: is in this map; take it out of the one or the other"


def _missing(capability: Capability, file: MapFile, broken: Broken) -> Iterator[str]:
    """What a declared capability needs and the map does not have."""
    if (
        capability in (Capability.RECHARGE, Capability.CREDIT_CUT, Capability.ARREARS)
        and file.wallet_location == "none"
    ):
        yield 'wallet_location = "none" has no money; take the capability out, or say where the money is'
        return
    if capability != Capability.RECHARGE or file.wallet_location == "meter":
        yield from broken.not_read([i for i in _READ_ITEMS.get(capability, ()) if i not in file.not_retrieved])
        section = _SECTIONS.get(capability)
        if section in file.not_retrieved:
            return
        if section is not None and getattr(file, section) is None and not broken.has(section):
            yield f"there is no [{section}] table; add it, or take the capability out"
    if capability in (Capability.CLOCK_SET, Capability.TIME_JUMP):
        yield from broken.not_written(("clock",))
