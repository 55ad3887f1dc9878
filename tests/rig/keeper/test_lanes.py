"""One at a time, in the order of coming, and the urgent before all others."""

from __future__ import annotations

import threading

from rig.keeper.lanes import Lane
from tests.rig.keeper.staging import wait


def test_urgent_users_overtake_those_who_wait() -> None:
    lane, order = Lane(), []
    waiting = threading.Semaphore(0)

    def user(name: str, urgent: bool) -> None:
        waiting.release()
        with lane.urgent if urgent else lane:
            order.append(name)

    threads = []
    with lane:
        for number, (name, urgent) in enumerate(
            [("a", False), ("b", False), ("now", True), ("c", False), ("now too", True)]
        ):
            threads.append(threading.Thread(target=user, args=(name, urgent)))
            threads[-1].start()
            waiting.acquire()
            assert wait(lambda n=number: len(lane._waiting) + len(lane._pressing) == n + 1, 5)  # type: ignore[misc]
        assert lane.contended
        assert order == []
    for thread in threads:
        thread.join(5)

    assert order == ["now", "now too", "a", "b", "c"]
    assert not lane.contended


def test_never_two_at_once_and_nobody_forgotten() -> None:
    lane, inside, most, done = Lane(), 0, 0, []

    def user(number: int) -> None:
        nonlocal inside, most
        for _ in range(200):
            with lane.urgent if number % 3 == 0 else lane:
                inside += 1
                most = max(most, inside)
                inside -= 1
        done.append(number)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert most == 1
    assert sorted(done) == list(range(6))
