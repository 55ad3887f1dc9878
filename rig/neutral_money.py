"""A policy as plain numbers, for a meter that is to keep it and must not share a line of the oracle."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rig.errors import ConfigError
from rig.policies.sinks import Sink
from rig.policies.supply import UNBOUNDED, NoCut
from rig.policies.tariff import Tariff
from rig.policies.week import WEEKDAYS
from rig.policy_file import PolicyFile


def plain_money(file: PolicyFile) -> dict[str, Any]:
    """Money in paise, exact numbers as text ("650.5", or "33600/73" where no decimal is exact), times of day in minutes.

    Keys of rules that the policy does not have are left out; `sinks` too, where `arrears_mode` says it all. ConfigError for a
    rule that has no plain form.
    """
    if file.tariff.duty_per_kwh and file.tariff.time_of_use:
        raise ConfigError(f"policy {file.name}: tariff.duty_per_kwh: has no plain form beside time_of_use")
    mode, whole = _arrears_mode(file.sinks)
    plain: dict[str, Any] = {**_energy(file.tariff), "arrears_mode": mode, "payment_mode": file.payment_mode}
    if not whole:
        plain["sinks"] = [_sink(sink) for sink in file.sinks]
    if not file.overload.allowed:
        plain["overload_allowed"] = False
    if file.tariff.daily:
        plain["daily_charge_paise"] = _text(file.tariff.daily)
    if file.tariff.monthly:
        plain["monthly_charge_paise"] = file.tariff.monthly
    plain |= _lent_and_owed(file)
    if not file.no_cut.empty:
        plain["no_cut"] = _no_cut(file.no_cut)
    if file.notices is not None:
        plain["notices_percent"] = [int(percent) for percent in file.notices.percent]
    return plain | _reconnection(file)


def _reconnection(file: PolicyFile) -> dict[str, Any]:
    rule = file.reconnection
    plain: dict[str, Any] = {}
    if rule is not None and rule.least_balance is not None:
        plain["smallest_for_reconnection_paise"] = rule.least_balance
    if rule is not None and (share := rule.dues) is not None:
        table: dict[str, Any] = {"percent": str(share.percent), "of": share.of, "at": share.at}
        bounds = {"floor": share.floor, "cap": share.cap}
        plain["reconnection_dues"] = table | {key: paise for key, paise in bounds.items() if paise is not None}
    return plain


def _lent_and_owed(file: PolicyFile) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    if (plan := file.instalment) is not None:
        plain["instalment"] = {
            "per_day_paise": plan.per_day, "count": plan.count, "catch_up": plan.catch_up, "from_balance": True,
        }  # fmt: skip
    if (lent := file.emergency_credit) is not None:
        plain["emergency_credit"] = {
            "paise": None if lent.paise == UNBOUNDED else lent.paise, "granted": lent.granted, "days": lent.days, "once": lent.once,
        }  # fmt: skip
    return plain


def _energy(tariff: Tariff) -> dict[str, Any]:
    """A duty by the kWh is folded into the rates, so that the rebate still comes off what it came off before."""
    rebate = 1 - Fraction(tariff.rebate_percent or 0) / 100
    duty = Fraction(tariff.duty_percent or 0) / 100
    on_top = tariff.levied[1] / (rebate + duty) if tariff.levied[1] else Fraction(0)
    rates = [(edge, (rate + on_top) * 1000) for edge, rate in tariff.bands]
    first = rates[0][1]
    plain: dict[str, Any] = {
        "price_paise_per_kwh": int(first) if first.denominator == 1 else _text(first),
    }
    if len(rates) > 1:
        plain["slabs"] = [[None if edge is None else int(edge), _text(rate)] for edge, rate in rates]
    if tariff.time_of_use:
        plain["time_of_use"] = [[w.begins, w.ends, str(w.percent)] for w in tariff.time_of_use]
    for key in ("duty_percent", "rebate_percent"):
        if percent := getattr(tariff, key):
            plain[key] = str(percent)
    return plain


def _text(exact: Fraction) -> str:
    """A decimal where one is exact, else a fraction: "650.5", "33600/73"."""
    twos_and_fives = exact.denominator
    for prime in (2, 5):
        while twos_and_fives % prime == 0:
            twos_and_fives //= prime
    if twos_and_fives > 1:
        return str(exact)
    places = 0
    while (exact * 10**places).denominator > 1:
        places += 1
    sign = "-" if exact < 0 else ""
    whole, part = divmod(abs(int(exact * 10**places)), 10**places)
    return f"{sign}{whole}" + (f".{part:0{places}d}" if places else "")


def _arrears_mode(sinks: list[Sink]) -> tuple[str, bool]:
    """The name of the nearest simple rule, and whether it is the whole of the order."""
    *before, _balance = sinks
    first = any(sink.kind == "arrears" for sink in before)
    simple = [(s.kind, s.mode, s.cap, s.cap_per_period) for s in before] in ([], [("arrears", "all", None, None)])
    return "first" if first else "none", simple


def _sink(sink: Sink) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": sink.kind, "base": sink.base, "mode": sink.mode, "rounding": sink.rounding}
    if sink.percent is not None:
        plain["percent"] = str(sink.percent)
    if sink.slabs is not None:
        plain["slabs"] = [[slab.upto, str(slab.percent)] for slab in sink.slabs]
    for key in ("fixed", "floor", "cap", "cap_per_period", "period"):
        if (given := getattr(sink, key)) is not None:
            plain[key] = given
    return plain


def _no_cut(no_cut: NoCut) -> dict[str, Any]:
    return {
        "daily": [[window.begins, window.ends] for window in no_cut.daily],
        "weekdays": sorted(WEEKDAYS.index(day) for day in no_cut.weekdays),
        "second_saturday": no_cut.second_saturday,
        "holidays": sorted(day.on.isoformat() for day in no_cut.holidays),
    }
