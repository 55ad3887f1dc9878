"""`make bench`: how quick and how large everything is on this machine, each figure beside its baseline, in one run.

Nothing is asserted but the safety deadlines, which are tests of their own and run last: twenty random instants of each
way to die. `python -m tests.benchmarks.bench NAME…` runs only some of in_memory, on_sockets, true_times, whole_runs, deadlines,
variety.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping

from rig.clock import utc_now
from tests.benchmarks import in_memory, on_sockets, true_times, variety, whole_runs

INSTANTS = "20"


def deadlines() -> None:
    """The kill tests, at many instants; each prints how soon everything was off."""
    print(f"\nFrom a death to everything off, {INSTANTS} random instants each (asserted: 2 s)", flush=True)
    tests = ["tests/rig/keeper/test_kill.py", "-q", "-rP", "-p", "no:cacheprovider"]
    environment = {**os.environ, "RIG_KILL_INSTANTS": INSTANTS}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *tests], env=environment, check=False, capture_output=True, text=True
    )
    took = sorted(int(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("off after "))
    if took:
        print(f"  {len(took)} deaths: off after {took[len(took) // 2]} ms in the middle, {took[-1]} ms at worst")
    print(f"  {done.stdout.splitlines()[-1]}")
    if done.returncode != 0:
        sys.exit(done.stdout)


SECTIONS: Mapping[str, Callable[[], None]] = {
    "in_memory": in_memory.run,
    "whole_runs": whole_runs.run,
    "on_sockets": on_sockets.run,
    "true_times": true_times.run,
    "deadlines": deadlines,
    "variety": variety.run,
}


def main(names: list[str]) -> None:
    """Run the named sections, or all."""
    if unknown := [name for name in names if name not in SECTIONS]:
        sys.exit(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    load = f"load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    print(
        f"{utc_now():%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    print(f"{os.cpu_count()} CPUs, {load}; in memory and whole runs not pinned; on sockets as stated there")
    for name in names or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
