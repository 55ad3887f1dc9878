"""What does not fit together in a bench file, looked for in the table as it was read, whatever else is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rig.bus_sharing import on_one_bus

LEAST_VOLTS, LEAST_HERTZ, MOST_HERTZ = 50, 45, 65


def contradictions(table: Mapping[str, Any]) -> list[str]:
    """Each beginning with its key path. What has the wrong type is left to whoever checks types."""
    positions = _positions(table)
    names = [str(p["name"]) for p in positions if "name" in p]
    wrong = [f"positions: {n} is named twice" for n in sorted({n for n in names if names.count(n) > 1})]
    shared = _shared(table)
    wrong += [f"shared_by: names {n}, which is no position" for n in shared if n not in names]
    wrong += [f"shared_by: names {n} twice" for n in sorted({n for n in shared if shared.count(n) > 1})]
    if shared and not table.get("source") and table.get("kind") == "wired":
        wrong.append("shared_by: there is no source to share; add the table, or give each position its own")
    wrong += _mains(table) + _phases(table, positions)
    return wrong + (_wired(table, positions, shared) if table.get("kind") == "wired" else _emulated(table, names))


def _positions(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = table.get("positions")
    return [p for p in given if isinstance(p, Mapping)] if isinstance(given, list) else []


def _shared(table: Mapping[str, Any]) -> list[str]:
    given = table.get("shared_by")
    return [n for n in given if isinstance(n, str)] if isinstance(given, list) else []


def _emulated(table: Mapping[str, Any], names: list[str]) -> list[str]:
    """An emulated bench that names its positions must have those that are to be run."""
    emulated = table.get("emulated")
    there = [str(p.get("name")) for p in _positions(emulated)] if isinstance(emulated, Mapping) else []
    return [
        f"emulated.positions: there is no {n}, which stands in positions" for n in names if there and n not in there
    ]


def _wired(table: Mapping[str, Any], positions: list[Mapping[str, Any]], shared: list[str]) -> list[str]:
    wrong = on_one_bus(positions)
    if table.get("emulated") is not None:
        wrong.append("emulated: a wired bench emulates nothing; remove the table, or set kind")
    for number, position in enumerate(positions):
        name = position.get("name", number)
        meter = position.get("meter")
        bus = meter.get("bus") if isinstance(meter, Mapping) else None
        needed = {"meter.bus": bus, "load": position.get("load"), "sense": position.get("sense")}
        wrong += [f"positions.{name}.{key}: is missing" for key, given in needed.items() if given is None]
        on_shared = bool(table.get("source")) and name in shared
        if not position.get("source") and not on_shared:
            wrong.append(f"positions.{name}: has no source: give it one, or name it in shared_by")
        if position.get("source") and on_shared:
            wrong.append(f"positions.{name}.source: it is named in shared_by too; it can hang on one source only")
    return wrong


def _phases(table: Mapping[str, Any], positions: list[Mapping[str, Any]]) -> list[str]:
    """Phases that do not make up a whole load, or that an emulated bench has of its own."""
    wrong = []
    for number, position in enumerate(positions):
        path, given = f"positions.{position.get('name', number)}.phases", position.get("phases")
        if given is not None and table.get("kind") != "wired":
            wrong.append(
                f"{path}: belongs to a wired bench; an emulated load stands as emulated.meter.phase_shares says"
            )
        elif isinstance(given, list) and all(isinstance(one, int) for one in given) and sum(given) != 100:
            wrong.append(f"{path}: {given} are no parts of 100 %")
    return wrong


def _mains(table: Mapping[str, Any]) -> list[str]:
    """Mains that no meter is made for, that the bench forbids, or that its source cannot give."""
    given = table.get("mains", {})
    mains = given if isinstance(given, Mapping) else {}
    volts, hertz = _decimal(mains.get("volts", "230")), _decimal(mains.get("hertz", "50"))
    limits = table.get("limits")
    most = limits.get("volts") if isinstance(limits, Mapping) else None
    wrong = []
    if volts is not None and isinstance(most, int) and volts > most:
        wrong.append(f"mains.volts: {volts} is above limits.volts, {most}")
    if volts is not None and volts < LEAST_VOLTS:
        wrong.append(f"mains.volts: {volts} is no mains voltage; {LEAST_VOLTS} or more is needed")
    if hertz is not None and not LEAST_HERTZ <= hertz <= MOST_HERTZ:
        wrong.append(f"mains.hertz: {hertz} is no mains frequency; {LEAST_HERTZ} to {MOST_HERTZ} is taken")
    if volts is not None:
        wrong += [
            f"{path}.most_volts: {gives} is less than mains.volts, {volts}: this source cannot give the mains"
            for path, gives in _sources(table)
            if gives < volts
        ]
    return wrong


def _sources(table: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Every source that says what it gives at most: key path and V."""
    tables = [("source", table.get("source")), ("emulated", table.get("emulated"))]
    tables += [
        (f"positions.{position.get('name', number)}.source", position.get("source"))
        for number, position in enumerate(_positions(table))
    ]
    return [
        (path, most)
        for path, one in tables
        if isinstance(one, Mapping) and isinstance(most := one.get("most_volts"), int)
    ]


def _decimal(given: object) -> Decimal | None:
    try:
        found = Decimal(str(given))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None
