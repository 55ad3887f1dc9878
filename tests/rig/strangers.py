"""One random history lived through twice: by the emulated firmware, and by the rig's oracle of money.

The oracle is told what the copper did and what was paid; the firmware is only asked for its registers. What they do not
agree on is collected in words.
"""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Collection
from fractions import Fraction
from importlib import resources
from typing import Any

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.meter.settings import MeterSettings
from rig.clock import HOUR, MILLISECOND, SECOND, Span, VirtualClock
from rig.energy import PowerTrace
from rig.interval import Interval
from rig.ledger import Account
from rig.policy import Policy, load_policy
from rig.promises import Promises

PROMISED = tomllib.loads((resources.files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8"))[
    "promises"
]
PROMISES = Promises.read({**PROMISED, "accuracy_percent": "0"}, "reference, as an exact meter")
ARREARS_FIRST = load_policy(resources.files("scenarios.policies") / "arrears_first.toml")
PRICES = ("6.50", "6.37", "5.05", "7.003")


def policy_at(price: str) -> Policy:
    """The shipped policy at another energy charge (rupees per kWh)."""
    table = ARREARS_FIRST.file.model_dump(exclude={"tariff"})
    return Policy(type(ARREARS_FIRST.file).model_validate({**table, "tariff": {"energy_charge": price}}))


class TwoStrangers:
    """Firmware and oracle with one history between them."""

    def __init__(self, seed: int, faults: Collection[str] = ()) -> None:
        self.random = random.Random(seed)
        self.policy = policy_at(self.random.choice(PRICES))
        self.opening = self.random.choice((0, 1, 37, self.random.randrange(100_000)))
        arrears = self.random.choice((0, 1, self.random.randrange(50_000)))
        self.clock = VirtualClock()
        self.circuit = Circuit(self.clock)
        made = MeterSettings.from_promises(
            PROMISED,
            self.policy.plain_money(),
            opening_balance=self.opening,
            opening_arrears=arrears,
            overload_enabled=False,
        )
        self.meter = EmulatedMeter(self.circuit, self.clock, made, faults)
        self.grain = PROMISES.quantum_cost(self.policy)
        self.account = Account(self.policy, Interval.of(self.opening), arrears, grain=self.grain)
        self.trace = PowerTrace()
        self.settled = self.heard = self.number = self.ready = 0
        self.disagreements: list[str] = []
        self._mains(True)

    def live(self, steps: int) -> list[str]:
        """Live through so many steps; returns what firmware and oracle do not agree on."""
        for _ in range(steps):
            step = self.random.choices((self._load, self._pause, self._recharge, self._power_cut), (4, 2, 4, 1))[0]
            step()
            self._compare()
        self.circuit.demand_watts(0)
        self._pass(2 * SECOND)
        self._compare()
        self._compare_registers()
        return self.disagreements

    # what happens

    def _load(self) -> None:
        self.circuit.demand_watts(self.random.choice((0, 7, 60, 2317, 9001, self.random.randrange(9000))))
        self._pass(self.random.choice((1, 997, 30_011, self.random.randrange(5 * 3_600_000))) * MILLISECOND)

    def _pause(self) -> None:
        self.circuit.demand_watts(0)
        self._pass(self.random.randrange(100_000) * MILLISECOND)

    def _recharge(self) -> None:
        amount = self.random.choice((101, 12_345, self.account.arrears, self.random.randrange(100, 70_000)))
        self.number += 1
        for item, to in (("recharge_amount", amount), ("recharge_id", self.number), ("recharge_commit", 1)):
            self.meter.set(item, to)
        at = Span(self.clock.now(), self.clock.now() + PROMISES.recharge_time)
        was_open = not self.circuit.contact_closed
        self._pass(PROMISES.recharge_time)
        if amount < PROMISES.smallest_recharge:
            self._agree("a recharge too small", self._register("recharge_result"), 4)
            return
        self._agree("result of a recharge", self._register("recharge_result"), 3)
        split = self.account.recharge(amount, at)
        self._agree("last recharge to arrears", self._register("last_recharge_to_arrears"), split.to_arrears)
        if was_open:
            self._reclose(at)

    def _reclose(self, at: Span) -> None:
        """The relay closes in its window when there is credit, and stays open when there is none."""
        window = PROMISES.reclose_after_recharge
        credit = self.account.balance
        self._pass(at.lo + window.hi + 1 - self.clock.now())
        closed = [t for t, what, to in self.circuit.log if what == "contact" and to and t >= at.lo]
        if credit.lo > 0 and not (closed and Span.at(closed[0] - at.lo).within(window)):
            self._differ(f"credit {credit}, and the relay closed {closed} after {at}")
        if credit.hi + self.grain <= 0 and closed:
            self._differ(f"credit {credit}, and the relay closed at {closed[0]}")

    def _power_cut(self) -> None:
        self._mains(False)
        self._pass(self.random.randrange(1, 100_000) * MILLISECOND)
        self._mains(True)

    def _mains(self, on: bool) -> None:
        self.circuit.set_source(on)
        now = self.clock.now()
        if on:
            self.ready = now + PROMISES.power_up
            self._pass(PROMISES.power_up)
        else:
            self._settle()
            self.account.uncounted(PROMISES.energy_loss, Span.at(now))

    # time passes, and the relay is watched

    def _pass(self, duration: int) -> None:
        """Let time pass. A relay that opens does so when credit is gone; one that has to, does."""
        self._hear()
        self._settle()
        gone = self._credit_gone()
        self.clock.sleep_until(self.clock.now() + duration)
        opened = [t for t, what, to in self._hear() if what == "contact" and not to]
        if gone is None:
            if opened:
                self._differ(f"opened at {opened[0]} with a balance of {self.account.balance}")
        else:
            self._watch_cut(gone, opened)
        self._settle()

    def _credit_gone(self) -> Span | None:
        if not self.circuit.contact_closed or not self.circuit.source_on:
            return None
        return self.account.credit_gone(self.trace.segments(self.settled))

    def _watch_cut(self, gone: Span, opened: list[int]) -> None:
        latest = max(gone.hi, self.ready) + PROMISES.cut_allowance.hi
        if opened and not gone.lo <= opened[0] <= latest:
            self._differ(f"opened at {opened[0]}, credit was gone in {gone}")
        if not opened and latest < self.clock.now():
            self._differ(f"still closed at {self.clock.now()}, credit was gone in {gone}")

    def _hear(self) -> list[tuple[int, str, int]]:
        """What the copper did since the last time; power goes to the oracle's trace."""
        heard = self.circuit.log[self.heard :]
        self.heard = len(self.circuit.log)
        for instant, what, to in heard:
            if what == "watts":
                self.trace.set(Span.at(instant), Interval.of(to))
        return heard

    def _settle(self) -> None:
        now = self.clock.now()
        if now > self.settled:
            energy = self.trace.energy_wh(self.settled, Span.at(now))
            self.account.consume(energy, Span(self.settled, now))
            self.settled = now

    # what is compared

    def _register(self, item: str) -> Any:
        return self.meter.get(item)

    def _compare(self) -> None:
        now = self.clock.now()
        lagging = self.trace.energy_wh(max(now - PROMISES.balance_lag, 0), Span.at(now)).hi * self.policy.paise_per_wh
        balance = self.account.balance
        least, most = math.floor(balance.lo), math.floor(balance.hi + self.grain + lagging)
        shown = self._register("balance")
        if not least <= shown <= most:
            self._differ(f"balance register {shown}, oracle {least} … {most}")
        self._agree("arrears register", self._register("arrears"), self.account.arrears)

    def _compare_registers(self) -> None:
        """With nothing flowing: the debit is the energy register times the price, to the paisa."""
        energy = Fraction(self._register("energy"))
        due = self.opening + self.account.credited - energy * self.policy.paise_per_wh
        self._agree("balance by the energy register", self._register("balance"), math.floor(due))
        flowed = Fraction(self.circuit.energy_through(self.clock.now()), HOUR)
        cuts = sum(entry.kind == "power failure" for entry in self.account.entries)
        if not flowed - PROMISES.energy_quantum * (1 + cuts) < energy <= flowed:
            self._differ(f"energy register {float(energy)} Wh, {float(flowed)} Wh flowed, {cuts} power failures")

    def _agree(self, what: str, firmware: object, oracle: object) -> None:
        if firmware != oracle:
            self._differ(f"{what}: firmware {firmware}, oracle {oracle}")

    def _differ(self, words: str) -> None:
        self.disagreements.append(f"at {self.clock.now() / SECOND:.3f} s: {words}")
