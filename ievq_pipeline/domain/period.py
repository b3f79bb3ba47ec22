"""The quarter: parse, order, count on and back, and the calendar that follows from it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Self

from ievq_pipeline.domain.errors import NotAQuarter

#: a quarter in the spellings that leave no doubt: 2025-Q3, 2025Q3, 2025年Q3, 2025年第3季度, 2025年三季度; not 2025年3
SPELLINGS = re.compile(
    r"([12][0-9]{3})\s*(?:年?\s*-?\s*[Qq]\s*([1-4])\s*(?:季度?)?|年\s*第?\s*([1-4一二三四])\s*季度?)"
)
#: longer ones are not tried: their blanks would keep the pattern busy
LONGEST_SPELLING = 40
NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
#: the zone of the calendar; it has had no summer time since 1991, so a fixed offset serves and needs no zone data
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
#: days after a quarter's end on which submissions are due, and on which it closes
DUE_AFTER, CLOSES_AFTER = timedelta(days=15), timedelta(days=30)


def calendar_date(instant: datetime) -> date:
    """The date of an (aware) instant in the calendar that due and closing dates are kept in."""
    return instant.astimezone(SHANGHAI).date()


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A calendar quarter; `str` gives `2025-Q3`, and order is time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a quarter in any certain spelling. Raises NotAQuarter."""
        spelled = text.strip()
        if len(spelled) > LONGEST_SPELLING or (found := SPELLINGS.fullmatch(spelled)) is None:
            raise NotAQuarter(name=text)
        number = found[2] or found[3]
        return cls(int(found[1]), int(NUMERALS.get(number, number)))

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter in which a day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def from_index(cls, index: int) -> Self:
        return cls(index // 4, index % 4 + 1)

    @property
    def index(self) -> int:
        """Quarters since year 0: the distance of two quarters is the difference of these."""
        return self.year * 4 + self.number - 1

    def plus(self, quarters: int) -> Self:
        return self.from_index(self.index + quarters)

    @property
    def zh(self) -> str:
        """As a Chinese sentence names it."""
        return f"{self.year}年第{self.number}季度"

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.plus(1).first_day - timedelta(days=1)

    @property
    def due_on(self) -> date:
        return self.last_day + DUE_AFTER

    @property
    def closes_on(self) -> date:
        return self.last_day + CLOSES_AFTER

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"
