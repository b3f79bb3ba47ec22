"""What a file says of organisations, held against the register: refused, or one change after another."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ievq_pipeline.domain.enrolment import Enrolment, Listed, Statement, enrolment, listing
from ievq_pipeline.domain.organisation import Dimension, Identifier, OrganisationKind
from ievq_pipeline.domain.register import Entry, FeedOf, Register, changes
from ievq_pipeline.domain.succession import Succession, SuccessionKind
from ievq_pipeline.domain.validity import ALWAYS, Dated, Line, Validity

A, B, C, ASSOC, OTHER = (Identifier("us-agency", name) for name in ("A", "B", "C", "X", "Y"))
ENTERPRISE, ASSOCIATION, COLLEGE, _ = OrganisationKind
JULY = date(2025, 7, 1)
FEED, SECOND = UUID(int=901), UUID(int=902)
ids = count(1)


def row(number: int, identifier: Identifier = A, kind: OrganisationKind = ENTERPRISE, **said: Any) -> Statement:
    scale, since, until = (said.pop(name, None) for name in ("scale", "since", "until"))
    segments = {Dimension.SCALE: scale} if scale else {}
    return Statement(number, identifier, kind, segments=segments, held=Validity(since, until), **said)


def held_against(register: Register, *rows: Statement, many: int = 100) -> Enrolment:
    return enrolment(rows, register, lambda: UUID(int=next(ids)), rows=many, quarantined=0)


def after(*files: list[Statement], register: Register | None = None) -> Register:
    """The register when these files have been taken in, one after the other, without a finding."""
    register = register or Register()
    for rows in files:
        decided = held_against(register, *rows)
        assert decided.findings == []
        register = as_stored(decided.register)
    return register


def as_stored(register: Register) -> Register:
    """As it comes back from the database."""

    def plain(line: Line[Any]) -> Line[Any]:
        return tuple(Dated(each.value, each.held) for each in line)

    return replace(
        register,
        segments={key: plain(line) for key, line in register.segments.items()},
        rosters={key: {f: plain(line) for f, line in entries.items()} for key, entries in register.rosters.items()},
    )


def codes(decided: Enrolment) -> list[tuple[str, int | None, str | None]]:
    return [(finding.code, finding.row, finding.column) for finding in decided.findings]


def scales(register: Register, identifier: Identifier = A) -> list[tuple[str, date | None, date | None]]:
    one = register.holder(identifier, None)
    assert one
    line = register.segments[one, Dimension.SCALE]
    return [(each.value, each.held.holds_from, each.held.holds_to) for each in line]


def with_feeds(*feeds: tuple[UUID, str], register: Register, submitter: Identifier = ASSOC) -> Register:
    one = register.holder(submitter, None)
    assert one
    return replace(
        register, feeds={**register.feeds, **{f: FeedOf(f, f"feed-{f.int}", kind, one) for f, kind in feeds}}
    )


def members(register: Register, identifier: Identifier = A, kind: str = "job-demand") -> dict[int, list[Validity]]:
    one = register.holder(identifier, None)
    assert one
    return {feed.int: [e.held for e in line] for feed, line in register.rosters.get((one, kind), {}).items() if line}


def test_a_new_organisation_has_its_codes_as_if_always() -> None:
    register = after([row(2, A, others=(B,), title="A Ltd", scale="small", since=JULY)])
    one = register.holder(A, None)
    assert register.holders == {A: (Dated(one, ALWAYS),), B: (Dated(one, ALWAYS),)}
    assert list(register.entries.values()) == [Entry(ENTERPRISE, "A Ltd", is_registered=True)]
    assert scales(register) == [("small", JULY, None)]


def test_a_dated_change_closes_the_old_range_and_an_old_file_again_changes_nothing() -> None:
    first, second = [row(2, scale="small")], [row(2, scale="medium", since=JULY)]
    register = after(first, second)
    assert scales(register) == [("small", None, date(2025, 6, 30)), ("medium", JULY, None)]
    for again in (first, second, [*first, row(3, scale="medium", since=JULY)]):
        decided = held_against(register, *again)
        made = changes(register, decided.register)
        assert (decided.findings, made.touched, len(decided.about)) == ([], set(), 1)


def test_a_history_in_one_file_is_told_in_order_of_days_whatever_the_order_of_rows() -> None:
    spells = [
        row(4, scale="large", since=date(2025, 1, 1)),
        row(3, scale="medium", since=date(2024, 1, 1), until=date(2024, 12, 31)),
        row(2, scale="small", since=date(2023, 1, 1), until=date(2023, 12, 31)),
    ]
    register = after(spells)
    assert [value for value, *_ in scales(register)] == ["small", "medium", "large"]
    assert changes(register, held_against(register, *spells).register).touched == set()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row(2, scale="medium")], ("NQ-CHANGE-UNDATED", 2, "scale")),
        ([row(2, scale="medium", since=date(2024, 1, 1))], ("NQ-HISTORY-DIFFERS", 2, "scale")),
        ([row(2, kind=COLLEGE)], ("NQ-KIND-DIFFERS", 2, "kind")),
        ([row(2, others=(B,))], ("NQ-IDENTIFIER-TAKEN", 2, "other_identifiers")),
        ([row(2, B, others=(A,))], ("NQ-IDENTIFIER-TAKEN", 2, "other_identifiers")),
        ([row(2, member_of=ASSOC)], ("NQ-ASSOCIATION", 2, "member_of")),
        ([row(2, member_of=B)], ("NQ-ASSOCIATION", 2, "member_of")),  # it is an enterprise
    ],
)
def test_what_would_overwrite_what_is_known_is_refused_with_its_place(
    rows: list[Statement], found: tuple[str, int, str]
) -> None:
    register = after([row(2, scale="small", since=date(2024, 1, 1)), row(3, B)])
    decided = held_against(register, *rows)
    assert codes(decided) == [found]
    assert changes(register, decided.register).touched == set()


def test_two_rows_under_two_codes_are_one_organisation_and_so_a_repeat() -> None:
    decided = held_against(Register(), row(2, A, others=(B,), scale="small"), row(3, B, scale="large"), row(4, C))
    assert codes(decided) == [("NQ-DUPLICATE", 3, "identifier")]
    assert (decided.findings[0].parameters, len(decided.about)) == ({"first": 2}, 2)


def test_two_spells_of_one_file_that_overlap_are_refused() -> None:
    decided = held_against(Register(), row(2, scale="small", since=JULY, until=date(2025, 12, 31)),
                           row(3, scale="medium", since=date(2025, 8, 1)))  # fmt: skip
    assert codes(decided) == [("NQ-DATES-OVERLAP", 3, "scale")]
    assert decided.findings[0].parameters["until"] == "2025-12-31"


def test_whoever_only_a_submission_has_named_is_registered_and_gets_its_kind() -> None:
    one = UUID(int=800)
    named = Register({one: Entry(ENTERPRISE, None, is_registered=False)}, {A: (Dated(one, ALWAYS),)})
    register = after([row(2, kind=ASSOCIATION, title="A")], register=named)
    assert register.entries == {one: Entry(ASSOCIATION, "A", is_registered=True)}
    made = changes(named, register)
    assert (made.added, list(made.changed), made.touched) == ({}, [one], {one})


def test_a_title_is_that_of_the_last_row_and_an_empty_one_keeps_it() -> None:
    register = after([row(2, title="old", since=date(2020, 1, 1)), row(3, title="new", since=JULY)], [row(2)])
    assert [entry.title for entry in register.entries.values()] == ["new"]


def test_what_leans_on_a_refused_row_is_refused_too_and_the_rest_is_taken() -> None:
    register = after([row(2, ASSOC, kind=COLLEGE)])
    rows = [row(2, ASSOC, kind=ASSOCIATION), row(3, A, scale="small"), row(4, B, member_of=ASSOC)]
    decided = held_against(register, *rows)
    assert codes(decided) == [("NQ-KIND-DIFFERS", 2, "kind"), ("NQ-ASSOCIATION", 4, "member_of")]
    assert decided.register.holder(A, None)
    assert not decided.register.holder(B, None)


def test_too_much_that_is_refused_leaves_the_register_as_it_is() -> None:
    register = after([row(n, Identifier("n", str(n)), scale="small") for n in range(2, 12)])
    changed = [row(n, Identifier("n", str(n)), scale="large") for n in range(2, 5)]
    decided = held_against(register, *changed, row(5, C), many=10)
    assert len(decided.findings) == 3
    assert (decided.register, decided.about) == (register, frozenset())


# --- membership ------------------------------------------------------------------------------------------------------


def two_associations() -> Register:
    register = after([row(2, ASSOC, ASSOCIATION), row(3, OTHER, ASSOCIATION), row(4, A)])
    register = with_feeds((FEED, "job-demand"), register=register)
    return with_feeds((SECOND, "job-demand"), register=register, submitter=OTHER)


def test_a_member_goes_onto_the_roster_of_its_associations_feed_and_moves_with_a_date() -> None:
    joined, moved = [row(2, member_of=ASSOC)], [row(2, member_of=OTHER, since=JULY)]
    register = after(joined, moved, register=two_associations())
    assert members(register) == {901: [Validity(None, date(2025, 6, 30))], 902: [Validity(JULY)]}
    for again in (joined, moved):
        assert changes(register, held_against(register, *again).register).touched == set()
    undated = held_against(after(joined, register=two_associations()), row(2, member_of=OTHER))
    assert codes(undated) == [("NQ-CHANGE-UNDATED", 2, "member_of")]
    assert undated.findings[0].parameters["known_en"] == "feed-901"


def test_without_a_single_feed_of_a_kind_it_is_told_that_the_member_was_left_out() -> None:
    register = after([row(2, ASSOC, ASSOCIATION), row(4, A)])
    assert codes(held_against(register, row(2, member_of=ASSOC))) == [("NQ-ASSOCIATION-FEED", 2, "member_of")]
    register = with_feeds(
        (FEED, "job-demand"), (SECOND, "job-demand"), (UUID(int=903), "technology"), register=register
    )
    decided = held_against(register, row(2, member_of=ASSOC))
    assert codes(decided) == [("NQ-ASSOCIATION-FEED", 2, "member_of")]
    assert members(decided.register) == {}
    assert list(members(decided.register, kind="technology")) == [903]
    ended = replace(register.feeds[SECOND], has_ended=True)
    decided = held_against(replace(register, feeds={**register.feeds, SECOND: ended}), row(2, member_of=ASSOC))
    assert (codes(decided), list(members(decided.register))) == ([], [901])


def test_an_association_and_its_members_may_come_in_one_file_in_any_order() -> None:
    rows = [row(2, A, member_of=ASSOC), row(3, ASSOC, ASSOCIATION)]
    assert codes(held_against(Register(), *rows)) == [("NQ-ASSOCIATION-FEED", 2, "member_of")]


# --- succession ------------------------------------------------------------------------------------------------------


def heir(number: int, *old: Identifier, identifier: Identifier = C, on: date = JULY, **said: Any) -> Statement:
    kind = said.pop("succession", SuccessionKind.MERGER)
    return row(number, identifier, succeeds=old, succession=kind, happened_on=on, **said)


def test_who_took_over_is_recorded_once_and_stands_against_another_telling() -> None:
    rows = [row(2, A), row(3, B), heir(4, A, B)]
    register = after(rows)
    a, b, c = (register.holder(each, None) for each in (A, B, C))
    assert a
    assert b
    assert c
    assert list(register.successions.values()) == [
        Succession(a, c, SuccessionKind.MERGER, JULY),
        Succession(b, c, SuccessionKind.MERGER, JULY),
    ]
    assert changes(register, held_against(register, *rows).register).touched == set()
    decided = held_against(register, heir(4, A, on=date(2025, 8, 1)))
    assert codes(decided) == [("NQ-SUCCESSION-DIFFERS", 4, "succeeds")]
    assert decided.findings[0].parameters["since_zh"] == "2025-07-01"


def test_an_unknown_predecessor_and_a_circle_are_refused() -> None:
    register = after([row(2, A), heir(3, A)])
    assert codes(held_against(register, heir(2, B))) == [("NQ-SUCCEEDS-UNKNOWN", 2, "succeeds")]
    for on in (date(2025, 1, 1), JULY, date(2026, 1, 1)):
        decided = held_against(register, heir(2, C, identifier=A, on=on))
        assert ("NQ-SUCCESSION-IMPOSSIBLE", 2, "succeeds") in codes(decided)
    assert codes(held_against(register, heir(2, A, identifier=A))) == [("NQ-SUCCESSION-IMPOSSIBLE", 2, "succeeds")]


def test_of_who_has_ended_only_the_past_is_told_until_its_code_is_released() -> None:
    register = after([row(2, A, scale="small"), heir(3, A)])
    late = row(2, A, scale="large", since=date(2026, 1, 1))
    decided = held_against(register, late)
    assert codes(decided) == [("NQ-ENDED", 2, "identifier")]
    assert decided.findings[0].parameters["ended"] == "2025-06-30"
    assert codes(held_against(register, row(2, A, scale="medium", since=date(2024, 1, 1)))) == []
    a = register.holder(A, None)
    assert a
    released = replace(register, holders={**register.holders, A: (Dated(a, Validity(None, date(2025, 6, 30))),)})
    decided = held_against(released, late)
    assert codes(decided) == []
    assert decided.register.holder(A, date(2025, 6, 30)) == a
    assert decided.register.holder(A, date(2026, 1, 1)) not in (None, a)


# --- rosters ---------------------------------------------------------------------------------------------------------


def test_a_roster_takes_in_who_is_known() -> None:
    register = two_associations()
    listed = [
        Listed(2, A, Validity(JULY), is_primary=True),
        Listed(3, B, ALWAYS, is_primary=False),
        Listed(4, OTHER, ALWAYS, is_primary=False),
    ]
    decided = listing(listed, register, FEED, "job-demand")
    assert codes(decided) == [("NQ-ORGANISATION-UNKNOWN", 3, "enterprise")]
    assert members(decided.register) == {901: [Validity(JULY)]}
    made = changes(register, decided.register)
    assert len(made.touched & decided.about) == 2
    again = listing([Listed(2, A, Validity(JULY), is_primary=False)], decided.register, FEED, "job-demand")
    assert codes(again) == [("NQ-ROSTER-DIFFERS", 2, "enterprise")]


def values(register: Register) -> Iterator[object]:
    yield from register.entries.values()
    yield from register.holders.values()


def test_the_register_before_is_left_as_it_is() -> None:
    before = after([row(2, A, scale="small")])
    kept = list(values(before)), dict(before.segments)
    held_against(before, row(2, A, scale="large", since=JULY), row(3, B))
    assert (list(values(before)), before.segments) == kept


ends = st.none() | st.dates(date(2024, 1, 1), date(2024, 3, 1))
pairs: st.SearchStrategy[tuple[date | None, date | None]] = st.tuples(ends, ends).filter(
    lambda pair: (pair[0] or date.min) <= (pair[1] or date.max)
)
said = st.builds(
    lambda who, others, scale, pair, of, old, kind, on: replace(
        row(0, who, others=others, scale=scale, since=pair[0], until=pair[1], member_of=of),
        **({"succeeds": (old,), "succession": kind, "happened_on": on} if old else {}),
    ),
    st.sampled_from([A, B, C]),
    st.sampled_from([(), (), (), (), (A,), (B,)]),
    st.none() | st.sampled_from(["small", "medium", "large"]),
    pairs,
    st.none() | st.sampled_from([ASSOC, OTHER]),
    st.sampled_from([None, None, None, None, None, A, B, C]),
    st.sampled_from(list(SuccessionKind)),
    st.dates(date(2024, 1, 1), date(2024, 3, 1)),
)
files = st.lists(st.lists(said, max_size=5, unique_by=lambda each: (each.identifier, each.held.first)), max_size=3)


@settings(deadline=None)
@given(files)
def test_what_was_taken_of_a_file_changes_nothing_the_second_time(several: list[list[Statement]]) -> None:
    register = two_associations()
    for rows in several:
        numbered = [replace(each, row=number) for number, each in enumerate(rows, start=2)]
        decided = held_against(register, *numbered)
        register = as_stored(decided.register)
        refused = {finding.row for finding in decided.findings}
        kept = [each for each in numbered if each.row not in refused and not overlaps(each, numbered)]
        again = held_against(register, *kept)
        assert changes(register, again.register).touched == set()
        assert again.findings == []


def overlaps(one: Statement, rows: list[Statement]) -> bool:
    """Spells of one organisation in one file that overlap."""
    return any(
        each is not one and (one.held.holds_to or each.held.holds_to) and each.held.overlaps(one.held) for each in rows
    )
