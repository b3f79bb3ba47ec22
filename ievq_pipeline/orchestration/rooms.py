"""From a task into a room: the room claims whatever rows wait; only ids go back to Airflow. Imports little at parse."""

from datetime import date
from typing import Literal

Room = Literal[
    "validate",
    "examine",
    "store",
    "detect",
    "publish",
    "deliver",
    "pull",
    "watch",
    "keep_calendar",
    "remind",
    "preview",
]
#: an XCom is for looking at; the rows know what was done
SHOWN = 100


def enter(room: Room, quarter: str | None = None) -> list[str]:
    """Let `room` handle every row that waits (of `quarter`, where one is named), and name the first of them."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        work = getattr(house, room)
        # here the suites are at hand: nothing is stored that they have not let pass
        options = {"is_examined": True} if room == "store" else {}
        ids: list[str] = work(quarter, **options) if quarter else work(**options)
    print(f"{room}: {len(ids)} handled")  # noqa: T201 - Airflow keeps it in the task's log
    return [str(one) for one in ids[:SHOWN]]


def named_quarter() -> str | None:
    """The quarter whose closing woke this run; none if somebody started it by hand without naming one.

    Airflow takes any key. Raises NotAQuarter for one that names no quarter; the sweep does its work all the same.
    """
    from ievq_pipeline.domain.period import Quarter

    key = partition_key()
    return str(Quarter.parse(key)) if key else None


def dated_quarter() -> str | None:
    """The quarter in which the run's key, a date such as `2020-04-01`, lies; none if the run has no key.

    Raises ValueError for a key that is no date: whoever triggered the run by hand is at fault.
    """
    from ievq_pipeline.domain.period import Quarter

    key = partition_key()
    return str(Quarter.of(date.fromisoformat(key))) if key else None


def partition_key() -> str | None:
    """The key of the run in which we are: of the event that woke it, or of the tick that it is for."""
    from airflow.sdk import get_current_context

    return get_current_context()["dag_run"].partition_key
