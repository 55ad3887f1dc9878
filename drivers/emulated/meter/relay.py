"""The load switch: drives the contact after what holds it, and shows what it did on the grid of the status refresh.

It is a latching relay without feedback: the meter knows what it drove, not where the contact is.
"""

from __future__ import annotations

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter import events
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import COMMAND, CREDIT, LOCK_OUT, OVER_CURRENT, OVERLOAD, READY, TAMPER, Store
from rig.clock import FOREVER

CAUSES = OVERLOAD | OVER_CURRENT | CREDIT | COMMAND | TAMPER

ALWAYS_CONNECTED = 0
REMOTE_ONLY_ARMS = frozenset({1, 3, 5, 6})
"""Control modes in which a remote reconnect only makes the relay ready, and the button closes it."""
BUTTON_OPENS = frozenset({1, 2, 5})
CLOSES_BY_ITSELF = frozenset({5, 6, 7})
"""Control modes in which the relay closes as soon as the reason that the meter itself opened it for is gone."""


class Relay(Room):
    """The relay is closed exactly while nothing holds it open (`Store.holds`), and always in control mode 0.

    READY among the holds is a relay that could close and waits for the button; the cause is then what opened it.
    """

    def __init__(
        self, circuit: Circuit, settings: MeterSettings, store: Store, log: EventLog, metering: Metering
    ) -> None:
        self.circuit = circuit
        self.settings = settings
        self.store = store
        self.log = log
        self.metering = metering
        self.position = circuit.contact_closed
        """Where the relay believes its contact to be."""
        self.before = self.position
        """Where it was before the last operation."""
        self.operations = 0
        self.output_state = self.position
        self.control_state = 1
        self.cause = 0
        """The three registers, as of the last refresh."""
        self._drive = self.position
        self._follow_at = self._arrive_at = self._refresh_at = FOREVER

    @property
    def mode(self) -> int:
        """The control mode, 0 to 7."""
        return self.store.setup["control_mode"]

    def command(self, closed: bool, now: int) -> None:
        """A remote command was taken: it counts from now on, and is driven after the command time."""
        if not closed:
            self.store.holds |= COMMAND
        elif self.mode in REMOTE_ONLY_ARMS:
            self.release(COMMAND)
        else:
            self.store.holds &= ~(COMMAND | READY)
        self.follow(now + self.settings.command_ns)

    def let_go(self, holds: int, now: int) -> None:
        """What the meter itself opened the relay for is gone."""
        if self.mode in CLOSES_BY_ITSELF or self.mode == ALWAYS_CONNECTED:
            self.store.holds &= ~holds
        else:
            self.release(holds)
        self.follow(now)

    def release(self, holds: int) -> None:
        """These reasons are gone, and what they opened waits for the button."""
        store = self.store
        if store.holds & holds:
            store.ready_cause = store.holds & holds & CAUSES
            store.holds = store.holds & ~holds | READY

    def button(self, now: int) -> None:
        """Somebody pressed the button: what is ready closes; where the mode has it, what is closed opens."""
        if self.store.holds & READY:
            self.store.holds &= ~READY
            self.follow(now)
        elif not self.store.holds and self.mode in BUTTON_OPENS:
            self.store.holds |= READY
            self.store.ready_cause = 0
            self.follow(now)

    def is_held(self) -> bool:
        """True when the relay has to be open."""
        return bool(self.store.holds) and self.mode != ALWAYS_CONNECTED

    def follow(self, at: int) -> None:
        """Drive at `at` whatever the holds then ask for."""
        self._follow_at = min(self._follow_at, at)

    def plan(self, _now: int) -> None:
        self.due = min(self._follow_at, self._arrive_at, self._refresh_at)

    def run(self, now: int) -> None:
        if self._follow_at <= now:
            self._follow_at = FOREVER
            wanted = not self.is_held()
            if wanted != self._drive:
                self._drive = wanted
                self._arrive_at = now + self.settings.contact_ns if wanted != self.position else FOREVER
            self._refresh_soon(now)
        if self._arrive_at <= now:
            self._arrive_at = FOREVER
            self._arrive(now)
        if self._refresh_at <= now:
            self._refresh_at = FOREVER
            self.refresh()

    def _arrive(self, now: int) -> None:
        self.before, self.position = self.position, self._drive
        self.operations += 1
        self.circuit.set_contact(self.position)
        self.log.record(events.SWITCH_CLOSED if self.position else events.SWITCH_OPENED, now)
        self._refresh_soon(now)

    def _refresh_soon(self, now: int) -> None:
        anchor, every = self.metering.anchor, self.settings.refresh_ns
        self._refresh_at = anchor - -(now - anchor) // every * every

    def refresh(self) -> None:
        """Bring the three registers up to date."""
        self.output_state = self.shown_position()
        self.control_state = self.shown_control()
        self.cause = self.shown_cause()

    def shown_position(self) -> bool:
        """What `output_state` says."""
        return self.position

    def shown_cause(self) -> int:
        """What `disconnect_cause` says."""
        if not self.is_held():
            return 0
        causes = self.store.holds & CAUSES
        return causes or self.store.ready_cause

    def shown_control(self) -> int:
        """What `control_state` says: the strictest of what holds the relay (0 before 2), 1 when nothing does."""
        holds, settings = self.store.holds, self.settings
        if not self.is_held():
            return 1
        states = (
            (COMMAND, settings.control_command),
            (LOCK_OUT, settings.control_lock_out),
            (OVERLOAD | OVER_CURRENT, settings.control_overload),
            (CREDIT, settings.control_credit),
            (TAMPER, settings.control_tamper),
            (READY, 2),
        )
        return min(state for hold, state in states if holds & hold)

    def power_fails(self) -> None:
        """A movement that has not arrived does not happen; the contact stays where it is."""
        self._follow_at = self._arrive_at = self._refresh_at = FOREVER
        self._drive = self.position

    def boots(self, now: int) -> None:
        self.refresh()
        if self.position == self.is_held():
            self.follow(now)
