"""A position's side of the keeper: its devices as proxies, and a clock that beats while it sleeps."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from rig.clock import MILLISECOND, SECOND, Span, WallClock
from rig.contracts import Devices
from rig.errors import ConfigError, LinkError
from rig.keeper import wire
from rig.keeper.channel import Channel, connect
from rig.keeper.proxies import RemoteBus, RemoteButton, RemoteLoad, RemoteSensing, RemoteSource, RemoteTampering

ENVIRONMENT = "RIG_KEEPER"
"""Where a position finds address, key, zero and its name: the environment, which other users of the machine cannot read."""

BEAT_EVERY = 100 * MILLISECOND
_SILENCE_S = wire.SILENCE / SECOND


class KeeperLink:
    """One connection to the keeper. Answers are matched to their request by number, so that an interrupted one is left behind."""

    def __init__(self, channel: Channel, clock: WallClock) -> None:
        self.last_contact = clock.now()
        self._clock = clock
        self._channel = channel
        self._number = 0
        self._broken = ""
        self._lock = threading.RLock()

    def ask(self, letter: bytes, body: bytes = b"") -> bytes:
        """One question, and the body of its answer.

        Raises:
            LinkError: the keeper is gone or silent; it, or the parent, makes the bench safe.
            whatever the keeper raised.
        """
        with self._lock:
            if self._broken:
                raise LinkError(self._broken)
            self._number += 1
            try:
                self._channel.send(letter, self._number, body)
                said, answer = self._answer()
            except (EOFError, OSError, ValueError) as error:
                raise self._break(f"connection ended ({type(error).__name__})") from None
            self.last_contact = self._clock.now()
        if said == wire.ERROR:
            raise wire.unpack_error(answer)
        return answer

    def _answer(self) -> tuple[bytes, bytes]:
        while True:
            if not self._channel.ready(_SILENCE_S):
                raise self._break("silent for 1 s")
            said, number, body = self._channel.receive()
            if said == wire.PULSE:
                self._channel.send(wire.PULSE, number)
            elif number == self._number:
                return said, body

    def _break(self, why: str) -> LinkError:
        self._channel.close()
        self._broken = f"keeper: {why}; this position can ask nothing more, and the bench is being made safe"
        return LinkError(self._broken)

    def call(self, name: str, *arguments: object) -> Any:
        """A contract call by name."""
        return wire.unpack_result(self.ask(wire.CALL, wire.pack_call(name, *arguments)))

    def close(self) -> None:
        """Hang up."""
        self._broken = self._broken or "keeper: this position has hung up"
        self._channel.close()


class BeatingClock(WallClock):
    """The wall clock of a position: while it sleeps, the keeper hears from it. LinkError as soon as the keeper is gone."""

    def __init__(self, zero: int) -> None:
        super().__init__(zero)
        self.beat: Callable[[], None] = lambda: None

    def sleep_until(self, instant: int, unless: Callable[[], bool] | None = None) -> bool:
        """See `Clock`."""
        while True:
            self.beat()
            until = min(instant, self.now() + BEAT_EVERY)
            if super().sleep_until(until, unless):
                return True
            if until >= instant:
                return False


class RemotePosition:
    """One position, reached through the keeper: `devices` for the session, `clock` to sleep by.

    `button`, `tampering`: the bench has something that presses its meter's button, and somebody who tampers with the meter.

    Raises:
        LinkError: the keeper is not there.
        ConfigError: it has no such position, or another process holds it.
    """

    def __init__(
        self,
        address: str,
        key: bytes,
        zero: int,
        position: str,
        unit: int,
        rating_w: int,
        button: bool = False,
        tampering: bool = False,
    ) -> None:
        self.clock = BeatingClock(zero)
        self.voids: tuple[Span, ...] = ()
        """When the machine was suspended: a span that overlaps one of these tells nothing."""
        self._reached = (address, key)
        self._link = KeeperLink(connect(address, key, "position", position), self.clock)
        self.clock.beat = self._beat_when_due
        self.still_here()
        self.devices = Devices(
            position=position,
            bus=RemoteBus(self._link),
            unit=unit,
            load=RemoteLoad(self._link, rating_w),
            source=RemoteSource(self._link),
            sensing=RemoteSensing(self._link),
            button=RemoteButton(self._link) if button else None,
            tampering=RemoteTampering(self._link) if tampering else None,
            make_safe=self.make_safe,
            close=self.close,
            still_here=self.still_here,
            voids=lambda: self.voids,
        )

    def still_here(self) -> None:
        """A heartbeat. LinkError when the keeper is gone."""
        (count,) = wire.COUNT.unpack(self._link.ask(wire.BEAT))
        if count > len(self.voids):
            self.voids = tuple(self._link.call("voids"))

    def _beat_when_due(self) -> None:
        if self.clock.now() - self._link.last_contact >= BEAT_EVERY:
            self.still_here()

    def make_safe(self) -> None:
        """Load off, then source off, each read back; on a line of its own, since a request may have been cut off half way.

        Raises:
            Unsafe: not confirmed.
            LinkError: the keeper is gone; it, or the parent, makes everything safe.
        """
        link = KeeperLink(connect(*self._reached, "safe", self.devices.position), self.clock)
        try:
            link.call("make_safe")
        finally:
            link.close()

    def close(self) -> None:
        """Say good-bye and hang up; harmless when that was done before. Raises Unsafe when something is still on."""
        try:
            self._link.call("bye")
        except LinkError:
            return
        finally:
            self._link.close()


def told(address: str, key: bytes, zero: int, *known: str | int | bool) -> str:
    """What a position's process needs, as text for its environment; `known` is what else `RemotePosition` takes."""
    return json.dumps([address, key.hex(), zero, *known])


def wait_to_begin() -> bool:
    """In the process of a position: wait on standard input for what `reach` needs. False: the run has ended meanwhile."""
    if ENVIRONMENT not in os.environ:
        os.environ[ENVIRONMENT] = sys.stdin.readline()
    return bool(os.environ[ENVIRONMENT])


def reach() -> RemotePosition:
    """In the process of a position: the position that the environment names. ConfigError when it names none."""
    text = os.environ.get(ENVIRONMENT)
    if not text:
        raise ConfigError(f"{ENVIRONMENT}: is not set; a position is started by the run, never by hand")
    address, key, *rest = json.loads(text)
    return RemotePosition(address, bytes.fromhex(key), *rest)
