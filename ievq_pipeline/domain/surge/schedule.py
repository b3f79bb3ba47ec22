"""When a quarter is looked at: the kinds of look, when the first is due, and how long files that come late count."""

from enum import StrEnum

from ievq_pipeline.domain.period import Quarter

#: of the feeds expected, how many must be in force for the first look
FIRST_LOOK_SHARE = 0.8
#: after its own closing a quarter is looked at again at so many, if its input changed
LATER_CLOSINGS = 3


class Kind(StrEnum):
    """Of a look."""

    FIRST = "first"
    CLOSING = "closing"
    REVISION = "revision"
    PREVIEW = "preview"


def is_first_due(expected: int, in_force: int, *, is_overdue: bool) -> bool:
    """Whether enough of the feeds expected are in force, or any is and the due date is over; of one feed, never."""
    return expected > 1 and in_force > 0 and (is_overdue or in_force >= FIRST_LOOK_SHARE * expected)


def revisable(closing: Quarter) -> list[Quarter]:
    """The quarters before, which are looked at again at this one's closing where their input changed."""
    return [closing.plus(-n) for n in range(1, LATER_CLOSINGS + 1)]
