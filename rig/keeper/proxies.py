"""The devices of a position as proxies: each call goes to the keeper, which has the gate and the stamps."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from rig.clock import Span
from rig.contracts import LoadMeasurement, Reply, Request, TamperSign, Watch
from rig.keeper import wire


class Asks(Protocol):
    """A connection to the keeper."""

    def ask(self, letter: bytes, body: bytes = b"") -> bytes:
        """One question, and the body of its answer."""

    def call(self, name: str, *arguments: object) -> Any:
        """A contract call by name."""


class RemoteBus:
    """The `Bus` of a position."""

    def __init__(self, link: Asks) -> None:
        self._link = link

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See the contract."""
        return wire.unpack_replies(self._link.ask(wire.EXCHANGE, wire.pack_requests(requests)))

    def close(self) -> None:
        """Nothing: the bus is the keeper's."""


class RemoteLoad:
    """The `Load` of a position."""

    def __init__(self, link: Asks, rating_w: int) -> None:
        self.rating_w = rating_w
        self._link = link

    def draw_watts(self, watts: int) -> Span:
        """See the contract."""
        return _span(self._link.call("load.draw_watts", watts))

    def off(self) -> Span:
        """See the contract."""
        return _span(self._link.call("load.off"))

    def measure(self) -> LoadMeasurement:
        """See the contract."""
        found: LoadMeasurement = self._link.call("load.measure")
        return found

    def tripped(self) -> str:
        """See the contract."""
        return str(self._link.call("load.tripped"))


class RemoteSource:
    """The `Source` of a position."""

    def __init__(self, link: Asks) -> None:
        self._link = link

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """See the contract."""
        return _span(self._link.call("source.on", volts, hertz))

    def off(self) -> Span:
        """See the contract."""
        return _span(self._link.call("source.off"))

    def is_on(self) -> bool:
        """See the contract."""
        return bool(self._link.call("source.is_on"))


class RemoteSensing:
    """The `Sensing` of a position."""

    def __init__(self, link: Asks) -> None:
        self._link = link

    def watch(self, from_edge: int = 0, since: int = 0) -> Watch:
        """See the contract."""
        found: Watch = self._link.call("sensing.watch", from_edge, since)
        return found

    def blind(self) -> str:
        """See the contract."""
        return str(self._link.call("sensing.blind"))


class RemoteButton:
    """The `Button` of a position's meter."""

    def __init__(self, link: Asks) -> None:
        self._link = link

    def press(self) -> Span:
        """See the contract. The keeper's own stamps: waiting for a person, or for a turn on a bus, is no part of it."""
        return _span(self._link.call("button.press"))

    def hold(self) -> Span:
        """See `Held`."""
        return _span(self._link.call("button.hold"))

    def let_go(self) -> Span:
        """See `Held`."""
        return _span(self._link.call("button.let_go"))


class RemoteTampering:
    """The `Tampering` of a position's meter."""

    def __init__(self, link: Asks) -> None:
        self._link = link

    def tamper(self, sign: TamperSign, goes_on: bool) -> Span:
        """See the contract. The keeper's own stamps, as with a button."""
        return _span(self._link.call("tampering.tamper", sign.value, goes_on))


def _span(found: Any) -> Span:
    assert isinstance(found, Span)
    return found
