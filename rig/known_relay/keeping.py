"""Keeps what was measured of a bench's channels beside its bench file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rig.channel_file import ChannelFile, Measured, bench_hash, file_beside, read, write
from rig.clock import IST, utc_now
from rig.errors import ConfigError


def keep(named: str, bench: str, found: Mapping[str, Measured]) -> str:
    """Keep the figures of these positions; those of others stay, as long as the bench file is the one that they are of.

    `named` is the bench as it was typed, `bench` its name. Returns in words where they are, or why nowhere.
    """
    file = file_beside(named)
    if file is None:
        return f"nothing is kept: {named} is shipped with the rig; copy it into a file of your own"
    if not found:
        return "nothing is kept: no channel was measured on a bench that is as it should be"
    digest, earlier = bench_hash(Path(named)), {}
    try:
        known = read(file) if file.is_file() else None
    except ConfigError:
        known = None
    if known is not None and known.bench_sha256 == digest:
        earlier = known.positions
    day = utc_now().astimezone(IST).date().isoformat()
    positions = {**earlier, **found}
    write(file, ChannelFile(format=1, bench=bench, bench_sha256=digest, measured_on=day, positions=positions))
    return f"kept in {file}: {', '.join(sorted(positions))}; `rig run` reckons with it from now on"
