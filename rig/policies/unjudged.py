"""What a utility promises that a meter is not judged by, since its map does not declare the capability.

A promise that the map declares absent is an exclusion. One that it says nothing of is still the utility's promise: it is not
shown, and the run does not pass.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rig.contracts import Capability

NOT_PROMISED, NOT_SHOWN = "not promised", "not shown"


@dataclass(frozen=True, slots=True)
class Unjudged:
    """One capability that rules of the policy need and the map lacks. `said`: what those rules say."""

    capability: Capability
    said: str
    map_name: str
    declared_absent: bool

    @property
    def id(self) -> str:
        """What stands in the place of a scenario's id."""
        return f"policy.{self.capability}"

    @property
    def word(self) -> str:
        """Not promised where the map declares it absent, else not shown."""
        return NOT_PROMISED if self.declared_absent else NOT_SHOWN

    @property
    def why(self) -> str:
        """What the map says or does not say."""
        return why((self,))


def why(some: Collection[Unjudged]) -> str:
    """What the map says or does not say of these."""
    absent = ", ".join(one.capability for one in some if one.declared_absent)
    unsaid = ", ".join(one.capability for one in some if not one.declared_absent)
    names = {one.map_name for one in some}
    parts = [f"declares {absent} absent"] if absent else []
    parts += [f"declares no {unsaid}, and does not say that it is absent"] if unsaid else []
    return f"map {', '.join(sorted(names))} {' and '.join(parts)}"


def word(some: Collection[Unjudged]) -> str:
    """The word for a scenario that is left out because of these."""
    return NOT_PROMISED if all(one.declared_absent for one in some) else NOT_SHOWN
