"""The line server, spoken to by a bare socket."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from drivers.scpi.line_server import MOST_BYTES, serve_lines
from tests.drivers.scpi.wires import served

pytestmark = pytest.mark.loopback


def upper(line: str) -> str | None:
    return line.upper() if line.endswith("?") else None


@pytest.fixture
def port() -> Iterator[int]:
    with served(upper) as port:
        yield port


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def test_lines_are_answered_in_order_however_they_are_cut(port: int) -> None:
    with connected(port) as client, client.makefile("rb") as answers:
        client.sendall(b"one?\ntwo?\nset 3\nfo")
        assert [answers.readline() for _ in range(2)] == [b"ONE?\n", b"TWO?\n"]
        client.sendall(b"ur?\r\n")
        assert answers.readline() == b"FOUR?\n"


def test_ten_pipelined_questions_get_ten_answers(port: int) -> None:
    with connected(port) as client, client.makefile("rb") as answers:
        client.sendall(b"".join(b"q%d?\n" % n for n in range(10)))
        assert [answers.readline() for _ in range(10)] == [b"Q%d?\n" % n for n in range(10)]


def test_several_clients_at_once(port: int) -> None:
    with connected(port) as one, connected(port) as two:
        one.sendall(b"half")
        two.sendall(b"b?\n")
        assert two.recv(100) == b"B?\n"
        one.sendall(b"?\n")
        assert one.recv(100) == b"HALF?\n"


def test_a_line_without_end_is_cut_off(port: int) -> None:
    with connected(port) as client:
        try:
            client.sendall(b"x" * (MOST_BYTES + 10_000))
            assert client.recv(10) == b""
        except ConnectionError:
            pass
    with connected(port) as client:
        client.sendall(b"still there?\n")
        assert client.recv(100) == b"STILL THERE?\n"


def test_ends_with_its_clients_and_leaves_no_task() -> None:
    async def serve_and_end() -> bytes:
        server, port = await serve_lines(upper)
        assert server.is_serving()
        assert server.port == port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"a?\n")
        assert await reader.readline() == b"A?\n"
        server.close()
        await server.wait_closed()
        rest = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        assert not server.is_serving()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)
        return rest

    assert asyncio.run(serve_and_end()) == b""
