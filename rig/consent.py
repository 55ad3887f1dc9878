"""Whose consent a meter needs to close its relay, by its control mode (IEC 62056-6-2, class 70)."""

from __future__ import annotations

from collections.abc import Collection

from rig.contracts import Capability

NO_MODE = 7
"""What a meter without such a setting does: a remote reconnect closes, and what the meter opened itself closes by itself."""
ALWAYS_CLOSED = 0
_AFTER_COMMAND = frozenset({1, 3, 5, 6})
_AFTER_OWN_REASON = frozenset({1, 2, 3, 4})
_BUTTON_OPENS = frozenset({1, 2, 5})


def waits_after_command(mode: int) -> bool:
    """True where a remote reconnect only makes the relay ready, and the button closes it."""
    return mode in _AFTER_COMMAND


def waits_after_own_reason(mode: int) -> bool:
    """True where the relay does not close by itself once what the meter opened it for is gone."""
    return mode in _AFTER_OWN_REASON


def button_opens(mode: int) -> bool:
    """True where the button opens a relay that is closed."""
    return mode in _BUTTON_OPENS


_OWN = frozenset({"CREDIT-CUT", "CREDIT-RESTORE", "OVERLOAD-TRIP", "OVERLOAD-RETRY", "OVER-CURRENT", "PAYMENT-MODE"})
_COMMANDS = frozenset({"RELAY-COMMAND", "RELAY-HOLDS", Capability.REMOTE_RELAY.value})
_CLOSINGS = _OWN - {"OVERLOAD-TRIP"} | {Capability.AUTO_RECLOSE.value}
"""Requirements under which the meter opens its relay by itself; under which it is commanded; and under which it closes again."""


def asks_otherwise(mode: int, requires: Collection[str], button: bool) -> str:
    """Why a meter that stays in this control mode cannot be judged by these requirements or capabilities, in words; else empty.

    `button`: somebody or something presses it.
    """
    needs = frozenset(requires)
    if mode == ALWAYS_CLOSED and needs & (_OWN | _COMMANDS):
        return "control mode 0 keeps the relay closed, and no other mode can be set"
    if waits_after_own_reason(mode) and needs & _CLOSINGS:
        return f"control mode {mode} asks for the button after the meter's own reasons, and no other mode can be set"
    if waits_after_command(mode) and needs & _COMMANDS:
        return f"control mode {mode} asks for the button after a command, and no other mode can be set"
    if waits_after_own_reason(mode) and waits_after_command(mode) and not button and needs & _OWN:
        return f"control mode {mode} asks for the button, and this bench has none"
    return ""
