"""An example of a program that the rig can use as a load, a source, or a meter with its wallet. Standard library only.

It plays a bench whose state is in a file, so that three processes of it (one a role) share one circuit:

    python bench.py state.json

Protocol: docs/external.md, format 1. Take it as a pattern: keep `main`, and put your own devices behind the methods.
"""

import json
import sys
from pathlib import Path


class Refused(Exception):
    """Said to the rig as the device's own no."""


class State:
    """A file that all roles share. Every change is written before it is answered."""

    def __init__(self, path):
        self.path = path

    def get(self):
        state = {"volts": "230", "hertz": "50", "on": False, "watts": 0, "input": False, "closed": True}
        state.update({"balance": 50_000, "ids": {}, "events": [], "load_limit": 5000})
        if self.path.exists():
            state.update(json.loads(self.path.read_text(encoding="utf-8")))
        return state

    def change(self, **changes):
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({**self.get(), **changes}), encoding="utf-8")
        new.replace(self.path)


class Device:
    """What holds for every role."""

    def __init__(self, state):
        self.state = state

    def hello(self, **said):
        if said["format"] != 1:
            raise Refused(f"format {said['format']} is not spoken here")
        return {"format": 1, "roles": sorted(ROLES), "name": "bench in a file"}

    def live(self):
        """The voltage behind the contact, as text."""
        now = self.state.get()
        return now["volts"] if now["on"] and now["closed"] else "0"

    def drawn(self):
        return self.state.get()["watts"] if float(self.live()) > 45 and self.state.get()["input"] else 0

    def end(self):
        """The rig has closed our standard input: make safe what we have."""


class Load(Device):
    def draw_watts(self, watts):
        self.state.change(watts=watts, input=True)

    def off(self):
        self.state.change(input=False)

    end = off

    def measure(self):
        volts, watts = self.live(), self.drawn()
        amps = f"{watts / float(volts):.3f}" if watts else "0"
        return {"volts": volts, "amps": amps, "watts": str(watts)}

    def tripped(self):
        return "undervoltage" if self.state.get()["input"] and float(self.live()) < 45 else ""


class Source(Device):
    def on(self, volts, hertz):
        self.state.change(volts=volts, hertz=hertz, on=True)

    def off(self):
        self.state.change(on=False)

    end = off

    def is_on(self):
        return self.state.get()["on"]


class Meter(Device):
    ITEMS = (
        *("serial", "voltage", "power", "balance", "output_state", "load_limit", "recharge_count"),
        *("last_recharge_id", "event_sequence"),
    )

    def hello(self, **said):
        return {
            **super().hello(**said),
            "model": "meter in a file",
            "items": self.ITEMS,
            "writable": ["load_limit"],
            "capabilities": ["recharge", "remote_relay", "events"],
            "event_names": ["load switch disconnected", "load switch connected"],
            "event_entries": 32,
            "promises": {"metering_window_s": "1.0"},
        }

    def read(self, items):
        now = self.state.get()
        known = {
            "serial": "FILE-0001",
            "voltage": {"decimal": now["volts"] if now["on"] else "0"},
            "power": {"decimal": str(self.drawn())},
            "balance": now["balance"],
            "output_state": now["closed"],
            "load_limit": now["load_limit"],
            "recharge_count": len(now["ids"]),
            "last_recharge_id": int(list(now["ids"])[-1]) if now["ids"] else 0,
            "event_sequence": len(now["events"]),
        }
        return {"values": {item: known[item] for item in items}}

    def write(self, item, value):
        if not 1 <= value <= 100_000:
            raise Refused(f"{value} W is no load limit")
        self.state.change(**{item: value})

    def disconnect(self):
        self._move(False)

    def reconnect(self):
        self._move(True)

    def _move(self, closed):
        events = self.state.get()["events"]
        name = "load switch connected" if closed else "load switch disconnected"
        events.append({"sequence": len(events) + 1, "code": 302 if closed else 301, "name": name, "time": None})
        self.state.change(closed=closed, events=events)

    def events(self):
        return self.state.get()["events"]

    def recharge(self, amount_paise, recharge_id):
        now = self.state.get()
        if str(recharge_id) in now["ids"]:
            return {"outcome": "duplicate", "code": 6}
        if not 1 <= amount_paise <= 5_000_000:
            return {"outcome": "refused", "code": 4}
        ids = {**now["ids"], str(recharge_id): amount_paise}
        self.state.change(ids=ids, balance=now["balance"] + amount_paise)
        return {"outcome": "accepted", "code": 3}

    def recharged(self, recharge_id):
        found = str(recharge_id) in self.state.get()["ids"]
        return {"outcome": "accepted" if found else "refused", "code": 3 if found else 4}


ROLES = {"load": Load, "source": Source, "meter": Meter}


def answer(device, asked):
    """One call: its result, or the device's no."""
    arguments = {key: asked[key] for key in asked if key not in ("id", "do")}
    if asked["do"].startswith("_") or not hasattr(device, asked["do"]):
        return {"refused": f"cannot {asked['do']}"}
    try:
        return {"ok": getattr(device, asked["do"])(**arguments)}
    except Refused as refused:
        return {"refused": str(refused)}


def main():
    """Answer line by line until standard input ends, then make safe."""
    state, device = State(Path(sys.argv[1])), None
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "hello":
            device = ROLES[asked["role"]](state)
        sys.stdout.write(json.dumps({"id": asked["id"], **answer(device, asked)}) + "\n")
        sys.stdout.flush()
    if device is not None:
        device.end()


if __name__ == "__main__":
    main()
