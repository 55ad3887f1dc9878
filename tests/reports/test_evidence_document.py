"""The ten lines in docs/evidence.md do what the document says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rig.evidence import read
from tests.reports.sample_run import write_run

DOCUMENT = Path(__file__).parents[2] / "docs" / "evidence.md"


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    path: Path = tmp_path_factory.mktemp("hand") / "verify.py"
    path.write_text(code, encoding="utf-8")
    return path


def verify(by_hand: Path, evidence: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(by_hand), str(evidence)], capture_output=True, text=True, check=False)


def test_a_whole_file_verifies_by_hand(by_hand: Path, tmp_path: Path) -> None:
    path = write_run(tmp_path, ("RCH-1",))
    told = verify(by_hand, path)
    assert told.returncode == 0 and told.stdout == f"{read(path).chain} closed\n"


def test_altered_and_cut_files_do_not(by_hand: Path, tmp_path: Path) -> None:
    path = write_run(tmp_path, ("RCH-1",))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"RPM00012345", b"RPM00012346"))
    assert "line 3 was altered" in verify(by_hand, path).stderr
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert "not closed" in verify(by_hand, path).stdout


def test_every_kind_that_a_run_writes_is_described(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    text = DOCUMENT.read_text(encoding="utf-8")
    for kind in {record["kind"] for record in read(path).records}:
        assert f"`{kind}`" in text, kind
