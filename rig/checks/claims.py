"""What the meter says of its relay, against the electrical truth and against what holds the relay by the oracle."""

from __future__ import annotations

from functools import reduce
from operator import or_

from rig.contracts import ControlState, DisconnectCause, MeterReading, RelayState
from rig.due import TAMPER
from rig.expectation import COMMAND, CREDIT, LOCK_OUT, OVERLOAD, Expectation
from rig.promises import Promises

CAUSES = {
    COMMAND: DisconnectCause.COMMAND,
    CREDIT: DisconnectCause.CREDIT,
    OVERLOAD: DisconnectCause.OVERLOAD,
    LOCK_OUT: DisconnectCause.OVERLOAD,
    TAMPER: DisconnectCause.TAMPER,
}
"""The cause that each hold shows."""
PROMISED = {COMMAND: "command", CREDIT: "credit", OVERLOAD: "overload", LOCK_OUT: "lock_out", TAMPER: "tamper"}
"""The promise that says which control state each hold shows."""


def claims(reading: MeterReading, truth: RelayState) -> list[str]:
    """The meter's claim about its contact against the electrical truth, after its registers had time to follow."""
    if reading.output_closed is None or truth is RelayState.UNKNOWN:
        return []
    claimed = RelayState.CLOSED if reading.output_closed else RelayState.OPEN
    return [] if claimed is truth else [f"output_state says {claimed} while the contact is {truth}"]


def holds(reading: MeterReading, expectation: Expectation, promises: Promises) -> list[str]:
    """Control state and cause against what holds the relay by the oracle, after the registers had time to follow.

    Nothing is said while an edge may be under way: the meter may have made up its mind before its contact moves.
    """
    at = reading.spans.get("control_state") or reading.spans.get("disconnect_cause")
    follow = promises.registers_follow
    if at is None or expectation.may_move(at.widened(follow, follow)):
        return []
    held = expectation.held_by | expectation.may_be_held_by
    if expectation.closed:
        return _against(reading, "nothing", {ControlState.CONNECTED}, DisconnectCause.NONE)
    if not held or not held <= set(PROMISED):
        return []
    stated = {getattr(promises.table.control_state, PROMISED[why]) for why in held}
    states = set(ControlState) if None in stated else {ControlState(state) for state in stated}
    causes = reduce(or_, (CAUSES[why] for why in held))
    return _against(reading, " or ".join(sorted(held)), states, causes)


def _against(reading: MeterReading, held: str, states: set[ControlState], causes: DisconnectCause) -> list[str]:
    """Both registers share one cause, so that one sentence is enough."""
    shown, cause = reading.whole("control_state"), reading.cause
    if shown is not None and reading.control_state not in states:
        due = " or ".join(sorted(state.name for state in states))
        state = reading.control_state.name if reading.control_state is not None else shown
        return [f"control_state says {state}; {held} holds the relay, and {due} is promised"]
    if cause is not None and (cause & ~causes or (causes and not cause)):
        return [f"disconnect_cause says {cause.name}; {held} holds the relay"]
    return []
