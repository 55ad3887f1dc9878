"""The relay timeline of a scenario as inline SVG: what was commanded, what was true, what the meter said.

Drawn twice by its caller, wide and narrow, because scaled text is unreadable on a telephone. No namespace and no style
inside: the page's style sheet colours it, and nothing in it refers to anything outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from rig.money import in_rupees
from reports.story import Stage, Story
from reports.time_axis import TimeAxis, moment, stretch_words

WIDE, NARROW = 760, 328
_LABEL, _BAND, _GAP = 15, 20, 12
_MOST_POINTS = 240
_CHAR = 6.2
"""Width of an average character of the drawing's 11 px text (px)."""


def timeline(story: Story, width: int = WIDE) -> str:
    """The drawing, `width` px wide at its natural size."""
    axis = TimeAxis(story.instants, 2, width - 2)
    parts: list[str] = []
    y = 0
    for label, height, draw in _lanes(story, axis):
        parts.append(_text(2, y + 10, label, "lane"))
        parts.extend(draw(y + _LABEL))
        y += _LABEL + height + _GAP
    bottom = y
    parts.extend(_axis(axis, bottom, width))
    height = bottom + 34
    back = [*_windows(story, axis), *_breaks(axis, bottom)]
    words = f"Relay timeline over {stretch_words(story.end - story.start)} of bench time"
    return (
        f'<svg class="timeline" role="img" aria-label="{escape(words)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(back)}{"".join(parts)}</svg>'
    )


def _lanes(story: Story, axis: TimeAxis) -> Iterator[tuple[str, int, _Draw]]:
    if story.load:
        yield "Load commanded (W)", 30, _Steps(axis, [(story.start, 0), *story.load], story.end, "load", str)
    yield "Contact, load side (electrical truth)", _BAND, _Contact(story, axis)
    for item, stages in story.claims.items():
        yield f"Meter says: {item}", _BAND, _Claims(axis, stages)
    if story.balance:
        points = list(story.balance)
        thin = max(len(points) // _MOST_POINTS, 1)
        kept = points[::thin] if points[-1] in points[::thin] else [*points[::thin], points[-1]]
        yield "Balance the meter shows (₹)", 34, _Steps(axis, kept, story.end, "balance", in_rupees)


class _Draw:
    def __call__(self, top: float) -> Iterator[str]:
        raise NotImplementedError


class _Steps(_Draw):
    """A quantity that stays until it changes."""

    def __init__(self, axis: TimeAxis, points: Sequence[tuple[int, int]], end: int, css: str, words: object) -> None:
        self._axis, self._points, self._end, self._css = axis, points, end, css
        self._words = words if callable(words) else str

    def __call__(self, top: float) -> Iterator[str]:
        low, high = min(v for _, v in self._points), max(v for _, v in self._points)
        room, reach = 14, (30 if self._css == "load" else 34) - 14

        def y_of(value: int) -> float:
            return top + room + reach * (1 - (value - low) / (high - low)) if high > low else top + room + reach / 2

        x, y = self._axis.x(self._points[0][0]), y_of(self._points[0][1])
        path = [f"M{x:.1f} {y:.1f}"]
        free = -1.0
        texts = []
        for i, (at, value) in enumerate(self._points):
            x, y = self._axis.x(at), y_of(value)
            path.append(f"H{x:.1f}V{y:.1f}")
            last = i == len(self._points) - 1
            words = self._words(value)
            left = min(x, self._axis.x(self._end) - len(words) * _CHAR)
            if left > free and (self._css == "load" or i == 0 or last or abs(value - self._points[i - 1][1]) * 8 > high - low):
                texts.append(_text(left + 2, y - 3, words, "value"))
                free = left + len(words) * _CHAR + 8
        path.append(f"H{self._axis.x(self._end):.1f}")
        yield f'<path class="{self._css}" d="{"".join(path)}"/>'
        yield from texts


class _Contact(_Draw):
    """The electrical truth, each edge as the band in which it lies."""

    def __init__(self, story: Story, axis: TimeAxis) -> None:
        self._story, self._axis = story, axis

    def __call__(self, top: float) -> Iterator[str]:
        for stage in self._story.contact:
            yield from _stage(self._axis, stage, top, f"contact {escape(stage.words)}")
        for edge in self._story.edges:
            left, right = self._axis.x(edge.lo), self._axis.x(edge.hi)
            width = max(right - left, 2.0)
            title = f"{edge.words}: between {_since(edge.lo, self._story)} and {_since(edge.hi, self._story)}"
            yield (
                f'<rect class="edge" x="{(left + right - width) / 2:.1f}" y="{top - 4:.1f}" width="{width:.1f}" '
                f'height="{_BAND + 8}"><title>{escape(title)}</title></rect>'
            )


def _since(instant: int, story: Story) -> str:
    return f"{(instant - story.start) / 1e9:.3f} s"


class _Claims(_Draw):
    """What a register said, and how long."""

    def __init__(self, axis: TimeAxis, stages: Sequence[Stage]) -> None:
        self._axis, self._stages = axis, stages

    def __call__(self, top: float) -> Iterator[str]:
        for stage in self._stages:
            yield from _stage(self._axis, stage, top, "claim")


def _stage(axis: TimeAxis, stage: Stage, top: float, css: str) -> Iterator[str]:
    left, right = axis.x(stage.lo), axis.x(stage.hi)
    title = escape(f"{stage.words}, from {moment(stage.lo - axis.start, 1)} to {moment(stage.hi - axis.start, 1)}")
    yield (
        f'<rect class="{css}" x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 1):.1f}" height="{_BAND}">'
        f"<title>{title}</title></rect>"
    )
    room = int((right - left - 8) / _CHAR)
    words = stage.words if len(stage.words) <= room else stage.words[: room - 1] + "…" if room > 3 else ""
    if words:
        yield _text(left + 5, top + 14, words, f"{css} words")


def _windows(story: Story, axis: TimeAxis) -> Iterator[str]:
    top = (_LABEL + 30 + _GAP if story.load else 0) + _LABEL - 7
    for window in story.windows:
        left, right = axis.x(window.lo), axis.x(window.hi)
        verb = "must" if window.must else "may"
        title = escape(f"{verb} be {window.state} between {_since(window.lo, story)} and {_since(window.hi, story)}: {window.why}")
        yield (
            f'<rect class="window" x="{left:.1f}" y="{top}" width="{max(right - left, 3):.1f}" height="{_BAND + 14}">'
            f"<title>{title}</title></rect>"
        )


def _breaks(axis: TimeAxis, bottom: float) -> Iterator[str]:
    for stretch in axis.stretches:
        if stretch.broken:
            middle = (stretch.left + stretch.right) / 2
            yield f'<path class="break" d="M{middle - 3:.1f} 0V{bottom}M{middle + 3:.1f} 0V{bottom}"/>'


def _axis(axis: TimeAxis, top: float, width: int) -> Iterator[str]:
    yield f'<path class="axis" d="M2 {top}H{width - 2}"/>'
    for stretch in axis.stretches:
        if stretch.broken:
            middle = (stretch.left + stretch.right) / 2
            yield _text(middle, top + 28, f"⋯ {stretch_words(stretch.hi - stretch.lo)} ⋯", "tick")
    for x, words in axis.ticks():
        yield f'<path class="axis" d="M{x:.1f} {top}V{top + 4}"/>'
        anchored = "tick first" if x < 14 else "tick last" if x > width - 24 else "tick"
        yield _text(x, top + 15, words, anchored)


def _text(x: float, y: float, words: str, css: str) -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
