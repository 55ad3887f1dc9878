"""The clock's drift is told from a few days, because the change of its second is caught on both ends."""

from fractions import Fraction
from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.evidence import read
from rig.sim_run import run_sim
from rig.verdict import Word

SHIPPED = Path(__file__).parents[2] / "scenarios" / "benches" / "sim.toml"


@pytest.mark.parametrize(
    ("parts_in_1e9", "word"),
    [(0, Word.PASS), (5700, Word.PASS), (-5700, Word.PASS), (9000, Word.FAIL), (-9000, Word.FAIL)],
)
def test_a_drift_is_told_in_two_days(parts_in_1e9: int, word: Word, tmp_path: Path) -> None:
    """0.5 s a day is promised, which is 5787 in 1e9."""
    bench = tmp_path / "bench.toml"
    bench.write_text(
        SHIPPED.read_text(encoding="utf-8") + f"meter = {{ drift_ppb = {parts_in_1e9} }}\n", encoding="utf-8"
    )
    found = run_sim(setup_of(Choices(bench=str(bench), out=str(tmp_path / "run"))), ["IDL-2"]).outcomes["IDL-2"]
    assert found.word is word, found.reasons
    (drift,) = (
        o["observed"]["interval"]
        for o in read(tmp_path / "run" / "P01.rig.jsonl").of("observation")
        if o["judgement"] == "drift"
    )
    moved = parts_in_1e9 * (2 * 86_400 + 60) / 1e9
    lo, hi = (float(Fraction(bound)) for bound in drift)
    assert lo - 0.001 <= moved <= hi + 0.001
    assert hi - lo < 0.01
