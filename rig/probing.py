"""Who answers on a bench: every device opened and asked once, by itself. Nothing is energised, nothing is written to a meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from rig.catalogue import opener, thing
from rig.clock import MILLISECOND, Clock
from rig.config import BenchFile
from rig.contracts import IDENTITY, Bus
from rig.errors import ConfigError, RigError
from rig.keeper.hardware import buses_of, in_parallel, open_device, sources_of
from rig.opener import Opening
from rig.workplace import read_map

NO_MAINS = "its mains are off, and nothing was energised: live the line and probe again, or give --mains"


@dataclass(slots=True)
class Probed:
    """One device: what it is, where, what it said of itself, how long that took (ms), or why there was no answer."""

    device: str
    address: str
    answered: bool = False
    identity: str = ""
    latency_ms: str = ""
    words: str = ""


@dataclass(slots=True)
class Probe:
    """Asks every device of a bench whose addresses are complete. `rows` in the order of the file when it is done."""

    bench: BenchFile
    clock: Clock
    rows: list[Probed] = field(default_factory=list)
    _loads: dict[str, Any] = field(default_factory=dict)
    _lines: dict[str, Bus] = field(default_factory=dict)
    _live: dict[str, bool] = field(default_factory=dict)
    _open: list[Any] = field(default_factory=list)

    def run(self) -> list[Probed]:
        """Sources and loads first, then channels and meters, each kind at once. Everything is closed again."""
        bench = self.bench
        try:
            self._at_once(
                [self._source(shared.name, shared.positions, shared.table) for shared in sources_of(bench)]
                + [self._load(p.name, p.load or {}) for p in bench.positions]
            )
            self._at_once([self._bus(shared) for shared in buses_of(bench)])
            self._at_once(
                [self._sense(p.name, p.sense or {}) for p in bench.positions]
                + [self._button(p.name, p.button) for p in bench.positions if p.button is not None]
            )
        finally:
            for device in self._open:
                device.close()
        return self.rows

    def _at_once(self, asked: list[tuple[list[Probed], Callable[[], None]]]) -> None:
        for rows, _ in asked:
            self.rows += rows
        in_parallel([job for _, job in asked])

    def _opened(self, kind: str, table: Mapping[str, Any], opening: Opening) -> Any:
        device = open_device(kind, table, opening)
        self._open.append(device)
        return device

    def _timed(self, row: Probed, ask: Callable[[], object]) -> Any:
        began = self.clock.now()
        said = ask()
        took = self.clock.now() - began
        row.answered, row.latency_ms = True, f"{took / MILLISECOND:.1f}"
        return said

    def _source(
        self, name: str, positions: tuple[str, ...], table: Mapping[str, Any]
    ) -> tuple[list[Probed], Callable[[], None]]:
        row = Probed(f"{name} source", _address(table))

        def job() -> None:
            with _Told(row):
                source = self._opened("sources", table, Opening(row.device, self.clock))
                on = bool(self._timed(row, source.is_on))
                row.identity, row.words = getattr(source, "identification", ""), f"output {'on' if on else 'off'}"
                self._live.update(dict.fromkeys(positions, on))

        return [row], job

    def _load(self, name: str, table: Mapping[str, Any]) -> tuple[list[Probed], Callable[[], None]]:
        row = Probed(f"{name} load", _address(table))

        def job() -> None:
            with _Told(row):
                load = self._loads[name] = self._opened("loads", table, Opening(row.device, self.clock))
                at = self._timed(row, load.measure)
                row.identity = getattr(load, "identification", "")
                row.words = f"{at.voltage_v:f} V, {at.current_a:f} A, {at.power_w:f} W"

        return [row], job

    def _sense(self, name: str, table: Mapping[str, Any]) -> tuple[list[Probed], Callable[[], None]]:
        row = Probed(f"{name} relay sense", _address(table.get("bus") or table))

        def job() -> None:
            with _Told(row):
                opening = Opening(row.device, self.clock, load=self._loads.get(name), bus=self._lines.get(row.device))
                sense = self._opened("senses", table, opening)
                sample = self._timed(row, sense.sample)
                line = {True: "live", False: "dead", None: "not sensed"}[sample.line_side]
                row.words = f"load side {'live' if sample.load_side else 'dead'}, line side {line}"

        return [row], job

    def _button(self, name: str, table: Mapping[str, Any]) -> tuple[list[Probed], Callable[[], None]]:
        """What would press a button is asked how it stands; nothing is pressed."""
        coil = f"coil {table['coil']}" if "coil" in table else ""
        row = Probed(f"{name} button", " ".join(filter(None, [_address(table.get("bus") or table), coil])))

        def job() -> None:
            with _Told(row):
                button = self._opened(
                    "buttons", table, Opening(row.device, self.clock, bus=self._lines.get(row.device))
                )
                row.words = "held down: who presses it?" if self._timed(row, button.held) else "let go of"
                if absent := opener("buttons", str(table["type"])).missing():
                    row.answered, row.words = False, absent

        return [row], job

    def _bus(self, shared: Any) -> tuple[list[Probed], Callable[[], None]]:
        """A bus for all who talk on it, and every meter on it, one after the other."""
        positions = [p for p in self.bench.positions if p.name in shared.positions]
        rows = [Probed(f"{p.name} meter", _address(p.meter.bus or {}, p.meter.unit)) for p in positions]

        def job() -> None:
            opened: list[Bus] = []

            def open_once() -> Bus:
                if not opened:
                    opened.append(self._opened("buses", shared.table, Opening(shared.where, self.clock)))
                    self._lines.update((f"{name} relay sense", opened[0]) for name in shared.senses)
                    self._lines.update((f"{name} button", opened[0]) for name in shared.buttons)
                return opened[0]

            if not rows:
                with suppress(RigError):  # each device on it says so itself
                    open_once()
            for position, row in zip(positions, rows, strict=True):
                with _Told(row):
                    self._meter(position, open_once(), row)
                if not row.answered and self._live.get(position.name) is False:
                    row.words = f"{row.words}; {NO_MAINS}"

        return rows, job

    def _meter(self, position: Any, bus: Bus, row: Probed) -> None:
        map_ = read_map(position.meter.map)
        rtu = (position.meter.bus or {}).get("type") in ("rtu", "rtu_over_tcp")
        meters = thing("meters", "modbus")
        meter = meters.open(map_, bus, position.meter.unit, self.clock, row.device, {}, rtu)
        row.identity, row.words = told_by(meter, lambda ask: self._timed(row, ask))


def told_by(meter: Any, timed: Callable[[Callable[[], object]], Any]) -> tuple[str, str]:
    """What a meter says of itself (model of the map, serial, firmware), and which item answered where it has neither."""
    items = [item for item in IDENTITY if item in meter.items] or sorted(meter.items)[:1]
    values = timed(lambda: meter.read(*items)).values
    said = ", ".join(f"{item} {values[item]}" for item in items)
    return f"{meter.model}: {said}", ""


def _address(table: Mapping[str, Any], unit: int | None = None) -> str:
    place = table.get("resource") or ":".join(str(table[key]) for key in ("host", "port") if key in table)
    parts = [str(table.get("type", "")), str(place), *([f"unit {unit}"] if unit is not None else [])]
    return " ".join(part for part in parts if part)


class _Told:
    """Keeps a device's error for its row instead of ending the probe."""

    def __init__(self, row: Probed) -> None:
        self._row = row

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _at: object) -> bool:
        if not isinstance(error, RigError | ConfigError):
            return False
        self._row.words = str(error)
        return True
