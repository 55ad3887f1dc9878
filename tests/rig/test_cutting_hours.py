"""A scenario that needs a cut gets hours in which there may be one."""

from datetime import datetime

import pytest

from rig.catalogue import file_named
from rig.cutting_hours import cutting_hours
from rig.policy import load_policy


@pytest.mark.parametrize(
    ("policy", "shown", "due"),
    [
        ("arrears_first", datetime(2026, 1, 4, 23, 0), None),
        ("uppcl_2025_09", datetime(2026, 1, 5, 9, 0), None),
        ("uppcl_2025_09", datetime(2026, 1, 5, 16, 30), datetime(2026, 1, 6, 8, 1, 7)),
        ("uppcl_2025_09", datetime(2026, 1, 3, 18, 0), datetime(2026, 1, 5, 8, 1, 7)),
        ("uppcl_2025_09", datetime(2025, 12, 24, 17, 59, 30), datetime(2025, 12, 26, 8, 1, 7)),
        ("nbpdcl", datetime(2026, 1, 5, 10, 59), None),
        ("nbpdcl", datetime(2026, 1, 5, 11, 1), datetime(2026, 1, 6, 10, 1, 7)),
    ],
)
def test_the_next_hours_at_which_cuts_are_made(policy: str, shown: datetime, due: datetime | None) -> None:
    assert cutting_hours(load_policy(file_named("policies", policy)), shown) == due
