"""The quarter: parse, order, count on and back, and the calendar that follows from it; and how dates are written."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Self

from ievq_pipeline.domain.errors import NotADate, NotAQuarter

#: a quarter in the spellings that leave no doubt: 2025-Q3, 2025Q3, 2025年第3季度, 2025三季度, 25-3季度, Q3 2025; not
#: 2025年3 or 2025-3, which may be months
SPELLINGS = (
    re.compile(r"(?P<year>[12][0-9]{3})\s*(?:年度?)?\s*[-./]?\s*[Qq]\s*0?(?P<number>[1-4])\s*(?:季度?)?"),
    re.compile(r"(?P<year>[12][0-9]{3}|[0-9]{2})\s*(?:年度?|[-./])\s*第?\s*(?P<number>[1-4一二三四])\s*季度?"),
    re.compile(r"(?P<year>[12][0-9]{3})\s*(?:第\s*(?P<number>[1-4一二三四])|(?P<first>[一二三四]))\s*季度?"),
    re.compile(r"(?:[Qq]\s*(?P<number>[1-4])|(?P<first>[1-4])\s*[Qq])\s*[-./,]?\s*(?P<year>[12][0-9]{3})"),
)
#: a month in the spellings that are no quarter's: 2025年7月, and 2025-07 where no quarter has that number
MONTH = re.compile(r"([12][0-9]{3})(?:\s*年\s*(1[0-2]|0?[1-9])\s*月(?:份)?|[-/.](1[0-2]|0?[5-9]))")
#: the first and the last month of a quarter: 2025年7-9月
MONTHS = re.compile(
    r"([12][0-9]{3})\s*年\s*(?:"
    + "|".join(rf"0?({first})\s*月?\s*[-—–~～至到]+\s*0?{last}" for first, last in ((1, 3), (4, 6), (7, 9), (10, 12)))
    + r")\s*月份?"
)
#: a year as documents write it
WRITTEN_YEAR = re.compile("[〇零○一二三四五六七八九]{4}(?=年)")
WRITTEN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
TIME_OF_DAY = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$")
#: longer ones are not tried: their blanks would keep the pattern busy
LONGEST_SPELLING = 40
NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
#: a date in the spellings that leave no doubt, year first; spreadsheet programs add midnight to some
DATES = re.compile(
    r"([12][0-9]{3})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
    r"(?:[ T]0?0:00(?::00)?)?"
)
#: the zone of the calendar; it has had no summer time since 1991, so a fixed offset serves and needs no zone data
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
#: days after a quarter's end on which submissions are due, and on which it closes
DUE_AFTER, CLOSES_AFTER = timedelta(days=15), timedelta(days=30)


def calendar_date(instant: datetime) -> date:
    """The date of an (aware) instant in the calendar that due and closing dates are kept in."""
    return instant.astimezone(SHANGHAI).date()


def parse_date(text: str) -> date:
    """Read a date in any certain spelling: 2025-07-01, 2025/7/1, 2025.7.1, 2025年7月1日, 20250701. Raises NotADate."""
    spelled = text.strip()
    found = DATES.fullmatch(spelled) if len(spelled) <= LONGEST_SPELLING else None
    parts = [int(part) for part in found.groups() if part and part.isdecimal()] if found else []
    try:
        year, month, day = parts
        return date(year, month, day)
    except ValueError:
        raise NotADate(name=text) from None


def _with_digits(text: str) -> str:
    return WRITTEN_YEAR.sub(lambda year: year[0].translate(WRITTEN_DIGITS), text, count=1)


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A calendar quarter; `str` gives `2025-Q3`, and order is time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a quarter in any certain spelling. Raises NotAQuarter."""
        spelled = _with_digits(text.strip())
        if len(spelled) <= LONGEST_SPELLING:
            for spelling in SPELLINGS:
                if (found := spelling.fullmatch(spelled)) is not None:
                    year, number = found["year"], found["number"] or found.groupdict().get("first", "")
                    return cls(int(year) if len(year) == 4 else 2000 + int(year), int(NUMERALS.get(number, number)))
        raise NotAQuarter(name=text)

    @classmethod
    def holding(cls, text: str) -> Self:
        """The quarter that a text names, or that the day or month it names lies in. Raises NotAQuarter."""
        try:
            return cls.parse(text)
        except NotAQuarter:
            spelled = _with_digits(text.strip())
        if len(spelled) <= LONGEST_SPELLING and (found := MONTH.fullmatch(spelled) or MONTHS.fullmatch(spelled)):
            year, month = (int(part) for part in found.groups() if part)
            return cls(year, (month + 2) // 3)
        try:
            day = parse_date(TIME_OF_DAY.sub("", spelled))
        except NotADate:
            raise NotAQuarter(name=text) from None
        return cls(day.year, (day.month + 2) // 3)

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
