"""The file of a policy: its tables, and every contradiction in them. Strict, so that a misspelt rule is never passed over.

Rates are rupees per kWh, amounts rupees, both as text, so that no float touches money.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from rig.config import Name, Strict, read_toml
from rig.errors import ConfigError
from rig.opener import problems
from rig.policies.reconnection import Reconnection
from rig.policies.sinks import Instalment, Sink, order_findings
from rig.policies.supply import EmergencyCredit, NoCut, Notices, Overload
from rig.policies.tariff import Tariff
from rig.policies.values import Finding, Source, Stated

TABLES = ("tariff", "instalment", "emergency_credit", "no_cut", "notices", "reconnection")
"""Tables that say themselves what stands in them; a table that is left out says nothing."""


_TOGETHER = {"payment_mode", "negative_balance_allowed", "sinks", *TABLES[1:]}
"""What has to fit together."""


class PolicyFile(Strict):
    """What a utility promises a prepaid consumer, as dated data. See docs/policies.md."""

    format: int = Field(ge=1, le=1)
    name: Name
    title: str = Field(min_length=1)
    utility: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    reviewed_on: date
    payment_mode: Literal["prepaid", "postpaid"] = "prepaid"
    negative_balance_allowed: bool | None = None
    tariff: Tariff
    sinks: list[Sink] = Field(min_length=1)
    instalment: Instalment | None = None
    emergency_credit: EmergencyCredit | None = None
    no_cut: NoCut = NoCut()
    notices: Notices | None = None
    reconnection: Reconnection | None = None
    overload: Overload
    sources: dict[str, Source]

    def findings(self) -> Iterator[Finding]:
        """Everything in the file that cannot be true together, or that no source is given for."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield "valid_to", f"{self.valid_to} is before valid_from, {self.valid_from}"
        for number, sink in enumerate(self.sinks):
            yield from ((f"sinks.{number}.{key}", text) for key, text in sink.findings())
        yield from order_findings(self.sinks)
        for name in TABLES:
            if hasattr(table := getattr(self, name), "findings"):
                yield from ((f"{name}.{key}", text) for key, text in table.findings())
        yield from self._between_tables()
        yield from self._sources()

    @classmethod
    def findings_beside(cls, table: Mapping[str, object], wrong: Collection[str]) -> Iterator[Finding]:
        """What cannot be true in those parts of a file that can be read, where the keys `wrong` of it cannot."""
        read: dict[str, Any] = {}
        for key, field in cls.model_fields.items():
            if key not in wrong:
                adapter: TypeAdapter[Any] = TypeAdapter(field.annotation)  # type: ignore[arg-type]
                read[key] = adapter.validate_python(table[key]) if key in table else field.get_default()
        file = cls.model_construct(**read)
        for number, sink in enumerate(read.get("sinks", ())):
            yield from ((f"sinks.{number}.{key}", text) for key, text in sink.findings())
        if "sinks" in read:
            yield from order_findings(read["sinks"])
        for name in TABLES:
            part: Any = read.get(name)
            if hasattr(part, "findings"):
                yield from ((f"{name}.{key}", text) for key, text in part.findings())
        if not _TOGETHER & set(wrong):
            yield from file._between_tables()
            if not {"sources", "tariff", "overload"} & set(wrong):
                yield from file._sources()

    def _between_tables(self) -> Iterator[Finding]:
        kinds = [sink.kind for sink in self.sinks]
        if (self.emergency_credit is not None) != ("emergency_credit" in kinds):
            yield (
                "emergency_credit",
                "and a sink emergency_credit belong together: what is lent is repaid; give both or neither",
            )
        if self.negative_balance_allowed is not None:
            if self.negative_balance_allowed != (self.payment_mode == "postpaid"):
                yield "negative_balance_allowed", f"contradicts payment_mode {self.payment_mode}"
        elif self.payment_mode == "postpaid":
            yield "negative_balance_allowed", "is missing: say in a postpaid policy that the balance may be negative"
        if self.payment_mode == "postpaid":
            for name in ("emergency_credit", "notices", "reconnection"):
                if getattr(self, name) is not None:
                    yield name, "means nothing in a postpaid policy: supply is not cut for want of credit"
            if not self.no_cut.empty:
                yield "no_cut", "means nothing in a postpaid policy: supply is not cut for want of credit"
        catches_up = self.instalment is not None and self.instalment.catch_up == "next_recharge"
        if catches_up != ("charges" in kinds):
            yield "sinks", "a sink charges and instalment.catch_up next_recharge belong together; give both or neither"

    def _sources(self) -> Iterator[Finding]:
        told = {path for path, _, _ in self.stated()}
        for path in sorted(told - self.sources.keys()):
            yield (
                f"sources.{path}",
                "is missing: every number and rule needs its source, or a mark that says it has none",
            )
        for path in sorted(self.sources.keys() - told):
            yield f"sources.{path}", "is no number or rule of this policy"

    def stated(self) -> Iterator[Stated]:
        """Every number and rule of the policy: key path, what it says, and its unit."""
        if self.payment_mode == "postpaid":
            yield "payment_mode", "postpaid", ""
            yield "negative_balance_allowed", "yes" if self.negative_balance_allowed else "no", ""
        for place, sink in enumerate(self.sinks, 1):
            path = f"sinks.{sink.kind}"
            yield path, f"no. {place}: {sink.asks()}", ""
            yield from ((f"{path}.{key}", told, unit) for key, told, unit in sink.stated())
        for name in TABLES:
            if (table := getattr(self, name)) is not None:
                yield from ((f"{name}.{key}", told, unit) for key, told, unit in table.stated())
        yield "overload.allowed", "yes" if self.overload.allowed else "no", ""
        if self.no_cut.empty:
            yield "no_cut", "no protected windows", ""


def read_policy_file(file: Traversable | Path) -> PolicyFile:
    """Read and check a policy file. ConfigError names every problem, with file and key path."""
    table = read_toml(file)
    try:
        read = PolicyFile.model_validate(table)
    except ValidationError as error:
        beside = PolicyFile.findings_beside(table, {str(one["loc"][0]) for one in error.errors() if one["loc"]})
        raise ConfigError(
            [*problems(error, str(file)), *(f"{file}: {path}: {text}" for path, text in beside)]
        ) from None
    if found := list(read.findings()):
        raise ConfigError([f"{file}: {path}: {text}" for path, text in found])
    return read
