"""States, what may follow what, and the rule of partial acceptance at its edges."""

import pytest

from ievq_pipeline.domain.submission import FOLLOWS, ON_THE_WAY, State, Verdict, verdict


@pytest.mark.parametrize(
    ("rows", "bad_rows", "expected"),
    [
        (100, 0, Verdict.ACCEPTED),
        (1, 1, Verdict.REJECTED),
        (2, 1, Verdict.ACCEPTED_WITH_QUARANTINE),
        (2, 2, Verdict.REJECTED),
        (3, 2, Verdict.ACCEPTED_WITH_QUARANTINE),
        (10, 3, Verdict.REJECTED),
        (59, 3, Verdict.REJECTED),
        (60, 3, Verdict.ACCEPTED_WITH_QUARANTINE),
        (100, 5, Verdict.ACCEPTED_WITH_QUARANTINE),
        (100, 6, Verdict.REJECTED),
    ],
)
def test_two_rows_or_five_percent_may_be_quarantined(rows: int, bad_rows: int, expected: Verdict) -> None:
    assert verdict(rows, bad_rows, 1000.0, 0.0) is expected


def test_a_tenth_of_the_weight_may_be_quarantined_and_not_more() -> None:
    assert verdict(100, 1, 1000.0, 100.0) is Verdict.ACCEPTED_WITH_QUARANTINE
    assert verdict(100, 1, 1000.0, 100.1) is Verdict.REJECTED


def test_a_file_that_counts_nothing_at_all_is_judged_by_its_rows() -> None:
    assert verdict(100, 5, 0.0, 0.0) is Verdict.ACCEPTED_WITH_QUARANTINE


def test_a_verdict_leads_to_a_state() -> None:
    asked = [State.NEEDS_CONFIRMATION]
    assert [v.state for v in Verdict] == [State.ACCEPTED] * 2 + asked + [State.REJECTED] * 2


def test_every_state_says_what_may_follow_and_only_ends_have_nothing_after_them() -> None:
    assert set(FOLLOWS) == set(State)
    ends = {state for state, after in FOLLOWS.items() if not after}
    assert ends == {State.REJECTED, State.SUPERSEDED, State.WITHDRAWN}
    assert not ends & set(ON_THE_WAY)
    assert State.IN_FORCE not in ON_THE_WAY
