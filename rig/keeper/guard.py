"""The parent's duty in a thread: beat, listen, and make the bench safe when the keeper is silent or gone."""

from __future__ import annotations

import subprocess
import threading

from rig.clock import MILLISECOND, SECOND, WallClock
from rig.config import BenchFile
from rig.errors import LinkError, RigError
from rig.keeper import wire
from rig.keeper.channel import Channel, connect
from rig.keeper.diary import Note
from rig.keeper.rescue import afresh
from rig.keeper.safe_state import all_at_once, unsafe

_BEAT_EVERY = 100 * MILLISECOND
_SLEPT_OVER = 300 * MILLISECOND


class Guard(threading.Thread):
    """Watches one keeper. `failure` says what came of a keeper that was silent or gone; None while all is well."""

    def __init__(
        self, address: str, key: bytes, process: subprocess.Popen[str], bench: BenchFile, clock: WallClock
    ) -> None:
        super().__init__(name="keeper's guard", daemon=True)
        self.notes: list[Note] = []
        self.failure: RigError | None = None
        self._process = process
        self._bench = bench
        self._clock = clock
        self._channel: Channel = connect(address, key, "guard")
        self._last = clock.now()
        self._ended = threading.Event()
        self._end_expected = False
        self._rescuing = threading.Lock()
        self.start()

    def run(self) -> None:
        """Beat until the end."""
        while not self._ended.is_set():
            if why := self._beat():
                if not self._ended.is_set() and not self._end_expected:
                    self.rescue(why)
                break
            self._ended.wait(_BEAT_EVERY / SECOND)
        self._channel.close()

    def _beat(self) -> str:
        """One sign of life each way; why the keeper is gone, empty while it is not."""
        try:
            self._channel.send(wire.BEAT, 1, wire.COUNT.pack(len(self.notes)))
            said = wire.PULSE
            while said == wire.PULSE:
                if not self._heard():
                    return "it was silent for 1 s"
                said, _, body = self._channel.receive()
                self._last = self._clock.now()
        except (EOFError, OSError, ValueError) as error:
            return f"its connection ended ({type(error).__name__})"
        self.notes += [Note(*one) for one in wire.unpack_result(body)]
        return ""

    def _heard(self) -> bool:
        """False when nothing has come for 1 s, in which this thread itself was awake."""
        until = max(self._last + wire.SILENCE, self._clock.now() + 2 * _BEAT_EVERY)
        while (left := until - self._clock.now()) > 0:
            if self._channel.ready(min(left / SECOND, 0.1)):
                return True
        # Whoever was stopped itself first gives the other the chance to be heard.
        return self._channel.ready(0.1 if -left > _SLEPT_OVER else 0)

    def expect_end(self) -> None:
        """From here on the keeper may hang up."""
        self._end_expected = True

    def end(self) -> None:
        """Stop watching, and wait for the thread."""
        self._ended.set()
        if threading.current_thread() is not self:
            self.join(5)

    def wait_for_rescue(self) -> None:
        """Before this process may end: a rescue that has begun is finished."""
        with self._rescuing:
            pass

    def rescue(self, why: str) -> None:
        """Kill the keeper, which may hold the ports, open loads and sources here, and make them safe. Once."""
        with self._rescuing:
            if self.failure is not None:
                return
            self._process.kill()
            self._process.wait()
            wrong = self._made_safe()
            told = [note.words for note in self.notes if note.what == "ended"]
            why = f"{told[-1]}; {why}" if told else why
            self.notes.append(Note(self._clock.now(), "unsafe" if wrong else "safe", "", f"keeper: {why}"))
            self.failure = unsafe(wrong) if wrong else LinkError(f"keeper: {why}; the parent has made everything safe")

    def _made_safe(self) -> tuple[str, ...]:
        states = afresh(self._bench, self._clock)
        if not (wrong := all_at_once(states)):
            return wrong
        return tuple(words for state in states for words in state.unconfirmed(SECOND))
