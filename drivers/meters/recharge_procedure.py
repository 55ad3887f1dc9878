"""A recharge as a procedure: write the block, commit once, watch the result; after a lost answer read back, never ask again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.meters.asking import NOT_YET, Asker
from drivers.meters.map_model import Recharge
from drivers.meters.register_map import RegisterMap
from drivers.meters.unlocking import Unlocking
from drivers.meters.write_plan import Write, planned_writes
from drivers.modbus.codec import exception_of
from rig.clock import FOREVER, MILLISECOND, Span, seconds
from rig.contracts import MeterReading, RechargeOutcome, RechargeResult
from rig.errors import DeviceRefused, LinkError

POLL_EVERY = 20 * MILLISECOND
"""Between two looks at the result register (ns), at least."""

LOOKS = 40
"""At least so many looks fit into the time that the map gives a recharge."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What the result register (and the read-back item) said; `code` is None while the meter has no time to answer."""

    code: int | None
    credited: bool
    span: Span


class RechargeProcedure:
    """Recharges one meter. `read` is the meter's own."""

    def __init__(
        self,
        map_: RegisterMap,
        procedure: Recharge,
        asker: Asker,
        unlocking: Unlocking,
        read: Callable[..., MeterReading],
    ) -> None:
        self._map = map_
        self._procedure = procedure
        self._asker = asker
        self._unlocking = unlocking
        self._read = read
        self._settles_ns = seconds(procedure.settles_within_s)
        self.looks_every = max(POLL_EVERY, self._settles_ns // LOOKS)
        result = procedure.result
        self._outcomes = {
            **dict.fromkeys(result.pending, RechargeOutcome.PENDING),
            **dict.fromkeys(result.accepted, RechargeOutcome.ACCEPTED),
            **dict.fromkeys(result.duplicate, RechargeOutcome.DUPLICATE),
            **dict.fromkeys(result.refused, RechargeOutcome.REFUSED),
        }
        (commit,) = planned_writes(map_, {procedure.commit.register_: procedure.commit.value})
        self._commit = commit.request(asker.unit, None)

    def carries(self, amount_paise: int) -> bool:
        """See `Wallet.carries`."""
        try:
            self._planned(amount_paise, 1)
        except ValueError:
            return False
        return True

    def _planned(self, amount_paise: int, recharge_id: int) -> list[Write]:
        given = {"recharge_amount": amount_paise, "recharge_id": recharge_id}
        return planned_writes(self._map, {name: given[name] for name in self._procedure.write})

    def recharge(self, amount_paise: int, recharge_id: int) -> RechargeResult:
        """See `Wallet.recharge`."""
        try:
            writes = self._planned(amount_paise, recharge_id)
        except ValueError as error:
            raise ValueError(f"{self._asker.where}: {error}") from None
        self._unlocking.forget()  # a recharge is never sent twice, so nothing is left to chance
        self._unlocking.before((*self._procedure.write, self._procedure.commit.register_))
        requests = [write.request(self._asker.unit, None) for write in writes]
        try:
            replies = self._asker.ask(requests)
            for reply in replies:
                if exception_of(reply.pdu) is not None:
                    return self._refused(reply.pdu[1], Span(replies[0].sent, reply.received))
            before = self._look().code
            self._unlocking.before((self._procedure.commit.register_,))
        except LinkError as error:
            self._unlocking.forget()
            raise LinkError(f"{error}; recharge id {recharge_id} was not committed, so nothing was credited") from error
        asked = self._asker.clock.now()
        try:
            (reply,) = self._asker.ask([self._commit])
        except LinkError as lost:
            self._unlocking.forget()
            return self._read_back(recharge_id, before, Span(asked, self._asker.clock.now()), lost)
        sent = Span(reply.sent, reply.received)
        if exception_of(reply.pdu) is not None:
            return self._refused(reply.pdu[1], sent)
        return self._watched(recharge_id, sent)

    def _refused(self, code: int, sent: Span) -> RechargeResult:
        self._unlocking.forget()
        return RechargeResult(RechargeOutcome.REFUSED, code, sent, sent)

    def _outcome(self, code: int | None) -> RechargeOutcome:
        """A code that the map does not know is a refusal: nothing is taken for credit that the maker did not call so."""
        return RechargeOutcome.PENDING if code is None else self._outcomes.get(code, RechargeOutcome.REFUSED)

    def _watched(self, recharge_id: int, sent: Span) -> RechargeResult:
        """Poll the result register until it says how the recharge ended, or the map's time is over."""
        not_yet, deadline = sent.lo, sent.hi + self._settles_ns
        try:
            while True:
                look = self._look()
                outcome = self._outcome(look.code)
                if outcome is not RechargeOutcome.PENDING:
                    return RechargeResult(outcome, look.code or 0, sent, Span(not_yet, look.span.hi))
                not_yet = look.span.lo
                if look.span.hi >= deadline:
                    return RechargeResult(outcome, look.code or 0, sent, Span(not_yet, FOREVER))
                self._asker.clock.sleep_until(min(look.span.hi + self.looks_every, deadline))
        except (LinkError, DeviceRefused) as error:
            raise self._unknown(
                recharge_id, f"the commit was taken, and its result could not be read ({error})"
            ) from error

    def _read_back(self, recharge_id: int, before: int | None, sent: Span, lost: LinkError) -> RechargeResult:
        """The commit's answer is lost: it may have been taken or not.

        A result that changed since before the commit is this recharge's own. One that did not may be left from an earlier
        recharge, so then only the read-back item tells, and without it nothing does.
        """
        not_yet, deadline = sent.lo, sent.hi + self._settles_ns
        moved = False
        try:
            while True:
                look = self._look(recharge_id)
                moved = moved or (before is not None and look.code not in (None, before))
                outcome = self._outcome(look.code)
                last = look.span.hi >= deadline
                settled = Span(not_yet, look.span.hi)
                if outcome is not RechargeOutcome.PENDING and moved:
                    return RechargeResult(outcome, look.code or 0, sent, settled, read_back=True)
                if look.credited and (outcome is not RechargeOutcome.PENDING or last):
                    kept = outcome if outcome is RechargeOutcome.DUPLICATE else RechargeOutcome.ACCEPTED
                    return RechargeResult(kept, look.code or 0, sent, settled, read_back=True)
                if last and moved:
                    return RechargeResult(outcome, look.code or 0, sent, Span(look.span.lo, FOREVER), read_back=True)
                if last:
                    break
                not_yet = look.span.lo
                self._asker.clock.sleep_until(min(look.span.hi + self.looks_every, deadline))
        except (LinkError, DeviceRefused) as error:
            raise self._unknown(recharge_id, f"the answer to the commit was lost ({lost}), then {error}") from error
        if self._procedure.read_back is None:
            raise self._unknown(
                recharge_id, f"the answer to the commit was lost ({lost}), and the result did not change"
            )
        raise LinkError(
            f"{self._asker.where}: recharge id {recharge_id}: the answer to the commit was lost ({lost}); "
            f"{self._procedure.read_back} does not show this id, so this commit has credited nothing by now; "
            "check the link and recharge again"
        )

    def _unknown(self, recharge_id: int, why: str) -> LinkError:
        return LinkError(
            f"{self._asker.where}: recharge id {recharge_id}: {why}; whether it was credited is unknown; "
            "read the balance and the last recharge before any other recharge"
        )

    def _look(self, recharge_id: int | None = None) -> _Look:
        """What the result says now; whether this id is shown as credited, too, when it is given."""
        register = self._procedure.result.register_
        read_back = None if recharge_id is None else self._procedure.read_back
        asked = self._asker.clock.now()
        try:
            reading = self._read(register) if read_back is None else self._read(register, read_back)
        except DeviceRefused as refusal:
            if refusal.code not in NOT_YET:
                raise
            return _Look(None, False, Span(asked, self._asker.clock.now()))
        code = reading.values[register]
        credited = read_back is not None and reading.values[read_back] == recharge_id
        return _Look(code if isinstance(code, int) else None, credited, reading.at)
