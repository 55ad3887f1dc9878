"""The second batch, of relay, limiter and modes: slips of a tired firmware engineer."""

from __future__ import annotations

from drivers.emulated.faults.unlisted.naming import unlisted
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.metering import Watts
from drivers.emulated.meter.registers import Registers, Writer, whole
from drivers.emulated.meter.relay import ALWAYS_CONNECTED, Relay
from drivers.emulated.meter.store import COMMAND, CREDIT, LOCK_OUT, OVER_CURRENT, OVERLOAD, Store
from rig.clock import FOREVER, SECOND
from rig.contracts import Value


class LowestCauseOnly(Relay):
    """Of several causes only the lowest bit is shown."""

    def shown_cause(self) -> int:
        causes = super().shown_cause()
        return causes & -causes


class MildestState(Relay):
    """Of several reasons the mildest makes the control state."""

    def shown_control(self) -> int:
        return (
            2 if self.is_held() and self.store.holds & (OVERLOAD | OVER_CURRENT | CREDIT) else super().shown_control()
        )


class ReconnectEndsInterval(Relay):
    """A remote reconnect closes during the reclose interval."""

    def command(self, closed: bool, now: int) -> None:
        store = self.store
        if closed and not store.holds & LOCK_OUT and store.holds & (OVERLOAD | OVER_CURRENT):
            store.holds &= ~(OVERLOAD | OVER_CURRENT)
            store.release_at = FOREVER
        super().command(closed, now)


class OrderLostInModeNought(Relay):
    """A remote disconnect in mode 0 is forgotten."""

    def command(self, closed: bool, now: int) -> None:
        if closed or self.mode != ALWAYS_CONNECTED:
            super().command(closed, now)


class ModeSixIsThree(Relay):
    """Mode 6 does not close by itself."""

    def let_go(self, holds: int, now: int) -> None:
        if self.mode == 6:
            self.release(holds)
            self.follow(now)
        else:
            super().let_go(holds, now)


class ButtonEndsLockOut(Relay):
    """The button ends a lock-out."""

    def button(self, now: int) -> None:
        if self.store.holds & LOCK_OUT:
            self.store.release_at = now
        super().button(now)


class DeafAfterMoving(Relay):
    """For five seconds after a movement commands are taken and dropped."""

    _deaf_until = 0

    def _arrive(self, now: int) -> None:
        super()._arrive(now)
        self._deaf_until = now + 5 * SECOND

    def command(self, closed: bool, now: int) -> None:
        if now >= self._deaf_until:
            super().command(closed, now)


class CutShortForgotten(Relay):
    """A movement that a power failure cut short is not made after the start."""

    def boots(self, _now: int) -> None:
        self.refresh()


class IntervalAnew(Limiter):
    """At a start the reclose interval begins anew."""

    def boots(self, now: int) -> None:
        super().boots(now)
        store = self.store
        if store.holds & (OVERLOAD | OVER_CURRENT) and not store.holds & LOCK_OUT:
            store.release_at = now + store.setup["reclose_interval"] * SECOND


class LockOutStandsStill(Limiter):
    """A lock-out stands still while the mains are away."""

    _left = 0

    def power_fails(self) -> None:
        if self.store.holds & LOCK_OUT:
            self._left = self.store.release_at - self.metering.window_end(self.counted - 1)
        super().power_fails()

    def boots(self, now: int) -> None:
        super().boots(now)
        if self._left and self.store.holds & LOCK_OUT:
            self.store.release_at = now + self._left
        self._left = 0


class AttemptsLostWithThePower(Store):
    """Attempts are cleared by a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.attempts_done = 0


class QuietNotBegunAnew(Limiter):
    """A load above the limit does not begin the hour of quiet anew."""

    def add(self, windows: int, energy: Watts, end: int) -> None:
        quiet_since = self.store.quiet_since
        super().add(windows, energy, end)
        self.store.quiet_since = quiet_since


class EndToldAtOnce(Limiter):
    """The end of an overload is told after one window or two."""

    def add(self, windows: int, energy: Watts, end: int) -> None:
        super().add(windows, energy, end)
        if self._below:
            self._below += 1 << 20

    def _ends_at(self) -> int:
        told = self.store.overloaded or self.store.over_current
        return self.run_complete(False, self._below, 1) if told else FOREVER


class EndUntoldAfterLockOut(Limiter):
    """After a lock-out no event tells the end of the overload."""

    def _release(self, now: int) -> None:
        if self.store.holds & LOCK_OUT:
            self.store.overloaded = False
        super()._release(now)


class DurationStale(Limiter):
    """A written duration acts only after the next trip."""

    _taken = 0

    def windows_to_trip(self) -> int:
        self._taken = self._taken or super().windows_to_trip()
        return self._taken

    def _trip(self, now: int) -> None:
        super()._trip(now)
        self._taken = 0


class TwoWindowsLate(Limiter):
    """It trips two windows late."""

    def windows_to_trip(self) -> int:
        return super().windows_to_trip() + 2


class LimitInKilowatts(Limiter):
    """The limit acts in whole kilowatts."""

    def exceeds(self, energy: Watts, limit: int) -> bool:
        kilowatt = 1000 * self.settings.window_ns
        return super().exceeds(energy, max(limit // kilowatt, 1) * kilowatt)


class LimitOfSixteenBits(Registers):
    """A written load limit keeps its low 16 bits."""

    def _setup_writer(self, item: str) -> Writer:
        write = super()._setup_writer(item)

        def short(to: Value, now: int) -> None:
            write(max(whole(to) & 0xFFFF, 1) if item == "load_limit" else to, now)

        return short


class SwitchedOffFrees(Registers):
    """Switching the limiter off ends an interval or a lock-out."""

    def _enable(self, to: Value, now: int) -> None:
        super()._enable(to, now)
        if not self.store.overload_enabled and self.store.release_at < FOREVER:
            self.store.release_at = now


class ReconnectEndsLockOut(Relay):
    """A remote disconnect during a lock-out ends the lock-out when it is taken back."""

    def command(self, closed: bool, now: int) -> None:
        if closed and self.store.holds & COMMAND and self.store.holds & LOCK_OUT:
            self.store.release_at = now
        super().command(closed, now)


_ROOMS = (
    LowestCauseOnly, MildestState, ReconnectEndsInterval, OrderLostInModeNought, ModeSixIsThree, ButtonEndsLockOut,
    DeafAfterMoving, CutShortForgotten, IntervalAnew, LockOutStandsStill, AttemptsLostWithThePower, QuietNotBegunAnew,
    EndToldAtOnce, EndUntoldAfterLockOut, DurationStale, TwoWindowsLate, LimitInKilowatts, LimitOfSixteenBits,
    SwitchedOffFrees, ReconnectEndsLockOut,
)  # fmt: skip

FAULTS = unlisted("UD", *_ROOMS)
