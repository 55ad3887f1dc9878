"""One meter through the scenarios in virtual time, with its evidence kept in memory only as far as it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rig.choices import setup_of
from rig.clock import VirtualClock
from rig.contracts import Bus, Reply, Request
from rig.errors import ConfigError, RigError
from rig.scenario import declared
from rig.scenarios import shipped_functions
from rig.selfcheck.cells import Cell, Piece, Reason, Trial, Tried
from rig.selfcheck.unwritten import Unwritten
from rig.setup import Setup
from rig.variety import healthy_meter
from rig.variety.true_edges import changes_of, true_edges
from rig.verdict import Word
from rig.workplace import open_session, open_sim


class _Counting:
    """A bus that counts the answers that were thrown away, and the questions that had to be asked again."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.rejected = 0
        self.close = bus.close

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`."""
        replies = self._bus.exchange(requests)
        for reply in replies:
            if reply.rejected or reply.retries:
                self.rejected += len(reply.rejected) + reply.retries
        return replies


class _Bench:
    """One emulated bench, from its opening to its end."""

    def __init__(self, setup: Setup) -> None:
        clock = VirtualClock()
        self.writer = Unwritten()
        self.devices = open_sim(setup, clock)
        self.devices.bus = self._line = _Counting(self.devices.bus)
        self.session = open_session(setup, self.devices, clock, self.writer)
        self.session.open()

    def run(self, function: Callable[..., Any]) -> Cell | tuple[str, str]:
        """One scenario on it: what it came to, or why it is left out."""
        scenario = declared(function)
        assert scenario is not None, "shipped functions are declared"
        word, why = self.session.lacking(scenario)
        if word:
            return word, why
        before = self._line.rejected
        nodeid = f"{function.__module__.rpartition('.')[2]}.py::{function.__name__}"
        outcome = self.session.run(scenario, nodeid, function)
        return self.writer.cell(scenario.id, outcome, self._line.rejected - before)


class _OnTrial:
    """A meter that goes through scenarios. It is one of many alike: the next takes its place where one cannot be put back,
    and a scenario that stumbles on one which an earlier scenario has used is tried again on one that nobody has."""

    def __init__(self, setup: Setup, checks_edges: bool) -> None:
        self._setup = setup
        self._checks_edges = checks_edges
        self._bench: _Bench | None = None
        self.cells: list[Cell] = []
        self.excluded: dict[str, tuple[str, str]] = {}
        self.edges = 0
        self.strays: list[str] = []

    def go_through(self, scenarios: Sequence[str]) -> None:
        """One scenario after the other."""
        functions = shipped_functions()
        for one in scenarios:
            fresh = self._bench is None
            found = self._run(one, functions[one])
            if isinstance(found, Cell) and found.word is Word.ERROR and not fresh:
                self._put_away()
                found = self._run(one, functions[one])
            if isinstance(found, Cell):
                self.cells.append(found)
            else:
                self.excluded[one] = found
        self._put_away()

    def _run(self, scenario: str, function: Callable[..., Any]) -> Cell | tuple[str, str]:
        """One scenario; a bench that cannot be opened, or breaks outside any scenario, is an ERROR of this one."""
        try:
            bench = self._bench = self._bench or _Bench(self._setup)
            found = bench.run(function)
        except ConfigError:
            raise
        except RigError as error:
            self._put_away()
            return Cell(scenario, Word.ERROR, (Reason(Word.ERROR, type(error).__name__, str(error)),))
        if bench.session.leaving.broken:
            self._put_away()
        return found

    def _put_away(self) -> None:
        bench, self._bench = self._bench, None
        if bench is not None and self._checks_edges and bench.devices.truth is not None:
            found = true_edges(changes_of(bench.devices.truth()), bench.writer.edges())
            self.edges += found.seen
            self.strays += found.strays


def run_piece(piece: Piece, scenarios: Sequence[str], folder: Path) -> list[Tried]:
    """Put a meter through these scenarios in each of its set-ups. `folder` is for files that are needed on the way."""
    found: list[Tried] = []
    left = list(scenarios)
    for trial in piece.trials:
        tried = run_trial(trial, [one for one in scenarios if one in left or one in piece.everywhere], folder)
        found.append(tried)
        done = {cell.scenario for cell in tried.cells}
        left = [one for one in left if one not in done]
    return found


def run_trial(trial: Trial, scenarios: Sequence[str], folder: Path) -> Tried:
    """Put one meter through these scenarios.

    Whatever breaks is told in `problem`: one meter on which the rig stumbles must not hide what it says of the others.
    """
    problem, on_trial = "", None
    try:
        if trial.drawn is None:
            setup = trial.set_up.setup(trial.fault, trial.seed, folder)
        else:
            meter = healthy_meter(trial.drawn)
            setup, scenarios = setup_of(meter.choices(folder / str(trial.drawn))), meter.ordered(scenarios)
        on_trial = _OnTrial(setup, not trial.fault)
        on_trial.go_through(scenarios)
    except ConfigError as error:
        problem = "; ".join(error.problems)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    problem = problem.replace(f"{folder}/", "")
    if on_trial is None:
        return Tried(trial, (), {}, problem)
    return Tried(trial, tuple(on_trial.cells), on_trial.excluded, problem, on_trial.edges, tuple(on_trial.strays))
