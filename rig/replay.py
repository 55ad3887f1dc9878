"""Replays evidence as pytest items: one for each scenario, with the outcome that its records come to.

A plugin that nobody loads by accident: it takes `*.rig.jsonl` only where `Replay` was registered, or where somebody
asked for it with `-p rig.replay`. So evidence that lies about in a project is never collected as a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rig.errors import ConfigError
from rig.evidence import SUFFIX, read
from rig.judged import BENCH_FILE, judged
from rig.outcomes import WORD, dress, in_words, mark_junit, terminal_summary, teststatus
from rig.results import EMULATED, Absence, PositionResult, RunResult, ScenarioResult
from rig.verdict import Outcome, Word


class EvidenceFile(pytest.File):
    """One position's evidence file."""

    result: PositionResult | None = None

    def collect(self) -> Iterator[EvidenceItem]:
        """An item for each scenario in the order they ran, then one for each without a result."""
        result = self.result or _judged(self.path)
        for scenario in result.scenarios:
            name = f"{result.name}/{scenario.declared['function'].partition('::')[0]}::{scenario.id}"
            yield _item(self, name, result, scenario, None)
        for absence in result.absences:
            name = f"{result.name}/{absence.word.replace(' ', '_')}::{absence.id}"
            yield _item(self, name, result, None, absence)


def _judged(path: Path) -> PositionResult:
    evidence = read(path)
    if not evidence.sound:
        raise pytest.Collector.CollectError(evidence.problem)
    try:
        return judged(evidence)
    except ConfigError as error:
        raise pytest.Collector.CollectError(str(error)) from None


class EvidenceItem(pytest.Item):
    """A scenario that ran, or one that did not. Its node id does not depend on where the evidence lies."""

    position: PositionResult
    scenario: ScenarioResult | None
    absence: Absence | None

    def runtest(self) -> None:
        """Nothing runs: the evidence has happened. `Replay` reports it."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where a reader finds it: the evidence file and the line of the scenario's record (from 0)."""
        return self.path, None if self.scenario is None else int(self.scenario.declared["n"]), self.name

    def report(self) -> pytest.TestReport:
        """The report of the call, dressed with the verdict."""
        path, line, _ = self.reportinfo()
        report = pytest.TestReport(
            nodeid=self.nodeid,
            location=(path.name, line, self.name),
            keywords={},
            outcome="passed",
            longrepr=None,
            when="call",
            user_properties=list(self.user_properties),
        )
        if self.scenario is not None:
            dress(report, self.scenario.outcome, self.scenario.bench_ns)
        elif self.absence is not None:
            self._dress_absence(report, self.absence)
        return report

    def _dress_absence(self, report: pytest.TestReport, absence: Absence) -> None:
        if absence.harmless:
            report.outcome = "skipped"
            report.longrepr = (self.path.name, 0, f"{absence.word}: {absence.why}")
            return
        dress(report, Outcome(Word.INCONCLUSIVE, (f"{absence.word}: {absence.why}",)), 0)


def _item(
    parent: EvidenceFile,
    nodeid: str,
    position: PositionResult,
    scenario: ScenarioResult | None,
    absence: Absence | None,
) -> EvidenceItem:
    id_ = nodeid.rpartition("::")[2]
    item: EvidenceItem = EvidenceItem.from_parent(parent, name=id_, nodeid=nodeid)
    item.position, item.scenario, item.absence = position, scenario, absence
    item.user_properties.extend(_properties(position, scenario, absence))
    return item


def _properties(
    position: PositionResult, scenario: ScenarioResult | None, absence: Absence | None
) -> Iterator[tuple[str, object]]:
    if scenario is not None:
        for requirement in scenario.declared.get("requirements", ()):
            yield "requirement", str(requirement["id"])
        yield "verdict", str(scenario.word)
    elif absence is not None:
        yield "verdict", absence.word.upper()
    yield "position", position.name
    yield "serial", str(position.one("meter").get("serial", ""))
    if position.emulated:
        yield "emulated", EMULATED


class Replay:
    """The plugin. With `run`, its files are not read and judged a second time."""

    def __init__(self, run: RunResult | None = None) -> None:
        self._known = {p.evidence.path: p for p in run.positions} if run else {}
        self._wanted = {path for file in self._known for path in (file, *file.parents)}

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """A run replays its own files, and looks at nothing else that lies in the folder."""
        return True if self._known and collection_path not in self._wanted else None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> EvidenceFile | None:
        """Take evidence, and nothing else."""
        if not file_path.name.endswith(SUFFIX) or file_path.name == BENCH_FILE:
            return None
        file: EvidenceFile = EvidenceFile.from_parent(parent, path=file_path)
        file.result = self._known.get(file_path)
        return file

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Report what happened, phase by phase, as a live run would have."""
        if not isinstance(item, EvidenceItem):
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        call = item.report()
        phases = [call] if call.when == "setup" else [_quiet(call, "setup"), call]
        for report in [*phases, _quiet(call, "teardown")]:
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """After JUnit has taken the report."""
        if self._config is not None:
            mark_junit(self._config, report)

    _config: pytest.Config | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        """Remember whose JUnit file is written."""
        self._config = config

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Verdicts in their own words."""
        return teststatus(report)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Reasons of what could not be told."""
        terminal_summary(terminalreporter)


def _quiet(call: pytest.TestReport, when: Any) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=call.nodeid,
        location=call.location,
        keywords={},
        outcome="passed",
        longrepr=None,
        when=when,
        user_properties=call.user_properties,
    )


def pytest_configure(config: pytest.Config) -> None:
    """`-p rig.replay`: asked for by name."""
    if not any(isinstance(p, Replay) for p in config.pluginmanager.get_plugins()):
        config.pluginmanager.register(Replay())


__all__: Sequence[str] = ("EvidenceFile", "EvidenceItem", "Replay", "WORD", "in_words")
