"""What stands behind a unit address: takes a request PDU, and answers well, badly, late, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Answer(NamedTuple):
    """An answer that is not given plainly.

    `delay_ns` comes on top of what the wire takes. `corrupt` spoils what protects the frame: the check sum of RTU, the
    transaction id of TCP and memory. `repeat` is how often the frame is sent; 0 is silence.
    """

    pdu: bytes
    delay_ns: int = 0
    corrupt: bool = False
    repeat: int = 1


Unit = Callable[[bytes], "bytes | Answer | None"]
"""Request PDU in, answer PDU out. None: silence, as a device that is dead, booting, or does not hear."""
