"""What a newcomer reads is true: the commands work, the examples are whole, and the files that are named exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# (\S+\.(?:toml|py))\n")
IN_THE_TREE = re.compile(r"`((?:rig|drivers|scenarios|reports|tests|docs)/[\w./-]+)`")


def write_examples(page: Path, folder: Path) -> list[Path]:
    """Examples that begin with a comment that is their name, as files."""
    written = []
    for _, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if name := NAMED.match(text):
            file = folder / name[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            written.append(file)
    return written


def shell_lines(page: Path) -> list[str]:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [line for language, text in blocks if language == "sh" for line in text.splitlines() if line.strip()]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line, comments=True)
    assert words[0] == "rig", f"only rig commands stand in sh blocks: {line}"
    command = [sys.executable, "-m", "rig.cli.main", *words[1:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("page", ["README.md"])
def test_the_shell_lines_work_one_after_the_other(page: str, tmp_path: Path) -> None:
    write_examples(ROOT / page, tmp_path)
    lines = shell_lines(ROOT / page)
    assert len(lines) >= 6
    for line in lines:
        expected = 1 if line.endswith("FAIL") else 0
        done = run(line, tmp_path)
        assert done.returncode == expected, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_whole_files_in_the_pages_pass_rig_check(page: Path, tmp_path: Path) -> None:
    tomls = [f for f in write_examples(page, tmp_path) if f.suffix == ".toml"]
    if page.name in ("README.md", "bench.md"):
        assert tomls, "the page has lost its examples, or their names"
    for file in tomls:
        done = run(f"rig check {file}", tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_what_is_linked_or_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    missing += [name for name in IN_THE_TREE.findall(text) if "NAME" not in name and not (ROOT / name).exists()]
    missing = [name for name in missing if "TOPIC" not in name]
    assert not missing


def test_make_knows_every_target_that_is_named() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?:`|^)make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name} names make {target}"


def test_the_pages_are_short_enough_to_be_read() -> None:
    for name, lines in (("README.md", 150), ("docs/bench.md", 170)):
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) < lines, name


def test_pins_are_names_and_versions_alone() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line), line
