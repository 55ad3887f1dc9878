"""What keeper and positions say to each other, as bytes. Nothing here can name code to run, as a pickle would.

A message is one letter, the number of the request, and a body: exchanges in a compact form, everything else as JSON.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from rig.clock import SECOND, Span
from rig.contracts import Edge, LoadMeasurement, RelayState, Reply, Request, Watch
from rig.errors import ConfigError, DeviceRefused, LinkError, RigError, Unsafe

EXCHANGE, CALL, BEAT = b"X", b"C", b"B"
"""Asked of the keeper: Modbus requests, a call at a contract, a sign of life."""

REPLIES, RESULT, ERROR, BEATEN, PULSE = b"x", b"c", b"e", b"b", b"p"
"""Said by the keeper. PULSE: your request is still being worked on; whoever waits echoes it."""

HELLO = b"H"

SILENCE = SECOND
"""ns without a sign of life after which a process counts as hung. A pending request is a sign of life."""

COUNT = struct.Struct("<I")
"""Body of a beat's answer (voids so far) and of the parent's beat (notes heard so far)."""

_HEAD = struct.Struct("<cI")
_SIZE = struct.Struct("<H")
_REQUEST = struct.Struct("<BBBH")
_REPLY = struct.Struct("<qqBBH")

SHOWN = (RigError, ValueError, KeyError)
"""Errors that travel to whoever asked; any other is a fault of the keeper itself."""

_ERRORS: dict[str, Callable[[str], Exception]] = {
    "LinkError": LinkError,
    "Unsafe": Unsafe,
    "RigError": RigError,
    "ValueError": ValueError,
    "KeyError": KeyError,
}


def message(letter: bytes, number: int, body: bytes = b"") -> bytes:
    """A whole message."""
    return _HEAD.pack(letter, number) + body


def taken_apart(found: bytes) -> tuple[bytes, int, bytes]:
    """Letter, number and body of a message. ValueError when it is none."""
    if len(found) < _HEAD.size:
        raise ValueError(f"a message of {len(found)} bytes is none")
    letter, number = _HEAD.unpack_from(found)
    return letter, number, found[_HEAD.size :]


def pack_requests(requests: Sequence[Request]) -> bytes:
    """Requests as bytes. ValueError for a unit outside 0..255 or more than 255 repeats."""
    try:
        parts = [_SIZE.pack(len(requests))]
        parts += [_REQUEST.pack(r.unit, r.retries, r.secret, len(r.pdu)) + r.pdu for r in requests]
    except struct.error as error:
        raise ValueError(f"these requests cannot be sent: {error}; nothing was sent") from None
    return b"".join(parts)


def unpack_requests(body: bytes) -> list[Request]:
    """What `pack_requests` packed."""
    (count,) = _SIZE.unpack_from(body)
    at, requests = _SIZE.size, []
    for _ in range(count):
        unit, retries, secret, length = _REQUEST.unpack_from(body, at)
        at += _REQUEST.size
        requests.append(Request(unit, body[at : at + length], retries, bool(secret)))
        at += length
    return requests


def pack_replies(replies: Sequence[Reply]) -> bytes:
    """Replies as bytes, with the keeper's own stamps."""
    parts = [_SIZE.pack(len(replies))]
    for r in replies:
        parts.append(_REPLY.pack(r.sent, r.received, r.retries, len(r.rejected), len(r.pdu)) + r.pdu)
        for why in r.rejected:
            text = why.encode()
            parts.append(_SIZE.pack(len(text)) + text)
    return b"".join(parts)


def unpack_replies(body: bytes) -> list[Reply]:
    """What `pack_replies` packed."""
    (count,) = _SIZE.unpack_from(body)
    at, replies = _SIZE.size, []
    for _ in range(count):
        sent, received, retries, rejections, length = _REPLY.unpack_from(body, at)
        at += _REPLY.size
        pdu = body[at : at + length]
        at += length
        rejected = []
        for _ in range(rejections):
            (size,) = _SIZE.unpack_from(body, at)
            at += _SIZE.size + size
            rejected.append(body[at - size : at].decode())
        replies.append(Reply(pdu, sent, received, retries, tuple(rejected)))
    return replies


def plain(value: object) -> Any:
    """A value of a contract call as JSON can hold it."""
    match value:
        case RelayState():
            return {"relay": value.value}
        case None | bool() | int() | str():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case Span():
            return {"span": [value.lo, value.hi]}
        case LoadMeasurement():
            return {
                "measured": [str(value.voltage_v), str(value.current_a), str(value.power_w), value.sent, value.received]
            }
        case Edge():
            return {"edge": [value.state.value, value.at.lo, value.at.hi]}
        case Watch():
            edges = [[e.state.value, e.at.lo, e.at.hi] for e in value.edges]
            return {"watch": [value.state.value, edges, *value[2:]]}
        case list() | tuple():
            return [plain(one) for one in value]
        case dict():
            return {"table": {str(key): plain(one) for key, one in value.items()}}
    raise TypeError(f"{type(value).__name__} has no form on this wire")


def _edge(given: Any) -> Edge:
    return Edge(RelayState(given[0]), Span(given[1], given[2]))


_FORMS: dict[str, Callable[[Any], object]] = {
    "relay": RelayState,
    "decimal": Decimal,
    "span": lambda given: Span(*given),
    "measured": lambda given: LoadMeasurement(
        Decimal(given[0]), Decimal(given[1]), Decimal(given[2]), given[3], given[4]
    ),
    "edge": _edge,
    "watch": lambda given: Watch(RelayState(given[0]), tuple(_edge(e) for e in given[1]), *given[2:]),
    "table": lambda given: {key: rich(one) for key, one in given.items()},
}


def rich(value: Any) -> Any:
    """What `plain` made plain; tuples come back as lists."""
    if isinstance(value, list):
        return [rich(one) for one in value]
    if isinstance(value, dict):
        ((form, given),) = value.items()
        return _FORMS[form](given)
    return value


def pack_call(name: str, *arguments: object) -> bytes:
    """A contract call."""
    return json.dumps([name, plain(arguments)]).encode()


def unpack_call(body: bytes) -> tuple[str, list[Any]]:
    """What `pack_call` packed."""
    name, arguments = json.loads(body)
    return str(name), rich(arguments)


def pack_result(value: object) -> bytes:
    """What a contract call returned."""
    return json.dumps(plain(value)).encode()


def unpack_result(body: bytes) -> Any:
    """What `pack_result` packed."""
    return rich(json.loads(body))


def pack_error(error: BaseException) -> bytes:
    """An error with its class and text, so that it can be raised again on the other side."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    kinds = [kind.__name__ for kind in type(error).__mro__]
    return json.dumps({"kinds": kinds, "text": text, "code": getattr(error, "code", None)}).encode()


def unpack_error(body: bytes) -> Exception:
    """The error that `pack_error` packed; of its nearest ancestor that both sides know, else a RigError that names the class."""
    found = json.loads(body)
    for kind in found["kinds"]:
        if kind == "DeviceRefused":
            return DeviceRefused(found["text"], found["code"])
        if kind == "ConfigError":
            return ConfigError(found["text"].split("\n"))
        if kind in _ERRORS:
            return _ERRORS[kind](found["text"])
    return RigError(f"{found['kinds'][0]}: {found['text']}")
