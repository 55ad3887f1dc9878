"""Only who knows the key of the run is let in, over AF_UNIX and over loopback TCP alike; messages arrive whole."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rig.errors import LinkError
from rig.keeper import wire
from rig.keeper.channel import Channel, Door, connect, forget, greet

pytestmark = pytest.mark.loopback
KEY = b"k" * 32
FAMILIES = [False, pytest.param(True, marks=pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no AF_UNIX"))]


class Host:
    """A door, and somebody behind it who lets callers in and echoes."""

    def __init__(self, local: bool) -> None:
        self.door = Door(local)
        self.met: list[object] = []
        self.inside: list[Channel] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                channel = self.door.accept()
            except OSError:
                return
            try:
                self.met.append(greet(channel, KEY))
                self.inside.append(channel)
                while True:
                    channel.send(*channel.receive())
            except (OSError, EOFError, ValueError) as error:
                self.met.append(type(error).__name__)
                channel.close()


@pytest.fixture(params=FAMILIES)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    one = Host(request.param)
    yield one
    one.door.close()


@pytest.mark.parametrize("size", [0, 1, 65_531, 65_537, 300_000])
def test_messages_arrive_whole(host: Host, size: int) -> None:
    channel = connect(host.door.address, KEY, "position", "P01")
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    try:
        for number in (1, 2**32 - 1):
            channel.send(wire.CALL, number, body)
            assert channel.receive() == (wire.CALL, number, body)
        assert not channel.ready(0)
    finally:
        channel.close()
    told = host.met[0]
    assert isinstance(told, dict)
    assert (told["role"], told["position"]) == ("position", "P01")


def test_several_messages_in_one_packet(host: Host) -> None:
    channel = connect(host.door.address, KEY, "guard")
    for number in range(50):
        channel.send(wire.BEAT, number)
    found = []
    for _ in range(50):
        assert channel.ready(2)
        found.append(channel.receive()[1])
    channel.close()

    assert found == list(range(50))


def test_a_wrong_key_is_not_let_in(host: Host) -> None:
    with pytest.raises(LinkError, match="did not let position P01 in"):
        connect(host.door.address, b"x" * 32, "position", "P01")
    assert host.met == ["PermissionError"]


def test_a_keeper_that_does_not_know_the_key_is_not_trusted() -> None:
    door = Door(local=False)

    def impostor() -> None:
        channel = door.accept()
        channel.send(wire.HELLO, 0, b"n" * 32)
        channel.receive()
        channel.send(wire.HELLO, 0, b"0" * 64)
        channel.close()

    threading.Thread(target=impostor, daemon=True).start()
    with pytest.raises(LinkError, match="does not know the key"):
        connect(door.address, KEY, "position", "P01")
    door.close()


def test_garbage_is_refused_and_the_next_caller_served(host: Host) -> None:
    address = json.loads(host.door.address)
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as stranger:
        stranger.connect(address if isinstance(address, str) else tuple(address))
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        stranger.settimeout(5)
        while stranger.recv(1000):
            pass
    connect(host.door.address, KEY, "position", "P01").close()
    assert host.met[0] == "ValueError"


def test_shut_wakes_whoever_receives(host: Host) -> None:
    channel = connect(host.door.address, KEY, "guard")
    ended = threading.Event()

    def receive() -> None:
        with pytest.raises((EOFError, OSError)):
            channel.receive()
        ended.set()

    threading.Thread(target=receive, daemon=True).start()
    channel.shut()
    assert ended.wait(2)
    channel.close()


def test_nobody_there() -> None:
    door = Door()
    address = door.address
    door.close()
    with pytest.raises(LinkError, match="cannot be reached"):
        connect(address, KEY, "guard")
    if isinstance(path := json.loads(address), str):
        assert not Path(path).parent.exists()
    forget(address)
