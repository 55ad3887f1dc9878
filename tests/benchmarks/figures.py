"""Medians, and how they are printed: what was measured, what it is compared with, and the aim beside it."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rig.clock import MICROSECOND, MILLISECOND, SECOND, raw_now


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what, how much, and what it is meant to be (empty for a baseline)."""

    what: str
    measured: str
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took (ns): the median of several times, and the best of them, which a busy machine disturbs least."""

    median: int
    best: int

    def __str__(self) -> str:
        return f"{duration(self.median)} (best {duration(self.best)})"

    def rate(self, calls: int) -> str:
        """As calls a second, where one time was so many calls."""
        return f"{calls * SECOND // self.median:,}/s (best {calls * SECOND // self.best:,})"

    def beside(self, baseline: Taken) -> str:
        """How many times as long as the baseline."""
        return f"{self.median / baseline.median:.2f} times (best {self.best / baseline.best:.2f})"


def timed(call: Callable[[], object], rounds: int = 15) -> Taken:
    """A call, timed so often after one that warms caches up."""
    return in_turns([call], rounds)[0]


def in_turns(calls: Sequence[Callable[[], object]], rounds: int = 301) -> list[Taken]:
    """Each call, in turns with the others, so that whatever else the machine does falls on all of them."""
    taken: list[list[int]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(rounds):
        for number, call in enumerate(calls):
            since = raw_now()
            call()
            taken[number].append(raw_now() - since)
    return [Taken(round(statistics.median(one)), min(one)) for one in taken]


def percentile(numbers: Sequence[int], part: float) -> int:
    """The smallest of `numbers` that `part` of them do not exceed."""
    return sorted(numbers)[min(len(numbers) - 1, int(part * len(numbers)))]


def duration(ns: int) -> str:
    """ns in the unit that a person would choose."""
    if ns >= 2 * SECOND:
        return f"{ns / SECOND:.2f} s"
    if ns >= MILLISECOND:
        return f"{ns / MILLISECOND:.2f} ms"
    return f"{ns / MICROSECOND:.1f} µs"


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print a section."""
    print(f"\n{title}")
    for one in figures:
        print(f"  {one.what:<62} {one.measured:<34} {one.aim}".rstrip())
    sys.stdout.flush()


def pin(pid: int, *cpu: int) -> None:
    """Keep a process (0: this one) on these CPUs, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, cpu)


def cpus() -> list[int]:
    """CPUs that this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
