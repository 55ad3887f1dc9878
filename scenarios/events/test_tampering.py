"""Tampering is told once as it begins and once as it ends, stays told over a power failure, and moves neither relay nor money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, DisconnectCause, RelayState, Wiring
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.noticed import (
    longer_than_tampering_lasts,
    opened_by_tampering,
    tampering_lasts,
    tampering_opens,
    tampering_opens_nothing,
)

if TYPE_CHECKING:
    from rig.bench import Bench


SUPPLIED = Absent("supply goes on", "opening", longer_than_tampering_lasts, "tampering opens no relay")
TOLD = "told beside what was due"
KEPT = "still told after the failure"


@scenario(
    "EVT-5",
    "Tampering: told once as it begins and once as it ends, also over a power failure",
    requires=("TAMPERING", "EVENTS", "POWER-FAIL"),
    needs={Capability.EVENTS, Capability.TAMPER},
    beyond=tampering_opens,
    starts=Start(credit=rupees("523.45"), settings={"load_limit": 9000}),
    catches={"E32": TOLD, "E33": TOLD, "E34": SUPPLIED.name},
    judges=(
        SUPPLIED,
        Equal(TOLD, 0, "each sign of tampering that lasts is told once as it begins and once as it ends"),
        Equal(KEPT, True, "what was told stays in the log"),
        Equal("disconnect cause", DisconnectCause.NONE.name, "tampering is no reason to disconnect"),
        Money("balance afterwards"),
    ),
    wall_seconds=110,
)
def test_tampering(bench: Bench) -> None:
    """For a moment, then all signs at once; the mains fail meanwhile; then ended, and once more one after the other."""
    signs, long = bench.tamper_signs(), bench.longest(SUPPLIED.name)
    mark = bench.mark_log()
    first = bench.draw_watts(1234)
    for sign in signs:
        bench.tamper(sign)
    bench.sleep_ns(bench.promises.unnoticed(tampering_lasts(bench.promises)))
    for sign in signs:
        bench.end_tampering(sign)
    bench.sleep_ns(long)
    told = bench.told_since(mark)
    seen = [(told[sign.value], f"{sign} for a moment: told {told[sign.value]} time(s)") for sign in signs]
    for sign in signs:
        bench.tamper(sign)
    bench.sleep_ns(long)
    bench.power_cycle()
    bench.draw_watts(1013)
    bench.sleep_ns(long)
    told = bench.told_since(mark)
    bench.observe(KEPT, all(told[sign.value] for sign in signs))
    bench.observe_cause("disconnect cause")
    for sign in signs:
        bench.end_tampering(sign)
    for sign in signs:
        bench.sleep_ns(long)
        bench.tamper(sign)
        bench.sleep_ns(long)
        bench.end_tampering(sign)
    bench.stays(SUPPLIED.name, RelayState.CLOSED, since=first)
    told = bench.told_since(mark)
    for sign in signs:
        begun, ended = told[sign.value], told[f"{sign} ended"]
        seen += [
            (begun - 2, f"{sign}: begun {begun} time(s) of two"),
            (ended - 2, f"{sign}: ended {ended} time(s) of two"),
        ]
    bench.observe_each(TOLD, seen)
    bench.observe_balance("balance afterwards")


@scenario(
    "EVT-6",
    "A load wired backwards, or past the phase: told once as it begins and once as it ends",
    requires=("TAMPERING", "EVENTS", "METERING-BACKWARDS", "METERING-NEUTRAL"),
    needs={Capability.EVENTS, Capability.TAMPER, Capability.EXPORT, Capability.NEUTRAL_CURRENT},
    beyond=tampering_opens,
    starts=Start(credit=rupees("523.45"), settings={"load_limit": 9000}),
    catches={"E36": TOLD},
    judges=(
        SUPPLIED,
        Equal(TOLD, 0, "each wiring that lasts is told once as it begins and once as it ends"),
        Money("balance afterwards"),
    ),
    wall_seconds=90,
)
def test_a_load_wired_otherwise(bench: Bench) -> None:
    """Each for a moment, then for long, the load off between; backwards twice, and the mains fail the second time."""
    long, seen, began = bench.longest(SUPPLIED.name), [], bench.now()
    for wiring, event in bench.wirings_that_are_told():
        mark, times = bench.mark_log(), 2 if wiring is Wiring.REVERSED else 1
        for number in range(1 + times):
            bench.wire(wiring)
            bench.draw_watts(1733)
            bench.sleep_ns(long if number else bench.promises.unnoticed(tampering_lasts(bench.promises)))
            if number == 2:
                bench.power_cycle()
                bench.draw_watts(1733)
                bench.sleep_ns(long)
            bench.wire(Wiring.USUAL)
            bench.sleep_ns(long)
        told = bench.told_since(mark)
        seen += [(told[name] - times, f"{name}: told {told[name]} time(s)") for name in (event, f"{event} ended")]
    bench.stays(SUPPLIED.name, RelayState.CLOSED, since=began)
    bench.observe_each(TOLD, seen)
    bench.observe_balance("balance afterwards")


@scenario(
    "EVT-7",
    "Where tampering opens the relay: in time, not for a moment of it, and until all of it has ended",
    requires=("TAMPERING-OPENS", "TAMPERING", "POWER-FAIL", "RELAY-TRUTH"),
    needs={Capability.EVENTS, Capability.TAMPER},
    beyond=tampering_opens_nothing,
    starts=Start(credit=rupees("523.45"), settings={"load_limit": 9000}),
    catches={"E37": "opened by tampering"},
    judges=(
        Absent("stays closed for a moment of it", "opening", longer_than_tampering_lasts, "only what lasts opens"),
        Timed("opened by tampering", opened_by_tampering),
        Equal("disconnect cause", DisconnectCause.TAMPER.name, "the meter says why it is open"),
        Equal("register views", True, "output state and control state say what the contact does"),
        Absent("stays open while it goes on", "closing", longer_than_tampering_lasts, "the end of one sign is not all"),
        Timed("closed when it has ended", opened_by_tampering),
        Money("balance afterwards"),
    ),
    wall_seconds=90,
)
def test_tampering_opens_the_relay(bench: Bench) -> None:
    """A moment; then all signs, the mains failing once; all but one ended, then the last. Twice."""
    signs = bench.tamper_signs()
    for power_fails in (True, False):
        began = bench.draw_watts(1234)
        bench.tamper(signs[0])
        bench.sleep_ns(bench.promises.unnoticed(tampering_lasts(bench.promises)))
        bench.end_tampering(signs[0])
        bench.stays("stays closed for a moment of it", RelayState.CLOSED, since=began)
        tampered = [bench.tamper(sign) for sign in signs]
        if bench.awaits("opened by tampering", RelayState.OPEN, since=tampered[0]) is None:
            return
        bench.sleep_ns(bench.longest("stays open while it goes on"))
        opened = bench.power_cycle() if power_fails else bench.now()
        for sign in signs[1:]:
            bench.end_tampering(sign)
        bench.stays("stays open while it goes on", RelayState.OPEN, since=opened)
        bench.observe_cause("disconnect cause")
        bench.observe_views("register views", "tamper")
        ended = bench.end_tampering(signs[0])
        if bench.awaits("closed when it has ended", RelayState.CLOSED, since=ended) is None:
            return
        bench.load_off()
    bench.observe_balance("balance afterwards")
