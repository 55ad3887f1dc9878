"""The event log against what happened: every cause has its event, every event its cause, in order and in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from rig.checks.counts import CONNECTED, DISCONNECTED, OVERLOAD_EVENTS, Count
from rig.clock import Span
from rig.contracts import Edge, MeterEvent, RelayState

NUMBERS = 1 << 16


def overload_goes_on(log: Sequence[MeterEvent], known: bool, names: tuple[str, str] = OVERLOAD_EVENTS) -> bool:
    """True when the log's last word on overload is its occurrence; `known` where the log has none any more.

    `names`: of the events by which it begins and ends.
    """
    last = [e.name for e in log if e.name in names][-1:]
    return last == [names[0]] if last else known


def news(log: Sequence[MeterEvent], seen_before: int) -> list[MeterEvent]:
    """The entries that came after number `seen_before`."""
    return [e for e in log if (e.sequence - seen_before) % NUMBERS in range(1, NUMBERS // 2)]


def events(
    log: Sequence[MeterEvent],
    seen_before: int,
    due: Mapping[str, Count],
    edges: Sequence[Edge],
    clock_at: tuple[datetime, Span] | None,
    forgotten: int = 0,
) -> list[str]:
    """Events without a cause, missing or surplus, out of order, or with a wrong time.

    `due`: how many of each name there have to be and may be; `edges`: of the contact; `forgotten`: how many entries the
    log had overwritten before they could be read. What these were cannot be said, so that only a surplus is found then.
    """
    new = news(log, seen_before)
    if forgotten:
        return _surplus(new, due, forgotten)
    words = _order(new, seen_before)
    words += _counted(new, due)
    if clock_at is not None:
        words += _times(new, edges, *clock_at)
    return words


def _order(new: Sequence[MeterEvent], seen_before: int) -> list[str]:
    numbers = [(e.sequence - seen_before) % 65536 for e in new]
    if numbers != list(range(1, len(numbers) + 1)):
        return [f"event sequence numbers do not follow each other: {[e.sequence for e in new]}"]
    times = [e.time for e in new if e.time is not None]
    if "clock set" not in {e.name for e in new} and any(a > b for a, b in pairwise(times)):
        return ["event times run backwards"]
    return []


def settings_logged(log: Sequence[MeterEvent], seen: range, due: Mapping[str, Count]) -> list[str]:
    """Events of settings among the numbers `seen` against how many are due; other events are not looked at."""
    since = news(log, seen.start)
    until = {e.sequence for e in news(log, seen.stop)}
    return _counted([e for e in since if e.name in due and e.sequence not in until], due)


def _counted(new: Sequence[MeterEvent], due: Mapping[str, Count]) -> list[str]:
    words = []
    for name in sorted({e.name for e in new} | set(due)):
        logged = sum(e.name == name for e in new)
        count = due.get(name)
        if count is None or (logged and not count.most):
            words.append(f"event {name!r} is logged {logged} time(s) without a cause")
        elif not count.least <= logged <= count.most:
            words.append(f"event {name!r} is logged {logged} time(s); {count.why}: {count.in_words} due")
    return words


def _surplus(new: Sequence[MeterEvent], due: Mapping[str, Count], forgotten: int) -> list[str]:
    most = sum(count.most for count in due.values())
    if len(new) + forgotten > most:
        return [f"{len(new) + forgotten} events were logged, and no more than {most} have a cause"]
    return [words for words in _counted(new, due) if "without a cause" in words]


def _times(new: Sequence[MeterEvent], edges: Sequence[Edge], meter_time: datetime, at: Span) -> list[str]:
    """Events of the load switch within 2 s of the edges that they log (faults.md E3), on the meter's own clock."""
    words = []
    for name, state in ((DISCONNECTED, RelayState.OPEN), (CONNECTED, RelayState.CLOSED)):
        logged = [e.time for e in new if e.name == name and e.time is not None]
        moved = [e for e in edges if e.state is state]
        if len(logged) != len(moved) or "clock set" in {e.name for e in new}:
            continue
        for time, edge in zip(logged, moved, strict=True):
            expected = meter_time + timedelta(microseconds=(edge.at.hi - at.hi) // 1000)
            apart = (time - expected).total_seconds()
            if abs(apart) > 2 + edge.at.width / 1e9:
                words.append(f"event {name!r} is stamped {apart:+.0f} s from the edge that it logs")
    return words
