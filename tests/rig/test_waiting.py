"""Each wait for a cut gets the cut that came since the last one."""

from pathlib import Path

from rig.bench import Bench
from rig.contracts import Edge, RelayState
from rig.money import rupees
from rig.scenario import Equal, Start, scenario
from rig.verdict import Word
from tests.rig.running import run_own


@scenario(
    "T-CUTS",
    "Three cuts",
    requires=(),
    starts=Start(credit=rupees("0.02"), arrears=0, settings={"load_limit": 9000}),
    judges=(Equal("later than the one before", True), Equal("no cut without load", True)),
)
def three_cuts(bench: Bench) -> None:
    cuts: list[Edge] = []
    for _ in range(3):
        bench.draw_watts(4321)
        if len(cuts) == 2:
            bench.sleep(10)
        cut = bench.wait_for_cut()
        assert cut is not None
        cuts.append(cut)
        paid = bench.recharge(rupees("1.00"))
        bench.wait_for(RelayState.CLOSED, bench.now().hi + 5 * 10**9, paid.result.sent)
    bench.load_off()
    bench.observe("later than the one before", cuts[0].at.hi < cuts[1].at.lo and cuts[1].at.hi < cuts[2].at.lo)
    bench.observe("no cut without load", bench.wait_for_cut() is None)


def test_each_wait_gets_the_next_cut(tmp_path: Path) -> None:
    outcome, evidence = run_own(three_cuts, tmp_path / "run")
    assert outcome.word is Word.PASS, outcome.reasons
    assert [e["state"] for e in evidence.of("edge")].count("open") == 3
