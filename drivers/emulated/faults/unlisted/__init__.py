"""Faults that are in no list and that no scenario names: how many of them fall is what the rig is worth on an unknown meter.

Modules whose names begin alike (`first_…`) are a batch, written before anybody improved a scenario because of it. Each has
`FAULTS`, a tuple, and ids that begin with `U`, so that none is taken for one of the list.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from drivers.emulated.faults.fault import Fault


def _batches() -> dict[str, dict[str, Fault]]:
    found: dict[str, dict[str, Fault]] = {}
    for one in pkgutil.iter_modules(__path__):
        faults: tuple[Fault, ...] = getattr(importlib.import_module(f"{__name__}.{one.name}"), "FAULTS", ())
        if faults:
            found.setdefault(one.name.partition("_")[0], {}).update({fault.id: fault for fault in faults})
    return found


BATCHES: Mapping[str, Mapping[str, Fault]] = _batches()
"""The faults of each batch by id, batches by the first word of their modules' names."""
