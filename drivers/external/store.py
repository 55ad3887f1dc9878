"""A meter at the contract, as the register face of a map wants it: items by name, procedures carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from drivers.external.meter import ExternalMeter
from drivers.meters.map_model import Command
from drivers.meters.register_map import RegisterMap
from drivers.modbus.codec import DEVICE_FAILURE, ILLEGAL_ADDRESS, ILLEGAL_VALUE, ModbusRefusal
from rig.contracts import MeterEvent, RechargeOutcome, Value
from rig.errors import DeviceRefused

Said = TypeVar("Said")

_CODES = range(1, 12)
"""Exception codes of Modbus."""


class ContractStore:
    """`ItemStore` over a `Meter` and `Wallet`. What a map calls a recharge or a relay command becomes one call of the contract."""

    def __init__(self, map_: RegisterMap, meter: ExternalMeter) -> None:
        self._meter = meter
        self._recharge = map_.file.recharge
        self._relay: dict[tuple[str, Value], bool] = {}
        if (relay := map_.file.relay) is not None:
            for commands, closed in ((relay.disconnect, False), (relay.reconnect, True)):
                for one in (commands,) if isinstance(commands, Command) else commands:
                    self._relay[one.register_, one.value] = closed
        self._written: dict[str, Value] = {}
        self._snapshot: Mapping[str, Value] = {}
        self._events: dict[int, MeterEvent] | None = None

    @property
    def of_procedures(self) -> frozenset[str]:
        """Items that the map has for its procedures alone; the program need not offer them."""
        own = {register for register, _ in self._relay}
        if self._recharge is not None:
            own |= {*self._recharge.write, self._recharge.commit.register_, self._recharge.result.register_}
        return frozenset(own)

    def look(self, items: Iterable[str]) -> None:
        """Read these items with one question; `get` answers from it until the next look."""
        self._events = None
        wanted = [item for item in items if item in self._meter.items]
        self._snapshot = self._asked(lambda: self._meter.read(*wanted).values) if wanted else {}

    def get(self, item: str) -> Value:
        """See `ItemStore`. ModbusRefusal for what the program does not offer."""
        if item in self._snapshot:
            return self._snapshot[item]
        if item in self._written:
            return self._written[item]
        if item in self.of_procedures:
            return 0
        raise ModbusRefusal(ILLEGAL_ADDRESS)

    def set(self, item: str, to: Value) -> None:
        """See `ItemStore`."""
        procedure = self._recharge
        if procedure is not None and item in procedure.write:
            self._written[item] = to
        elif procedure is not None and (item, to) == (procedure.commit.register_, procedure.commit.value):
            self._commit()
        elif (item, to) in self._relay:
            self._asked(self._meter.reconnect if self._relay[item, to] else self._meter.disconnect)
        elif isinstance(to, int | str | datetime):
            self._asked(lambda: self._meter.write(item, to))
        else:
            raise ModbusRefusal(ILLEGAL_VALUE)

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        """See `ItemStore`."""
        if self._events is None:
            self._events = {event.sequence: event for event in self._asked(self._meter.events)}
        found = self._events.get(sequence)
        return None if found is None else {"sequence": sequence, "code": found.code, "time": found.time}

    def _commit(self) -> None:
        assert self._recharge is not None
        result = self._recharge.result
        amount, number = (self._written.get(name) for name in ("recharge_amount", "recharge_id"))
        if not isinstance(amount, int) or not isinstance(number, int):
            raise ModbusRefusal(ILLEGAL_VALUE)
        outcome = self._asked(lambda: self._meter.recharge(amount, number)).outcome
        codes = {
            RechargeOutcome.ACCEPTED: result.accepted,
            RechargeOutcome.DUPLICATE: result.duplicate or result.refused,
            RechargeOutcome.REFUSED: result.refused,
            RechargeOutcome.PENDING: result.pending,
        }[outcome]
        self._written[result.register_] = codes[0] if codes else 0

    @staticmethod
    def _asked(call: Callable[[], Said]) -> Said:
        """What the program answers; its no as the exception that a meter would answer."""
        try:
            return call()
        except DeviceRefused as refused:
            code = refused.code or DEVICE_FAILURE
            raise ModbusRefusal(code if code in _CODES else DEVICE_FAILURE) from None
        except KeyError:
            raise ModbusRefusal(ILLEGAL_ADDRESS) from None
        except ValueError:
            raise ModbusRefusal(ILLEGAL_VALUE) from None
