"""The ledger's lines: exact money in rupees, and how far the meter is from what the oracle allows."""

from __future__ import annotations

from typing import Any

import pytest

from reports.ledger_table import figure, ledger_lines
from rig.money import RUPEES, MoneyUnit


def line(meter: int | None, oracle: list[str], **more: Any) -> dict[str, Any]:
    return {"entry": "energy", "words": "", "amount": "0", "oracle": oracle, "meter": meter, **more}


@pytest.mark.parametrize(
    ("meter", "apart"),
    [(150, "inside"), (100, "inside"), (200, "inside"), (260, "0.60"), (40, "-0.60"), (None, "")],
)
def test_how_far_the_meter_is_from_the_oracle(meter: int | None, apart: str) -> None:
    (told,) = ledger_lines([line(meter, ["100", "200"])], RUPEES)
    assert told.apart == apart


def test_less_than_the_meter_can_show_is_said() -> None:
    (told,) = ledger_lines([line(150, ["301/2", "200"])], RUPEES)
    assert told.apart == "-0.0050 (under a paisa)"


def test_a_wallet_of_energy_is_told_in_its_own_steps() -> None:
    (told,) = ledger_lines([line(150, ["301/2", "200"], arrears=7)], MoneyUnit("0.001 kWh"))
    assert (told.oracle, told.meter, told.arrears, told.apart) == (
        "0.15050 … 0.200",
        "0.150",
        "0.007",
        "-0.00050 (under 0.001 kWh)",
    )


def test_money_as_people_write_it() -> None:
    amounts = (12345, "2345", ["1", "1"], ["0", "50"], None)
    assert [figure(amount, RUPEES) for amount in amounts] == ["123.45", "23.45", "0.01", "0.00 … 0.50", ""]
