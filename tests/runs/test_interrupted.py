"""A whole run in wall time, its load on, when somebody stops, kills or freezes a part of it."""

from __future__ import annotations

import html
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rig.clock import MILLISECOND, SECOND, WallClock
from tests.runs.command import results, rig
from tests.runs.own import own_scenarios
from tests.runs.wall_run import WallRun, wait

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="SIGSTOP and process groups are POSIX"),
]

INSTANTS = int(os.environ.get("RIG_KILL_INSTANTS", "1"))
WITHIN = 2 * SECOND
PARTS = ["position", "keeper", "parent"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[WallRun]:
    own = own_scenarios(tmp_path / "own", "drawing", "passing")
    one = WallRun(tmp_path, "run", own, "--bench", "loopback", "--out", tmp_path / "out")
    try:
        one.until_drawing()
        yield one
    finally:
        one.close()


def at_a_random_instant(*seed: object) -> None:
    clock = WallClock()
    clock.sleep_until(random.Random(repr(seed)).randrange(300) * MILLISECOND)


def state(run: WallRun) -> str:
    return str(results(run.out)["positions"][0]["evidence"]["state"])


@pytest.mark.parametrize("instant", range(INSTANTS))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_the_operator(run: WallRun, number: signal.Signals, instant: int) -> None:
    at_a_random_instant(number, instant)

    since = run.send(number)

    assert run.off_after(since) < WITHIN
    ended = run.ended()
    assert ended.code == 130, ended.said
    assert "Traceback" not in ended.said
    assert wait(lambda: not run.left(), 2), run.left()
    assert state(run) == "stopped"
    assert "stopped by the operator" in html.unescape((run.out / "report.html").read_text(encoding="utf-8"))
    assert "stopped by the operator" in ended.out
    assert rig("report", run.out).code == 130


@pytest.mark.parametrize("instant", range(INSTANTS))
@pytest.mark.parametrize("who", PARTS)
def test_killed(run: WallRun, who: str, instant: int) -> None:
    at_a_random_instant("kill", who, instant)

    since = run.send(signal.SIGKILL, who)

    assert run.off_after(since) < WITHIN
    ended = run.ended()
    assert wait(lambda: not run.left(), 3), run.left()
    assert "Traceback" not in ended.said
    if who != "parent":
        assert ended.code == 4, ended.said
        assert rig("report", run.out).code == 4


@pytest.mark.parametrize("instant", range(INSTANTS))
@pytest.mark.parametrize("who", PARTS)
def test_frozen_and_woken(run: WallRun, who: str, instant: int) -> None:
    at_a_random_instant("stop", who, instant)

    since = run.send(signal.SIGSTOP, who)

    assert run.off_after(since) < WITHIN
    if who in run.left():
        os.kill(run.pids[who], signal.SIGCONT)
    ended = run.ended()
    assert ended.code == 4, ended.said
    assert wait(lambda: not run.left(), 3), run.left()
    assert "Traceback" not in ended.said
    assert rig("report", run.out).code == 4


def test_plain_pytest_is_stopped_like_a_run(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "drawing")
    arguments = (own, "--rig-bench=loopback", f"--rig-out={tmp_path / 'out'}", "-p", "no:cacheprovider")
    run = WallRun(tmp_path, *arguments, module="pytest")
    try:
        run.until_drawing()

        since = run.send(signal.SIGTERM)

        assert run.off_after(since) < WITHIN
        ended = run.ended()
        assert ended.code == 2, ended.said
        assert wait(lambda: not run.left(), 2), run.left()
        assert state(run) == "stopped"
    finally:
        run.close()


@pytest.mark.parametrize(("kind", "word"), [("failing", "FAIL"), ("broken", "ERROR"), ("unclear", "INCONCLUSIVE")])
def test_a_stopped_run_has_no_verdict_whatever_was_found_until_then(tmp_path: Path, kind: str, word: str) -> None:
    own = own_scenarios(tmp_path / "own", kind, "endless")
    run = WallRun(tmp_path, "run", own, "--out", tmp_path / "out")
    try:
        file = tmp_path / "out" / "P01.rig.jsonl"
        assert wait(lambda: file.exists() and b'"id":"OWN-2","judges"' in file.read_bytes(), 20), run.words()

        run.send(signal.SIGINT)

        ended = run.ended()
        assert ended.code == 130, ended.said
        assert results(run.out)["positions"][0]["scenarios"][0]["word"] == word
        assert rig("report", run.out).code == 130
    finally:
        run.close()


def test_virtual_time_is_stopped_too(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "endless")
    run = WallRun(tmp_path, "run", own, "--out", tmp_path / "out")
    try:
        frames = tmp_path / "out" / "P01.rig.jsonl"
        assert wait(lambda: frames.exists() and b'"kind":"scenario"' in frames.read_bytes(), 20), run.words()

        run.send(signal.SIGINT)

        ended = run.ended()
        assert ended.code == 130, ended.said
        assert state(run) == "stopped"
    finally:
        run.close()
