"""The loop that serves a bench: when it ends by itself, and that it never goes on with a broken device."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers.emulated import lifeline
from drivers.emulated.lifeline import Lifeline, hold
from drivers.emulated.served import serve_until
from drivers.emulated.settings import EmulatedBenchSettings
from drivers.modbus.unit import Unit
from rig.clock import MILLISECOND, WallClock

pytestmark = pytest.mark.loopback


def test_a_lifeline_that_nobody_claims_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifeline, "UNCLAIMED_S", 0.05)

    async def run() -> int:
        clock, gone = WallClock(), asyncio.Event()
        line = Lifeline(gone.set)
        await line.serve()
        await asyncio.wait_for(gone.wait(), 10)
        line.close()
        return clock.now()

    assert asyncio.run(run()) >= 49 * MILLISECOND


def test_a_lifeline_taken_over_in_time_holds_on() -> None:
    async def run() -> None:
        gone = asyncio.Event()
        line = Lifeline(gone.set)
        address = f"127.0.0.1:{await line.serve()}"
        first = hold(address)
        await asyncio.sleep(0.02)
        second = hold(address)
        first.close()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gone.wait(), lifeline.GRACE_S + 0.2)
        second.close()
        await asyncio.wait_for(gone.wait(), 10)
        line.close()

    asyncio.run(run())


def test_an_exception_in_a_device_ends_the_bench_and_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_unit: Unit, *_: object) -> Unit:
        return lambda pdu: bytes(1 // (len(pdu) - 5))

    monkeypatch.setattr("drivers.emulated.position.faulty_unit", broken)
    asked: list[asyncio.Task[None]] = []

    async def ask(address: str) -> None:
        host, _, port = address.rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(bytes.fromhex("000100000006010400000001"))
        await writer.drain()

    def ready(addresses: dict[str, Any]) -> None:
        asked.append(asyncio.ensure_future(ask(addresses["P01"]["modbus"])))

    async def run() -> None:
        await asyncio.wait_for(serve_until(asyncio.Event(), EmulatedBenchSettings(), ready), 10)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
