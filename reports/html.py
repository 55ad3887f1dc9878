"""report.html: pytest-html fed with replayed scenarios, in a template of our own."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Template
from pytest_html import extras  # type: ignore[import-untyped]
from pytest_html.report_data import ReportData  # type: ignore[import-untyped]
from pytest_html.selfcontained_report import SelfContainedReport  # type: ignore[import-untyped]

from reports.front import back, front
from reports.scenario_page import scenario_page
from reports.templating import render, resource, template
from reports.wording import bench_seconds, report_number
from rig.announced import marked
from rig.outcomes import word_of
from rig.replay import EvidenceItem
from rig.results import EMULATED, RunResult

_LABELS = {
    "passed": "passed",
    "failed": "failed or inconclusive",
    "error": "ended in a bench error",
    "skipped": "not promised",
}


class Page:
    """The plugin that turns a replay into the page at `path`."""

    def __init__(self, run: RunResult, path: Path) -> None:
        self._run = run
        self._path = path
        self._items: dict[str, EvidenceItem] = {}
        self._several = len(run.positions) > 1

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Register pytest-html's report, as its own `--html` would, with our template and style."""
        data = ReportData(config)
        for outcome, label in _LABELS.items():
            data.outcomes[outcome]["label"] = label
        report = SelfContainedReport(self._path, config, data, _page_template(), resource("report.css"))
        config.pluginmanager.register(report)

    def pytest_metadata(self, metadata: dict[str, Any]) -> None:
        """Nothing of the machine that renders goes into the page: only what the evidence says."""
        metadata.clear()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember which item a report belongs to."""
        self._items = {item.nodeid: item for item in items if isinstance(item, EvidenceItem)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hang the scenario's own page under its row."""
        item = self._items.get(report.nodeid)
        if item is None or not (report.when == "call" or word_of(report)):
            return
        report.extras = [extras.html(_under_row(item))]  # type: ignore[attr-defined]

    def pytest_html_report_title(self, report: ReportData) -> None:
        """The document's title."""
        banner = f"{EMULATED}: " if self._run.emulated else ""
        report.title = f"{banner}{self._run.word}, test report {report_number(self._run)}"

    def pytest_html_results_summary(self, prefix: list[str], postfix: list[str]) -> None:
        """What stands above and below the results."""
        prefix.append(front(self._run))
        postfix.append(back(self._run))

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """pytest-html sorts and filters by its own result, which stays, unseen, beside the verdict."""
        position = ['<th scope="col" class="sortable col-position" data-column-type="position">Position</th>']
        cells[:] = [
            '<th scope="col" class="sortable col-result" data-column-type="result">Result</th>',
            '<th scope="col" class="sortable col-verdict" data-column-type="verdict">Verdict</th>',
            *(position if self._several else []),
            '<th scope="col" class="sortable col-scenario" data-column-type="scenario">Scenario</th>',
            '<th scope="col" class="sortable col-duration" data-column-type="duration">Bench time</th>',
        ]

    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """One row a scenario. Text from files is escaped here: pytest-html puts cells in as they are."""
        item = self._items.get(report.nodeid)
        if item is None:
            return
        word, id_, title = _named(item)
        css = word.lower().replace(" ", "-")
        position = [f'<td class="col-position">{escape(item.position.name)}</td>']
        bench = bench_seconds(item.scenario.bench_ns) if item.scenario else ""
        mark = marked(item.position, item.scenario) if item.scenario else ""
        told = f"<small>{escape(mark)}</small>" if mark else ""
        cells[:] = [
            cells[0],
            f'<td class="col-verdict {css}">{escape(word)}{told}</td>',
            *(position if self._several else []),
            f'<td class="col-scenario"><b>{escape(id_)}</b>{escape(title)}</td>',
            f'<td class="col-duration">{escape(bench)}</td>',
        ]

    def pytest_html_results_table_html(self, data: list[str]) -> None:
        """No log box: reasons stand in the scenario's own page."""
        data.clear()


def _page_template() -> Template:
    script = template("app.js").render() + "\n" + template("keyboard.js").render()
    seal = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = template("page.html")
    page.globals.update(script=script, script_hash=f"sha256-{seal}")
    return page


def _named(item: EvidenceItem) -> tuple[str, str, str]:
    if item.scenario is not None:
        return str(item.scenario.word), item.scenario.id, item.scenario.title
    assert item.absence is not None, "an item is a scenario or the absence of one"
    return item.absence.word.upper(), item.absence.id, item.absence.title


def _under_row(item: EvidenceItem) -> str:
    if item.scenario is not None:
        return scenario_page(item.position, item.scenario)
    assert item.absence is not None, "an item is a scenario or the absence of one"
    return render("absence.html", absence=item.absence)
