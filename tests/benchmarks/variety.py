"""Healthy meters by chance through every scenario: how often the rig blames one, and how many true edges lie in their spans."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable

from rig.clock import SECOND, raw_now
from rig.errors import RigError
from rig.variety import healthy_meter, try_out
from tests.benchmarks.figures import Figure, cpus, show

MANY = int(os.environ.get("RIG_VARIETY", "5000"))
FIRST = int(os.environ.get("RIG_VARIETY_FIRST", "0"))
SHOWN = 40
"""So many lines on meters that were blamed are printed."""

Tried = tuple[Counter[str], list[str], float]


def tried(seed: int) -> Tried:
    """One meter: what came of it, counted; in words what was wrong; and the CPU that it took (s)."""
    since = sum(os.times()[:2])
    try:
        trial = try_out(healthy_meter(seed))
    except RigError as error:
        return Counter(ERROR=1), [f"healthy meter {seed}: {error}"], sum(os.times()[:2]) - since
    found = Counter(str(one.word) for one in trial.false_words)
    found |= Counter(judged=trial.judged, announced=len(trial.announced), edges=trial.edges, strays=len(trial.strays))
    found["clean"] = int(trial.clean)
    return found, trial.in_words(), sum(os.times()[:2]) - since


def figures(all_tried: Iterable[Tried], took_since: int) -> list[Figure]:
    """Everything counted together; what was wrong is printed as it comes."""
    total: Counter[str] = Counter()
    meters, spent, lines = 0, 0.0, 0
    for found, words, cpu in all_tried:
        total += found
        meters, spent = meters + 1, spent + cpu
        for line in words[: SHOWN - lines]:
            print(f"  {line[:300]}", flush=True)
            lines += 1
    return [
        Figure(f"healthy meters that passed everything, of {meters}", str(total["clean"]), "aim: all"),
        Figure("  scenarios judged", f"{total['judged']:,}"),
        Figure("  scenarios INCONCLUSIVE or not shown, as said beforehand", str(total["announced"])),
        Figure("  scenarios INCONCLUSIVE without a word beforehand", str(total["INCONCLUSIVE"]), "aim: none"),
        Figure("  scenarios FAIL", str(total["FAIL"]), "aim: none"),
        Figure("  scenarios ERROR", str(total["ERROR"]), "aim: none"),
        Figure("true edges in just one span", f"{total['edges']:,}"),
        Figure("  in none or in several, or spans without an edge", str(total["strays"]), "aim: none"),
        Figure("CPU a meter, rehearsals included", f"{spent / max(meters, 1):.2f} s"),
        Figure("wall time", f"{(raw_now() - took_since) / SECOND:.0f} s"),
    ]


def run() -> None:
    """Print the section: RIG_VARIETY meters (5,000), from RIG_VARIETY_FIRST on, on every CPU that there is."""
    since = raw_now()
    print(f"\nHealthy meters by chance, {MANY} of them", flush=True)
    with multiprocessing.get_context("spawn").Pool(len(cpus())) as crew:
        found = figures(crew.imap_unordered(tried, range(FIRST, FIRST + MANY), chunksize=4), since)
    show("Healthy variety", found)


if __name__ == "__main__":
    run()
