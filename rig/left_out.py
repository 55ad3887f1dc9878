"""Why a scenario is left out under a policy as a meter keeps it: the policy's own words, or the meter's map."""

from __future__ import annotations

from collections.abc import Callable, Collection

from rig.contracts import Capability
from rig.policies.unjudged import NOT_PROMISED, why, word
from rig.policy import Policy


def left_out(policy: Policy, unless: Callable[[Policy], str], needs: Collection[Capability]) -> tuple[str, str]:
    """Why a policy, as a meter keeps it, has nothing to do with a scenario: (word, why), or two empty texts.

    `unless` says it of a policy in words. Where only a rule that was left out is the reason, the meter's map is.
    """
    whole = policy.utilitys
    here = unless(policy)
    if words := unless(whole):
        return (NOT_PROMISED, f"policy {policy.name}: {words}") if here else ("", "")
    causes = [one for one in policy.unjudged if one.capability in needs or unless(whole.without(one.capability))]
    causes = causes or (list(policy.unjudged) if here else [])
    return (word(causes), f"{why(causes)}; policy {policy.name} promises it") if causes else ("", "")
