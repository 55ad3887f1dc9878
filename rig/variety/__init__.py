"""Healthy meters by chance: each keeps what it promises, and they differ in what they promise and how they keep it.

A rig that blames one of them is wrong. `healthy_meter(seed)` draws one; what it writes is what `rig run` takes.
"""

from rig.variety.healthy import HealthyMeter, healthy_meter
from rig.variety.trial import Trial, try_out

__all__ = ["HealthyMeter", "Trial", "healthy_meter", "try_out"]
