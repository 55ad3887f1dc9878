"""A map tried on a meter: every item read once, looked at for sense, and held against what the bench measures. Reads only."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from drivers.meters.asking import Asker
from drivers.meters.blocks import Stretch
from drivers.meters.explaining import Words, agrees, explained
from drivers.meters.no_value import means_nothing, other_clocks, why_nothing
from drivers.meters.read_plan import read_of
from drivers.meters.register_map import Item, RegisterMap, counted_from
from drivers.meters.sense import AGREES, DOUBTFUL, SENSIBLE, SILENT, WHILE_CLOSED, WRONG, bare, of_the_relay, senseless
from drivers.meters.units import UNITS, is_money
from drivers.modbus.codec import bits_of, registers_of
from rig.contracts import Value
from rig.errors import DeviceRefused, LinkError

_WITHIN_PERCENT = {"voltage": 3, "current": 5, "power": 5, "frequency": 1}


@dataclass(frozen=True, slots=True)
class Tried:
    """One item: where it stands, its raw words in hex, what they decode to, and what is to be said of that."""

    item: str
    place: str
    raw: str
    value: str
    word: str
    why: str


class Trial:
    """Reads a meter by a map that may be wrong. `now` is the civil time on the bench, in the meter's zone."""

    def __init__(self, map_: RegisterMap, asker: Asker, now: datetime) -> None:
        self._map = map_
        self._asker = asker
        self._now = now

    def run(self, measured: Mapping[str, Decimal]) -> list[Tried]:
        """Every readable item. `measured`: items whose value the bench knows (V, A, W, Hz), nought among them left out; a
        voltage among them was measured behind the meter, so that its contact is closed.

        Where all that is known fits one address on, or one before, that is said first, and the rest is read so.

        Raises:
            LinkError: nothing at all was answered.
        """
        shift = self._one_off(measured)
        if not shift:
            return self._every_item(measured)
        counted, base = self._map.file.address_base, self._map.file.address_base - shift
        says = f"all that the bench knows stands one address {'before' if shift < 0 else 'further on'}"
        fix = "add one to each address" if shift > 0 else "take one off each address"
        if base in (0, 1):
            self._map = counted_from(self._map, 1 if base else 0)
            fix = f"write address_base = {base}; everything below is read so"
        return [Tried("address_base", "", "", str(counted), WRONG, f"{says}: {fix}"), *self._every_item(measured)]

    def _one_off(self, measured: Mapping[str, Decimal]) -> int:
        """+1 or -1 where everything known (two items at least) reads right one address on or before, and as it is nothing does."""
        known = [item for name, item in self._map.items.items() if name in measured and item.read_table is not None]
        if len(known) < 2 or self._is_silent(known[0]):
            return 0
        for shift in (0, 1, -1):
            fits = (self._fits_at(item, shift, measured[item.name]) for item in known)
            if any(fits) if not shift else all(fits):
                return shift
        return 0

    def _is_silent(self, item: Item) -> bool:
        try:
            self._words(item, 0)
        except LinkError:
            return True
        except DeviceRefused:
            return False
        return False

    def _fits_at(self, item: Item, shift: int, measured: Decimal) -> bool:
        words = self._neighbour(item, None, shift)
        return words is not None and agrees(self._map, item.name, words, measured, self._within(item, measured))

    def _every_item(self, measured: Mapping[str, Decimal]) -> list[Tried]:
        tried: list[Tried] = []
        silent: list[LinkError] = []
        for name, item in self._map.items.items():
            if item.read_table is None:
                continue
            try:
                tried.append(self._look(item, measured))
            except DeviceRefused as refusal:
                tried.append(
                    Tried(name, self._place(item), "", "", WRONG, f"the meter has no such register: {refusal}")
                )
            except LinkError as error:
                silent.append(error)
                tried.append(Tried(name, self._place(item), "", "", SILENT, str(error)))
                if len(silent) == len(tried) >= 2:
                    raise LinkError(f"{silent[0]}; nothing else was asked") from None
        return tried

    def _look(self, item: Item, measured: Mapping[str, Decimal]) -> Tried:
        words, pdu = self._words(item, 0)
        value = item.codec.decode(pdu, 16 if item.read_table in ("coil", "discrete") else 2)
        word, why = self._judged(item, words, value, measured)
        raw = " ".join(f"{word:04X}" for word in words)
        return Tried(item.name, self._place(item), raw, f"{value} {self._unit(item)}".rstrip(), word, why)

    def _unit(self, item: Item) -> str:
        """The unit of its decoded value."""
        file = self._map.file
        unit = file.registers[item.name].unit
        if is_money(item.name, unit, file.wallet_unit):
            return "paise" if file.wallet_unit == "money" else "steps"
        return UNITS[unit][0]

    def _words(self, item: Item, shift: int) -> tuple[Words, bytes]:
        stretch = item.stretch(str(item.read_table))
        stretch = stretch._replace(start=stretch.start + shift, end=stretch.end + shift)
        pdu = self._asker.must([read_of(self._asker.unit, stretch)])[0].pdu
        return (bits_of(pdu, stretch.size) if stretch.table in ("coil", "discrete") else registers_of(pdu)), pdu

    def _neighbour(self, item: Item, own: Words | None, shift: int) -> Words | None:
        """Words `shift` addresses on; None where the map forbids it, or the meter refuses or does not answer."""
        if not shift and own is not None:
            return own
        stretch = item.stretch(str(item.read_table))
        moved = Stretch(stretch.table, stretch.start + shift, stretch.end + shift)
        if moved.start < 0 or moved.end > 65536 or any(moved.meets(place) for place in self._map.reach.untouchable):
            return None
        try:
            return self._words(item, shift)[0]
        except (DeviceRefused, LinkError):
            return None

    def _judged(self, item: Item, words: Words, value: Value, measured: Mapping[str, Decimal]) -> tuple[str, str]:
        if item.name in measured:
            return self._compared(item, words, value, measured[item.name])
        if value is None:
            return self._nothing(item, words)
        if isinstance(value, datetime):
            return self._clock(item, words, value)
        if "voltage" in measured and item.name in WHILE_CLOSED:
            return of_the_relay(self._map, item.name, value)
        if why := senseless(self._map, item, words, value):
            return DOUBTFUL, why
        register = self._map.file.registers[item.name]
        return SENSIBLE, f"but the row is unsure: {register.unsure}" if register.unsure else ""

    def _compared(self, item: Item, words: Words, value: Value, measured: Decimal) -> tuple[str, str]:
        within = self._within(item, measured)
        if agrees(self._map, item.name, words, measured, within):
            return AGREES, f"the bench measures {measured:f}"
        neighbour = functools.cache(functools.partial(self._neighbour, item, words))
        others = explained(self._map, item.name, neighbour, measured, within)
        hint = f"it fits with {', or with '.join(others)}" if others else "no order, scale, type or neighbour fits"
        return WRONG, f"reads {value}, the bench measures {measured:f}: {hint}"

    def _within(self, item: Item, measured: Decimal) -> Decimal:
        register = self._map.file.registers[item.name]
        step = abs(Decimal(register.scale)) if register.type != "float32" else Decimal(0)
        return measured * _WITHIN_PERCENT[item.name] / 100 + min(step, measured / 20)

    def _nothing(self, item: Item, words: Words) -> tuple[str, str]:
        """What is to be said of a register that reads as no value."""
        register, clock = self._map.file.registers[item.name], self._map.file.clock
        pattern, bits = bare(item, words)
        if means_nothing(register, pattern, bits):
            return SENSIBLE, "reads as no value, as the map says"
        blank = pattern in (0, (1 << bits) - 1)
        return DOUBTFUL if blank else WRONG, why_nothing(register, clock, pattern, bits) + self._other_clock(
            item, words
        )

    def _other_clock(self, item: Item, words: Words) -> str:
        clock, register = self._map.file.clock, self._map.file.registers[item.name]
        if item.name != "clock" or clock is None or register.type != "date":
            return ""
        others = other_clocks(clock, bare(item, words)[0], self._now)
        return f"; it fits with {', or with '.join(others)}" if others else ""

    def _clock(self, item: Item, words: Words, value: datetime) -> tuple[str, str]:
        off = abs(value - self._now)
        if item.name != "clock":
            return (DOUBTFUL, "lies in the future") if value > self._now + timedelta(days=1) else (SENSIBLE, "")
        if off <= timedelta(minutes=10):
            return AGREES, f"this machine says {self._now:%Y-%m-%d %H:%M:%S}"
        said = f"is {off} off from this machine ({self._now:%Y-%m-%d %H:%M:%S}): check epoch, zone and fields"
        return DOUBTFUL, said + self._other_clock(item, words)

    def _place(self, item: Item) -> str:
        """The address as the map counts, and the one on the wire beside it where that is another."""
        base = self._map.file.address_base
        wire = f" (0x{item.address:04X} on the wire)" if base else ""
        return f"{item.read_table} 0x{item.address + base:04X}+{item.registers}{wire}"
