"""What every `Meter` must do, and every `Wallet`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rig.clock import SECOND, Clock
from rig.conformance.holding import hold, refuses
from rig.contracts import MONEY, Capability, Meter, RechargeOutcome, Wallet

NO_ITEM = "no such item"


@dataclass
class MeterUnderTest:
    """A meter with its mains on. `wallet` None: its money is elsewhere. `paise`, `recharge_id`: what a recharge may be."""

    meter: Meter
    clock: Clock
    wallet: Wallet | None = None
    paise: int = 123
    recharge_id: int = 1

    def waits_for(self, closed: bool) -> bool:
        """Whether the meter says within 10 s that its contact is so."""
        until = self.clock.now() + 10 * SECOND
        return self.clock.sleep_until(until, lambda: self.meter.read("output_state").output_closed is closed)


def reads_everything_it_offers(under: MeterUnderTest) -> None:
    """A read of everything has every item, each with a span inside the call."""
    before = under.clock.now()
    reading = under.meter.read()
    after = under.clock.now()
    offered = under.meter.items
    hold(bool(offered), "it offers no item")
    hold(set(reading.values) == offered, f"missing: {sorted(offered - set(reading.values))}")
    for item, span in reading.spans.items():
        hold(before <= span.lo < span.hi <= after, f"{item}: span {span} is not inside the call, {before} to {after}")


def reads_what_was_asked_and_nothing_else(under: MeterUnderTest) -> None:
    """A read of one item has that item alone."""
    for item in sorted(under.meter.items)[:5]:
        found = set(under.meter.read(item).values)
        hold(found == {item}, f"asked for {item}: {sorted(found)} came")


def money_is_of_one_moment(under: MeterUnderTest) -> None:
    """Items of money that are read together have one span."""
    money = sorted(under.meter.items & set(MONEY))
    if len(money) > 1:
        spans = set(under.meter.read(*money).spans.values())
        hold(len(spans) == 1, f"{', '.join(money)} came in {len(spans)} pieces")


def an_unknown_item_is_refused(under: MeterUnderTest) -> None:
    """An item that it does not offer is a KeyError when read, and is refused when written."""
    refuses(KeyError, lambda: under.meter.read(NO_ITEM), "reading an unknown item")
    refuses((KeyError, ValueError), lambda: under.meter.write(NO_ITEM, 1), "writing an unknown item")


def is_the_same_meter_each_time(under: MeterUnderTest) -> None:
    """What names the meter reads the same twice."""
    names = sorted(under.meter.items & {"serial", "firmware"})
    if names:
        first, second = under.meter.read(*names).values, under.meter.read(*names).values
        hold(first == second, f"{dict(first)} and then {dict(second)}")


def events_come_in_order_by_known_names(under: MeterUnderTest) -> None:
    """The log is told oldest first, and not longer than it says."""
    if Capability.EVENTS not in under.meter.capabilities:
        return
    found = under.meter.events()
    numbers = [event.sequence for event in found]
    hold(numbers == sorted(set(numbers)), f"sequence numbers are {numbers}")
    hold(
        len(found) <= under.meter.event_entries, f"{len(found)} entries came from a log of {under.meter.event_entries}"
    )


def the_relay_moves_when_told(under: MeterUnderTest) -> None:
    """Disconnect opens, reconnect closes, and the meter says so."""
    if Capability.REMOTE_RELAY not in under.meter.capabilities or "output_state" not in under.meter.items:
        return
    for order, closed in ((under.meter.disconnect, False), (under.meter.reconnect, True)):
        before = under.clock.now()
        span = order()
        hold(before <= span.lo < span.hi <= under.clock.now(), f"span {span} is not inside the call")
        hold(under.waits_for(closed), f"after 10 s the contact is not said to be {'closed' if closed else 'open'}")


def a_recharge_is_credited_once(under: MeterUnderTest) -> None:
    """A recharge is accepted, and the same id again is not."""
    if under.wallet is None:
        return
    first = under.wallet.recharge(under.paise, under.recharge_id)
    hold(first.outcome is RechargeOutcome.ACCEPTED, f"the recharge was {first.outcome} (code {first.code})")
    hold(first.sent.lo < first.settled.hi, f"spans {first.sent}, {first.settled} are not in order")
    again = under.wallet.recharge(under.paise, under.recharge_id)
    hold(again.outcome is not RechargeOutcome.ACCEPTED, "the same id was accepted twice")


CASES: tuple[Callable[[MeterUnderTest], None], ...] = (
    reads_everything_it_offers,
    reads_what_was_asked_and_nothing_else,
    money_is_of_one_moment,
    an_unknown_item_is_refused,
    is_the_same_meter_each_time,
    events_come_in_order_by_known_names,
)
"""Cases that change nothing."""

ACTING: tuple[Callable[[MeterUnderTest], None], ...] = (the_relay_moves_when_told, a_recharge_is_credited_once)
"""Cases that move the relay and spend money."""
