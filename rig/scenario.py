"""What a scenario declares before anything is energised: what it needs, where it starts, what it judges, what it catches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from rig.contracts import Capability, RelayState
from rig.judgements import Absent, Equal, Judgement, Limit, Money, Terms, Timed, Within

if TYPE_CHECKING:
    from rig.policy import Policy
    from rig.promises import Promises

__all__ = [
    "Absent",
    "Equal",
    "Judgement",
    "Limit",
    "Means",
    "Money",
    "Scenario",
    "Start",
    "Terms",
    "Timed",
    "Within",
    "declared",
    "scenario",
]

ATTRIBUTE = "__scenario__"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a scenario begins. The session brings the meter there by means that it has, and says so in the evidence.

    `credit` and `arrears` in paise: the balance is exactly `credit` where the meter can be preset, at least that much
    elsewhere; None leaves it as found. `settings` are written, and restored afterwards. The load is off, the line live.
    `cuts`: the policy's protected time must not keep a cut back; the meter's clock is set where it would.
    """

    relay: RelayState | None = RelayState.CLOSED
    credit: int | None = None
    arrears: int | None = None
    settings: Mapping[str, int] = field(default_factory=dict)
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What a bench has to show a scenario with: `most_watts` (W) that load and limits allow, `watt_hours` of a whole run,
    the mains' voltage (V), how well the load is known (relative); what the meter promises; and up to which voltage the
    source may be set (V; None: its voltage cannot be set)."""

    promises: Promises
    most_watts: int
    watt_hours: int
    mains_volts: Decimal
    load_accuracy: Fraction
    most_volts: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A declared scenario. `catches` maps a fault id to the judgement (or kind of finding) that must fail."""

    id: str
    title: str
    requires: tuple[str, ...]
    needs: frozenset[Capability]
    starts: Start
    judges: tuple[Judgement, ...]
    catches: Mapping[str, str]
    about: str
    wall_seconds: int
    """Bench time in seconds beyond which a loopback plan leaves it out; 0 where only virtual time will do."""
    unless: Callable[[Policy], str] = lambda _policy: ""
    beyond: Callable[[Promises], str] = lambda _promises: ""
    reads: frozenset[str] = frozenset()
    """`unless`, `beyond`: why policy or promises have nothing to do with it. `reads`: items without which it is not shown."""
    writes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Settings that it writes on its way, exactly these, by item."""
    unshown: Callable[[Means], str] = lambda _means: ""
    """Why a bench with these means cannot show it on a meter with these promises; empty where it can."""


F = TypeVar("F", bound=Callable[..., object])


def scenario(
    id: str,  # noqa: A002 - the word that reports, plans and traces use
    title: str,
    *,
    judges: Sequence[Judgement],
    requires: Sequence[str],
    needs: set[Capability] | frozenset[Capability] = frozenset(),
    starts: Start | None = None,
    catches: Mapping[str, str] | None = None,
    wall_seconds: int = 0,
    unless: Callable[[Policy], str] = lambda _policy: "",
    beyond: Callable[[Promises], str] = lambda _promises: "",
    reads: Sequence[str] = (),
    writes: Mapping[str, tuple[int, ...]] | None = None,
    unshown: Callable[[Means], str] = lambda _means: "",
) -> Callable[[F], F]:
    """Declare a test function as a scenario. Names of judgements are unique in it; ValueError otherwise.

    Where `unless` or `beyond` says in words why policy or promises have nothing to do with it, it is "not promised"; where
    `unshown` says why the bench cannot show it, it is "not shown".
    """
    names = [one.name for one in judges]
    if not names or len(set(names)) != len(names):
        raise ValueError(f"{id}: a scenario judges something, and each judgement has a name of its own")

    def declare(function: F) -> F:
        about = " ".join((function.__doc__ or "").split())
        declared = Scenario(
            id=id,
            title=title,
            requires=tuple(requires),
            needs=frozenset(needs),
            starts=starts or Start(),
            judges=tuple(judges),
            catches=dict(catches or {}),
            about=about,
            wall_seconds=wall_seconds,
            unless=unless,
            beyond=beyond,
            reads=frozenset(reads),
            writes=dict(writes or {}),
            unshown=unshown,
        )
        setattr(function, ATTRIBUTE, declared)
        return function

    return declare


def declared(function: object) -> Scenario | None:
    """What a function declares; None when it is no scenario."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Scenario) else None
