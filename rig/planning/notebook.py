"""Evidence that is kept in memory alone: what a rehearsal wrote, to be looked through and forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rig.evidence import GENESIS, Stretch, Writer


class Notebook(Writer):
    """A writer without a file and without a chain. `records` holds what was written, as it was handed over; no polls."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.chain = GENESIS

    def record(self, kind: str, at: int, **fields: object) -> None:
        """See `Writer.record`."""
        self.records.append({"kind": kind, "at": at, **fields})

    def watched(self, at: int, stretches: Iterable[tuple[str, Stretch]]) -> None:
        """See `Writer.watched`. Unchanged polls tell nothing of a plan."""

    def sync(self) -> None:
        """See `Writer.sync`."""

    def close(self, at: int, reason: str) -> str:  # noqa: ARG002
        """See `Writer.close`."""
        return self.chain
