"""An emulated instrument in the same process, with the wire's latency charged to the clock."""

from __future__ import annotations

from collections.abc import Callable

from rig.clock import MICROSECOND, SECOND, Clock
from rig.contracts import FrameLog
from rig.errors import LinkError
from rig.opener import silent


class MemoryLine:
    """A `Line` to an instrument's `ask` (one line in; its answer, or None for silence).

    The instrument acts at the instant of sending. Outside a timer the clock then moves on by `latency_ns`; inside one it
    stands still, and the stamps say (now, now + latency) all the same. Silence costs `timeout_ns`.
    """

    def __init__(
        self,
        ask: Callable[[str], str | None],
        clock: Clock,
        latency_ns: int = 150 * MICROSECOND,
        where: str = "instrument",
        timeout_ns: int = SECOND,
        log: FrameLog = silent,
    ) -> None:
        self.name = f"{where} (scpi in memory)"
        self.last = (0, 0)
        self._instrument = ask
        self._clock = clock
        self._latency = latency_ns
        self._timeout = timeout_ns
        self._log = log
        self._open = True
        self.identification = self.ask("*IDN?")

    def ask(self, line: str) -> str:
        """See `Line`."""
        answer = self._exchange(line)
        if answer is None:
            self._clock.spend(self._timeout)
            raise LinkError(
                f"{self.name}: asked {line!r}: no answer in {self._timeout / SECOND:.3f} s; "
                "check that the instrument knows this query"
            )
        if self._log is not silent:
            self._log(self.last[1], "<", answer.encode("latin-1", "replace") + b"\n")
        return answer

    def tell(self, line: str) -> None:
        """See `Line`."""
        self._exchange(line)

    def _exchange(self, line: str) -> str | None:
        if not self._open:
            raise LinkError(f"{self.name}: sent {line!r}: the line is closed")
        sent = self._clock.now()
        if self._log is not silent:
            self._log(sent, ">", line.encode("latin-1", "replace") + b"\n")
        answer = self._instrument(line)
        self._clock.spend(self._latency)
        self.last = (sent, max(sent + self._latency, self._clock.now()))
        return answer

    def clear(self) -> None:
        """Nothing is ever under way in memory."""

    def close(self) -> None:
        """See `Line`."""
        self._open = False
