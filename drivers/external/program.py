"""A program that speaks JSON lines on its standard input and output (docs/external.md, format 1)."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from rig.clock import SECOND, Clock, Span
from rig.contracts import FrameLog
from rig.errors import ConfigError, DeviceRefused, LinkError
from rig.opener import silent

FORMAT = 1
_LONGEST_LINE = 1_000_000
_WORDS_KEPT = 20
_ENDS_WITHIN_S = 1.0


class ExternalProgram:
    """One program, started at once. Calls have numbers, so a late answer is never taken for the next one.

    `hello` is what it said of itself. Its standard error is logged ("!") and its last lines stand in every error. A program
    that has ended is a LinkError until `begin_anew`. Safe to call from several threads, one call at a time.
    """

    def __init__(
        self,
        command: Sequence[str],
        role: str,
        clock: Clock,
        where: str,
        timeout_ns: int = 5 * SECOND,
        log: FrameLog = silent,
        folder: str | None = None,
    ) -> None:
        """Start it and ask what it is. `role`: what it shall be ("load", "source", "meter"). `folder`: where it stands.

        Raises:
            ConfigError: it cannot be started.
            DeviceRefused: another format, or it cannot be this.
            LinkError: no hello in time, or it ended.
        """
        self.name = f"{where} (external {command[0]})"
        self.lock = threading.RLock()
        self.hello: Mapping[str, Any] = {}
        self._command = list(command)
        self._role = role
        self._clock = clock
        self._timeout = timeout_ns
        self._log = log
        self._folder = folder
        self._number = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._begin()

    def call(self, do: str, **arguments: object) -> tuple[Any, Span]:
        """What it answers, and from before asking to after the answer.

        Raises:
            DeviceRefused: it said no, with its own words.
            LinkError: no answer in time, no sense in it, or the program has ended.
        """
        with self.lock:
            self._number += 1
            asked = {"id": self._number, "do": do, **arguments}
            sent = self._clock.now()
            self._tell(json.dumps(asked, ensure_ascii=False).encode())
            answer, received = self._answer(asked)
        if "refused" in answer:
            code = answer.get("code")
            raise DeviceRefused(
                f"{self.name}: asked {do!r}: refused: {answer['refused']}", code if isinstance(code, int) else None
            )
        if "ok" not in answer:
            raise LinkError(f"{self.name}: asked {do!r}: an answer without ok or refused came: {str(answer)[:80]}")
        return answer["ok"], Span(sent, received)

    def now(self) -> int:
        """The instant by which spans are stamped (ns)."""
        return self._clock.now()

    def begin_anew(self) -> None:
        """End it, and start another one."""
        with self.lock:
            self.close()
            self._begin()

    def close(self) -> None:
        """Close its standard input, which tells it to make safe what it has and end; kill it when it does not within 1 s."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _begin(self) -> None:
        self._answers: queue.Queue[tuple[bytes, int]] = queue.Queue()
        self._words: deque[str] = deque(maxlen=_WORDS_KEPT)
        # A Ctrl-C goes to the whole foreground group; a device does not switch itself off because somebody pressed it.
        apart: dict[str, Any] = {"start_new_session": True}
        if os.name == "nt":
            apart = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=self._folder, **apart)
        except OSError as error:
            raise ConfigError(f"{self.name}: cannot be started: {error.strerror or error}") from None
        self._process = process
        for listen in (self._hear, self._overhear):
            threading.Thread(target=listen, args=(process, self._answers, self._words), daemon=True).start()
        try:
            self.hello, _ = self.call("hello", format=FORMAT, role=self._role)
            self._refuse_stranger()
        except BaseException:
            self.close()
            raise

    def _refuse_stranger(self) -> None:
        hello = self.hello if isinstance(self.hello, dict) else {}
        if hello.get("format") != FORMAT:
            raise DeviceRefused(f"{self.name}: speaks format {hello.get('format')}; this rig speaks format {FORMAT}")
        if self._role not in hello.get("roles", ()):
            raise DeviceRefused(f"{self.name}: is no {self._role}; it says that it can be {hello.get('roles')}")

    def _tell(self, line: bytes) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise LinkError(f"{self.name}: has ended{self._last_words()}")
        self._log(self._clock.now(), ">", line + b"\n")
        try:
            process.stdin.write(line + b"\n")
            process.stdin.flush()
        except (OSError, ValueError):
            raise self._gone() from None

    def _answer(self, asked: Mapping[str, object]) -> tuple[dict[str, Any], int]:
        give_up = self._clock.now() + self._timeout
        while True:
            left = give_up - self._clock.now()
            try:
                line, received = self._answers.get(timeout=max(left, 0) / SECOND)
            except queue.Empty:
                raise LinkError(
                    f"{self.name}: asked {asked['do']!r}: no answer in {self._timeout / SECOND:.3f} s{self._last_words()}"
                ) from None
            if not line:
                raise self._gone()
            self._log(received, "<", line)
            answer = self._sense_of(line, asked)
            if answer.get("id") == asked["id"]:
                return answer, received

    def _sense_of(self, line: bytes, asked: Mapping[str, object]) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise LinkError(
                f"{self.name}: asked {asked['do']!r}: no JSON object came: {line[:80]!r}{self._last_words()}"
            )
        return answer

    def _gone(self) -> LinkError:
        process = self._process
        code: int | None = None
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_ENDS_WITHIN_S)
        self.close()
        how = "closed its output" if code is None else f"ended with {code}"
        return LinkError(f"{self.name}: the program {how}{self._last_words()}")

    def _last_words(self) -> str:
        return f"; its last words: {' / '.join(self._words)}" if self._words else "; it said nothing on standard error"

    def _hear(self, process: subprocess.Popen[bytes], answers: queue.Queue[tuple[bytes, int]], _: deque[str]) -> None:
        """Stamp each line as it comes; an empty one is the end."""
        assert process.stdout is not None
        with process.stdout as out:
            while line := out.readline(_LONGEST_LINE):
                answers.put((line, self._clock.now()))
        answers.put((b"", self._clock.now()))

    def _overhear(self, process: subprocess.Popen[bytes], _: object, words: deque[str]) -> None:
        assert process.stderr is not None
        with process.stderr as err:
            while line := err.readline(_LONGEST_LINE):
                self._log(self._clock.now(), "!", line)
                words.append(line.decode("utf-8", "replace").strip()[:200])
