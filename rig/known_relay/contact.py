"""Whether the relay sense and the load see the contact of the known relay as it is: polarity, wires, positions, thresholds."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from rig.clock import SECOND
from rig.contracts import RelayState
from rig.errors import DeviceRefused
from rig.known_relay.place import Place
from rig.known_relay.rows import Row, held, untold, wrong

SETTLES = 2 * SECOND
"""ns after which every channel and every load has come to rest, also a slow one."""

WIRES = "relay sense"
_STUCK = "the contact does not open: a link in its place (--link), the wrong contact of it, or one that is welded"
_OTHER = "the relay moves the other way: use its other contact, or say contact in known_relay"
_NO_LOAD = (
    "the load sees no voltage behind the closed contact: look whether it is the load of this position, at its wires and fuse, "
    "and whether its reading is fresh"
)
_NOTHING = "nothing arrives: look at the source's output, its fuse and the wires up to the relay, and whether the coil is worked"
_WORDS = {
    ("closed", "closed"): "the load-side input is wired to the line side, or stands still",
    (
        "closed",
        "open",
    ): "the load-side input is inverted: a contact that opens at voltage, or swapped terminals of its detector",
    ("open", "open"): (
        "the load-side input sees nothing: look at its wire and its number, whether it stands still, and whether what senses picks "
        "up at this voltage and current"
    ),
    ("unknown", "closed"): (
        "the line-side input moves with the contact: it is wired behind the relay, or both inputs are crossed"
    ),
    ("unknown", "unknown"): (
        "the line-side input sees nothing: look at its wire and its number, and whether both inputs belong to another position"
    ),
}
_ODD = "both inputs move in a way that no single wire explains: look at the numbers of both inputs, and at their wires"


class Seen(NamedTuple):
    """The contact by the relay sense, and what the load measures behind it (V; None: it measures nothing)."""

    state: RelayState
    volts: Decimal | None

    def in_words(self) -> str:
        """As a row shows it."""
        return f"{self.state}, " + (
            "the load measures nothing" if self.volts is None else f"{self.volts:.1f} V at the load"
        )


class Contact:
    """The contact of one position, moved and looked at, with the load off."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._live = place.bench.mains.volts / 2

    def settled(self) -> None:
        """Everything comes to rest."""
        self._place.clock.sleep_until(self._place.clock.now() + SETTLES)

    def seen(self) -> Seen:
        """How it is now, once everything has come to rest. LinkError when the channel does not answer."""
        self.settled()
        devices = self._place.devices
        try:
            devices.load.measure()  # the first reading after a change may be the one before
            volts: Decimal | None = devices.load.measure().voltage_v
        except DeviceRefused:
            volts = None
        return Seen(devices.sensing.watch(1 << 30).state, volts)

    def dark(self, what: str) -> Row:
        """The line with the source off: nobody sees a voltage. `what` names the row."""
        devices = self._place.devices
        devices.load.off()
        devices.source.off()
        seen = self.seen()
        if seen.state is not RelayState.UNKNOWN:
            where = "isolate the bench by hand; then look whether the source switches off, and at where the line-side input is wired"
            return wrong(what, f"the relay sense says {seen.in_words()}", where)
        if self._is_live(seen):
            return wrong(
                what, f"{seen.volts:.1f} V at the load", "isolate the bench by hand; then look at the source's output"
            )
        return held(what, "no voltage")

    def live(self) -> None:
        """Mains on."""
        mains = self._place.bench.mains
        self._place.devices.source.on(mains.volts, mains.hertz)

    def at_rest_and_worked(self) -> tuple[Seen, Seen]:
        """The open contact and the closed one, whichever of them is the relay at rest. The coil stays as it was last."""
        coil, relay = self._place.coil, self._place.relay
        assert coil is not None and relay is not None, "a link is not moved"
        at_rest = self.seen()
        coil.hold()
        worked = self.seen()
        return (at_rest, worked) if relay.contact == "no" else (worked, at_rest)

    def close(self) -> None:
        """Close the contact."""
        coil, relay = self._place.coil, self._place.relay
        if coil is None or relay is None:
            return
        coil.let_go()
        if relay.contact == "no":
            coil.hold()

    def verdict(self, opened: Seen, closed: Seen) -> Row:
        """What the two say together."""
        words = f"open contact: {opened.in_words()}; closed contact: {closed.in_words()}"
        states = (opened.state, closed.state)
        right = states == (RelayState.OPEN, RelayState.CLOSED)
        if closed.volts is None or opened.volts is None:
            if right:
                return held(WIRES, words)
            return wrong(WIRES, words, f"{_explained(states)}; or the contact does not move")
        o_live, c_live = self._is_live(opened), self._is_live(closed)
        if o_live:
            return wrong(WIRES, words, _STUCK if c_live else _OTHER)
        if not c_live:
            return wrong(WIRES, words, _NO_LOAD if right else f"{_NOTHING}; or {_explained(states)}")
        return held(WIRES, words) if right else wrong(WIRES, words, _explained(states))

    def of_a_link(self) -> Row:
        """A link in the meter's place: both sides are live together, which tells few wires from each other."""
        seen = self.seen()
        words = f"link: {seen.in_words()}"
        if seen.volts is not None and not self._is_live(seen):
            return wrong(WIRES, words, _NO_LOAD if seen.state is RelayState.CLOSED else _NOTHING)
        if seen.state is not RelayState.CLOSED:
            return wrong(WIRES, words, _explained((seen.state, seen.state)))
        return held(WIRES, words)

    def carries(self, closed: Seen) -> bool:
        """Whether something can be drawn behind the closed contact, as far as the load can tell."""
        return closed.volts is None or self._is_live(closed)

    def _is_live(self, seen: Seen) -> bool:
        return seen.volts is not None and seen.volts > self._live


def _explained(states: tuple[RelayState, RelayState]) -> str:
    return _WORDS.get((str(states[0]), str(states[1])), _ODD)


def not_by_a_link() -> list[Row]:
    """What a link leaves open."""
    why = "a link opens nothing: both sides of the meter's place are live together"
    return [
        untold(what, why, "put a known relay there")
        for what in ("load side and line side apart", "delay of the channel")
    ]
