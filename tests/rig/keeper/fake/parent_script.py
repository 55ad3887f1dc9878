"""A parent like `rig run`: keeper, one process a position, ended by signals like Ctrl-C. Only for the keeper's tests.

`python parent_script.py SETTINGS`: JSON with bench, rules, out, pids (the file to write process ids to), lifeline.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from rig.config import from_json
from rig.keeper.gate import BusRules
from rig.keeper.parent import KeeperProcess
from rig.keeper.position_process import PositionProcess, supervise
from rig.keeper.signals import unwind_on_signals

if __name__ == "__main__":
    unwind_on_signals()
    told = json.loads(Path(sys.argv[1]).read_text())
    bench = from_json(json.dumps(told["bench"]))
    rules = {name: BusRules.from_table(table) for name, table in told["rules"].items()}
    with KeeperProcess(bench, rules, out=Path(told["out"]), lifeline=told["lifeline"]) as keeper:
        command = [sys.executable, str(Path(__file__).with_name("position_script.py"))]
        positions = [PositionProcess(position.name, command, keeper) for position in bench.positions]
        pids = {"parent": os.getpid(), "keeper": keeper.pid, "position": positions[0].pid}
        Path(told["pids"]).write_text(json.dumps(pids))
        codes = supervise(keeper, positions)
    sys.exit(max(codes.values()))
