"""Asking one meter: the rest it wants between frames, and its exceptions in words."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.modbus.codec import describe, exception_of
from rig.clock import Clock
from rig.contracts import Bus, Reply, Request
from rig.errors import DeviceRefused

READ_RETRIES = 2
"""How often the link may repeat a read; a write is never repeated."""

_EXCEPTIONS = {
    1: "illegal function: the meter does not know it; compare the function codes of the map with the manual",
    2: "illegal address: the meter has no such register, or not for this; compare the map with the manual",
    3: "illegal value: the meter does not take it, or not now: it may be locked, or in another state; else compare the "
    "item's least and most in the map with the manual",
    4: "device failure: the meter could not do it; look at the meter",
    5: "acknowledged, and still working; ask again later",
    6: "busy: the meter has no time now; ask again later",
    8: "memory parity error: look at the meter",
    10: "gateway path unavailable: check the gateway's settings",
    11: "gateway target did not answer: check cable, unit address and power of the meter",
}
NOT_YET = (5, 6)
"""Exceptions that mean "later", not "no"."""


class Asker:
    """One unit on a bus, asked with the rest (ns) that it wants after each answer."""

    def __init__(self, bus: Bus, unit: int, clock: Clock, where: str, rest_ns: int = 0) -> None:
        if not 1 <= unit <= 247:
            raise ValueError(
                f"{where}: unit {unit}: a meter is asked by its own address, 1 to 247; 0 would reach every meter"
            )
        self.bus = bus
        self.unit = unit
        self.clock = clock
        self.where = where
        self._rest_ns = rest_ns
        self._free_at = 0

    def ask(self, requests: Sequence[Request]) -> list[Reply]:
        """The answers, exceptions among them. Raises LinkError."""
        if not self._rest_ns:
            return self.bus.exchange(requests)
        replies = []
        for request in requests:
            self.clock.sleep_until(self._free_at)
            try:
                replies += self.bus.exchange([request])
            finally:
                self._free_at = self.clock.now() + self._rest_ns
        return replies

    def must(self, requests: Sequence[Request]) -> list[Reply]:
        """As `ask`; an exception answer is DeviceRefused."""
        replies = self.ask(requests)
        for request, reply in zip(requests, replies, strict=True):
            if exception_of(reply.pdu) is not None:
                raise self.refused(request, reply)
        return replies

    def refused(self, request: Request, reply: Reply) -> DeviceRefused:
        """The meter's exception answer in words."""
        code = exception_of(reply.pdu) or 0
        words = _EXCEPTIONS.get(code, "a code of the maker's own; look it up in the manual")
        return DeviceRefused(f"{self.where}: {describe(request.pdu)}: exception {code}, {words}", code)
