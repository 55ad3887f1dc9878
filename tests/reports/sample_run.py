"""Writes run folders as a real run leaves them, without a bench: the input of the report's tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rig.clock import MILLISECOND, SECOND
from rig.evidence import Writer
from rig.verdict import Word, judge, outcome, worst

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
MS = MILLISECOND
REQUIREMENTS = {
    "REQ-RCH-1": ("A recharge raises the balance by exactly its amount less the arrears due.", "domain.md 4.2, example policy"),
    "REQ-OVL-1": ("The relay opens when the load has stayed above the limit for the programmed time.", "IS 15884:2010, 6.10.4"),
    "REQ-EXH-1": ("The relay opens when the credit is used up, outside protected hours.", "example policy, section 3"),
    "REQ-REL-1": ("A remote disconnect opens the relay and is reported by the meter.", "IEC 62056-6-2, class 70"),
}


class Position:
    """One evidence file in the making. `now` (ns) moves on by hand."""

    def __init__(self, path: Path, name: str, emulated: bool) -> None:
        self.writer = Writer(path)
        self.name = name
        self.now = 0
        self.words: list[Word] = []
        self._told: list[Mapping[str, Any]] = []
        self._limits: dict[str, Mapping[str, Any]] = {}
        self._began = 0
        self.tell("header", format=1, position=name, emulated=emulated, bench_kind="sim" if emulated else "wired")

    def tell(self, kind: str, **fields: Any) -> None:
        self.writer.record(kind, self.now, **fields)
        if kind in ("scenario", "observation", "finding", "error", "stopped", "inconclusive"):
            self._told.append({"kind": kind, **fields})

    def begin(self, id_: str, title: str, function: str, requires: str, judges: list[dict[str, Any]], **more: Any) -> None:
        sentence, source = REQUIREMENTS[requires]
        self._told, self._began = [], self.now
        self._limits = {one["name"]: one["limit"] for one in judges}
        self.tell(
            "scenario",
            id=id_,
            title=title,
            about=more.pop("about", ""),
            function=function,
            requirements=[{"id": requires, "sentence": sentence, "source": source}],
            catches=more.pop("catches", {}),
            judges=judges,
            starts={"relay": "closed", **more},
        )

    def command(self, device: str, did: str, takes: int = 2 * MS, **more: Any) -> list[int]:
        span = [self.now, self.now + takes]
        self.now += takes
        self.tell("command", device=device, did=did, span=span, **more)
        return span

    def watch(self, what: str, seen: Any, until: int, every: int = 500 * MS) -> None:
        first, self.now = self.now, until
        count = max((until - first) // every, 1)
        self.tell("watch", what=what, first=first, last=until, count=count, largest_gap=every, seen=seen)

    def observe(self, name: str, observed: dict[str, Any], recorded: str | None = None) -> None:
        verdict = judge(self._limits[name], observed)
        self.tell("observation", judgement=name, observed=observed)
        self.tell("verdict", judgement=name, word=recorded or verdict.word, words=verdict.words)

    def end(self, id_: str, recorded: str | None = None) -> None:
        result = outcome(self._told)
        self.words.append(result.word)
        self.tell("scenario_end", id=id_, word=recorded or result.word, bench_ns=self.now - self._began)
        self.now += SECOND


def timed(name: str, promised: str, lo: int, hi: int, sources: Iterable[str]) -> dict[str, Any]:
    resolution = 25 * MS
    limit = {"kind": "timed", "window": [lo - resolution, hi + resolution], "resolution": resolution}
    return {"name": name, "kind": "timed", "promised": promised, "sources": list(sources), "limit": limit}


def equal(name: str, promised: str, value: object, unit: str = "") -> dict[str, Any]:
    return {"name": name, "kind": "equal", "promised": promised, "sources": [], "limit": {"kind": "equal", "value": value, "unit": unit}}


def money(name: str) -> dict[str, Any]:
    sources = ["map: promises.balance_step_paise, energy_quantum_wh", "policy: tariff.energy_charge"]
    limit = {"kind": "money", "window": ["-2", "2"]}
    return {"name": name, "kind": "money", "promised": "the meter's balance is the oracle's", "sources": sources, "limit": limit}


def identity(part: bool, planned: list[str], bench_kind: str, text: str) -> dict[str, Any]:
    numbers = [
        {"path": "tariff.energy_charge", "value": "6.50", "unit": "INR/kWh", "source": "example tariff order", "date": "2026-04-01", "mark": ""},
        {"path": "arrears.share", "value": "100", "unit": "%", "source": "example", "date": "2026-01-15", "mark": "GK"},
    ]
    channel = {"what": "digital input", "every_ms": 20, "delay_ms": ["0", "5"], "resolution_ms": "25", "live": "source"}
    return {
        "bench": {
            "name": "desk", "kind": bench_kind, "description": text or "one position, everything emulated", "sha256": "b" * 64, "channel": channel,
            "energy_from": "load, accuracy 0.2 %", "mains": {"volts": "230", "hertz": "50"}, "limits": {"watts": 3680, "seconds": 7200},
        },
        "map": {"name": "reference", "model": text or "Reference prepaid meter", "source": "own design", "tried_on_hardware": False, "sha256": "a" * 64},
        "policy": {
            "name": "arrears_first", "title": "Arrears first", "utility": "example utility", "valid_from": "2026-01-01", "valid_to": "2026-06-30",
            "reviewed_on": "2026-01-15", "expired": True, "sha256": "c" * 64, "numbers": numbers,
        },
        "plan": {"name": "acceptance", "title": "Acceptance of one meter", "sha256": "d" * 64, "scenarios": planned, "part": part},
        "versions": {"rig": "0.1.0", "python": "3.11"},
        "seed": 7,
        "faults": [],
    }


def recharge(p: Position, words: str = "recharge of 100.00, id 7") -> None:
    judges = [
        equal("balance rise", "the balance rises by 100.00 less arrears", 7655, "paise"),
        equal("recharge count", "one recharge more", 1),
        money("balance afterwards"),
    ]
    catches = {"P1": "balance rise", "P2": "recharge count"}
    p.begin("RCH-1", "A recharge is credited exactly, once", "recharge/test_exact.py::test_credited", "REQ-RCH-1", judges, catches=catches, credit=12345)
    p.tell("claim", item="output_state", seen=True, span=[p.now, p.now + MS])
    p.tell("claim", item="control_state", seen=1, span=[p.now, p.now + MS])
    p.tell("ledger", entry="opening", words="as the meter shows it", amount="0", to_arrears=None, to_balance=None, oracle=["12344", "12346"], arrears="2345", meter=12345)
    p.command("load", "draw 2317 W", watts=2317)
    p.watch("balance", 12345, p.now + 1200 * MS)
    p.watch("balance", 12344, p.now + 900 * MS)
    p.command("wallet", words, takes=180 * MS, result="accepted")
    p.tell("ledger", entry="recharge", words="arrears first, the rest is balance", amount="10000", to_arrears="2345", to_balance="7655", oracle=["19998", "20000"], arrears="0", meter=19999)
    p.watch("balance", 19999, p.now + 2 * SECOND)
    p.command("load", "off", watts=0)
    p.tell("setting", item="alarm_1", found=2000, written=500, left=2000)
    p.observe("balance rise", {"value": 7655})
    p.observe("recharge count", {"value": 1})
    p.observe("balance afterwards", {"difference": ["-1", "1"], "meter": 19999, "oracle": ["19998", "20000"]})
    p.end("RCH-1")


def overload(p: Position, recorded: str | None = None) -> None:
    judges = [
        timed("trip time", "opens 10 s after the load rose above the limit", 9 * SECOND, 11 * SECOND, ["map: promises.overload.delay_s", "setting: over_threshold_duration"]),
        equal("disconnect cause", "the meter says overload", 1),
    ]
    p.begin("OVL-1", "The relay opens in time when the load stays above the limit", "overload/test_trip.py::test_trips", "REQ-OVL-1", judges, catches={"O1": "trip time", "O5": "trip time"})
    p.tell("claim", item="output_state", seen=True, span=[p.now, p.now + MS])
    p.tell("claim", item="control_state", seen=1, span=[p.now, p.now + MS])
    start = p.command("load", "draw 2880 W", watts=2880)
    p.tell("expected", state="open", window=[start[0] + 9 * SECOND, start[1] + 11 * SECOND], why="overload: above 2400 W for 10 s", must=True)
    p.watch("balance", 52340, start[0] + 6 * SECOND)
    p.watch("balance", 52339, start[0] + 13 * SECOND)
    p.now = start[0] + 13420 * MS
    p.tell("edge", state="open", span=[start[0] + 13400 * MS, start[0] + 13420 * MS])
    p.now += 130 * MS
    p.tell("claim", item="output_state", seen=False, span=[p.now, p.now + MS])
    p.tell("claim", item="control_state", seen=2, span=[p.now + MS, p.now + 2 * MS])
    p.tell("claim", item="disconnect_cause", seen=1, span=[p.now + 2 * MS, p.now + 3 * MS])
    p.now += 500 * MS
    p.observe("trip time", {"span": [13398 * MS, 13420 * MS]}, recorded)
    p.observe("disconnect cause", {"value": 1})
    p.command("load", "off", watts=0)
    p.tell("finding", of="unexplained edge", words="the contact opened 2.4 s after its window had closed")
    p.end("OVL-1")


def exhaustion(p: Position) -> None:
    judges = [timed("cut", "opens when the credit is gone", 7200 * SECOND, 7205 * SECOND, ["policy: tariff.energy_charge", "map: promises.ledger_tick_s"]), money("balance at the cut")]
    p.begin("EXH-1", "The relay opens when the credit is gone", "exhaustion/test_cut.py::test_opens", "REQ-EXH-1", judges, catches={"C2": "cut"})
    p.tell("claim", item="output_state", seen=True, span=[p.now, p.now + MS])
    start = p.command("load", "draw 2317 W", watts=2317)
    p.tell("ledger", entry="opening", words="as the meter shows it", amount="0", to_arrears=None, to_balance=None, oracle=["3012", "3013"], arrears="0", meter=3012)
    p.tell("expected", state="open", window=[start[0] + 7200 * SECOND, start[1] + 7205 * SECOND], why="credit gone", must=True)
    for paise, after in ((3012, 600), (2000, 2400), (900, 5000), (0, 7203)):
        p.watch("balance", paise, start[0] + after * SECOND)
    p.now = start[0] + 7206 * SECOND
    p.tell("edge", state="open", span=[start[0] + 7203 * SECOND, p.now])
    p.tell("claim", item="output_state", seen=False, span=[p.now, p.now + MS])
    p.now += SECOND
    p.tell("ledger", entry="energy", words="consumption so far at the energy charge", amount="0", to_arrears=None, to_balance=None, oracle=["-3/2", "1/2"], arrears="0", meter=0)
    p.observe("cut", {"span": [7203 * SECOND, 7206 * SECOND]})
    p.observe("balance at the cut", {"difference": ["-1", "2"], "meter": 0, "oracle": ["-3/2", "1/2"]})
    p.command("load", "off", watts=0)
    p.end("EXH-1")


def bench_breaks(p: Position) -> None:
    p.begin("REL-1", "A remote disconnect opens the relay", "relay/test_remote.py::test_opens", "REQ-REL-1", [equal("relay", "open", "open")], catches={"R7": "relay"})
    p.command("load", "draw 200 W", watts=200)
    p.now += SECOND
    p.tell("error", error="LinkError", words="P01 meter (modbus tcp 127.0.0.1:502 unit 1): read input 0x0000+2: no answer in 1.000 s; frames: P01.frames")
    p.end("REL-1")


PARTS = {"RCH-1": recharge, "OVL-1": overload, "EXH-1": exhaustion, "REL-1": bench_breaks}


def write_run(
    folder: Path,
    ids: Iterable[str] = ("RCH-1", "OVL-1", "EXH-1", "REL-1"),
    *,
    position: str = "P01",
    emulated: bool = True,
    serial: str = "RPM00012345",
    text: str = "",
    part: bool = False,
    cut_in: str = "",
    excluded: bool = True,
    misjudge: str | None = None,
) -> Path:
    """A run folder. `cut_in` stops the file in the middle of that scenario; `text` stands in for names that files bring."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{position}.rig.jsonl"
    p = Position(path, position, emulated)
    ids = list(ids)
    p.tell("identity", **identity(part, ids, "sim" if emulated else "wired", text))
    p.tell("meter", model=text or "Reference prepaid meter", serial=serial, firmware=text or "1.0.3", settings={"load_limit": 2400}, promises={}, capabilities=["recharge", "overload"])
    if excluded:
        p.tell("exclusion", id="EMG-1", title="Emergency credit is lent once", word="not promised", why="the map has no capability emergency_credit")
    for id_ in ids:
        if id_ == cut_in:
            p.begin(id_, "cut off", "recharge/test_exact.py::test_cut", "REQ-RCH-1", [equal("anything", "x", 1)])
            p.command("load", "draw 100 W", watts=100)
            return path
        if id_ == "OVL-1" and misjudge:
            overload(p, misjudge)
        elif id_ == "RCH-1" and text:
            recharge(p, text)
        else:
            PARTS[id_](p)
    p.tell("summary", word=worst(p.words), counts={}, not_shown=[], not_promised=["EMG-1"])
    chain = p.writer.close(p.now, "complete")
    (folder / "provenance.json").write_text(
        json.dumps(
            {
                "started_utc": "2026-11-25T08:00:00+00:00", "ended_utc": "2026-11-25T08:03:11+00:00", "zone": "+05:30", "git_commit": "0123abc",
                "python": "3.11.9", "platform": "Linux", "instruments": [], "files": {path.name: chain},
            }
        )
    )
    return path
