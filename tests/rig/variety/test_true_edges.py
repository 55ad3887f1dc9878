"""A movement of the contact lies in the span of one edge, or it is a stray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rig.evidence import Evidence
from rig.variety.true_edges import true_edges

ON = (0, "source", 1)


def evidence(*edges: tuple[str, int, int]) -> Evidence:
    records: list[dict[str, Any]] = [{"kind": "edge", "state": state, "span": [lo, hi]} for state, lo, hi in edges]
    return Evidence(Path("P01.rig.jsonl"), records, "complete", "", "")


def test_movements_in_their_spans_are_counted() -> None:
    found = true_edges(
        [ON, (50, "contact", 0), (90, "watts", 0), (150, "contact", 1)],
        evidence(("closed", 0, 1), ("open", 40, 50), ("closed", 150, 160)),
    )
    assert (found.seen, found.strays) == (2, ())


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ((), "there is no such edge"),
        ((("open", 51, 60),), "lies in 0 spans; the nearest is 51 to 60 ns"),
        ((("open", 30, 49),), "lies in 0 spans; the nearest is 30 to 49 ns"),
        ((("open", 40, 50), ("closed", 44, 48), ("open", 48, 55)), "lies in 2 spans"),
    ],
)
def test_a_movement_in_no_span_or_in_two_is_a_stray(edges: tuple[tuple[str, int, int], ...], words: str) -> None:
    found = true_edges([ON, (50, "contact", 0)], evidence(("closed", 0, 1), *edges))
    assert found.seen == 0
    assert words in found.strays[0]


def test_an_edge_of_nothing_is_a_stray() -> None:
    found = true_edges([ON], evidence(("closed", 0, 1), ("open", 40, 50)))
    assert "the contact did not move then" in found.strays[0]


def test_what_could_not_be_seen_is_none() -> None:
    changes = [ON, (50, "contact", 0), (55, "source", 0), (70, "contact", 1), (90, "source", 1)]
    found = true_edges(changes, evidence(("closed", 0, 1), ("unknown", 40, 60), ("closed", 80, 100)))
    assert (found.seen, found.strays) == (0, ())
