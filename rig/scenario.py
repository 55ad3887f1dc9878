"""What a scenario declares before anything is energised: what it needs, where it starts, what it judges, what it catches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rig.clock import Span
from rig.contracts import Capability, RelayState
from rig.interval import Interval

if TYPE_CHECKING:
    from rig.policy import Policy
    from rig.promises import Promises

ATTRIBUTE = "__scenario__"


@dataclass(frozen=True, slots=True)
class Terms:
    """What limits are derived from: the utility's policy, the maker's promises, the bench's channel, the meter's settings.

    `resolution` (ns) is how finely the relay channel resolves a moment; `settings` are whole numbers by item name;
    `load_accuracy` is how well the load's power is known, relative.
    """

    policy: Policy
    promises: Promises
    resolution: int
    settings: Mapping[str, int]
    load_accuracy: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Limit:
    """A derived limit: `window` as a span (ns) or an interval, the sentence that says what was promised, and its sources.

    `resolution` is how finely the bench tells a quantity (in its unit); a span has that of the relay channel."""

    window: Span | Interval
    promised: str
    sources: tuple[str, ...] = ()
    resolution: Fraction = Fraction(0)


class Judgement(Protocol):
    """One thing that a scenario judges, by name."""

    @property
    def name(self) -> str:
        """What it is called in scenario, evidence and report."""

    def declared(self, terms: Terms) -> dict[str, Any]:
        """As the evidence holds it: name, kind, promised, sources, limit."""


def _declared(name: str, kind: str, promised: str, sources: Sequence[str], **limit: object) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "promised": promised,
        "sources": list(sources),
        "limit": {"kind": kind, **limit},
    }


@dataclass(frozen=True, slots=True)
class Timed:
    """A moment, as a duration since its cause (ns), inside a derived window.

    `edges`: how many ends of the duration are edges of the relay channel, each known to its resolution.
    """

    name: str
    limit: Callable[[Terms], Limit]
    edges: int = 1

    def declared(self, terms: Terms) -> dict[str, Any]:
        """See `Judgement`. The window is widened by what the channel resolves, so that a healthy meter passes."""
        limit = self.limit(terms)
        if not isinstance(limit.window, Span):
            raise TypeError(f"{self.name}: a timed judgement needs a span for its limit")
        unsure = self.edges * terms.resolution
        window = limit.window.widened(unsure, unsure)
        return _declared(
            self.name,
            "timed",
            limit.promised,
            limit.sources,
            window=[window.lo, window.hi],
            resolution=terms.resolution,
        )


@dataclass(frozen=True, slots=True)
class Equal:
    """Exactly this: a number of paise, a count, a state, a cause."""

    name: str
    value: object
    promised: str = ""
    unit: str = ""

    def declared(self, terms: Terms) -> dict[str, Any]:
        """See `Judgement`. A callable value is asked with the terms."""
        value = self.value(terms) if callable(self.value) else self.value
        promised = self.promised or f"{self.name} is {value} {self.unit}".strip()
        return _declared(self.name, "equal", promised, (), value=value, unit=self.unit)


@dataclass(frozen=True, slots=True)
class Money:
    """The meter's money minus the oracle's: some value that the oracle allows must be the meter's.

    `moved` (paise) is what consumption may have cost since the account was opened; the more, the wider the oracle.
    """

    name: str
    promised: str = "the meter's balance is the oracle's"
    moved: int = 0

    def declared(self, terms: Terms) -> dict[str, Any]:
        """See `Judgement`. An oracle wider than four times step and quanta, and what energy is unsure by, tells nothing."""
        steps = terms.promises.balance_step + 2 * terms.promises.quantum_cost(terms.policy)
        widest = 4 * steps + 10 + 4 * (terms.promises.energy_uncertainty + terms.load_accuracy) * self.moved
        sources = ("map: promises.balance_step_paise, energy_quantum_wh", "policy: tariff.energy_charge")
        return _declared(self.name, "money", self.promised, sources, window=["0", "0"], widest=str(widest))


@dataclass(frozen=True, slots=True)
class Within:
    """A quantity inside a derived interval."""

    name: str
    limit: Callable[[Terms], Limit]
    unit: str = ""

    def declared(self, terms: Terms) -> dict[str, Any]:
        """See `Judgement`."""
        limit = self.limit(terms)
        if not isinstance(limit.window, Interval):
            raise TypeError(f"{self.name}: needs an interval for its limit")
        window = [str(limit.window.lo), str(limit.window.hi)]
        more = {"resolution": str(limit.resolution)} if limit.resolution else {}
        return _declared(self.name, "within", limit.promised, limit.sources, window=window, unit=self.unit, **more)


@dataclass(frozen=True, slots=True)
class Absent:
    """No such change for so long (ns, or derived); only as good as the sampling, and the verdict says how good."""

    name: str
    of: str
    at_least: int | Callable[[Terms], int]
    promised: str = ""

    def declared(self, terms: Terms) -> dict[str, Any]:
        """See `Judgement`. A gap of four grid steps voids the claim."""
        at_least = self.at_least(terms) if callable(self.at_least) else self.at_least
        promised = self.promised or f"no {self.of}"
        return _declared(
            self.name, "absent", promised, (), of=self.of, at_least=at_least, longest_gap=max(4 * terms.resolution, 1)
        )


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
) -> Callable[[F], F]:
    """Declare a test function as a scenario. Names of judgements are unique in it; ValueError otherwise.

    Where `unless` or `beyond` says in words why policy or promises have nothing to do with it, it is "not promised".
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
        )
        setattr(function, ATTRIBUTE, declared)
        return function

    return declare


def declared(function: object) -> Scenario | None:
    """What a function declares; None when it is no scenario."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Scenario) else None
