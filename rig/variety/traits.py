"""In what one healthy meter, its bench and its utility may differ from the shipped ones. The defaults are the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass, fields

PPM = 10_000
"""So many parts in 10⁶ are one percent."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Names that end in `_ms`, `_s`, `_us` are times, `_ppm` parts in 10⁶; money is paise, or steps of a wallet of energy.

    `took` fields are how much of what is promised the meter really takes (thousandths).
    """

    map: str = "reference"
    policy: str = "arrears_first"
    start: str = ""
    """What its clock shows at the beginning; empty: a working morning."""

    # what is promised
    quantum_wh: str = "0.3125"
    window_ms: int = 1000
    tick_ms: int = 1000
    refresh_ms: int = 100
    contact_ms: int = 20
    recharge_ms: int = 1000
    reclose_ms: int = 2000
    command_ms: int = 200
    power_up_ms: int = 1000
    accuracy: str = "1.0"
    family: str = "definite_time"
    delay_s: int = 0
    """A fixed delay of the definite time; 0: it stands in a register."""
    average_s: int = 60
    blocks: bool = False
    curve: int = 0
    compares: str = ">"
    cleared_s: int = 3600
    tolerance: str = "0"
    """Of the limiter, percent; empty: not promised."""
    over_current: tuple[str, str] | None = None
    starting_current: str = ""
    control_states: tuple[int, int, int, int] = (2, 2, 0, 0)
    """With credit gone, overload, lock-out, a command."""
    control_mode: int = 7

    # how it is kept
    contact_took: int = 1000
    recharge_took: int = 120
    reclose_took: int = 250
    command_took: int = 250
    power_up_took: int = 600
    answers_ms: int = 0
    """Its answers take up to this long."""
    grid_took: int = 0
    """So much of a window and tick had gone when the mains came (thousandths)."""
    drift_ppb: int = 0
    error_ppm: int = 0

    # as found
    balance: int = 52_345
    arrears: int = 0
    load_limit: int = 3000
    over_s: int = 10
    under_s: int = 10
    attempts: int = 3
    interval_s: int = 30
    lock_out_s: int = 1800
    alarm_1: int = 10_000
    alarm_2: int = 2_000

    # the bench
    every_ms: int = 20
    latency_us: int = 200
    sense_ms: int = 0
    load_accuracy: str = "0.05"
    load_error: int = 0
    """How much of its stated accuracy the load is off (thousandths)."""
    volts: str = "230"
    hertz: str = "50"
    order: int = 0
    """The scenarios in another order; 0: as they are."""

    def differs(self) -> dict[str, object]:
        """What is not as shipped."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
