"""The one renderer: a run folder's evidence in, report.html, junit.xml, results.json and results.csv beside it."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_html import plugin as pytest_html_plugin  # type: ignore[import-untyped]
from pytest_metadata import plugin as pytest_metadata_plugin  # type: ignore[import-untyped]

from reports.html import Page
from reports.results import write_csv, write_json
from reports.templating import TEMPLATES
from rig.errors import RigError
from rig.judged import judged_run
from rig.replay import Replay
from rig.results import EMULATED, RunResult
from rig.verdict import Word

_UNWANTED = (
    "terminal", "cacheprovider", "capture", "logging", "faulthandler", "warnings", "unraisableexception", "threadexception",
    "doctest", "unittest", "python", "debugging", "stepwise", "pastebin", "setupplan", "setuponly", "skipping", "tmpdir", "monkeypatch",
)  # fmt: skip


def render_run(folder: Path) -> Word:
    """Judge a run folder's evidence again and write its report. The same pages come out, whoever calls and when.

    Writes report.html, junit.xml, results.json and results.csv into the folder, over those of an earlier rendering.
    Works inside a running pytest too. Returns the word of the whole run.

    Raises:
        ConfigError: no evidence, altered evidence, or a recorded verdict that does not follow; nothing was written.
        RigError: the replay itself went wrong.
    """
    folder = folder.resolve()
    run = judged_run(folder)
    junit = folder / "junit.xml"
    _replay(run, folder / "report.html", junit)
    _finish_junit(run, junit)
    write_json(run, folder / "results.json")
    write_csv(run, folder / "results.csv")
    return run.word


def _replay(run: RunResult, page: Path, junit: Path) -> None:
    arguments = ["-c", str(TEMPLATES / "replay.ini"), "--rootdir", str(page.parent), "--noconftest", "--assert=plain"]
    arguments += ["--disable-plugin-autoload", f"--junit-xml={junit}"]
    for name in _UNWANTED:
        arguments += ["-p", f"no:{name}"]
    plugins = [pytest_metadata_plugin, pytest_html_plugin, Replay(run), Page(run, page)]
    with _undisturbed():
        code = pytest.main([*arguments, str(page.parent)], plugins=plugins)
    expected = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
    if code not in expected or not page.is_file():
        raise RigError(f"{page}: the replay of the evidence ended with pytest's code {int(code)}; no report was made")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The replay takes no options from its surroundings, and leaves what a pytest around it keeps in the environment."""
    kept = {key: value for key, value in os.environ.items() if key.startswith("PYTEST_")}
    for key in kept:
        del os.environ[key]
    try:
        yield
    finally:
        for key in [key for key in os.environ if key.startswith("PYTEST_")]:
            del os.environ[key]
        os.environ.update(kept)


def _finish_junit(run: RunResult, path: Path) -> None:
    """Times are the evidence's, not the replay's; the machine that renders is no part of the result."""
    tree = ET.parse(path)
    for suite in tree.iter("testsuite"):
        suite.attrib.pop("hostname", None)
        suite.set("time", f"{sum(s.bench_ns for s in run.scenarios) / 1e9:.3f}")
        suite.set("timestamp", str(run.provenance.get("started_utc") or "1970-01-01T00:00:00+00:00"))
        properties = ET.Element("properties")
        if run.emulated:
            properties.append(ET.Element("property", name="emulated", value=EMULATED))
        properties.append(ET.Element("property", name="verdict", value=str(run.word)))
        suite.insert(0, properties)
    tree.write(path, encoding="utf-8", xml_declaration=True)
