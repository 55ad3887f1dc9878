"""A local connection between two processes of a run: whole messages, and proof that both know the run's key.

AF_UNIX in a private folder where there is such a thing, else loopback TCP.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import select
import shutil
import socket
import struct
import tempfile
import threading
from pathlib import Path
from typing import Any

from rig.errors import LinkError
from rig.keeper import wire

HANDSHAKE_S = 2.0
_MOST_BYTES = 8_000_000
_LENGTH = struct.Struct("!I")


class Channel:
    """One end of a connection. Sending is safe from several threads, receiving belongs to one."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(True)
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._sending = threading.Lock()
        self._buffer = b""
        self._poller: select.poll | None = None
        if hasattr(select, "poll"):
            self._poller = select.poll()
            self._poller.register(connection.fileno(), select.POLLIN)

    def send(self, letter: bytes, number: int, body: bytes = b"") -> None:
        """Send one message. OSError when the other end is gone."""
        text = wire.message(letter, number, body)
        with self._sending:
            self._socket.sendall(_LENGTH.pack(len(text)) + text)

    def ready(self, seconds: float) -> bool:
        """True as soon as something to receive (or the end) is there, False after `seconds` without."""
        if self._buffer:
            return True
        if self._poller is not None:
            return bool(self._poller.poll(seconds * 1000))
        readable, _, _ = select.select((self._socket,), (), (), seconds)
        return bool(readable)

    def receive(self) -> tuple[bytes, int, bytes]:
        """The next message. EOFError or OSError when the other end is gone, ValueError when it is no message."""
        while True:
            if len(self._buffer) >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._buffer)
                if length > _MOST_BYTES:
                    raise ValueError(f"a message of {length} bytes is none")
                end = _LENGTH.size + length
                if len(self._buffer) >= end:
                    found, self._buffer = self._buffer[_LENGTH.size : end], self._buffer[end:]
                    return wire.taken_apart(found)
            came = self._socket.recv(65536)
            if not came:
                raise EOFError
            self._buffer += came

    def shut(self) -> None:
        """End the connection from another thread than the one that receives; that one finds the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connection; harmless when it has ended already."""
        self._socket.close()


class Door:
    """Where the keeper listens. `address` is what `connect` needs besides the key."""

    def __init__(self, local: bool = hasattr(socket, "AF_UNIX")) -> None:
        """`local` False: loopback TCP, for systems without AF_UNIX."""
        self._folder = ""
        if local:
            self._folder = tempfile.mkdtemp(prefix="rig-")
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.bind(str(Path(self._folder) / "keeper"))
        else:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(128)

    @property
    def address(self) -> str:
        """The address as text."""
        return json.dumps(self._socket.getsockname())

    def accept(self) -> Channel:
        """The next caller, not yet known. OSError when the door was closed."""
        return Channel(self._socket.accept()[0])

    def close(self) -> None:
        """Listen no more, and leave nothing behind."""
        self._socket.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def forget(address: str) -> None:
    """Remove what a keeper that was killed has left of its door."""
    if isinstance(found := json.loads(address), str):
        shutil.rmtree(Path(found).parent, ignore_errors=True)


def _proof(key: bytes, nonce: bytes, name: str) -> str:
    return hmac.new(key, nonce + name.encode(), hashlib.sha256).hexdigest()


def greet(channel: Channel, key: bytes) -> dict[str, Any]:
    """The keeper's side of the handshake: what the caller says of itself, once it has proved that it knows the key.

    Raises PermissionError when it does not, EOFError, OSError or ValueError when it speaks something else.
    """
    nonce = secrets.token_bytes(32)
    channel.send(wire.HELLO, 0, nonce)
    if not channel.ready(HANDSHAKE_S):
        raise PermissionError("a caller did not say who it is")
    _, _, body = channel.receive()
    found = dict(json.loads(body))
    if not hmac.compare_digest(str(found.get("proof")), _proof(key, nonce, str(found.get("role")))):
        raise PermissionError("a caller does not know the key of this run")
    channel.send(wire.HELLO, 0, _proof(key, bytes.fromhex(found["nonce"]), "keeper").encode())
    return found


def connect(address: str, key: bytes, role: str, position: str = "") -> Channel:
    """Reach the keeper as "guard", "control", "position" or "safe". LinkError when it is not there or knows another key."""
    found = json.loads(address)
    connection = socket.socket(socket.AF_UNIX if isinstance(found, str) else socket.AF_INET, socket.SOCK_STREAM)
    connection.settimeout(HANDSHAKE_S)
    try:
        connection.connect(found if isinstance(found, str) else tuple(found))
    except OSError as error:
        connection.close()
        raise LinkError(f"keeper at {address}: cannot be reached ({error}); it has ended") from None
    channel = Channel(connection)
    try:
        _introduce(channel, key, role, position)
    except (OSError, EOFError, ValueError) as error:
        channel.close()
        raise LinkError(
            f"keeper at {address}: did not let {role} {position} in ({error or 'connection closed'})"
        ) from None
    return channel


def _introduce(channel: Channel, key: bytes, role: str, position: str) -> None:
    if not channel.ready(HANDSHAKE_S):
        raise ValueError("it says nothing")
    _, _, theirs = channel.receive()
    nonce = os.urandom(32)
    told = {"role": role, "position": position, "nonce": nonce.hex(), "proof": _proof(key, theirs, role)}
    channel.send(wire.HELLO, 0, json.dumps(told).encode())
    if not channel.ready(HANDSHAKE_S):
        raise ValueError("it says nothing")
    _, _, answer = channel.receive()
    if not hmac.compare_digest(answer.decode(), _proof(key, nonce, "keeper")):
        raise ValueError("it does not know the key of this run")
