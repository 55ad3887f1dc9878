"""The catalogue's entry for meters by register map: read a map, say what may pass to the meter, open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.meters.register_map import RegisterMap, load_map
from drivers.meters.units import UNITS
from rig.clock import Clock
from rig.contracts import EMULATED_PASSWORD, RELAY, Bus, Password

if TYPE_CHECKING:
    from drivers.meters.modbus_meter import ModbusMeter

Items = frozenset[tuple[str, int]]


class ModbusMeters:
    """How the rig gets from the name or file of a map to a meter, without knowing what a register is.

    What talks to a meter is imported where one is talked to: whoever only reads maps starts sooner.
    """

    def get_ready(self) -> None:
        """Bring in what talks to a meter, before one waits to be opened."""
        import drivers.meters.opener  # noqa: F401

    def load(self, source: str | Path | Traversable) -> RegisterMap:
        """See `load_map`. Raises ConfigError with every problem."""
        return load_map(source)

    def facts(self, map_: RegisterMap) -> dict[str, object]:
        """What the evidence says of a map."""
        return {
            "name": map_.name.removesuffix(".toml"),
            "model": map_.model,
            "source": map_.file.source,
            "tried_on_hardware": map_.file.tried_on_hardware,
            "wallet_location": map_.wallet_location,
            "wallet_unit": map_.file.wallet_unit,
            **({"money": f"{step / 1000:f} kWh"} if (step := self._energy_step(map_)) else {}),
            "unsure": {name: one.unsure for name, one in map_.file.registers.items() if one.unsure},
            "sha256": map_.digest,
        }

    def energy_step(self, map_: RegisterMap) -> Fraction | None:
        """Wh that one step of the balance is in a wallet of energy; None where the wallet holds money, or shows no balance."""
        step = self._energy_step(map_)
        return None if step is None else Fraction(step)

    def _energy_step(self, map_: RegisterMap) -> Decimal | None:
        balance = map_.file.registers.get("balance")
        if map_.file.wallet_unit != "kWh" or balance is None:
            return None
        return Decimal(balance.scale) * UNITS[balance.unit][1]

    def rules(self, map_: RegisterMap) -> dict[str, Items]:
        """What may be written, what must never be touched, and what is polled for the relay, as (table, address)."""
        writes = {
            (item.write_table, item.address + n)
            for item in map_.items.values()
            if item.write_table is not None
            for n in range(item.registers)
        }
        relay = {
            (item.read_table, item.address + n)
            for name, item in map_.items.items()
            if name in RELAY and item.read_table is not None
            for n in range(item.registers)
        }
        never = {(place.table, a) for place in map_.reach.untouchable for a in range(place.start, place.end)}
        return {"writes": frozenset(writes), "relay": frozenset(relay), "never_touch": frozenset(never)}

    def commit_pdu(self, map_: RegisterMap) -> bytes:
        """How the PDU that commits a recharge begins: function and address. Never matches where there is no recharge."""
        procedure = map_.file.recharge
        if procedure is None:
            return b"\xff"
        item = map_.items[procedure.commit.register_]
        return bytes((item.write_function,)) + item.address.to_bytes(2, "big")

    def secret_names(self, map_: RegisterMap) -> frozenset[str]:
        """The passwords that a bench file may name for a meter with this map."""
        return frozenset({map_.file.unlock.register_} if map_.file.unlock else ())

    def emulated_secrets(self, map_: RegisterMap) -> dict[str, Password]:
        """The password of an emulated meter with this map; empty where its map says none, or open from the factory."""
        unlock = map_.file.unlock
        if unlock is None or unlock.at_first == "open":
            return {}
        return {unlock.register_: Password(str(EMULATED_PASSWORD), "the emulated meter's own")}

    def check_secrets(self, map_: RegisterMap, unit: int, where: str, secrets: Mapping[str, Password]) -> None:
        """ConfigError when a password is not one that the map knows, or does not fit; nothing is opened."""
        from drivers.meters.unlocking import unlock_requests

        unlock_requests(map_, unit, where, secrets)

    def trial(
        self,
        map_: RegisterMap,
        bus: Bus,
        unit: int,
        clock: Clock,
        where: str,
        measured: Mapping[str, Decimal],
        now: datetime,
    ) -> list[dict[str, str]]:
        """A map that may be wrong, tried on a meter: see `drivers.meters.trial.Trial`. Reads only. Raises LinkError."""
        from drivers.meters.asking import Asker
        from drivers.meters.trial import Trial

        asker = Asker(bus, unit, clock, where, map_.inter_frame_delay_ns)
        return [asdict(one) for one in Trial(map_, asker, now).run(measured)]

    def open(
        self,
        map_: RegisterMap,
        bus: Bus,
        unit: int,
        clock: Clock,
        where: str,
        secrets: Mapping[str, Password],
        rtu: bool,
    ) -> ModbusMeter:
        """See `open_meter`; on a line without transaction ids polls take turns in length."""
        from drivers.meters.opener import open_meter

        return open_meter(map_, bus, unit, clock, where, secrets, alternate_lengths=rtu)


METERS = ModbusMeters()
