"""Values that hold for a time: a later word never overwrites an earlier one, and an older file changes nothing."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.validity import Against, Contradiction, Dated, Line, Validity, changed, on, put

Said = tuple[str, Validity]
FIRST = date(2020, 1, 1)
DAYS = range(-2, 42)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def held(begins: int | None = None, ends: int | None = None) -> Validity:
    return Validity(None if begins is None else day(begins), None if ends is None else day(ends))


def line(*pieces: tuple[str, int | None, int | None]) -> Line[str]:
    return tuple(Dated(value, held(begins, ends)) for value, begins, ends in pieces)


def told(said: Sequence[Said], known: Line[str] = ()) -> Line[str]:
    """As a file tells it: in order of days."""
    for value, validity in sorted(said, key=lambda each: each[1].first):
        known = put(known, value, validity)
    return known


def stored(made: Line[str]) -> Line[str]:
    """As it comes back from where it is kept."""
    return tuple(Dated(each.value, each.held) for each in made)


def by_day(made: Line[str]) -> list[str | None]:
    return [found.value if (found := on(made, day(number))) else None for number in DAYS]


def test_a_range_holds_on_both_its_ends_and_counts_where_the_quarter_ends() -> None:
    validity = Validity(date(2025, 7, 1), date(2025, 9, 30))
    days = [date(2025, 6, 30), date(2025, 7, 1), date(2025, 9, 30), date(2025, 10, 1)]
    assert [validity.holds_on(each) for each in days] == [False, True, True, False]
    assert validity.is_in_force(Quarter(2025, 3))
    assert not Validity(date(2025, 7, 1), date(2025, 9, 29)).is_in_force(Quarter(2025, 3))
    assert Validity(None, None).is_in_force(Quarter(1999, 1))


def test_a_change_closes_the_old_range_and_opens_a_new_one() -> None:
    assert put(line(("small", None, None)), "medium", held(10)) == line(("small", None, 9), ("medium", 10, None))


def test_how_long_a_value_would_have_held_without_an_end_nobody_knows() -> None:
    made = put(line(("small", 0, None)), "medium", held(10, 19))
    assert made == line(("small", 0, 9), ("medium", 10, 19))
    assert put(made, "large", held(20)) == line(("small", 0, 9), ("medium", 10, 19), ("large", 20, None))


def test_what_was_known_of_later_days_is_kept() -> None:
    known = line(("small", 0, 29), ("large", 30, None))
    assert put(known, "medium", held(10, 19)) == line(
        ("small", 0, 9), ("medium", 10, 19), ("small", 20, 29), ("large", 30, None)
    )
    assert put(known, "medium", held(10)) == line(("small", 0, 9), ("medium", 10, 29), ("large", 30, None))
    assert put(known, "medium", held(-9)) == line(("medium", -9, -1), *known_as_rows(known))


def known_as_rows(known: Line[str]) -> list[tuple[str, int | None, int | None]]:
    def number(each: date | None) -> int | None:
        return None if each is None else (each - FIRST).days

    return [(each.value, number(each.held.holds_from), number(each.held.holds_to)) for each in known]


def test_a_whole_history_in_one_file_fits_into_what_was_known() -> None:
    spells = [("small", held(0, 9)), ("medium", held(10, 19)), ("large", held(20, 29)), ("small", held(30))]
    for known in ((), line(("small", 0, None)), line(("small", -9, 59), ("large", 60, None))):
        made = told(spells, known)
        names = [value for value in ("small", "medium", "large", "small") for _ in range(10)]
        assert by_day(made)[2:42] == names
        assert told(spells, stored(made)) == made


def test_the_same_as_until_then_goes_on() -> None:
    assert put(line(("small", 0, 9)), "small", held(10)) == line(("small", 0, None))
    assert put(line(("small", 0, 9)), "small", held(11)) == line(("small", 0, 9), ("small", 11, None))


def test_another_value_from_the_same_day_is_a_contradiction() -> None:
    for begins in (None, 5):
        with pytest.raises(Contradiction) as against:
            put(line(("small", begins, None)), "medium", held(begins, 50))
        assert (against.value.known.value, against.value.against) == ("small", Against.SAME_DAY)


def test_what_was_just_said_to_hold_until_a_day_is_not_cut_short() -> None:
    with pytest.raises(Contradiction) as against:
        told([("small", held(0, 20)), ("medium", held(10))])
    assert (against.value.known.value, against.value.against) == ("small", Against.FIRM)
    assert put(line(("small", 0, 20)), "medium", held(10)) == line(("small", 0, 9), ("medium", 10, None))


def test_without_a_date_it_is_the_first_word_or_confirms_what_is_known() -> None:
    known = line(("small", None, 9), ("medium", 10, None))
    assert put((), "small", held()) == line(("small", None, None))
    assert put(known, "medium", held()) == put(known, "small", held()) == known  # both have been said
    with pytest.raises(Contradiction) as against:
        put(known, "large", held())
    assert (against.value.known.value, against.value.against) == ("medium", Against.UNDATED)


def test_changes_are_new_pieces_and_ends_that_have_moved() -> None:
    before = line(("small", None, 29), ("large", 30, None))
    after = put(before, "medium", held(10, 19))
    change = changed(before, after)
    assert change.added == line(("medium", 10, 19), ("small", 20, 29))
    assert change.closed == (held(None, 9),)
    assert changed(after, after) == changed((), ())


ends = st.none() | st.integers(0, 40)
dated = st.tuples(ends, ends).filter(
    lambda pair: pair != (None, None) and (None in pair or (pair[0] or 0) <= (pair[1] or 0))
)
statements = st.lists(
    st.tuples(st.sampled_from("abc"), dated.map(lambda pair: held(*pair))),
    max_size=7,
    unique_by=lambda said: said[1].first,
)


def told_or_skipped(said: Sequence[Said], known: Line[str] = ()) -> Line[str]:
    try:
        return told(said, known)
    except Contradiction:
        reject()


@given(statements, statements)
def test_a_file_told_again_changes_nothing_and_no_day_is_twice(earlier: list[Said], said: list[Said]) -> None:
    said = sorted(said, key=lambda each: each[1].first)
    if any(one[1].holds_to and one[1].overlaps(following[1]) for one, following in pairwise(said)):
        reject()  # spells of one file that overlap
    made = told_or_skipped(said, stored(told_or_skipped(earlier)))
    for one, following in pairwise(made):
        assert one.held.last < following.held.first
    assert told(said, stored(made)) == made


@given(statements, statements)
def test_an_older_file_brought_in_again_changes_nothing(earlier: list[Said], later: list[Said]) -> None:
    earlier = sorted(earlier, key=lambda each: each[1].first)
    # that the same still holds on some later day is not kept
    earlier = [each for n, each in enumerate(earlier) if n == 0 or each[0] != earlier[n - 1][0]]
    after_one = stored(told_or_skipped(earlier))
    after_both = stored(told_or_skipped(later, after_one))
    try:
        again = told(earlier, after_both)
    except Contradiction:
        return  # the later one took its very first day
    known = zip(by_day(after_both), by_day(again), strict=True)
    assert all(now == was for was, now in known if was is not None)


@given(statements)
def test_each_day_has_what_began_last(said: list[Said]) -> None:
    """Spells that end before the next begins, as a history is written."""
    said = sorted(said, key=lambda each: each[1].first)
    for n, (value, validity) in enumerate(said[:-1]):
        if validity.last >= said[n + 1][1].first and validity.holds_to:
            said[n] = value, Validity(validity.holds_from, None)
    made = by_day(told(said))
    for number, found in zip(DAYS, made, strict=True):
        begun = [each for each in said if each[1].first <= day(number)]
        last = begun[-1] if begun else None
        if last and last[1].holds_on(day(number)):
            assert found == last[0]


@given(statements, st.sampled_from("abc"), dated)
def test_only_days_that_are_said_change_and_every_first_day_stays(
    said: list[Said], value: str, pair: tuple[int | None, int | None]
) -> None:
    before, validity = stored(told_or_skipped(said)), held(*pair)
    try:
        after = put(before, value, validity)
    except Contradiction:
        return
    for number, was, now in zip(DAYS, by_day(before), by_day(after), strict=True):
        if day(number) < validity.first:
            assert now == was
        if day(number) > validity.last and was != now:
            assert was == on(before, validity.first).value  # type: ignore[union-attr]  # it was open
            assert now is None
        piece = on(before, day(number))
        if piece and piece.held.first > validity.first:
            assert now == was
    if validity.holds_from and validity.first not in {each.held.first for each in before}:
        assert on(after, validity.first).value == value  # type: ignore[union-attr]
    assert {each.held.holds_from for each in before} <= {each.held.holds_from for each in after}
    change = changed(before, after)
    assert len(before) + len(change.added) == len(after)
