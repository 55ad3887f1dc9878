"""What stands at the other end in these tests: stores, buses that play back, and maps made of a few lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from drivers.meters.face import Face
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import RegisterMap, load_map
from drivers.modbus.codec import ModbusRefusal, answer
from drivers.modbus.memory import MemoryBus
from rig.clock import VirtualClock
from rig.contracts import Password, Reply, Request, Value
from rig.errors import LinkError

NOON = datetime(2026, 11, 24, 12, 0, 0)
HEAD = 'format = 1\nmodel = "Test meter"\nwallet_location = "meter"\n'


class DictStore:
    """A meter's items in a dictionary.

    `hooks` act when an item is written, `shows` answer in the place of a value; `written` is what came in, in order.
    """

    def __init__(self, map_: RegisterMap, **values: Value) -> None:
        self.values: dict[str, Value] = dict.fromkeys(map_.items, 0)
        for name, item in map_.items.items():
            register = map_.file.registers[name]
            if register.type == "string":
                self.values[name] = ""
            elif register.format == "clock":
                self.values[name] = NOON
            elif item.name == "payment_mode":
                self.values[name] = "prepaid"
            elif register.scale != "1":
                self.values[name] = Decimal(0)
        self.values |= values
        self.written: list[tuple[str, Value]] = []
        self.hooks: dict[str, Callable[[Value], None]] = {}
        self.shows: dict[str, Callable[[], Value]] = {}
        self.entries: dict[int, Mapping[str, int | datetime | None]] = {}
        self.refuse: dict[str, int] = {}

    def get(self, item: str) -> Value:
        return self.shows[item]() if item in self.shows else self.values[item]

    def set(self, item: str, to: Value) -> None:
        if item in self.refuse:
            raise ModbusRefusal(self.refuse[item])
        self.written.append((item, to))
        self.values[item] = to
        if item in self.hooks:
            self.hooks[item](to)

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        return self.entries.get(sequence)


class Bench:
    """A meter, its bus and its store, all in memory. `asked` is every request that went out."""

    def __init__(self, map_: RegisterMap, secrets: Mapping[str, Password] | None = None, **options: bool) -> None:
        self.map = map_
        self.clock = VirtualClock()
        self.store = DictStore(map_)
        self.face = Face(map_, self.store)
        self.asked: list[Request] = []
        self.calls = 0
        self.lose: Callable[[Request], str] = lambda request: ""
        """Names what is lost of a request: "request", "answer", or nothing."""
        self._bus = MemoryBus({1: lambda pdu: answer(self.face, pdu)}, self.clock)
        self.meter = ModbusMeter(map_, self, 1, self.clock, "P01 meter", secrets, **options)

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        self.calls += 1
        replies = []
        for request in requests:
            self.asked.append(request)
            lost = self.lose(request)
            if lost != "request":
                replies += self._bus.exchange([request])
            if lost:
                self.clock.spend(1_000_000_000)
                raise LinkError("P01 meter: no answer in 1.000 s")
        return replies

    def close(self) -> None:
        pass

    def pdus(self) -> list[str]:
        """What went out since the last look, in hex."""
        sent = [request.pdu.hex() for request in self.asked]
        self.asked.clear()
        return sent


class Playback:
    """A bus that expects one request and plays its answer."""

    def __init__(self, request: bytes, answer: bytes) -> None:
        self.request = request
        self.answer = answer

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        (request,) = requests
        assert request.pdu.hex() == self.request.hex()
        return [Reply(self.answer, 100, 300)]

    def close(self) -> None:
        pass


def written_map(folder: Path, text: str, head: str = HEAD) -> RegisterMap:
    """A map loaded from this text."""
    path = folder / "test.toml"
    path.write_text(head + text, encoding="utf-8")
    return load_map(path)
