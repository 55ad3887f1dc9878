"""What the policy charges beside a single rate, and how exactly a debit must agree with the meter's own register."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from rig.interval import Interval
from rig.scenario import Limit, Terms

if TYPE_CHECKING:
    from rig.policy import Policy

MONTH_END = datetime(2026, 2, 26, 23, 57, 41)
"""Three nights before the end of a short month."""
OTHER_ENDS = (
    (datetime(2026, 12, 30, 23, 57, 41), 3),
    (datetime(2027, 4, 29, 23, 57, 41), 2),
    (datetime(2028, 2, 28, 23, 57, 41), 2),
)
"""The ends of a year, of a month of 30 days and of a leap February, and so many nights from there on."""
LAST_MOMENTS = (datetime(2026, 6, 30, 23, 59, 47), datetime(2026, 8, 31, 23, 59, 47))
"""Seconds before a month begins."""
NIGHTS = 32
ONE_DAY = timedelta(days=1)


def charges_nothing_by_the_day(policy: Policy) -> str:
    """Why charges by the calendar cannot be judged."""
    return "" if policy.charges_by_day else "charges nothing by the day or month"


def charged_at(policy: Policy, day: date) -> int:
    """What the beginning of a day costs beside an instalment (whole paise)."""
    return int(sum(charge.amount for charge in policy.opens_day(day)))


def plans_no_instalments(policy: Policy) -> str:
    """Why instalments cannot be judged."""
    return "" if policy.file.instalment else "collects no arrears by daily instalments"


def one_slab(policy: Policy) -> str:
    """Why slabs of energy cannot be judged."""
    return "" if len(policy.prices.bands) > 1 else "has one rate for all energy of a month"


def one_hour_like_another(policy: Policy) -> str:
    """Why time of use cannot be judged."""
    return "" if policy.prices.edges_of_day else "has the same rate at every hour"


def own_register(terms: Terms) -> Limit:
    """How far a debit may be from what the meter's own energy costs (paise): whole steps, and a count on either side."""
    slack = 2 * terms.promises.balance_step + 2 * terms.promises.quantum_cost(terms.policy)
    return Limit(
        Interval(-slack, slack),
        "what was debited is what the energy that the meter counted costs by the tariff",
        ("policy: tariff", "map: promises.balance_step_paise, energy_quantum_wh"),
    )
