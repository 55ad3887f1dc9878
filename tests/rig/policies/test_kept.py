"""A meter keeps what its map declares; what a policy says beyond that is neither expected of it nor passed over."""

from __future__ import annotations

import pytest

from rig.contracts import Capability
from tests.rig.policies.test_energy_wallet import POLICIES

EVERYTHING = frozenset(Capability)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_meter_that_has_everything_keeps_the_whole_policy(name: str) -> None:
    assert POLICIES[name].for_meter(EVERYTHING, "mine") is POLICIES[name]


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_what_the_map_does_not_declare_is_left_out_and_named(name: str) -> None:
    policy = POLICIES[name]
    kept = policy.for_meter(frozenset(), "mine")
    file = kept.file
    assert (file.notices, file.emergency_credit, file.instalment) == (None, None, None)
    assert file.no_cut.empty and not kept.charges_by_day and len(file.tariff.bands) == 1
    assert file.tariff.bands[0][1] == policy.file.tariff.bands[0][1]
    assert not list(file.findings()), "still a whole policy"
    assert all(one in file.title for one in kept.lacking)
    assert kept.numbers()
    assert (kept.kept_name == kept.name) == (not kept.lacking)
    assert set(kept.plain_money()) <= {"price_paise_per_kwh", "arrears_mode", "payment_mode", "sinks", "overload_allowed",
        "duty_percent", "rebate_percent", "smallest_for_reconnection_paise"}  # fmt: skip


def test_each_capability_is_about_its_own_rule() -> None:
    policy = POLICIES["mepdcl_2026"]
    kept = policy.for_meter(EVERYTHING - {Capability.NOTICES}, "mine")
    assert kept.lacking in ((Capability.NOTICES,), ())
    assert kept.file.emergency_credit == policy.file.emergency_credit and kept.file.no_cut == policy.file.no_cut
