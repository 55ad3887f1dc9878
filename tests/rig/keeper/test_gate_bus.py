"""What may reach a meter is decided at the bytes, by what its map allows."""

from __future__ import annotations

import pytest

from rig.contracts import Request
from rig.keeper.gate import BusRules
from rig.keeper.pdu import touched
from tests.rig.keeper.plain import RULES, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("unit", "pdu", "why"),
    [
        (0, "0400000001", "broadcast"),
        (8, "0400000001", "the meter of this position is unit 7"),
        (7, "0600220001", "does not let the rig write holding 0x0022"),
        (7, "10002000030600010002 0003", "does not let the rig write holding 0x0022"),
        (7, "050004ff00", "does not let the rig write coil 0x0004"),
        (7, "0601ff0001", "never to touch holding 0x01FF"),
        (7, "0301fe0002", "never to touch holding 0x01FF"),
        (7, "10 01fe 0002 04 00000000", "never to touch holding 0x01FF"),
        (7, "0800000000", "function 8 is none"),
        (7, "16 0020 0000 0000", "function 22 is none"),
        (7, "", "function 0 is none"),
        (7, "0400", "cannot have 2 bytes"),
        (7, "040000000100", "cannot have 6 bytes"),
        (7, "04ffff0002", "cannot ask for 2 items from 0xFFFF"),
        (7, "040000007e", "cannot ask for 126 items"),
        (7, "0400000000", "cannot ask for 0 items"),
        (7, "10 0020 0002 04 0000", "does not carry that many"),
        (7, "10 0020 0001 02 0000 00", "does not carry that many"),
    ],
)
def test_what_must_not_reach_a_meter_is_refused_at_the_bytes(bench: Bench, unit: int, pdu: str, why: str) -> None:
    good = Request(7, bytes([4, 0, 0, 0, 1]))

    with pytest.raises(ValueError, match=why):
        bench.bus.exchange([good, Request(unit, bytes.fromhex(pdu))])

    assert bench.wire.asked == []


@pytest.mark.parametrize(
    "pdu", ["0600200001", "10 0020 0002 04 00000001", "050003ff00", "0f 0003 0001 01 01", "0301fd0002"]
)
def test_what_the_map_allows_passes(bench: Bench, pdu: str) -> None:
    request = Request(7, bytes.fromhex(pdu))

    assert len(bench.bus.exchange([request, request])) == 2
    assert bench.wire.asked == [request, request]


def test_polls_of_the_relay_are_urgent(bench: Bench) -> None:
    assert bench.gate.urgent(Request(7, bytes.fromhex("04007f0002")))
    assert not bench.gate.urgent(Request(7, bytes.fromhex("0400810002")))
    assert not bench.gate.urgent(Request(7, bytes.fromhex("03007f0002")))


def test_rules_survive_being_handed_to_another_process() -> None:
    assert BusRules.from_table(RULES.as_table()) == RULES


def test_a_request_names_itself() -> None:
    assert str(touched(bytes.fromhex("0301000002"))) == "read holding 0x0100+2"
    assert str(touched(bytes.fromhex("050003ff00"))) == "write coil 0x0003+1"
