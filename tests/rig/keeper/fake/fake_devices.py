"""Devices of the fake bench, opened through the catalogue like any others. Only for the keeper's tests."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rig.clock import Span
from rig.contracts import LoadMeasurement, Reply, Request, SenseSample
from rig.errors import LinkError
from rig.opener import Opener, Opening


class FakeSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    type: Literal["fake"]
    port: int
    position: str
    timeout_s: float = 1.0
    fault: str = ""


class Wire:
    """One line to the fake bench."""

    def __init__(self, settings: FakeSettings, opening: Opening, device: str) -> None:
        self.settings, self.where, self.clock = settings, opening.where, opening.clock
        self.device, self.log = device, opening.log
        try:
            self.socket = socket.create_connection(("127.0.0.1", settings.port), settings.timeout_s)
        except OSError as error:
            raise LinkError(f"{opening.where}: {error.strerror or error}") from None
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def ask(self, verb: str, *arguments: object) -> tuple[object, int, int]:
        asked = json.dumps([self.settings.position, self.device, verb, *arguments]).encode()
        sent = self.clock.now()
        try:
            self.socket.sendall(asked + b"\n")
            line = self.file.readline()
        except OSError as error:
            raise LinkError(f"{self.where}: asked {verb}: no answer ({error}); check cable and power") from None
        if not line:
            raise LinkError(f"{self.where}: asked {verb}: connection closed; check cable and power")
        return json.loads(line), sent, self.clock.now()

    def span(self, verb: str, *arguments: object) -> Span:
        _, sent, received = self.ask(verb, *arguments)
        return Span(sent, received)

    def close(self) -> None:
        self.socket.close()


class FakeLoad(Wire):
    rating_w = 3680

    def draw_watts(self, watts: int) -> Span:
        if not 0 <= watts <= self.rating_w:
            raise ValueError(f"{self.where}: {watts} W is outside the rating of {self.rating_w} W; nothing was sent")
        return self.span("draw", watts)

    def off(self) -> Span:
        return self.span("off")

    def measure(self) -> LoadMeasurement:
        watts, sent, received = self.ask("measure")
        return LoadMeasurement(Decimal(230), Decimal(str(watts)) / 230, Decimal(str(watts)), sent, received)

    def tripped(self) -> str:
        self.ask("measure")
        return ""


class FakeSource(Wire):
    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        return self.span("on")

    def off(self) -> Span:
        return self.span("off")

    def is_on(self) -> bool:
        return bool(self.ask("is_on")[0])


class FakeBus(Wire):
    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        replies = []
        for request in requests:
            answer, sent, received = self.ask("exchange")
            self.log(sent, ">", bytes([request.unit]) + request.pdu)
            self.log(received, "<", bytes([request.unit]) + bytes(answer))  # type: ignore[call-overload]
            replies.append(Reply(bytes(answer), sent, received))  # type: ignore[call-overload]
        return replies


class FakeSense(Wire):
    def sample(self) -> SenseSample:
        if self.settings.fault == "breaks" and self.clock.now() > 0:
            raise ZeroDivisionError("a fault in a driver")
        (load_side, line_side), sent, received = self.ask("sample")  # type: ignore[misc]
        return SenseSample(sent, received, bool(load_side), bool(line_side))

    def announces(self, listener: Callable[[], None]) -> bool:
        return False


open_load = Opener(FakeSettings, lambda settings, opening: FakeLoad(settings, opening, "load"))
open_source = Opener(FakeSettings, lambda settings, opening: FakeSource(settings, opening, "source"))
open_bus = Opener(FakeSettings, lambda settings, opening: FakeBus(settings, opening, "bus"))
open_sense = Opener(FakeSettings, lambda settings, opening: FakeSense(settings, opening, "sense"))
