"""SCPI over PyVISA (pyvisa-py): raw TCP sockets and serial ports. The only importer of `pyvisa`.

What PyVISA leaves to its user is done here: TCP_NODELAY, a refused port that "opens", late and doubled answers,
instruments that hang up, and answers that never end.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import socket
import threading
from typing import Any

import pyvisa
from pyvisa import constants, errors

from drivers.scpi.lines import SerialSettings
from rig.clock import MILLISECOND, SECOND, Clock
from rig.contracts import FrameLog
from rig.errors import LinkError
from rig.opener import silent

CHUNK = 256
_PARITY = {"N": constants.Parity.none, "E": constants.Parity.even, "O": constants.Parity.odd}
_STOP_BITS = {1: constants.StopBits.one, 2: constants.StopBits.two}
_MORE = constants.StatusCode.success_max_count_read
_CHECK = "check address, port, cable, power, and that no other program holds the instrument"
LONGEST_ANSWER = 16_384
QUIET = 100 * MILLISECOND
"""A serial line must be silent this long before it is believed to be empty."""


@functools.cache
def manager() -> pyvisa.ResourceManager:
    """The one resource manager of this process, on pyvisa-py."""
    return pyvisa.ResourceManager("@py")


class _Translated:
    """Turns what PyVISA raises into a LinkError that says what was tried; everything else (Ctrl-C too) passes.

    pyvisa-py raises the bare class `Exception` for a host that does not answer, hence a context manager that looks at the
    exact type instead of catching everything.
    """

    __slots__ = ("_tried", "_words")

    def __init__(self, tried: str, words: str) -> None:
        self._tried = tried
        self._words = words

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _at: object) -> None:
        if error is None:
            return
        if isinstance(error, errors.VisaIOError) and error.error_code == constants.StatusCode.error_timeout:
            raise LinkError(f"{self._tried}: {self._words}") from error
        if kind is Exception or isinstance(error, errors.Error | OSError | ValueError):
            raise LinkError(f"{self._tried}: {error}; {_CHECK}") from error


class VisaLine:
    """A `Line` on `TCPIP::host::port::SOCKET` or `ASRLport::INSTR`, lines ending in LF (CR LF is understood).

    A line is clean between a complete answer and the next question. A time-out, a broken answer, Ctrl-C in the middle or
    bytes that nobody asked for make it unclean, and an unclean line is opened anew before the next question: over TCP
    that drops late answers for certain, over a serial line `*IDN?` is asked and everything before its answer thrown away.
    Nothing is ever sent twice by the line itself. SCPI numbers neither questions nor answers: an instrument that gives one
    answer twice, the second time while the next question is under way, cannot be told from one that answers it.
    """

    def __init__(
        self,
        resource: str,
        clock: Clock,
        where: str,
        timeout_ns: int = SECOND,
        serial: SerialSettings | None = None,
        log: FrameLog = silent,
    ) -> None:
        """Connect and ask `*IDN?`. Raises LinkError when nobody answers."""
        self.name = f"{where} (scpi {resource})"
        self.resource = resource
        self.last = (0, 0)
        self.identification = ""
        self.reopened = 0
        self._clock = clock
        self._timeout = timeout_ns
        self._serial = serial or SerialSettings()
        self._log = log
        self._lock = threading.RLock()
        self._visa: Any = None
        self._session: Any = None
        self._clean = False
        self._closed = False
        with self._lock:
            self._make_ready("*IDN?")

    def ask(self, line: str) -> str:
        """See `Line`."""
        with self._lock:
            self._make_ready(line)
            return self._exchange(line)

    def tell(self, line: str) -> None:
        """See `Line`."""
        with self._lock:
            self._make_ready(line)
            self._clean = False
            sent = self._send(line)
            self.last = (sent, self._clock.now())
            self._clean = True

    def clear(self) -> None:
        """See `Line`."""
        self._clean = False

    def close(self) -> None:
        """See `Line`."""
        with self._lock:
            self._closed = True
            self._drop()

    def _make_ready(self, line: str) -> None:
        if self._closed:
            raise LinkError(f"{self.name}: sent {line!r}: the line is closed")
        if self._clean and not self._stale():
            return
        self._drop()
        self._open()

    def _stale(self) -> bool:
        """True when bytes wait that nobody asked for, or the instrument has hung up."""
        port = self._session.interface
        if not self._is_socket:
            return bool(port.in_waiting)
        waiting = bytes(self._session._pending_buffer)
        if readable := bool(select.select([port], [], [], 0)[0]):
            with contextlib.suppress(OSError):
                waiting += port.recv(CHUNK, socket.MSG_PEEK)
        if waiting:
            self._log(self._clock.now(), "!", waiting)
        return readable or bool(waiting)

    @property
    def _is_socket(self) -> bool:
        return isinstance(self._session.interface, socket.socket)

    def _drop(self) -> None:
        visa, self._visa, self._session = self._visa, None, None
        self._clean = False
        if visa is not None:
            with contextlib.suppress(errors.Error, OSError):
                visa.close()

    def _open(self) -> None:
        milliseconds = max(1, self._timeout // MILLISECOND)
        tried = f"{self.name}: cannot open"
        again = bool(self.identification)
        with _Translated(tried, f"no connection in {self._timeout / SECOND:.3f} s; {_CHECK}"):
            self._visa = manager().open_resource(
                self.resource, open_timeout=milliseconds, timeout=milliseconds, read_termination="\n",
                write_termination="\n", encoding="latin-1",
            )  # fmt: skip
            self._session = self._visa.visalib.sessions[self._visa.session]
            if self._is_socket:
                self._session.interface.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if code := self._session.interface.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise OSError(code, os.strerror(code))
            else:
                self._set_up_serial()
        self.reopened += again
        self._identify()

    def _set_up_serial(self) -> None:
        self._visa.baud_rate = self._serial.baud
        self._visa.parity = _PARITY[self._serial.parity]
        self._visa.stop_bits = _STOP_BITS[self._serial.stop_bits]
        give_up = self._clock.now() + self._timeout
        while self._session.interface.in_waiting and self._clock.now() < give_up:
            self._session.interface.reset_input_buffer()
            self._clock.sleep_until(self._clock.now() + QUIET)

    def _identify(self) -> None:
        """Ask who is there. On a line opened anew, lines before the known answer are late ones and are thrown away."""
        answer = self._exchange("*IDN?")
        give_up = self._clock.now() + self._timeout
        while self.identification and answer != self.identification:
            self._log(self._clock.now(), "!", answer.encode("latin-1"))
            self._clean = False
            if self._is_socket or self._clock.now() >= give_up:
                raise LinkError(
                    f"{self.name}: asked '*IDN?' after opening anew: {answer!r} came, "
                    f"{self.identification!r} was there before; check whether the instrument was exchanged"
                )
            answer = self._receive("*IDN?")
        self.identification = answer
        self._clean = True

    def _exchange(self, line: str) -> str:
        self._clean = False
        sent = self._send(line)
        answer = self._receive(line)
        self.last = (sent, self._clock.now())
        self._log(self.last[1], "<", answer.encode("latin-1") + b"\n")
        self._clean = True
        return answer

    def _send(self, line: str) -> int:
        with _Translated(f"{self.name}: sent {line!r}", f"not taken in {self._timeout / SECOND:.3f} s; {_CHECK}"):
            sent = self._clock.now()
            self._log(sent, ">", line.encode("latin-1") + b"\n")
            self._visa.write(line)
        return sent

    def _receive(self, line: str) -> str:
        """One line of answer, in small pieces, so that a device which babbles or dribbles cannot hold us for ever."""
        tried = f"{self.name}: asked {line!r}"
        give_up = self._clock.now() + self._timeout
        library, session = self._visa.visalib, self._visa.session
        received = bytearray()
        silence = f"no answer in {self._timeout / SECOND:.3f} s; check power, cable and that it knows this query"
        with _Translated(tried, silence), library.ignore_warning(session, _MORE):
            if self._is_socket and not self._session._pending_buffer:
                self._await_first_byte(tried, silence)
            while not received.endswith(b"\n"):
                piece, _status = library.read(session, CHUNK)
                received += piece
                if len(received) > LONGEST_ANSWER or self._clock.now() > give_up + self._timeout:
                    break
        if not received.endswith(b"\n"):
            raise LinkError(f"{tried}: {len(received)} bytes without a line end, beginning {bytes(received[:20])!r}")
        return received.decode("latin-1").rstrip("\r\n")

    def _await_first_byte(self, tried: str, silence: str) -> None:
        """pyvisa-py takes a hang-up for a time-out and burns the processor until then; look before it does."""
        port = self._session.interface
        if not select.select([port], [], [], self._timeout / SECOND)[0]:
            raise LinkError(f"{tried}: {silence}")
        if not port.recv(1, socket.MSG_PEEK):
            raise LinkError(f"{tried}: the instrument closed the connection; check whether another program uses it")
