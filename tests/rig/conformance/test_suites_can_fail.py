"""Every case of load and source is failed by some driver that lies: a suite that nothing fails proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from drivers.emulated.bench import SimDevices, open_sim
from rig.clock import Span, VirtualClock
from rig.conformance import loads, meters, senses, sources
from rig.conformance.holding import Broken, look
from rig.contracts import LoadMeasurement, SenseSample


class Sim:
    """A load and a source on one circuit, each with one method that lies."""

    def __init__(self, lie: str = "", how: Callable[..., Any] | None = None) -> None:
        self.clock = VirtualClock()
        self.devices: SimDevices = open_sim({"rating_w": 3680}, self.clock)
        self.devices.source.on(Decimal(230), Decimal(50))
        for device in (self.devices.load, self.devices.source):
            if how is not None and hasattr(device, lie):
                setattr(device, lie, _lying(getattr(device, lie), how))

    def load(self) -> loads.LoadUnderTest:
        return loads.LoadUnderTest(
            self.devices.load, self.clock, self.set_volts, lambda: int(str(self.devices.truth()["load_watts"]))
        )

    def source(self) -> sources.SourceUnderTest:
        circuit = self.devices.emulated.circuit
        return sources.SourceUnderTest(
            self.devices.source, self.clock, 276, lambda: (circuit.line_millivolts, circuit.source_millihertz)
        )

    def set_volts(self, volts: int) -> None:
        self.devices.emulated.circuit.set_source(volts > 0, (volts or 230) * 1000)


def _lying(honest: Callable[..., Any], how: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: how(honest, *arguments)


def _half(honest: Callable[..., Any], watts: int) -> object:
    return honest(watts // 2)


def _in_the_past(honest: Callable[..., Any], *arguments: Any) -> Span:
    return Span(honest(*arguments).lo - 10**9, honest(*arguments).hi)


def _nothing(_honest: Callable[..., Any], *_arguments: Any) -> Span:
    return Span(0, 1)


def _clipped(honest: Callable[..., Any], watts: int) -> object:
    return honest(max(0, min(watts, 3680)))


def _stale(honest: Callable[..., Any]) -> LoadMeasurement:
    seen: LoadMeasurement = honest()
    return seen._replace(power_w=Decimal(999))


def _frozen(_honest: Callable[..., Any]) -> str:
    return ""


def _always(_honest: Callable[..., Any]) -> str:
    return "undervoltage"


LOAD_LIES = {
    "draws what it was told": ("draw_watts", _half),
    "the span holds the moment": ("draw_watts", _in_the_past),
    "zero watts is off": ("off", _nothing),
    "off is off and may be said twice": ("off", _nothing),
    "the rating refuses and nothing changes": ("draw_watts", _clipped),
    "measures what is there": ("measure", _stale),
    "measures anew each time": ("measure", _stale),
    "a dead line is a trip by name and not an error": ("tripped", _frozen),
    "draws again after a trip": ("tripped", _always),
    "off works while tripped": ("off", _nothing),
}
SOURCE_LIES = {
    "goes on as told": ("on", lambda honest, volts, hertz: honest(volts - 10, hertz)),
    "goes off": ("off", _nothing),
    "off may be said twice": ("off", _nothing),
    "changes while on": ("on", lambda honest, volts, hertz: honest(Decimal(230), hertz)),
    "ratings refuse and nothing changes": (
        "on",
        lambda honest, volts, hertz: honest(max(min(volts, 276), 1), Decimal(50)),
    ),
    "comes back after off": ("off", _nothing),
}


@pytest.mark.parametrize("case", loads.CASES, ids=lambda case: case.__name__)
def test_a_lying_load_fails(case: Callable[..., None]) -> None:
    [held] = look([case], Sim().load())
    assert held.held, held.why
    [found] = look([case], Sim(*LOAD_LIES[held.case]).load())
    assert not found.held
    assert found.why
    assert not found.bench


@pytest.mark.parametrize("case", sources.CASES, ids=lambda case: case.__name__)
def test_a_lying_source_fails(case: Callable[..., None]) -> None:
    [held] = look([case], Sim().source())
    assert held.held, held.why
    [found] = look([case], Sim(*SOURCE_LIES[held.case]).source())
    assert not found.held
    assert found.why


class StuckSense:
    """A channel that always says the same, and never that it is gone."""

    def sample(self) -> SenseSample:
        return SenseSample(0, 0, True, True)

    def announces(self, _listener: Callable[[], None]) -> bool:
        return True


@pytest.mark.parametrize("case", senses.CASES, ids=lambda case: case.__name__)
def test_a_stuck_channel_fails(case: Callable[..., None]) -> None:
    under = senses.SenseUnderTest(StuckSense(), VirtualClock(), lambda *_: None, lambda: None, True, True)
    with pytest.raises(Broken):
        case(under)


class BadMeter:
    """A meter that forgets items, jumps, and takes a recharge twice."""

    def __init__(self) -> None:
        from rig.contracts import Capability, MeterEvent

        self.items = frozenset({"serial", "balance", "arrears", "output_state"})
        self.capabilities = frozenset({Capability.EVENTS, Capability.REMOTE_RELAY, Capability.RECHARGE})
        self.event_entries = 1
        self._reads = 0
        self._event = MeterEvent

    def read(self, *items: str) -> Any:
        from rig.contracts import MeterReading

        self._reads += 1
        spans = {"serial": Span(5, 6), "balance": Span(5, 6), "arrears": Span(7, 8), "output_state": Span(1, 2)}
        values = {"serial": str(self._reads), "balance": 1, "arrears": 1, "output_state": True}
        return MeterReading(values if len(items) != 0 else {"serial": "x"}, spans)  # type: ignore[arg-type]

    def write(self, _item: str, _setting: object) -> Span:
        return Span(0, 1)

    def disconnect(self) -> Span:
        return Span(-5, -4)

    reconnect = disconnect

    def events(self) -> list[Any]:
        return [self._event(2, 1, "b", None), self._event(1, 1, "a", None)]

    def recharge(self, _amount: int, _recharge_id: int) -> Any:
        from rig.contracts import RechargeOutcome, RechargeResult

        return RechargeResult(RechargeOutcome.ACCEPTED, 3, Span(0, 1), Span(1, 2))


@pytest.mark.parametrize("case", meters.CASES + meters.ACTING, ids=lambda case: case.__name__)
def test_a_bad_meter_fails(case: Callable[..., None]) -> None:
    meter: Any = BadMeter()
    with pytest.raises(Broken):
        case(meters.MeterUnderTest(meter, VirtualClock(), meter))
