"""Whether the load does what it is told behind a closed contact, shows it, and leaves the relay sense alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rig.catalogue import opener
from rig.certificate import divided
from rig.clock import SECOND
from rig.contracts import LoadMeasurement, RelayState
from rig.errors import DeviceRefused
from rig.known_relay.place import Place
from rig.known_relay.rows import Row, held, untold, wrong

LOAD = "load"
THRESHOLD = "relay sense under load"
_PARTS = (Decimal("0.021"), Decimal("0.317"), Decimal("0.523"), Decimal("0.913"))
"""Of the most that may be drawn: odd powers, from a small one on."""
_SETTLES = SECOND
_STAYS_ON = 5 * SECOND


class Drawing:
    """Draws some powers, the contact closed and the line live."""

    def __init__(self, place: Place, sees: bool) -> None:
        """`sees`: the relay sense has seen this contact close."""
        self._place = place
        self._sees = sees
        self._load = place.devices.load
        limits = place.bench.limits
        self._most = min(self._load.rating_w, limits.watts, int(limits.amps * place.bench.mains.volts))
        self._states: dict[int, RelayState] = {}
        self._trip = ""

    def rows(self) -> Iterator[Row]:
        """Load first, then what the relay sense made of it; the load is off afterwards."""
        try:
            shown = {watts: self._shown(watts) for watts in self._levels()}
            yield from self._obeys(shown)
            if not self._trip:
                yield self._stays_on()
            yield self._lets_go()
            yield from self._seen_at_every_load()
        except DeviceRefused as refused:
            yield self._refused(refused)
        finally:
            self._load.off()

    def _levels(self) -> list[int]:
        table = dict(self._place.table.load or {})
        if "type" in table:
            settings = opener("loads", str(table["type"])).model.model_validate(divided(table)[0])
            if steps := [w for w in getattr(settings, "levels_w", ()) or () if 0 < w <= self._most]:
                return sorted(steps)
        return [max(int(self._most * part), 1) for part in _PARTS]

    def _shown(self, watts: int) -> tuple[LoadMeasurement, LoadMeasurement]:
        """What it shows of a power once it has settled: at the first asking, and at the second."""
        self._load.draw_watts(watts)
        self._wait(_SETTLES)
        first, second = self._load.measure(), self._load.measure()
        self._trip = self._trip or self._tripped()
        self._states[watts] = self._place.devices.sensing.watch(1 << 30).state
        return first, second

    def _wait(self, duration: int) -> None:
        self._place.clock.sleep_until(self._place.clock.now() + duration)

    def _near(self, watts: int, shown: LoadMeasurement) -> bool:
        return abs(shown.power_w - watts) <= Decimal(watts) / 20 + Decimal(self._load.rating_w) / 500

    def _obeys(self, shown: dict[int, tuple[LoadMeasurement, LoadMeasurement]]) -> Iterator[Row]:
        words = ", ".join(f"{watts} W: {second.power_w:.1f} W" for watts, (_, second) in shown.items())
        bad = [watts for watts, (_, second) in shown.items() if not self._near(watts, second)]
        if self._trip:
            yield self._has_tripped(self._trip)
        elif len(bad) == len(shown):
            yield wrong(
                LOAD, f"told and shown: {words}",
                "it does not obey, or its readings stand still: look at its input, its mode, remote control, and its wires",
            )  # fmt: skip
        elif bad:
            low = bad == sorted(shown)[: len(bad)]
            cause = f"its ammeter shows nothing below about {max(bad)} W" if low else "it does not follow"
            yield wrong(
                LOAD, f"told and shown: {words}", f"{cause}: judge nothing by smaller loads, or take another range"
            )
        elif any(not self._near(watts, first) for watts, (first, _) in shown.items()):
            yield wrong(
                LOAD, f"told and shown at the second asking: {words}; at the first it shows the reading before",
                "ask it with a query that takes a new reading (MEAS, not FETC), in its dialect",
            )  # fmt: skip
        else:
            yield held(LOAD, f"told and shown: {words}")

    def _stays_on(self) -> Row:
        watts = self._levels()[1 % len(self._levels())]
        self._load.draw_watts(watts)
        self._wait(_STAYS_ON)
        if tripped := self._tripped():
            return self._has_tripped(tripped)
        return held("load stays on", f"{watts} W for {_STAYS_ON // SECOND} s")

    def _lets_go(self) -> Row:
        self._load.off()
        self._wait(_SETTLES)
        self._load.measure()
        shown = self._load.measure().power_w
        if shown > max(Decimal(self._load.rating_w) / 500, Decimal(2)):
            where = "isolate the bench by hand; then look at its input relay, and whether its readings stand still"
            return wrong("load off", f"it shows {shown:.1f} W", where)
        return held("load off", f"it shows {shown:.1f} W")

    def _seen_at_every_load(self) -> Iterator[Row]:
        """Nothing is said again of a channel that sees this contact at no load."""
        words = ", ".join(f"{watts} W: {state}" for watts, state in self._states.items())
        closed = [state is RelayState.CLOSED for state in self._states.values()]
        if any(closed) and not (all(closed) and self._sees):
            where = "what senses depends on the load: look at its threshold, and sense a voltage instead of a current"
            yield wrong(THRESHOLD, words, where)
        elif self._sees:
            yield held(THRESHOLD, words) if all(closed) else wrong(THRESHOLD, words, "it loses the contact under load")

    def _tripped(self) -> str:
        tripped = self._load.tripped()
        return "" if tripped == "undervoltage" else tripped

    def _has_tripped(self, tripped: str) -> Row:
        return wrong(
            "load stays on", f"its {tripped} protection tripped", "look at its cooling, its ratings and its wires"
        )

    def _refused(self, refused: DeviceRefused) -> Row:
        if tripped := self._tripped():
            return self._has_tripped(tripped)
        return untold(LOAD, str(refused), "a load that measures is a second witness of the contact")
