"""Wire logs: one line a frame, whole after a flush, polls counted instead of written."""

from __future__ import annotations

from pathlib import Path

from rig.clock import SECOND
from rig.keeper.frames import FrameFile, PollFile
from rig.keeper.kept import FileSwitch


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()[1:]


def test_a_frame_is_a_line_of_seconds_direction_and_bytes(tmp_path: Path) -> None:
    file = FrameFile(tmp_path / "P01.frames")
    file.log(12 * SECOND + 5, ">", bytes.fromhex("0001abff"))
    file.log(13 * SECOND, "!", b"\x00")
    assert lines(tmp_path / "P01.frames") == []
    file.flush()

    assert lines(tmp_path / "P01.frames") == ["12.000000005 > 00 01 ab ff", "13.000000000 ! 00"]
    file.close()
    assert (tmp_path / "P01.frames").read_text().startswith("# format = 1")


def test_a_second_run_goes_on_behind_the_first(tmp_path: Path) -> None:
    for instant in (1, 2):
        file = FrameFile(tmp_path / "f")
        file.log(instant, ">", b"a")
        file.close()

    assert len(lines(tmp_path / "f")) == 2


def test_polls_alike_are_counted(tmp_path: Path) -> None:
    file = PollFile(tmp_path / "f")
    for number in range(5):
        file.log(number, ">", bytes([0, number, 7]))
        file.log(number, "<", bytes([0, number, 9 if number == 3 else 8]))
    file.close()

    assert [line.partition(" ")[2] for line in lines(tmp_path / "f")] == [
        "> 00 00 07", "< 00 00 08", "5", "< 00 03 09", "1", "< 00 04 08",
    ]  # fmt: skip


def test_on_a_shared_bus_frames_go_to_whose_turn_it_is(tmp_path: Path) -> None:
    files = {name: FrameFile(tmp_path / name) for name in ("P01", "P02")}
    switch = FileSwitch(files)
    for name in ("P02", "P01", "P02"):
        switch.choose(name)
        switch.log(1, ">", name.encode())
    switch.flush("P02")

    assert len(lines(tmp_path / "P02")) == 2
    assert lines(tmp_path / "P01") == []
    for file in files.values():
        file.close()
    assert len(lines(tmp_path / "P01")) == 1
