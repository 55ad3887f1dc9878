"""A Modbus bus inside the process: real frames, no socket, and the wire's latency charged to the clock."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

from drivers.modbus.frames import MbapFrame, cut_mbap, masked, mbap, mbap_mismatch, plain_answer, tcp_plan
from drivers.modbus.link import Link, Missed
from drivers.modbus.unit import Answer, Unit
from rig.clock import MICROSECOND, SECOND, Clock
from rig.contracts import FrameLog, Reply, Request
from rig.opener import silent


class MemoryBus(Link):
    """`Bus` to emulated units in the same process.

    Every exchange takes `latency_ns`; a unit that stays silent costs `timeout_ns` and is a LinkError, as on a cable.
    Inside a timer of a virtual clock nothing is charged, and the stamps say when the answer would have come.
    """

    def __init__(
        self,
        units: Mapping[int, Unit],
        clock: Clock,
        latency_ns: int = 200 * MICROSECOND,
        where: str = "memory bus",
        log: FrameLog = silent,
        timeout_ns: int = SECOND,
    ) -> None:
        super().__init__(where, "modbus memory", clock, log)
        self.units = units
        self.latency_ns = latency_ns
        self.timeout_ns = timeout_ns
        self._transaction = 0
        self._order = 0
        self._coming: list[tuple[int, int, bytes]] = []
        """Frames on their way: instant of arrival, order of sending, frame."""

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """See `Link`."""
        unit, pdu, _, secret = request
        self._transaction = transaction = self._transaction + 1 & 0xFFFF
        plan = tcp_plan(unit, pdu)
        mark = transaction.to_bytes(2, "big")
        frame = mark + plan.asks
        sent = self.clock.now()
        logged = self.log is not silent
        if logged:
            self.log(sent, ">", masked(frame, 7, False) if secret else frame)
        cut = cut_mbap(frame)
        assert cut is not None
        serve = self.units.get(cut.unit)
        given = serve(cut.pdu) if serve is not None else None
        if type(given) is bytes and not self._coming:
            back = mbap(cut.transaction, cut.unit, given)
            plain = plain_answer(mark, plan, back)
            if plain is not None:
                received = sent + self.latency_ns
                if logged:
                    self.log(received, "<", masked(back, 7, True) if secret else back)
                self.clock.spend(self.latency_ns)
                return Reply(plain, sent, received)
        if given is not None:
            self._send_back(cut, given if isinstance(given, Answer) else Answer(given), sent)
        return self._wait(request, transaction, sent, rejected)

    def _send_back(self, asked: MbapFrame, answer: Answer, sent: int) -> None:
        transaction = asked.transaction ^ 0x8000 if answer.corrupt else asked.transaction
        back = mbap(transaction, asked.unit, answer.pdu)
        for _ in range(answer.repeat):
            self._order += 1
            heapq.heappush(self._coming, (sent + self.latency_ns + answer.delay_ns, self._order, back))

    def _wait(self, request: Request, transaction: int, sent: int, rejected: list[str]) -> Reply:
        deadline = sent + self.timeout_ns
        while self._coming and self._coming[0][0] <= deadline:
            came, _, back = heapq.heappop(self._coming)
            received = max(came, sent)
            cut = cut_mbap(back)
            if cut is None:
                continue
            why = mbap_mismatch(transaction, request.unit, request.pdu, cut)
            if not why:
                self.log(received, "<", masked(back, 7, True) if request.secret else back)
                self.clock.spend(received - sent)
                return Reply(cut.pdu, sent, received)
            rejected.append(why)
            self.log(received, "!", self.guarded(back, 7))
        self.clock.spend(self.timeout_ns)
        raise Missed(f"no answer in {self.timeout_ns / SECOND:.3f} s")
