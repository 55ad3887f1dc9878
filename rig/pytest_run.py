"""One position's run inside a pytest session: what the plugin holds between its hooks."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from rig.bench_checks import instruments_of
from rig.catalogue import thing
from rig.choices import Choices, make_out, narrowed, out_problems, setup_of
from rig.clock import Clock, VirtualClock
from rig.contracts import Devices
from rig.errors import RigError
from rig.keeper.frames import FrameFile
from rig.keeper.signals import unwind_on_signals
from rig.planning.announcing import kept_record
from rig.planning.as_shipped import known
from rig.planning.outlook import outlook
from rig.planning.rehearsal import Body, of_packages
from rig.planning.telling import beforehand
from rig.provenance import Provenance
from rig.scenario import Scenario
from rig.scenarios import shipped_functions
from rig.session import Session
from rig.wall import Wall, position_link
from rig.workplace import open_session, open_sim

RENDERED_ELSEWHERE = "RIG_RENDERED_ELSEWHERE"
"""Set for a position process: whoever started it renders."""


class PytestRun:
    """Resolves the options of a pytest session, opens the bench, and closes it again whatever happens."""

    clock: Clock
    session: Session

    def __init__(
        self,
        config: pytest.Config,
        scenarios: Sequence[Scenario],
        collected: Collection[str],
        bodies: Mapping[str, Body],
    ) -> None:
        """`scenarios` are what a selection left, `collected` the ids of all, `bodies` their functions by id."""
        self._config = config
        option = config.option
        choices = Choices(
            bench=option.rig_bench,
            position=option.rig_position,
            policy=option.rig_policy,
            map=option.rig_map,
            plan=option.rig_plan,
            faults=tuple(option.rig_fault),
            out=option.rig_out,
            seed=option.rig_seed,
            narrowed=bool(option.keyword or option.markexpr),
        )
        started_here = not os.environ.get(RENDERED_ELSEWHERE)
        setup = setup_of(choices, out_problems(choices.out) if started_here else ())
        selected = [s for s in scenarios if setup.plan is None or setup.plan.selects(s.id)]
        self.setup = narrowed(setup, scenarios, selected, collected)
        self._selected = selected
        self._bodies = bodies
        self._devices: Devices | None = None
        self._frames: FrameFile | None = None
        self._wall: Wall | None = None
        self._opened = False
        self.rendered = ""
        self._provenance = Provenance(instruments_of(self.setup.bench, (self.setup.position,)), self.setup.bench.zone)

    def selects(self, scenario: Scenario) -> bool:
        """True when the plan holds the scenario."""
        return scenario.id in self.setup.selected

    @property
    def not_judged(self) -> list[str]:
        """The utility's promises that this meter is not judged by though its map does not declare them absent."""
        unjudged = [one for one in self.setup.policy.unjudged if not one.declared_absent]
        return [f"{one.word}: policy {self.setup.policy.name} promises: {one.said}: {one.why}" for one in unjudged]

    def nodeid(self, item: pytest.Item) -> str:
        """A name that does not depend on where the scenarios are installed."""
        path = Path(item.path)
        return f"{path.parent.name}/{path.name}::{item.name}"

    def open(self) -> None:
        """Open devices and evidence, and read the meter. RigError when something is not there."""
        unwind_on_signals()
        make_out(self.setup.out)
        announced = self._announced()
        if self.setup.bench.kind == "sim":
            self.clock = clock = VirtualClock()
            self._frames = FrameFile(self.setup.out / f"{self.setup.position}.frames")
            devices = open_sim(self.setup, clock, self._frames.log)
        else:
            self.clock, devices = self._open_wall()
        self._devices = devices
        self.session = open_session(self.setup, devices, self.clock)
        self._opened = True
        self.session.open(announced)

    def _announced(self) -> dict[str, Any]:
        """What this run will not tell: said to the operator before anything is opened, and kept for the evidence."""
        setup, started_here = self.setup, not os.environ.get(RENDERED_ELSEWHERE)
        if not started_here and (kept := kept_record(setup.out, setup.position, setup.selected)) is not None:
            return kept
        if (record := known(setup, [one.id for one in self._selected], shipped_functions())) is not None:
            return record
        told = outlook(setup, self._selected, of_packages(self._bodies))
        for line in beforehand(told):
            # In one piece, since other positions write to the same terminal.
            sys.stderr.write(f"{setup.position}  beforehand   {line}\n")
        sys.stderr.flush()
        return told.as_record()

    def _open_wall(self) -> tuple[Clock, Devices]:
        link = position_link()
        if link is None:
            self._wall = Wall(self.setup)
            link = self._wall.start(self.setup.position)
        return link

    def close(self, reason: str, error: RigError | None = None) -> None:
        """Everything off, evidence closed, report rendered; `error` is what kept the bench from opening."""
        try:
            if self._opened:
                if error is not None:
                    self.session.broke(error)
                self.session.close(reason)
            elif self._devices is not None:
                self._devices.make_safe()
        finally:
            self._end()

    def _end(self) -> None:
        if self._wall is not None:
            self._wall.finish()
        if self._frames is not None:
            self._frames.close()
        if self._opened and not os.environ.get(RENDERED_ELSEWHERE):
            self._provenance.write(self.setup.out)
            with contextlib.suppress(KeyboardInterrupt):
                word = thing("renderers", "html")(self.setup.out)
                self.rendered = f"{word}: report in {self.setup.out / 'report.html'}"
