"""Opens every device of a bench through the catalogue: the keeper at its beginning, the parent when the keeper is gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from rig.catalogue import opener
from rig.clock import Clock
from rig.config import BenchFile
from rig.contracts import Bus, FrameLog, Load, Presser, RelaySense, Source, Tamperer
from rig.errors import ConfigError, LinkError, RigError
from rig.opener import Opening, silent

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shared:
    """A device table and the positions that it serves, in the order of the bench file."""

    table: Table
    positions: tuple[str, ...]
    senses: tuple[str, ...] = ()
    """Of a bus: the positions whose relay sense talks on it."""
    buttons: tuple[str, ...] = ()
    """Of a bus: the positions whose button is worked over it."""

    @property
    def name(self) -> str:
        """For messages: "P01" or "P01+P02"."""
        return "+".join(self.positions)

    @property
    def where(self) -> str:
        """Of a bus, for messages: "P01 meter", "P01+P02 meter, P01 relay sense"."""
        users = {"meter": self.positions, "relay sense": self.senses, "button": self.buttons}
        return ", ".join(f"{'+'.join(names)} {what}" for what, names in users.items() if names)


def buses_of(bench: BenchFile) -> list[Shared]:
    """The buses of meters, sense channels and buttons; tables with one address are one bus.

    A sense channel or button that is alone on its bus opens it itself.
    """
    found: dict[str, Shared] = {}
    for position in bench.positions:
        tables = {
            "positions": position.meter.bus or {},
            "senses": (position.sense or {}).get("bus"),
            "buttons": (position.button or {}).get("bus"),
        }
        for users, table in tables.items():
            if table is None:
                continue
            one = found.get(address_of(table), Shared(table, ()))
            more: dict[str, Any] = {users: (*getattr(one, users), position.name)}
            found[address_of(table)] = replace(one, **more)
    return [one for one in found.values() if one.positions or len(one.senses + one.buttons) > 1]


def address_of(table: Table) -> str:
    """What makes two bus tables one bus."""
    return json.dumps([table.get(part) for part in ("type", "host", "port", "command", "folder")])


def sources_of(bench: BenchFile) -> list[Shared]:
    """The sources: the bench's for those who share it, and each position's own."""
    shared = [] if bench.source is None else [Shared(bench.source, tuple(bench.shared_by))]
    own = [Shared(p.source, (p.name,)) for p in bench.positions if p.source and p.name not in bench.shared_by]
    return shared + own


@dataclass(slots=True)
class Power:
    """Everything that can put energy on a position: loads by position, sources with those who share them."""

    loads: dict[str, Load] = field(default_factory=dict)
    sources: list[tuple[Shared, Source]] = field(default_factory=list)


@dataclass(slots=True)
class Lookers:
    """What looks, talks, presses and tampers: buses with those who share them, the others by position."""

    buses: list[tuple[Shared, Bus]] = field(default_factory=list)
    senses: dict[str, RelaySense] = field(default_factory=dict)
    buttons: dict[str, Presser] = field(default_factory=dict)
    tamperers: dict[str, Tamperer] = field(default_factory=dict)


def open_power(bench: BenchFile, clock: Clock, note: Callable[[str, str], None] = lambda _where, _words: None) -> Power:
    """Open every load and source; `note` takes what somebody did by hand, and where. Raises as `raise_problems`."""
    power = Power()

    def _opening(name: str, what: str) -> Opening:
        return Opening(f"{name} {what}", clock, note=lambda words: note(name, f"{what}: {words}"))

    def load(name: str, table: Table) -> None:
        power.loads[name] = open_device("loads", table, _opening(name, "load"))

    def source(shared: Shared) -> None:
        power.sources.append((shared, open_device("sources", shared.table, _opening(shared.name, "source"))))

    jobs: list[Callable[[], None]] = [partial(source, s) for s in sources_of(bench)]
    jobs += [partial(load, p.name, p.load or {}) for p in bench.positions]
    raise_problems(in_parallel(jobs))
    return power


def open_lookers(
    bench: BenchFile,
    clock: Clock,
    loads: Mapping[str, Load],
    bus_log: Callable[[Shared], FrameLog] = lambda _: silent,
    log: Callable[[str], FrameLog] = lambda _: silent,
    line: Callable[[Shared, Bus, str], Bus] = lambda _shared, bus, _who: bus,
    note: Callable[[str, str], None] = lambda _where, _words: None,
) -> Lookers:
    """Open every bus, sense channel and button; none is pressed. Raises as `raise_problems`.

    `loads` are for the channels that read a load; `line` makes of a bus what "P01 sense" or "P01 button" may hold of it, `log`
    takes the frames of those that have a bus to themselves, `note` what somebody did by hand, and where.
    """
    lookers = Lookers()
    lines: dict[str, Bus] = {}

    def bus(shared: Shared) -> None:
        device: Bus = open_device("buses", shared.table, Opening(shared.where, clock, bus_log(shared)))
        lookers.buses.append((shared, device))
        lines.update((who, line(shared, device, who)) for who in _on(shared))

    def sense(name: str, table: Table) -> None:
        who = f"{name} sense"
        opening = Opening(f"{name} relay sense", clock, log(who), loads[name], lines.get(who))
        lookers.senses[name] = open_device("senses", table, opening)

    def button(name: str, table: Table) -> None:
        who = f"{name} button"
        opening = Opening(who, clock, log(who), bus=lines.get(who), note=lambda words: note(name, f"button: {words}"))
        lookers.buttons[name] = open_device("buttons", table, opening)

    def tamperer(name: str, table: Table) -> None:
        opening = Opening(f"{name} tampering", clock, note=lambda words: note(name, f"tampering: {words}"))
        lookers.tamperers[name] = open_device("tamperers", table, opening)

    buses = buses_of(bench)
    found = in_parallel([partial(bus, s) for s in buses])
    late = {who for shared in buses for who in _on(shared)} - set(lines)
    jobs: list[tuple[str, Callable[[], None]]] = []
    for p in bench.positions:
        jobs.append((f"{p.name} sense", partial(sense, p.name, p.sense or {})))
        if p.button is not None:
            jobs.append((f"{p.name} button", partial(button, p.name, p.button or {})))
        if p.tampering is not None:
            jobs.append((f"{p.name} tampering", partial(tamperer, p.name, p.tampering)))
    found += in_parallel([job for who, job in jobs if who not in late])
    raise_problems(found)
    return lookers


def _on(shared: Shared) -> list[str]:
    """Who talks on a bus besides meters: "P01 sense", "P01 button"."""
    return [f"{name} sense" for name in shared.senses] + [f"{name} button" for name in shared.buttons]


def preload(bench: BenchFile) -> None:
    """Load whatever opening loads, sources and buttons needs, so that an emergency does not begin with reading files."""
    for shared in sources_of(bench):
        opener("sources", str(shared.table.get("type"))).prepare()
    for position in bench.positions:
        opener("loads", str((position.load or {}).get("type"))).prepare()
        if position.button is not None:
            opener("buttons", str(position.button.get("type"))).prepare()


def open_device(kind: str, table: Table, opening: Opening) -> Any:
    """Open one device by its table. LinkError names position, device, address and what to check, each once."""
    type_ = table.get("type")
    if type_ is None:
        raise ConfigError(f"{opening.where}: type is missing")
    try:
        return opener(kind, str(type_))(table, opening)
    except LinkError as error:
        raise LinkError(_whole(str(error), opening.where, table)) from None


def _whole(words: str, where: str, table: Table) -> str:
    """What a driver said, with whatever it left out of: which device, where, what to check."""
    address = ", ".join(f"{key} {value}" for key, value in table.items() if key in ("type", "host", "port", "resource"))
    places = [table[key] for key in ("host", "port", "resource") if isinstance(table.get(key), str)]
    if not places or not any(place in words for place in places):
        words = f"{where} ({address}): {words.removeprefix(where).lstrip(': ')}"
    return words if "check" in words else f"{words}; check cable, address and power"


def in_parallel(jobs: Collection[Callable[[], None]]) -> list[RigError]:
    """Run jobs in threads, so that several absent devices cost one time-out; the rig's errors of all of them, in order."""
    found: dict[int, RigError] = {}

    def run(number: int, job: Callable[[], None]) -> None:
        try:
            job()
        except RigError as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=numbered, daemon=True) for numbered in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in sorted(found)]


def raise_problems(found: Collection[RigError]) -> None:
    """Raise what was found as one error with every problem: ConfigError if a table is wrong, else the class of the first."""
    if not found:
        return
    wrong = [line for error in found if isinstance(error, ConfigError) for line in error.problems]
    if wrong:
        raise ConfigError(wrong)
    first = next(iter(found))
    if len(found) == 1:
        raise first
    raise LinkError("\n".join(str(error) for error in found))


def close_all(*devices: object) -> None:
    """Let go of every device that can be let go of."""
    for device in devices:
        close = getattr(device, "close", None)
        if close is not None:
            close()
