"""A bench file whole: its own keys, every device table against whatever would open it, maps, passwords. Nothing is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from rig.catalogue import file_named, opener, thing
from rig.certificate import calibration_words, instrument_facts
from rig.channel import resolution, too_tight
from rig.clock import SECOND, utc_now
from rig.config import BenchFile, PositionTable, filled
from rig.contracts import Password
from rig.errors import ConfigError
from rig.promises import Promises
from rig.relay_table import known_relay_problems
from rig.zones import change_ahead, zone_named

_KINDS = {"loads": "load", "senses": "sense", "sources": "source", "buttons": "button", "tamperers": "tampering"}

_SOMEWHERE: Mapping[str, Any] = {
    "modbus": "127.0.0.1:1",
    "rtu": "pty",
    "gateway": "127.0.0.1:1",
    "digital_inputs": "127.0.0.1:1",
    "load_side": 0,
    "line_side": 1,
    "button": 1000,
    "load": "TCPIP::127.0.0.1::1::SOCKET",
    "source": "TCPIP::127.0.0.1::1::SOCKET",
}
"""Addresses as an emulator would serve them, so that what a bench file says besides can be checked."""


def device_problems(bench: BenchFile, where: str) -> list[str]:
    """Every problem of every device table, with file and key path first."""
    if not bench.emulates:
        return table_problems(bench.model_dump(), where)
    found = []
    if bench.emulated is not None:
        try:
            thing("emulated_checks", "settings")(bench.emulated, f"{where}: emulated")
        except ConfigError as error:
            found += error.problems
    return found + table_problems(as_if_wired(bench).model_dump(), where)


def as_if_wired(bench: BenchFile) -> BenchFile:
    """An emulated bench with a table for every device, at addresses that mean nothing."""
    own = {key: text for key in ("load_dialect", "source_dialect") if (text := (bench.emulated or {}).get(key))}
    return filled(bench, {p.name: {**_SOMEWHERE, **own} for p in bench.positions})


def table_problems(bench: Mapping[str, Any], where: str) -> list[str]:
    """As `device_problems`, of a bench table that may have other problems too."""
    found = _table_problems("sources", bench.get("source"), f"{where}: source")
    positions = bench.get("positions")
    for number, position in enumerate(positions if isinstance(positions, list) else ()):
        if not isinstance(position, Mapping):
            continue
        path = f"{where}: positions.{position.get('name', number)}"
        meter = position.get("meter")
        if isinstance(meter, Mapping):
            found += _table_problems("buses", meter.get("bus"), f"{path}.meter.bus")
        for kind, key in _KINDS.items():
            found += _table_problems(kind, position.get(key), f"{path}.{key}")
        found += known_relay_problems(position.get("known_relay"), f"{path}.known_relay")
        found += _never_reached(position.get("sense"), bench.get("mains"), f"{path}.sense")
    return found


def _never_reached(sense: object, mains: object, path: str) -> list[str]:
    """A threshold that the mains do not surely reach: a closed contact would look open."""
    threshold = sense.get("threshold_v") if isinstance(sense, Mapping) else None
    try:
        volts = Decimal(str(mains.get("volts", 230) if isinstance(mains, Mapping) else 230))
    except ArithmeticError:
        return []
    if not isinstance(threshold, int) or threshold < volts * 9 / 10:
        return []
    words = f"{threshold} V is hardly reached by mains of {volts} V, so a closed contact would look open"
    return [f"{path}.threshold_v: {words}; take about {int(volts / 8)} V"]


def _table_problems(kind: str, table: object, path: str) -> list[str]:
    if not isinstance(table, Mapping):
        return []
    if "type" not in table:
        return [f"{path}.type: is missing"]
    try:
        return opener(kind, str(table["type"])).check(table, path)
    except ConfigError as error:
        return [f"{path}.type: {problem}" for problem in error.problems]


def missing_problems(bench: BenchFile, where: str) -> list[str]:
    """What keeps devices from being opened here, though the file is right: nobody at a terminal, say."""
    tables = [("sources", f"{where}: source", bench.source)]
    for one in bench.positions:
        tables += [(kind, f"{where}: positions.{one.name}.{key}", getattr(one, key)) for kind, key in _KINDS.items()]
    return [
        f"{path}: {words}"
        for kind, path, table in tables
        if table and "type" in table and (words := opener(kind, str(table["type"])).missing())
    ]


def map_problems(names: Iterable[str]) -> list[str]:
    """Every problem of these maps, each map once."""
    found: list[str] = []
    for name in dict.fromkeys(names):
        try:
            thing("meters", "modbus").load(file_named("maps", name))
        except ConfigError as error:
            found += error.problems
    return found


def passwords_of(position: PositionTable, where: str) -> dict[str, Password]:
    """The passwords of a position's meter, read from where the bench file says. ConfigError for all that are not there."""
    found, problems = {}, []
    for name, secret in position.meter.secrets.items():
        try:
            found[name] = secret.read(f"{where}: positions.{position.name}.meter.secrets.{name}")
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return found


