"""Whether supply is paid before or after: the meter's payment mode."""

from __future__ import annotations

from rig.clock import Span
from rig.contracts import PaymentMode
from rig.hands.shared import Shared


class Payment(Shared):
    """Changes the payment mode, and tells the books."""

    def set_payment_mode(self, mode: PaymentMode) -> Span:
        """Let the meter be prepaid or postpaid; the session puts it back afterwards."""
        self._books.pull()
        at = self._starting.write("payment_mode", mode.value)
        self._books.payment_mode(mode is PaymentMode.PREPAID, at)
        self.look_at_the_log()
        return at
