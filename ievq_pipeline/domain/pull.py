"""Fetching a feed's file from where its submitter hosts it: the address for a quarter, and when to ask again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.period import SHANGHAI, Quarter, calendar_date
from ievq_pipeline.domain.text import Text

PLACE = "{quarter}"
NO_PLACE = Text("地址中须用 {quarter} 表示季度", "{quarter} must stand for the quarter in the address")
#: between two looks at a file that may be corrected
EVERY = timedelta(minutes=50)
#: while there is no file yet although the quarter is over
CALM = timedelta(hours=6)
#: while the quarter is not over, and the longest wait after failures and that a server may ask for
DAY = timedelta(hours=24)
JITTER = 0.10


class Outcome(StrEnum):
    FILE = "file"  #: a file came
    UNCHANGED = "unchanged"  #: the server says that it is the one that came last
    NOT_OUT = "not_out"  #: there is no file yet, which is no failure
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one try went, in words for an engineer, and what came."""

    outcome: Outcome
    said: str
    content: bytes = b""
    file_name: str = ""
    etag: str | None = None
    last_modified: str | None = None
    retry_after: timedelta | None = None


#: hands in a feed's file of a quarter, by name and bytes: the submission's id, and whether it is new
HandIn = Callable[[str, str, str, bytes], tuple[UUID, bool]]
#: what is said of a file or folder that somebody else has in hand
TAKEN = "another worker is fetching it"


@dataclass(frozen=True, slots=True)
class Tried:
    """How one try went; without `next_at` another worker has it in hand."""

    feed: str
    quarter: str
    said: str
    outcome: Outcome | None = None
    submission_id: UUID | None = None
    failures: int = 0
    next_at: datetime | None = None


def address(template: str, quarter: str) -> str:
    """Where the file of a quarter is: `{quarter}` stands for it, such as 2025-Q3."""
    return template.replace(PLACE, quarter)


def require_place(template: str) -> None:
    """Raises BadCall for an address that would be the same for every quarter: the file would come for the wrong one."""
    if PLACE not in template:
        raise BadCall(why=NO_PLACE)


def next_wait(
    outcome: Outcome, failures: int, luck: float, *, quarter: Quarter, closes_on: date, now: datetime,
    retry_after: timedelta | None = None,
) -> timedelta:  # fmt: skip
    """How long to wait after a try; `failures` in a row include it, `luck` in 0–1 spreads feeds by up to 10 %.

    Failures double the wait. It is never more than half of the time that is left until the quarter closes, so that a
    server that comes back late is asked again before; but `Retry-After` is kept to, up to 24 hours.
    """
    if outcome is Outcome.FAILED:
        wait = min(EVERY * (1 << min(failures - 1, 10)), DAY)
    elif calendar_date(now) <= quarter.last_day:
        wait = DAY
    else:
        wait = CALM if outcome is Outcome.NOT_OUT else EVERY
    left = datetime.combine(closes_on, time(), SHANGHAI) - now
    wait = min(wait, max(EVERY, left / 2)) * (1 - JITTER * luck)
    return max(wait, min(retry_after, DAY)) if retry_after is not None else wait
