"""Whose past is whose: groups that survive mergers, splits and new codes, and when a group has reported."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.errors import ImpossibleSuccession
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import Identities, Succession, SuccessionKind, group_of, lifetimes
from ievq_pipeline.domain.validity import ALWAYS

A, B, C, D, E = (UUID(int=n) for n in range(1, 6))
MAY = date(2025, 5, 10)
Q1, Q2, Q3 = (Quarter(2025, n) for n in (1, 2, 3))
MERGER, ABSORPTION, SPLIT, SPIN_OFF, NEW_CODE = SuccessionKind
ENDING = [kind for kind in SuccessionKind if kind.ends_predecessor]


def step(old: UUID, new: UUID, kind: SuccessionKind = MERGER, day: date = MAY) -> Succession:
    return Succession(old, new, kind, day)


def reported(successions: list[Succession], **filed: set[UUID]) -> dict[str, dict[UUID, UUID]]:
    """By quarter, who of those that filed counts, and for whom."""
    named = {"q1": Q1, "q2": Q2, "q3": Q3}
    counting = Identities.of(successions).reported((one, named[name]) for name, ones in filed.items() for one in ones)
    return {
        name: {one: group for (one, quarter), group in counting.items() if quarter == named[name]} for name in filed
    }


def test_all_that_are_joined_are_one_group_and_who_is_not_has_none() -> None:
    assert group_of([step(C, B), step(D, B), step(B, E, SPLIT, date(2026, 1, 1))]) == dict.fromkeys((B, C, D, E), B)
    assert group_of([step(A, D), step(B, E)]) == {A: A, D: A, B: B, E: B}
    assert group_of([]) == {}


@pytest.mark.parametrize("kind", SuccessionKind)
def test_a_predecessor_lives_until_the_day_before_and_a_successor_from_that_day_on(kind: SuccessionKind) -> None:
    lives = lifetimes([step(A, B, kind)])
    assert (A in lives) == (kind is not SPIN_OFF)  # who spins another off lives on
    assert (B in lives) == (kind is not ABSORPTION)  # who absorbs another was there before
    if A in lives:
        assert (lives[A].holds_from, lives[A].holds_to) == (None, date(2025, 5, 9))
    if B in lives:
        assert (lives[B].holds_from, lives[B].holds_to) == (MAY, None)


def test_alive_is_who_lives_at_the_quarters_end() -> None:
    steps = [step(A, B, NEW_CODE, date(2025, 6, 30)), step(B, C, NEW_CODE, date(2025, 10, 1))]
    who = Identities.of(steps)
    alive = {one: [who.is_alive(one, quarter) for quarter in (Q1, Q2, Q3)] for one in (A, B, C, D)}
    assert alive == {A: [True, False, False], B: [False, True, True], C: [False] * 3, D: [True] * 3}


def test_a_merger_counts_before_when_both_reported_and_after_when_the_new_one_did() -> None:
    merger = [step(A, C), step(B, C)]
    counted = reported(merger, q1={A, B}, q2={C, A}, q3={C})
    assert counted == {"q1": {A: A, B: A}, "q2": {C: A}, "q3": {C: A}}  # who has ended counts no more
    assert reported(merger, q1={A}, q2={A, B}) == {"q1": {}, "q2": {}}


def test_who_absorbs_another_was_there_before_and_has_to_report_then_too() -> None:
    absorption = [step(A, B, ABSORPTION)]
    assert reported(absorption, q1={A}, q2={B}) == {"q1": {}, "q2": {B: A}}
    assert reported(absorption, q1={A, B})["q1"] == {A: A, B: A}


def test_a_split_counts_after_when_all_parts_reported() -> None:
    split = [step(A, B, SPLIT), step(A, C, SPLIT)]
    assert reported(split, q1={A}, q2={B}, q3={B, C}) == {"q1": {A: A}, "q2": {}, "q3": {B: A, C: A}}
    spin_off = [step(A, B, SPIN_OFF)]
    assert reported(spin_off, q1={A}, q2={B}, q3={A, B}) == {"q1": {A: A}, "q2": {}, "q3": {A: A, B: A}}


def test_after_a_new_code_the_old_one_may_go_on_being_used_but_counts_once() -> None:
    recoded = [step(A, B, NEW_CODE)]
    assert reported(recoded, q1={A}, q2={A}, q3={A, B}) == {"q1": {A: A}, "q2": {A: A}, "q3": {B: A}}
    assert reported(recoded, q1={B})["q1"] == {B: A}  # an older quarter handed in late, under the new code
    both = [*recoded, step(B, C, MERGER, date(2025, 8, 1)), step(D, C, MERGER, date(2025, 8, 1))]
    assert reported(both, q2={A, D}, q3={A, D}) == {"q2": {A: A, D: A}, "q3": {}}


def test_who_has_no_part_in_a_succession_counts_for_itself() -> None:
    assert reported([step(A, B)], q1={E}) == {"q1": {E: E}}


def test_in_the_place_of_who_has_ended_stands_whoever_took_over() -> None:
    identities = Identities.of([step(A, B, SPLIT), step(A, C, SPLIT), step(C, D, NEW_CODE, date(2025, 8, 1))])
    assert [identities.standing_for(A, quarter) for quarter in (Q1, Q2, Q3)] == [{A}, {B, C}, {B, D}]
    assert identities.standing_for(E, Q3) == {E}


@pytest.mark.parametrize("kind", ENDING)
@pytest.mark.parametrize("later", [date(2025, 5, 9), MAY, date(2026, 1, 1)])
def test_circles_are_refused_whichever_comes_first(kind: SuccessionKind, later: date) -> None:
    circle = [step(A, B, kind), step(B, C, kind, date(2025, 7, 1)), step(C, A, kind, later)]
    for steps in (circle, circle[::-1], [step(A, A, kind)], [step(A, B, kind), step(B, A, kind, later)]):
        for ask in (lifetimes, group_of, Identities.of):
            with pytest.raises(ImpossibleSuccession):
                ask(steps)


def test_a_part_may_come_back_home() -> None:
    steps = [step(A, B, SPIN_OFF), step(B, A, ABSORPTION, date(2025, 8, 1))]
    assert reported(steps, q1={A}, q2={A, B}, q3={A}) == {"q1": {A: A}, "q2": {A: A, B: A}, "q3": {A: A}}
    assert Identities.of(steps).standing_for(B, Q3) == {A}


chains = st.lists(
    st.builds(
        Succession,
        st.sampled_from([A, B, C, D, E]),
        st.sampled_from([A, B, C, D, E]),
        st.sampled_from(list(SuccessionKind)),
        st.dates(date(2024, 1, 1), date(2026, 1, 1)),
    ),
    max_size=6,
)


def possible(steps: list[Succession]) -> list[Succession]:
    """Those that can stand beside the ones before them."""
    kept: list[Succession] = []
    for each in steps:
        try:
            lifetimes([*kept, each])
        except ImpossibleSuccession:
            continue
        kept.append(each)
    return kept


@given(chains, st.randoms(use_true_random=False))
def test_the_order_of_telling_does_not_matter_and_less_is_possible_too(steps: list[Succession], random: object) -> None:
    kept = possible(steps)
    backwards = kept[::-1]
    assert lifetimes(backwards) == lifetimes(kept)
    assert group_of(backwards) == group_of(kept)
    for n in range(len(kept)):
        lifetimes([*kept[:n], *kept[n + 1 :]])


@given(chains, st.integers(Quarter(2023, 4).index, Quarter(2026, 1).index))
def test_a_group_has_reported_when_all_of_it_that_lives_did_and_not_with_one_of_them_missing(
    steps: list[Succession], index: int
) -> None:
    kept, quarter = possible(steps), Quarter.from_index(index)
    identities = Identities.of(kept)
    who = Identities.of(kept)
    alive = {one for one in (A, B, C, D, E) if who.is_alive(one, quarter)}
    counting = identities.reported((one, quarter) for one in alive)
    assert set(counting) == {(one, quarter) for one in alive}
    assert set(counting.values()) <= {identities.group_of.get(one, one) for one in alive}
    for missing in alive:
        counting = identities.reported((one, quarter) for one in alive - {missing})
        group = identities.group_of.get(missing, missing)
        assert group not in counting.values() or identities.same.get(missing, frozenset()) & alive - {missing}


@given(chains, st.integers(Quarter(2023, 4).index, Quarter(2026, 1).index))
def test_whoever_stands_for_another_is_of_its_group_and_has_not_ended(steps: list[Succession], index: int) -> None:
    kept, quarter = possible(steps), Quarter.from_index(index)
    identities = Identities.of(kept)
    for one in (A, B, C, D, E):
        for other in identities.standing_for(one, quarter):
            assert identities.group_of.get(other, other) == identities.group_of.get(one, one)
            assert other == one or quarter.last_day <= identities.lives.get(other, ALWAYS).last
