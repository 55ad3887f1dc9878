"""The common half of an emulated SCPI instrument: headers, compound lines, numbers, the error queue."""

from __future__ import annotations

import functools
import itertools
import re
from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal

Command = Callable[[str], str | None]
"""Carries out one command: its parameter ("" when none was given) in; for a query, the answer out."""

QUEUE_LENGTH = 20
MOST_KNOWN = 500
"""So many different lines are kept as they were understood."""

MESSAGES = {
    -104: "Data type error",
    -108: "Parameter not allowed",
    -109: "Missing parameter",
    -113: "Undefined header",
    -131: "Invalid suffix",
    -221: "Settings conflict",
    -222: "Data out of range",
    -224: "Illegal parameter value",
    -350: "Queue overflow",
}
"""Numbers and texts as SCPI-99 volume 2, section 21.8 has them."""


class ScpiRefusal(Exception):
    """A command that is not carried out; `code` goes to the error queue."""

    def __init__(self, code: int) -> None:
        super().__init__(MESSAGES[code])
        self.code = code


@functools.cache
def spellings(header: str) -> tuple[str, ...]:
    """Every accepted form of a header such as "[:SOURce]:POWer[:LEVel]?": optional nodes, short and long, upper case."""
    query = "?" if header.endswith("?") else ""
    choices: list[tuple[str, ...]] = []
    for node in re.findall(r"\[:?\w+\]|:?[*\w]+", header.rstrip("?")):
        name = node.strip("[]:")
        short = "".join(c for c in name if not c.islower())
        forms = tuple({":" + short, ":" + name.upper()})
        choices.append((*forms, "") if node.startswith("[") else forms)
    return tuple("".join(parts).lstrip(":") + query for parts in itertools.product(*choices))


class Interpreter:
    """Finds the command for each part of a line. `commands` maps header patterns (see `spellings`) to what they do."""

    def __init__(self, identification: str, commands: Mapping[str, Command], reset: Callable[[], None]) -> None:
        self._queue: deque[int] = deque()
        self._commands: dict[str, Command] = {}
        self._plain: dict[str, tuple[Command, str]] = {}
        """Lines of a single part that were found before: the command and its parameter."""
        common: dict[str, Command] = {
            "*IDN?": lambda _: identification,
            "*OPC?": lambda _: "1",
            "*OPC": lambda _: None,
            "*WAI": lambda _: None,
            "*CLS": lambda _: self._queue.clear(),
            "*RST": lambda _: reset(),
            ":SYSTem:ERRor[:NEXT]?": lambda _: self._next_error(),
            ":SYSTem:ERRor:COUNt?": lambda _: str(len(self._queue)),
            ":SYSTem:VERSion?": lambda _: "1999.0",
            ":SYSTem:REMote": lambda _: None,
            ":SYSTem:LOCal": lambda _: None,
        }
        for header, command in (common | dict(commands)).items():
            self._commands.update(dict.fromkeys(spellings(header), command))

    def ask(self, line: str) -> str | None:
        """Carry out a line, its parts divided by ";". Answers are joined by ";"; None when there are none.

        A part that is no command ends the line; a refused value does not.
        """
        if (known := self._plain.get(line)) is not None:
            command, parameter = known
            try:
                return command(parameter)
            except ScpiRefusal as refusal:
                self.refuse(refusal.code)
                return None
        answers, path = [], ""
        for part in filter(None, (p.strip() for p in line.split(";"))):
            header, _, parameter = part.partition(" ")
            try:
                name = self._find(header.upper(), path)
                if not name.startswith("*"):
                    path = name.rstrip("?").rpartition(":")[0]
                command, parameter = self._commands[name], self._allowed(name, parameter.strip())
                if ";" not in line and len(self._plain) < MOST_KNOWN:
                    self._plain[line] = command, parameter
                answer = command(parameter)
            except ScpiRefusal as refusal:
                self.refuse(refusal.code)
                if refusal.code > -200:
                    break
                continue
            if answer is not None:
                answers.append(answer)
        return ";".join(answers) if answers else None

    def refuse(self, code: int) -> None:
        """Put an error into the queue; the last place of a full queue says that some were lost."""
        if len(self._queue) < QUEUE_LENGTH:
            self._queue.append(code)
        else:
            self._queue[-1] = -350

    def _find(self, header: str, path: str) -> str:
        below = f"{path}:{header}" if path and not header.startswith((":", "*")) else ""
        for name in (below, header.lstrip(":")):
            if name in self._commands:
                return name
        raise ScpiRefusal(-113)

    @staticmethod
    def _allowed(name: str, parameter: str) -> str:
        if parameter and name.startswith(("*", "MEAS")):
            raise ScpiRefusal(-108)
        return parameter

    def _next_error(self) -> str:
        if not self._queue:
            return '0,"No error"'
        code = self._queue.popleft()
        return f'{code},"{MESSAGES[code]}"'


_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d{1,2})?)\s*([A-Z]*)", re.IGNORECASE)


def number(parameter: str, unit: str, least: Decimal, most: Decimal) -> Decimal:
    """A numeric parameter, perhaps with its unit, MINimum or MAXimum. Out of range is refused, never clipped."""
    word = parameter.upper()
    if not word:
        raise ScpiRefusal(-109)
    if word in ("MIN", "MINIMUM"):
        return least
    if word in ("MAX", "MAXIMUM"):
        return most
    found = _NUMBER.fullmatch(word)
    if found is None:
        raise ScpiRefusal(-104)
    if found[2] not in ("", unit):
        raise ScpiRefusal(-131)
    asked = Decimal(found[1])
    if not least <= asked <= most:
        raise ScpiRefusal(-222)
    return asked


def limits(parameter: str, now: Decimal, least: Decimal, most: Decimal) -> Decimal:
    """What a query of a setting answers: the setting, or its end of range for MIN and MAX."""
    word = parameter.upper()
    if word in ("MIN", "MINIMUM"):
        return least
    if word in ("MAX", "MAXIMUM"):
        return most
    if word:
        raise ScpiRefusal(-108)
    return now


def switch(parameter: str) -> bool:
    """A boolean parameter: ON, OFF, 1 or 0."""
    word = parameter.upper()
    if word in ("ON", "1"):
        return True
    if word in ("OFF", "0"):
        return False
    raise ScpiRefusal(-224 if word else -109)
