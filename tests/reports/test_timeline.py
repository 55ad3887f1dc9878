"""The drawing: what it shows of load, contact, claims and balance, and how it spends its width."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from reports.story import Story, claim_words, story
from reports.time_axis import TimeAxis, moment, stretch_words
from reports.timeline import NARROW, WIDE, timeline
from rig.clock import DAY, HOUR, MILLISECOND, SECOND
from rig.judged import judged_run
from tests.reports.page import Markup, parsed
from tests.reports.sample_run import write_run


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    folder: Path = tmp_path_factory.mktemp("run")
    write_run(folder)
    return {s.id: story(s) for s in judged_run(folder).scenarios}


def boxes(markup: Markup, css: str) -> list[tuple[float, float]]:
    found = [a for tag, a in markup.tags if tag == "rect" and css in str(a["class"]).split()]
    return [(float(a["x"] or 0), float(a["x"] or 0) + float(a["width"] or 0)) for a in found]


def test_contact_changes_at_its_edges_and_nowhere_else(stories: dict[str, Story]) -> None:
    assert [s.words for s in stories["OVL-1"].contact] == ["closed", "open"]
    assert [s.words for s in stories["RCH-1"].contact] == ["closed"]
    (edge,) = stories["OVL-1"].edges
    assert edge.hi - edge.lo == 20 * MILLISECOND


def test_an_edge_is_drawn_where_it_lies_and_is_never_too_thin_to_see(stories: dict[str, Story]) -> None:
    axis = TimeAxis(stories["OVL-1"].instants, 2, WIDE - 2)
    (edge,) = stories["OVL-1"].edges
    ((left, right),) = boxes(parsed(timeline(stories["OVL-1"])), "edge")
    assert left <= axis.x(edge.lo) <= axis.x(edge.hi) <= right and right - left >= 2


def test_the_expected_window_lies_before_a_late_edge(stories: dict[str, Story]) -> None:
    drawn = parsed(timeline(stories["OVL-1"]))
    ((_, window_ends),) = boxes(drawn, "window")
    ((edge_begins, _),) = boxes(drawn, "edge")
    assert window_ends < edge_begins


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_is_drawn_outside_the_box(stories: dict[str, Story], width: int) -> None:
    for told in stories.values():
        drawn = parsed(timeline(told, width))
        for tag, attributes in drawn.tags:
            if tag == "rect":
                x = float(attributes["x"] or 0)
                assert x >= -0.5 and x + float(attributes["width"] or 0) <= width + 2
        assert {"image", "a", "style", "script"}.isdisjoint({tag for tag, _ in drawn.tags})


def test_two_quiet_hours_are_drawn_short_and_said(stories: dict[str, Story]) -> None:
    told = stories["EXH-1"]
    axis = TimeAxis(told.instants, 0, 1000)
    assert axis.shortened
    assert axis.x(told.start + 7200 * SECOND) < 450
    assert axis.x(told.start + 7206 * SECOND) - axis.x(told.start + 7203 * SECOND) > 150
    assert "⋯ 2 h 0 min ⋯" in parsed(timeline(told)).text


def test_an_axis_without_quiet_stretches_is_linear() -> None:
    axis = TimeAxis([0, 9 * SECOND, 10 * SECOND, 20 * SECOND], 0, 200)
    assert not axis.shortened
    assert [axis.x(t * SECOND) for t in (0, 5, 10, 20)] == [0, 50, 100, 200]


def test_an_axis_keeps_order_over_breaks_and_beyond_its_ends() -> None:
    axis = TimeAxis([0, SECOND, DAY, DAY + SECOND, 3 * DAY], 10, 310)
    drawn = [axis.x(t) for t in (-DAY, 0, SECOND // 2, SECOND, HOUR, DAY, DAY + SECOND, 2 * DAY, 3 * DAY, 4 * DAY)]
    assert drawn == sorted(drawn) and drawn[0] == 10 and drawn[-1] == pytest.approx(310)


def test_ticks_keep_their_distance_and_stay_out_of_breaks() -> None:
    axis = TimeAxis([0, 5 * SECOND, 2 * HOUR, 2 * HOUR + 7 * SECOND], 0, 760)
    ticks = list(axis.ticks())
    assert len(ticks) >= 4 and ticks[0] == (0, "0 s")
    assert all(b[0] - a[0] >= 50 for a, b in pairwise(ticks))
    broken = next(s for s in axis.stretches if s.broken)
    assert not any(broken.left + 1 < x < broken.right - 1 for x, _ in ticks)


def test_a_moment_of_no_length_can_be_drawn() -> None:
    axis = TimeAxis([5, 5], 0, 100)
    assert axis.x(5) == 0


@pytest.mark.parametrize(
    ("ns", "words"),
    [(0, "0 s"), (90 * SECOND, "90 s"), (245 * SECOND, "4:05"), (7203 * SECOND, "2:00:03"), (76 * HOUR, "3 d 4 h")],
)
def test_moments_in_words(ns: int, words: str) -> None:
    assert moment(ns) == words


def test_stretches_in_words() -> None:
    assert [stretch_words(n) for n in (7 * SECOND, 720 * SECOND, 2 * HOUR - 1, 76 * HOUR)] == [
        "7 s",
        "12 min",
        "2 h 0 min",
        "3 d 4 h",
    ]


def test_claims_in_words() -> None:
    assert claim_words("output_state", False) == "open"
    assert claim_words("control_state", 2) == "ready for reconnection"
    assert claim_words("disconnect_cause", 5) == "overload, credit"
    assert claim_words("disconnect_cause", 0) == "none"
    assert claim_words("control_state", 9) == "9"
