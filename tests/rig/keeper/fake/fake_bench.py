"""A bench of one source, one load and one contact per position, on a socket, with a truth log. Only for the keeper's tests.

It stands in the process of the tests, which nobody kills. A request is one JSON line
`[position, device, verb, arguments…]`; an answer is one JSON line. A device can be told to hang: it then reads and never answers.
"""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from pathlib import Path

from rig.clock import WallClock, raw_now


class Bench:
    def __init__(self, truth: Path) -> None:
        self.lock = threading.Lock()
        self.demand: dict[str, int] = {}
        self.source: dict[str, int] = {}
        self.hung: dict[str, str] = {}
        self.slow_ns: dict[str, int] = {}
        self.log = truth.open("a", buffering=1)

    def change(self, position: str, what: str, to: int) -> None:
        with self.lock:
            self.log.write(json.dumps({"raw": raw_now(), "position": position, "what": what, "to": to}) + "\n")

    def answer(self, position: str, device: str, verb: str, *arguments: object) -> object:
        if verb == "hang":
            self.hung[f"{position} {device}"] = str(arguments[0])
            return True
        if verb == "slow":
            self.slow_ns[f"{position} {device}"] = int(str(arguments[0]))
            return True
        if self.hung.get(f"{position} {device}"):
            return "nothing"
        clock = WallClock()
        clock.sleep_until(self.slow_ns.get(f"{position} {device}", 0))
        if device == "load":
            return self.load(position, verb, *arguments)
        if device == "source":
            return self.mains(position, verb, *arguments)
        if device == "sense":
            live = bool(self.source.get(position))
            return [live, live]
        return list(bytes.fromhex("0304000000" + "2a"))

    def load(self, position: str, verb: str, *arguments: object) -> object:
        if verb in ("draw", "off"):
            self.demand[position] = int(str(arguments[0])) if verb == "draw" else 0
            self.change(position, "demand", self.demand[position])
        return self.demand.get(position, 0)

    def mains(self, position: str, verb: str, *arguments: object) -> object:
        if verb in ("on", "off"):
            self.source[position] = int(verb == "on")
            self.change(position, "source", self.source[position])
        return self.source.get(position, 0)


class Handler(socketserver.StreamRequestHandler):
    server: Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.answer_all()

    def answer_all(self) -> None:
        for line in self.rfile:
            answer = self.server.bench.answer(*json.loads(line))
            if answer == "nothing":
                continue
            with contextlib.suppress(OSError):
                self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, truth: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bench = Bench(truth)
        self.serving = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.serving.start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()
        self.serving.join(5)
        self.bench.log.close()
