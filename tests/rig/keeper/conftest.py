"""A fake bench on a socket, and its devices in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rig import catalogue
from tests.rig.keeper.staging import FAKE, FakeBench


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBench]:
    monkeypatch.syspath_prepend(str(FAKE))
    catalogue._points.cache_clear()
    bench = FakeBench(tmp_path)
    yield bench
    bench.close()
    catalogue._points.cache_clear()
