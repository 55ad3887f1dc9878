"""A position that draws 2317 W and sleeps, and unwinds like a session. Only for the keeper's tests."""

from __future__ import annotations

from decimal import Decimal

from rig.clock import MINUTE
from rig.keeper.remote import reach
from rig.keeper.signals import unwind_on_signals

if __name__ == "__main__":
    unwind_on_signals()
    remote = reach()
    devices, clock = remote.devices, remote.clock
    try:
        devices.source.on(Decimal(230), Decimal(50))
        devices.load.draw_watts(2317)
        clock.sleep_until(clock.now() + 5 * MINUTE)
    finally:
        devices.make_safe()
        devices.close()
