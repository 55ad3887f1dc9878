"""Every shipped dialect with a written conversation says exactly these lines, and the emulated instrument answers them so."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import NamedTuple

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.families import LOADS, SOURCES
from drivers.emulated.load import EmulatedLoad
from drivers.emulated.source import EmulatedSource
from drivers.loads.scpi_load import ScpiLoad
from drivers.scpi.dialect import Dialect
from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.instrument import Instrument
from drivers.sources.scpi_source import ScpiSource
from rig.clock import SECOND, VirtualClock
from tests.drivers.scpi.transcript import Exchange, Transcript

WRITTEN = sorted(
    f.name.removesuffix(".txt") for f in files("drivers.scpi.exchanges").iterdir() if f.name.endswith(".txt")
)


class Step(NamedTuple):
    doing: list[str]
    exchanges: list[Exchange]


def steps(name: str) -> list[Step]:
    """The blocks of a conversation: what is done, and the lines that it takes."""
    found: list[Step] = []
    for line in files("drivers.scpi.exchanges").joinpath(f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("> "):
            found[-1].exchanges.append((line[2:], None))
        elif line.startswith("< "):
            found[-1].exchanges[-1] = (found[-1].exchanges[-1][0], line[2:])
        elif line and not line.startswith("#"):
            found.append(Step(line.split(), []))
    return found


def test_every_dialect_but_the_generic_one_has_its_conversation() -> None:
    shipped = {f.name.removesuffix(".toml") for f in files("drivers.scpi.dialects").iterdir() if f.suffix == ".toml"}  # type: ignore[attr-defined]
    assert shipped - {"generic"} == set(WRITTEN)
    assert {name for name in shipped if not load_dialect(name).tried_on_hardware} == shipped


@pytest.mark.parametrize("name", WRITTEN)
def test_the_driver_says_these_lines(name: str) -> None:
    opening, *rest = steps(name)
    clock, dialect = VirtualClock(), load_dialect(name)
    line = Transcript(
        [e for s in (Step([], opening.exchanges[1:]), *rest) for e in s.exchanges], opening.exchanges[0][1] or ""
    )
    instrument = Instrument(line, dialect.talk, clock)
    device = (
        ScpiLoad(instrument, dialect.load, 4500, None)
        if dialect.load is not None
        else ScpiSource(instrument, dialect.ac_source, 300)  # type: ignore[arg-type]
    )
    for step in rest:
        _do(step.doing, device, clock)
    assert line.finished()


def _do(doing: list[str], device: ScpiLoad | ScpiSource, clock: VirtualClock) -> None:
    what, *numbers = doing
    if isinstance(device, ScpiSource):
        if what == "on":
            device.on(Decimal(numbers[0]), Decimal(numbers[1]))
        elif what == "reset":
            before = clock.now()
            device.reset()
            assert clock.now() - before >= int(numbers[0]) * SECOND
        else:
            device.off()
        return
    if what == "draw":
        device.draw_watts(int(numbers[0]))
    elif what == "measure":
        assert list(map(str, device.measure()[:3])) == numbers
    elif what == "tripped":
        assert device.tripped() == numbers[0]
    elif what == "off":
        device.off()


@pytest.mark.parametrize("name", WRITTEN)
def test_the_emulated_instrument_answers_these_lines(name: str) -> None:
    circuit = Circuit(VirtualClock())
    circuit.set_source(name in LOADS, 230_000)
    emulated = EmulatedLoad(circuit, 4500, family=name) if name in LOADS else EmulatedSource(circuit, family=name)
    assert name in LOADS or name in SOURCES
    for step in steps(name):
        if step.doing[0] in ("dead", "live"):
            circuit.set_source(step.doing[0] == "live", 230_000)
        for sent, answer in step.exchanges:
            assert emulated.ask(sent) == answer, sent


@pytest.mark.parametrize("wrong", ["load.mode.qeury", "nothing", "load.level.set.more"])
def test_a_key_from_memory_has_to_be_one_of_the_file(wrong: str) -> None:
    text = files("drivers.scpi.dialects").joinpath("chroma_63800.toml").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=f"from_memory: {wrong} is no key"):
        Dialect.model_validate(tomllib.loads(text) | {"from_memory": [wrong]})
