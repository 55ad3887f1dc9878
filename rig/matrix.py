"""Which meter can be judged on what: every map against every family of scenarios, and why not the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rig.contracts import Capability
from rig.promises import Promises
from rig.scenario import Scenario
from rig.start_settings import needed

JUDGED, PART, NOT_SHOWN, NOT_PROMISED = "yes", "part", "not shown", "–"

_SHOWN_BY = ("has no item", "promises no")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a meter brings by its map: capabilities, items, what it lacks for some of them, and promises."""

    capabilities: Collection[Capability]
    items: Collection[str]
    unseen: Mapping[Capability, Sequence[str]]
    promises: Promises

    def lacks(self, scenario: Scenario) -> tuple[str, str]:
        """Why it cannot be judged by a scenario, whatever the policy: (word, why), or two empty texts."""
        missing = sorted(c for c in scenario.needs if c not in self.capabilities)
        if missing:
            return "not promised", f"the map declares no {', '.join(missing)}"
        if words := scenario.beyond(self.promises):
            return "not promised", f"the map promises something else: {words}"
        wants = self.wants(scenario)
        lacks = [f"the map {lack} {', '.join(wants[lack])}" for lack in _SHOWN_BY if wants[lack]]
        return ("not shown", "; ".join(lacks)) if lacks else ("", "")

    def wants(self, scenario: Scenario) -> dict[str, list[str]]:
        """Capabilities, items and promises that a scenario needs and that are not there."""
        settings = needed(scenario.starts.settings, self.items, self.promises)
        unseen = {name for need in scenario.needs for name in self.unseen.get(need, ())}
        return {
            "declares no": sorted(c for c in scenario.needs if c not in self.capabilities),
            "has no item": sorted(unseen | ((scenario.reads | set(settings)) - set(self.items))),
            "promises no": self.promises.missing_for(scenario.needs),
        }


def offer_of(map_: Any, name: str) -> Offer:
    """What the map of this name offers. ConfigError for wrong promises."""
    return Offer(map_.capabilities, map_.readable, map_.unseen, Promises.read(map_.promises, f"map {name}"))


def matrix(maps: Mapping[str, Any], scenarios: Iterable[tuple[str, Scenario]]) -> list[dict[str, str]]:
    """A row a map: a word for each family (the folder of its scenarios), and what is missing where something is not shown."""
    families: dict[str, list[Scenario]] = {}
    for family, scenario in scenarios:
        families.setdefault(family, []).append(scenario)
    return [_row(name, offer_of(map_, name), families) for name, map_ in maps.items()]


def _row(name: str, offer: Offer, families: Mapping[str, Sequence[Scenario]]) -> dict[str, str]:
    row, missing = {"map": name}, dict.fromkeys(("declares no", *_SHOWN_BY), frozenset[str]())
    for family, scenarios in families.items():
        scenarios = [one for one in scenarios if not one.beyond(offer.promises)] or scenarios
        words = [offer.lacks(scenario)[0] for scenario in scenarios]
        row[family] = _word(words)
        for scenario, word in zip(scenarios, words, strict=True):
            of = {"not promised": ("declares no",), "not shown": _SHOWN_BY}.get(word, ())
            missing |= {lack: missing[lack] | set(offer.wants(scenario)[lack]) for lack in of}
    row["why not"] = "; ".join(f"{lack} {', '.join(sorted(names))}" for lack, names in missing.items() if names)
    return row


def _word(words: Sequence[str]) -> str:
    if not any(words):
        return JUDGED
    if "" in words:
        return PART
    return NOT_SHOWN if "not shown" in words else NOT_PROMISED


def as_markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows as a Markdown table, with what is missing as a list below it."""
    columns = [key for key in rows[0] if key != "why not"]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row[key] for key in columns) + " |" for row in rows]
    whys = [f"* `{row['map']}` {row['why not']}." for row in rows if row["why not"]]
    return "\n".join([*lines, "", *whys]) + "\n"
