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
from rig.evidence import GENESIS, Stretch, Watches, Writer, interval_of, plain, read, span_of
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


def test_a_record_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "P01.rig.jsonl"
    writer = Writer(path)
    writer.record("identity", 5, seed=7, bench={"name": "sim"})
    writer.record("note", 6, words="₹ \n", span=Span(1, FOREVER), exact=Fraction(1, 3), flag=True, none=None)
    writer.watched(
        9,
        [
            ("a", Stretch(7, 1, 8, 3, 4)),
            ("b", Stretch("x", 2, 6)),
            ("c", Stretch(True, 2, 6)),
            ("d", Stretch(None, 2, 6)),
        ],
    )
    assert writer.close(10, "stopped") == writer.chain
    bodies = [line.rpartition(',"chain":"')[0] + "}" for line in path.read_text(encoding="utf-8").splitlines()]
    identity = hashlib.sha256(b'{"bench":{"name":"sim"},"kind":"identity","seed":7}').hexdigest()
    assert bodies == [
        '{"at":5,"bench":{"name":"sim"},"kind":"identity","n":0,"seed":7}',
        '{"at":6,"exact":"1/3","flag":true,"kind":"note","n":1,"none":null,"span":[1,null],"words":"₹ \\n"}',
        '{"at":9,"count":3,"first":1,"kind":"watch","largest_gap":4,"last":8,"n":2,"seen":7,"what":"a"}',
        '{"at":9,"count":1,"first":2,"kind":"watch","largest_gap":0,"last":6,"n":3,"seen":"x","what":"b"}',
        '{"at":9,"count":1,"first":2,"kind":"watch","largest_gap":0,"last":6,"n":4,"seen":true,"what":"c"}',
        '{"at":9,"count":1,"first":2,"kind":"watch","largest_gap":0,"last":6,"n":5,"seen":null,"what":"d"}',
        f'{{"at":10,"identity":"{identity}","kind":"close","n":6,"reason":"stopped"}}',
    ]
    found = read(path)
    assert (found.state, found.problem, found.path, found.chain) == ("stopped", "", path, writer.chain)
    assert found.identity()["seed"] == 7
    assert [r["n"] for r in found.records] == list(range(7))


def test_a_record_is_in_the_file_before_it_returns(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    writer.record("note", 1, words="here")
    assert b'"here"' in writer.path.read_bytes()
    writer.sync()
    assert read(writer.path).state == "aborted"
    assert read(writer.path).identity() == {}
    assert read(writer.path).sound


@pytest.mark.parametrize(
    ("end", "state", "problem", "lines"),
    [
        (b"", "aborted", "UNCLOSED: has no closing record: the run was cut off", 2),
        (b"{", "torn", "TORN: line 3, the last one, is cut off in the middle", 2),
    ],
)
def test_how_a_file_ended(tmp_path: Path, end: bytes, state: str, problem: str, lines: int) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    writer.record("identity", 0, seed=0)
    writer.record("note", 1, words="x")
    with writer.path.open("ab") as file:
        file.write(end)
    found = read(writer.path)
    assert (found.state, found.problem) == (state, f"{writer.path}: {problem}")
    assert (len(found.records), found.chain, found.path) == (lines, writer.chain, writer.path)
    assert found.sound is (state == "aborted")


def test_a_closed_file_of_another_identity_says_so(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    writer.record("identity", 0, seed=0)
    writer._identity = "another"
    writer.close(1, "complete")
    found = read(writer.path)
    assert (found.state, found.problem) == ("altered", f"{writer.path}: the closing record names another identity")
    assert (found.chain, len(found.records), found.path, found.sound) == (writer.chain, 2, writer.path, False)


def test_a_file_without_identity_or_lines(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.rig.jsonl")
    writer.close(1, "complete")
    assert read(writer.path).state == "complete"
    empty = tmp_path / "b.rig.jsonl"
    empty.write_bytes(b"")
    assert (read(empty).state, read(empty).records, read(empty).chain) == ("aborted", [], GENESIS)
    doubled = tmp_path / "c.rig.jsonl"
    doubled.write_bytes(writer.path.read_bytes() + b"x")
    assert read(doubled).state == "altered"
    assert read(doubled).problem == f"{doubled}: ALTERED: lines were added behind a closing record"


def test_a_stretch_that_goes_on_is_closed_when_it_is_long(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    watches = Watches(writer, longest=100)
    assert watches.seen("z", 1, 0, 10)
    assert not watches.seen("z", 1, 40, 50)
    assert not watches.seen("z", 1, 90, 100)
    assert read(writer.path).of("watch") == []
    assert not watches.seen("z", 1, 95, 101)
    assert watches.seen("z", 1, 110, 120)
    assert watches.seen("a", 2, 111, 121)
    watches.close(130)
    watches.close(140)
    kept = [
        (r["at"], r["what"], r["count"], r["first"], r["last"], r["largest_gap"]) for r in read(writer.path).of("watch")
    ]
    assert kept == [(101, "z", 4, 0, 101, 50), (130, "a", 1, 111, 121, 0), (130, "z", 1, 110, 120, 0)]


def test_a_value_that_changes_begins_anew(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    watches = Watches(writer)
    watches.seen("z", 1, 0, 10)
    watches.seen("z", 2, 20, 30)
    (first,) = read(writer.path).of("watch")
    assert (first["at"], first["seen"], first["first"], first["last"]) == (30, 1, 0, 10)


def test_how_long_a_stretch_is_counts_from_its_own_beginning(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    watches = Watches(writer, longest=100)
    watches.seen("z", 1, 1000, 1010)
    watches.seen("z", 1, 1090, 1100)
    assert read(writer.path).of("watch") == []


def test_a_damaged_line_leaves_what_was_sound(tmp_path: Path) -> None:
    writer = written(tmp_path / "P01.rig.jsonl")
    content = writer.path.read_bytes().splitlines(keepends=True)
    sound = read(writer.path)
    writer.path.write_bytes(b"".join([*content[:3], content[3].replace(b"note", b"nose"), *content[4:]]))
    found = read(writer.path)
    assert (found.path, found.state, found.records) == (writer.path, "altered", sound.records[:3])
    assert found.chain == sound.records[2]["chain"]
    writer.path.write_bytes(b"".join(content) + b"x")
    found = read(writer.path)
    assert (found.path, found.state, found.records, found.chain) == (writer.path, "altered", sound.records, sound.chain)


def test_words_that_look_like_the_chain_are_words(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    writer.record("note", 1, words='","chain":"x', zzz='a","chain":"b')
    writer.close(2, "complete")
    assert read(writer.path).state == "complete"
    assert json.loads(writer.path.read_text(encoding="utf-8").splitlines()[-1])["identity"] == ""


def test_a_folder_that_is_not_there_is_a_message(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "P01.rig.jsonl"
    with pytest.raises(ConfigError, match=r"P01\.rig\.jsonl: cannot be written: No such file"):
        Writer(path)
