"""Somebody who tampers with a meter, behind the keeper: asked when a position asks, and refused where nobody is or may."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from rig.clock import SECOND, Span, VirtualClock
from rig.contracts import TamperSign
from rig.errors import DeviceRefused
from rig.keeper.gate import Gate
from rig.keeper.kept import KeptLoad
from rig.keeper.proxies import RemoteTampering
from rig.keeper.shared_source import SharedSource
from rig.keeper.station import Station
from tests.rig.keeper.plain import LIMITS, RULES, PlainLoad, PlainSource


class Hand:
    """A tamperer that remembers what it was asked for."""

    def __init__(self) -> None:
        self.did: list[tuple[TamperSign, bool]] = []

    def tamper(self, sign: TamperSign, goes_on: bool, meanwhile: Callable[[], None]) -> Span:
        meanwhile()
        self.did.append((sign, goes_on))
        return Span(SECOND, 2 * SECOND)

    def close(self) -> None:
        """Nothing is open."""


class Line:
    """What a position's proxy asks, straight to the station."""

    def __init__(self) -> None:
        gate = Gate("P01", LIMITS, VirtualClock(), RULES, Decimal(230))
        load = KeptLoad(PlainLoad(VirtualClock()), gate)
        self.station = Station("P01", gate, load, SharedSource(PlainSource(), ("P01",)))

    def ask(self, letter: bytes, body: bytes = b"") -> bytes:
        raise AssertionError("tampering is a contract call")

    def call(self, name: str, *arguments: object) -> object:
        return self.station.call(name, arguments, lambda: None)


def test_what_a_position_asks_is_done_with_the_device_s_own_span() -> None:
    line, hand = Line(), Hand()
    line.station.tampered_by(hand)
    remote = RemoteTampering(line)
    assert remote.tamper(TamperSign.MAGNET, True) == Span(SECOND, 2 * SECOND)
    remote.tamper(TamperSign.MAGNET, False)
    assert hand.did == [(TamperSign.MAGNET, True), (TamperSign.MAGNET, False)]


def test_nobody_is_there() -> None:
    with pytest.raises(DeviceRefused, match="P01: the bench has nobody who tampers with the meter"):
        RemoteTampering(Line()).tamper(TamperSign.MAGNET, True)


def test_a_position_that_is_out_asks_nobody() -> None:
    line, hand = Line(), Hand()
    line.station.tampered_by(hand)
    line.station.leave("it was made safe")
    with pytest.raises(DeviceRefused, match="it was made safe"):
        RemoteTampering(line).tamper(TamperSign.TERMINAL_COVER, True)
    assert hand.did == []
