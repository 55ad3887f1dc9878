"""What really happened in an emulated bench, written down at once: when each source, demand, contact and load changed.

One JSON object a line: `{"raw": ns, "position": "P01", "what": "watts", "to": 0}`. `raw` is `rig.clock.raw_now`, which every
process of the machine shares, so that a test can say afterwards how long a load stayed on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from rig.errors import ConfigError


class TruthLog:
    """An append-only file of changes. `zero` is the raw instant at which the bench's clock reads 0."""

    def __init__(self, file: Path, zero: int) -> None:
        self._zero = zero
        try:
            self._out = file.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise ConfigError(f"truth log {file}: cannot be written: {error.strerror}") from None

    def follow(self, position: str, changes: Sequence[tuple[int, str, int]]) -> Callable[[], None]:
        """A listener that appends what came to `changes` (instant ns, what, to) since it was last called."""
        written = 0

        def more() -> None:
            nonlocal written
            while written < len(changes):
                instant, what, to = changes[written]
                written += 1
                line = {"raw": self._zero + instant, "position": position, "what": what, "to": to}
                self._out.write(json.dumps(line) + "\n")

        more()
        return more

    def close(self) -> None:
        """Nothing more is written."""
        self._out.close()


def read_truth(file: Path) -> list[dict[str, object]]:
    """Every whole line of a truth log, in order; a line torn by a kill is left out."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]
