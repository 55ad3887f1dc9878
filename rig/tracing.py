"""From each requirement to what shows it: scenarios, the faults that they catch, the policies' numbers, and its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rig.catalogue import files, thing
from rig.planning.catchers import Catalogued, catalogued, catchers
from rig.policy import load_policy
from rig.scenario import Scenario
from rig.scenarios import shipped
from rig.toml_files import read_toml

Number = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Traced:
    """One requirement. `scenarios` by id with the faults that each catches (fault: the judgement or finding that tells it);
    `numbers` are those of the shipped policies that it is judged by: policy, path, value, unit, source, date, mark."""

    id: str
    sentence: str
    source: str
    scenarios: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    numbers: Sequence[Number] = ()

    @property
    def faults(self) -> list[str]:
        """The faults that its scenarios catch, each once."""
        return list(dict.fromkeys(fault for caught in self.scenarios.values() for fault in caught))

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        scenarios = [{"id": id_, "faults": dict(caught)} for id_, caught in self.scenarios.items()]
        return {
            "requirement": self.id,
            "sentence": self.sentence,
            "source": self.source,
            "scenarios": scenarios,
            "policy_numbers": [dict(number) for number in self.numbers],
        }


def trace() -> list[Traced]:
    """Every requirement that is written down, in the order of its file."""
    scenarios = [one for one, _ in shipped()]
    numbers = list(_numbers())
    table = read_toml(thing("requirements", "shipped"))["requirement"]
    faults = catalogued()
    return [_traced(id_, told, scenarios, faults, numbers) for id_, told in table.items()]


def uncaught(faults: Iterable[Catalogued], scenarios: Iterable[Scenario]) -> list[str]:
    """Faults of the catalogue, by id, that no scenario is there for: holes in the scenarios."""
    known = list(scenarios)
    return [fault.id for fault in faults if not catchers(fault, known)]


def _traced(
    id_: str,
    told: Mapping[str, Any],
    scenarios: Sequence[Scenario],
    faults: Sequence[Catalogued],
    numbers: Sequence[Number],
) -> Traced:
    rules = tuple(told.get("policy", ()))
    return Traced(
        id_,
        told["sentence"],
        told["source"],
        {
            one.id: {fault.id: reason for fault in faults if (reason := fault.reason(one))}
            for one in scenarios
            if id_ in one.requires
        },
        [number for number in numbers if any(_under(number["path"], rule) for rule in rules)],
    )


def _under(path: str, rule: str) -> bool:
    return path == rule or path.startswith(f"{rule}.")


def _numbers() -> Iterator[Number]:
    """Every number of every shipped policy, with its source."""
    for entry in files("policies"):
        for number in load_policy(entry.file).facts(None)["numbers"]:
            yield {"policy": entry.name, **{key: str(told) for key, told in number.items()}}


def rules_in_short(numbers: Sequence[Number]) -> list[str]:
    """Paths of numbers with the policies that have them: "tariff.slabs.0 (mepdcl_2026, uppcl_2026_01)"."""
    policies: dict[str, list[str]] = {}
    for number in numbers:
        policies.setdefault(number["path"], []).append(number["policy"])
    return [f"{path} ({', '.join(names)})" for path, names in policies.items()]


def as_markdown(rows: Sequence[Traced]) -> str:
    """The table as a page: requirements with scenarios and faults, then the policies' numbers that they are judged by."""
    lines = ["| requirement | scenario | faults caught | policy numbers | source |", "|---|---|---|---|---|"]
    for row in rows:
        shown = "<br>".join(f"{id_}: {', '.join(caught) or '–'}" for id_, caught in row.scenarios.items()) or "**none**"
        rules = "<br>".join(f"`{rule}`" for rule in dict.fromkeys(number["path"] for number in row.numbers)) or "–"
        ids = "<br>".join(row.scenarios) or "**none**"
        lines.append(f"| **{row.id}**<br>{_cell(row.sentence)} | {ids} | {shown} | {rules} | {_cell(row.source)} |")
    lines += ["", "| policy | number | value | source | mark |", "|---|---|---|---|---|"]
    for number in _once(number for row in rows for number in row.numbers):
        value = f"{number['value']} {number['unit']}".strip()
        said = [number["policy"], f"`{number['path']}`", value, f"{number['source']}, {number['date']}", number["mark"]]
        lines.append("| " + " | ".join(map(_cell, said)) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _once(numbers: Iterable[Number]) -> list[Number]:
    return list({(number["policy"], number["path"]): number for number in numbers}.values())
