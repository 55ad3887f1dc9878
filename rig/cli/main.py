"""`rig`: one command a module, imported only when it is asked for."""

from __future__ import annotations

import sys

import typer

from rig.cli import (
    check,
    clear,
    compare,
    conform,
    emulate,
    explain,
    judge,
    known_relay,
    listing,
    map_try,
    plan,
    probe,
    report,
    run,
    selfcheck,
)
from rig.errors import ConfigError, RigError

app = typer.Typer(
    name="rig",
    help="Test and commissioning rig for prepaid electricity meters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("emulate")(emulate.emulate)
app.command("probe")(probe.probe)
app.command("plan")(plan.plan)
app.command("check")(check.check)
app.command("list")(listing.list_)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("judge")(judge.judge)
app.command("compare")(compare.compare)
app.command("clear")(clear.clear)
app.command("conform")(conform.conform)
app.command("known-relay")(known_relay.known_relay)
app.command("selfcheck")(selfcheck.selfcheck)
maps = typer.Typer(name="map", help="Work on register maps.", no_args_is_help=True)
maps.command("try")(map_try.try_)
app.add_typer(maps)

USAGE, BENCH, STOPPED = 2, 4, 130


def main() -> None:
    """Entry point. A user's mistake is a message and an exit code, never a traceback."""
    try:
        app()
    except ConfigError as error:
        _say(error.problems)
        sys.exit(USAGE)
    except RigError as error:
        _say([f"{type(error).__name__}: {error}"])
        sys.exit(BENCH)
    except KeyboardInterrupt:
        _say(["stopped"])
        sys.exit(STOPPED)
    except BrokenPipeError:
        sys.exit(STOPPED)


def _say(lines: list[str]) -> None:
    for line in lines:
        print(f"rig: {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
