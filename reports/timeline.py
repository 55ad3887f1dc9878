"""The relay timeline of a scenario as inline SVG: what was commanded, what was true, what the meter said.

Drawn twice by its caller, wide and narrow, because scaled text is unreadable on a telephone. No namespace and no style
inside: the page's style sheet colours it, and nothing in it refers to anything outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from reports.story import Stage, Story, Window
from reports.time_axis import TimeAxis, moment, stretch_words
from rig.money import RUPEES, MoneyUnit

WIDE, NARROW = 900, 328
_LABEL, _BAND, _STEPS, _GAP = 15, 20, 34, 12
_MOST_POINTS = 240
_CHAR = 6.4
"""Width of an average character of the drawing's 11 px text (px)."""


def timeline(story: Story, width: int = WIDE, money: MoneyUnit = RUPEES) -> str:
    """The drawing, `width` px wide at its natural size; `money` is what the balance is counted in."""
    axis = TimeAxis(story.instants, 2, width - 2)
    parts: list[str] = []
    y = 0
    if story.load:
        parts += _steps("Load commanded (W)", "load", [(story.start, 0), *story.load], axis, y, str)
        y += _LABEL + _STEPS + _GAP
    parts += [_window(w, story, axis, y + _LABEL - 7) for w in story.windows]
    parts += _stages("Contact, load side (electrical truth)", "contact", story.contact, axis, y)
    parts += [_edge(e, story, axis, y + _LABEL) for e in story.edges]
    y += _LABEL + _BAND + _GAP
    for item, stages in story.claims.items():
        parts += _stages(f"Meter says: {item}", "claim", stages, axis, y)
        y += _LABEL + _BAND + _GAP
    if story.balance:
        parts += _steps(
            f"Balance the meter shows ({money.sign})", "balance", _thinned(story.balance), axis, y, money.bare
        )
        y += _LABEL + _STEPS + _GAP
    parts += _axis(axis, y, width)
    words = escape(f"Relay timeline over {stretch_words(story.end - story.start)} of bench time")
    box = f'viewBox="0 0 {width} {y + 34}" width="{width}" height="{y + 34}"'
    return (
        f'<svg class="timeline" role="img" aria-label="{words}" {box}>{"".join(_breaks(axis, y))}{"".join(parts)}</svg>'
    )


