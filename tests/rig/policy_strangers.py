"""A random life under a policy with everything in it, lived twice: by the emulated firmware, and by the rig's account keeping.

The oracle is told what the copper did, what was paid and how the clock was set; the firmware is only asked for its
registers. What they do not agree on is collected in words. Nothing but whole paise is compared, and instants of the contact.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from fractions import Fraction

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.meter.settings import MeterSettings
from rig.account_keeping import AccountKeeping
from rig.clock import DAY, MILLISECOND, SECOND, Span, VirtualClock
from rig.contracts import MeterReading
from rig.interval import Interval
from rig.policy import Policy
from rig.promises import Promises
from tests.rig.drawn_policies import drawn
from tests.rig.strangers import PROMISED

PROMISES = Promises.read(
    {**PROMISED, "accuracy_percent": "0", "clock_s_per_day": "0"}, "reference, as an exact meter with an exact clock"
)
READ = ("balance", "arrears", "clock", "energy", "energy_of_month", "emergency_used")
MOMENTS = (
    "2026-03-03T17:59:58", "2026-03-13T23:59:51", "2026-01-31T23:58:07", "2026-12-31T23:59:59", "2026-08-14T15:59:41",
    "2028-02-28T23:59:30", "2026-03-04T07:58:59", "2026-03-03T10:59:17",
)  # fmt: skip


class PolicyStrangers:
    """Firmware and oracle with one history between them."""

    def __init__(self, seed: int, policy: Policy | None = None, faults: Collection[str] = ()) -> None:
        self.luck = random.Random(seed)
        self.policy = policy or drawn(self.luck)
        self.clock = VirtualClock()
        self.circuit = Circuit(self.clock)
        made = MeterSettings.from_promises(
            PROMISED, self.policy.plain_money(), overload_enabled=False,
            opening_balance=self.luck.choice((0, 1, self.luck.randrange(50_000))),
            opening_arrears=self.luck.choice((0, self.luck.randrange(60_000))),
        )  # fmt: skip
        self.meter = EmulatedMeter(self.circuit, self.clock, made, faults, datetime(2026, 1, 29, 9, 41, 7))
        if (plan := self.policy.file.instalment) is not None:
            self.meter.store.account.instalments = self.luck.choice((0, self.luck.randrange(plan.count + 1)))
        self.keeping = AccountKeeping(self.policy, PROMISES, lambda _kind, _words: None)
        self.heard = self.number = self.ready = 0
        self.told: list[str] = []
        self.disagreements: list[str] = []
        self.circuit.set_source(True)
        self.clock.sleep_until(PROMISES.power_up + SECOND)
        self.keeping.begin(self.clock.now())
        self.keeping.open(self._read())
        self._hear()
        if self.keeping.account is not None and not self.circuit.contact_closed:
            self.keeping.account.emergency.spend()
        self.keeping.found(self.circuit.contact_closed)

    def live(self, steps: int) -> list[str]:
        """Live through so many steps; returns what firmware and oracle do not agree on."""
        does = (self._load, self._pause, self._recharge, self._power_cut, self._set_clock, self._press)
        for _ in range(steps):
            self.luck.choices(does, (5, 2, 4, 1, 1, 1))[0]()
            self._compare()
            if self.disagreements:
                break
        return self.disagreements

    # what happens

    def _load(self) -> None:
        self.circuit.demand_watts(self.luck.choice((0, 60, 731, 2317, self.luck.randrange(4000))))
        self._pass(self.luck.choice((997, 30_011, 3_600_000, self.luck.randrange(2 * 86_400_000))) * MILLISECOND)

    def _pause(self) -> None:
        self.circuit.demand_watts(0)
        self._pass(self.luck.randrange(5 * 86_400_000) * MILLISECOND)

    def _recharge(self) -> None:
        account = self.keeping.account
        assert account is not None
        debt = max(-math.floor(account.balance.lo), 0)
        asked = math.ceil(self.keeping.dues_short(Span.at(self.clock.now())).hi)
        amounts = (101, 12_345, account.arrears, debt, debt + 1, self.luck.randrange(100, 70_000), asked, asked - 1)
        amount = self.luck.choice(amounts[: None if asked else -2])
        amount = max(amount, PROMISES.smallest_recharge)
        self.number += 1
        for item, to in (("recharge_amount", amount), ("recharge_id", self.number), ("recharge_commit", 1)):
            self.meter.set(item, to)
        at, was_open = (
            Span(self.clock.now(), self.clock.now() + PROMISES.recharge_time),
            not self.circuit.contact_closed,
        )
        self._pass_some(PROMISES.recharge_time, lambda: self._credited(amount, at))
        if was_open:
            self._recloses(at)

    def _credited(self, amount: int, at: Span) -> None:
        if self.meter.get("recharge_result") != 3:
            self._differ(f"a recharge of {amount} ended in {self.meter.get('recharge_result')}")
            return
        split = self.keeping.recharge(amount, at, self._register("balance"), self._register("arrears"))
        if (shown := self._register("last_recharge_to_arrears")) != split.to_arrears + split.charges:
            self._differ(f"of {amount} the firmware took {shown} for arrears, the oracle {split}")
        self.told.append(f"recharge {amount}: {split}")

    def _recloses(self, at: Span) -> None:
        """The relay closes when there is enough, and stays open when there is not."""
        account = self.keeping.account
        assert account is not None
        enough = self.keeping.enough(at)
        self._pass(PROMISES.reclose_after_recharge.hi)
        if self.circuit.contact_closed and enough.hi <= 0:
            self._differ(f"closed after a recharge in {at} with a balance of {account.balance}")
        if enough.lo > 0 and not self._closed_since(at.lo):
            self._differ(f"stayed open after a recharge in {at} with a balance of {account.balance}")

    def _closed_since(self, instant: int) -> bool:
        return any(t >= instant and to for t, what, to in self.circuit.log if what == "contact")

    def _power_cut(self) -> None:
        self.circuit.set_source(False)
        self._hear()
        self.keeping.settle(self.clock.now())
        assert self.keeping.account is not None
        self.keeping.account.uncounted(PROMISES.energy_loss, Span.at(self.clock.now()))
        since = self.clock.now()
        self.keeping.blind(since)
        self._pass(self.luck.choice((5_000, 100_000_000)) * MILLISECOND)
        self.circuit.set_source(True)
        self.ready = self.clock.now() + PROMISES.power_up
        self.keeping.blind(since, self.ready)
        self._pass(PROMISES.power_up)

    def _set_clock(self) -> None:
        to = datetime.fromisoformat(self.luck.choice(MOMENTS))
        if self.luck.random() < 0.3:
            shown = self.meter.get("clock")
            assert isinstance(shown, datetime)
            to = shown + timedelta(seconds=self.luck.randrange(-3000, 3000))
        self.meter.set("clock", to)
        self._hear()
        self.keeping.clock_set(to, Span.at(self.clock.now()))
        self.told.append(f"clock set to {to}")
        self._pass(self.luck.choice((2, 60, 601)) * SECOND)

    def _press(self) -> None:
        account = self.keeping.account
        assert account is not None
        self._pass(SECOND)  # a cut that was decided is made
        at, lends = Span.at(self.clock.now()), not self.circuit.contact_closed and self.policy.prepaid
        self.meter.press_button()
        if lends:
            account.pressed(at, True)
        self._pass(5 * SECOND)

    # time passes, and the relay is watched

    def _pass(self, duration: int) -> None:
        """Credit is foreseen for some days only, so that the time is cut into days."""
        until = self.clock.now() + duration
        while self.clock.now() < until:
            self._pass_some(min(until - self.clock.now(), DAY))

    def _pass_some(self, duration: int, happens: Callable[[], None] = lambda: None) -> None:
        """Time passes, and `happens` is told when it has; then the relay is judged by what was foreseen before and since."""
        self._hear()
        self.keeping.settle(self.clock.now())
        since, was_closed = self.clock.now(), self.circuit.contact_closed
        gone = self.keeping.credit_gone(self.ready) if self._may_cut() else None
        self.clock.sleep_until(since + duration)
        opened = [t for t, what, to in self.circuit.log[self.heard :] if what == "contact" and not to]
        foreseen = bool(opened) and gone is not None and gone.lo <= opened[0] <= gone.hi + PROMISES.cut_allowance.hi
        if foreseen:
            self._opened(opened[0], gone, was_closed)
        happens()
        self._hear()
        if opened and not foreseen:
            self._opened(opened[0], self.keeping.credit_gone(self.ready), was_closed)
        if not opened and gone is not None and was_closed and gone.hi + PROMISES.cut_allowance.hi < self.clock.now():
            self._differ(f"still closed at {self._civil()}, and credit was gone in {gone}")
        self.keeping.settle(self.clock.now())

    def _may_cut(self) -> bool:
        return self.policy.prepaid and self.circuit.contact_closed and self.circuit.source_on

    def _opened(self, at: int, gone: Span | None, was_closed: bool) -> None:
        assert self.keeping.account is not None
        if was_closed and (gone is None or not gone.lo <= at <= gone.hi + PROMISES.cut_allowance.hi):
            self._differ(f"opened at {at}, credit gone {gone}, balance {self.keeping.account.balance}")
        if self.keeping.cut_forbidden(Span.at(at)):
            self._differ(f"opened at {at}, in protected time")
        self.keeping.account.emergency.spend()
        self.keeping.cut(Span.at(at))

    def _hear(self) -> list[tuple[int, str, int]]:
        heard = self.circuit.log[self.heard :]
        self.heard = len(self.circuit.log)
        for instant, what, to in heard:
            if what == "watts":
                self.keeping.trace.set(Span.at(instant), Interval.of(to))
            if what == "contact" and to and self.keeping.account is not None:
                self.keeping.account.emergency.reconnected()
                self.keeping.dues.over()
        return heard

    # what is compared

    def _read(self) -> MeterReading:
        values = {item: self.meter.get(item) for item in READ}
        return MeterReading(values, {item: Span.at(self.clock.now()) for item in READ})

    def _register(self, item: str) -> int:
        found = self.meter.get(item)
        assert isinstance(found, int)
        return found

    def _civil(self) -> object:
        return self.meter.get("clock")

    def _compare(self) -> None:
        if not self.circuit.source_on:
            return
        account, now = self.keeping.account, Span.at(self.clock.now())
        assert account is not None
        stands, shown = self.keeping.shown_at(now), self._register("balance")
        if not math.floor(stands.lo) <= shown <= math.floor(stands.hi):
            self._differ(f"balance register {shown}, oracle {float(stands.lo):.3f} … {float(stands.hi):.3f}")
        arrears = self._register("arrears")
        if arrears not in account.arrears_can_be:
            self._differ(f"arrears register {arrears}, oracle {sorted(account.arrears_can_be)}")
        account.saw_arrears(arrears)
        lent, used = account.emergency_used, self._register("emergency_used")
        lag = Fraction(self.keeping.lag_cost(now)) + PROMISES.quantum_cost(self.policy)
        if not math.floor(lent.lo - lag) <= used <= math.ceil(lent.hi) and self.policy.prepaid:
            self._differ(f"emergency credit used {used}, oracle {lent}")

    def _differ(self, words: str) -> None:
        self.disagreements.append(f"at {self.clock.now() / SECOND:.3f} s, {self._civil()}: {words}")
