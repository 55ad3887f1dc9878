"""What goes through the wire comes out as it was, errors with their class, and nothing in it can name code."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.clock import FOREVER, Span
from rig.contracts import Edge, LoadMeasurement, RelayState, Reply, Request, Watch
from rig.errors import ConfigError, DeviceRefused, LinkError, RigError, Unsafe
from rig.keeper import wire

instants = st.integers(-(2**62), 2**62)
pdus = st.binary(max_size=20)
requests = st.builds(Request, st.integers(0, 255), pdus, st.integers(0, 255), st.booleans())
replies = st.builds(
    Reply, pdus, instants, instants, st.integers(0, 255), st.lists(st.text(max_size=10), max_size=3).map(tuple)
)
spans = st.tuples(instants, instants).map(lambda pair: Span(min(pair), max(pair)))
edges = st.builds(Edge, st.sampled_from(RelayState), spans)
watches = st.builds(
    Watch, st.sampled_from(RelayState), st.lists(edges, max_size=4).map(tuple), *[st.integers(0, 2**62)] * 4
)
decimals = st.decimals(allow_nan=False, allow_infinity=False)
measurements = st.builds(LoadMeasurement, decimals, decimals, decimals, instants, instants)
values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), decimals, spans, edges, watches, measurements)


@settings(deadline=None, max_examples=50)
@given(st.lists(requests, max_size=4), st.lists(replies, max_size=4))
def test_exchanges(asked: list[Request], answered: list[Reply]) -> None:
    assert wire.unpack_requests(wire.pack_requests(asked)) == asked
    assert wire.unpack_replies(wire.pack_replies(answered)) == answered


@settings(deadline=None, max_examples=50)
@given(st.lists(values, max_size=4))
def test_contract_calls(arguments: list[object]) -> None:
    assert wire.unpack_call(wire.pack_call("load.draw_watts", *arguments)) == ("load.draw_watts", arguments)
    assert wire.unpack_result(wire.pack_result(arguments)) == arguments


def test_a_decimal_keeps_its_digits_and_a_state_its_kind() -> None:
    assert str(wire.unpack_result(wire.pack_result(Decimal("230.00")))) == "230.00"
    assert wire.unpack_result(wire.pack_result(RelayState.OPEN)) is RelayState.OPEN
    assert wire.unpack_result(wire.pack_result(Span(1, FOREVER))).censored


class _Private(LinkError):
    """An error that the other side has never heard of."""


@pytest.mark.parametrize(
    ("error", "arrives_as"),
    [
        (LinkError("P03 meter: no answer"), LinkError),
        (_Private("P03 meter: no answer"), LinkError),
        (Unsafe("P03 load"), Unsafe),
        (ValueError("4000 W; nothing was sent"), ValueError),
        (UnicodeDecodeError("ascii", b"\xff", 0, 1, "no"), ValueError),
        (KeyError("no such item"), KeyError),
        (RigError("other"), RigError),
    ],
)
def test_errors_keep_class_and_text(error: Exception, arrives_as: type[Exception]) -> None:
    found = wire.unpack_error(wire.pack_error(error))

    assert type(found) is arrives_as
    assert str(found) == str(error)


def test_a_refusal_keeps_its_code_and_a_wrong_file_all_its_problems() -> None:
    refused = wire.unpack_error(wire.pack_error(DeviceRefused("exception 2", 2)))
    assert isinstance(refused, DeviceRefused)
    assert refused.code == 2
    wrong = wire.unpack_error(wire.pack_error(ConfigError(["a: is missing", "b: is no key"])))
    assert isinstance(wrong, ConfigError)
    assert wrong.problems == ["a: is missing", "b: is no key"]


@pytest.mark.parametrize("asked", [Request(256, b"\x04"), Request(-1, b"\x04"), Request(1, b"\x04", 256)])
def test_what_does_not_fit_is_not_sent(asked: Request) -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        wire.pack_requests([asked])


def test_a_stray_message_is_none() -> None:
    with pytest.raises(ValueError, match="3 bytes"):
        wire.taken_apart(b"abc")
    with pytest.raises(TypeError, match="set has no form"):
        wire.pack_result({1, 2}.union())
