"""Modbus RTU through a gateway that passes the frames of a serial line over TCP as they are."""

from __future__ import annotations

from drivers.lines.network_line import NetworkLine
from drivers.modbus.link import Missed
from drivers.modbus.pace import Pace
from drivers.modbus.rtu import ByteLine, RtuBus
from rig.clock import MILLISECOND, SECOND, Clock
from rig.contracts import FrameLog, Reply, Request
from rig.errors import LinkError
from rig.opener import silent

_MISSES_TO_REOPEN = 2


class GatewayBus(RtuBus):
    """`Bus` on a serial line behind a gateway, connected at the first request.

    There is no transaction id, so the rules of `RtuBus` hold: silence of `turnaround_ns` after a time-out, where the
    gateway's own delay counts too. `pace` is that of the line behind the gateway; when the frame leaves there cannot be
    seen from here, so nothing is thrown away for being early. The connection is kept after a time-out, opened anew after
    two in a row, and quietly where the gateway closed it between two requests.
    """

    sees_the_wire = False

    def __init__(
        self,
        host: str,
        port: int,
        pace: Pace,
        clock: Clock,
        where: str,
        log: FrameLog = silent,
        timeout_ns: int = SECOND,
        turnaround_ns: int = 200 * MILLISECOND,
    ) -> None:
        super().__init__(f"{host}:{port}", pace, clock, where, log, timeout_ns, turnaround_ns)
        self.address = f"modbus rtu over tcp {host}:{port}"
        self._peer = (host, port)
        self._connection: NetworkLine | None = None
        self._misses = 0

    def reach(self) -> None:
        """See `Link`: a gateway does not hang on the mains of the meters behind it, so it must take the connection."""
        self.open()

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """See `Link`."""
        if self._connection is not None and self._connection.ended():
            self.close()
        try:
            reply = super().attempt(request, rejected)
        except Missed:
            self._misses += 1
            if self._misses >= _MISSES_TO_REOPEN:
                self.close()
            raise
        self._misses = 0
        return reply

    def close(self) -> None:
        """See `Link`."""
        super().close()
        self._connection = None
        self._misses = 0

    def connected(self, place: str) -> ByteLine:
        """See `RtuBus`."""
        timeout_s = self.timeout_ns / SECOND
        try:
            self._connection = NetworkLine(*self._peer, timeout_s)
        except ConnectionRefusedError:
            why = "connection refused: nothing listens there; check address, port and power of the gateway"
        except TimeoutError:
            why = f"no connection in {timeout_s:.3f} s; check cable, address and power of the gateway"
        except OSError as error:
            why = f"no connection ({error.strerror or error}); check cable and address of the gateway"
        else:
            return self._connection
        raise LinkError(f"{place}: {why}")

    def failed(self, error: OSError) -> str:
        """See `RtuBus`."""
        return f"connection lost before an answer came ({error.strerror or error})"
