"""How a position is left after a scenario and after a run: load off, settings back, or blocked for a person to look at."""

from __future__ import annotations

from collections.abc import Callable

from rig.blocked import block
from rig.contracts import Devices
from rig.errors import RigError
from rig.journal import Journal
from rig.lossy import LossyBus
from rig.setup import Setup
from rig.starting import Starting


class Leaving:
    """Leaves one position as it was found. `live_line` switches the mains on and gives the meter its time to start."""

    def __init__(
        self,
        setup: Setup,
        devices: Devices,
        journal: Journal,
        starting: Starting,
        live_line: Callable[[], None],
        bus: LossyBus,
    ) -> None:
        self.setup = setup
        self.devices = devices
        self.journal = journal
        self._starting = starting
        self._live_line = live_line
        self._bus = bus
        self.broken = ""
        """Why nothing more can be run here; empty while all is well."""
        self.relay_left = ""
        """Why the relay is not as it was found; empty when it is."""
        self.blocked = ""
        """Why the position is blocked, in the words of the run's error."""

    def restore(self) -> None:
        """Load off and settings back, whatever happened; a failure blocks the position if anything was written.

        A relay that does not come back is the meter's matter: it is noted, the next scenario tries to bring it to its own
        start, and it blocks the position only when the run ends with it.
        """
        if self.broken:
            return
        self.relay_left = ""
        if not self._bus.wrote:
            self._starting.nothing_was_written()
        try:
            self.devices.load.off()
            if not self.devices.source.is_on():
                self._live_line()
            wrong = self._starting.restore()
            if not wrong:
                self.relay_left = self._starting.restore_relay()
                self._bus.wrote = bool(self.relay_left)
        except RigError as error:
            wrong = [str(error)] if self._bus.wrote else []
            self.journal.record("note", words=f"nothing could be restored: {error}")
        if self.relay_left:
            self.journal.record("note", words=f"the relay is not as it was found: {self.relay_left}")
        if wrong:
            self.block("could not be restored: " + "; ".join(wrong))

    def block(self, why: str) -> None:
        """Nothing more runs here, and on a real bench in no later run either, until a person has looked."""
        self.broken = why
        self.journal.record("note", words=why)
        self.blocked = why
        if not self.setup.bench.emulates:
            self.blocked = f"{self.setup.position} is blocked until a person clears it (rig clear): {why}"
            block(self.setup.bench.name, self.setup.position, why, self.setup.out)

    def at_the_end(self) -> str:
        """The run ends: a real relay that is not as it was found blocks the position. Why it is blocked, or empty."""
        if self.relay_left and not self.broken and not self.setup.bench.emulates:
            self.block(f"the relay is not as it was found: {self.relay_left}")
        return self.blocked
