"""What loads and sources have in common: set, read back, compare, drain the error queue, never take a sentinel for a number."""

from __future__ import annotations

import re
import threading
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from drivers.scpi.dialect import Number, Switch, Talk
from drivers.scpi.lines import Line
from rig.clock import Clock, Span
from rig.errors import DeviceRefused, LinkError


class Answer(NamedTuple):
    """The text of an answer, and when (ns, before asking .. after the last byte)."""

    text: str
    sent: int
    received: int


class Instrument:
    """One SCPI instrument on one line. `lock` keeps a block of commands together; whoever sends more than one line holds it."""

    def __init__(self, line: Line, talk: Talk, clock: Clock) -> None:
        """Check who answered, send what the dialect wants at the beginning, and empty the error queue. Changes no output.

        Raises:
            DeviceRefused: another instrument than the dialect describes.
            LinkError: no answer.
        """
        self.name = line.name
        self.identification = line.identification
        self.lock = threading.RLock()
        self.queue_suspect = False
        """True when errors of an earlier block may still wait in the queue; they are thrown away before the next block."""
        self._line = line
        self._talk = talk
        self._clock = clock
        self._invalid = {w.upper() for w in talk.invalid} | {d for w in talk.invalid if (d := _decimal(w)) is not None}
        if re.fullmatch(talk.identification, line.identification) is None:
            raise DeviceRefused(
                f"{self.name}: asked '*IDN?': answered {line.identification!r}, which does not fit the dialect's "
                f"{talk.identification!r}; check the address, or choose another dialect"
            )
        for order in (*talk.begin, talk.clear_status):
            line.tell(order)
        self.refuse_errors("opening")

    def now(self) -> int:
        """The instant by which answers are stamped (ns)."""
        return self._clock.now()

    def tell(self, order: str) -> int:
        """Send a command; the instant before it was sent (ns)."""
        with self.lock:
            self._line.tell(order)
            return self._line.last[0]

    def ask(self, query: str) -> Answer:
        """Ask one line."""
        with self.lock:
            return Answer(self._line.ask(query), *self._line.last)

    def number_in(self, text: str, query: str) -> Decimal:
        """The number in an answer.

        Raises:
            DeviceRefused: the instrument says that it has no valid number.
            LinkError: the answer is no number at all; the line is cleared.
        """
        found = _decimal(text)
        if _no_reading(text, found) or text.strip().upper() in self._invalid or found in self._invalid:
            raise DeviceRefused(f"{self.name}: asked {query!r}: {text!r} stands for no valid reading (over range?)")
        if found is None:
            raise self.garbled(query, text, "a number")
        return found

    def garbled(self, query: str, text: str, wanted: str) -> LinkError:
        """The error for an answer that makes no sense. The line begins anew, so that what follows cannot be shifted."""
        self._line.clear()
        return LinkError(
            f"{self.name}: asked {query!r}: {text[:60]!r} came where {wanted} was expected; check the dialect and the cable"
        )

    def set_number(self, setting: Number, to: Decimal | int) -> Span:
        """Set and compare with what is read back: from before the setting was sent to after the confirmation.

        Raises:
            ValueError: more decimals than the instrument takes; nothing was sent.
            DeviceRefused: another number was read back.
        """
        order = setting.line(to)
        with self.lock:
            sent = self.tell(order)
            answer = self.ask(setting.query)
            found = self.number_in(answer.text, setting.query)
            if abs(found - to) > setting.within:
                self.refuse_errors(order)
                raise DeviceRefused(f"{self.name}: sent {order!r}: {answer.text!r} was read back")
            return Span(sent, answer.received)

    def set_switch(self, switch: Switch, on: bool) -> Span:
        """Switch and read back. Raises DeviceRefused when it reads back the other way."""
        order = switch.on if on else switch.off
        with self.lock:
            sent = self.tell(order)
            found, at = self.switched(switch)
            if found != on:
                self.refuse_errors(order)
                raise DeviceRefused(f"{self.name}: sent {order!r}: it reads back {'on' if found else 'off'}")
            return Span(sent, at.hi)

    def force_off(self, switch: Switch) -> Span:
        """Off, whatever went wrong before: once more on a fresh connection when it could not be confirmed."""
        with self.lock:
            self.queue_suspect = True
            begun = self._clock.now()
            try:
                return self.set_switch(switch, on=False)
            except (LinkError, DeviceRefused):
                self._line.clear()
                return Span(begun, self.set_switch(switch, on=False).hi)

    def switched(self, switch: Switch) -> tuple[bool, Span]:
        """What the switch says, and when."""
        answer = self.ask(switch.query)
        word = answer.text.strip().upper()
        if word in map(str.upper, switch.says_on):
            return True, Span(answer.sent, answer.received)
        if word in map(str.upper, switch.says_off):
            return False, Span(answer.sent, answer.received)
        raise self.garbled(switch.query, answer.text, " or ".join((*switch.says_on, *switch.says_off)))

    def drain(self) -> list[tuple[int, str]]:
        """Empty the error queue: code and text of each, oldest first.

        Raises:
            DeviceRefused: it does not run empty.
        """
        found: list[tuple[int, str]] = []
        with self.lock:
            for _ in range(self._talk.most_errors + 1):
                text = self.ask(self._talk.error_queue).text
                code = re.match(r"\s*([+-]?\d+)\s*(?:,|$)", text)
                if code is None:
                    raise self.garbled(self._talk.error_queue, text, "an error number")
                if int(code[1]) == 0:
                    self.queue_suspect = False
                    return found
                found.append((int(code[1]), text.strip()))
        raise DeviceRefused(
            f"{self.name}: the error queue is not empty after {len(found)} errors; the first: {found[0][1]}",
            found[0][0],
        )

    def refuse_errors(self, doing: str) -> None:
        """Raise DeviceRefused when the instrument has queued errors; `doing` says over what."""
        if found := self.drain():
            words = "; ".join(text for _, text in found)
            raise DeviceRefused(f"{self.name}: {doing}: the instrument queued {words}", found[0][0])

    def forget_errors(self) -> None:
        """Throw away errors that an earlier, interrupted block may have left, so that no later one is blamed for them."""
        if self.queue_suspect:
            self.drain()
        self.queue_suspect = True

    def reset(self) -> Span:
        """Factory settings, and the wait that the instrument needs afterwards."""
        with self.lock:
            sent = self.tell(self._talk.reset)
            self._clock.sleep_until(self._clock.now() + self._talk.wait_after_reset_s)
            for order in (*self._talk.begin, self._talk.clear_status):
                self.tell(order)
            self.refuse_errors(self._talk.reset)
            return Span(sent, self._clock.now())

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()


_NOT_A_NUMBER = re.compile(r"[+-]?(NAN|INF|INFINITY|NINF)", re.IGNORECASE)
_OVER_RANGE = Decimal("9.9E+37")
"""SCPI-99 volume 1, 7.2.1.5: this and beyond stand for infinity (9.9E37) and for no number (9.91E37)."""


def _no_reading(text: str, found: Decimal | None) -> bool:
    """What SCPI answers instead of a number, whatever a dialect says."""
    return _NOT_A_NUMBER.fullmatch(text.strip()) is not None or (found is not None and abs(found) >= _OVER_RANGE)


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
