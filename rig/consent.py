"""Whose consent a meter needs to close its relay, by its control mode (IEC 62056-6-2, class 70)."""

from __future__ import annotations

NO_MODE = 7
"""What a meter without such a setting does: a remote reconnect closes, and what the meter opened itself closes by itself."""
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