def _thinned(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    every = max(len(points) // _MOST_POINTS, 1)
    kept = list(points[::every])
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]


def _steps(
    lane: str, css: str, points: Sequence[tuple[int, int]], axis: TimeAxis, top: float, words: Callable[[int], str]
) -> Iterator[str]:
    """A quantity that stays until it changes."""
    yield _text(2, top + 10, lane, "lane")
    low, high = min(v for _, v in points), max(v for _, v in points)
    floor = top + _LABEL + _STEPS
    reach = _STEPS - 14

    def height_of(amount: int) -> float:
        return floor - (reach * (amount - low) / (high - low) if high > low else reach / 2)

    path = f"M{axis.x(points[0][0]):.1f} {height_of(points[0][1]):.1f}"
    path += "".join(f"H{axis.x(at):.1f}V{height_of(v):.1f}" for at, v in points[1:]) + f"H{axis.x(axis.end):.1f}"
    if css == "load":
        yield f'<path class="filled" d="{path}V{floor}H{axis.x(points[0][0]):.1f}Z"/>'
    yield f'<path class="{css}" d="{path}"/>'
    ends = [axis.x(at) for at, _ in points[1:]] + [axis.x(axis.end)]
    taken: list[tuple[float, float]] = []
    for i in _by_weight(points):
        amount, x = points[i][1], axis.x(points[i][0])
        said = words(amount)
        width = len(said) * _CHAR
        left = x + 3 if x + 3 + width <= axis.x(axis.end) else x - width - 3
        shown = ends[i] - x >= 8 and left >= 0
        if shown and all(left > until or left + width < since for since, until in taken):
            taken.append((left - 4, left + width + 4))
            yield _text(left, height_of(amount) - 3, said, "value")


def _by_weight(points: Sequence[tuple[int, int]]) -> list[int]:
    """Which figures a reader needs most: the last, the first, then the largest changes."""
    inner = sorted(range(1, len(points) - 1), key=lambda i: -abs(points[i][1] - points[i - 1][1]))
    return list(dict.fromkeys([len(points) - 1, 0, *inner]))


def _stages(lane: str, css: str, stages: Sequence[Stage], axis: TimeAxis, top: float) -> Iterator[str]:
    """States one after the other. One too short for its word has the word beside it, or above it, where there is room."""
    yield _text(2, top + 10, lane, "lane")
    above, behind, named = len(lane) * _CHAR + 12, 0.0, True
    lefts = [axis.x(stage.lo) for stage in stages[1:]] + [axis.x(axis.end)]
    for stage, ahead in zip(stages, lefts, strict=True):
        left = axis.x(stage.lo)
        right = max(axis.x(stage.hi), left + (3 if css == "claim" else 1))
        kind = f"{css} {stage.words}" if css == "contact" else f"{css} seldom" if stage.polls else css
        title = f"{stage.words}, from {moment(stage.lo - axis.start, 1)} to {moment(stage.hi - axis.start, 1)}"
        yield _box(kind, left, top + _LABEL, right - left, _BAND, f"{title} ({stage.polls})" if stage.polls else title)
        width = len(stage.words) * _CHAR
        inside = top + _LABEL + 14
        before, named = named, True
        if width + 8 <= right - left:
            yield _text(left + 5, inside, stage.words, kind)
        elif width + 8 <= ahead - right:
            yield _text(right + 4, inside, stage.words, "outside")
            right += width + 4
        elif before and width + 8 <= left - behind:
            yield _text(left - width - 4, inside, stage.words, "outside")
        elif css == "contact" and right - left >= 2 and (at := min(left, axis.x(axis.end) - width)) >= above:
            yield _text(at, top + 10, stage.words, "outside")
            above = at + width + 6
        else:
            named = False
        behind = right


def _edge(edge: Stage, story: Story, axis: TimeAxis, top: float) -> str:
    """An edge as the band in which it lies, never too thin to see."""
    left, right = axis.x(edge.lo), axis.x(edge.hi)
    width = max(right - left, 2.4)
    title = f"{edge.words}: between {_since(edge.lo, story)} and {_since(edge.hi, story)}"
    return _box("edge", (left + right - width) / 2, top - 4, width, _BAND + 8, title)


def _window(window: Window, story: Story, axis: TimeAxis, top: float) -> str:
    left, right = axis.x(window.lo), axis.x(window.hi)
    verb = "must" if window.must else "may"
    title = f"{verb} be {window.state} between {_since(window.lo, story)} and {_since(window.hi, story)}: {window.why}"
    return _box("window", left, top, max(right - left, 3), _BAND + 14, title)


def _since(instant: int, story: Story) -> str:
    return f"{(instant - story.start) / 1e9:.3f} s"


def _breaks(axis: TimeAxis, bottom: float) -> Iterator[str]:
    for s in axis.stretches:
        if s.broken:
            yield _box(
                "break", s.left, 0, s.right - s.left, bottom, f"quiet for {stretch_words(s.hi - s.lo)}, drawn short"
            )


def _axis(axis: TimeAxis, top: float, width: int) -> Iterator[str]:
    yield f'<path class="axis" d="M2 {top}H{width - 2}"/>'
    for stretch in axis.stretches:
        words = f"⋯ {stretch_words(stretch.hi - stretch.lo)} ⋯"
        if stretch.broken and stretch.right - stretch.left >= len(words) * _CHAR:
            yield _text((stretch.left + stretch.right) / 2, top + 28, words, "tick")
    for x, words in axis.ticks():
        yield f'<path class="axis" d="M{x:.1f} {top}V{top + 4}"/>'
        anchored = "tick first" if x < 14 else "tick last" if x > width - 24 else "tick"
        yield _text(x, top + 15, words, anchored)


def _box(css: str, x: float, y: float, width: float, height: float, title: str) -> str:
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{escape(css)}" {size}><title>{escape(title)}</title></rect>'


def _text(x: float, y: float, words: str, css: str) -> str:
    return f'<text class="{escape(css)}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
