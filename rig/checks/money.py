"""The meter's money against the ledger, and its debit against its own energy register."""

from __future__ import annotations

from fractions import Fraction

from rig.books import Books
from rig.contracts import MeterReading
from rig.policy import Policy
from rig.promises import Promises


def money(books: Books, before: MeterReading, after: MeterReading, promises: Promises, policy: Policy) -> list[str]:
    """Movements of money that the ledger does not know, with the load off at `after`."""
    if books.account is None or after.balance_paise is None:
        return []
    words, unit = [], policy.money
    shown = books.shown_at(after.spans["balance"])
    balance = after.balance_paise
    if balance - shown.hi > 0 or balance + promises.balance_step - shown.lo < 0:
        words.append(f"the balance is {unit.told(balance)}; the ledger knows {unit.range(shown.lo, shown.hi)}")
    if after.arrears_paise is not None and after.arrears_paise != books.account.arrears:
        words.append(
            f"the arrears are {unit.told(after.arrears_paise)}; the ledger knows {unit.told(books.account.arrears)}"
        )
    if not words and (own := _against_own_register(books, before, after, promises, policy)):
        words.append(own)
    return words


def _against_own_register(
    books: Books, before: MeterReading, after: MeterReading, promises: Promises, policy: Policy
) -> str:
    """The debit against the meter's own energy register: tells a ledger error from a metering error."""
    if (
        before.energy_wh is None
        or after.energy_wh is None
        or before.balance_paise is None
        or after.balance_paise is None
    ):
        return ""
    assert books.account is not None, "checked by the caller"
    energy = Fraction(after.energy_wh - before.energy_wh)
    credited = books.account.credited
    debited = before.balance_paise + credited - after.balance_paise
    charged = books.account.charged
    least, most = energy * policy.prices.cheapest + charged.lo, energy * policy.prices.dearest + charged.hi
    presets = [
        entry for entry in books.account.entries if entry.kind == "preset"
    ]  # each cuts off what no balance showed
    slack = (1 + len(presets)) * promises.balance_step + (2 + len(presets)) * promises.quantum_cost(policy)
    slack += sum((books.lag_cost(at) for at in (after.spans["balance"], *(entry.at for entry in presets))), Fraction(0))
    slack += 1 if policy.carries else 0
    if least - slack <= debited <= most + slack:
        return ""
    unit = policy.money
    cost = unit.range(least, most) if most > least else unit.told(least)
    return f"{unit.told(debited)} was debited for {float(energy):.4f} Wh of the meter's own register, which cost {cost}"
