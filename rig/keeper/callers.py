"""Those who talk to the keeper: one thread a connection, one request at a time, and a note of when each last gave a sign of life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rig.clock import MILLISECOND, SECOND, WallClock
from rig.contracts import Request
from rig.errors import DeviceRefused, RigError
from rig.keeper import wire
from rig.keeper.channel import Channel
from rig.keeper.keeper import Keeper

PULSE_EVERY = 200 * MILLISECOND
"""How often somebody who waits for an answer is told that it is being worked on."""

_MOST_POLLS = 256


class Caller:
    """A connection. `serve` runs in its thread until the other end is gone; `silent` and `pulse` belong to the watchdog."""

    def __init__(self, channel: Channel, clock: WallClock) -> None:
        self.channel = channel
        self.gone = ""
        """Why the connection ended, empty while it stands."""
        self._clock = clock
        self._last = clock.now()
        self._pending = 0
        self._pulsed = 0
        self._stashed: list[tuple[bytes, int, bytes]] = []

    def serve(self) -> str:
        """Answer until the connection ends; why it did."""
        try:
            while not self.gone:
                letter, number, body = self._stashed.pop() if self._stashed else self.channel.receive()
                self._last = self._clock.now()
                if letter == wire.PULSE:
                    continue
                self._pulsed = self._last
                self._pending = number
                said, answer = self._answered(letter, body)
                self._last = self._clock.now()
                self._pending = 0
                self.channel.send(said, number, answer)
                self.answered()
        except (EOFError, OSError) as error:
            self.gone = self.gone or f"connection closed ({type(error).__name__})"
        except ValueError as error:
            self.gone = f"it said something that is no message ({error})"
        self.channel.close()
        return self.gone

    def _answered(self, letter: bytes, body: bytes) -> tuple[bytes, bytes]:
        try:
            return self.answer(letter, body)
        except wire.SHOWN as error:
            return wire.ERROR, wire.pack_error(error)

    def answer(self, letter: bytes, body: bytes) -> tuple[bytes, bytes]:
        """The answer to one request. Raises what travels to the caller."""
        raise NotImplementedError

    def answered(self) -> None:
        """What may wait until the answer is on its way."""

    def silent(self, now: int) -> bool:
        """True when there was neither a beat nor a pending request for 1 s."""
        return not self._pending and now - self._last > wire.SILENCE

    def pulse(self, now: int) -> None:
        """Tell somebody who waits that it is being worked on; that also finds out whether it is still there."""
        number = self._pending
        if not number or now - self._pulsed < PULSE_EVERY:
            return
        self._pulsed = now
        try:
            self.channel.send(wire.PULSE, number)
        except OSError as error:
            self.gone = self.gone or f"connection closed ({type(error).__name__})"

    def tend(self) -> None:
        """In a long wait: hear the echoes of the pulses.

        Raises:
            EOFError: none came for 1 s, or the connection ended.
            DeviceRefused: the caller has given this request up and asked for something else.
        """
        while self.channel.ready(0):
            letter, number, body = self.channel.receive()
            self._last = self._clock.now()
            if letter != wire.PULSE:
                self._stashed.append((letter, number, body))
                raise DeviceRefused("given up by whoever asked; nothing was sent")
        if self._clock.now() - self._last > wire.SILENCE:
            self.gone = "silent for 1 s while it waited"
            raise EOFError(self.gone)


class PositionCaller(Caller):
    """A position: exchanges, contract calls, beats. `finished` after it has said that it ends."""

    def __init__(self, channel: Channel, keeper: Keeper, position: str) -> None:
        super().__init__(channel, keeper.clock)
        self.position = position
        self.finished = False
        self._keeper = keeper
        self._station = keeper.stations[position]
        self._polls: dict[bytes, list[Request]] = {}

    def answer(self, letter: bytes, body: bytes) -> tuple[bytes, bytes]:
        """See `Caller`."""
        if letter == wire.EXCHANGE:
            return wire.REPLIES, wire.pack_replies(self._station.exchange(self._requests(body)))
        if letter == wire.BEAT:
            self._station.tell()
            return wire.BEATEN, wire.COUNT.pack(len(self._keeper.voids))
        name, arguments = wire.unpack_call(body)
        if name == "voids":
            return wire.RESULT, wire.pack_result(self._keeper.voids)
        if name == "bye":
            self.finished = True
            self._keeper.leave(self.position, "it has finished")
            return wire.RESULT, wire.pack_result(None)
        return wire.RESULT, wire.pack_result(self._station.call(name, arguments, self.tend))

    def _requests(self, body: bytes) -> list[Request]:
        """The requests of a message; polls are the same bytes again and again."""
        found = self._polls.get(body)
        if found is None:
            found = wire.unpack_requests(body)
            if len(self._polls) < _MOST_POLLS:
                self._polls[body] = found
        return found

    def answered(self) -> None:
        """See `Caller`."""
        self._station.flush()


class SafeCaller(Caller):
    """A position that unwinds: made safe at once, whatever it asked before and has not got yet."""

    def __init__(self, channel: Channel, keeper: Keeper, position: str) -> None:
        super().__init__(channel, keeper.clock)
        self._keeper = keeper
        self._position = position

    def answer(self, _letter: bytes, _body: bytes) -> tuple[bytes, bytes]:
        """See `Caller`."""
        self._keeper.make_safe(self._position)
        return wire.RESULT, wire.pack_result(None)


class GuardCaller(Caller):
    """The parent's heartbeat. It is answered only while the watchdog is awake: a thread would beat while the work hangs."""

    def __init__(self, channel: Channel, keeper: Keeper, awake: Callable[[], bool]) -> None:
        super().__init__(channel, keeper.clock)
        self.told = 0
        """How many notes of the diary the parent has heard."""
        self._keeper = keeper
        self._awake = awake

    def answer(self, _letter: bytes, body: bytes) -> tuple[bytes, bytes]:
        """See `Caller`. The answer brings the notes of the diary that the parent has not seen."""
        if not self._awake():
            self._clock.sleep_until(self._clock.now() + 10 * SECOND, self._awake)
        (seen,) = wire.COUNT.unpack(body)
        notes = self._keeper.diary.since(seen)
        self.told = seen + len(notes)
        return wire.BEATEN, wire.pack_result([list(note) for note in notes])


class ControlCaller(Caller):
    """The parent's orders, each by name."""

    def __init__(self, channel: Channel, clock: WallClock, orders: dict[str, Callable[..., Any]]) -> None:
        super().__init__(channel, clock)
        self._orders = orders

    def answer(self, _letter: bytes, body: bytes) -> tuple[bytes, bytes]:
        """See `Caller`."""
        name, arguments = wire.unpack_call(body)
        return wire.RESULT, wire.pack_result(self._orders[name](*arguments))


class RefusedCaller(Caller):
    """Somebody whom the keeper knows and cannot serve: told why, whatever it asks."""

    def __init__(self, channel: Channel, clock: WallClock, why: RigError) -> None:
        super().__init__(channel, clock)
        self._why = why

    def answer(self, _letter: bytes, _body: bytes) -> tuple[bytes, bytes]:
        """See `Caller`."""
        raise self._why
