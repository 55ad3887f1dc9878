"""A map tried on a meter: every item read once, looked at for sense, and held against what the bench measures. Reads only."""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from drivers.meters.asking import Asker
from drivers.meters.blocks import Stretch
from drivers.meters.explaining import Words, agrees, explained
from drivers.meters.read_plan import read_of
from drivers.meters.register_map import Item, RegisterMap
from drivers.meters.units import UNITS, is_money
from drivers.modbus.codec import bits_of, registers_of
from rig.contracts import Value
from rig.errors import DeviceRefused, LinkError

_WITHIN_PERCENT = {"voltage": 3, "current": 5, "power": 5, "frequency": 1}
_SENSIBLE = {
    "voltage": (80, 300), "current": (-200, 200), "power": (-60_000, 60_000), "frequency": (45, 65),
    "power_factor": (-1, 1),
}  # fmt: skip
"""V, A, W, Hz: what a meter on a bench can show."""

AGREES, WRONG, SENSIBLE, DOUBTFUL, SILENT = "agrees", "WRONG", "sensible", "doubtful", "no answer"


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
        """Every readable item. `measured`: items whose value the bench knows (V, A, W, Hz), nought among them left out.

        Raises:
            LinkError: nothing at all was answered.
        """
        tried: list[Tried] = []
        silent: list[LinkError] = []
        for name, item in self._map.items.items():
            if item.read_table is None:
                continue
            try:
                tried.append(self._look(item, measured.get(name)))
            except DeviceRefused as refusal:
                tried.append(Tried(name, _place(item), "", "", WRONG, f"the meter has no such register: {refusal}"))
            except LinkError as error:
                silent.append(error)
                tried.append(Tried(name, _place(item), "", "", SILENT, str(error)))
                if len(silent) == len(tried) >= 2:
                    raise LinkError(f"{silent[0]}; nothing else was asked") from None
        return tried

    def _look(self, item: Item, measured: Decimal | None) -> Tried:
        words, pdu = self._words(item, 0)
        value = item.codec.decode(pdu, 16 if item.read_table in ("coil", "discrete") else 2)
        word, why = self._judged(item, words, value, measured)
        raw = " ".join(f"{word:04X}" for word in words)
        return Tried(item.name, _place(item), raw, f"{value} {self._unit(item)}".rstrip(), word, why)

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

    def _neighbour(self, item: Item, own: Words, shift: int) -> Words | None:
        """Words `shift` addresses on; None where the map forbids it, or the meter refuses or does not answer."""
        if not shift:
            return own
        stretch = item.stretch(str(item.read_table))
        moved = Stretch(stretch.table, stretch.start + shift, stretch.end + shift)
        if moved.start < 0 or moved.end > 65536 or any(moved.meets(place) for place in self._map.reach.untouchable):
            return None
        try:
            return self._words(item, shift)[0]
        except (DeviceRefused, LinkError):
            return None

    def _judged(self, item: Item, words: Words, value: Value, measured: Decimal | None) -> tuple[str, str]:
        if measured is not None:
            return self._compared(item, words, value, measured)
        if value is None:
            return SENSIBLE, "reads as no value"
        if isinstance(value, datetime):
            return self._clock(item.name, value)
        if why := _senseless(self._map, item, words, value):
            return DOUBTFUL, why
        register = self._map.file.registers[item.name]
        return SENSIBLE, f"but the row is unsure: {register.unsure}" if register.unsure else ""

    def _compared(self, item: Item, words: Words, value: Value, measured: Decimal) -> tuple[str, str]:
        register = self._map.file.registers[item.name]
        step = abs(Decimal(register.scale)) if register.type != "float32" else Decimal(0)
        within = measured * _WITHIN_PERCENT[item.name] / 100 + min(step, measured / 20)
        if agrees(self._map, item.name, words, measured, within):
            return AGREES, f"the bench measures {measured:f}"
        neighbour = functools.cache(functools.partial(self._neighbour, item, words))
        others = explained(self._map, item.name, neighbour, measured, within)
        hint = f"it fits with {', or with '.join(others)}" if others else "no order, scale, type or neighbour fits"
        return WRONG, f"reads {value}, the bench measures {measured:f}: {hint}"

    def _clock(self, name: str, value: datetime) -> tuple[str, str]:
        off = abs(value - self._now)
        if name != "clock":
            return (DOUBTFUL, "lies in the future") if value > self._now + timedelta(days=1) else (SENSIBLE, "")
        if off <= timedelta(minutes=10):
            return AGREES, f"this machine says {self._now:%Y-%m-%d %H:%M:%S}"
        return DOUBTFUL, f"is {off} off from this machine ({self._now:%Y-%m-%d %H:%M:%S}): check epoch, zone and fields"


def _place(item: Item) -> str:
    return f"{item.read_table} 0x{item.address:04X}+{item.registers}"


def _senseless(map_: RegisterMap, item: Item, words: Words, value: Value) -> str:
    """Why this value makes no sense by itself; empty when it does."""
    register = map_.file.registers[item.name]
    if isinstance(value, str):
        if register.type == "string" and not value.isprintable():
            return "is no text: check address, length and byte order"
        known = {str(to) for to in register.values.values()}
        return f"{value} is none that the map names" if known and value not in known else ""
    least, most = _SENSIBLE.get(item.name, (None, None))
    if least is not None and most is not None and isinstance(value, int | Decimal) and not least <= value <= most:
        return f"is outside {least} to {most}: check address, scale and word order"
    other = item.codec.decode(struct.pack(f">{len(words)}H", *reversed(words)), 0) if len(words) > 1 else None
    if (register.least, register.most) != (None, None) and not _fits(item, value):
        swapped = f"; with its words the other way round it reads {other}" if _fits(item, other) else ""
        return f"is outside the map's own least and most{swapped}"
    whole = register.type in ("u32", "i32", "u64", "i64") and register.format == "number"
    if whole and words[-1] == 0 and any(words[:-1]) and register.word_order == "high_first":
        return f"its lowest word is 0 and another is not; with its words the other way round it reads {other}"
    if whole and words[0] == 0 and any(words[1:]) and register.word_order == "low_first":
        return f"its lowest word is 0 and another is not; with its words the other way round it reads {other}"
    return ""


def _fits(item: Item, value: Value) -> bool:
    try:
        item.codec.encode(value)
    except ValueError:
        return False
    return True
