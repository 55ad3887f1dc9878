"""Policies to live under: those of the package, and drawn ones that nobody has, made of rules that somebody has."""

from __future__ import annotations

import random
from datetime import date
from importlib import resources
from typing import Any

from rig.policies.reconnection import Reconnection
from rig.policies.sinks import Instalment, Sink
from rig.policies.supply import EmergencyCredit, NoCut
from rig.policies.tariff import Tariff
from rig.policy import Policy, load_policy

SHIPPED = ("arrears_first", "uppcl_2025_09", "uppcl_2026_01", "nbpdcl", "mepdcl_2026", "postpaid")


def shipped(name: str) -> Policy:
    """A policy of the package."""
    return load_policy(resources.files("scenarios.policies") / f"{name}.toml")


def drawn(luck: random.Random) -> Policy:
    """A policy of drawn tariff, sinks, instalment, emergency credit, protected time and least balance."""
    sinks: list[dict[str, Any]] = []
    changed: dict[str, Any] = {"tariff": _tariff(luck), "instalment": None, "emergency_credit": None, "notices": None}
    if luck.random() < 0.4:
        catch_up = luck.choice(("next_recharge", "next_day", "none"))
        plan = {"per_day": f"{luck.randrange(1, 9000) / 100:.2f}", "count": luck.randrange(1, 9), "catch_up": catch_up}
        changed["instalment"] = Instalment.model_validate(plan)
        sinks += [{"kind": "charges", "mode": "all"}] if catch_up == "next_recharge" else []
    if luck.random() < 0.5:
        changed["emergency_credit"] = _emergency(luck)
        sinks.append({"kind": "emergency_credit", "mode": "all"})
    sinks += [] if luck.random() < 0.2 else [_arrears(luck)]
    luck.shuffle(sinks)
    changed["sinks"] = [Sink.model_validate(sink) for sink in (*sinks, {"kind": "balance", "mode": "all"})]
    changed["no_cut"] = _no_cut(luck) if luck.random() < 0.5 else NoCut()
    changed["reconnection"] = _reconnection(luck)
    return Policy(shipped("arrears_first").file.model_copy(update=changed))


def _reconnection(luck: random.Random) -> Reconnection | None:
    table: dict[str, Any] = {"least_balance": luck.choice(("0.01", "12.34"))} if luck.random() < 0.3 else {}
    if luck.random() < 0.4:
        bounds = luck.choice(({}, {}, {"floor": "25.00", "cap": "99.99"}))
        share = {"percent": luck.choice(("50", "33.3")), "of": luck.choice(("arrears", "below_zero", "all"))}
        table["dues"] = {**share, "at": luck.choice(("cut", "recharge")), **bounds}
    return Reconnection.model_validate(table) if table else None


def _emergency(luck: random.Random) -> EmergencyCredit:
    table = {"amount": f"{luck.randrange(20_000) / 100:.2f}", "days": luck.choice((None, 1, 3))}
    once = luck.random() < 0.7
    return EmergencyCredit.model_validate({**table, "granted": luck.choice(("automatic", "button")), "once": once})


def _tariff(luck: random.Random) -> Tariff:
    rates = luck.choice((["6.50"], ["5.05"], ["3.35", "5.00", "7.003"], ["1.00", "9.99"]))
    edges = [str(edge) for edge in sorted(luck.sample(range(1, 60), len(rates) - 1))]
    windows = [
        {"begins": "18:00", "ends": "22:00", "percent": "20"},
        {"begins": "23:00", "ends": "06:00", "percent": "-15"},
    ]
    table: dict[str, Any] = {"time_of_use": luck.sample(windows, luck.randrange(3))}
    if edges:
        table["slabs"] = [{"upto_kwh": to, "energy_charge": rate} for to, rate in zip(edges, rates, strict=False)]
        table["slabs"].append({"energy_charge": rates[-1]})
    else:
        table["energy_charge"] = rates[0]
    for key, text in (
        ("duty_percent", "5"), ("rebate_percent", "2"), ("daily_charge", "4.61"), ("monthly_charge", "55.00"),
    ):  # fmt: skip
        if luck.random() < 0.4:
            table[key] = text
    return Tariff.model_validate(table)


def _arrears(luck: random.Random) -> dict[str, Any]:
    period = {"cap_per_period": "200.00", "period": luck.choice(("day", "week", "month"))}
    slabs = [{"upto": "100.00", "percent": "10"}, {"upto": "200.01", "percent": "33.3"}, {"percent": "50"}]
    own: dict[str, dict[str, Any]] = {
        "all": {}, "percent": {"percent": "27.5"}, "slab_percent": {"slabs": slabs}, "fixed": {"fixed": "12.34"},
    }  # fmt: skip
    mode = luck.choice(sorted(own))
    capped = luck.choice(({}, {}, {"cap": "99.99"}, period))
    how = {"rounding": luck.choice(("down", "half_up", "half_even")), "base": luck.choice(("gross", "rest"))}
    return {"kind": "arrears", "mode": mode, **how, **own[mode], **capped}


def _no_cut(luck: random.Random) -> NoCut:
    night, all_but_noon = {"begins": "18:00", "ends": "08:00"}, {"begins": "16:00", "ends": "11:00"}
    daily, weekdays = luck.choice(([], [night], [all_but_noon])), luck.choice(([], ["sunday"], ["saturday", "sunday"]))
    holidays = luck.choice(([], [{"on": date(2026, 8, 15), "name": "Independence Day"}]))
    return NoCut.model_validate({"daily": daily, "weekdays": weekdays, "holidays": holidays})
