"""The recharge: block, one commit, the result watched; a lost answer read back and never answered by asking again."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from drivers.meters.register_map import load_map
from drivers.modbus.codec import ModbusRefusal
from rig.clock import MILLISECOND, SECOND, Span
from rig.contracts import Password, RechargeOutcome, Request, Value
from rig.errors import LinkError
from tests.drivers.meters.devices import Bench, written_map

REFERENCE = load_map("reference")
REFERENCE_TEXT = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
COMMIT = bytes.fromhex("1001240001020001")


class Wallet:
    """A mailbox behind the bench's store: takes `takes_ns` to credit, knows ids, answers 3, 4, 6 or 8 as the map says."""

    def __init__(self, bench: Bench, takes_ns: int = SECOND // 2) -> None:
        self.bench = bench
        self.takes_ns = takes_ns
        self.credited: list[tuple[Value, Value]] = []
        bench.store.hooks["recharge_commit"] = self._commit

    def _commit(self, _to: Value) -> None:
        self.bench.store.values["recharge_result"] = 8
        self.bench.clock.call_at(self.bench.clock.now() + self.takes_ns, self._settle)

    def _settle(self) -> None:
        values = self.bench.store.values
        amount, id_ = values["recharge_amount"], values["recharge_id"]
        if int(amount) <= 0:  # type: ignore[arg-type]
            values["recharge_result"] = 4
        elif id_ in [one for _, one in self.credited]:
            values["recharge_result"] = 6
        else:
            self.credited.append((amount, id_))
            values |= {"recharge_result": 3, "last_recharge_id": id_}


@pytest.fixture
def bench() -> Bench:
    return Bench(REFERENCE)


def commits(bench: Bench) -> list[Request]:
    return [request for request in bench.asked if request.pdu == COMMIT]


def lose_commits(bench: Bench, what: str) -> None:
    bench.lose = lambda request: what if request.pdu == COMMIT else ""


def test_accepted(bench: Bench) -> None:
    wallet = Wallet(bench)
    result = bench.meter.recharge(12345, 7)
    assert wallet.credited == [(12345, 7)]
    assert (result.outcome, result.code, result.read_back) == (RechargeOutcome.ACCEPTED, 3, False)
    assert bench.asked[0].pdu.hex() == "100120000408" + "00003039" + "00000007"
    assert [request.retries for request in (bench.asked[0], *commits(bench))] == [0, 0]
    # Credited half a second after the commit: the span holds that instant, and is one poll and two exchanges wide at most.
    credited_at = result.sent.lo + SECOND // 2
    assert result.settled.lo <= credited_at <= result.settled.hi
    assert result.settled.width <= 50 * MILLISECOND + 3 * 400_000


def test_the_span_holds_the_instant_of_the_credit_wherever_it_falls_between_and_inside_polls() -> None:
    for takes_ns in range(100 * MILLISECOND, 151 * MILLISECOND, MILLISECOND // 4):
        bench = Bench(REFERENCE)
        Wallet(bench, takes_ns)
        result = bench.meter.recharge(12345, 7)
        assert result.settled.lo <= result.sent.lo + takes_ns <= result.settled.hi, takes_ns


def test_the_same_id_again_is_a_duplicate(bench: Bench) -> None:
    wallet = Wallet(bench)
    bench.meter.recharge(12345, 7)
    assert bench.meter.recharge(12345, 7).outcome is RechargeOutcome.DUPLICATE
    assert wallet.credited == [(12345, 7)]


@pytest.mark.parametrize("amount", [0, -375, -(2**31)])
def test_a_bad_amount_is_sent_and_the_meter_refuses(bench: Bench, amount: int) -> None:
    Wallet(bench)
    result = bench.meter.recharge(amount, 7)
    assert (result.outcome, result.code) == (RechargeOutcome.REFUSED, 4)


@pytest.mark.parametrize(("amount", "id_"), [(2**31, 7), (100, -1), (100, 2**32)])
def test_what_does_not_fit_is_not_sent(bench: Bench, amount: int, id_: int) -> None:
    with pytest.raises(ValueError, match=r"P01 meter: recharge_(amount|id): .*nothing was sent"):
        bench.meter.recharge(amount, id_)
    assert bench.asked == []


def test_a_code_that_the_map_does_not_know_is_a_refusal(bench: Bench) -> None:
    bench.store.hooks["recharge_commit"] = lambda _: bench.store.values.update(recharge_result=99)
    result = bench.meter.recharge(100, 7)
    assert (result.outcome, result.code) == (RechargeOutcome.REFUSED, 99)


@pytest.mark.parametrize(("register", "commits_sent"), [("recharge_amount", 0), ("recharge_commit", 1)])
@pytest.mark.parametrize("code", [3, 6])
def test_an_exception_answer_is_a_refusal_with_its_code(
    bench: Bench, register: str, commits_sent: int, code: int
) -> None:
    bench.store.refuse[register] = code
    result = bench.meter.recharge(100, 7)
    assert (result.outcome, result.code, result.read_back) == (RechargeOutcome.REFUSED, code, False)
    assert len(commits(bench)) == commits_sent
    assert result.settled == result.sent


def test_not_finished_in_time_is_pending_with_an_open_end(bench: Bench) -> None:
    Wallet(bench, takes_ns=10 * SECOND)
    result = bench.meter.recharge(100, 7)
    assert (result.outcome, result.code) == (RechargeOutcome.PENDING, 8)
    assert result.settled.censored
    assert result.settled.lo >= result.sent.hi + 2 * SECOND - MILLISECOND
    assert len(commits(bench)) == 1


@pytest.mark.parametrize("step", [0, 1, 2, 8])
def test_a_step_on_the_way_is_not_the_end(bench: Bench, step: int) -> None:
    wallet = Wallet(bench)
    settle = wallet.bench.store.hooks["recharge_commit"]

    def commit(to: Value) -> None:
        settle(to)
        bench.store.values["recharge_result"] = step

    bench.store.hooks["recharge_commit"] = commit
    result = bench.meter.recharge(100, 7)
    assert (result.outcome, result.code) == (RechargeOutcome.ACCEPTED, 3)
    assert result.settled.hi >= result.sent.hi + SECOND // 2
    assert wallet.credited == [(100, 7)]


def test_busy_while_it_works_means_not_yet(bench: Bench) -> None:
    wallet = Wallet(bench)
    polls = 0

    def busy() -> Value:
        nonlocal polls
        polls += 1
        if 3 < polls < 6:
            raise ModbusRefusal(6)
        return bench.store.values["recharge_result"]

    bench.store.shows["recharge_result"] = busy
    assert bench.meter.recharge(100, 7).outcome is RechargeOutcome.ACCEPTED
    assert polls > 6
    assert wallet.credited == [(100, 7)]


def test_the_answer_to_the_commit_is_lost_and_the_credit_read_back(bench: Bench) -> None:
    wallet = Wallet(bench)
    lose_commits(bench, "answer")
    result = bench.meter.recharge(12345, 7)
    assert (result.outcome, result.code, result.read_back) == (RechargeOutcome.ACCEPTED, 3, True)
    assert wallet.credited == [(12345, 7)]
    assert len(commits(bench)) == 1
    assert result.sent.lo <= result.settled.lo <= result.settled.hi


@pytest.mark.parametrize("takes_ns", [SECOND // 2, SECOND + SECOND // 2])
def test_read_back_is_not_fooled_by_the_result_of_an_earlier_recharge(bench: Bench, takes_ns: int) -> None:
    wallet = Wallet(bench, takes_ns)
    bench.meter.recharge(111, 6)
    lose_commits(bench, "answer")
    assert bench.meter.recharge(222, 7).outcome is RechargeOutcome.ACCEPTED
    assert wallet.credited == [(111, 6), (222, 7)]
    assert bench.meter.recharge(222, 7).outcome is RechargeOutcome.DUPLICATE
    if takes_ns > SECOND:  # the meter is seen at work, so a result equal to the one before is known to be new
        assert bench.meter.recharge(-5, 8).outcome is RechargeOutcome.REFUSED
        assert bench.meter.recharge(-5, 8).outcome is RechargeOutcome.REFUSED
    assert len(wallet.credited) == 2


def test_a_commit_that_never_arrived_is_told_from_one_that_did(bench: Bench) -> None:
    wallet = Wallet(bench)
    bench.meter.recharge(111, 6)
    lose_commits(bench, "request")
    with pytest.raises(LinkError, match=r"P01 meter: recharge id 7: .*credited nothing by now"):
        bench.meter.recharge(222, 7)
    assert wallet.credited == [(111, 6)]
    assert len(commits(bench)) == 2


def test_an_id_credited_before_counts_as_credited_when_the_repeated_commit_never_arrived(bench: Bench) -> None:
    wallet = Wallet(bench)
    bench.meter.recharge(111, 6)
    lose_commits(bench, "request")
    result = bench.meter.recharge(111, 6)
    assert (result.outcome, result.read_back) == (RechargeOutcome.ACCEPTED, True)
    assert wallet.credited == [(111, 6)]


def test_a_refusal_left_from_another_recharge_does_not_hide_a_credit(bench: Bench) -> None:
    Wallet(bench)
    bench.meter.recharge(111, 6)
    assert bench.meter.recharge(-5, 7).outcome is RechargeOutcome.REFUSED
    lose_commits(bench, "request")
    assert bench.meter.recharge(111, 6).outcome is RechargeOutcome.ACCEPTED


def test_lost_and_not_finished_is_pending(bench: Bench) -> None:
    Wallet(bench, takes_ns=60 * SECOND)
    lose_commits(bench, "answer")
    result = bench.meter.recharge(100, 7)
    assert (result.outcome, result.code, result.read_back) == (RechargeOutcome.PENDING, 8, True)
    assert result.settled.censored


@pytest.mark.parametrize("after", ["lost", "taken"])
def test_when_reading_back_fails_too_the_credit_is_unknown(bench: Bench, after: str) -> None:
    Wallet(bench)

    def lose(request: Request) -> str:
        sent = bool(commits(bench))
        if request.pdu == COMMIT:
            return "answer" if after == "lost" else ""
        return "answer" if sent else ""

    bench.lose = lose
    with pytest.raises(LinkError, match="whether it was credited is unknown"):
        bench.meter.recharge(100, 7)
    assert len(commits(bench)) == 1


def test_a_block_whose_answer_is_lost_is_not_committed(bench: Bench) -> None:
    Wallet(bench)
    bench.lose = lambda request: "answer" if request.pdu[:3] == b"\x10\x01\x20" else ""
    with pytest.raises(LinkError, match="id 7 was not committed, so nothing was credited"):
        bench.meter.recharge(100, 7)
    assert commits(bench) == []


def test_without_a_read_back_item_only_a_changed_result_tells(tmp_path: Path) -> None:
    text = REFERENCE_TEXT.replace('read_back = "last_recharge_id"', "#")
    bench = Bench(written_map(tmp_path, text, head=""))
    wallet = Wallet(bench)
    lose_commits(bench, "answer")
    assert bench.meter.recharge(100, 7).outcome is RechargeOutcome.ACCEPTED
    with pytest.raises(LinkError, match="whether it was credited is unknown"):
        bench.meter.recharge(100, 8)
    assert len(wallet.credited) == 2


def test_the_password_is_sent_before_a_recharge_that_needs_it(tmp_path: Path) -> None:
    text = REFERENCE_TEXT.replace('needed_for = ["balance"', 'needed_for = ["recharge_commit", "balance"')
    bench = Bench(written_map(tmp_path, text, head=""), {"password": Password("1234")})
    Wallet(bench)
    bench.meter.recharge(100, 7)
    assert [request.secret for request in bench.asked][:3] == [True, False, False]
    assert bench.store.written[0] == ("password", 1234)


def test_spans_of_a_refusal_at_once(bench: Bench) -> None:
    bench.store.refuse["recharge_commit"] = 6
    start = bench.clock.now()
    result = bench.meter.recharge(100, 7)
    assert isinstance(result.sent, Span)
    assert start < result.sent.lo < result.sent.hi == bench.clock.now()
