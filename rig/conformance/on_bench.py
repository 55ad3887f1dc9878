"""The suites put onto the devices of one position: what may be drawn, what is seen, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rig.catalogue import opener
from rig.clock import SECOND, Clock
from rig.config import BenchFile
from rig.conformance import loads, meters, pressing, sources, watching
from rig.conformance.holding import Finding, look
from rig.conformance.loads import LoadUnderTest
from rig.conformance.meters import MeterUnderTest
from rig.conformance.pressing import PressUnderTest
from rig.conformance.sources import SourceUnderTest
from rig.conformance.watching import WatchUnderTest
from rig.contracts import Capability, Devices, Meter, RelayState, Wallet
from rig.errors import DeviceRefused, LinkError, RigError

_AWAKE_WITHIN = 20 * SECOND
_UNSEEN_PERCENT = Decimal(10)
"""Wider than the steps in which a source is tried: nobody looks, so only on and off are told apart."""

_PARTS = (Decimal("0.11"), Decimal("0.317"), Decimal("0.523"))
"""Of the most that may be drawn: odd powers, well apart."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the suites are run: what readings may lie off (percent), how long a setting settles (ns), whether the relay is moved,
    money spent and the button pressed."""

    within: Decimal = Decimal(2)
    settle: int = SECOND // 2
    act: bool = False


class OnBench:
    """One position. `findings` yields (device, finding) as they come; the caller makes the position safe afterwards."""

    def __init__(
        self,
        bench: BenchFile,
        position: str,
        devices: Devices,
        meter: Meter,
        wallet: Wallet,
        clock: Clock,
        manner: Manner,
    ) -> None:
        self._bench = bench
        self._table = bench.position(position)
        self._devices = devices
        self._meter = meter
        self._wallet = wallet
        self._clock = clock
        self._manner = manner

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """Meter first, since nothing is drawn for it; then the sense channel, the source, the load; the button, if that may act."""
        if failed := self._wake():
            yield "meter", failed
            return
        yield from self._of("meter", self._meter_cases(), self._meter_under())
        yield from self._of("sense", watching.CASES, self._sense_under())
        shut = self._shut()
        yield from self._of("source", sources.CASES, self._source_under(seen=not shut))
        self._feed(True)
        self._settled()
        if shut or (shut := self._shut()):
            yield "load", Finding("reaches the line", "The load has voltage behind the meter.", False, shut, True)
            return
        under = self._load_under()
        cases = [c for c in loads.CASES if under.measures or c not in loads.MEASURING]
        yield from self._of("load", cases, under)
        if self._manner.act and self._devices.button is not None:
            self._devices.load.off()
            self._feed(True)
            pressed = PressUnderTest(self._devices.button, self._meter, self._devices.sensing, self._clock)
            yield from self._of("button", pressing.CASES, pressed)

    def _of(self, device: str, cases: Sequence[Callable[[Any], None]], under: object) -> Iterator[tuple[str, Finding]]:
        for case in cases:
            self._devices.still_here()
            for finding in look([case], under):
                yield device, finding

    def _wake(self) -> Finding | None:
        """Mains on, and the meter answers; what went wrong otherwise."""
        said = "no answer"

        def answers() -> bool:
            nonlocal said
            try:
                self._meter.read(*sorted(self._meter.items)[:1])
            except LinkError as error:
                said = str(error)
                return False
            return True

        try:
            self._feed(True)
        except (RigError, ValueError) as error:
            said = str(error)
        else:
            if self._clock.sleep_until(self._clock.now() + _AWAKE_WITHIN, answers):
                return None
        return Finding("answers", "The meter answers within 20 s of its mains.", False, said, True)

    def _feed(self, live: bool) -> None:
        if live:
            self._devices.source.on(self._bench.mains.volts, self._bench.mains.hertz)
        else:
            self._devices.source.off()

    def _settled(self) -> None:
        self._clock.sleep_until(self._clock.now() + self._manner.settle)

    def _shut(self) -> str:
        """Why nothing can be drawn behind the meter; empty when something can. The channel is given its grid to see it."""

        def closed() -> bool:
            return self._devices.sensing.watch().state is RelayState.CLOSED

        seen_by = self._clock.now() + 5 * self._table.every_ms * SECOND // 1000
        if closed() or self._clock.sleep_until(seen_by, closed):
            return ""
        return "the meter's contact is not closed, so nothing can be drawn; recharge or reconnect the meter first"

    def _meter_cases(self) -> tuple[Callable[[MeterUnderTest], None], ...]:
        return meters.CASES + (meters.ACTING if self._manner.act else ())

    def _meter_under(self) -> MeterUnderTest:
        wallet = self._wallet if Capability.RECHARGE in self._meter.capabilities else None
        before = self._meter.read("last_recharge_id") if "last_recharge_id" in self._meter.items else None
        last = (before.whole("last_recharge_id") or 0) if before is not None else 0
        return MeterUnderTest(self._meter, self._clock, wallet, recharge_id=last + 1)

    def _sense_under(self) -> WatchUnderTest:
        from rig.clock import seconds

        _, most = (self._table.sense or {}).get("delay_s", ("0", "0"))
        every = self._table.every_ms * SECOND // 1000
        return WatchUnderTest(
            self._devices.sensing, self._clock, self._feed, every, seconds(most) + self._manner.settle
        )

    def _source_under(self, seen: bool) -> SourceUnderTest:
        mains, settings = self._bench.mains, self._settings("sources", self._source_table())
        fixed = getattr(settings, "volts", None) is not None
        volts = (
            (mains.volts,)
            if fixed
            else tuple((mains.volts * p).quantize(Decimal("0.1")) for p in map(Decimal, ("1", "0.95", "0.97")))
        )
        hertz = (mains.hertz,) if fixed else (mains.hertz, mains.hertz - Decimal("0.5"), mains.hertz)
        most = min(self._bench.limits.volts, getattr(settings, "most_volts", None) or self._bench.limits.volts)
        load = self._settings("loads", dict(self._table.load or {}))
        eyes = seen and self._measures() and getattr(load, "sees_volts", True)

        def truth() -> tuple[Decimal, int | None]:
            """What the load sees behind the meter; where nothing sees it, the source's own word, at mains voltage."""
            if eyes:
                return self._devices.load.measure().voltage_v * 1000, None
            return (mains.volts * 1000 if self._devices.source.is_on() else Decimal(0)), None

        within = self._manner.within if eyes else _UNSEEN_PERCENT
        return SourceUnderTest(self._devices.source, self._clock, most, truth, volts, hertz, within, self._settled)

    def _source_table(self) -> dict[str, Any]:
        shared = self._bench.source if self._table.name in self._bench.shared_by else self._table.source
        return dict(shared or self._table.source or {})

    def _settings(self, kind: str, table: dict[str, Any]) -> Any:
        """The checked table of a device; None where the bench emulates it."""
        from rig.certificate import divided

        if "type" not in table:
            return None
        return opener(kind, str(table["type"])).model.model_validate(divided(table)[0])

    def _load_under(self) -> LoadUnderTest:
        limits, volts = self._bench.limits, int(self._bench.mains.volts)
        settings = self._settings("loads", dict(self._table.load or {}))
        full = min(self._devices.load.rating_w, limits.watts, limits.amps * volts)
        steps = [w for w in getattr(settings, "levels_w", ()) or () if 0 < w <= full]
        levels = _spread(steps) if steps else tuple(int(full * part) for part in _PARTS)
        load = self._devices.load
        return LoadUnderTest(
            load,
            self._clock,
            lambda v: self._feed(v > 0),
            lambda: load.measure().power_w,
            (levels[0], levels[1], levels[2]),
            self._manner.within,
            self._settled,
            max(steps) if steps else full,
            volts,
            tells_undervoltage=_tells(settings),
            measures=self._measures(),
        )

    def _measures(self) -> bool:
        try:
            self._devices.load.measure()
        except DeviceRefused:
            return False
        return True


def _tells(settings: Any) -> bool:
    """Whether a load has a word for a dead line: none is known to lack it but those that say so."""
    return bool(getattr(settings, "tells_undervoltage", True))


def _spread(steps: Sequence[int]) -> tuple[int, ...]:
    """Three of the steps, rising; the same again where there are fewer."""
    rising = sorted(steps)
    return rising[0], rising[len(rising) // 2], rising[-1]
