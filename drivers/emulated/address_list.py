"""The addresses of an emulated bench as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.emulated.settings import EmulatedBenchSettings

_UNCHECKED = " in pace; a pty carries no parity bit: open it with parity N"
_ON_A_PTY = {"N": "", "E": _UNCHECKED, "O": _UNCHECKED}
"""What a client has to do: a pseudo terminal takes only bytes, and on many systems refuses to be opened with parity."""


def address_list(addresses: Mapping[str, Mapping[str, Any]], settings: EmulatedBenchSettings) -> str:
    """Every position with its devices, a line each, ending in a line end."""
    lines = ["EMULATED, NOT A METER"]
    serial_line = f"{settings.baud} baud, parity {settings.parity}, {settings.stop_bits} stop bit"
    for name, at in addresses.items():
        lines += [f"{name}  meter {at['serial']}, Modbus unit {at['unit']}"]
        if "modbus" in at:
            lines.append(f"  Modbus TCP      {at['modbus']}")
        if "gateway" in at:
            lines.append(f"  RTU over TCP    {at['gateway']}  ({serial_line} behind it)")
        if "rtu" in at:
            lines.append(f"  Modbus RTU      {at['rtu']}  ({serial_line}{_ON_A_PTY[settings.parity]})")
        inputs = f"unit 1, discrete inputs: load side {at['load_side']}, line side {at['line_side']}"
        lines += [
            f"  load            {at['load']}",
            f"  source          {at['source']}",
            f"  relay sense     {at['digital_inputs']}  ({inputs})",
            f"  button          {at['digital_inputs']}  (unit 1, coil {at['button']}: pressed when it becomes 1)",
        ]
        if "password" in at:
            lines.append(f"  password        {at['password']}  (as the map's [unlock] says)")
        if "edge_logger" in at:
            lines.append(f"  edge logger     {at['edge_logger']}  (load side 0, line side 1)")
    return "\n".join([*lines, "The meter answers once its source is on. Ctrl-C ends it."]) + "\n"
