"""The lines of an edge logger, protocol version 1 (docs/edge-logger.md): what they mean, and what makes one unusable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

VERSION = 1
SEQUENCES = 1 << 16


class BadLine(Exception):
    """A line that says nothing that can be used."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What the board is: version of its lines, ticks a second, bits of its counter, number of inputs. `nonce` 0: unasked,
    at its beginning."""

    sequence: int
    nonce: int
    version: int
    hertz: int
    bits: int
    inputs: int


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """An input has changed at `ticks`; `mask` holds all inputs just afterwards."""

    sequence: int
    ticks: int
    mask: int


@dataclass(frozen=True, slots=True)
class Status:
    """The board at `ticks`: its inputs, and how many edges it has thrown away since it began. `nonce` None: a heartbeat."""

    sequence: int
    nonce: int | None
    ticks: int
    mask: int
    lost: int


Line = Hello | EdgeLine | Status


def checked(text: str) -> str:
    """`text` with its check sum, as it goes over the line (without the line end)."""
    return f"{text}*{reduce(lambda check, letter: check ^ ord(letter), text, 0):02X}"


def parsed(line: str) -> Line:
    """The meaning of a line. Raises BadLine: no or a wrong check sum, an unknown letter, or fields that do not fit."""
    text, star, _ = line.rpartition("*")
    if not star or checked(text) != line:
        raise BadLine(f"{line[:60]!r} has no right check sum")
    letter, *fields = text.split(" ")
    try:
        match letter, fields:
            case "H", [sequence, nonce, version, hertz, bits, inputs]:
                return Hello(int(sequence), int(nonce), int(version), int(hertz), int(bits), int(inputs))
            case "E", [sequence, ticks, mask]:
                return EdgeLine(int(sequence), int(ticks), int(mask, 16))
            case "B", [sequence, ticks, mask, lost]:
                return Status(int(sequence), None, int(ticks), int(mask, 16), int(lost))
            case "P", [sequence, nonce, ticks, mask, lost]:
                return Status(int(sequence), int(nonce), int(ticks), int(mask, 16), int(lost))
    except ValueError:
        pass
    raise BadLine(f"{line[:60]!r} is no line of protocol version {VERSION}")
