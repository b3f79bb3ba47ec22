"""Identity after a replay: one to one, by overlap, and no number twice."""

from collections.abc import Hashable
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.identity import Identities, Life, identities

FIRST = Quarter(2015, 1)


def life(number: int, opened: int, last: int, series: Hashable = "Go") -> Life:
    return Life(series, number, FIRST.plus(opened), FIRST.plus(last))


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    """Some series, each with episodes that never overlap, under numbers in any order."""
    found = []
    for series in draw(st.lists(st.sampled_from(["Go", "Rust", "SQL"]), unique=True)):
        ends = sorted(draw(st.lists(st.integers(0, 40), unique=True, max_size=10)))
        runs = list(zip(ends[::2], ends[1::2], strict=False))
        numbers = draw(st.permutations(range(1, len(runs) + 1)))
        found += [life(n, one, other, series) for n, (one, other) in zip(numbers, runs, strict=True)]
    return found


def highest(draw_from: list[Life], extra: int) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for one in draw_from:
        found[one.series] = max(found.get(one.series, 0), one.number + extra)
    return found


def test_nothing_changed_gives_everyone_its_own_number() -> None:
    same = [life(2, 0, 3), life(1, 6, 9), life(1, 2, 5, "Rust")]
    found = identities(same, same, {"Go": 2, "Rust": 1})
    assert found.mapping == {("Go", 2): 2, ("Go", 1): 1, ("Rust", 1): 1}
    assert (found.gone, found.fresh) == ((), ())


def test_an_earlier_episode_that_is_found_late_shifts_nobody() -> None:
    stored = [life(1, 8, 11)]
    found = identities(stored, [life(1, 2, 5), life(2, 9, 12)], {"Go": 1})
    assert found.mapping == {("Go", 1): 2, ("Go", 2): 1}
    assert found.fresh == (life(2, 2, 5),)
    assert found.highest == {"Go": 2}


def test_the_greater_overlap_decides() -> None:
    stored = [life(1, 0, 3), life(2, 5, 8)]
    found = identities(stored, [life(1, 3, 7)], {"Go": 2})
    assert found.mapping == {("Go", 1): 2}
    assert found.gone == (stored[0],)


def test_among_equals_the_earlier_stored_one_decides() -> None:
    stored = [life(7, 0, 3), life(2, 5, 8)]
    assert identities(stored, [life(1, 2, 6)], {"Go": 7}).mapping == {("Go", 1): 7}


def test_two_that_want_the_same_are_told_apart_by_overlap_and_then_by_time() -> None:
    stored = [life(1, 0, 9)]
    assert identities(stored, [life(1, 0, 3), life(2, 5, 9)], {"Go": 1}).mapping == {("Go", 1): 2, ("Go", 2): 1}
    assert identities(stored, [life(1, 0, 3), life(2, 5, 8)], {"Go": 1}).mapping == {("Go", 1): 1, ("Go", 2): 2}


def test_who_loses_the_best_takes_the_next_that_overlaps() -> None:
    """The first overlaps both, the second by 4 quarters and the first by 1; the second one has more of the second."""
    stored = [life(1, 0, 2), life(2, 3, 12)]
    found = identities(stored, [life(1, 2, 6), life(2, 7, 12)], {"Go": 2})
    assert found.mapping == {("Go", 1): 1, ("Go", 2): 2}


def test_a_neighbour_is_no_overlap_and_another_series_is_nobody() -> None:
    found = identities([life(1, 0, 3)], [life(1, 4, 7), life(1, 0, 3, "Rust")], {"Go": 1})
    assert found.gone == (life(1, 0, 3),)
    assert found.mapping == {("Go", 1): 2, ("Rust", 1): 1}


def test_a_number_once_given_is_never_given_again() -> None:
    assert identities([], [life(1, 0, 3)], {"Go": 5}).mapping == {("Go", 1): 6}


@given(lives(), lives(), st.integers(0, 3))
def test_identities_are_one_to_one_and_complete(stored: list[Life], replayed: list[Life], extra: int) -> None:
    top = highest(stored, extra)
    found = identities(stored, replayed, top)
    assert found.mapping.keys() == {(one.series, one.number) for one in replayed}
    given_to = [(series, number) for (series, _), number in found.mapping.items()]
    assert len(given_to) == len(set(given_to))
    names = {(one.series, one.number) for one in stored}
    lost = {(one.series, one.number) for one in found.gone}
    new = {(one.series, one.number) for one in found.fresh}
    assert lost == names - set(given_to)
    assert new == set(given_to) - names
    assert all(number > top.get(series, 0) for series, number in new)
    for series, number in given_to:
        assert found.highest[series] >= number
    opened = {(one.series, found.mapping[one.series, one.number]): one for one in replayed}
    assert all(opened[one.series, one.number].overlap(one) for one in stored if (one.series, one.number) not in lost)


@given(lives(), lives())
def test_nobody_could_do_better_alone(stored: list[Life], replayed: list[Life]) -> None:
    """No replayed and stored episode overlap each other more than each overlaps the one it was given."""
    found = identities(stored, replayed, {})
    partner = {(one.series, found.mapping[one.series, one.number]): one for one in replayed}
    by_name = {(one.series, one.number): one for one in stored}
    for new in replayed:
        own = by_name.get((new.series, found.mapping[new.series, new.number]))
        for old in stored:
            if old.series == new.series and old != own:
                other = partner.get((old.series, old.number))
                better = max(new.overlap(own) if own else 0, old.overlap(other) if other else 0)
                assert new.overlap(old) <= better


@given(lives(), lives())
def test_the_order_in_which_they_come_plays_no_part(stored: list[Life], replayed: list[Life]) -> None:
    found = identities(stored, replayed, {})
    assert identities(stored[::-1], replayed[::-1], {}) == found


@given(lives())
def test_a_replay_that_finds_the_same_changes_nothing(stored: list[Life]) -> None:
    replayed = [Life(one.series, n + 50, one.opened, one.last) for n, one in enumerate(stored)]
    found: Identities = identities(stored, replayed, highest(stored, 4))
    assert (found.gone, found.fresh) == ((), ())
    assert [found.mapping[one.series, one.number] for one in replayed] == [one.number for one in stored]


def test_all_orders_of_three_agree() -> None:
    stored = [life(1, 0, 3), life(2, 4, 7), life(3, 8, 11)]
    replayed = [life(1, 2, 5), life(2, 6, 9), life(3, 10, 13)]
    found = {str(identities(list(one), replayed, {}).mapping) for one in permutations(stored)}
    assert found == {"{('Go', 1): 1, ('Go', 2): 2, ('Go', 3): 3}"}
