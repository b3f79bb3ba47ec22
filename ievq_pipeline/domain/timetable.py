"""A quarter's dates, and what they ask for on a day: open it, remind those who owe a file, close it."""

from dataclasses import dataclass, replace
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
    """What a feed is reminded of, in the order in which a quarter comes to it."""

    DUE_IN_10 = "due-in-10"  #: its file is due within ten days
    DUE_IN_3 = "due-in-3"  #: within three
    LATE_1 = "late-1"  #: it was due yesterday
    LATE_7 = "late-7"  #: it was due a week ago


#: by sort of reminder, the days after the due date on which it begins
BEGINS = {Reminder.DUE_IN_10: -10, Reminder.DUE_IN_3: -3, Reminder.LATE_1: 1, Reminder.LATE_7: 7}


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
        begun = [kind for kind, days in BEGINS.items() if self.due_on + timedelta(days=days) <= today]
        return begun[-1] if begun else None

    def of_feed(self, quarter: Quarter, due_days: int | None, due_on: date | None) -> Self:
        """The dates as one feed has them: due on its own date, or so many days after the quarter's end, where given.

        That is never before the quarter opens nor after it closes.
        """
        own = due_on or (None if due_days is None else quarter.last_day + timedelta(days=due_days))
        return replace(self, due_on=min(max(own or self.due_on, self.opens_on), self.closes_on))
