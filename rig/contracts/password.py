"""A password of a meter, with where it comes from, so that a message can name the place and never the password."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Password:
    """`origin` says in words where the text was found: "the environment variable METER_PASSWORD"."""

    text: str = field(repr=False)
    origin: str = "the bench file"


EMULATED_PASSWORD = 2718
"""The password of every emulated meter that its map says to be locked, where the bench file sets no other. It is no secret."""
