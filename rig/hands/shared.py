"""What all hands of a bench share: the devices, the books, the diary, and what was done so far in this scenario."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from rig.books import Books
from rig.checks.counts import Count
from rig.clock import Clock, Span
from rig.contracts import Devices, Meter, MeterReading, TamperSign, Wallet, Wiring
from rig.event_book import EventBook
from rig.interval import Interval
from rig.journal import Journal
from rig.lossy import LossyBus
from rig.policy import Policy
from rig.promises import Promises
from rig.starting import Starting
from rig.witness import Witness


class Shared:
    """The ground under every hand of one position; a hand adds the steps of its kind.

    `civil` turns an instant (ns) into the bench's civil time, naive, in the meter's zone. `witness` is asked whether the
    bench itself is well.
    """

    civil: Callable[[int], datetime]
    witness: Witness
    clock_offset = Interval.of(0)

    def __init__(
        self,
        devices: Devices,
        meter: Meter,
        wallet: Wallet,
        lossy: LossyBus,
        books: Books,
        journal: Journal,
        clock: Clock,
        policy: Policy,
        promises: Promises,
        mains: tuple[Decimal, Decimal],
        load_accuracy: Fraction,
        next_id: Callable[[], int],
        starting: Starting,
    ) -> None:
        self.meter = meter
        self.wallet = wallet
        self.policy = policy
        self.promises = promises
        self._devices = devices
        self._lossy = lossy
        self._books = books
        self._journal = journal
        self._clock = clock
        self._mains = mains
        self._load_accuracy = load_accuracy
        self._next_id = next_id
        self._starting = starting
        self.log = EventBook(meter, promises.table.event_log == "wraps")
        self.begin()

    def begin(self) -> None:
        """A scenario begins; nothing was done in it."""
        self.settings: dict[str, int] = {}
        """The meter's settings that are whole numbers, by item: as read at the start, and as written since."""
        self.demanded = 0
        self.wiring = Wiring.USUAL
        self.power_factor = Decimal(1)
        self.tampered: frozenset[TamperSign] = frozenset()
        """What is being done to the meter."""
        self.handed_out = 0
        """How many of the books' edges are no news any more: the scenario waited for one of them or for a later one."""
        self.log.begin()
        self.clock_was_set: tuple[datetime, Span] | None = None
        """What the meter's clock was set to, and when."""
        self.power_cycles = 0
        self.power_returns = 0
        self.recharges = 0
        self.steady_since: Span | None = None
        """Since when the load flows that the meter's registers were compared with."""
        self.misread: list[str] = []
        """What the meter's electrical registers got wrong under a steady load."""
        self.caused: dict[str, Count] = {}
        """Events of the meter that a step of the bench has caused beside those that are reckoned anyway, by name."""
        self.unsure_recharges = 0
        """Recharges of which it is not known how they ended."""
        self.paid: list[tuple[int, int]] = []
        """Every recharge that was credited: amount, and what of it went to arrears (paise)."""
        self.credited_ids: set[int] = set()

    def causes_event(self, name: str, least: int = 1, most: int = 1) -> None:
        """What is done now makes the meter log at least so many more events of this name, and at most so many."""
        known = self.caused.get(name, Count(0, 0, "caused by the bench"))
        self.caused[name] = Count(known.least + least, known.most + most, known.why)

    def look_at_the_log(self) -> None:
        """Read the meter's event log before it overwrites what it has not told yet; the line is live and the meter answers."""
        if self.power_cycles == self.power_returns:
            settings = len(self._starting.written)
            self.log.look(self.recharges + self.power_cycles + settings + len(self._books.edges))

    def now(self) -> Span:
        """This moment."""
        return Span.at(self._clock.now())

    def still_here(self) -> None:
        """Say that long work goes on."""
        self._devices.still_here()

    def read_meter(self, *items: str) -> MeterReading:
        """Ask the meter: the named items, or all."""
        reading = self.meter.read(*items)
        self._journal.reading(reading)
        self._books.keeping.hear_clock(reading)
        return reading
