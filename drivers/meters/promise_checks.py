"""Do the promises of a map fit its registers? What a promise means by itself is the business of `rig.promises`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drivers.meters.references import Broken

Finding = tuple[str, str]

_DELAY = "over_threshold_duration"


def promise_findings(broken: Broken) -> Iterator[Finding]:
    """A fixed delay beside the register that sets it, or a delay that stands in a register that is not there."""
    overload = broken.file.promises.get("overload")
    if not isinstance(overload, Mapping) or overload.get("family", "definite_time") != "definite_time":
        return
    if "delay_s" in overload and _DELAY in broken.file.registers:
        fix = f'write delay = "{_DELAY}" in the place of delay_s, or take the register out'
        yield (
            "promises.overload.delay_s",
            f"is a fixed delay, and the map has the register {_DELAY}, which sets it: {fix}",
        )
    if overload.get("delay") == _DELAY and _DELAY not in broken.file.not_retrieved:
        for text in broken.not_read([_DELAY]):
            yield "promises.overload.delay", f"{text}, or write delay_s for a fixed delay"
