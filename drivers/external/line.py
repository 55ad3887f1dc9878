"""A meter behind a program, on a bus of its own: whoever runs scenarios reaches it by a register map, as any other meter.

The map gives the words (items, promises, procedures), the program gives the values; no register number means anything to
it. So the gate, the wire log and the driver stand in front of it as they do in front of copper.
"""

from __future__ import annotations

import struct

from drivers.external.meter import ExternalMeter
from drivers.external.store import ContractStore
from drivers.meters.face import Face
from drivers.meters.register_map import RegisterMap
from drivers.modbus.codec import answer
from drivers.modbus.frames import masked
from drivers.modbus.link import Link
from rig.clock import Clock
from rig.contracts import FrameLog, Reply, Request
from rig.errors import DeviceRefused

_TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
_HEAD = struct.Struct(">BHH")


class ExternalBus(Link):
    """`Bus` to one meter behind a program, whatever the unit. The stamps are those of the program's answers, its latency in them."""

    def __init__(self, map_: RegisterMap, meter: ExternalMeter, clock: Clock, where: str, log: FrameLog) -> None:
        """Raises DeviceRefused when the map has items that the program does not offer."""
        super().__init__(where, "external", clock, log)
        self._map = map_
        self._meter = meter
        self._store = ContractStore(map_, meter)
        self._face = Face(map_, self._store)
        if missing := sorted(map_.readable - meter.items - self._store.of_procedures):
            raise DeviceRefused(
                f"{where}: the program offers no {', '.join(missing)}, which the map {map_.name} has; "
                "write a map with the items that it has"
            )

    def attempt(self, request: Request, rejected: list[str]) -> Reply:  # noqa: ARG002
        """See `Link`."""
        frame = bytes((request.unit,)) + request.pdu
        sent = self.clock.now()
        self.log(sent, ">", masked(frame, 1, False) if request.secret else frame)
        self._store.look(self._items_in(request.pdu))
        pdu = answer(self._face, request.pdu)
        received = self.clock.now()
        back = bytes((request.unit,)) + pdu
        self.log(received, "<", masked(back, 1, True) if request.secret else back)
        return Reply(pdu, sent, received)

    def close(self) -> None:
        """End the program."""
        self._meter.close()

    def _items_in(self, pdu: bytes) -> list[str]:
        """Items that stand, wholly or in part, in the stretch that a read asks for."""
        table = _TABLES.get(pdu[0])
        if table is None or len(pdu) != _HEAD.size:
            return []
        _, start, count = _HEAD.unpack(pdu)
        items = [
            name
            for name, item in self._map.items.items()
            if item.read_table == table and item.address < start + count and start < item.address + item.registers
        ]
        ring = self._map.events
        if ring is not None and ring.table == table and start + count > ring.address:
            items.append(ring.sequence)
        return items
