"""What a scenario holds in its hand: a small vocabulary of an electrician and a clerk.

Every command is told to the books as it happens. A scenario observes what it declared; it never asserts.
"""

from __future__ import annotations

from rig.hands import CreditEnd, CutOff, Events, Limits, Metered, Payment, Recharge, Rewired, Seconds
from rig.hands.costs import Costs

__all__ = ["Bench", "Recharge"]


class Bench(CutOff, CreditEnd, Costs, Events, Payment, Limits, Metered, Rewired, Seconds):
    """The bench of one position while a scenario runs: its commands, and what may be watched and judged.

    Load and line are in `rig.hands.mains` and `outages`, what fails with the line in `cut_off`, hands on the meter in
    `rewired`, settings, relay commands and the button in `settings`, the payment mode in `payment`, recharges in `money` and
    `odd_payments`, time and the contact in `waiting`, credit in `credit` and `credit_end`, the log in `events`, judgements
    in `looks`, `metered` and `costs`, the clock in `seconds` and `clock_setting`, derived loads and times in `limits`.
    """
