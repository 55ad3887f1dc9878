"""Four scenarios as a session writes them: one for each word, with its ledger, edges, claims and settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rig.clock import MILLISECOND, SECOND
from rig.evidence import Writer
from rig.verdict import Word, judge, outcome

MS = MILLISECOND
REQUIREMENTS = {
    "REQ-RCH-1": (
        "A recharge raises the balance by exactly its amount less the arrears due.",
        "domain.md 4.2, example policy",
    ),
    "REQ-OVL-1": (
        "The relay opens when the load has stayed above the limit for the programmed time.",
        "IS 15884:2010, 6.10.4",
    ),
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

    def begin(
        self, id_: str, title: str, function: str, requires: str, judges: list[dict[str, Any]], **more: Any
    ) -> None:
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

    def claim(self, item: str, seen: Any, after: int = 0) -> None:
        self.now += after
        self.tell("claim", item=item, seen=seen, span=[self.now, self.now + MS])

    def ledger(self, entry: str, words: str, oracle: list[str], meter: int, **more: str) -> None:
        line = {"amount": "0", "to_arrears": None, "to_balance": None, "arrears": "0", **more}
        self.tell("ledger", entry=entry, words=words, oracle=oracle, meter=meter, **line)

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


def judgement(name: str, promised: str, sources: list[str], **limit: Any) -> dict[str, Any]:
    return {"name": name, "kind": limit["kind"], "promised": promised, "sources": sources, "limit": limit}


def timed(name: str, promised: str, lo_s: int, hi_s: int, source: str) -> dict[str, Any]:
    resolution = 25 * MS
    window = [lo_s * SECOND - resolution, hi_s * SECOND + resolution]
    return judgement(name, promised, [source], kind="timed", window=window, resolution=resolution)


def equal(name: str, promised: str, value: object, unit: str = "") -> dict[str, Any]:
    return judgement(name, promised, [], kind="equal", value=value, unit=unit)


def money(name: str) -> dict[str, Any]:
    sources = ["map: promises.balance_step_paise, energy_quantum_wh", "policy: tariff.energy_charge"]
    return judgement(name, "the meter's balance is the oracle's", sources, kind="money", window=["0", "0"], widest="4")


def recharge(p: Position, words: str = "recharge of 100.00, id 7") -> None:
    judges = [
        equal("balance rise", "the balance rises by 100.00 less arrears", 7655, "paise"),
        equal("recharge count", "one recharge more", 1),
        money("balance afterwards"),
    ]
    catches = {"P1": "balance rise", "P2": "recharge count"}
    title, where = "A recharge is credited exactly, once", "recharge/test_exact.py::test_credited"
    p.begin("RCH-1", title, where, "REQ-RCH-1", judges, catches=catches, credit=12345)
    p.tell("setting", item="alarm_1", found=2000, written=500, left=None)
    p.claim("output_state", True)
    p.claim("control_state", 1)
    p.ledger("opening", "as the meter shows it", ["12344", "12346"], 12345, arrears="2345")
    p.command("load", "draw 2317 W", watts=2317)
    p.watch("balance", 12345, p.now + 1200 * MS)
    p.watch("balance", 12344, p.now + 900 * MS)
    p.command("wallet", words, takes=180 * MS, result="accepted")
    moved = {"amount": "10000", "to_arrears": "2345", "to_balance": "7655"}
    p.ledger("recharge", "arrears first, the rest is balance", ["19998", "20000"], 19999, **moved)
    p.watch("balance", 19999, p.now + 2 * SECOND)
    p.command("load", "off", watts=0)
    p.tell("setting", item="alarm_1", found=2000, written=None, left=2000)
    p.observe("balance rise", {"value": 7655})
    p.observe("recharge count", {"value": 1})
    p.observe("balance afterwards", {"difference": ["-1", "1"], "meter": 19999, "oracle": ["19998", "20000"]})
    p.end("RCH-1")


def overload(p: Position, recorded: str | None = None) -> None:
    judges = [
        timed("trip time", "opens 10 s after the load rose above the limit", 9, 11, "map: promises.overload.delay_s"),
        equal("disconnect cause", "the meter says overload", 1),
    ]
    title, where = "The relay opens in time when the load stays above the limit", "overload/test_trip.py::test_trips"
    p.begin("OVL-1", title, where, "REQ-OVL-1", judges, catches={"O1": "trip time", "O5": "trip time"})
    p.claim("output_state", True)
    p.claim("control_state", 1)
    start = p.command("load", "draw 2880 W", watts=2880)
    window = [start[0] + 9 * SECOND, start[1] + 11 * SECOND]
    p.tell("expected", state="open", window=window, why="overload: above 2400 W for 10 s", must=True)
    p.watch("balance", 52340, start[0] + 6 * SECOND)
    p.watch("balance", 52339, start[0] + 13 * SECOND)
    p.now = start[0] + 13420 * MS
    p.tell("edge", state="open", span=[start[0] + 13400 * MS, start[0] + 13420 * MS])
    p.now += 130 * MS
    p.claim("output_state", False)
    p.claim("control_state", 2, after=MS)
    p.claim("disconnect_cause", 1, after=MS)
    p.now += 500 * MS
    p.observe("trip time", {"span": [13398 * MS, 13420 * MS]}, recorded)
    p.observe("disconnect cause", {"value": 1})
    p.command("load", "off", watts=0)
    p.tell("finding", of="unexplained edge", words="the contact opened 2.4 s after its window had closed")
    p.end("OVL-1")


def exhaustion(p: Position) -> None:
    judges = [
        timed("cut", "opens when the credit is gone", 7200, 7205, "policy: tariff.energy_charge"),
        money("balance at the cut"),
    ]
    title, where = "The relay opens when the credit is gone", "exhaustion/test_cut.py::test_opens"
    p.begin("EXH-1", title, where, "REQ-EXH-1", judges, catches={"C2": "cut"})
    p.claim("output_state", True)
    start = p.command("load", "draw 2317 W", watts=2317)
    p.ledger("opening", "as the meter shows it", ["3012", "3013"], 3012)
    window = [start[0] + 7200 * SECOND, start[1] + 7205 * SECOND]
    p.tell("expected", state="open", window=window, why="credit gone", must=True)
    for paise, after in ((3012, 600), (2000, 2400), (900, 5000), (0, 7203)):
        p.watch("balance", paise, start[0] + after * SECOND)
    p.now = start[0] + 7206 * SECOND
    p.tell("edge", state="open", span=[start[0] + 7203 * SECOND, p.now])
    p.claim("output_state", False)
    p.now += SECOND
    p.ledger("energy", "consumption so far at the energy charge", ["-3/2", "1/2"], 0)
    p.observe("cut", {"span": [7203 * SECOND, 7206 * SECOND]})
    p.observe("balance at the cut", {"difference": ["-1", "2"], "meter": 0, "oracle": ["-3/2", "1/2"]})
    p.command("load", "off", watts=0)
    p.end("EXH-1")


def bench_breaks(p: Position) -> None:
    title, where = "A remote disconnect opens the relay", "relay/test_remote.py::test_opens"
    p.begin("REL-1", title, where, "REQ-REL-1", [equal("relay", "open", "open")], catches={"R7": "relay"})
    p.command("load", "draw 200 W", watts=200)
    p.now += SECOND
    asked = "read input 0x0000+2: no answer in 1.000 s; frames: P01.frames"
    p.tell("error", error="LinkError", words=f"P01 meter (modbus tcp 127.0.0.1:502 unit 1): {asked}")
    p.end("REL-1")


PARTS = {"RCH-1": recharge, "OVL-1": overload, "EXH-1": exhaustion, "REL-1": bench_breaks}
