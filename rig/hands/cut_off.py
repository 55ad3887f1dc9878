"""Commands, settings and recharges that a power failure cuts off, or that never arrive."""

from __future__ import annotations

from rig.clock import FOREVER, Span
from rig.contracts import RechargeOutcome, RechargeResult, RelayState
from rig.errors import LinkError
from rig.hands.money import Recharge
from rig.hands.odd_payments import OddPayments
from rig.hands.outages import Outages
from rig.hands.settings import Settings
from rig.ledger import Split

WORDS = "the mains go off right after the next write, on purpose"


class CutOff(OddPayments, Outages, Settings):
    """Old or new, both are allowed of what was cut off: the books follow what the meter then is."""

    def command_cut_off(self, state: RelayState, dark: str = "3.3") -> RelayState:
        """Command the relay to `state` and switch the mains off at once; on again after `dark` (s). How the contact is then."""
        began = self._cut_off_next_write()
        expectation = self._books.expectation
        assert expectation is not None, "the books were opened"
        expectation.command_cut_off(state, Span.at(began))
        try:
            _ = self.meter.disconnect() if state is RelayState.OPEN else self.meter.reconnect()
        except LinkError as lost:
            self._journal.record("note", words=f"the relay was told to be {state}: {lost}")
        finally:
            self._lossy.lose_nothing()
        # Told again: an edge from before the failure may be seen only now, and a failure makes void what was due.
        expectation.command_cut_off(state, Span.at(began))
        self._dark(dark)
        self.sleep_ns(self.promises.command_window.hi + self.promises.registers_follow)
        expectation.cut_off_is_over()
        return self._books.state

    def setting_cut_off(self, item: str, to: int, dark: str = "3.3") -> int:
        """Write a setting and switch the mains off at once; on again after `dark` (s). What it reads then."""
        was = self.settings[item]
        began = self._cut_off_next_write()
        self._starting.found.setdefault(item, was)
        try:
            self.meter.write(item, to)
        except LinkError as lost:
            self._journal.record("note", words=f"{item} = {to}, was {was}: {lost}")
        finally:
            self._lossy.lose_nothing()
        self.causes_event(f"{item.replace('_', ' ')} set", 0, 1)
        self._dark(dark)
        self.settings[item] = reads = self.read_meter(item).number(item)
        self._books.setting(item, reads, Span(began, self._clock.now()))
        return reads

    def recharge_cut_short(self, amount_paise: int, dark: str = "3.3") -> Recharge:
        """Begin a recharge and switch the mains off before its commit; on again after `dark` (s). Nothing may be credited."""
        return self._never_committed(amount_paise, dark)

    def recharge_lost(self, amount_paise: int) -> Recharge:
        """A recharge of which nothing reaches the meter: the link is down. Nothing may be credited."""
        return self._never_committed(amount_paise)

    def _never_committed(self, amount: int, dark: str | None = None) -> Recharge:
        recharge_id, before = self._next_id(), self.read_money()
        if dark is not None:
            began = self._cut_off_next_write()
        else:
            began = self._clock.now()
            self._journal.record("lossy", words="the next recharge never reaches the meter, on purpose")
            self._lossy.lose_write()
        try:
            result = self.wallet.recharge(amount, recharge_id)
        except LinkError:
            unknown = Span(began, self._clock.now())
            result = RechargeResult(RechargeOutcome.PENDING, 0, unknown, Span(began, FOREVER))
        finally:
            self._lossy.lose_nothing()
        self._tell(amount, recharge_id, result)
        if dark is not None:
            self._dark(dark)
        return Recharge(amount, recharge_id, result, Split.nothing(), before, self.read_money())

    def _cut_off_next_write(self) -> int:
        """From now on (ns) the next write is the last thing before the mains go off."""
        self._books.pull()
        self.load_off()
        self._journal.record("lossy", words=WORDS)
        self._lossy.lose_answer_to_write(then=self.power_off)
        return self._clock.now()

    def _dark(self, duration: str) -> None:
        self.sleep(duration)
        self.power_on()
