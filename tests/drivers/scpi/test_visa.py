"""The VISA line on real sockets and serial lines: opening, stamps, Ctrl-C, and what it says when nobody is there."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from drivers.scpi.lines import SerialSettings
from drivers.scpi.visa import VisaLine
from rig.clock import MILLISECOND, WallClock
from rig.errors import LinkError
from tests.drivers.scpi.wires import scripted, served

pytestmark = pytest.mark.loopback

TIMEOUT = 150 * MILLISECOND


def echo(line: str) -> str | None:
    return {"*IDN?": "A,B,C,D"}.get(line, line.rstrip("?") if line.endswith("?") else None)


def open_line(resource: str, clock: WallClock | None = None) -> VisaLine:
    return VisaLine(resource, clock or WallClock(), "P03 load", TIMEOUT, SerialSettings(115_200))


def resource(port: int) -> str:
    return f"TCPIP::127.0.0.1::{port}::SOCKET"


def test_asks_who_is_there_and_stamps_every_line() -> None:
    clock = WallClock()
    with served(echo) as port:
        line = open_line(resource(port), clock)
        assert line.identification == "A,B,C,D"
        before = clock.now()
        assert line.ask("VOLT?") == "VOLT"
        assert before <= line.last[0] < line.last[1] <= clock.now()
        before = clock.now()
        line.tell("VOLT 3")
        assert before <= line.last[0] < line.last[1] <= clock.now()
        line.close()
        line.close()
        with pytest.raises(LinkError, match="closed"):
            line.ask("VOLT?")


def test_small_packets_do_not_wait_for_each_other() -> None:
    with served(echo) as port:
        line = open_line(resource(port))
        assert line._session.interface.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        line.clear()
        line.ask("VOLT?")
        assert line._session.interface.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        line.close()


def test_every_line_goes_to_the_log() -> None:
    seen: list[tuple[str, bytes]] = []
    with served(echo) as port:
        line = VisaLine(resource(port), WallClock(), "x", TIMEOUT, log=lambda _, way, frame: seen.append((way, frame)))
        line.tell("VOLT 3")
        line.ask("VOLT?")
        line.close()
    assert seen == [(">", b"*IDN?\n"), ("<", b"A,B,C,D\n"), (">", b"VOLT 3\n"), (">", b"VOLT?\n"), ("<", b"VOLT\n")]


def test_an_answer_that_nobody_asked_for_is_thrown_away_and_logged() -> None:
    seen: list[tuple[str, bytes]] = []

    def script(line: str, client: socket.socket) -> bytes:
        return (echo(line) or "").encode() + b"\n" + (b"9.99\n" if line == "TWICE?" else b"")

    with scripted(script) as instrument:
        log = lambda _, way, frame: seen.append((way, frame))  # noqa: E731
        line = VisaLine(instrument.resource, WallClock(), "x", TIMEOUT, log=log)
        assert line.ask("TWICE?") == "TWICE"
        time.sleep(0.02)
        assert line.ask("VOLT?") == "VOLT"
        line.close()
    assert [frame for way, frame in seen if way == "!"] == [b"9.99\n"]
    assert instrument.clients == 2


def test_a_refused_port_is_named_with_what_to_check() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(LinkError, match=rf"P03 load .*127\.0\.0\.1::{port}::SOCKET.*refused.*check address, port"):
        open_line(resource(port))


def test_a_host_without_a_name_is_a_link_error() -> None:
    with pytest.raises(LinkError, match=r"P03 load .*cannot open.*check address"):
        open_line("TCPIP::no-such-host.invalid::5025::SOCKET")


def test_a_serial_port_that_is_not_there_is_named() -> None:
    with pytest.raises(LinkError, match=r"P03 load .*ASRL/dev/ttyNOSUCH::INSTR.*cannot open.*check"):
        open_line("ASRL/dev/ttyNOSUCH::INSTR")


def test_a_port_that_says_nothing_is_named() -> None:
    with scripted(lambda *_: b"") as mute, pytest.raises(LinkError, match=r"P03 load .*\*IDN\?.*no answer in 0.150 s"):
        open_line(mute.resource)


def test_an_instrument_that_hung_up_while_idle_is_reached_again_without_an_error() -> None:
    with scripted(lambda line, client: None if line == "BYE" else (echo(line) or "").encode() + b"\n") as instrument:
        line = open_line(instrument.resource)
        line.tell("BYE")
        time.sleep(0.05)
        assert line.ask("VOLT?") == "VOLT"
        assert (instrument.clients, line.reopened) == (2, 1)
        line.close()


def test_another_instrument_at_the_same_address_is_not_talked_to() -> None:
    names = iter([b"A,B,C,D\n", b"A,B,OTHER,D\n"])
    with scripted(lambda line, client: next(names) if line == "*IDN?" else b"5\n") as instrument:
        line = open_line(instrument.resource)
        line.clear()
        with pytest.raises(LinkError, match="exchanged"):
            line.ask("VOLT?")
        assert instrument.heard == ["*IDN?", "*IDN?"]
        line.close()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs a signal that interrupts a system call")
def test_ctrl_c_in_the_middle_of_a_question_never_shifts_the_answers() -> None:
    def script(line: str, client: socket.socket) -> bytes:
        if line == "SLOW?":
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            time.sleep(0.05)
        return (echo(line) or "").encode() + b"\n"

    with scripted(script) as instrument:
        line = open_line(instrument.resource)
        with pytest.raises(KeyboardInterrupt):
            line.ask("SLOW?")
        assert line.ask("VOLT?") == "VOLT"
        time.sleep(0.08)
        assert line.ask("CURR?") == "CURR"
        line.close()


def test_four_threads_on_one_line_get_their_own_answers() -> None:
    wrong: list[str] = []
    with served(echo) as port:
        line = open_line(resource(port))

        def work(name: str) -> None:
            for n in range(100):
                if (answer := line.ask(f"{name}{n}?")) != f"{name}{n}":
                    wrong.append(answer)

        threads = [threading.Thread(target=work, args=(name,)) for name in "ABCD"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        line.close()
    assert wrong == []


@contextmanager
def on_a_pty(answer: Callable[[str], bytes]) -> Iterator[str]:
    """A serial instrument; gives its resource name."""
    ours, theirs = os.openpty()

    def talk() -> None:
        received = b""
        while True:
            try:
                received += os.read(ours, 256)
            except OSError:
                return
            while b"\n" in received:
                raw, _, received = received.partition(b"\n")
                if raw == b"QUIT":
                    return
                os.write(ours, answer(raw.decode()))

    import tty

    tty.setraw(theirs)
    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield f"ASRL{os.ttyname(theirs)}::INSTR"
    finally:
        os.write(theirs, b"QUIT\n")
        thread.join(5)
        os.close(ours)
        os.close(theirs)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pty")
def test_a_serial_line_too_and_its_late_answers_are_thrown_away() -> None:
    def answer(line: str) -> bytes:
        if line == "SLOW?":
            time.sleep(0.6)
        text = echo(line)
        return b"" if text is None else text.encode() + b"\r\n"

    thrown: list[bytes] = []
    with on_a_pty(answer) as name:
        log = lambda _, way, frame: thrown.append(frame) if way == "!" else None  # noqa: E731
        line = VisaLine(name, WallClock(), "P03 load", 400 * MILLISECOND, SerialSettings(115_200, "N", 1), log)
        assert line.ask("VOLT?") == "VOLT"
        with pytest.raises(LinkError, match="no answer"):
            line.ask("SLOW?")
        for word in ("CURR", "POW", "FREQ"):
            assert line.ask(word + "?") == word
        line.close()
    assert thrown == [b"SLOW"]
