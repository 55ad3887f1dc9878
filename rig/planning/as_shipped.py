"""What is known beforehand without a rehearsal: the bench, map and policy of a run in virtual time are as they are shipped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rig.catalogue import file_named, files
from rig.config import load_bench
from rig.planning.catchers import catalogued
from rig.planning.resolving import untried
from rig.setup import Setup

KNOWN = "bench, map and policy are as shipped: what they come to in virtual time is held by the tests of this version"
_BENCH, _MAP, _PACKAGE = "sim", "reference", "prepaid-meter-rig"


def known(setup: Setup, ids: Iterable[str], shipped: Iterable[str]) -> dict[str, Any] | None:
    """The record of what a run will not tell, as its rehearsal would give it; None where it has to be rehearsed.

    `ids`: the scenarios that are run, `shipped` those of the packages.
    """
    if setup.map_name != _MAP or not set(ids) <= set(shipped):
        return None
    if setup.bench != load_bench(file_named("benches", _BENCH)) or setup.policy.sha256 not in _policies():
        return None
    beyond = [one.as_record() for one in untried(setup, catalogued())]
    return {"by": KNOWN, "inconclusive": [], "not_shown": [], "unresolved": beyond, "amiss": [], "limits": []}


@lru_cache(maxsize=1)
def _policies() -> frozenset[str]:
    own = [one for one in files("policies") if one.package == _PACKAGE]
    return frozenset(hashlib.sha256(one.file.read_bytes()).hexdigest() for one in own)
