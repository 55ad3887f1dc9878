"""A reading that makes sense only with its words swapped is called so; one that is merely outside is not."""

from __future__ import annotations

from drivers.meters.register_map import load_map
from tests.drivers.meters.devices import Bench


def test_a_setting_in_the_other_word_order_is_doubted_in_words() -> None:
    bench = Bench(load_map("reference"))
    bench.store.values["load_limit"] = 3000 << 16

    (words,) = bench.meter.doubts(bench.meter.read())

    assert words.startswith(
        "load_limit reads 196608000 W, and the map allows 1 to 100000; with its words the other way"
    )
    assert "it reads 3000: compare word_order" in words


def test_a_healthy_reading_and_a_setting_beyond_what_may_be_written_are_not() -> None:
    bench = Bench(load_map("reference"))
    for limit in (3000, 100000, 200000):
        bench.store.values["load_limit"] = limit
        assert bench.meter.doubts(bench.meter.read()) == []
    assert bench.meter.doubts(bench.meter.read("voltage", "balance")) == []
