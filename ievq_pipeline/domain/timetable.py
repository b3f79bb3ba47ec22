"""A quarter's dates, and what they ask for on a day: open it, remind those who owe a file, close it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.text import Text

OUT_OF_ORDER = Text(
    "日期顺序不对：开放 {opens_on}、应报 {due_on}、截止 {closes_on}",
    "the dates are out of order: opens {opens_on}, due {due_on}, closes {closes_on}",
)


class Reminder(StrEnum):
    """What a feed is reminded of, in the order in which a quarter usually comes to it."""

    DUE_SOON = "due-soon"  #: its file is due within a week
    DUE = "due"  #: it was due
    CLOSING_SOON = "closing-soon"  #: the quarter closes within three days


@dataclass(frozen=True, slots=True)
class Timetable:
    """The dates as they stand on a quarter's row, in the calendar of Asia/Shanghai."""

    opens_on: date
    due_on: date
    closes_on: date

    @classmethod
    def usual(cls, quarter: Quarter) -> Self:
        return cls(quarter.first_day, quarter.due_on, quarter.closes_on)

    def require_order(self) -> None:
        """Raises BadCall for dates out of order."""
        if not self.opens_on <= self.due_on <= self.closes_on:
            raise BadCall(why=OUT_OF_ORDER.format(opens_on=self.opens_on, due_on=self.due_on, closes_on=self.closes_on))

    def is_overdue(self, today: date) -> bool:
        """Whether whatever has not come yet is late; on the due day itself it is not."""
        return self.due_on < today

    def is_closing(self, today: date) -> bool:
        return self.closes_on <= today

    def reminder(self, today: date) -> Reminder | None:
        """The one that fits the day: of several that have begun the latest, so that days missed bring no stale ones."""
        if self.is_closing(today):
            return None
        begins = {
            Reminder.DUE_SOON: self.due_on - timedelta(days=7),
            Reminder.DUE: self.due_on + timedelta(days=1),
            Reminder.CLOSING_SOON: self.closes_on - timedelta(days=3),
        }
        begun = [(day, order, kind) for order, (kind, day) in enumerate(begins.items()) if day <= today]
        return max(begun)[2] if begun else None
