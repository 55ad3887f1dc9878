"""What a served map makes of the firmware: which parts of it there are, under which codes it logs, and what it guards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drivers.emulated.meter import events
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.result_codes import result_codes
from drivers.meters.register_map import Item, RegisterMap
from rig.clock import seconds
from rig.contracts import EMULATED_PASSWORD, EMULATED_PHASES, ITEMS, Capability
from rig.errors import ConfigError

_OF_THE_MONEY: Mapping[str, Capability] = {
    "notices_percent": Capability.NOTICES,
    "emergency_credit": Capability.EMERGENCY_CREDIT,
    "no_cut": Capability.NO_CUT_WINDOWS,
    "daily_charge_paise": Capability.DAILY_CHARGES,
    "monthly_charge_paise": Capability.DAILY_CHARGES,
    "instalment": Capability.ARREARS,
    "reconnection_dues": Capability.ARREARS,
    "slabs": Capability.SLABS,
    "time_of_use": Capability.TIME_OF_USE,
}
"""Key of the money table -> what the map has to declare for the meter to have it."""


def money_by(map_: RegisterMap, money: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a money table that a meter with this map has."""
    return {key: to for key, to in money.items() if _OF_THE_MONEY.get(key) in {None, *map_.capabilities}}


def firmware_by(map_: RegisterMap) -> dict[str, Any]:
    """Settings of the firmware that follow from the map. ConfigError for what it cannot be made to do."""
    has, items, file = map_.capabilities, map_.items, map_.file
    found: dict[str, Any] = {"button": Capability.BUTTON in has, "numbered_recharges": "recharge_id" in items}
    found |= {alarm: 0 for alarm in events.LOW_CREDIT if alarm not in items}
    if Capability.OVERLOAD not in has:
        found["overload_enabled"] = False
    if Capability.CREDIT_CUT not in has:
        found["payment_mode"] = "postpaid"
    if any(f"{what}_l2" in items for what in ("voltage", "current", "power")):
        found["phase_shares"] = EMULATED_PHASES
    if file.unlock is not None:
        found |= {"guarded": tuple(file.unlock.needed_for), "password_lasts_ns": seconds(file.unlock.lasts_s)}
        found["password"] = EMULATED_PASSWORD if file.unlock.at_first == "locked" else 0
    return {**found, **_log(map_)}


def _log(map_: RegisterMap) -> dict[str, Any]:
    ring = map_.events
    if ring is None:
        return {}
    by_name: dict[str, int] = {}
    for code, name in ring.codes.items():
        by_name.setdefault(name, code)
    (field,) = [codec for name, _, codec in ring.fields if name == "code"]
    problems = [
        f"map {map_.name}: events.codes.{code}: cannot be shown in the field code: {why}"
        for code in ring.codes
        if (why := _not_shown(field.encode, code))
    ]
    if problems:
        raise ConfigError(problems)
    codes = tuple((own, by_name[name]) for own, name in events.NAMES.items() if name in by_name)
    last = (1 << 16 * map_.items[ring.sequence].registers) - 1
    return {"event_codes": codes, "log_entries": ring.entries, "last_sequence": last}


def not_served(map_: RegisterMap, meter: EmulatedMeter) -> Iterator[str]:
    """What of the map this meter cannot be, in words."""
    for name, item in map_.items.items():
        path = f"map {map_.name}: registers.{name}"
        if name in ITEMS and item.read_table and not (meter.shows(name) or item.write_table):
            yield f"{path}: the emulated meter has no such item; take it out of the map that is emulated"
        if (
            meter.shows(name)
            and item.write_table is not None
            and not meter.takes(name)
            and not _in_procedure(map_, name)
        ):
            yield f'{path}: cannot be written to the emulated meter; write access = "read" in the map that is emulated'
        if item.read_table is not None and meter.shows(name) and (why := _not_shown(item.codec.show, meter.get(name))):
            yield f"{path}: cannot show what the emulated meter holds, {meter.get(name)}: {why}"
    recharge = map_.file.recharge
    if recharge is not None:
        register: Item = map_.items[recharge.result.register_]
        for code in sorted(code for code in result_codes(recharge.result).values() if code is not None):
            if why := _not_shown(register.codec.encode, code):
                yield f"map {map_.name}: recharge.result: {register.name} cannot show the code {code}: {why}"


def _in_procedure(map_: RegisterMap, name: str) -> bool:
    relay = map_.file.relay
    commands = [] if relay is None else [relay.disconnect, relay.reconnect]
    steps = [step for one in commands for step in (one if isinstance(one, list) else [one])]
    return name in {step.register_ for step in steps}


def _not_shown(show: Any, value: object) -> str:
    try:
        show(value)
    except ValueError as error:
        return str(error) or "it does not fit"
    return ""
