"""The names and lengths that rules about time of day share; nothing of a file stands here, so that anybody may load it."""

from __future__ import annotations

MINUTES_A_DAY = 1440

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `date.weekday()`."""
