"""How a verdict looks to pytest, live and in replay: the outcome of a report, its word, its JUnit element.

pytest knows passed, failed and skipped; a new outcome name breaks pytest-html, loses JUnit items and exits 0. So
INCONCLUSIVE is *failed* with its own word, and ERROR is a failure of the setup: the bench is blamed, never the meter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

import pytest

from rig.verdict import Outcome, Word

WORD = "rig_word"
"""Attribute of a report that carries its verdict as text."""

_LETTERS = {Word.PASS: ".", Word.FAIL: "F", Word.INCONCLUSIVE: "I", Word.ERROR: "E"}
_CATEGORIES = {Word.PASS: "passed", Word.FAIL: "failed", Word.INCONCLUSIVE: "inconclusive", Word.ERROR: "error"}


class TerminalWriter(Protocol):
    """The part of pytest's terminal reporter that is used here."""

    stats: dict[str, list[Any]]

    def section(self, title: str, sep: str = "=", **kw: bool) -> None: ...
    def line(self, msg: str, **kw: bool) -> None: ...


def dress(report: pytest.TestReport, outcome: Outcome, bench_ns: int) -> None:
    """Give a scenario's report (`when` = "call") its outcome, its reasons and its bench time (ns)."""
    setattr(report, WORD, str(outcome.word))
    report.duration = bench_ns / 1e9
    report.outcome = "passed" if outcome.word is Word.PASS else "failed"
    report.longrepr = None if outcome.word is Word.PASS else in_words(outcome.word, outcome.reasons)
    if outcome.word is Word.ERROR:
        report.when = "setup"


def in_words(word: str, reasons: Sequence[str]) -> str:
    """A verdict and its reasons, as terminal and JUnit print them."""
    return "\n".join([f"{word}: {reasons[0]}" if reasons else word, *reasons[1:]])


def word_of(report: pytest.CollectReport | pytest.TestReport) -> str:
    """The verdict that a report carries; empty for one that is no scenario's."""
    return str(getattr(report, WORD, ""))


def teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """For `pytest_report_teststatus`: category, letter and word. None leaves the report to pytest."""
    word = word_of(report)
    if word not in _LETTERS:
        return None
    return _CATEGORIES[Word(word)], _LETTERS[Word(word)], word


def terminal_summary(terminal: TerminalWriter) -> None:
    """For `pytest_terminal_summary`: the reasons of what could not be told, which pytest prints for no category but its own."""
    reports = terminal.stats.get("inconclusive", [])
    if not reports:
        return
    terminal.section("cannot be told")
    for report in reports:
        terminal.line(f"{report.nodeid}: {report.longrepr}")


def mark_junit(config: pytest.Config, report: pytest.TestReport) -> None:
    """Write `type="inconclusive"` into the JUnit failure of an INCONCLUSIVE report; call it after JUnit took the report."""
    if word_of(report) != Word.INCONCLUSIVE or report.when != "call":
        return
    for plugin in config.pluginmanager.get_plugins():
        reporter_of = getattr(plugin, "node_reporter", None)
        if reporter_of is not None:
            for node in reporter_of(report).nodes:
                if node.tag == "failure":
                    node.set("type", "inconclusive")


class JunitMarks:
    """Marks INCONCLUSIVE in the JUnit file that somebody asked pytest for."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """After JUnit took the report."""
        mark_junit(self._config, report)


class Unread:
    """Remembers which scenario files could not be imported: `files`, each with its line and the reason."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """One file or folder that was collected, or not."""
        if report.failed:
            text = report.longreprtext
            self.files.append(f"{report.nodeid}{_line(text)}: {_last_line(text)}")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("E").strip() if lines else "cannot be collected"


def _line(text: str) -> str:
    """The line of a scenario file that pytest's text names last, as `:12`; empty when it names none."""
    found = re.findall(r"\.py\"?(?::|, line )(\d+)", text)
    return f":{found[-1]}" if found else ""
