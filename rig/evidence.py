"""What a run leaves behind: one chained line a record, append-only, judged and rendered later.

A line is canonical JSON whose last key, `chain`, is the SHA-256 of the previous line's chain and of the line without it.
The chain starts from a constant and ends in a `close` record that names the hash of the `identity` record, so an altered,
missing or cut line is seen. `docs/evidence.md` lists the kinds of records.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from rig import damage
from rig.errors import ConfigError
from rig.plain import AS_THEY_ARE
from rig.plain import interval_of as interval_of
from rig.plain import plain as plain
from rig.plain import span_of as span_of

FORMAT = 1
SUFFIX = ".rig.jsonl"
GENESIS = hashlib.sha256(b"prepaid-meter-rig evidence, format 1").hexdigest()

Record = Mapping[str, Any]

_encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def canonical(record: Record) -> bytes:
    """The bytes that are hashed: sorted keys, no spaces, UTF-8."""
    return _encoded(record).encode()


@lru_cache(maxsize=1024)
def _text(words: str) -> str:
    return _encoded(words)


def _text_of(value: object) -> str:
    """A value's canonical text; the same few names and words come again and again."""
    if type(value) is int:
        return str(value)
    return _text(value) if type(value) is str else _encoded(plain(value))


def digest(record: Record) -> str:
    """SHA-256 of a record's canonical bytes."""
    return hashlib.sha256(canonical(record)).hexdigest()


@dataclass(slots=True)
class Stretch:
    """Polls of one thing that brought the same value; instants are ns."""

    value: Any
    first: int
    last: int
    count: int = 1
    largest_gap: int = 0


class Writer:
    """Writes one evidence file. Refuses to touch a file that exists: nothing is ever written over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: IO[bytes] = path.open("xb", buffering=0)
        except FileExistsError:
            raise ConfigError(f"{path}: holds the evidence of another run; name another folder with --out") from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
        self.chain = GENESIS
        self._lines = 0
        self._identity = ""

    def record(self, kind: str, at: int, **fields: object) -> None:
        """Append one record. `at` is ns since the run began; it is in the file before this returns."""
        body = {"n": self._lines, "kind": kind, "at": at}
        for key, value in fields.items():
            body[key] = value if type(value) in AS_THEY_ARE else plain(value)
        if kind == "identity":
            self._identity = digest({k: v for k, v in body.items() if k not in ("n", "at")})
        self._file.write(self._chained(canonical(body)))

    def watched(self, at: int, stretches: Iterable[tuple[str, Stretch]]) -> None:
        """Append a `watch` record for each of these polls that has ended; they are in the file before this returns.

        Half of all records are of this kind, so their canonical bytes are put together by hand.
        """
        lines = []
        for what, s in stretches:
            text = (
                f'{{"at":{at},"count":{s.count},"first":{s.first},"kind":"watch","largest_gap":{s.largest_gap},'
                f'"last":{s.last},"n":{self._lines},"seen":{_text_of(s.value)},"what":{_text_of(what)}}}'
            )
            lines.append(self._chained(text.encode()))
        self._file.write(b"".join(lines))

    def _chained(self, line: bytes) -> bytes:
        """The next line of the file: a record's canonical bytes, and the hash over all up to it."""
        self.chain = chain = hashlib.sha256(self.chain.encode() + line).hexdigest()
        self._lines += 1
        return line[:-1] + f',"chain":"{chain}"}}\n'.encode()

    def sync(self) -> None:
        """Make sure that what was written survives a power cut."""
        os.fsync(self._file.fileno())

    def close(self, at: int, reason: str) -> str:
        """Write the closing record (`reason`: complete | stopped | error) and return the last hash."""
        self.record("close", at, reason=reason, identity=self._identity)
        self.sync()
        self._file.close()
        return self.chain


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it was read. `state`: complete | stopped | error (its own word), aborted (never closed), altered, torn."""

    path: Path
    records: list[dict[str, Any]]
    state: str
    problem: str
    chain: str

    @property
    def sound(self) -> bool:
        """True when every line is as it was written, whether or not the run came to its end."""
        return self.state not in ("altered", "torn")

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The records of one kind, in order."""
        return [r for r in self.records if r["kind"] == kind]

    def identity(self) -> dict[str, Any]:
        """The identity record, empty when the run died before it."""
        found = self.of("identity")
        return found[0] if found else {}


def read(path: Path) -> Evidence:
    """Read a file and check its chain. Never raises for a damaged one: `state` and `problem` say what is wrong and where."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    torn = lines.pop() if lines else b""
    records: list[dict[str, Any]] = []
    chain = GENESIS
    for number, line in enumerate(lines, start=1):
        body, mark, claimed = line.rpartition(b',"chain":"')
        expected = hashlib.sha256(chain.encode() + body + b"}").hexdigest() if mark else ""
        if not mark or claimed != f'{expected}"}}'.encode():
            return Evidence(path, records, "altered", f"{path}: {damage.altered(line, number)}", chain)
        records.append(json.loads(line))
        chain = expected
    return _ended(path, records, chain, torn)


def _ended(path: Path, records: list[dict[str, Any]], chain: str, torn: bytes) -> Evidence:
    if any(r["kind"] == "close" for r in (records if torn else records[:-1])):
        return Evidence(path, records, "altered", f"{path}: {damage.ADDED}", chain)
    if torn:
        return Evidence(path, records, "torn", f"{path}: {damage.torn(len(records) + 1)}", chain)
    if not records or records[-1]["kind"] != "close":
        return Evidence(path, records, "aborted", f"{path}: {damage.UNCLOSED}", chain)
    identity = next((r for r in records if r["kind"] == "identity"), None)
    if identity is not None:
        bare = {k: v for k, v in identity.items() if k not in ("n", "at", "chain")}
        if digest(bare) != records[-1]["identity"]:
            return Evidence(path, records, "altered", f"{path}: the closing record names another identity", chain)
    return Evidence(path, records, str(records[-1]["reason"]), "", chain)


@dataclass(slots=True)
class Watches:
    """Folds unchanged polls into one `watch` record: first, last, count, largest gap, value.

    `longest` (ns) closes a stretch that goes on, so that a crash loses little; 0 keeps it open.
    """

    writer: Writer
    longest: int = 0
    _open: dict[str, Stretch] = field(default_factory=dict)

    def seen(self, what: str, value: object, sent: int, received: int) -> bool:
        """One poll; True when it brought something new."""
        stretch = self._open.get(what)
        if stretch is not None and stretch.value == value:
            gap = received - stretch.last
            if gap > stretch.largest_gap:
                stretch.largest_gap = gap
            stretch.last = received
            stretch.count += 1
            if self.longest and received - stretch.first > self.longest:
                self._end(what, received)
            return False
        if stretch is not None:
            self._end(what, received)
        self._open[what] = Stretch(value, sent, received)
        return True

    def _end(self, what: str, at: int) -> None:
        self.writer.watched(at, [(what, self._open.pop(what))])

    def close(self, at: int) -> None:
        """Write what is still open."""
        self.writer.watched(at, sorted(self._open.items(), key=lambda one: one[0]))
        self._open.clear()
