"""A run as pandas frames, for notebooks and for comparing runs. pandas is imported when a frame is asked for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from reports.results import COLUMNS, rows
from rig.clock import FOREVER, SECOND
from rig.results import RunResult

if TYPE_CHECKING:
    import pandas as pd


def scenarios_frame(run: RunResult) -> pd.DataFrame:
    """One row a scenario that ran.

    Columns: position, serial, scenario, title, word (text); began_s, bench_s (seconds since the run began, seconds);
    judgements, findings (counts); emulated (bool).
    """
    import pandas as pd

    columns = [
        "position",
        "serial",
        "scenario",
        "title",
        "word",
        "began_s",
        "bench_s",
        "judgements",
        "findings",
        "emulated",
    ]
    found = [
        (
            p.name, str(p.one("meter").get("serial", "")), s.id, s.title, str(s.word), s.declared["at"] / SECOND,
            s.bench_ns / SECOND, len(s.outcome.judgements), len(s.of("finding")), p.emulated,
        )
        for p in run.positions
        for s in p.scenarios
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def judgements_frame(run: RunResult) -> pd.DataFrame:
    """The rows and columns of results.csv, all text but bench_s (seconds, NaN for a scenario that did not run)."""
    import pandas as pd

    frame = pd.DataFrame([{c: row.get(c, "") for c in COLUMNS} for row in rows(run)], columns=list(COLUMNS))
    frame["bench_s"] = pd.to_numeric(frame["bench_s"], errors="coerce")
    return frame


def edges_frame(run: RunResult) -> pd.DataFrame:
    """One row an electrical edge.

    Columns: position, scenario, state (text); lo_s, hi_s (seconds since the scenario began; hi_s is NaN for an edge that
    did not come); u_s (standard uncertainty in seconds, half width / sqrt(3)).
    """
    import pandas as pd

    found: list[dict[str, Any]] = []
    for s in run.scenarios:
        start = s.declared["at"]
        for edge in s.of("edge"):
            lo, hi = edge["span"]
            came = hi is not None and hi < FOREVER
            found.append(
                {
                    "position": s.position,
                    "scenario": s.id,
                    "state": edge["state"],
                    "lo_s": (lo - start) / SECOND,
                    "hi_s": (hi - start) / SECOND if came else float("nan"),
                    "u_s": (hi - lo) / SECOND / 12**0.5 if came else float("nan"),
                }
            )
    return pd.DataFrame(found, columns=["position", "scenario", "state", "lo_s", "hi_s", "u_s"])


def ledger_frame(run: RunResult) -> pd.DataFrame:
    """One row a line of a scenario's ledger.

    Columns: position, scenario, entry, words (text); at_s (seconds since the scenario began); amount, oracle_lo,
    oracle_hi (exact paise as Fraction objects); meter (paise, nullable integer).
    """
    import pandas as pd

    found = [
        {
            "position": s.position,
            "scenario": s.id,
            "entry": line["entry"],
            "words": line.get("words", ""),
            "at_s": (line["at"] - s.declared["at"]) / SECOND,
            "amount": Fraction(line.get("amount") or 0),
            "oracle_lo": Fraction(line["oracle"][0]),
            "oracle_hi": Fraction(line["oracle"][1]),
            "meter": line.get("meter"),
        }
        for s in run.scenarios
        for line in s.of("ledger")
    ]
    columns = ["position", "scenario", "entry", "words", "at_s", "amount", "oracle_lo", "oracle_hi", "meter"]
    return pd.DataFrame(found, columns=columns).astype({"meter": "Int64"})
