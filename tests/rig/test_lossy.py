"""A bus that loses an answer on purpose does what was to be done with it, also where the line loses it by itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rig.contracts import Reply, Request
from rig.errors import LinkError
from rig.lossy import LossyBus

COMMIT = bytes.fromhex("10 0124")
REQUEST = Request(1, bytes.fromhex("10 0124 0001 02 0001"))


class Line:
    """A bus that answers, or says that no answer came."""

    def __init__(self, answers: bool) -> None:
        self.answers = answers

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`."""
        if not self.answers:
            raise LinkError("no answer in 1.000 s")
        return [Reply(request.pdu[:5], 0, 1) for request in requests]

    def close(self) -> None:
        """See `Bus`."""


@pytest.mark.parametrize("answers", [True, False])
def test_what_goes_with_a_lost_answer_is_done_once(answers: bool) -> None:
    done: list[bool] = []
    bus = LossyBus(Line(answers), COMMIT)
    bus.lose_answer_to_commit(then=lambda: done.append(True))
    with pytest.raises(LinkError):
        bus.exchange([REQUEST])
    assert done == [True] and bus.wrote
    bus = LossyBus(Line(True), COMMIT)
    assert len(bus.exchange([REQUEST])) == 1 and done == [True]


def test_any_write_can_be_the_one_whose_answer_is_lost_and_a_read_is_none() -> None:
    done: list[bool] = []
    bus = LossyBus(Line(True), COMMIT)
    bus.lose_answer_to_write(then=lambda: done.append(True))
    bus.exchange([Request(1, bytes.fromhex("03 0140 0002"))])
    bus.exchange([Request(1, bytes.fromhex("10 01F0 0002 04 0000 0A9E"), secret=True)])
    assert done == []
    with pytest.raises(LinkError, match="the answer was lost"):
        bus.exchange([Request(1, bytes.fromhex("06 0144 0003"))])
    assert done == [True]


def test_a_write_that_is_lost_never_arrives() -> None:
    line = Line(answers=False)
    bus = LossyBus(line, COMMIT)
    bus.lose_write()
    with pytest.raises(LinkError, match="the request was lost"):
        bus.exchange([REQUEST])
    assert not bus.wrote
    line.answers = True
    assert len(bus.exchange([REQUEST])) == 1


def test_what_was_to_be_lost_can_be_called_off() -> None:
    bus = LossyBus(Line(True), COMMIT)
    bus.lose_write()
    bus.lose_nothing()
    assert len(bus.exchange([REQUEST])) == 1
