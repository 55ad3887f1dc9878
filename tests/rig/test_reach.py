"""What load and limits of the bench cannot do is said beforehand, and the scenario is not begun."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import map_with


@pytest.mark.parametrize(
    ("scenario", "promise", "words"),
    [
        (
            "OVL-15",
            {"over_current": '{ amps = "24.5", delay_s = "5" }'},
            "5752 W surely are an over-current, and load and limits of the bench allow 5000 W",
        ),
    ],
)
def test_what_is_out_of_reach_is_not_shown(scenario: str, promise: dict[str, str], words: str, tmp_path: Path) -> None:
    found = run_sim(setup_of(Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **promise))), [scenario])
    assert scenario not in found.outcomes or found.outcomes[scenario].word is not Word.PASS
    assert found.word is Word.INCONCLUSIVE
    assert words in (tmp_path / "run" / "P01.rig.jsonl").read_text(encoding="utf-8")
