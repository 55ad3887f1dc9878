"""What every scenario checks at its end: one wrong meter each, one row each, and none for a right one."""

from pathlib import Path

import pytest

from drivers.emulated.faults import FAULTS, Fault
from drivers.emulated.meter import events
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.registers import Registers
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.room import Room
from rig.bench import Bench
from rig.contracts import RelayState
from rig.money import rupees
from rig.scenario import Equal, Start, scenario
from rig.verdict import Word
from tests.rig.running import run_own

SETTINGS = {"load_limit": 2317, "over_threshold_duration": 3, "under_threshold_duration": 2, "reclose_interval": 5}


@scenario(
    "T-ALL",
    "Some of everything, and nothing is judged of it",
    requires=(),
    starts=Start(credit=rupees("2.10"), arrears=0, settings={**SETTINGS, "alarm_1": 205, "alarm_2": 100}),
    judges=(Equal("got to the end", True),),
)
def some_of_everything(bench: Bench) -> None:
    bench.draw_watts(2003)
    bench.sleep(30)
    trip = bench.now()
    bench.draw_watts(2999)
    bench.wait_for(RelayState.OPEN, trip.hi + 10**10, trip)
    bench.load_off()
    bench.wait_for(RelayState.CLOSED, trip.hi + 2 * 10**10, trip)
    bench.sleep(15)
    bench.write_setting("load_limit", 3001)
    bench.recharge(rupees("7.77"))
    bench.power_off()
    bench.sleep(2)
    bench.power_on()
    bench.remote_disconnect()
    bench.sleep(2)
    bench.observe("got to the end", True)


class ReadsHigh(Metering):
    def seen(self, watts: int) -> int:
        return watts * 102 // 100


class ShowsHigh(Registers):
    def __init__(self, *rooms: object) -> None:
        super().__init__(*rooms)  # type: ignore[arg-type]
        shown = self.readers["power"]
        self.readers["power"] = lambda now: int(shown(now)) * 103 // 100  # type: ignore[arg-type]


class LosesEnergy(Metering):
    def kept(self, quanta: int) -> int:
        return quanta - 5


class SaysReady(Relay):
    def shown_control(self) -> int:
        return 2 if not self.position else 1


class ForgetsCause(Relay):
    def refresh(self) -> None:
        super().refresh()
        self.cause = 0


def without(code: int) -> type[EventLog]:
    class Silent(EventLog):
        def record(self, code_: int, now: int) -> None:
            if code_ != code:
                super().record(code_, now)

    return Silent


def twice(code: int) -> type[EventLog]:
    class Twice(EventLog):
        def record(self, code_: int, now: int) -> None:
            super().record(code_, now)
            if code_ == code:
                super().record(code_, now)

    return Twice


LOGGED = (
    events.OVERLOAD_BEGAN, events.OVERLOAD_ENDED, events.LOAD_LIMIT_SET, events.LOW_CREDIT["alarm_1"],
    events.POWER_FAIL, events.POWER_RESTORE, events.RECHARGE_ACCEPTED, events.SWITCH_OPENED, events.SWITCH_CLOSED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("room", "of"),
    [
        (ReadsHigh, "metering: the power register says"),
        (ShowsHigh, "metering: the power register says"),
        (LosesEnergy, "metering: the energy register moved by"),
        (SaysReady, "claim: control_state says READY_FOR_RECONNECTION; remote command"),
        (ForgetsCause, "claim: disconnect_cause says NONE; remote command"),
        *((wrong(code), "events: event ") for code in LOGGED for wrong in (without, twice)),
    ],
)
def test_a_wrong_meter_is_one_row(room: type[Room], of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "WRONG", Fault("WRONG", "", "", "", (room,)))
    outcome, _ = run_own(some_of_everything, tmp_path / "run", faults=("WRONG",))
    assert outcome.word is Word.FAIL
    assert len(outcome.reasons) == 1, outcome.reasons
    assert outcome.reasons[0].startswith(of)


def test_a_right_meter_has_none(tmp_path: Path) -> None:
    outcome, evidence = run_own(some_of_everything, tmp_path / "run")
    assert outcome.word is Word.PASS, outcome.reasons
    assert len(list(evidence.of("steady"))) == 1
