"""The process that serves an emulated bench on sockets and pseudo terminals, for anybody's client.

`python -m drivers.emulated.served --settings FILE.json|- --ready-file F [--lifeline] [--truth T] [--zero NS]`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from drivers.emulated.address_list import address_list
from drivers.emulated.lifeline import Lifeline
from drivers.emulated.ready_file import check_writable, write_ready
from drivers.emulated.served_bench import ServedBench
from drivers.emulated.settings import EmulatedBenchSettings, checked
from rig.clock import WallClock
from rig.errors import ConfigError

_WAKE_S = 0.2
"""How often the loop looks up for signals where the system cannot wake it."""


def serve(
    settings: EmulatedBenchSettings,
    ready: Callable[[dict[str, Any]], None],
    *,
    lifeline: bool = False,
    truth: Path | None = None,
    zero: int | None = None,
) -> str:
    """Serve in this process, from the main thread, until SIGTERM, SIGINT or the end of the lifeline; then close everything.

    Returns the name of the signal that ended it; empty when none did.
    `ready` is called once with the addresses by position, when all of them answer. `zero` is the reading of
    `rig.clock.raw_now` at which the bench's clock reads 0 (now, when left out).

    Raises:
        ConfigError: the settings are wrong, a port is taken, or the truth log cannot be written; nothing is served.
    """

    async def until_signalled() -> str:
        stop, came = asyncio.Event(), list[str]()
        _stop_on_signals(asyncio.get_running_loop(), stop, came)
        await serve_until(stop, settings, ready, lifeline=lifeline, truth=truth, zero=zero)
        return came[0] if came else ""

    return asyncio.run(until_signalled())


def serve_until_told(table: Mapping[str, object], ready_file: Path | None = None) -> int:
    """For a person at a terminal: print the addresses, write them to `ready_file` too, serve until Ctrl-C or SIGTERM, and
    say what ended it.

    Returns 0. Raises ConfigError: a wrong table, a taken port, a ready file that cannot be written; nothing is served.
    """
    settings = checked(table)
    if ready_file is not None:
        check_writable(ready_file)

    def tell(addresses: dict[str, Any]) -> None:
        if ready_file is not None:
            write_ready(ready_file, addresses)
        sys.stdout.write(address_list(addresses, settings))
        sys.stdout.flush()

    ended_by = serve(settings, tell)
    sys.stdout.write(f"rig: ended{f' by {ended_by}' if ended_by else ''}; every socket and pty is closed\n")
    return 0


async def serve_until(
    stop: asyncio.Event,
    settings: EmulatedBenchSettings,
    ready: Callable[[dict[str, Any]], None],
    *,
    lifeline: bool = False,
    truth: Path | None = None,
    zero: int | None = None,
) -> None:
    """As `serve`, on a running loop and until `stop` is set. An exception in a device ends it and is raised here."""
    loop = asyncio.get_running_loop()
    broken: list[BaseException] = []

    def device_failed(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        failure = context.get("exception") or RuntimeError(context["message"])
        if not isinstance(failure, OSError):  # a client that goes away is no failure of the bench
            broken.append(failure)
            stop.set()

    loop.set_exception_handler(device_failed)
    bench = ServedBench(settings, WallClock(zero), loop, truth)
    line = Lifeline(stop.set)
    try:
        addresses: dict[str, Any] = dict(await bench.open())
        if truth is not None:
            addresses["truth"] = str(truth)
        if lifeline:
            addresses["lifeline"] = f"127.0.0.1:{await line.serve()}"
        ready(addresses)
        await stop.wait()
    finally:
        line.close()
        bench.close()
    if broken:
        raise broken[0]


def _stop_on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, came: list[str]) -> None:
    """Sets `stop`, and notes in `came` which signal it was."""

    def end(number: signal.Signals) -> None:
        came.append(number.name)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, end, number)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda which, _: loop.call_soon_threadsafe(end, signal.Signals(which)))
            _look_up(loop)


def _look_up(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_later(_WAKE_S, _look_up, loop)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 0 at a normal end, 2 when it could not begin."""
    parser = argparse.ArgumentParser(prog="python -m drivers.emulated.served", description=__doc__)
    parser.add_argument(
        "--settings", required=True, help="file with an emulated table as JSON, or - for standard input"
    )
    parser.add_argument("--ready-file", type=Path, required=True, help="where the addresses are written")
    parser.add_argument("--lifeline", action="store_true", help="end when nobody holds the lifeline")
    parser.add_argument("--truth", type=Path, help="where every change of the circuits is written")
    parser.add_argument("--zero", type=int, help="reading of the monotonic clock at instant 0, ns")
    given = parser.parse_args(arguments)
    try:
        settings = checked(_json(given.settings), "emulated" if given.settings == "-" else given.settings)
        check_writable(given.ready_file)
        serve(
            settings,
            lambda addresses: write_ready(given.ready_file, addresses),
            lifeline=given.lifeline,
            truth=given.truth,
            zero=given.zero,
        )
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _json(file: str) -> dict[str, Any]:
    try:
        found = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{file}: is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: is not a table")
    return found


if __name__ == "__main__":
    sys.exit(main())
