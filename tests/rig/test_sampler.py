"""The sampler: edges as spans that hold the true instant, quiet stretches counted in one step, gaps told."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from rig.clock import MILLISECOND, SECOND, VirtualClock
from rig.contracts import RelayState, SenseSample
from rig.errors import LinkError
from rig.sampler import Sampler

EVERY = 20 * MILLISECOND
LATENCY = 200_000


class Contact:
    """A sense channel in memory; announces when told to."""

    def __init__(self, clock: VirtualClock, announcing: bool) -> None:
        self._clock = clock
        self._announcing = announcing
        self._listeners: list[Callable[[], None]] = []
        self.closed = True
        self.line: bool | None = True
        self.dead = False
        self.asked = 0

    def sample(self) -> SenseSample:
        self.asked += 1
        if self.dead:
            raise LinkError("P01 sense: no answer in 1.000 s")
        now = self._clock.now()
        return SenseSample(now, now + LATENCY, self.closed and bool(self.line is not False), self.line)

    def announces(self, listener: Callable[[], None]) -> bool:
        if self._announcing:
            self._listeners.append(listener)
        return self._announcing

    def move(self, closed: bool) -> None:
        self.closed = closed
        for listener in self._listeners:
            listener()


def sampled(announcing: bool, moves: list[int], until: int) -> tuple[Sampler, Contact]:
    clock = VirtualClock()
    contact = Contact(clock, announcing)
    sampler = Sampler(contact, clock, EVERY, lambda: True)
    sampler.run_on_timer(clock)
    state = True
    for instant in moves:
        state = not state
        clock.call_at(instant, lambda closed=state: contact.move(closed))
    clock.sleep_until(until)
    return sampler, contact


@given(st.lists(st.integers(1, 5 * SECOND), max_size=8, unique=True), st.booleans())
def test_the_true_instant_lies_in_the_span(instants: list[int], announcing: bool) -> None:
    moves = sorted(instants)
    sampler, _ = sampled(announcing, moves, 6 * SECOND)
    first, *edges = sampler.watch().edges
    assert first.state is RelayState.CLOSED
    for edge in edges:
        wanted = edge.state is RelayState.OPEN
        assert any(edge.at.lo <= m <= edge.at.hi for n, m in enumerate(moves) if (n % 2 == 0) is wanted)
        assert edge.at.width <= EVERY + LATENCY


@given(st.lists(st.integers(1, 3 * SECOND), max_size=6, unique=True))
def test_announced_changes_are_seen_as_polled_ones(instants: list[int]) -> None:
    moves = sorted(instants)
    polled, _ = sampled(False, moves, 4 * SECOND)
    announced, _ = sampled(True, moves, 4 * SECOND)
    assert polled.watch() == announced.watch()


def test_a_quiet_month_costs_nothing_and_is_watched_all_the_same() -> None:
    month = 30 * 86_400 * SECOND
    sampler, contact = sampled(True, [], month)
    watch = sampler.watch()
    assert watch.samples == month // EVERY + 1
    assert watch.largest_gap <= EVERY + LATENCY
    assert contact.asked == 1


def test_a_dead_line_is_unknown_and_never_open() -> None:
    clock = VirtualClock()
    contact = Contact(clock, False)
    sampler = Sampler(contact, clock, EVERY, lambda: True)
    contact.line = False
    sampler.take()
    assert sampler.watch().state is RelayState.UNKNOWN
    contact.line = None
    blind = Sampler(contact, clock, EVERY, lambda: False)
    blind.take()
    assert blind.watch().state is RelayState.UNKNOWN


def test_a_channel_that_does_not_answer_leaves_a_gap_and_says_why() -> None:
    clock = VirtualClock()
    contact = Contact(clock, False)
    sampler = Sampler(contact, clock, EVERY, lambda: True)
    sampler.run_on_timer(clock)
    clock.sleep_until(SECOND)
    contact.dead = True
    clock.sleep_until(2 * SECOND)
    assert "no answer" in sampler.blind()
    contact.dead = False
    clock.sleep_until(3 * SECOND)
    assert sampler.blind() == ""
    assert sampler.watch().largest_gap >= SECOND
    assert sampler.watch(since=clock.now() - SECOND // 2).largest_gap <= EVERY + MILLISECOND


def test_the_channels_delay_moves_the_span() -> None:
    clock = VirtualClock()
    contact = Contact(clock, True)
    delay = (MILLISECOND, 5 * MILLISECOND)
    sampler = Sampler(contact, clock, EVERY, lambda: True, delay)
    sampler.run_on_timer(clock)
    moved = 103 * MILLISECOND
    clock.call_at(moved + 3 * MILLISECOND, lambda: contact.move(False))
    clock.sleep_until(SECOND)
    edge = sampler.watch().edges[-1]
    assert edge.at.lo <= moved <= edge.at.hi


def test_asking_at_the_very_instant_of_a_look_that_is_due_moves_no_span() -> None:
    clock = VirtualClock()
    contact = Contact(clock, True)
    sampler = Sampler(contact, clock, EVERY, lambda: True)
    moved = 10 * EVERY
    clock.call_at(moved, lambda: contact.move(False))
    clock.call_at(moved, sampler.watch)
    sampler.run_on_timer(clock)
    clock.sleep_until(SECOND)
    edge = sampler.watch().edges[-1]
    assert edge.at.lo <= moved <= edge.at.hi


def test_a_change_in_the_instant_of_a_look_but_after_it_is_seen_by_the_next_look() -> None:
    clock = VirtualClock()
    contact = Contact(clock, True)
    sampler = Sampler(contact, clock, EVERY, lambda: True)
    sampler.run_on_timer(clock)
    moved = 10 * EVERY

    def decide() -> None:
        contact.move(True)  # nothing changed, but a look is due because of it
        clock.call_at(moved, lambda: contact.move(False))

    clock.call_at(moved - MILLISECOND, decide)
    clock.sleep_until(SECOND)
    edge = sampler.watch().edges[-1]
    assert edge.state is RelayState.OPEN
    assert edge.at.lo <= moved <= edge.at.hi
    assert edge.at.width <= EVERY + LATENCY
