"""Scenario files as a customer would write them, each with one property that a run must treat rightly."""

from __future__ import annotations

from pathlib import Path

_HEAD = """\
from fractions import Fraction

from rig.interval import Interval
from rig.scenario import Equal, Limit, Start, Within, scenario


def between_one_and_two(terms):
    return Limit(Interval(Fraction(1), Fraction(2)), "between 1 and 2")


"""

_ONE = '''\
@scenario("{id}", "{title}", judges=({judges},), requires=(), {starts})
def test_{name}(bench):
    """A scenario of a customer."""
{body}


'''

_STARTS = {"setting": 'starts=Start(settings={"load_limit": 2000})'}

_BODIES = {
    "passing": ('Equal("answer", 42)', 'bench.observe("answer", 42)'),
    "failing": ('Equal("answer", 42)', 'bench.observe("answer", 41)'),
    "unclear": (
        'Within("amount", between_one_and_two)',
        'bench.observe_within("amount", Interval(Fraction(0), Fraction(3)))',
    ),
    "broken": ('Equal("answer", 42)', 'bench.observe("answer", {}["nothing here"])'),
    "drawing": ('Equal("answer", 42)', 'bench.draw_watts(1500); bench.sleep("25"); bench.observe("answer", 42)'),
    "endless": ('Equal("answer", 42)', "while True: bench.sleep(1)"),
    "setting": ('Equal("answer", 42)', 'bench.observe("answer", 42)'),
    "cycling": (
        'Equal("answer", 42)',
        'bench.power_off(); bench.sleep("0.5"); bench.power_on(); bench.observe("answer", 42)',
    ),
    "pressing": ('Equal("answer", 42)', 'bench.press_button(); bench.press_button(); bench.observe("answer", 42)'),
    "silent": ('Equal("answer", 42), Equal("question", 1)', 'bench.observe("answer", 42)'),
    "chatty": ('Equal("answer", 42)', 'bench.observe("answer", 42); bench.observe("answr", 42)'),
}


def own_scenarios(folder: Path, *kinds: str, name: str = "test_own.py") -> Path:
    """A file in `folder` with one scenario of each kind, ids OWN-1, OWN-2, …"""
    folder.mkdir(parents=True, exist_ok=True)
    text = _HEAD
    for number, kind in enumerate(kinds, start=1):
        judges, body = _BODIES[kind]
        text += _ONE.format(
            id=f"OWN-{number}",
            title=f"A {kind} one",
            judges=judges,
            starts=_STARTS.get(kind, ""),
            name=f"{kind}_{number}",
            body=f"    {body}",
        )
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
