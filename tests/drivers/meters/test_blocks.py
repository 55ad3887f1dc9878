"""Coalescing: as few requests as any other way would take, and never an address that must not be read."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from drivers.meters.blocks import Reach, Stretch

SIZES = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.booleans()), min_size=1, max_size=9)


def _layout(sizes: list[tuple[int, int, bool]]) -> tuple[list[Stretch], list[Stretch]]:
    """Items one after the other with holes before them: all of them, and those that are wanted."""
    items, wanted, at = [], [], 0
    for size, hole, asked in sizes:
        at += hole
        items.append(Stretch("holding", at, at + size))
        if asked:
            wanted.append(items[-1])
        at += size
    return items, wanted


def _fewest(wanted: list[Stretch], reach: Reach) -> int:
    """By trying every way to cut the list into runs."""

    @lru_cache(None)
    def best(start: int) -> int:
        if start == len(wanted):
            return 0
        ends = range(start + 1, len(wanted) + 1)
        runs = [(end, Stretch("holding", wanted[start].start, wanted[end - 1].end)) for end in ends]
        return min(1 + best(end) for end, run in runs if reach.allows(run))

    return best(0)


@given(sizes=SIZES, gaps=st.booleans(), most=st.integers(4, 12), forbidden=st.integers(0, 40))
def test_fewest_requests_without_touching_the_forbidden(
    sizes: list[tuple[int, int, bool]], gaps: bool, most: int, forbidden: int
) -> None:
    items, wanted = _layout(sizes)
    place = Stretch("holding", forbidden, forbidden + 1)
    items = [item for item in items if not item.meets(place)]
    wanted = [item for item in wanted if not item.meets(place)]
    known = frozenset(address for item in items for address in range(item.start, item.end))
    reach = Reach({"holding": known}, (place,), gaps, most)
    blocks = reach.coalesced(reversed(wanted))
    assert len(blocks) == _fewest(wanted, reach)
    for block in blocks:
        assert block.size <= most
        assert not block.meets(place)
        assert gaps or set(range(block.start, block.end)) <= known
    for item in wanted:
        assert sum(block.holds(item) for block in blocks) == 1


def test_tables_are_never_mixed_and_bits_have_their_own_limit() -> None:
    reach = Reach({}, (), gaps=True, most_registers=2)
    places = [Stretch("holding", 0, 1), Stretch("input", 1, 2), Stretch("coil", 0, 1), Stretch("coil", 31, 32)]
    assert reach.coalesced(places) == [Stretch("coil", 0, 32), Stretch("holding", 0, 1), Stretch("input", 1, 2)]
    assert reach.most("discrete") == 32
    assert Reach({}, (), gaps=True, most_registers=125).most("coil") == 2000


def test_nothing_is_read_past_the_end_of_a_table() -> None:
    assert not Reach({}, (), gaps=True, most_registers=125).allows(Stretch("input", 65535, 65537))
