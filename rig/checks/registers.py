"""Records of recharges and settings: they move for a reason, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rig.contracts import SETTINGS, MeterReading


def registers(
    before: MeterReading, after: MeterReading, paid: Sequence[tuple[int, int]], settings: Mapping[str, int]
) -> list[str]:
    """Records of recharges and settings that moved without a reason, or did not move with one.

    `paid`: every credited recharge, amount and part to arrears (paise); `settings`: what every setting has to be,
    as read at the start or written since.
    """
    words = []
    total = sum(amount for amount, _ in paid)
    for item, due in (("recharge_count", len(paid)), ("total_recharged", total)):
        was, now = before.whole(item), after.whole(item)
        if was is not None and now is not None and now - was != due:
            words.append(f"{item} moved by {now - was}; {due} was due")
    last = {"last_recharge_amount": paid[-1][0], "last_recharge_to_arrears": paid[-1][1]} if paid else {}
    for item in ("last_recharge_amount", "last_recharge_to_arrears", "last_recharge_id", "last_recharge_time"):
        if item in after and (item in last or not paid):
            due_value = last.get(item, before.values.get(item))
            if after.values[item] != due_value:
                words.append(f"{item} is {after.values[item]}; {due_value} was due")
    words += [
        f"setting {item} has to be {settings[item]} and is {after.values[item]}"
        for item in SETTINGS
        if item in after and item in settings and after.values[item] != settings[item]
    ]
    return words
