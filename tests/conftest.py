"""What holds for every test: none reads or writes the user's own state, and in `.ci/run` none is skipped."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

NO_SKIP = "RIG_NO_SKIP"
"""Set in `.ci/run`: a test that would be skipped fails, so that a missing program is not overlooked."""


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Blocked positions are kept per user; the tests have a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIG_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where skipping is not allowed."""
    report = yield
    if os.environ.get(NO_SKIP) and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be ({NO_SKIP} is set): {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself while it is collected."""
    report = yield
    if os.environ.get(NO_SKIP) and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped where nothing may be ({NO_SKIP} is set): {report.longrepr}"
    return report
