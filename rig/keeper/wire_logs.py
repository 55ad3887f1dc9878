"""The wire logs of a run's folder: one of each meter, one of each sense channel, one of each button, and whose turn it is."""

from __future__ import annotations

from pathlib import Path

from rig.config import BenchFile
from rig.contracts import FrameLog
from rig.keeper.frames import FrameFile, PollFile
from rig.keeper.hardware import Shared
from rig.keeper.kept import FileSwitch
from rig.opener import silent


class WireLogs:
    """The files by who talks: "P01" (its meter), "P01 sense", "P01 button". Without a folder nothing is kept."""

    def __init__(self, bench: BenchFile, out: Path | None) -> None:
        self.files: dict[str, FrameFile] = {}
        self._switches: dict[str, FileSwitch] = {}
        if out is None:
            return
        for position in bench.positions:
            self.files[position.name] = FrameFile(out / f"{position.name}.frames")
            self.files[f"{position.name} sense"] = PollFile(out / f"{position.name}.sense.frames")
            if position.button is not None:
                self.files[f"{position.name} button"] = PollFile(out / f"{position.name}.button.frames")

    def of(self, who: str) -> FrameLog:
        """Where the frames go of somebody with a bus to themselves."""
        return self.files[who].log if who in self.files else silent

    def of_bus(self, shared: Shared) -> FrameLog:
        """Where the frames of a bus go: to whose turn it is."""
        return self.switch(shared).log

    def switch(self, shared: Shared) -> FileSwitch:
        """What says whose turn it is on a bus."""
        users = [*shared.positions, *(f"{n} sense" for n in shared.senses), *(f"{n} button" for n in shared.buttons)]
        logs = {who: self.files[who] for who in users if who in self.files}
        return self._switches.setdefault(shared.where, FileSwitch(logs))
