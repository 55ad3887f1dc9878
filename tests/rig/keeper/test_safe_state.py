"""Everything goes off, nobody who hangs keeps another waiting, and what could not be confirmed is named."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rig.clock import MILLISECOND, SECOND, Span, VirtualClock, WallClock
from rig.errors import LinkError, Unsafe
from rig.keeper import safe_state
from rig.keeper.safe_state import SafeState, all_at_once, make_safe_in_order
from tests.rig.keeper.plain import PlainLoad, PlainSource

pytestmark = pytest.mark.loopback


class Switches:
    """Devices to switch off, some of which hang until they are let go."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.let_go = threading.Event()

    def good(self, name: str) -> safe_state.Off:
        return lambda: self.order.append(name)

    def hung(self, name: str) -> safe_state.Off:
        def off() -> None:
            self.let_go.wait(20)
            self.order.append(name)

        return off

    def absent(self, name: str) -> safe_state.Off:
        def off() -> None:
            raise LinkError(f"{name} (10.0.0.9): no answer in 1.000 s")

        return off


@pytest.fixture
def bench() -> Iterator[Switches]:
    one = Switches()
    yield one
    one.let_go.set()


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


def test_a_normal_end_goes_load_first(bench: Switches) -> None:
    state = SafeState("P01", bench.good("source"), {"P01": bench.good("load")})

    assert state.normal() == ()
    assert bench.order == ["load", "source"]


def test_at_a_normal_end_a_hung_load_does_not_keep_the_source_on(
    bench: Switches, clock: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_state, "NORMAL", 50 * MILLISECOND)
    state = SafeState("P01", bench.good("source"), {"P01": bench.hung("load")})

    wrong = state.normal()

    assert bench.order == ["source"]
    assert len(wrong) == 1
    assert wrong[0].startswith("P01 load: no confirmation in time")


def test_in_an_emergency_the_source_waits_for_nobody_and_everything_has_one_deadline(
    bench: Switches, clock: WallClock
) -> None:
    loads = {f"P{n:02d}": bench.hung("load") if n in (7, 31) else bench.good(f"P{n:02d}") for n in range(1, 49)}
    state = SafeState("bench", bench.good("source"), loads)

    wrong = state.emergency()

    assert clock.now() < 2 * SECOND
    assert sorted(bench.order) == sorted(["source", *(name for name in loads if name not in ("P07", "P31"))])
    assert [words.partition(":")[0] for words in wrong] == ["P07 load", "P31 load"]


def test_a_late_device_that_obeys_after_all_is_counted(bench: Switches) -> None:
    state = SafeState("P01", bench.good("source"), {"P01": bench.hung("load"), "P02": bench.absent("P02 load")})
    assert len(state.emergency()) == 2

    bench.let_go.set()

    assert state.unconfirmed(5 * SECOND) == ("P02 load (10.0.0.9): no answer in 1.000 s",)


def test_later_callers_wait_for_the_act_and_share_its_outcome(bench: Switches) -> None:
    calls, begun = [], threading.Event()

    def load_off() -> None:
        begun.set()
        bench.let_go.wait(0.2)
        calls.append("load")

    state = SafeState("P01", bench.absent("source"), {"P01": load_off})
    outcomes: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(state.normal())) for _ in range(1)]
    threads[0].start()
    assert begun.wait(5)
    threads += [threading.Thread(target=lambda: outcomes.append(state.emergency())) for _ in range(5)]
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert calls == ["load"]
    assert len(outcomes) == 6
    assert set(outcomes) == {("P01 source: source (10.0.0.9): no answer in 1.000 s",)}

    state.normal()
    assert calls == ["load", "load"]


def test_several_groups_at_once(bench: Switches, clock: WallClock) -> None:
    states = [SafeState(f"P{n}", bench.hung("source"), {f"P{n}": bench.good(f"load {n}")}) for n in range(1, 5)]

    wrong = all_at_once(states)

    assert clock.now() < 2 * SECOND
    assert [words.partition(":")[0] for words in wrong] == [f"P{n} source" for n in range(1, 5)]
    assert sorted(bench.order) == [f"load {n}" for n in range(1, 5)]


def test_one_position_of_several_leaves_the_source_on(bench: Switches) -> None:
    state = SafeState("P01+P02", bench.good("source"), {"P01": bench.good("P01"), "P02": bench.good("P02")})

    assert state.loads_off(["P02"]) == ()
    assert bench.order == ["P02"]


def test_in_one_process_both_are_tried_and_both_are_named() -> None:
    load, source = PlainLoad(VirtualClock()), PlainSource()
    make_safe_in_order("P01", load, source)
    assert load.told == [0]
    assert source.told == ["off"]

    class Stubborn(PlainSource):
        def is_on(self) -> bool:
            return True

    class Deaf(PlainLoad):
        def off(self) -> Span:
            raise LinkError("no answer")

    stubborn = Stubborn()
    with pytest.raises(Unsafe, match="P01 load: no answer: isolate this by hand"):
        make_safe_in_order("P01", Deaf(VirtualClock()), stubborn)
    assert stubborn.told == ["off"]
    with pytest.raises(Unsafe, match="P01 source: it says that it is still on"):
        make_safe_in_order("P01", load, stubborn)
