"""The devices of an emulated bench on sockets and pseudo terminals, all in one thread and one loop."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from drivers.emulated.button import FIRST_COIL
from drivers.emulated.edge_logger import BEAT, EmulatedEdgeLogger
from drivers.emulated.position import EmulatedInstallation, EmulatedPosition
from drivers.emulated.settings import EmulatedBenchSettings
from drivers.emulated.truth_log import TruthLog
from drivers.emulated.wall_alarms import OnTime, WallAlarms
from drivers.lines.ports import ByteDevice
from drivers.lines.pty_device import PtyDevice
from drivers.modbus.gateway import serve_gateway
from drivers.modbus.server import serve_pty, serve_tcp
from drivers.modbus.unit import Answer
from drivers.scpi.line_server import serve_lines
from rig.clock import MICROSECOND, SECOND, WallClock, utc_now
from rig.contracts import EMULATED_PASSWORD
from rig.errors import ConfigError

Given = TypeVar("Given")
Taken = TypeVar("Taken")


INPUTS_ON_RTU = 100
"""Unit of the digital inputs on the RTU line of each meter, unless that meter is this unit itself."""


class _Closes(Protocol):
    def close(self) -> None:
        """Stop serving."""


class ServedBench:
    """Serves a whole bench until `close`. `truth` names the file where every change of the circuits is written."""

    def __init__(
        self, settings: EmulatedBenchSettings, clock: WallClock, loop: asyncio.AbstractEventLoop, truth: Path | None
    ) -> None:
        """Raises ConfigError: the settings, or a truth log that cannot be written."""
        self._settings = settings
        self._alarms = WallAlarms(clock, loop)
        self._installation = EmulatedInstallation(settings, self._alarms, _civil_zero(settings, clock))
        self._open: list[_Closes] = []
        self._next_port = settings.first_port
        if truth is not None:
            log = TruthLog(truth, clock.zero)
            self._open.append(log)
            for position in self._installation.positions:
                position.circuit.on_change(log.follow(position.name, position.circuit.log))

    async def open(self) -> dict[str, dict[str, Any]]:
        """Begin to serve; the addresses by position. Raises ConfigError: a port is taken, or there are no ptys."""
        inputs = await self._tcp(1, self._installation.inputs_answer, "digital inputs")
        sources = [await self._lines(s.ask, "source") for s in self._installation.sources]
        addresses: dict[str, dict[str, Any]] = {}
        for number, position in enumerate(self._installation.positions):
            addresses[position.name] = {
                **await self._meter(position),
                "load": await self._lines(position.load.ask, f"{position.name} load"),
                "source": sources[number if len(sources) > 1 else 0],
                **self._edge_logger(position),
                **self._resistor_bank(position),
                "load_dialect": self._settings.load_dialect,
                "source_dialect": self._settings.source_dialect,
                "digital_inputs": inputs,
                "load_side": 2 * number,
                "line_side": 2 * number + 1,
                "button": FIRST_COIL + number,
                "unit": position.unit,
                "serial": position.made.serial,
                **_password(position),
            }
        return addresses

    def close(self) -> None:
        """Every socket, pty and file is closed; clients see the end of their connection."""
        while self._open:
            self._open.pop().close()

    async def _meter(self, position: EmulatedPosition) -> dict[str, str]:
        served = {}
        if self._settings.serve in ("tcp", "both", "all"):
            served["modbus"] = await self._tcp(position.unit, position.answer, f"{position.name} meter")
        if self._settings.serve in ("rtu_over_tcp", "all"):
            served["gateway"] = await self._gateway(position.unit, position.answer, f"{position.name} gateway")
        if self._settings.serve in ("rtu", "both", "all"):
            units: dict[int, Callable[[bytes], bytes | Answer | None]] = {}
            units[INPUTS_ON_RTU] = self._on_time(self._installation.inputs_answer)
            units[position.unit] = self._on_time(position.answer)
            try:
                line, name = await serve_pty(
                    units, self._settings.baud, self._settings.parity, self._settings.stop_bits
                )
            except ImportError:
                raise ConfigError(
                    "emulated.serve: this system has no pseudo terminals; serve tcp or rtu_over_tcp instead"
                ) from None
            self._open.append(line)
            served["rtu"] = name
        return served

    def _edge_logger(self, position: EmulatedPosition) -> dict[str, str]:
        if not self._settings.edge_logger:
            return {}
        board = EmulatedEdgeLogger(position.circuit, self._alarms)
        plugged = self._plugged("edge_logger", board)
        loop = asyncio.get_running_loop()

        def beat() -> None:
            if not plugged.closed:
                board.beat()
                loop.call_later(BEAT / SECOND, beat)

        beat()
        return {"edge_logger": plugged.path}

    def _resistor_bank(self, position: EmulatedPosition) -> dict[str, Any]:
        if position.bank is None:
            return {}
        plugged = self._plugged("resistor_bank", OnTime(position.bank, self._alarms))
        return {"resistor_bank": plugged.path, "resistors": self._settings.resistor_bank}

    def _plugged(self, key: str, device: ByteDevice) -> PtyDevice:
        try:
            plugged = PtyDevice(device)
        except ImportError:
            raise ConfigError(f"emulated.{key}: this system has no pseudo terminals; leave it out") from None
        self._open.append(plugged)
        return plugged

    async def _tcp(self, unit: int, ask: Callable[[bytes], bytes | Answer | None], what: str) -> str:
        units = {unit: self._on_time(ask)}
        server, port = await self._bound(lambda port: serve_tcp(units, self._settings.host, port), what)
        self._open.append(server)
        return f"{self._settings.host}:{port}"

    async def _gateway(self, unit: int, ask: Callable[[bytes], bytes | Answer | None], what: str) -> str:
        units, made = {unit: self._on_time(ask)}, self._settings
        pace = (made.baud, made.parity, made.stop_bits)
        gateway, port = await self._bound(lambda port: serve_gateway(units, made.host, port, *pace), what)
        self._open.append(gateway)
        return f"{made.host}:{port}"

    async def _lines(self, ask: Callable[[str], str | None], what: str) -> str:
        on_time = self._on_time(ask)
        server, port = await self._bound(lambda port: serve_lines(on_time, self._settings.host, port), what)
        self._open.append(server)
        return f"TCPIP::{self._settings.host}::{port}::SOCKET"

    async def _bound(self, bind: Callable[[int], Awaitable[Taken]], what: str) -> Taken:
        port = self._next_port
        if port:
            self._next_port += 1
        try:
            return await bind(port)
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"emulated.first_port: {what}: {self._settings.host}:{port} cannot be served: {error}; "
                "choose another first_port, or 0 for any free ports"
            ) from None

    def _on_time(self, ask: Callable[[Given], Taken]) -> Callable[[Given], Taken]:
        return functools.partial(self._alarms.at_one_instant, ask)


def _password(position: EmulatedPosition) -> dict[str, int]:
    """The password that every emulated meter has whose map locks it; one that a bench file sets is never shown."""
    return {"password": EMULATED_PASSWORD} if position.made.password == EMULATED_PASSWORD else {}


def _civil_zero(settings: EmulatedBenchSettings, clock: WallClock) -> datetime:
    if settings.civil_zero:
        return datetime.fromisoformat(settings.civil_zero)
    now = (
        utc_now().astimezone(datetime.fromisoformat(f"2000-01-01T00:00:00{settings.zone}").tzinfo).replace(tzinfo=None)
    )
    return now - timedelta(microseconds=clock.now() // MICROSECOND)
