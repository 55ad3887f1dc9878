"""Making a bench safe without a keeper: each load, source and button is opened afresh, switched off and let go of, on its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rig.clock import Clock
from rig.config import BenchFile
from rig.errors import Unsafe
from rig.keeper.hardware import Table, address_of, close_all, open_device, sources_of
from rig.keeper.safe_state import SafeState
from rig.opener import Opening


def afresh(bench: BenchFile, clock: Clock) -> list[SafeState]:
    """The bench as safe states that open what they switch off; a device that is not there keeps no other one waiting."""
    tables = {position.name: position.load or {} for position in bench.positions}
    states = [
        SafeState(
            shared.name,
            _source_off(shared.table, Opening(f"{shared.name} source", clock)),
            {name: _load_off(tables[name], Opening(f"{name} load", clock)) for name in shared.positions},
        )
        for shared in sources_of(bench)
    ]
    lines: dict[str, threading.Lock] = {}
    for position in bench.positions:
        if position.button is not None:
            # Buttons on one serial line take turns: the port is opened by one at a time.
            turn = lines.setdefault(address_of(position.button.get("bus") or {"host": position.name}), threading.Lock())
            release = _button_off(position.button, Opening(f"{position.name} button", clock), turn)
            _of(states, bench, position.name).lets_go(position.name, release)
    return states


def _of(states: list[SafeState], bench: BenchFile, position: str) -> SafeState:
    return next(state for state, shared in zip(states, sources_of(bench), strict=True) if position in shared.positions)


def _button_off(table: Table, opening: Opening, turn: threading.Lock) -> Callable[[], None]:
    def off() -> None:
        with turn:
            button = open_device("buttons", table, opening)
            try:
                button.release()
            finally:
                close_all(button)

    return off


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
