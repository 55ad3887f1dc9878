"""Outlooks of benches that stand in files of a test."""

from pathlib import Path
from typing import Any

from rig.choices import Choices, setup_of
from rig.planning.outlook import Outlook, outlook
from rig.scenarios import shipped, shipped_functions
from rig.setup import Setup

BENCHES = Path(__file__).parents[3] / "scenarios" / "benches"


def bench_with(folder: Path, **changed: str) -> str:
    """The path of a copy of the bench in virtual time in which these keys read so; `emulated` is text under that table."""
    text = (BENCHES / "sim.toml").read_text(encoding="utf-8")
    known = {
        "every_ms": ("every_ms = 20", f"every_ms = {changed.get('every_ms')}"),
        "accuracy": ('accuracy_percent = "0.05"', f'accuracy_percent = "{changed.get("accuracy")}"'),
        "watt_hours": ("watt_hours = 2000000", f"watt_hours = {changed.get('watt_hours')}"),
        "emulated": ("[emulated]", f"[emulated]\n{changed.get('emulated')}"),
    }
    for key in changed:
        old, new = known[key]
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = folder / "bench.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def setup(**choices: Any) -> Setup:
    """What was chosen; nothing is opened, and no password is asked for."""
    return setup_of(Choices(drives=False, **choices))


def outlook_of(*ids: str, **choices: Any) -> Outlook:
    """The outlook of these scenarios; of all that the plan holds, when none is named."""
    made = setup(**choices)
    planned = [one for one, _ in shipped() if made.plan is None or made.plan.selects(one.id)]
    chosen = [one for one in planned if one.id in ids] if ids else planned
    return outlook(made, chosen, shipped_functions())
