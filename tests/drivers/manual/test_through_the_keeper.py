"""`rig run` with a breaker or a button that a person works: the keeper finds the terminal, and without one nothing begins."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rig.clock import SECOND, WallClock
from tests.runs.own import own_scenarios

ROOT = Path(__file__).parents[3]
RIG = [sys.executable, "-m", "rig.cli.main"]
HEAD = """
format = 1
name = "by-hand"
kind = "wired"
limits = { volts = 253, amps = 25, watts = 4600, watt_hours = 5000, seconds = 7200, relay_operations = 200 }
"""
POSITION = """
[[positions]]
name = "P01"
live = "source"
load = {{ type = "scpi", resource = "{load}", rating_w = 4600 }}
source = {{ type = "manual", within_s = "30" }}
meter = {{ bus = {{ type = "tcp", host = "127.0.0.1", port = {meter} }} }}
sense = {{ type = "modbus_digital_input", bus = {{ type = "tcp", host = "127.0.0.1", port = {inputs} }}, load_side = 0 }}
"""

pytestmark = pytest.mark.loopback


def environment(folder: Path) -> dict[str, str]:
    keep = {name: text for name, text in os.environ.items() if name != "RIG_TERMINAL"}
    return {**keep, "PYTHONPATH": str(ROOT), "RIG_STATE": str(folder / "state")}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Served devices, and a bench file that reaches them; the breaker is in somebody's hand."""
    ready, clock = tmp_path / "ready.json", WallClock()
    serving = subprocess.Popen(
        [*RIG, "emulate", "--ready-file", str(ready)], env=environment(tmp_path), stdout=subprocess.DEVNULL
    )
    try:
        assert clock.sleep_until(20 * SECOND, unless=lambda: ready.exists() or serving.poll() is not None)
        found = json.loads(ready.read_text(encoding="utf-8"))["P01"]
        ports = {key: found[key].rpartition(":")[2] for key in ("modbus", "digital_inputs")}
        text = HEAD + POSITION.format(load=found["load"], meter=ports["modbus"], inputs=ports["digital_inputs"])
        (tmp_path / "bench.toml").write_text(text, encoding="utf-8")
        yield found
    finally:
        serving.terminate()
        serving.wait(10)


class Hand:
    """Somebody at a pty who reads what is asked, throws the emulated breaker, and types their name `after_s` later; None: never."""

    def __init__(self, source: str, after_s: int | None = 0) -> None:
        import pty

        self.ours, self.theirs = pty.openpty()
        self.asked: list[str] = []
        self.shown = ""
        self._after_s = after_s
        self._source = source
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        text = ""
        with contextlib.suppress(OSError):
            while came := os.read(self.ours, 1024):
                text += came.decode("utf-8", "replace")
                self.shown += came.decode("utf-8", "replace")
                if " s: " in text and (found := re.search(r"breaker (ON|OFF)|press the meter's button", text)):
                    text = ""
                    self.asked.append(found[1] or "button")
                    if found[1]:
                        self._throw(found[1] == "ON")
                    if self._after_s is not None:
                        WallClock().sleep_until(self._after_s * SECOND)
                        os.write(self.ours, b"Asha\n")

    def _throw(self, on: bool) -> None:
        import socket

        _, host, port, _ = self._source.split("::")
        with socket.create_connection((host, int(port)), 5) as line:
            line.sendall(f"VOLT 230;:FREQ 50;:OUTP {'ON' if on else 'OFF'};OUTP?\n".encode())
            line.recv(64)

    def close(self) -> None:
        for fd in (self.theirs, self.ours):
            with contextlib.suppress(OSError):
                os.close(fd)


PRESSED = """
[[positions]]
name = "P01"
live = "source"
load = {{ type = "scpi", resource = "{load}", rating_w = 4600 }}
source = {{ type = "scpi", resource = "{source}", most_volts = 253 }}
button = {{ type = "manual", within_s = "30" }}
meter = {{ bus = {{ type = "tcp", host = "127.0.0.1", port = {meter} }} }}
sense = {{ type = "modbus_digital_input", bus = {{ type = "tcp", host = "127.0.0.1", port = {inputs} }}, load_side = 0 }}
"""


