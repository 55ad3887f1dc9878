"""An emulated bench in memory, in virtual time: the real drivers on emulated devices, and no socket between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from drivers.buttons.coil import CoilButton
from drivers.emulated.button import FIRST_COIL
from drivers.emulated.faults import faults_named
from drivers.emulated.machine import Machine
from drivers.emulated.parts import part
from drivers.emulated.position import EmulatedInstallation, EmulatedPosition
from drivers.emulated.rewiring import EmulatedRewiring
from drivers.emulated.settings import EmulatedBenchSettings, checked
from drivers.loads.scpi_load import ScpiLoad
from drivers.modbus.memory import MemoryBus
from drivers.relays.digital_input import DigitalInputSense
from drivers.scpi.dialect import Talk
from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.instrument import Instrument
from drivers.scpi.memory_line import MemoryLine
from drivers.sources.scpi_source import ScpiSource
from rig.clock import MICROSECOND, MILLISECOND, Span, VirtualClock
from rig.contracts import Bus, FrameLog, Load, RelaySense, Source
from rig.errors import ConfigError
from rig.opener import silent

PRESS = 200 * MILLISECOND
"""So long the button of the meter is held down (ns)."""

CIVIL_ZERO = datetime(2026, 3, 3, 9, 41, 7)
"""A working Tuesday morning, away from every round minute, when the settings name no civil time."""


@dataclass(frozen=True, slots=True)
class SimDevices:
    """The devices of one position, opened and proven to answer. Sampling and the gate are put on top by the rig."""

    position: str
    bus: Bus
    unit: int
    load: Load
    source: Source
    sense: RelaySense
    truth: Callable[[], Mapping[str, object]]
    civil_zero: datetime
    button: CoilButton
    rewiring: EmulatedRewiring
    voids: Callable[[], Sequence[Span]]
    emulated: EmulatedPosition
    """The devices' other end, for tests."""


def open_sim(
    settings: EmulatedBenchSettings | Mapping[str, object],
    clock: VirtualClock,
    log: FrameLog = silent,
    position: str = "",
    rating_w: int | None = None,
) -> SimDevices:
    """Build the emulated bench on `clock` and open the real drivers on `position` (the first, when not named).

    Load off, source off, as a bench is found. `log` gets the frames of the meter's bus. `rating_w` is the rating of the
    bench file (W) where it is below the emulated load's own.

    Raises:
        ConfigError: the settings are wrong, or there is no such position.
    """
    settings = checked(settings)
    zero = datetime.fromisoformat(settings.civil_zero) if settings.civil_zero else CIVIL_ZERO
    machine = part(Machine, [f for table in settings.tables() for f in faults_named(table.faults)])(clock)
    installation = EmulatedInstallation(settings, clock if type(machine) is Machine else machine, zero)
    number = _number_of(installation, position)
    one = installation.positions[number]
    latency = settings.latency_us * MICROSECOND
    of_load, of_source = load_dialect(settings.load_dialect), load_dialect(settings.source_dialect)
    if of_load.load is None or of_source.ac_source is None:
        raise ConfigError(f"{settings.load_dialect}, {settings.source_dialect}: no dialects of a load and of a source")

    def instrument(ask: Callable[[str], str | None], what: str, talk: Talk) -> Instrument:
        return Instrument(MemoryLine(ask, clock, latency, f"{one.name} {what}"), talk, clock)

    load = ScpiLoad(instrument(one.load.ask, "load", of_load.talk), of_load.load, rating_w or settings.rating_w, None)
    feed = installation.source_of(number).ask
    source = ScpiSource(instrument(feed, "source", of_source.talk), of_source.ac_source, settings.most_volts)
    inputs = MemoryBus({1: installation.inputs_answer}, clock, latency, f"{one.name} sense")
    sense = DigitalInputSense(inputs, 1, 2 * number, 2 * number + 1, f"{one.name} sense", installation.inputs.announces)
    bus = MemoryBus({one.unit: one.answer}, clock, latency, f"{one.name} meter", log)
    outputs = MemoryBus({1: installation.inputs_answer}, clock, latency, f"{one.name} button")
    button = CoilButton(outputs, 1, FIRST_COIL + number, PRESS, 0, clock, f"{one.name} button")
    by_hand = button, EmulatedRewiring(one.circuit, clock)
    return SimDevices(one.name, bus, one.unit, load, source, sense, one.truth, zero, *by_hand, machine.voids, one)


def _number_of(installation: EmulatedInstallation, name: str) -> int:
    names = [position.name for position in installation.positions]
    if name and name not in names:
        raise ConfigError(f"{name}: is no position of the emulated bench; there are: {', '.join(names)}")
    return names.index(name) if name else 0
