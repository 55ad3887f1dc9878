"""One place of an emulated bench: circuit, meter, load and source, whatever carries their bytes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime

from drivers.emulated.button import FIRST_COIL, ButtonCoils
from drivers.emulated.circuit import Circuit
from drivers.emulated.faults import faults_named, faulty_unit
from drivers.emulated.faults.devices import Elsewhere
from drivers.emulated.known_relay import EmulatedKnownRelay
from drivers.emulated.load import EmulatedLoad
from drivers.emulated.map_settings import firmware_by, money_by, not_served
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.parts import part
from drivers.emulated.plain_registers import PlainRegisters
from drivers.emulated.relay_sense import EmulatedDigitalInputs
from drivers.emulated.resistor_bank import EmulatedResistorBank
from drivers.emulated.settings import EmulatedBenchSettings, EmulatedPositionTable
from drivers.emulated.sides import Sides
from drivers.emulated.slow_answers import in_its_own_time
from drivers.emulated.source import EmulatedSource
from drivers.meters.face import Face
from drivers.meters.register_map import RegisterMap, load_map
from drivers.modbus.codec import VENDOR_WRITES, answer
from drivers.modbus.unit import Unit
from rig.clock import MICROSECOND, Alarms
from rig.errors import ConfigError

SERIAL_PREFIX = "EMU"
"""How the serial of every emulated meter begins, so that nobody takes it for a real one."""


_READS_BITS = (1, 2)
"""Functions that read inputs, and coils."""


class EmulatedPosition:
    """Circuit, meter and load of one position. The source is handed in by whoever knows what shares it.

    `answer` is the meter as a Modbus unit; `truth` is what really is, for the rig's own tests. Where something else stands
    in the meter's place, the meter lies beside the bench, without mains, and is silent.
    """

    def __init__(
        self,
        alarms: Alarms,
        register_map: RegisterMap,
        table: EmulatedPositionTable,
        settings: EmulatedBenchSettings,
        number: int,
        zero: datetime,
    ) -> None:
        """`number` counts positions from 0; `zero` is the civil time at instant 0. Raises ConfigError."""
        self.name = table.name
        self.unit = table.unit
        self.map = register_map
        self.circuit = Circuit(alarms)
        self.faults = faults_named(table.faults)
        absent = settings.in_place_of_meter
        self.known_relay = EmulatedKnownRelay(self.circuit, alarms) if absent == "known_relay" else None
        try:
            firmware = {"serial": f"{SERIAL_PREFIX}{number + 1:013d}", **firmware_by(self.map), **table.meter}
            money = money_by(self.map, settings.money)
            self.made = MeterSettings.from_promises(self.map.promises, money, **firmware)
        except ConfigError as error:
            raise ConfigError([f"{table.name}: {problem}" for problem in error.problems]) from None
        self.meter = EmulatedMeter(Circuit(alarms) if absent else self.circuit, alarms, self.made, table.faults, zero)
        if problems := list(not_served(self.map, self.meter)):
            raise ConfigError(problems)
        steps = dict(enumerate(settings.resistor_bank))
        self.bank = EmulatedResistorBank(self.circuit, steps) if steps else None
        """What draws in place of the electronic load; None where nothing does."""
        lost = steps or any(Elsewhere in fault.parts for fault in self.faults)
        at = Circuit(alarms) if lost else self.circuit
        self.load = part(EmulatedLoad, self.faults)(
            at, settings.rating_w, error_ppm=settings.load_error_ppm, family=settings.load_dialect
        )
        self._face = Face(self.map, PlainRegisters(self.map, self.meter))
        self._own_writes = {item.write_function for item in self.map.items.values()} & VENDOR_WRITES
        self._alarms = alarms
        unit = (
            in_its_own_time(self._answer, self.made.turnaround_ns, settings.seed)
            if self.made.turnaround_ns
            else self._answer
        )
        self.answer: Unit = faulty_unit(unit, table.faults, _two_words(self.map))
        """The meter as a unit on a bus, with the faults of its line: silent while it has no mains or is still booting."""

    def _answer(self, pdu: bytes) -> bytes | None:
        return answer(self._face, pdu, self._own_writes) if self.meter.answers() else None

    def truth(self) -> Mapping[str, object]:
        """Instant (ns), contact, W drawn, line and load-side mV, W·ns through the meter, every change so far, and what
        the meter knows."""
        now = self._alarms.now()
        return {
            "now": now,
            "source_on": self.circuit.source_on,
            "contact_closed": self.circuit.contact_closed,
            "load_watts": self.circuit.load_watts,
            "line_millivolts": self.circuit.line_millivolts,
            "load_side_millivolts": self.circuit.load_side_millivolts,
            "energy_w_ns": self.circuit.energy_through(now),
            "changes": tuple(self.circuit.log),
            "meter": self.meter.truth(),
        }


def _two_words(register_map: RegisterMap) -> frozenset[tuple[str, int]]:
    """Where the map keeps numbers of two words: table and first address."""
    return frozenset(
        (table, item.address)
        for name, item in register_map.items.items()
        for table in (item.read_table, item.write_table)
        if table is not None and item.registers == 2 and register_map.file.registers[name].type != "string"
    )


class EmulatedInstallation:
    """Every position of an emulated bench, the source or sources that feed them, and the one digital module."""

    def __init__(self, settings: EmulatedBenchSettings, alarms: Alarms, zero: datetime) -> None:
        """Raises ConfigError with what is wrong in maps, faults or firmware settings of every position."""
        self.positions: list[EmulatedPosition] = []
        problems: list[str] = []
        read = functools.cache(load_map)
        for number, table in enumerate(settings.tables()):
            try:
                register_map = read(table.map or settings.map)
                self.positions.append(EmulatedPosition(alarms, register_map, table, settings, number, zero))
            except ConfigError as error:
                problems += error.problems
        if problems:
            raise ConfigError(list(dict.fromkeys(problems)))
        circuits = [position.circuit for position in self.positions]
        fed = [circuits] if settings.shared_source else [[circuit] for circuit in circuits]
        every = [fault for position in self.positions for fault in position.faults]
        of_source = [every] if settings.shared_source else [position.faults for position in self.positions]
        self.sources = [
            part(EmulatedSource, faults)(*some, most_volts=settings.most_volts, family=settings.source_dialect)
            for some, faults in zip(fed, of_source, strict=True)
        ]
        self.sides = [part(Sides, one.faults)(circuits, place, alarms) for place, one in enumerate(self.positions)]
        outputs, delay = ButtonCoils(len(circuits), self._button_turned), settings.sense_delay_us * MICROSECOND
        self.inputs = EmulatedDigitalInputs(circuits, alarms, delay, outputs, self.sides)

    def _button_turned(self, number: int, down: int) -> None:
        position = self.positions[number]
        position.circuit.hold_button(bool(down))
        if position.known_relay is not None:
            position.known_relay.energise(bool(down))
        elif down:
            position.meter.press_button()

    def source_of(self, number: int) -> EmulatedSource:
        """What feeds position `number` (from 0)."""
        return self.sources[number if len(self.sources) > 1 else 0]

    def inputs_answer(self, pdu: bytes) -> bytes | None:
        """The digital module as a unit on a bus: load sides at 2·n, line sides at 2·n + 1, and the buttons as coils. It has its
        own supply."""
        asks_inputs = pdu[0] in _READS_BITS and int.from_bytes(pdu[1:3], "big") < FIRST_COIL
        return answer(self.inputs, pdu) if not asks_inputs or self.inputs.answers() else None
