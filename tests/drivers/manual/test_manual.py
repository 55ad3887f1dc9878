"""A person at a terminal: what they confirm is so, between asking and confirming, and known by their name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from drivers.manual.devices import ManualButton, ManualLoad, ManualSource, ManualTamperer
from drivers.manual.opener import open_manual_load, open_manual_source
from drivers.manual.terminal import ENVIRONMENT, Asker, missing
from rig.clock import SECOND, Span, VirtualClock
from rig.contracts import TamperSign
from rig.errors import DeviceRefused, LinkError

LIMIT = 60 * SECOND


class Desk:
    """A terminal at which somebody types each answer so many seconds after being asked; None: types nothing."""

    def __init__(self, *answers: tuple[str | None, int]) -> None:
        self.clock = VirtualClock()
        self.shown: list[str] = []
        self.notes: list[str] = []
        self.left = list(answers)
        self._due = 0
        self.asker = Asker(lambda: self, self.clock, "P01 source", LIMIT, self.notes.append)

    def say(self, text: str) -> None:
        self.shown.append(text)
        if self.left:
            self._due = self.clock.now() + self.left[0][1] * SECOND

    def forget(self) -> None:
        self.shown.append("<forget>")

    def typed(self) -> str | None:
        if not self.left or self.clock.now() < self._due:
            return None
        answer = self.left[0][0]
        if answer is not None:
            self.left.pop(0)
        return answer

    def close(self) -> None:
        self.shown.append("<close>")


def test_who_and_when_is_recorded_from_asking_to_confirming() -> None:
    desk = Desk(("Asha", 12))
    person = desk.asker.ask("switch the breaker ON")
    assert (person.name, person.at) == ("Asha", Span(0, 12 * SECOND))
    assert desk.notes == ["switch the breaker ON: done by Asha, between 0.000 s and 12.000 s"]
    assert desk.shown[0] == "<forget>", "what was typed before is no answer"
    assert "P01 source: switch the breaker ON" in desk.shown[1]
    assert desk.shown[-1] == "<close>"


def test_enter_alone_is_the_same_person_and_never_nobody() -> None:
    desk = Desk(("", 1), ("Ravi", 2), ("", 1))
    assert desk.asker.ask("a").name == "Ravi"
    assert "a name is needed" in "".join(desk.shown)
    assert desk.asker.ask("b").name == "Ravi"
    assert "(Enter alone: Ravi)" in "".join(desk.shown)


def test_no_is_a_refusal_with_its_words() -> None:
    desk = Desk(("no key to the cabinet", 3))
    with pytest.raises(DeviceRefused, match="the person said 'no key to the cabinet'"):
        desk.asker.ask("switch the breaker ON")
    assert desk.notes == ["switch the breaker ON: refused by a person: no key to the cabinet"]
    assert Desk(("Noor", 1)).asker.ask("x").name == "Noor"


def test_nobody_in_time_is_a_link_error() -> None:
    desk = Desk((None, 0))
    with pytest.raises(LinkError, match="switch it: nobody confirmed in 60 s"):
        desk.asker.ask("switch it")
    assert desk.clock.now() == LIMIT
    assert "too late" in desk.shown[-2]


def test_a_terminal_that_goes_is_a_link_error() -> None:
    desk = Desk(("x", 1))

    def gone() -> str | None:
        raise EOFError

    desk.typed = gone  # type: ignore[method-assign]
    with pytest.raises(LinkError, match="the terminal has gone"):
        desk.asker.ask("switch it")


def test_a_breaker_is_known_by_what_was_confirmed_last() -> None:
    desk = Desk(("Asha", 1), ("Asha", 5), ("no", 1), ("Asha", 2))
    source = ManualSource(desk.asker, desk.clock, Decimal(230), Decimal(50))
    assert not source.is_on()
    assert source.off().width == 1, "nobody is asked twice for what is confirmed"
    span = source.on(Decimal(230), Decimal(50))
    assert (span.lo, span.hi) == (1 * SECOND, 6 * SECOND)
    with pytest.raises(DeviceRefused):
        source.off()
    assert source.is_on(), "as long as nobody has confirmed that it is off"
    source.off()
    assert not source.is_on()
    with pytest.raises(ValueError, match=r"these mains are 230 V, 50 Hz, not 231 V, 50 Hz; nothing was sent"):
        source.on(Decimal(231), Decimal(50))


def test_a_load_by_hand_has_levels_and_no_meter() -> None:
    desk = Desk(("A", 1), ("A", 1), ("A", 1))
    load = ManualLoad(desk.asker, desk.clock, [1000, 2317])
    load.draw_watts(2317)
    assert "set the load to 2317 W" in "".join(desk.shown)
    with pytest.raises(ValueError, match="900 W is none of 0, 1000, 2317 W; nothing was sent"):
        load.draw_watts(900)
    with pytest.raises(DeviceRefused, match="measures nothing"):
        load.measure()
    load.draw_watts(0)
    assert (load.rating_w, load.tripped()) == (2317, "")


def test_a_button_is_pressed_in_a_span() -> None:
    assert ManualButton(Desk(("A", 2)).asker).press(lambda: None) == Span(0, 2 * SECOND)


def test_a_press_that_is_no_longer_wanted_is_taken_back() -> None:
    desk = Desk(("A", 20))

    def wanted() -> None:
        if desk.clock.now() > SECOND:
            raise DeviceRefused("P01: made safe before this was sent")

    with pytest.raises(DeviceRefused, match="made safe"):
        ManualButton(desk.asker).press(wanted)

    assert desk.clock.now() < 2 * SECOND
    assert "no longer asked for" in desk.shown[-2]
    assert desk.notes == []


def test_whoever_asked_and_has_gone_is_not_taken_for_the_terminal() -> None:
    def gone() -> None:
        raise EOFError("silent for 1 s")

    with pytest.raises(EOFError, match="silent"):
        ManualButton(Desk(("A", 2)).asker).press(gone)


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(_fd: int) -> str:
        raise OSError

    monkeypatch.delenv(ENVIRONMENT, raising=False)
    monkeypatch.setattr("os.ttyname", no_terminal)
    assert "there is none; start rig from a terminal" in missing()
    monkeypatch.setenv(ENVIRONMENT, "/no/such/terminal")
    assert "cannot be read and written" in missing()


@pytest.mark.parametrize(
    ("check", "table", "count"),
    [
        (open_manual_source.check, {"type": "manual", "volts": "230", "within_s": "120"}, 0),
        (open_manual_source.check, {"type": "manual", "volts": 230, "within_s": "1", "colour": 1}, 3),
        (open_manual_load.check, {"type": "manual", "levels_w": [500, 2000]}, 0),
        (open_manual_load.check, {"type": "manual", "levels_w": []}, 1),
    ],
)
def test_tables(check: Callable[..., list[str]], table: dict[str, object], count: int) -> None:
    assert len(check(table, "P01.source")) == count


@pytest.mark.parametrize("sign", TamperSign)
def test_tampering_is_asked_for_in_words_and_with_a_warning(sign: TamperSign) -> None:
    desk = Desk(("Asha", 12), ("", 7))
    tamperer = ManualTamperer(desk.asker)
    begun, ended = (tamperer.tamper(sign, goes_on, lambda: None) for goes_on in (True, False))
    assert (begun, ended) == (Span(0, 12 * SECOND), Span(12 * SECOND, 19 * SECOND))
    asked = [text for text in desk.shown if "P01 source: " in text]
    assert len(asked) == len(set(asked)) == 2
    assert all("THE LINE IS LIVE" in text for text in asked)
