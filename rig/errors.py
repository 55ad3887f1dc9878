"""The four errors of the rig, named after what the operator does next.

A message says where, what was asked, what came, and where to look.
"""

from __future__ import annotations


class RigError(Exception):
    """The bench, a file or a device kept the rig from telling; never the meter's verdict."""


class LinkError(RigError):
    """No usable answer came. Check cable, address and power; a read may be retried."""


class DeviceRefused(RigError):
    """The device answered, and its answer was no. Never retried.

    `code` is the device's own (Modbus exception, recharge result, SCPI error), None where it has none.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class ConfigError(RigError):
    """A file, option or name is wrong. Holds every problem found, each with file and key path first."""

    def __init__(self, problems: str | list[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class Unsafe(RigError):
    """The bench could not reach its safe state. Isolate it by hand before anything else."""
