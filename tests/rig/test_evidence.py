"""The chain: what was written is what is read, and every damage is seen and named."""

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.clock import FOREVER, Span
from rig.errors import ConfigError
from rig.evidence import GENESIS, Watches, Writer, interval_of, plain, read, span_of
from rig.interval import Interval


def written(path: Path, records: int = 4, close: bool = True) -> Writer:
    writer = Writer(path)
    writer.record("identity", 0, bench={"name": "sim"}, seed=0)
    for number in range(records):
        writer.record("note", number, words=f"₹ {number}")
    if close:
        writer.close(99, "complete")
    return writer


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    writer = written(path)
    evidence = read(path)
    assert evidence.state == "complete"
    assert evidence.sound
    assert [r["kind"] for r in evidence.records] == ["identity", "note", "note", "note", "note", "close"]
    assert evidence.chain == writer.chain


def test_the_chain_can_be_followed_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    written(path)
    chain = GENESIS
    for line in path.read_bytes().splitlines():
        body, _, claimed = line.rpartition(b',"chain":"')
        chain = hashlib.sha256(chain.encode() + body + b"}").hexdigest()
        assert claimed == f'{chain}"}}'.encode()


@settings(max_examples=60)
@given(data=st.data())
def test_any_changed_byte_is_seen(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("run") / "P01.rig.jsonl"
    written(path)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    assert read(path).state in ("altered", "torn", "aborted")


def test_an_altered_last_line_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    written(path)
    path.write_bytes(path.read_bytes().replace(b'"complete"', b'"completE"'))
    found = read(path)
    assert found.state == "altered"
    assert "line 6" in found.problem


def test_a_cut_tail_is_not_the_same_as_an_alteration(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert read(path).state == "aborted"
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    assert read(path).state == "torn"
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert read(path).state == "altered"


def test_another_identity_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    writer = Writer(path)
    writer.record("identity", 0, seed=1)
    writer.record("identity", 0, seed=2)
    writer.close(1, "complete")
    assert read(path).state == "altered"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    written(path)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="holds the evidence of another run"):
        Writer(path)
    assert path.read_bytes() == before


def test_a_missing_file_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.rig.jsonl")


def test_exact_things_stay_exact() -> None:
    span = Span(3, FOREVER)
    interval = Interval(Fraction(1, 3), Fraction(2, 3))
    assert span_of(json.loads(json.dumps(plain(span)))) == span
    assert interval_of(json.loads(json.dumps(plain(interval)))) == interval
    with pytest.raises(TypeError, match="no place in evidence"):
        plain(object())


def test_unchanged_polls_are_one_record(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    writer = Writer(path)
    watches = Watches(writer)
    for n in range(1000):
        assert watches.seen("output_state", True, n * 10, n * 10 + 2) == (n == 0)
    assert watches.seen("output_state", False, 10_000, 10_005)
    watches.close(10_010)
    first, second = read(path).of("watch")
    assert (first["count"], first["seen"], first["first"], first["last"]) == (1000, True, 0, 9992)
    assert first["largest_gap"] == 10
    assert (second["count"], second["seen"]) == (1, False)
