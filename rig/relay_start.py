"""Brings a meter's relay to where a scenario starts: by itself, by a command, or by the button, whichever the meter asks for."""

from __future__ import annotations

from collections.abc import Callable

from rig.clock import SECOND, Clock
from rig.contracts import Button, Capability, DisconnectCause, Meter, RelayState
from rig.errors import RigError
from rig.journal import Journal
from rig.promises import Promises

LONGEST_WAIT = 5 * SECOND


class RelayStart:
    """The relay of one meter. `relay` asks the electrical truth; `button` is None where nobody presses it."""

    def __init__(
        self,
        meter: Meter,
        clock: Clock,
        journal: Journal,
        promises: Promises,
        relay: Callable[[], RelayState],
        button: Button | None,
    ) -> None:
        self._meter = meter
        self._clock = clock
        self._journal = journal
        self._promises = promises
        self._relay = relay
        self._button = button

    def waits_for(self, state: RelayState, within: int) -> bool:
        """Wait for the contact to be in this state, for so long (ns) at most."""
        return self._clock.sleep_until(self._clock.now() + within, unless=lambda: self._relay() is state)

    def bring(self, state: RelayState) -> None:
        """Bring it there. RigError when it does not go there, with what holds it and what was tried."""
        if self.waits_for(state, self._promises.registers_follow):
            return
        cause = self._meter.read("disconnect_cause").cause if "disconnect_cause" in self._meter.items else None
        tried: list[str] = []
        if state is RelayState.OPEN:
            self._meter.disconnect()
        elif cause is None or cause & DisconnectCause.COMMAND:
            self._reconnect(tried)
        if self.waits_for(state, LONGEST_WAIT) or (state is RelayState.CLOSED and self._by_consent(tried)):
            return
        held = f"; the meter says: {cause.name}" if cause else ""
        did = f"; tried: {', '.join(tried)}" if tried else ""
        raise RigError(f"the relay cannot be brought to {state} for the start: it is {self._relay()}{held}{did}")

    def _reconnect(self, tried: list[str]) -> None:
        self._meter.reconnect()
        tried.append("a remote reconnect")

    def _by_consent(self, tried: list[str]) -> bool:
        """A relay that is only ready waits for a command or for the button, as its control mode says."""
        if not tried and Capability.REMOTE_RELAY in self._meter.capabilities:
            self._reconnect(tried)
            if self.waits_for(RelayState.CLOSED, LONGEST_WAIT):
                return True
        if self._button is None:
            return False
        at = self._button.press()
        tried.append("the button")
        self._journal.command("meter", "press the button", at)
        return self.waits_for(RelayState.CLOSED, LONGEST_WAIT)
