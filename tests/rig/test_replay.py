"""Evidence as pytest items: taken only when asked for, and shown with the words of the live run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rig import outcomes
from rig.outcomes import dress, word_of
from rig.replay import Replay
from rig.verdict import Outcome, Word
from tests.reports.sample_run import write_run

QUIET = ["--disable-plugin-autoload", "-p", "no:terminal", "-p", "no:cacheprovider", "--noconftest", "-o", "addopts="]


class Seen:
    """Keeps what a pytest run reported."""

    def __init__(self) -> None:
        self.reports: list[Any] = []
        self.collected: list[Any] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.reports.append(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.collected.append(report)


def pytest_on(folder: Path, *plugins: object) -> tuple[int, Seen]:
    seen = Seen()
    return int(pytest.main([*QUIET, "--rootdir", str(folder), str(folder)], plugins=[seen, *plugins])), seen


def test_evidence_in_somebody_elses_project_is_no_test(tmp_path: Path) -> None:
    write_run(tmp_path)
    code, seen = pytest_on(tmp_path)
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED and not seen.reports


def test_evidence_is_replayed_when_asked_for(tmp_path: Path) -> None:
    write_run(tmp_path)
    (tmp_path / "bench.rig.jsonl").write_bytes(b"")
    code, seen = pytest_on(tmp_path, Replay())
    told = [
        (r.nodeid.rpartition("::")[2], r.when, r.outcome, word_of(r)) for r in seen.reports if word_of(r) or r.skipped
    ]
    assert code == pytest.ExitCode.TESTS_FAILED
    assert told == [
        ("RCH-1", "call", "passed", "PASS"),
        ("OVL-1", "call", "failed", "FAIL"),
        ("EXH-1", "call", "failed", "INCONCLUSIVE"),
        ("REL-1", "setup", "failed", "ERROR"),
        ("EMG-1", "call", "skipped", ""),
    ]


def test_only_inconclusive_is_not_zero(tmp_path: Path) -> None:
    write_run(tmp_path, ("EXH-1",))
    code, _ = pytest_on(tmp_path, Replay())
    assert code == pytest.ExitCode.TESTS_FAILED


def test_altered_evidence_is_a_collection_error(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"RPM00012345", b"RPM00012346"))
    code, seen = pytest_on(tmp_path, Replay())
    failed = [str(r.longrepr) for r in seen.collected if r.failed]
    assert code == pytest.ExitCode.INTERRUPTED
    assert len(failed) == 1 and "does not continue the chain" in failed[0]


def test_node_ids_do_not_depend_on_the_folder(tmp_path: Path) -> None:
    ids = []
    for name in ("here", "there"):
        write_run(tmp_path / name)
        ids.append([r.nodeid for r in pytest_on(tmp_path / name, Replay())[1].reports])
    assert ids[0] == ids[1] and "P01/recharge/test_exact.py::RCH-1" in ids[0]


def report() -> pytest.TestReport:
    return pytest.TestReport("a::b", ("a", 0, "b"), {}, "passed", None, "call")


@pytest.mark.parametrize(
    ("word", "outcome", "when", "status"),
    [
        (Word.PASS, "passed", "call", ("passed", ".", "PASS")),
        (Word.FAIL, "failed", "call", ("failed", "F", "FAIL")),
        (Word.INCONCLUSIVE, "failed", "call", ("inconclusive", "I", "INCONCLUSIVE")),
        (Word.ERROR, "failed", "setup", ("error", "E", "ERROR")),
    ],
)
def test_each_word_has_its_outcome(word: Word, outcome: str, when: str, status: tuple[str, str, str]) -> None:
    dressed = report()
    dress(dressed, Outcome(word, ("because",) if word is not Word.PASS else ()), 1_500_000_000)
    assert (dressed.outcome, dressed.when, outcomes.teststatus(dressed), dressed.duration) == (
        outcome,
        when,
        status,
        1.5,
    )
    assert ("because" in str(dressed.longrepr)) is (word is not Word.PASS)


def test_other_reports_are_left_to_pytest() -> None:
    assert outcomes.teststatus(report()) is None
