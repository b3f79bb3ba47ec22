"""From a task into a room: the room claims whatever rows wait; only ids go back to Airflow. Imports little at parse."""

from typing import Literal

Room = Literal["validate", "store", "detect", "publish", "deliver", "pull", "keep_calendar"]
#: an XCom is for looking at; the rows know what was done
SHOWN = 100


def enter(room: Room) -> list[str]:
    """Let `room` handle every row that waits, and name the first of them."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        ids: list[str] = getattr(house, room)()
    print(f"{room}: {len(ids)} handled")  # noqa: T201 - Airflow keeps it in the task's log
    return [str(one) for one in ids[:SHOWN]]


def named_quarter() -> str | None:
    """The quarter whose closing woke this run; none if somebody started it by hand without naming one.

    Airflow takes any key. Raises NotAQuarter for one that names no quarter; the sweep does its work all the same.
    """
    from ievq_pipeline.domain.period import Quarter

    key = partition_key()
    return str(Quarter.parse(key)) if key else None


def partition_key() -> str | None:
    """The key of the event that woke the run in which we are."""
    from airflow.sdk import get_current_context

    return get_current_context()["dag_run"].partition_key