def secret_problems(bench: BenchFile, where: str) -> list[str]:
    """Secrets that no map knows, whether they are there or not."""
    meters, found = thing("meters", "modbus"), []
    for one in bench.positions:
        if not one.meter.secrets or map_problems([one.meter.map]):
            continue
        known = meters.secret_names(meters.load(file_named("maps", one.meter.map)))
        found += [
            f"{where}: positions.{one.name}.meter.secrets.{name}: map {one.meter.map} has no such password; "
            f"it has {', '.join(sorted(known)) or 'none'}"
            for name in sorted(set(one.meter.secrets) - known)
        ]
    return found


def password_problems(position: PositionTable, map_name: str, where: str) -> list[str]:
    """What is wrong with the passwords of a position: not there, not known to its map, or not fitting it."""
    meters = thing("meters", "modbus")
    try:
        passwords = passwords_of(position, where)
    except ConfigError as error:
        return error.problems
    if map_problems([map_name]):
        return []
    path = f"{where}: positions.{position.name}.meter"
    try:
        meters.check_secrets(meters.load(file_named("maps", map_name)), position.meter.unit, path, passwords)
    except ConfigError as error:
        return error.problems
    return []


def instruments_of(bench: BenchFile, positions: Iterable[str] = ()) -> list[dict[str, str]]:
    """Serial numbers and calibrations of the bench's instruments, of these positions alone when any are named."""
    wanted = tuple(positions)
    tables: dict[str, Mapping[str, Any] | None] = {"source": bench.source}
    for one in bench.positions:
        if not wanted or one.name in wanted:
            tables |= {f"{one.name} {key}": getattr(one, key) for key in ("load", "source", "sense")}
    return instrument_facts(tables)


def bench_notes(bench: BenchFile, where: str) -> list[str]:
    """What does not keep a bench file from being right, and will matter: calibrations that have expired, passwords not there."""
    today = utc_now().astimezone(zone_named(bench.zone)).date().isoformat()
    notes = [words for facts in instruments_of(bench) if (words := calibration_words(facts, today))]
    if not bench.emulates:
        notes += [f"a run will not begin from here: {words}" for words in missing_problems(bench, where)]
        zones = dict.fromkeys([bench.zone, *(one.meter.zone for one in bench.positions if one.meter.zone)])
        notes += [words for zone in zones if (words := change_ahead(zone, utc_now()))]
    for position in bench.positions:
        notes += _coarse(position, bench)
        notes += [f"a run will not begin: {words}" for words in password_problems(position, position.meter.map, where)]
    return notes


def _coarse(position: PositionTable, bench: BenchFile) -> list[str]:
    """What the relay channel of a position is too coarse for, by the promises of its map."""
    map_ = thing("meters", "modbus").load(file_named("maps", position.meter.map))
    resolves = resolution(position, bench)
    tight = too_tight(Promises.read(map_.promises, f"map {position.meter.map}"), resolves)
    return [
        f"positions.{position.name}: the relay channel resolves {resolves / SECOND:.3f} s, too coarse for {words}: "
        "what is timed by it will be INCONCLUSIVE; lower every_ms or the spread of delay_s"
        for words in tight
    ]
