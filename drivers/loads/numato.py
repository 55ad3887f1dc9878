"""A Numato relay module on its USB serial port: text commands, each echoed and ended by a prompt.

Command words from the maker's documentation. That the module echoes what it is sent and says `>` when it is ready, and that
relays from 10 on are named by letters, is from memory. Never tried on hardware.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from drivers.lines.ports import BytePort
from rig.clock import SECOND, Clock, Span
from rig.contracts import FrameLog
from rig.errors import DeviceRefused, LinkError
from rig.opener import silent

_NAMES = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
MOST_RELAYS = len(_NAMES)
_CHECK = "check port, cable and power, and that no other program holds the port"


class NumatoModule:
    """Relays and inputs of one module. One command is under way at a time; one that failed is followed by a fresh port."""

    def __init__(
        self,
        open_port: Callable[[], BytePort],
        clock: Clock,
        where: str,
        timeout_ns: int = SECOND,
        log: FrameLog = silent,
    ) -> None:
        """`open_port` opens the line (anew). Raises LinkError when it cannot be opened."""
        self.name = where
        self.lock = threading.RLock()
        self._open_port = open_port
        self._clock = clock
        self._timeout = timeout_ns
        self._log = log
        self._port: BytePort | None = None
        self._ready()

    def switch(self, relay: int, on: bool) -> Span:
        """Switch a relay and read it back. Raises DeviceRefused when it reads back the other way, LinkError."""
        with self.lock:
            begun = self._clock.now()
            self._ask(f"relay {'on' if on else 'off'} {_NAMES[relay]}")
            if self.relay(relay) is not on:
                raise DeviceRefused(
                    f"{self.name}: relay {relay} was told {'on' if on else 'off'} and reads back the other way"
                )
            return Span(begun, self._clock.now())

    def relay(self, number: int) -> bool:
        """What a relay says of itself. Raises LinkError."""
        command = f"relay read {_NAMES[number]}"
        return self._one_of(command, self._ask(command), {"on": True, "off": False})

    def input(self, number: int) -> bool:
        """What an input pin sees. Raises LinkError."""
        command = f"gpio read {_NAMES[number]}"
        return self._one_of(command, self._ask(command), {"1": True, "0": False})

    def begin_anew(self) -> None:
        """Throw away whatever is under way: the next command opens the port afresh."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def close(self) -> None:
        """Let go of the port; the relays stay as they are."""
        self.begin_anew()

    def _one_of(self, command: str, answer: str, words: dict[str, bool]) -> bool:
        if answer not in words:
            self.begin_anew()
            raise LinkError(
                f"{self.name}: asked {command!r}: {answer[:60]!r} came where {' or '.join(words)} was expected; {_CHECK}"
            )
        return words[answer]

    def _ready(self) -> BytePort:
        if self._port is None:
            try:
                self._port = self._open_port()
            except OSError as error:
                raise LinkError(f"{self.name}: cannot be opened: {error}; {_CHECK}") from None
            self._exchange("", self._port)  # an empty command ends whatever stood half typed on the line
        return self._port

    def _ask(self, command: str) -> str:
        """The one line that a command answers, empty when it answers none."""
        with self.lock:
            lines = [line.strip() for line in self._exchange(command, self._ready()).splitlines()]
            said = [line for line in lines if line and line != command]
            if len(said) > 1:
                self.begin_anew()
                raise LinkError(
                    f"{self.name}: asked {command!r}: {len(said)} lines came, beginning {said[0][:60]!r}; {_CHECK}"
                )
            return said[0] if said else ""

    def _exchange(self, command: str, port: BytePort) -> str:
        """Everything up to the prompt. A port that did not say its prompt is not used again."""
        came = b""
        try:
            port.arrived()
            self._log(self._clock.now(), ">", command.encode() + b"\r")
            port.write(command.encode() + b"\r")
            give_up = self._clock.now() + self._timeout
            while not came.rstrip(b" ").endswith(b">"):
                if self._clock.now() > give_up:
                    raise OSError(f"no prompt in {self._timeout / SECOND:.3f} s, {came[-20:]!r} came")
                came += port.wait()
        except OSError as error:
            self.begin_anew()
            raise LinkError(f"{self.name}: sent {command!r}: {error}; {_CHECK}") from None
        self._log(self._clock.now(), "<", came)
        return came.decode("latin-1").rstrip(" ").removesuffix(">")
