"""When a quarter is looked at."""

import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.schedule import is_first_due, revisable


@pytest.mark.parametrize(
    ("expected", "in_force", "is_overdue", "is_due"),
    [
        (5, 3, False, False),
        (5, 4, False, True),
        (6, 4, False, False),
        (5, 1, True, True),
        (5, 0, True, False),
        (1, 1, True, False),
        (0, 0, True, False),
    ],
)
def test_the_first_look_waits_for_most_feeds_or_for_any_when_the_due_date_is_over(
    expected: int,
    in_force: int,
    is_overdue: bool,
    is_due: bool,
) -> None:
    assert is_first_due(expected, in_force, is_overdue=is_overdue) is is_due


def test_three_quarters_are_looked_at_again_at_a_closing() -> None:
    assert revisable(Quarter(2020, 2)) == [Quarter(2020, 1), Quarter(2019, 4), Quarter(2019, 3)]
