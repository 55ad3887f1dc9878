"""The first batch, of relay, limiter, log and store: slips of a tired firmware engineer."""

from __future__ import annotations

from drivers.emulated.faults.unlisted.naming import unlisted
from drivers.emulated.meter import events
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.metering import Metering, Watts
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import COMMAND, CREDIT, LOCK_OUT, OVERLOAD, Store
from drivers.emulated.meter.wallet import Wallet
from rig.clock import FOREVER, SECOND


class Watchdog(Relay):
    """Ten minutes after a cut for want of credit the coil is driven closed once."""

    _opened_at = FOREVER

    def _arrive(self, now: int) -> None:
        super()._arrive(now)
        cut = not self.position and self.store.holds & CREDIT
        self._opened_at = now + 600 * SECOND if cut else FOREVER

    def plan(self, now: int) -> None:
        super().plan(now)
        self.due = min(self.due, self._opened_at)

    def run(self, now: int) -> None:
        if self._opened_at <= now:
            self._opened_at = FOREVER
            self._drive = True
            self._arrive(now)
        else:
            super().run(now)


class RechargeEndsLockOut(Wallet):
    """A recharge during a lock-out closes."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        if self.store.holds & LOCK_OUT:
            self.store.holds, self.store.release_at = 0, FOREVER
            self.relay.follow(now)


class RechargeUndoesAnOrder(Wallet):
    """A recharge undoes a remote disconnect."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        if self.store.holds & COMMAND:
            self.store.holds &= ~COMMAND
            self.relay.follow(now)


class SecondOrderForgotten(Relay):
    """A remote disconnect of a relay that is open already is forgotten."""

    def command(self, closed: bool, now: int) -> None:
        if closed or self.position:
            super().command(closed, now)


class FourOrders(Relay):
    """After four commands since power-up none is carried out."""

    _commands = 0

    def command(self, closed: bool, now: int) -> None:
        self._commands += 1
        if self._commands <= 4:
            super().command(closed, now)


class CauseSticks(Relay):
    """The cause bit of overload is never cleared."""

    _ever = 0

    def shown_cause(self) -> int:
        self._ever |= super().shown_cause() & OVERLOAD
        return super().shown_cause() | self._ever


class SwitchEventsSwapped(EventLog):
    """Opened is logged as closed, and closed as opened."""

    def record(self, code: int, now: int) -> None:
        swapped = {events.SWITCH_OPENED: events.SWITCH_CLOSED, events.SWITCH_CLOSED: events.SWITCH_OPENED}
        super().record(swapped.get(code, code), now)


class AttemptsSurviveALockOut(Limiter):
    """A lock-out does not clear the attempts: the next trip locks out at once."""

    def _release(self, now: int) -> None:
        done, locked = self.store.attempts_done, self.store.holds & LOCK_OUT
        super()._release(now)
        if locked:
            self.store.attempts_done = done


class NoAttemptsNoEnd(Limiter):
    """With no attempts allowed it recloses for ever."""

    def attempts_are_used_up(self) -> bool:
        return bool(self.store.setup["reclose_attempts"]) and super().attempts_are_used_up()


class ThirdIntervalDoubled(Limiter):
    """From the third attempt on the interval is doubled."""

    def _trip(self, now: int) -> None:
        super()._trip(now)
        if self.store.attempts_done >= 2 and not self.store.holds & LOCK_OUT:
            self.store.release_at += self.store.release_at - now


class LockOutOfEightBits(Limiter):
    """The duration of a lock-out wraps at 8 bits."""

    def lock_out_ends(self, now: int) -> int:
        return now + (self.store.setup["lock_out_duration"] & 0xFF) * SECOND


class LimiterAsleep(Limiter):
    """After a power failure nothing trips until a setting is written."""

    def power_fails(self) -> None:
        super().power_fails()
        self.store.overload_enabled = False


class OverflowNearTwice(Limiter):
    """Above 1.9 times the limit nothing trips."""

    def is_above(self, energy: Watts) -> bool:
        return super().is_above(energy) and energy * 10 < self.store.setup["load_limit"] * self.settings.window_ns * 19


class NeverCalm(Limiter):
    """Attempts are never cleared by a quiet time."""

    def _cleared_at(self, _now: int) -> int:
        return FOREVER


class FactorySettings(Store):
    """Settings fall back to the factory's at a power failure."""

    def __init__(self, settings: MeterSettings) -> None:
        super().__init__(settings)
        self._factory = dict(self.setup)

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.setup.update(self._factory)


class OrderForgotten(Store):
    """A remote disconnect is forgotten at a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.holds &= ~COMMAND


class LockOutEndsWithThePower(Store):
    """A power failure ends a lock-out."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        if self.holds & LOCK_OUT:
            self.release_at = now


class NumbersBeginAnew(Store):
    """Event numbers begin anew after a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.sequence = 0
        self.entries.clear()


class SmallLoadsFree(Metering):
    """Below 300 W nothing is counted."""

    def seen(self, watts: int) -> int:
        seen = super().seen(watts)
        return seen if seen >= 300 else 0


_ROOMS = (
    Watchdog, RechargeEndsLockOut, RechargeUndoesAnOrder, SecondOrderForgotten, FourOrders, CauseSticks,
    SwitchEventsSwapped, AttemptsSurviveALockOut, NoAttemptsNoEnd, ThirdIntervalDoubled, LockOutOfEightBits,
    LimiterAsleep, OverflowNearTwice, NeverCalm, FactorySettings, OrderForgotten, LockOutEndsWithThePower,
    NumbersBeginAnew, SmallLoadsFree,
)  # fmt: skip

FAULTS = unlisted("UB", *_ROOMS)
