"""What happened to a file is named for what it is, with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rig.errors import ConfigError
from rig.evidence import Writer, read
from rig.judged import judged_run
from tests.reports.sample_run import write_run

Lines = list[bytes]


def written(folder: Path) -> Path:
    writer = Writer(folder / "P01.rig.jsonl")
    writer.record("header", 0, format=1, position="P01", emulated=True, bench_kind="sim")
    for number in range(5):
        writer.record("note", number, words=f"note {number}")
    writer.close(9, "complete")
    return writer.path


@pytest.mark.parametrize(
    ("change", "state", "said"),
    [
        (lambda lines: lines, "complete", ""),
        (lambda lines: [*lines[:3], lines[3].replace(b"note 2", b"note 7"), *lines[4:]], "altered",
         "ALTERED: line 4 does not continue the chain: it was altered"),
        (lambda lines: [*lines[:2], *lines[4:]], "altered",
         "ALTERED: line 3 does not continue the chain: 2 lines before it are missing"),
        (lambda lines: lines[1:], "altered", "ALTERED: line 1 does not continue the chain: 1 line before it is missing"),
        (lambda lines: [*lines[:3], lines[1], *lines[3:]], "altered",
         "ALTERED: line 4 does not continue the chain: it stands where line 4 was, and was line 2"),
        (lambda lines: [*lines[:3], b"{}\n", *lines[3:]], "altered", "line 4 does not continue the chain: it is no record"),
        (lambda lines: lines[:-1], "aborted", "UNCLOSED: has no closing record: the run was cut off"),
        (lambda lines: [*lines[:4], lines[4][:20]], "torn", "TORN: line 5, the last one, is cut off in the middle"),
    ],
)  # fmt: skip
def test_a_file_by_itself(tmp_path: Path, change: Callable[[Lines], Lines], state: str, said: str) -> None:
    path = written(tmp_path)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))

    found = read(path)

    assert found.state == state
    assert said in found.problem


def test_lines_behind_the_closing_record(tmp_path: Path) -> None:
    path = written(tmp_path)
    writer = Writer(tmp_path / "other.rig.jsonl")
    writer._file.close()
    with path.open("ab", buffering=0) as file:
        writer._file, writer.chain = file, read(path).chain
        writer.record("note", 10, words="afterwards")

    assert read(path).problem == f"{path}: ALTERED: lines were added behind a closing record"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda lines: lines[:-2],
            r"CUT: provenance\.json names another last line: lines after line \d+ were cut away",
        ),
        (
            lambda lines: [*lines[:-2], lines[-2][:9]],
            r"CUT: .*: the file was cut off in the middle of line \d+ after the run",
        ),
    ],
)
def test_a_file_beside_its_provenance(tmp_path: Path, change: Callable[[Lines], Lines], said: str) -> None:
    path = write_run(tmp_path)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(ConfigError, match=said):
        judged_run(tmp_path)


def test_a_file_of_another_run(tmp_path: Path) -> None:
    path, other = write_run(tmp_path / "a"), write_run(tmp_path / "b", ("RCH-1",))
    path.write_bytes(other.read_bytes())
    with pytest.raises(ConfigError, match=r"EXCHANGED: .*: the file is closed, and is not the one that the run left"):
        judged_run(tmp_path / "a")
