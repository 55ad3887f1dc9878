"""How finely a relay channel tells a moment, and which promises are too tight for that."""

from __future__ import annotations

from rig.clock import MICROSECOND, MILLISECOND, SECOND, Span, seconds
from rig.config import BenchFile, PositionTable
from rig.errors import ConfigError
from rig.promises import Promises

EXCHANGE, EXCHANGE_IN_SIM = 5 * MILLISECOND, MILLISECOND


def sense_delay(table: PositionTable) -> tuple[int, int]:
    """How far the sense channel lags behind the contact (least, most; ns), as the bench file states."""
    least, most = (table.sense or {}).get("delay_s", ["0", "0"])
    return seconds(least), seconds(most)


def resolution(table: PositionTable, bench: BenchFile) -> int:
    """How finely the relay channel resolves a moment (ns): the grid, the channel's own delay, and one exchange; in virtual
    time an exchange takes what the bench file says."""
    least, most = sense_delay(table)
    latency = int((bench.emulated or {}).get("latency_us", 0)) * MICROSECOND
    exchange = max(EXCHANGE_IN_SIM, latency) if bench.kind == "sim" else EXCHANGE
    return table.every_ms * MILLISECOND + (most - least) + exchange


def too_tight(promises: Promises, resolves: int) -> list[str]:
    """Promises whose window the channel does not resolve: what is timed by them will be INCONCLUSIVE, in words."""
    found = []
    for name in ("command_window", "cut_allowance", "reclose_after_recharge"):
        try:
            window: Span = getattr(promises, name)
        except ConfigError:
            continue
        if window.hi - window.lo < 2 * resolves:
            found.append(f"{_NAMES[name]} of {window.hi / SECOND:.3f} s")
    return found


_NAMES = {
    "command_window": "the time of a remote command (command_s + contact_s)",
    "cut_allowance": "the time of a cut (metering_window_s + ledger_tick_s + contact_s)",
    "reclose_after_recharge": "the time of a reclosing (recharge_s + reclose_after_recharge_s + contact_s)",
}
