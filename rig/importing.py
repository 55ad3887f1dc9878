"""Why a module of somebody's package cannot be imported, with the file and the line at which it went wrong."""

from __future__ import annotations

import traceback
from pathlib import Path

_HERE = Path(__file__).parent


def why_not(error: Exception) -> str:
    """One line: what went wrong, and the file and line nearest to it that are no part of the rig's or Python's own importing."""
    said = f"cannot be imported: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'nothing said'}"
    if isinstance(error, SyntaxError) and error.filename:
        return f"{said} ({error.filename}, line {error.lineno})"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _of_the_module(frame.filename)]
    return f"{said} ({frames[-1].filename}, line {frames[-1].lineno})" if frames else said


def _of_the_module(file: str) -> bool:
    path = Path(file)
    return not file.startswith("<") and _HERE not in path.parents and path.parent.name not in ("importlib", "metadata")
