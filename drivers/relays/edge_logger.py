"""Relay sense by a board that time-stamps edges with its own clock: milliseconds and better, whatever the grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.lines.ports import BytePort
from drivers.relays.alignment import Alignment
from drivers.relays.edge_lines import SEQUENCES, VERSION, BadLine, EdgeLine, Hello, Line, Status, parsed
from rig.clock import SECOND, Clock
from rig.contracts import FrameLog, SenseSample
from rig.errors import DeviceRefused, LinkError
from rig.opener import silent

_CHECK = "check port, cable, the program on the board, and that no other program holds the port"


class EdgeLoggerSense:
    """A `RelaySense` with `looks`: every edge since the last look, each between two samples that hold its span.

    Each look pings the board, and so keeps both clocks aligned: an edge is known to about the round trip of a ping. Lost or
    spoilt lines, and edges that the board threw away, are a LinkError: the channel was blind then, and the state afterwards
    is known again at the next look. After one the board is asked anew who it is.
    """

    def __init__(
        self,
        open_port: Callable[[], BytePort],
        clock: Clock,
        load_side: int,
        line_side: int | None,
        where: str,
        drift_ppm: int = 100,
        timeout_ns: int = SECOND,
        log: FrameLog = silent,
    ) -> None:
        """Open and ask who is there. Raises LinkError, or DeviceRefused for another version of the lines."""
        self._open_port = open_port
        self._clock = clock
        self._load, self._line = load_side, line_side
        self._where = where
        self._drift = drift_ppm
        self._timeout = timeout_ns
        self._log = log
        self._port: BytePort | None = None
        self._nonce = 0
        self._mask = 0
        self._lost: int | None = None
        self._received = b""
        self._sequence = -1
        self._begin()

    def sample(self) -> SenseSample:
        """See `RelaySense`: how it is now."""
        return self.looks()[-1]

    def looks(self) -> Sequence[SenseSample]:
        """Every edge since the last look as a sample before and a sample after it, then how it is now; oldest first.

        Raises:
            LinkError: no answer, or edges were lost; what happened since the last look is unknown.
        """
        try:
            if self._port is None:
                self._begin()
            edges, now, sent, received = self._ping()
            seen = self._samples(edges)
        except (OSError, BadLine, ValueError) as error:
            self._give_up()
            raise LinkError(f"{self._where}: {error}; {_CHECK}") from None
        self._mask = now.mask
        return [*seen, self._shown(now.mask, sent, received)]

    def announces(self, listener: Callable[[], None]) -> bool:  # noqa: ARG002
        """Never: its edges are told when it is asked."""
        return False

    def close(self) -> None:
        """Let go of the port."""
        self._give_up()

    def _give_up(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _begin(self) -> None:
        """Open, throw away what an earlier talk has left, learn who is there, and align the clocks."""
        self._received, self._sequence, self._lost = b"", -1, None
        try:
            self._port = self._open_port()
            self._port.arrived()
            nonce = self._number()
            self._tell(f"H {nonce}")
            hello = self._next(lambda line: isinstance(line, Hello) and line.nonce == nonce, at_beginning=True)
            assert isinstance(hello, Hello)
            self._refuse_stranger(hello)
            self._sequence = hello.sequence
            self._alignment = Alignment(hello.hertz, hello.bits, self._drift)
            self._mask = self._ping()[1].mask
        except (OSError, BadLine) as error:
            self._give_up()
            raise LinkError(f"{self._where}: cannot be opened: {error}; {_CHECK}") from None

    def _refuse_stranger(self, hello: Hello) -> None:
        inputs = max(self._load, self._line or 0)
        if hello.version == VERSION and inputs < hello.inputs:
            return
        self._give_up()
        raise DeviceRefused(
            f"{self._where}: the board speaks version {hello.version} with {hello.inputs} inputs; "
            f"wanted are version {VERSION} and input {inputs}; load the program of this release onto it"
        )

    def _ping(self) -> tuple[list[tuple[int, int]], Status, int, int]:
        """Edges (ticks, mask) since the last ping, the answer, and the stamps around it."""
        nonce = self._number()
        sent = self._clock.now()
        self._tell(f"P {nonce}")
        edges: list[tuple[int, int]] = []

        def answers(line: Line) -> bool:
            if isinstance(line, Hello):
                raise BadLine("the board has begun anew")
            ticks = self._alignment.unwrapped(line.ticks)
            if isinstance(line, EdgeLine):
                edges.append((ticks, line.mask))
            elif self._lost is not None and line.lost != self._lost:
                gone, self._lost = line.lost - self._lost, line.lost
                raise BadLine(f"the board threw {gone} edges away")
            else:
                self._lost = line.lost
            return isinstance(line, Status) and line.nonce == nonce

        now = self._next(answers)
        received = self._clock.now()
        assert isinstance(now, Status)
        self._alignment.ping(self._alignment.unwrapped(now.ticks), sent, received)
        return edges, now, sent, received

    def _samples(self, edges: Sequence[tuple[int, int]]) -> list[SenseSample]:
        found = []
        for ticks, mask in edges:
            if mask == self._mask:
                continue  # it went back before the board could look
            span = self._alignment.at(ticks)
            found += [self._shown(self._mask, span.lo, span.lo), self._shown(mask, span.lo, span.hi)]
            self._mask = mask
        return found

    def _shown(self, mask: int, sent: int, received: int) -> SenseSample:
        line = None if self._line is None else bool(mask >> self._line & 1)
        return SenseSample(sent, received, bool(mask >> self._load & 1), line)

    def _number(self) -> int:
        self._nonce = self._nonce % 999_999 + 1
        return self._nonce

    def _tell(self, command: str) -> None:
        assert self._port is not None
        self._log(self._clock.now(), ">", command.encode() + b"\n")
        self._port.write(command.encode() + b"\n")

    def _next(self, wanted: Callable[[Line], bool], at_beginning: bool = False) -> Line:
        """The first line that is wanted; every line before it is looked at, and none may be missing."""
        assert self._port is not None
        give_up = self._clock.now() + self._timeout
        while True:
            text, newline, rest = self._received.partition(b"\n")
            if not newline:
                if self._clock.now() > give_up:
                    raise OSError(f"no answer in {self._timeout / SECOND:.3f} s")
                self._received += self._port.wait()
                continue
            self._received = rest
            self._log(self._clock.now(), "<", text + b"\n")
            try:
                line = parsed(text.decode("latin-1").strip("\r"))
            except BadLine:
                if at_beginning:
                    continue
                raise
            if not at_beginning:
                self._follows(line.sequence)
            if wanted(line):
                return line

    def _follows(self, sequence: int) -> None:
        before, self._sequence = self._sequence, sequence
        if before >= 0 and sequence != (before + 1) % SEQUENCES:
            raise BadLine(f"{(sequence - before - 1) % SEQUENCES} lines are missing before number {sequence}")
