"""The whole self-test of one position: dark, contact, load, moves, dark again; and what of it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from rig.channel_file import Measured
from rig.clock import seconds
from rig.known_relay.contact import WIRES, Contact, not_by_a_link
from rig.known_relay.drawing import Drawing
from rig.known_relay.moves import DELAY, Moves
from rig.known_relay.place import Place
from rig.known_relay.rows import Row, untold, wrong

DARK, DARK_AGAIN = "line dead with the source off", "line dead once the source is off again"
SLEPT = "machine awake"


class SelfTest:
    """One position. `declared` is the channel's delay in the bench file (least, most; ns), None where it says nothing."""

    def __init__(self, place: Place, times: int, declared: tuple[int, int] | None) -> None:
        self._place = place
        self._times = times
        self._declared = declared
        self._rows: list[Row] = []
        self._moves: Moves | None = None

    def rows(self) -> Iterator[Row]:
        """Each row as it is known. Raises what the devices raise; whoever opened the place makes it safe."""
        for row in self._all():
            self._rows.append(row)
            yield row

    def _all(self) -> Iterator[Row]:
        contact = Contact(self._place)
        yield contact.dark(DARK)
        if self._bad():
            return
        contact.live()
        yield from self._by_link(contact) if self._place.coil is None else self._by_relay(contact)
        yield contact.dark(DARK_AGAIN)
        if slept := self._place.devices.voids():
            yield wrong(
                SLEPT, f"the machine was suspended {len(slept)} time(s), and its clock stood still",
                "switch power saving off, or take a machine that nobody suspends",
            )  # fmt: skip

    def _by_link(self, contact: Contact) -> Iterator[Row]:
        yield contact.of_a_link()
        if not self._bad():
            yield from Drawing(self._place, sees=True).rows()
        yield from not_by_a_link()

    def _by_relay(self, contact: Contact) -> Iterator[Row]:
        opened, closed = contact.at_rest_and_worked()
        yield (wires := contact.verdict(opened, closed))
        if contact.carries(closed):
            contact.close()
            yield from Drawing(self._place, sees=wires.holds == "yes").rows()
        if any(row.what == WIRES and row.holds != "yes" for row in self._rows):
            yield untold(DELAY, "the relay sense has to see the contact first")
            return
        self._moves = Moves(self._place, self._times)
        self._moves.make()
        yield from self._moves.rows(self._declared)

    def _bad(self) -> bool:
        return any(row.holds == "NO" for row in self._rows)

    @property
    def measured(self) -> Measured | None:
        """What may be kept: nothing, unless everything is as it should be."""
        if self._moves is None or self._bad() or self._place.relay is None:
            return None
        lag, relay = self._moves.lag, self._place.relay
        times = {"operates": _pair(relay.operates_s), "releases": _pair(relay.releases_s)}
        return Measured(delay_ns=(lag.least, lag.most), edges=lag.edges, relay_ns=times)


def _pair(given: list[int]) -> tuple[int, int]:
    return given[0], given[1]


def declared_delay(sense: dict[str, object] | None) -> tuple[int, int] | None:
    """The delay that a bench file declares (least, most; ns)."""
    given = (sense or {}).get("delay_s")
    if not isinstance(given, list):
        return None
    least, most = (seconds(str(one)) for one in given)
    return least, most
