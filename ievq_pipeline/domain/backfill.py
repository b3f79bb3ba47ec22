"""A backfill: which past quarters are walked again, what becomes of those that were, and how each ended."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.text import Text

#: 25 years; as many runs as one page of Airflow's answers holds
MOST_QUARTERS = 100
#: said of a quarter that was left alone
UNCHANGED = "unchanged"


class Reprocess(StrEnum):
    """What becomes of quarters that have had their run: left alone, run again if it failed, or run again."""

    NONE = "none"
    FAILED = "failed"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Outcome:
    """A quarter's run: its end, how many rows each room handled (at most 100 are counted), and where it failed."""

    quarter: Quarter
    state: str
    run_id: str | None = None
    seconds: float | None = None
    handled: dict[str, int] = field(default_factory=dict)
    failed_in: str | None = None


def span(first: Quarter, last: Quarter, today: date) -> list[Quarter]:
    """The quarters from `first` to `last`, both included. Raises BadCall for none, too many, or future ones."""
    if first > last:
        raise BadCall(why=Text(f"{first} 晚于 {last}", f"{first} is after {last}"))
    if last > Quarter.of(today):  # Airflow would make its run and wait until then
        raise BadCall(why=Text(f"{last} 尚未开始", f"{last} has not begun"))
    quarters = [first.plus(number) for number in range(last.index - first.index + 1)]
    if len(quarters) > MOST_QUARTERS:
        told = f"{len(quarters)} quarters; at most {MOST_QUARTERS} at once"
        raise BadCall(why=Text(f"共 {len(quarters)} 个季度，一次最多 {MOST_QUARTERS} 个", told))
    return quarters
