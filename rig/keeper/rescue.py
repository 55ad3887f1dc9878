"""Making a bench safe without a keeper: each load and source is opened afresh, switched off and let go of, on its own."""

from __future__ import annotations

from collections.abc import Callable

from rig.clock import Clock
from rig.config import BenchFile
from rig.errors import Unsafe
from rig.keeper.hardware import Table, close_all, open_device, sources_of
from rig.keeper.safe_state import SafeState
from rig.opener import Opening


def afresh(bench: BenchFile, clock: Clock) -> list[SafeState]:
    """The bench as safe states that open what they switch off; a device that is not there keeps no other one waiting."""
    tables = {position.name: position.load or {} for position in bench.positions}
    return [
        SafeState(
            shared.name,
            _source_off(shared.table, Opening(f"{shared.name} source", clock)),
            {name: _load_off(tables[name], Opening(f"{name} load", clock)) for name in shared.positions},
        )
        for shared in sources_of(bench)
    ]


def _load_off(table: Table, opening: Opening) -> Callable[[], None]:
    def off() -> None:
        load = open_device("loads", table, opening)
        try:
            load.off()
        finally:
            close_all(load)

    return off


def _source_off(table: Table, opening: Opening) -> Callable[[], None]:
    def off() -> None:
        source = open_device("sources", table, opening)
        try:
            source.off()
            if source.is_on():
                raise Unsafe("it was switched off and says that it is still on")
        finally:
            close_all(source)

    return off
