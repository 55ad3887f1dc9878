"""Credit that is drawn down to a certain point, or nearly to its end, as the oracle of money sees it."""

from __future__ import annotations

import math
from fractions import Fraction

from rig.clock import FOREVER, MILLISECOND, SECOND
from rig.errors import RigError
from rig.expectation import CREDIT
from rig.hands.waiting import Waiting

A_MOMENT = 300 * MILLISECOND


class Credit(Waiting):
    """Waits by money instead of by the clock; the load is on."""

    def blur(self, watts: int) -> int:
        """How far (paise) the meter's balance may be from the oracle's while `watts` (W) flow: steps, counts, and its delay."""
        late = self.promises.balance_lag + self.promises.metering_window
        delayed = Fraction(watts * late, 3600 * SECOND) * self.policy.paise_per_wh
        return math.ceil(self.promises.balance_step + 2 * self.promises.quantum_cost(self.policy) + 2 * delayed)

    def wait_until_below(self, paise: int) -> None:
        """Let the load consume until the meter's balance is surely below `paise`, registers and all.

        Raises:
            RigError: nothing is drawn, so it never will be.
        """
        while (left := self._books.shown_at(self.now()).hi - paise) >= 0:
            pace = self._books.trace.last.lo * self.policy.paise_per_wh * (1 - self.promises.energy_uncertainty) / 3600
            if pace <= 0:
                raise RigError(f"the balance will never be below {paise} paise: nothing is drawn")
            self.sleep_ns(int(left / pace * 10**9) + self.promises.balance_lag)

    def wait_until_credit_is_missed(self) -> None:
        """Give the meter the time to find that credit is gone, and its registers the time to say so."""
        self.sleep_ns(self.promises.cut_allowance.hi + self.promises.registers_follow)

    def wait_until_nearly_gone(self) -> None:
        """Let the load consume until a recharge sent at once is still surely credited before the relay may open."""
        self._books.look_ahead()
        due = self._books.expectation.opening(CREDIT) if self._books.expectation else None
        if due is None or due.window.lo >= FOREVER:
            raise RigError("the credit will never be gone: nothing is drawn")
        until = due.window.lo - self.promises.recharge_time - A_MOMENT
        self.sleep_ns(max(until - self._clock.now(), 0))