@pytest.fixture
def pressed_by_hand(tmp_path: Path, at: dict[str, str]) -> Path:
    """A folder with that bench, its button in somebody's hand, and a scenario that asks for two presses."""
    ports = {key: at[key].rpartition(":")[2] for key in ("modbus", "digital_inputs")}
    text = HEAD + PRESSED.format(
        load=at["load"], source=at["source"], meter=ports["modbus"], inputs=ports["digital_inputs"]
    )
    (tmp_path / "bench.toml").write_text(text, encoding="utf-8")
    own_scenarios(tmp_path / "own", "pressing")
    return tmp_path


def test_a_person_may_take_their_time_at_the_button(pressed_by_hand: Path) -> None:
    hand = Hand("", after_s=3)
    try:
        done = subprocess.run(
            [*RIG, "run", "own", "--bench", "bench.toml", "--out", "out"],
            cwd=pressed_by_hand, env=environment(pressed_by_hand), stdin=hand.theirs, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
    finally:
        hand.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert hand.asked == ["button", "button"], "nobody is asked before the scenario asks"
    lines = (pressed_by_hand / "out" / "P01.rig.jsonl").read_text(encoding="utf-8").splitlines()
    spans = [r["span"] for r in map(json.loads, lines) if r.get("did") == "press the button"]
    assert [3 * SECOND <= hi - lo < 5 * SECOND for lo, hi in spans] == [True, True]
    evidence = (pressed_by_hand / "out" / "bench.rig.jsonl").read_text(encoding="utf-8")
    assert "press the meter's button once, briefly: done by Asha, between" in evidence
    assert "press 2 of the meter's button: it went down between" in evidence
    assert "lost" not in evidence


def test_a_run_that_is_stopped_takes_the_question_back(pressed_by_hand: Path) -> None:
    hand, clock = Hand("", after_s=None), WallClock()
    running = subprocess.Popen(
        [*RIG, "run", "own", "--bench", "bench.toml", "--out", "out"],
        cwd=pressed_by_hand, env=environment(pressed_by_hand), stdin=hand.theirs, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert clock.sleep_until(60 * SECOND, unless=lambda: bool(hand.asked))
        stopped = clock.now()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130
        assert clock.now() - stopped < 10 * SECOND
        assert clock.sleep_until(
            clock.now() + SECOND, lambda: "no longer asked for: leave it as it is" in hand.shown
        ), hand.shown
    finally:
        running.kill()
        running.wait(5)
        hand.close()


def test_without_a_terminal_it_refuses_before_anything_is_opened(tmp_path: Path, at: dict[str, str]) -> None:
    done = subprocess.run(
        [*RIG, "run", "--bench", "bench.toml", "-k", "arrears", "--plan", "smoke", "--out", "out"],
        cwd=tmp_path, env=environment(tmp_path), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert "positions.P01.source: asks a person at the terminal, and there is none" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_person_at_the_terminal_is_asked_through_the_keeper_and_recorded(tmp_path: Path, at: dict[str, str]) -> None:
    hand = Hand(at["source"])
    try:
        done = subprocess.run(
            [*RIG, "run", "--bench", "bench.toml", "-k", "arrears", "--plan", "smoke", "--out", "out"],
            cwd=tmp_path, env=environment(tmp_path), stdin=hand.theirs, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
    finally:
        hand.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert hand.asked[0] == "OFF", "nobody knows how a breaker stands at the beginning"
    assert hand.asked[1] == "ON"
    assert hand.asked[-1] == "OFF"
    evidence = (tmp_path / "out" / "bench.rig.jsonl").read_text(encoding="utf-8")
    assert "switch the breaker ON (230 V, 50 Hz): done by Asha, between" in evidence
