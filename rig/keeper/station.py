"""One position inside the keeper: its devices, its gate, its sampler, and what may still be asked of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from rig.clock import SECOND, Span, WallClock
from rig.contracts import Presser, Reply, Request, Tamperer, TamperSign
from rig.contracts.held import Holds
from rig.errors import DeviceRefused, LinkError
from rig.keeper.gate import Gate
from rig.keeper.kept import FileSwitch, KeptBus, KeptLoad
from rig.keeper.shared_source import SharedSource
from rig.sampler import Sampler

Tend = Callable[[], None]

BLIND = 2 * SECOND
"""ns past the next sample that is due, in which a sense channel may be silent while the load is on."""


class Station:
    """A position. `out` says why it may energise nothing any more; empty while it may."""

    def __init__(self, name: str, gate: Gate, load: KeptLoad, source: SharedSource) -> None:
        self.name = name
        self.gate = gate
        self.load = load
        self.source = source
        self.out = ""
        self.unconfirmed = ""
        self.untold = ""
        self.deserted = ""
        """Why its load, though it is on, is not there any more."""
        self._epoch = 0
        self._bus: KeptBus | None = None
        self._file = FileSwitch({})
        self._sampler: Sampler | None = None
        self._every = 0
        self._button: Presser | None = None
        self._note: Callable[[str], None] = lambda _words: None
        self._presses = 0
        self._tamperer: Tamperer | None = None

    def looks_through(self, bus: KeptBus, file: FileSwitch, sampler: Sampler, every: int) -> None:
        """Its bus with the wire log, and its sense channel with the grid (ns) of its samples, once they are open."""
        self._bus, self._file, self._sampler, self._every = bus, file, sampler, every
        self.gate.sensing = sampler

    def pressed_by(self, button: Presser, note: Callable[[str], None]) -> None:
        """What presses its meter's button; `note` is told of each press."""
        self._button, self._note = button, note

    def tampered_by(self, tamperer: Tamperer) -> None:
        """Who tampers with its meter."""
        self._tamperer = tamperer

    @property
    def sampler(self) -> Sampler:
        """The watch on its sense channel. LinkError before the devices are open."""
        if self._sampler is None:
            raise LinkError(f"{self.name}: its devices are not open yet; wait until the keeper is ready")
        return self._sampler

    def blind(self, now: int) -> str:
        """Why a load that is on can no longer be watched, in words; empty while it can, and while it is off."""
        if self._sampler is None or not self.gate.draws:
            return ""
        silent = now - self._sampler.last_answer
        if silent <= BLIND + self._every:
            return ""
        why = self._sampler.blind() or "no answer yet"
        return f"its relay sense has been blind for {silent / SECOND:.1f} s with the load on ({why})"

    def interrupt(self) -> None:
        """Whatever was asked before and has not been sent yet is not done any more."""
        self._epoch += 1

    def leave(self, why: str) -> bool:
        """Nothing may be energised from here on. True when no other position is left on its source."""
        self.out = self.out or why
        self.interrupt()
        return self.source.leave(self.name)

    def tell(self) -> None:
        """LinkError, once, when `untold` says why the keeper has made this position safe without being asked to."""
        if self.untold:
            why, self.untold = self.untold, ""
            raise LinkError(f"{self.name}: the keeper made it safe: {why}; check the devices of this position")

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`, through the gate. A position that is out may still read."""
        if self.out and any(r.pdu[:1] > b"\x04" for r in requests):
            raise DeviceRefused(self._outside())
        self.gate.admit(requests)
        if self._bus is None:
            raise LinkError(f"{self.name}: its bus is not open yet; wait until the keeper is ready")
        return self._bus.exchange(requests, self.gate, self._file, self.name)

    def flush(self) -> None:
        """Hand the wire log so far to the operating system."""
        self._file.flush(self.name)

    def call(self, name: str, arguments: Sequence[object], tend: Tend) -> object:
        """One contract call by name. KeyError for a name that there is not; `tend` keeps the line alive in a long wait."""
        return _CALLS[name](self, tend, *arguments)

    def _outside(self) -> str:
        return f"{self.name}: nothing may be switched on or written any more: {self.out}; nothing was sent"

    def _allowed(self, tend: Tend | None = None) -> Callable[[], None]:
        epoch = self._epoch

        def check() -> None:
            if self.out:
                raise DeviceRefused(self._outside())
            if self._epoch != epoch:
                raise DeviceRefused(f"{self.name}: made safe before this was sent; nothing was sent")
            if tend is not None:
                tend()

        return check

    def _draw(self, _tend: Tend, watts: int) -> object:
        return self._energising(lambda: self.load.draw(watts, self._allowed()), f"draw {watts} W")

    def _on(self, tend: Tend, volts: Decimal, hertz: Decimal) -> object:
        allowed = self._allowed(tend)
        allowed()
        self.gate.may_supply(volts)
        span = self._energising(lambda: self.source.on(self.name, volts, hertz, allowed), "source on")
        self.gate.supplied(volts)
        return span

    def _source_off(self, tend: Tend) -> object:
        return self.source.off(self.name, self._allowed(tend))

    def _press(self, tend: Tend) -> Span:
        if self._button is None:
            raise DeviceRefused(f"{self.name}: the bench has nothing that presses the meter's button")
        allowed, button = self._allowed(tend), self._button
        allowed()
        self.gate.may_press()
        self._presses += 1
        span: Span = self._energising(lambda: button.press(allowed), f"press {self._presses} of the meter's button")
        between = f"between {span.lo / SECOND:.3f} s and {span.hi / SECOND:.3f} s"
        self._note(f"press {self._presses} of the meter's button: it went down {between}")
        return span

    def _tamper(self, tend: Tend, sign: str, goes_on: bool) -> Span:
        if self._tamperer is None:
            raise DeviceRefused(f"{self.name}: the bench has nobody who tampers with the meter")
        allowed = self._allowed(tend)
        allowed()
        return self._tamperer.tamper(TamperSign(sign), goes_on, allowed)

    def _hold(self, tend: Tend) -> object:
        holder, allowed = self._holder(), self._allowed(tend)
        self.gate.may_press()
        return self._energising(lambda: holder.hold(allowed), "holding the output of the known relay")

    def _let_go(self, _tend: Tend) -> object:
        return self._holder().let_go()

    def _holder(self) -> Holds:
        button: object = self._button
        if not isinstance(button, Holds):
            raise DeviceRefused(f"{self.name}: the bench has nothing that can be kept switched on in the meter's place")
        return button

    def _energising(self, act: Callable[[], Any], what: str) -> Any:
        try:
            return act()
        except LinkError as error:
            self.unconfirmed = f"{what} was not confirmed ({error})"
            raise

    def _watch(self, _tend: Tend, from_edge: int, since: int) -> object:
        self.tell()
        return self.sampler.watch(from_edge, since)


_CALLS: dict[str, Callable[..., object]] = {
    "load.draw_watts": Station._draw,
    "load.off": lambda station, _tend: station.load.off(),
    "load.measure": lambda station, _tend: station.load.measure(),
    "load.tripped": lambda station, _tend: station.load.tripped(),
    "source.on": Station._on,
    "source.off": Station._source_off,
    "source.is_on": lambda station, _tend: station.source.is_on(),
    "button.press": Station._press,
    "button.hold": Station._hold,
    "button.let_go": Station._let_go,
    "tampering.tamper": Station._tamper,
    "sensing.watch": Station._watch,
    "sensing.blind": lambda station, _tend: station.sampler.blind(),
}


class Watchman(threading.Thread):
    """Samples one channel on its grid, in wall time, until it is stopped. A late sample is taken at once, never twice."""

    def __init__(self, name: str, sampler: Sampler, clock: WallClock, every: int) -> None:
        super().__init__(name=f"sampler {name}", daemon=True)
        self._sampler = sampler
        self._clock = clock
        self._every = every
        self._start = clock.now()
        self._ended = threading.Event()

    def run(self) -> None:
        """Sample until `end`. Anything but a LinkError is a fault that ends the keeper."""
        while not self._ended.is_set():
            self._sampler.take()
            now = self._clock.now()
            self._clock.sleep_until(self._start + ((now - self._start) // self._every + 1) * self._every)

    def end(self) -> None:
        """No more samples; one that is being taken is finished."""
        self._ended.set()
