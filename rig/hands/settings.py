"""Settings that are written, and the relay that is commanded."""

from __future__ import annotations

from collections.abc import Sequence

from rig.clock import SECOND, Span
from rig.contracts import RelayState
from rig.errors import DeviceRefused, RigError
from rig.hands.shared import Shared

LIMITER = (
    "load_limit", "over_threshold_duration", "under_threshold_duration", "reclose_attempts", "reclose_interval",
    "lock_out_duration",
)  # fmt: skip
"""Settings that move nothing while the load is off, whatever they are."""


class Settings(Shared):
    """Writes settings and gives the relay its commands, and tells the books."""

    def setting(self, item: str) -> int:
        """A setting of the meter as last read or written."""
        return self.settings[item]

    def write_setting(self, item: str, to: int) -> Span:
        """Change a setting; the session puts it back afterwards."""
        at = self._starting.write(item, to)
        self.settings[item] = to
        self._books.setting(item, to, at)
        self.look_at_the_log()
        return at

    def try_setting(self, item: str, to: int) -> str:
        """Change a setting as `write_setting` does; what became of it: taken, refused, or ignored."""
        return self._tried(item, to, offered=False)

    def offer_setting(self, item: str, to: int) -> str:
        """Offer a setting that the map does not allow; what became of it: refused as it has to be, taken, ignored, or not carried.

        Not carried: it does not fit the meter's register, so that it cannot be offered.
        """
        try:
            return self._tried(item, to, offered=True)
        except ValueError as error:
            self._journal.record("note", words=f"{item} = {to} cannot be offered: {error}")
            return "not carried"

    def _tried(self, item: str, to: int, offered: bool) -> str:
        began = self._clock.now()
        word = self._starting.tried(item, self.settings[item], to, offered)
        if word == "taken":
            self.settings[item] = to
            self._books.setting(item, to, Span(began, self._clock.now()))
        self.look_at_the_log()
        return word

    def bounded_settings(self) -> dict[str, tuple[int, int, int]]:
        """Settings of the limiter of which the map states least and most: these, and the step, by item."""
        bounds = {item: self.meter.bounds(item) for item in LIMITER if item in self.settings}
        return {item: ends for item, ends in bounds.items() if ends is not None}

    def nearest(self, item: str, to: int) -> int:
        """What comes nearest to this and fits the register of a setting."""
        return self._starting.settings.nearest(item, to)

    def modes_taken(self, modes: Sequence[int]) -> list[int]:
        """Those of these control modes that the meter's setting can be."""
        return [mode for mode in modes if self.meter.takes("control_mode", mode)]

    def settings_that_changed(self) -> list[str]:
        """Settings that read otherwise than as they were last read or written, in words."""
        items = [item for item in self.settings if item in self.meter.items]
        shown = self.read_meter(*items) if items else None
        return [
            f"{item} {shown.values[item]} (was {self.settings[item]})"
            for item in items
            if shown is not None and shown.values[item] != self.settings[item]
        ]

    def allow_attempts(self, attempts: int) -> Span:
        """Let the meter reclose so many more times before it locks out, whatever it has counted already."""
        done = self.meter.read("attempts_done").number("attempts_done") if "attempts_done" in self.meter.items else 0
        if self._books.expectation is not None:
            self._books.expectation.attempts_are(done)
        return self.write_setting("reclose_attempts", done + attempts)

    def remote_disconnect(self) -> Span:
        """Ask the meter to open its relay; returns when it took the command."""
        return self._command(RelayState.OPEN)

    def try_remote_disconnect(self) -> bool:
        """As `remote_disconnect`, of a meter that may say no; True when it took the command."""
        try:
            self.remote_disconnect()
        except DeviceRefused as refusal:
            self._journal.record("note", words=f"the meter refuses a remote disconnect: {refusal}")
            return False
        return True

    def remote_reconnect(self) -> Span:
        """Ask the meter to close its relay; returns when it took the command."""
        return self._command(RelayState.CLOSED)

    def _command(self, state: RelayState) -> Span:
        self._books.pull()
        opens = state is RelayState.OPEN
        self._journal.money_moves("about to operate the relay")
        at = self.meter.disconnect() if opens else self.meter.reconnect()
        self._journal.command("meter", "remote disconnect" if opens else "remote reconnect", at)
        if self._books.expectation is not None:
            self._books.expectation.commanded(state, at)
        return at

    def press_button(self) -> Span:
        """Press the button on the meter's front; returns when it was pressed.

        Raises:
            RigError: nobody is there to press it.
        """
        button = self._devices.button
        if button is None:
            raise RigError("nobody is there to press the meter's button")
        self._books.pull()
        self._journal.money_moves("about to press the meter's button")
        at = button.press()
        self._journal.command("meter", "press the button", at)
        self._books.button(at)
        self._books.pull()
        return at

    def recloses_after_a_look(self) -> Span:
        """Set the shortest interval (whole s) to the next attempt that leaves time to read the open relay's registers."""
        look = self.promises.registers_follow + SECOND * 8 // 10
        return self.write_setting("reclose_interval", look // SECOND + 1)
