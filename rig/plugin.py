"""pytest: options, the `bench` fixture, and how a scenario's verdict becomes a test's outcome.

A test function that declares itself with `@scenario` and takes `bench` is run by a `rig.session.Session`; any other test
of the same run is left alone. Options are `--rig-…`; the same scenarios run under `rig run`, which adds processes.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from rig.errors import ConfigError, RigError
from rig.outcomes import JunitMarks, Unread, dress, terminal_summary, teststatus
from rig.results import NOT_PROMISED
from rig.scenario import Scenario, declared
from rig.verdict import Outcome, Word

BENCH_FAILED = 70
"""What pytest exits with when the bench could not be opened or ended; its own 4 means wrong use."""

SCENARIO = "scenario"
"""Property of a report that names its scenario."""

_NOT_SHARED = "the scenarios of a position share its bench and its evidence, and run in one process; run without -n"

_SHARED = "rig_scenarios"

_RUN = pytest.StashKey["Any"]()
_COLLECTED = pytest.StashKey[set[str]]()
_LEFT_ALONE = pytest.StashKey[set[str]]()
_OUTCOME = pytest.StashKey[tuple[Outcome, int]]()
_UNREAD = pytest.StashKey[Unread]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The `--rig-…` options."""
    group = parser.getgroup("rig", "prepaid meter rig")
    group.addoption("--rig-bench", default=None, help="sim (default), loopback, or a bench file")
    group.addoption("--rig-position", default=None, help="position of the bench to run (default: its first)")
    group.addoption("--rig-policy", default=None, help="policy name or file (default: the plan's, else arrears_first)")
    group.addoption("--rig-map", default=None, help="register map name or file (default: the bench file's)")
    group.addoption("--rig-plan", default=None, help="plan name or file (default: every scenario collected)")
    group.addoption("--rig-fault", action="append", default=[], help="fault of the emulated bench; may be repeated")
    group.addoption("--rig-out", default=None, help="folder for evidence and report (default: out/ and the time)")
    group.addoption("--rig-only", action="store_true", help="run no test that is not declared with @scenario")
    group.addoption("--rig-seed", default="0", help="seed of everything random in the emulated bench")


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is opened before a scenario was collected."""
    config.stash[_RUN] = None
    config.stash[_COLLECTED] = set()
    config.stash[_LEFT_ALONE] = set()
    config.stash[_UNREAD] = Unread()
    config.pluginmanager.register(config.stash[_UNREAD])


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Any:
    """The bench of the position, for a function declared with `@scenario`."""
    return request.config.stash[_RUN].session.bench


def _scenario_of(item: pytest.Item) -> Scenario | None:
    return declared(getattr(item, "function", None))


def _takes_our_bench(item: pytest.Item) -> bool:
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {}).get("bench", ())
    return bool(known) and known[-1].func.__module__ == __name__


def pytest_itemcollected(item: pytest.Item) -> None:
    """A scenario answers to its id in `-k`, and a plan may name it whatever `-k` leaves."""
    if (scenario := _scenario_of(item)) is not None:
        item.extra_keyword_matches.add(scenario.id)
        item.config.stash[_COLLECTED].add(scenario.id)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the scenarios of the plan, and open the bench once for all of them."""
    if (workeroutput := getattr(config, "workeroutput", None)) is not None:
        # An error in a worker of pytest-xdist ends as an internal one; so its main process is told, and says it.
        ours = [item for item in items if _scenario_of(item) is not None or _takes_our_bench(item)]
        workeroutput[_SHARED] = [item.nodeid for item in ours]
        _deselect(config, items, ours)
        return
    undeclared = [item.nodeid for item in items if _scenario_of(item) is None and _takes_our_bench(item)]
    if undeclared:
        raise pytest.UsageError(*(f"{i}: takes the rig's bench and is not declared with @scenario" for i in undeclared))
    if config.option.rig_only:
        _deselect(config, items, [item for item in items if _scenario_of(item) is None])
    found = [(item, s) for item in items if (s := _scenario_of(item)) is not None]
    if not found or config.option.collectonly:
        return
    from rig.pytest_run import PytestRun

    try:
        collected: set[str] = config.stash[_COLLECTED]
        bodies = {s.id: item.function for item, s in found if isinstance(item, pytest.Function)}
        run = PytestRun(config, [s for _, s in found], collected, bodies)
    except ConfigError as error:
        raise pytest.UsageError(*error.problems) from None
    left = [item for item, s in found if not run.selects(s)]
    if len(left) == len(found):
        raise pytest.UsageError("the plan selects none of the scenarios that were collected")
    _deselect(config, items, left)
    config.stash[_RUN] = run
    config.pluginmanager.register(JunitMarks(config))


