"""What the parent tells a keeper at its beginning, as JSON on its standard input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rig.config import BenchFile, from_json
from rig.keeper.gate import BusRules


@dataclass(frozen=True, slots=True)
class Settings:
    """The bench with every device table complete, what may reach each meter, the zero of the clock, the key of the run.

    `out`: where wire logs go, None for none. `lifeline`: "HOST:PORT" of an emulated bench that is to live as long as the
    keeper does, empty for none.
    """

    bench: BenchFile
    rules: Mapping[str, BusRules]
    zero: int
    key: bytes
    out: Path | None = None
    lifeline: str = ""

    def as_json(self) -> str:
        """As text; `from_text` reads it. It holds the key: never to be written to a file or a command line."""
        return json.dumps(
            {
                "bench": self.bench.model_dump(mode="json"),
                "rules": {name: rules.as_table() for name, rules in self.rules.items()},
                "zero": self.zero,
                "key": self.key.hex(),
                "out": None if self.out is None else str(self.out.absolute()),
                "lifeline": self.lifeline,
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Settings:
        """What `as_json` wrote."""
        found = json.loads(text)
        return cls(
            from_json(json.dumps(found["bench"])),
            {name: BusRules.from_table(table) for name, table in found["rules"].items()},
            found["zero"],
            bytes.fromhex(found["key"]),
            None if found["out"] is None else Path(found["out"]),
            found["lifeline"],
        )
