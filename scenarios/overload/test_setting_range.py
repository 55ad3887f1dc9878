"""Settings at the ends of their range are taken and kept; a step beyond them is refused, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Start, scenario

if TYPE_CHECKING:
    from rig.bench import Bench


TAKEN = "taken at its ends"
REFUSED = "refused beyond them"
KEPT = "settings that have changed"


@scenario(
    "OVL-16",
    "Settings at the least and the most that they may be, and a step beyond",
    requires=("SETTING-RANGE", "POWER-FAIL"),
    needs={Capability.OVERLOAD},
    starts=Start(credit=rupees("523.45")),
    catches={"K9": TAKEN, "K10": TAKEN, "K11": REFUSED, "L8": KEPT},
    judges=(
        Equal(TAKEN, "taken", "every value in the range is taken, and reads as it was written"),
        Equal(REFUSED, True, "a value out of the range is refused"),
        Equal(KEPT, "none", "what is refused changes nothing, and what is taken survives a power failure"),
    ),
    wall_seconds=14,
)
def test_settings_at_their_ends(bench: Bench) -> None:
    """All at the least and a step below it, then all at the most and a step above it; the mains fail right after the last write."""
    bench.settle_metering()  # else the least limit meets a window in which the load of before still flowed
    bench.wait_until_a_mean_has_forgotten()
    bounds = bench.bounded_settings()
    taken: list[tuple[object, str]] = []
    refused: list[tuple[object, str]] = []
    for end in (0, 1):
        for item, ends in bounds.items():
            beyond = ends[end] + (ends[2] if end else -ends[2])
            said = bench.offer_setting(item, beyond)
            refused.append((said in ("refused", "not carried"), f"{item} = {beyond} was {said}"))
        for item, ends in bounds.items():
            said = bench.try_setting(item, ends[end])
            taken.append((said, f"{item} = {ends[end]} was {said}"))
        bench.power_cycle()
        bench.observe(KEPT, ", ".join(bench.settings_that_changed()) or "none")
    bench.observe_each(TAKEN, taken)
    bench.observe_each(REFUSED, refused)
