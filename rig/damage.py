"""What happened to an evidence file, in words: altered, cut, unclosed and torn are four things, and asked about differently."""

from __future__ import annotations

import json


def altered(line: bytes, number: int) -> str:
    """Why line `number` (from 1) does not continue the chain, as far as the number that its record carries tells."""
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    place = record.get("n") if isinstance(record, dict) else None
    if not isinstance(place, int):
        why = "it is no record"
    elif place >= number:
        gone = place - number + 1
        why = f"{gone} line{'' if gone == 1 else 's'} before it {'is' if gone == 1 else 'are'} missing"
    elif place < number - 1:
        why = f"it stands where line {number} was, and was line {place + 1}"
    else:
        why = "it was altered"
    return f"ALTERED: line {number} does not continue the chain: {why}"


def torn(number: int) -> str:
    """Line `number` (from 1), the last one, is not whole: the writer died in it."""
    return f"TORN: line {number}, the last one, is cut off in the middle"


UNCLOSED = "UNCLOSED: has no closing record: the run was cut off"
ADDED = "ALTERED: lines were added behind a closing record"


def cut(state: str, lines: int) -> str:
    """A file whose whole lines are sound, `lines` of them, and whose last hash is not the one that provenance.json names."""
    names = "provenance.json names another last line"
    if state == "torn":
        return f"CUT: {names}: the file was cut off in the middle of line {lines + 1} after the run"
    if state == "aborted":
        return f"CUT: {names}: lines after line {lines} were cut away after the run"
    return f"EXCHANGED: {names}: the file is closed, and is not the one that the run left"
