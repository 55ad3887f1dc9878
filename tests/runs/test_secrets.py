"""A canary password: the meter demands it, the wire carries it, and no output of any kind shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runs.command import ROOT, Ended, native, rig

CANARY = 3_735_928_559
"""0xDEADBEEF, in two registers of the reference map."""

MASKED = "2a 2a 2a 2a"


def shapes() -> Iterator[str]:
    """The canary as somebody might find it, in lower case."""
    raw = CANARY.to_bytes(4, "big")
    yield str(CANARY)
    for order in (raw, raw[::-1], raw[2:] + raw[:2]):
        yield order.hex()
        yield order.hex(" ")
        yield order.hex(" ", 2)
        yield ", ".join(str(byte) for byte in order)
        yield f"{int.from_bytes(order[:2], 'big')}, {int.from_bytes(order[2:], 'big')}"


def assert_silent(ended: Ended, out: Path) -> None:
    texts = {"stdout": ended.out, "stderr": ended.err}
    texts |= {file.name: file.read_bytes().decode("utf-8", "replace") for file in out.rglob("*") if file.is_file()}
    for name, text in texts.items():
        for shape in shapes():
            assert shape not in text.lower(), f"{name} shows the secret as {shape!r}"


def guarded_bench(folder: Path, kind: str, secret: str) -> Path:
    """A shipped bench whose emulated meter demands the canary, and a secret that comes from `secret`."""
    text = (ROOT / "scenarios" / "benches" / f"{kind}.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^meter = \{(.*)\}$", rf"meter = {{\1, secrets = {{ password = {secret} }} }}", text)
    file = folder / f"{kind}.toml"
    file.write_text(text.replace("[emulated]", f"[emulated]\nmeter = {{ password = {CANARY} }}"), encoding="utf-8")
    return file


def frames_to_password(out: Path) -> list[str]:
    lines = (out / "P01.frames").read_text(encoding="ascii").splitlines()
    return [line for line in lines if " 01 10 01 f0 00 02 04 " in line]


@pytest.mark.parametrize(
    ("kind", "fault"),
    [("sim", ()), ("sim", ("--fault", "A1")), pytest.param("loopback", (), marks=pytest.mark.loopback)],
)
def test_nothing_shows_it(tmp_path: Path, kind: str, fault: tuple[str, ...]) -> None:
    key = tmp_path / "key"
    key.write_text(f"{CANARY}\n")
    bench = guarded_bench(tmp_path, kind, f'{{ file = "{key.as_posix()}" }}')

    ended = rig("run", "-k", "ARR-1", "--bench", bench, *fault, "--out", tmp_path / "out", "--json")

    assert ended.code == (1 if fault else 0), ended.said
    written = frames_to_password(tmp_path / "out")
    assert written and all(MASKED in line for line in written)
    assert_silent(ended, tmp_path / "out")


def test_from_the_environment_and_through_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = guarded_bench(tmp_path, "sim", '{ env = "METER_KEY" }')
    monkeypatch.setenv("METER_KEY", str(CANARY))
    faulty = ("--rig-fault", "A1", f"--rig-bench={bench}", f"--rig-out={tmp_path / 'out'}")

    ended = native(ROOT / "scenarios", "-k", "ARR-1", *faulty, "-vv", "--showlocals", "--full-trace")

    assert ended.code == 1, ended.said
    assert frames_to_password(tmp_path / "out")
    assert_silent(ended, tmp_path / "out")


def test_a_wrong_one_is_the_benchs_fault_and_is_not_shown_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = guarded_bench(tmp_path, "sim", '{ env = "METER_KEY" }')
    text = bench.read_text(encoding="utf-8").replace(f"password = {CANARY}", "password = 17")
    bench.write_text(text, encoding="utf-8")
    monkeypatch.setenv("METER_KEY", str(CANARY))

    ended = rig("run", "-k", "ARR-1", "--bench", bench, "--out", tmp_path / "out", "--json")

    assert ended.code == 4, ended.said
    assert "the meter refused to be unlocked" in ended.err
    assert "comes from the environment variable METER_KEY" in ended.err
    assert_silent(ended, tmp_path / "out")


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ('{ env = "NO_SUCH_KEY_IS_SET" }', "the environment variable NO_SUCH_KEY_IS_SET is not set"),
        ('{ file = "no/such/key" }', "no/such/key cannot be read"),
        ('{ env = "A", file = "b" }', "name exactly one of env and file"),
    ],
)
def test_a_secret_that_is_not_there(tmp_path: Path, secret: str, said: str) -> None:
    bench = guarded_bench(tmp_path, "sim", secret)

    ended = rig("run", "-k", "ARR-1", "--bench", bench, "--out", tmp_path / "out")

    assert ended.code == 2, ended.said
    assert said in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text", [f'"{CANARY}"', f'{{ password = "{CANARY}" }}', f'{{ env = "A", vlaue = "{CANARY}" }}']
)
def test_a_secret_typed_into_the_bench_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    bench = guarded_bench(tmp_path, "sim", text)
    bench.write_text(bench.read_text().replace(f"[emulated]\nmeter = {{ password = {CANARY} }}", "[emulated]"))

    ended = rig("run", "-k", "ARR-1", "--bench", bench, "--out", tmp_path / "out")

    assert ended.code == 2
    assert "positions.0.meter.secrets.password" in ended.err
    assert_silent(ended, tmp_path / "out")


@pytest.mark.parametrize("kind", ["sim", "loopback"])
@pytest.mark.parametrize("command", ["rig", "pytest"])
def test_every_missing_secret_is_named_before_anything_is_opened(tmp_path: Path, kind: str, command: str) -> None:
    bench = guarded_bench(tmp_path, kind, '{ env = "NO_SUCH_KEY" }')
    text = bench.read_text(encoding="utf-8").replace("[emulated]", "@", 1)
    second = re.search(r"(?s)\[\[positions\]\].*?(?=@)", text)
    assert second
    more = second[0].replace('"P01"', '"P02"').replace("unit = 1", "unit = 2").replace("NO_SUCH_KEY", "NOR_SUCH_A_KEY")
    bench.write_text(text.replace("@", f"{more}\n[emulated]"), encoding="utf-8")
    out = tmp_path / "out"

    if command == "rig":
        ended = rig("run", "-k", "ARR-1", "--bench", bench, "--out", out)
    else:
        ended = native(ROOT / "scenarios", "-k", "ARR-1", f"--rig-bench={bench}", f"--rig-out={out}")

    assert ended.code == (2 if command == "rig" else 4), ended.said
    assert not out.exists()
    assert "positions.P01.meter.secrets.password: the environment variable NO_SUCH_KEY is not set" in ended.err
    if command == "rig":
        assert "positions.P02.meter.secrets.password: the environment variable NOR_SUCH_A_KEY is not set" in ended.err


def test_who_only_serves_an_emulated_bench_needs_no_password(tmp_path: Path) -> None:
    from rig.choices import Choices, setup_of

    bench = guarded_bench(tmp_path, "loopback", '{ env = "NO_SUCH_KEY" }')

    assert setup_of(Choices(bench=str(bench), drives=False)).bench.name == "loopback"


def test_a_secret_that_the_map_does_not_know_is_found_by_check_and_by_run(tmp_path: Path) -> None:
    bench = guarded_bench(tmp_path, "sim", '{ env = "NO_SUCH_KEY" }')
    bench.write_text(bench.read_text(encoding="utf-8").replace("{ password =", "{ pasword =", 1), encoding="utf-8")

    checked = rig("check", bench, "--json")

    assert checked.code == 2
    assert "secrets.pasword: map reference has no such password; it has password" in checked.out
