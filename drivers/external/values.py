"""Values as JSON lines carry them: decimals and times as text with a mark, so that no float touches money or energy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from rig.contracts import Value
from rig.errors import LinkError

_FORMS: dict[str, Callable[[str], Value]] = {"decimal": Decimal, "time": datetime.fromisoformat}


def plain(value: Value) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    return value


def rich(given: Any, where: str) -> Value:
    """What `plain` made plain. Raises LinkError for anything else, floats among it."""
    if given is None or isinstance(given, bool | int | str):
        return given
    if isinstance(given, dict) and len(given) == 1:
        ((form, text),) = given.items()
        if form in _FORMS and isinstance(text, str):
            try:
                return _FORMS[form](text)
            except (ArithmeticError, ValueError):
                pass
    raise LinkError(
        f'{where}: {str(given)[:60]} is no value; whole numbers, text, true, false, null, {{"decimal": "1.5"}} and '
        '{"time": "2026-03-03T09:41:07"} are'
    )


def number(given: Any, where: str) -> Decimal:
    """A number as decimal text or whole number. Raises LinkError for anything else, floats, NaN and infinities among it."""
    if isinstance(given, str | int) and not isinstance(given, bool):
        try:
            found = Decimal(given)
        except ArithmeticError:
            found = Decimal("NaN")
        if found.is_finite():
            return found
    raise LinkError(f'{where}: {str(given)[:60]} is no number; write it as decimal text, "230.1"')
