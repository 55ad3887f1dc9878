"""Three words, one rule: inside, outside, or not to be told; and how they add up."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.clock import FOREVER, SECOND
from rig.verdict import EXIT_CODES, Verdict, Word, judge, outcome, three_valued, worst

NUMBERS = st.integers(-1000, 1000)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.data())
def test_pass_and_fail_are_certain(a: int, b: int, c: int, d: int, data: st.DataObject) -> None:
    lo, hi = sorted((a, b))
    least, most = sorted((c, d))
    truth = data.draw(st.integers(lo, hi))
    word = three_valued(lo, hi, least, most)
    if word is Word.PASS:
        assert least <= truth <= most
    if word is Word.FAIL:
        assert not least <= truth <= most
    if word is Word.INCONCLUSIVE:
        assert any(least <= t <= most for t in range(lo, hi + 1))
        assert any(not least <= t <= most for t in range(lo, hi + 1))


def timed(window: tuple[int, int], span: tuple[int, int | None], resolution: int = 0) -> Any:
    limit = {"kind": "timed", "window": list(window), "resolution": resolution}
    return judge(limit, {"span": list(span)})


@pytest.mark.parametrize(
    ("span", "word", "words"),
    [
        ((2 * SECOND, 3 * SECOND), Word.PASS, "inside"),
        ((5 * SECOND, 6 * SECOND), Word.FAIL, "too late"),
        ((0, SECOND // 2), Word.FAIL, "too early"),
        ((5 * SECOND, None), Word.FAIL, "never came"),
        ((3 * SECOND, None), Word.INCONCLUSIVE, "not waited for long enough"),
        ((3 * SECOND, 5 * SECOND), Word.INCONCLUSIVE, "reaches over"),
    ],
)
def test_a_moment_against_its_window(span: tuple[int, int | None], word: Word, words: str) -> None:
    verdict = timed((SECOND, 4 * SECOND), span)
    assert verdict.word is word
    assert words in verdict.words


def test_a_window_tighter_than_four_resolutions_tells_nothing_but_a_certain_failure() -> None:
    assert timed((0, 4 * SECOND), (SECOND, SECOND), SECOND).word is Word.PASS
    assert timed((0, 4 * SECOND), (SECOND, SECOND), SECOND + 1).word is Word.INCONCLUSIVE
    assert timed((0, 4 * SECOND), (9 * SECOND, 9 * SECOND), 2 * SECOND).word is Word.FAIL


def test_no_effect_comes_before_its_cause() -> None:
    assert timed((-10, 4 * SECOND), (-SECOND, SECOND)).word is Word.PASS
    assert timed((0, 4 * SECOND), (-SECOND, 5 * SECOND)).word is Word.INCONCLUSIVE
    assert timed((0, 4 * SECOND), (-2 * SECOND, -SECOND)).word is Word.FAIL
    assert timed((1, 4 * SECOND), (-SECOND, SECOND)).word is Word.INCONCLUSIVE


def money(difference: tuple[str, str], widest: str = "12") -> Word:
    limit = {"kind": "money", "window": ["0", "0"], "widest": widest}
    return judge(limit, {"difference": list(difference), "meter": 100, "oracle": ["99", "101"]}).word


def test_money_fails_when_no_value_of_the_oracle_explains_the_meter() -> None:
    assert money(("-1", "1/3")) is Word.PASS
    assert money(("1/100", "5")) is Word.FAIL
    assert money(("-5", "-1/100")) is Word.FAIL
    assert money(("-10", "10")) is Word.INCONCLUSIVE


def test_equal_says_what_was_promised() -> None:
    limit = {"kind": "equal", "value": 0, "unit": "paise"}
    good = judge(limit, {"value": 0, "words": ""})
    bad = judge(
        limit, {"value": 10000, "words": "balance rose by 200.00 after one recharge of 100.00, id 7 sent twice"}
    )
    assert good.word is Word.PASS
    assert bad.word is Word.FAIL
    assert bad.words.startswith("balance rose by 200.00 after one recharge of 100.00, id 7 sent twice")
    assert bad.observed == "₹100.00"


@pytest.mark.parametrize(
    ("seen", "watched", "gap", "word"),
    [(0, 10, 1, Word.PASS), (1, 10, 1, Word.FAIL), (0, 9, 1, Word.INCONCLUSIVE), (0, 10, 3, Word.INCONCLUSIVE)],
)
def test_absence_is_only_as_good_as_the_sampling(seen: int, watched: int, gap: int, word: Word) -> None:
    limit = {"kind": "absent", "of": "opening", "at_least": 10 * SECOND, "longest_gap": 2 * SECOND}
    observed = {"seen": seen, "watched": watched * SECOND, "largest_gap": gap * SECOND, "first": ""}
    assert judge(limit, observed).word is word


def declared(*names: str) -> dict[str, Any]:
    return {"kind": "scenario", "judges": [{"name": n, "limit": {"kind": "equal", "value": 1}} for n in names]}


def seen(name: str, value: int) -> dict[str, Any]:
    return {"kind": "observation", "judgement": name, "observed": {"value": value, "words": ""}}


FINDING = {"kind": "finding", "of": "money", "words": "₹1.00 too much"}
ERROR = {"kind": "error", "error": "LinkError", "words": "no answer"}
UNSURE = {"kind": "inconclusive", "words": "not watched"}


@pytest.mark.parametrize(
    ("records", "word"),
    [
        ([declared("a"), seen("a", 1)], Word.PASS),
        ([declared("a"), seen("a", 2)], Word.FAIL),
        ([declared("a"), seen("a", 2), seen("a", 1)], Word.FAIL),
        ([declared("a")], Word.ERROR),
        ([declared("a", "b"), seen("a", 1)], Word.ERROR),
        ([declared("a", "b"), seen("a", 2)], Word.FAIL),
        ([declared("a"), seen("a", 1), FINDING], Word.FAIL),
        ([declared("a"), seen("a", 1), ERROR], Word.ERROR),
        ([declared("a"), seen("a", 1), UNSURE], Word.INCONCLUSIVE),
        ([declared("a"), UNSURE, ERROR], Word.ERROR),
        ([declared("a"), UNSURE, ERROR, FINDING], Word.FAIL),
        ([declared("a"), {"kind": "stopped", "words": "by the operator"}], Word.INCONCLUSIVE),
        ([], Word.ERROR),
    ],
)
def test_what_a_scenario_comes_to(records: list[dict[str, Any]], word: Word) -> None:
    assert outcome(records).word is word


def test_after_a_failure_the_rest_is_not_reached_and_does_not_count() -> None:
    found = outcome([declared("a", "b"), seen("a", 2)])
    assert found.judgements["b"].word is Word.NOT_REACHED
    assert len(found.reasons) == 1


def test_nothing_shown_never_exits_zero() -> None:
    assert EXIT_CODES[worst([])] == 3
    assert EXIT_CODES[worst([Word.PASS, Word.INCONCLUSIVE])] == 3
    assert EXIT_CODES[worst([Word.PASS, Word.ERROR, Word.INCONCLUSIVE])] == 4
    assert EXIT_CODES[worst([Word.PASS, Word.ERROR, Word.FAIL])] == 1
    assert EXIT_CODES[worst([Word.PASS])] == 0


def test_a_quantity_in_its_interval() -> None:
    limit = {"kind": "within", "window": ["0", "1/100"], "unit": "A"}
    assert judge(limit, {"interval": ["0", "0"]}).word is Word.PASS
    assert judge(limit, {"interval": [str(Fraction(1, 5)), str(Fraction(1, 5))]}).word is Word.FAIL
    assert judge(limit, {"interval": ["0", "1"]}).word is Word.INCONCLUSIVE


def test_forever_is_shown_in_words() -> None:
    assert "not within" in timed((0, SECOND), (2 * SECOND, None)).observed
    assert FOREVER > 0


def test_a_quantity_that_the_bench_cannot_tell_finely_enough() -> None:
    limit = {"kind": "within", "window": ["0", "1/100"], "unit": "A"}
    fine, coarse = (
        {"interval": ["0", "1/1000"], "resolution": "1/1000"},
        {"interval": ["0", "1/100"], "resolution": "1/100"},
    )
    assert judge(limit, fine).word is Word.PASS
    assert judge(limit, coarse).word is Word.INCONCLUSIVE
    assert judge({**limit, "resolution": "1/100"}, fine).word is Word.INCONCLUSIVE
    assert judge(limit, {"interval": ["1/10", "2/10"], "resolution": "1/100"}).word is Word.FAIL


def test_reasons_and_judgements_word_for_word() -> None:
    records = [
        declared("a", "b", "c"),
        {"kind": "note", "words": "weighs nothing"},
        seen("a", 1),
        seen("b", 2),
        seen("b", 1),
        seen("b", 3),
        UNSURE,
        ERROR,
        FINDING,
    ]
    found = outcome(records)
    assert found.word is Word.FAIL
    assert found.reasons == (
        "money: ₹1.00 too much",
        "b: is 2; promised: 1",
        "LinkError: no answer",
        "not watched",
    )
    assert list(found.judgements) == ["a", "b", "c"]
    said = [(verdict.word, verdict.words) for verdict in found.judgements.values()]
    assert said[:2] == [(Word.PASS, "is 1, as promised"), (Word.FAIL, "is 2; promised: 1")]
    assert found.judgements["c"] == Verdict(Word.NOT_REACHED, "not reached")


def test_what_was_declared_and_never_observed() -> None:
    found = outcome([declared("a", "b"), seen("a", 1)])
    assert (found.word, found.reasons) == (Word.ERROR, ("b: declared and never observed",))
    assert found.judgements["b"] == Verdict(Word.NOT_REACHED, "declared and never observed")
    for cut in (ERROR, UNSURE, FINDING, {"kind": "stopped", "words": "by the operator"}):
        found = outcome([declared("a", "b"), seen("a", 1), cut])
        assert found.judgements["b"] == Verdict(Word.NOT_REACHED, "not reached")
        assert len(found.reasons) == 1
    assert outcome([]).reasons == ("declares no judgement",)
    assert outcome([FINDING]).reasons == ("money: ₹1.00 too much",)


def test_verdicts_that_are_known_are_not_made_again() -> None:
    known = {1: Verdict(Word.INCONCLUSIVE, "as it was")}
    found = outcome([declared("a"), seen("a", 2), seen("a", 1)], known)
    assert (found.word, found.reasons) == (Word.INCONCLUSIVE, ("a: as it was",))


def test_an_error_outranks_what_cannot_be_told() -> None:
    assert worst([Word.INCONCLUSIVE, Word.ERROR]) is Word.ERROR
    assert worst([Word.INCONCLUSIVE, Word.PASS]) is Word.INCONCLUSIVE
    assert worst([]) is Word.INCONCLUSIVE
    assert worst([Word.ERROR, Word.FAIL]) is Word.FAIL


def test_a_pass_needs_no_reason() -> None:
    assert outcome([declared("a"), seen("a", 1)]).reasons == ()