def _deselect(config: pytest.Config, items: list[pytest.Item], left: list[pytest.Item]) -> None:
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_sessionstart(session: pytest.Session) -> None:
    """A rig run is one process: each position is a process of its own already."""
    option = session.config.option
    if getattr(option, "numprocesses", None) and any(
        (option.rig_bench, option.rig_plan, option.rig_out, option.rig_fault)
    ):
        raise pytest.UsageError(_NOT_SHARED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of pytest-xdist has ended: it says which scenarios it was given and has left alone."""
    node.config.stash[_LEFT_ALONE] |= set(getattr(node, "workeroutput", {}).get(_SHARED, ()))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Open the bench before the first scenario. What keeps it from opening ends the run with its own words."""
    run = session.config.stash[_RUN]
    if run is None:
        return
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        session.config.stash[_RUN] = None
        return
    try:
        run.open()
        for file in session.config.stash[_UNREAD].files:
            run.session.broke(ConfigError(f"{file}; nothing that is in this file was run"))
    except ConfigError as error:
        run.close("error")
        raise pytest.UsageError(*error.problems) from None
    except RigError as error:
        run.close("error", error)
        session.config.stash[_RUN] = None
        raise pytest.exit.Exception(str(error), returncode=BENCH_FAILED) from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A scenario that this meter or bench cannot be judged by is excluded, and the report says why."""
    scenario, run = _scenario_of(item), item.config.stash[_RUN]
    if scenario is None or run is None:
        return
    word, why = run.session.lacking(scenario)
    if not word:
        return
    run.session.exclude(scenario, word, why)
    if word == NOT_PROMISED:
        pytest.skip(f"{word}: {why}")
    item.stash[_OUTCOME] = (Outcome(Word.INCONCLUSIVE, (f"{word}: {why}",)), 0)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a scenario in its session; its exceptions become evidence, and its word becomes the outcome."""
    scenario, run = _scenario_of(pyfuncitem), pyfuncitem.config.stash[_RUN]
    if scenario is None or run is None:
        return None
    if _OUTCOME in pyfuncitem.stash:
        return True
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    began = run.clock.now()
    outcome = run.session.run(scenario, run.nodeid(pyfuncitem), lambda _bench: pyfuncitem.obj(**arguments))
    pyfuncitem.stash[_OUTCOME] = (outcome, run.clock.now() - began)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Dress the report of a scenario with its verdict."""
    report = yield
    if report.skipped and (excluded := _scenario_of(item)) is not None:
        report.user_properties.append((SCENARIO, excluded.id))
    if call.when == "call" and _OUTCOME in item.stash:
        outcome, bench_ns = item.stash[_OUTCOME]
        dress(report, outcome, bench_ns)
        scenario = _scenario_of(item)
        if scenario is not None:
            report.user_properties.append((SCENARIO, scenario.id))
            report.user_properties.extend(("requirement", one) for one in scenario.requires)
    return report


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport, config: pytest.Config
) -> tuple[str, str, str] | None:
    """INCONCLUSIVE and ERROR have words of their own."""
    return teststatus(report) if config.stash.get(_RUN, None) is not None else None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The reasons that pytest prints for no category but its own, and where the report is."""
    if left := config.stash.get(_LEFT_ALONE, set()):
        terminalreporter.line(f"ERROR: {len(left)} scenarios were not run: {_NOT_SHARED}", red=True)
    run = config.stash.get(_RUN, None)
    if run is None:
        return
    terminal_summary(terminalreporter)
    for words in run.not_judged:
        terminalreporter.line(words, yellow=True)
    if run.rendered:
        terminalreporter.line(f"{run.rendered}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Leave the load off and the source off, close the evidence, and render it."""
    if session.config.stash[_LEFT_ALONE]:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    run = session.config.stash[_RUN]
    if run is None:
        return
    try:
        run.close({2: "stopped", 3: "error"}.get(int(exitstatus), "complete"))
    except RigError as error:
        raise pytest.exit.Exception(f"{type(error).__name__}: {error}", returncode=BENCH_FAILED) from None
    if run.not_judged and not exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
