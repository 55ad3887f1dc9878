"""The ledger's lines: exact money in rupees, and how far the meter is from what the oracle allows."""

from __future__ import annotations

from typing import Any

import pytest

from reports.ledger_table import ledger_lines, rupees


def line(meter: int | None, oracle: list[str], **more: Any) -> dict[str, Any]:
    return {"entry": "energy", "words": "", "amount": "0", "oracle": oracle, "meter": meter, **more}


@pytest.mark.parametrize(
    ("meter", "apart"),
    [(150, "inside"), (100, "inside"), (200, "inside"), (260, "0.60"), (40, "-0.60"), (None, "")],
)
def test_how_far_the_meter_is_from_the_oracle(meter: int | None, apart: str) -> None:
    (told,) = ledger_lines([line(meter, ["100", "200"])])
    assert told.apart == apart


def test_less_than_the_meter_can_show_is_said() -> None:
    (told,) = ledger_lines([line(150, ["301/2", "200"])])
    assert told.apart == "-0.0050 (under a paisa)"


def test_money_as_people_write_it() -> None:
    assert (rupees(12345), rupees("2345"), rupees(["1", "1"]), rupees(["0", "50"]), rupees(None)) == (
        "123.45",
        "23.45",
        "0.01",
        "0.00 … 0.50",
        "",
    )
