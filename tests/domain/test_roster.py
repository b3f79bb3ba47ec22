"""Rosters of one organisation: one primary association at a time, and no day that is lost."""

from datetime import date
from uuid import UUID

import pytest

from ievq_pipeline.domain.roster import Entries, entered
from ievq_pipeline.domain.validity import Against, Contradiction, Dated, Validity

X, Y = UUID(int=1), UUID(int=2)
ALWAYS, JULY = Validity(), Validity(date(2025, 7, 1))
UNTIL_JUNE = Validity(None, date(2025, 6, 30))


def shown(entries: Entries) -> dict[UUID, list[tuple[bool, Validity]]]:
    return {feed: [(each.value, each.held) for each in line] for feed, line in entries.items()}


def test_a_new_primary_association_ends_the_entry_of_the_one_before() -> None:
    first = entered({}, X, ALWAYS, is_primary=True)
    second = entered(first, Y, JULY, is_primary=True)
    assert shown(first) == {X: [(True, ALWAYS)]}
    assert shown(second) == {X: [(True, UNTIL_JUNE)], Y: [(True, JULY)]}
    assert entered(second, Y, JULY, is_primary=True) == second
    assert entered(second, X, ALWAYS, is_primary=True) == second  # the older file again


def test_an_association_beside_the_primary_one_changes_nothing_there() -> None:
    both = entered(entered({}, X, ALWAYS, is_primary=True), Y, JULY, is_primary=False)
    assert shown(both) == {X: [(True, ALWAYS)], Y: [(False, JULY)]}
    assert shown(entered(both, Y, Validity(date(2026, 1, 1)), is_primary=True)) == {
        X: [(True, Validity(None, date(2025, 12, 31)))],
        Y: [(False, Validity(date(2025, 7, 1), date(2025, 12, 31))), (True, Validity(date(2026, 1, 1)))],
    }


@pytest.mark.parametrize(
    ("known", "feed", "held", "is_primary", "why"),
    [
        ({X: (Dated(True, ALWAYS),)}, Y, ALWAYS, True, Against.UNDATED),
        ({X: (Dated(True, JULY),)}, Y, JULY, True, Against.SAME_DAY),
        ({X: (Dated(True, ALWAYS),)}, X, ALWAYS, False, Against.UNDATED),
        ({X: (Dated(False, ALWAYS),)}, X, ALWAYS, True, Against.UNDATED),
        ({X: (Dated(False, JULY),)}, X, JULY, True, Against.SAME_DAY),
    ],
)
def test_what_has_changed_needs_its_day(
    known: Entries, feed: UUID, held: Validity, is_primary: bool, why: Against
) -> None:
    with pytest.raises(Contradiction) as against:
        entered(known, feed, held, is_primary=is_primary)
    assert against.value.against is why
