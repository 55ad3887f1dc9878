"""Faults that are in no list and that no scenario names: how many of them fall is what the rig is worth on an unknown meter.

Each module of this folder is a batch, written before anybody improved a scenario because of it. It has `FAULTS`, a tuple,
and its ids begin with `U`, so that none is taken for one of the list.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from drivers.emulated.faults.fault import Fault


def _batch(name: str) -> Mapping[str, Fault]:
    faults: tuple[Fault, ...] = importlib.import_module(f"{__name__}.{name}").FAULTS
    return {fault.id: fault for fault in faults}


BATCHES: Mapping[str, Mapping[str, Fault]] = {one.name: _batch(one.name) for one in pkgutil.iter_modules(__path__)}
"""The faults of each batch by id, batches by the name of their module."""
