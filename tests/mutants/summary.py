"""What `mutmut run` came to: how many mutants of each file the tests killed, and every one that lived, with its reason.

`python -m tests.mutants.summary` ends with 1 when fewer than 95 of 100 were killed, or when a mutant lives that
`survivors.toml` does not explain.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WANTED_PERCENT = 95
SURVIVED, NO_TEST = 0, 33
REASONS = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True, slots=True)
class Mutated:
    """One file: its mutants by name, with how the tests ended on each (None: not run)."""

    file: str
    ended: Mapping[str, int | None]

    @property
    def alive(self) -> list[str]:
        """Mutants that no test noticed."""
        return [name for name, code in self.ended.items() if code in (SURVIVED, NO_TEST)]

    @property
    def not_run(self) -> int:
        """Mutants that were not tried."""
        return sum(code is None for code in self.ended.values())


def found(folder: Path) -> list[Mutated]:
    """What mutmut wrote down, file by file."""
    files = sorted(folder.rglob("*.meta"))
    read = [(file, json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]) for file in files]
    return [Mutated(str(file.relative_to(folder).with_suffix("")), ended) for file, ended in read if ended]


def reasons() -> dict[str, str]:
    """Why a mutant may live, by its name, or by the name of a function whose mutants all may."""
    with REASONS.open("rb") as file:
        return {name: why for table in tomllib.load(file).values() for name, why in table.items()}


def reason_of(name: str, known: Mapping[str, str]) -> str:
    """The reason of one mutant; empty where there is none."""
    return known.get(name) or known.get(name.rpartition("__mutmut_")[0], "")


def main(folder: Path) -> int:
    """Print the table, then who lives and why. 0 when all is as it should be."""
    files, known = found(folder), reasons()
    total = sum(len(one.ended) for one in files)
    if not total:
        sys.exit(f"{folder}: there are no mutants; run `make mutants`")
    killed = 0
    for one in files:
        dead = len(one.ended) - len(one.alive) - one.not_run
        killed += dead
        print(
            f"{one.file:<40} {dead:>5} of {len(one.ended):>5} killed"
            + (f", {one.not_run} not run" if one.not_run else "")
        )
    print(f"{'in all':<40} {killed:>5} of {total:>5} killed: {100 * killed / total:.1f} %, aim {WANTED_PERCENT} %")
    unexplained = 0
    for name in (name for one in files for name in one.alive):
        why = reason_of(name, known)
        unexplained += not why
        print(f"  lives: {name}: {why or 'NO REASON IN tests/mutants/survivors.toml; see `mutmut show` of it'}")
    return int(100 * killed < WANTED_PERCENT * total or bool(unexplained))


if __name__ == "__main__":
    sys.exit(main(Path("mutants")))
