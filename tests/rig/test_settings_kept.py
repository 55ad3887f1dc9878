"""A meter that refuses a setting is told apart from one that ignores it, and from one that is slow."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from rig.clock import MILLISECOND, Span, VirtualClock
from rig.contracts import Capability, MeterReading, RelayState
from rig.errors import DeviceRefused, RigError
from rig.evidence import Writer
from rig.journal import Journal
from rig.promises import Promises
from rig.starting import Starting

PROMISES = Promises.read({"contact_s": "0.02", "status_refresh_s": "0.1"}, "map test")


class OneSetting:
    """A meter with a load limit of 3000 W; `takes` is what it makes of a write, and `ready` when it shows it (ns)."""

    items = frozenset({"load_limit"})
    capabilities: frozenset[Capability] = frozenset()

    def __init__(self, clock: VirtualClock, takes: Callable[[int], int], slow: int = 0) -> None:
        self._clock = clock
        self._takes = takes
        self._slow = slow
        self._shown, self._next, self._ready = 3000, 3000, 0

    def read(self, *items: str) -> MeterReading:
        if self._clock.now() >= self._ready:
            self._shown = self._next
        at = Span(self._clock.now(), self._clock.now())
        return MeterReading({"load_limit": self._shown}, {"load_limit": at})

    def write(self, item: str, setting: int | str | datetime) -> Span:
        assert isinstance(setting, int)
        self._next, self._ready = self._takes(setting), self._clock.now() + self._slow
        return Span(self._clock.now(), self._clock.now())


def starting(folder: Path, takes: Callable[[int], int], slow: int = 0) -> tuple[Starting, Path]:
    clock = VirtualClock()
    file = folder / "P01.rig.jsonl"
    meter: Any = OneSetting(clock, takes, slow)
    journal = Journal(Writer(file), clock)
    return Starting(meter, meter, clock, journal, PROMISES, lambda: RelayState.CLOSED, lambda: 1), file


def findings(file: Path) -> list[str]:
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [f"{one['of']}: {one['words']}" for one in records if one["kind"] == "finding"]


def test_a_setting_that_is_kept_is_no_finding(tmp_path: Path) -> None:
    one, file = starting(tmp_path, lambda to: to)
    one.write("load_limit", 2317)
    assert findings(file) == []


def test_a_meter_that_shows_it_within_its_promised_time_does_not_ignore_it(tmp_path: Path) -> None:
    one, file = starting(tmp_path, lambda to: to, slow=110 * MILLISECOND)
    one.write("load_limit", 2317)
    assert findings(file) == []


def test_a_setting_that_is_ignored_is_a_finding(tmp_path: Path) -> None:
    one, file = starting(tmp_path, lambda _to: 3000)
    with pytest.raises(RigError, match="the meter ignores it; what needs this setting cannot go on"):
        one.write("load_limit", 2317)
    assert findings(file) == [
        "setting ignored: load_limit = 2317 was taken without a word, and reads 3000: the meter ignores it"
    ]


def test_a_setting_that_becomes_another_one_is_a_finding(tmp_path: Path) -> None:
    one, file = starting(tmp_path, lambda to: to // 100 * 100)
    with pytest.raises(RigError):
        one.write("load_limit", 2317)
    assert "reads 2300" in findings(file)[0]


def test_a_setting_that_is_refused_is_the_meters_no_and_no_finding(tmp_path: Path) -> None:
    def refuse(_to: int) -> int:
        raise DeviceRefused("P01 meter: write holding 0x0140+2: exception 3, illegal value", 3)

    one, file = starting(tmp_path, refuse)
    with pytest.raises(
        DeviceRefused, match=r"^the meter refuses load_limit = 2317 and keeps 3000: .*exception 3"
    ) as caught:
        one.write("load_limit", 2317)
    assert caught.value.code == 3
    assert findings(file) == []
    assert one.written == []


def test_a_setting_that_is_tried_is_taken_refused_or_ignored_and_put_back_where_it_moved(tmp_path: Path) -> None:
    def refuse(_to: int) -> int:
        raise DeviceRefused("exception 3", 3)

    for number, (takes, word) in enumerate(
        ((lambda to: to, "taken"), (refuse, "refused"), (lambda _to: 3000, "ignored"))
    ):
        (folder := tmp_path / str(number)).mkdir()
        one, file = starting(folder, takes)
        assert one.tried("load_limit", 3000, 2317) == word
        assert findings(file) == [], "what comes of it is for the scenario to judge"
        assert one.found == ({} if word == "refused" else {"load_limit": 3000})
        assert one.restore() == []
