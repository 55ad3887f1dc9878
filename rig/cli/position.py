"""One position as a pytest session without pytest's face: progress on standard error, the word left in the evidence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import pytest

from rig.catalogue import thing
from rig.keeper.remote import wait_to_begin
from rig.outcomes import WORD, Unread
from rig.plugin import BENCH_FAILED, SCENARIO

USAGE, BENCH, STOPPED = 2, 4, 130


class Progress:
    """Says which scenario runs and how it ended, and remembers whether the operator stopped the run."""

    def __init__(self, label: str) -> None:
        self._label = label
        self.stopped = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One line a scenario."""
        word = getattr(report, WORD, "")
        if word:
            first = str(report.longrepr or "").partition("\n")[0]
            self._say(word, report, first.removeprefix(word).lstrip(": "))
        elif report.skipped and isinstance(report.longrepr, tuple):
            self._say("excluded", report, report.longrepr[2].removeprefix("Skipped: "))

    def _say(self, word: str, report: pytest.TestReport, why: str) -> None:
        line = f"{self._label}  {word:<13}{_name(report):<8}{why}".rstrip()
        # In one piece, since other positions write to the same terminal.
        print(f"{line}\n", end="", file=sys.stderr, flush=True)

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Ctrl-C, SIGTERM, or what pytest treats like one: a failed opening, a scenario file that cannot be imported."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            print(f"rig: {excinfo.value}", file=sys.stderr)
        self.stopped = not isinstance(excinfo.value, pytest.exit.Exception | pytest.Session.Interrupted)


def _name(report: pytest.TestReport) -> str:
    return str(dict(report.user_properties).get(SCENARIO, report.nodeid))


def run_position(arguments: Sequence[str], label: str) -> int:
    """Run pytest with these arguments; returns rig's code: 0 when the evidence has the word, else 2, 4 or 130."""
    progress, unread = Progress(label), Unread()
    quiet = ["-p", "no:terminal", "-p", "no:html", "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:junitxml"]
    quiet += ["-p", "no:xdist", "-p", "no:faulthandler", "-p", "no:metadata", "-o", "addopts="]
    quiet += ["--import-mode=importlib", "--rig-only"]
    code = int(pytest.main([*quiet, *arguments], plugins=[progress, unread]))
    for line in unread.files:
        print(f"rig: {line}", file=sys.stderr)
    if progress.stopped:
        return STOPPED
    if code == BENCH_FAILED:
        return BENCH
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        print("rig: nothing was selected", file=sys.stderr)
        return USAGE
    if unread.files or code == pytest.ExitCode.USAGE_ERROR:
        return USAGE
    return BENCH if code == pytest.ExitCode.INTERNAL_ERROR else 0


def get_ready() -> None:
    """Bring in what every position needs, while the bench is being opened."""
    thing("meters", "modbus").get_ready()
    import rig.workplace  # noqa: F401


def main() -> None:
    """`python -m rig.cli.position LABEL ARGUMENTS…`: the process of one position."""
    try:
        get_ready()
        code = run_position(sys.argv[2:], sys.argv[1]) if wait_to_begin() else STOPPED
    except KeyboardInterrupt:
        code = STOPPED
    sys.exit(code)


if __name__ == "__main__":
    main()
