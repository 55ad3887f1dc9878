"""Does the recharge procedure of a map rest on registers that can do what it asks of them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from drivers.meters.coding_checks import coding_findings
from drivers.meters.item_codec import codec_of
from drivers.meters.map_model import Command, MapFile, Recharge
from drivers.meters.references import Broken, is_plain, is_whole

Finding = tuple[str, str]


def command_findings(path: str, commands: Sequence[Command], broken: Broken) -> Iterator[Finding]:
    yield from ((path, text) for text in broken.not_written([command.register_ for command in commands]))
    for command in commands:
        register = broken.file.registers.get(command.register_)
        if register is not None and not path.startswith("relay") and not is_whole(register):
            yield f"{path}.register", f"{command.register_} is a part of a register; a whole one is needed here"
        if register is None or any(coding_findings(command.register_, register, broken.file)):
            continue
        try:
            codec_of(command.register_, register, broken.file.clock, broken.file.wallet_unit).encode(command.value)
        except ValueError as error:
            yield f"{path}.value", f"{command.value!r} cannot be written to {command.register_}: {error}"


def recharge_findings(file: MapFile, broken: Broken) -> Iterator[Finding]:
    """Everything wrong with the `[recharge]` table."""
    recharge = file.recharge
    if recharge is None:
        return
    yield from _written(recharge, file, broken)
    yield from command_findings("recharge.commit", [recharge.commit], broken)
    if recharge.commit.register_ in recharge.write:
        yield "recharge.commit", "the commit is a register of its own; it must not stand in write"
    result = recharge.result
    yield from (("recharge.result.register", text) for text in broken.not_read([result.register_]))
    if not is_plain(result.register_, file):
        yield "recharge.result.register", f"{result.register_} is compared with codes: no scale, unit, values or format"
    codes = Counter([*result.pending, *result.accepted, *result.duplicate, *result.refused])
    for code in (code for code, times in codes.items() if times > 1):
        yield "recharge.result", f"code {code} has two meanings; leave it in one list"
    yield from _codes_fit(codes, result.register_, file)
    if recharge.read_back is not None:
        yield from (("recharge.read_back", text) for text in broken.not_read([recharge.read_back]))
        if not is_plain(recharge.read_back, file):
            yield "recharge.read_back", f"{recharge.read_back} is compared with an id: no scale, unit, values or format"
        if "recharge_id" not in recharge.write:
            yield (
                "recharge.read_back",
                "is compared with recharge_id, which is not written; add it or take read_back out",
            )


def _codes_fit(codes: Iterable[int], name: str, file: MapFile) -> Iterator[Finding]:
    register = file.registers.get(name)
    if register is None or any(coding_findings(name, register, file)) or not is_plain(name, file):
        return
    codec = codec_of(name, register, file.clock, file.wallet_unit)
    for code in codes:
        try:
            codec.encode(code)
        except ValueError as error:
            yield "recharge.result", f"{name} cannot show the code {code}: {error}"


def _written(recharge: Recharge, file: MapFile, broken: Broken) -> Iterator[Finding]:
    yield from (("recharge.write", text) for text in broken.not_written(recharge.write))
    for name in recharge.write:
        if name not in ("recharge_amount", "recharge_id"):
            yield "recharge.write", f"{name}: only recharge_amount and recharge_id are filled in; name the registers so"
        elif name in file.registers and not is_whole(file.registers[name]):
            yield "recharge.write", f"{name} is a part of a register; a whole one is needed here"
    if "recharge_amount" not in recharge.write:
        yield "recharge.write", "recharge_amount is missing; without it nothing is bought"
    for group in file.block_write_only:
        if any(name in recharge.write for name in group) and (left := set(group) - set(recharge.write)):
            yield "recharge.write", f"{', '.join(sorted(left))} is written in one block with these, and not named here"
