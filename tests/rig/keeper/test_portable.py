"""On a system without fork, sessions, AF_UNIX, poll or SIGHUP, the keeper's modules import and their choices hold."""

from __future__ import annotations

import subprocess
import sys

BLOCKED = """
import os, select, signal, socket, sys
for name in ("fcntl", "pty", "termios", "pwd", "grp", "resource"):
    sys.modules[name] = None
for module, names in ((os, ("fork", "forkpty", "setsid", "killpg", "openpty")), (select, ("poll", "epoll")),
                      (socket, ("AF_UNIX", "socketpair")), (signal, ("SIGHUP", "SIGKILL", "SIGSTOP"))):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)

import threading
import rig.keeper.service, rig.keeper.parent, rig.keeper.position_process, rig.keeper.gated
from rig.keeper import wire
from rig.keeper.channel import Door, connect, forget, greet
from rig.keeper.signals import unwind_on_signals

unwind_on_signals()
door = Door()
assert door.address.startswith('["127.0.0.1"'), door.address

def host():
    channel = door.accept()
    assert greet(channel, b"k")["role"] == "guard"
    channel.send(*channel.receive())
    channel.receive()

thread = threading.Thread(target=host, daemon=True)
thread.start()
channel = connect(door.address, b"k", "guard")
assert not channel.ready(0)
channel.send(wire.BEAT, 5, b"x")
assert channel.ready(5)
assert channel.receive() == (wire.BEAT, 5, b"x")
channel.close()
door.close()
forget('["127.0.0.1", 1]')
print("ok")
"""


def test_without_what_windows_lacks() -> None:
    found = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=60, check=False)

    assert found.stdout.strip() == "ok", found.stderr
