"""Why one meter on one bench cannot be judged by a scenario: by what its map promises and shows, the policy, and the bench."""

from __future__ import annotations

from rig.contracts import Devices, Meter
from rig.event_book import EventBook
from rig.left_out import left_out
from rig.matrix import Offer
from rig.policies.unjudged import NOT_PROMISED, NOT_SHOWN
from rig.policy import Policy
from rig.promises import Promises
from rig.reach import not_on_this_meter, out_of_reach
from rig.scenario import Means, Scenario
from rig.start_settings import StartSettings


def lacking(
    scenario: Scenario, policy: Policy, meter: Meter, promises: Promises, settings: StartSettings, log: EventBook,
    devices: Devices, means: Means,
) -> tuple[str, str]:  # fmt: skip
    """The word ("not promised", "not shown") and why; two empty texts where the meter can be judged."""
    word, why = Offer(meter.capabilities, meter.items, meter.unseen, promises).lacks(scenario)
    left = left_out(policy, scenario.unless, scenario.needs)
    if left[0] and (word != NOT_PROMISED or (left[0] == NOT_SHOWN and not scenario.beyond(promises))):
        return left
    if not word and (words := settings.out_of_reach({*scenario.requires, *scenario.needs})):
        return NOT_PROMISED, words
    refused = settings.refused(scenario.writes) or not_on_this_meter(scenario, meter, log)
    if not word and (words := refused or out_of_reach(scenario, devices, means)):
        return NOT_SHOWN, words
    return word, why
