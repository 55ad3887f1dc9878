"""What a scenario judges, by name, and the limits that are derived for it from promises, policy and bench."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from rig.clock import Span
from rig.interval import Interval
from rig.money import RUPEES, money_unit

if TYPE_CHECKING:
    from rig.policy import Policy
    from rig.promises import Promises


@dataclass(frozen=True, slots=True)
class Terms:
    """What limits are derived from: the utility's policy, the maker's promises, the bench's channel, the meter's settings.

    `resolution` (ns) is how finely the relay channel resolves a moment; `settings` are whole numbers by item name;
    `load_accuracy` is how well the load's power is known, relative; `nearest` is what comes nearest to a setting and fits
    the meter's register; `most_watts` (W) is what load and meter may carry at most; `looks_every` (ns) is how
    far apart two looks at the result of a recharge are.
    """

    policy: Policy
    promises: Promises
    resolution: int
    settings: Mapping[str, int]
    load_accuracy: Fraction = Fraction(0)
    nearest: Callable[[str, int], int] = lambda _item, to: to
    most_watts: int = 1 << 62
    looks_every: int = 0

    def unit(self, declared: str) -> str:
        """The unit that a scenario declared, as this meter's wallet has it: a "paisa" of a wallet of energy is one of its steps."""
        return self.policy.money.name if declared == "paise" else declared


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
        unit = terms.unit(self.unit)
        told = money.told(value) if isinstance(value, int) and (money := money_unit(unit)) else f"{value} {unit}"
        promised = self.promised or f"{self.name} is {told}".strip()
        return _declared(self.name, "equal", promised, (), value=value, unit=unit)


@dataclass(frozen=True, slots=True)
class Money:
    """The meter's money minus the oracle's: some value that the oracle allows must be the meter's.

    `moved` (paise) is what consumption may have cost since the account was opened, `failures` how often the mains failed,
    each with the promised loss of energy; the more, the wider the oracle.
    """

    name: str
    promised: str = "the meter's balance is the oracle's"
    moved: int = 0
    failures: int = 0

    def declared(self, terms: Terms) -> dict[str, Any]:
        """See `Judgement`. An oracle wider than four times step and quanta, and what energy is unsure by, tells nothing."""
        steps = terms.promises.balance_step + 2 * terms.promises.quantum_cost(terms.policy)
        widest = 4 * steps + 10 + 4 * (terms.promises.energy_uncertainty + terms.load_accuracy) * self.moved
        widest += self.failures * terms.promises.energy_loss * terms.policy.paise_per_wh
        sources = ("map: promises.balance_step_paise, energy_quantum_wh", "policy: tariff.energy_charge")
        money = terms.policy.money
        more = {} if money == RUPEES else {"unit": money.name}
        return _declared(self.name, "money", self.promised, sources, window=["0", "0"], widest=str(widest), **more)


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
        unit = terms.unit(self.unit)
        return _declared(self.name, "within", limit.promised, limit.sources, window=window, unit=unit, **more)


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
