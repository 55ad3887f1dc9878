"""Codec, in-memory exchanges, and thirty days of a prepaid life."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from pymodbus.framer import FramerSocket
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import ReadInputRegistersRequest

from drivers.emulated.bench import open_sim as open_emulated
from drivers.meters.opener import open_meter
from drivers.meters.register_map import load_map
from drivers.modbus.answers import registers_of
from drivers.modbus.codec import read_request
from drivers.modbus.frames import cut_mbap, mbap, mbap_mismatch
from rig.choices import Choices, setup_of
from rig.clock import DAY, HOUR, SECOND, VirtualClock
from rig.contracts import RelayState
from rig.evidence import Writer
from rig.journal import Journal
from rig.money import rupees
from rig.workplace import emulated_settings, open_sim, read_map
from tests.benchmarks.figures import Figure, in_turns, show, timed

CALLS = 2_000
MAINS = (Decimal(230), Decimal(50))


def codec() -> Callable[[], None]:
    """One exchange of two registers, both ways: request PDU and frame, answer taken apart, compared and decoded."""
    answer = mbap(7, 1, bytes((4, 4, 0, 0, 9, 13)))

    def exchanges() -> None:
        for _ in range(CALLS):
            request = read_request(4, 0x0013, 2)
            mbap(7, 1, request)
            came = cut_mbap(answer)
            assert came is not None
            mbap_mismatch(7, 1, request, came)
            registers_of(came.pdu)

    return exchanges


def framers() -> Callable[[], None]:
    """The same with pymodbus' own framer and PDU classes, whose answers are not compared with the request."""
    framer = FramerSocket(DecodePDU(False))
    answer = mbap(7, 1, bytes((4, 4, 0, 0, 9, 13)))

    def exchanges() -> None:
        for _ in range(CALLS):
            framer.buildFrame(ReadInputRegistersRequest(address=0x0013, count=2, dev_id=1, transaction_id=7))
            framer.handleFrame(answer, 1, 7)

    return exchanges


def loop() -> None:
    """How quick this interpreter is on this machine just now."""
    for _ in range(1_000_000):
        pass


def exchanges_in_memory(folder: Path) -> Callable[[], None]:
    """Two registers through ModbusMeter, frames, emulated meter, virtual clock, and into the evidence."""
    clock = VirtualClock()
    sim = open_emulated({}, clock)
    sim.source.on(*MAINS)
    clock.sleep_until(5 * SECOND)
    meter = open_meter(load_map("reference"), sim.bus, sim.unit, clock, "P01 meter", {})
    journal = Journal(Writer(folder / "exchanges.rig.jsonl"), clock)

    def exchanges() -> None:
        for _ in range(CALLS):
            journal.reading(meter.read("power"))

    return exchanges


def thirty_days() -> Callable[[], None]:
    """Arrears first, one recharge a day, 2317 W for four hours a day, the contact sampled each 20 ms."""
    setup = setup_of(Choices())
    settings = emulated_settings(setup)
    assert settings["money"], "the policy says what a recharge is for"

    def days() -> None:
        clock = VirtualClock()
        devices = open_sim(setup, clock)
        meter = open_meter(read_map("reference"), devices.bus, devices.unit, clock, "P01 meter", {})
        devices.source.on(*MAINS)
        clock.sleep_until(5 * SECOND)
        meter.write("arrears", rupees("2000.03"))
        for day in range(30):
            meter.recharge(rupees("123.45"), 1 + day)
            devices.load.draw_watts(2317)
            clock.sleep_until(clock.now() + 4 * HOUR)
            devices.load.off()
            clock.sleep_until((day + 1) * DAY)
        watch = devices.sensing.watch()
        assert watch.samples > 129_000_000, f"only {watch.samples} samples in thirty days"
        assert RelayState.OPEN in [edge.state for edge in watch.edges], "credit never ran out"

    return days


def run() -> None:
    """Print the section."""
    with tempfile.TemporaryDirectory() as folder:
        theirs, alone = in_turns([framers(), codec()], 50)
        memory = timed(exchanges_in_memory(Path(folder)), 50)
    show(
        "In memory",
        [
            Figure("baseline: a million turns of an empty loop", str(timed(loop))),
            Figure("baseline: pymodbus' framer and PDU classes, 2 registers", theirs.rate(CALLS)),
            Figure("codec alone, 2 registers, MBAP, both ways", alone.rate(CALLS), "aim: at least 150,000/s"),
            Figure("exchange through ModbusMeter, clock and evidence", memory.rate(CALLS), "aim: at least 40,000/s"),
            Figure("30 days, a recharge a day, 2317 W for 4 h a day, 20 ms grid", str(timed(thirty_days())), "aim: at most 60 ms"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run()
