"""A keeper for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rig.config import BenchFile
from rig.errors import RigError
from rig.keeper.parent import KeeperProcess
from tests.rig.keeper.staging import RULES, gone, wait


@contextmanager
def keeping(bench: BenchFile, out: Path | None = None) -> Iterator[KeeperProcess]:
    """A keeper that has ended afterwards, whatever became of it."""
    keeper = KeeperProcess(bench, {p.name: RULES for p in bench.positions}, out=out)
    try:
        yield keeper
    finally:
        with suppress(RigError):
            keeper.finish()
        assert gone(keeper.pid)


def noted(keeper: KeeperProcess, what: str, position: str = "P01") -> str:
    """The words of a note, as soon as it is there."""

    def found() -> list[str]:
        return [note.words for note in keeper.notes() if (note.what, note.position) == (what, position)]

    assert wait(lambda: bool(found()), 3), keeper.notes()
    return found()[0]
