"""A command on a shared source happens when every position on it has asked for it, or is out; never before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest

from rig.clock import MILLISECOND, Span
from rig.errors import DeviceRefused, LinkError, Unsafe
from rig.keeper.shared_source import SharedSource
from tests.rig.keeper.plain import PlainSource
from tests.rig.keeper.staging import pause, wait

pytestmark = pytest.mark.loopback
V, HZ = Decimal(230), Decimal(50)


def nothing() -> None:
    """A wait that nobody tends."""


class Asker(threading.Thread):
    """A position that asks, and keeps what came of it."""

    def __init__(self, ask: Callable[[], Span]) -> None:
        super().__init__(daemon=True)
        self.ask = ask
        self.span: Span | None = None
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.span = self.ask()
        except (DeviceRefused, LinkError) as error:
            self.error = error

    def ended(self) -> bool:
        self.join(5)
        return not self.is_alive()


def test_alone_it_happens_at_once() -> None:
    device = PlainSource()
    source = SharedSource(device, ["P01"])
    assert not source.is_live

    source.on("P01", V, HZ, nothing)
    assert (device.told, source.is_live, source.is_on()) == (["on 230 50"], True, True)

    source.off("P01", nothing)
    assert (device.told[1:], source.is_live, source.is_on()) == (["off"], False, False)


def test_everybody_is_waited_for_and_it_is_done_once() -> None:
    device = PlainSource()
    source = SharedSource(device, ["P01", "P02", "P03"])
    first = [Asker(lambda n=name: source.on(n, V, HZ, nothing)) for name in ("P01", "P02")]  # type: ignore[misc]
    pause(120 * MILLISECOND)
    assert device.told == []
    assert all(one.is_alive() for one in first)

    last = Asker(lambda: source.on("P03", V, HZ, nothing))

    assert all(one.ended() for one in (*first, last))
    assert device.told == ["on 230 50"]
    assert {one.span for one in (*first, last)} == {Span.at(0)}


def test_nobody_waits_for_who_is_out() -> None:
    device = PlainSource()
    source = SharedSource(device, ["P01", "P02"])
    asker = Asker(lambda: source.off("P01", nothing))
    assert not wait(lambda: bool(device.told), 0.1)

    assert not source.leave("P02")

    assert asker.ended()
    assert device.told == ["off"]
    assert source.leave("P01")


def test_different_wishes_are_refused_to_all() -> None:
    device = PlainSource()
    source = SharedSource(device, ["P01", "P02"])
    askers = [Asker(lambda: source.on("P01", V, HZ, nothing)), Asker(lambda: source.off("P02", nothing))]

    assert all(one.ended() for one in askers)
    assert device.told == []
    assert all("P01 on 230 50, P02 off 0 0" in str(one.error) for one in askers)


def test_who_gives_up_is_no_longer_counted() -> None:
    device = PlainSource()
    source = SharedSource(device, ["P01", "P02"])
    give_up = threading.Event()

    def tend() -> None:
        if give_up.is_set():
            raise LinkError("interrupted")

    asker = Asker(lambda: source.on("P01", V, HZ, tend))
    give_up.set()
    assert asker.ended()
    assert str(asker.error) == "interrupted"

    other = Asker(lambda: source.on("P02", V, HZ, nothing))
    assert not wait(lambda: bool(device.told), 0.1)
    source.leave("P01")
    assert other.ended()


def test_a_failure_reaches_everybody_and_the_next_round_is_free() -> None:
    class Failing(PlainSource):
        def on(self, volts: Decimal, hertz: Decimal) -> Span:
            raise LinkError("source: no answer")

    source = SharedSource(Failing(), ["P01", "P02"])
    askers = [Asker(lambda n=name: source.on(n, V, HZ, nothing)) for name in ("P01", "P02")]  # type: ignore[misc]
    assert all(one.ended() for one in askers)
    assert {str(one.error) for one in askers} == {"source: no answer"}
    assert not source.is_live

    again = [Asker(lambda n=name: source.off(n, nothing)) for name in ("P01", "P02")]  # type: ignore[misc]
    assert all(one.ended() and one.error is None for one in again)


def test_off_now_asks_nobody_and_believes_only_the_instrument() -> None:
    device = PlainSource()
    source = SharedSource(device, ["P01", "P02"])
    source.off_now()
    assert device.told == ["off"]

    class Stubborn(PlainSource):
        def is_on(self) -> bool:
            return True

    with pytest.raises(Unsafe, match="says that it is still on"):
        SharedSource(Stubborn(), ["P01"]).off_now()
