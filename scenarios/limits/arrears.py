"""Arrears that are worth trying."""

from __future__ import annotations

LARGE = (2**16 - 1, 2**16, 2**16 + 1, 1_000_000, 1_000_001, 2**24 - 1, 2**24 + 1, 10_000_001, 2**31 - 1)
"""Arrears (paise) at the edges of 16, 24 and 31 bits, of ten thousand rupees, and above a hundred thousand."""
