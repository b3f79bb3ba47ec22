"""A quarter's own net, and the unit of backfill: the rooms for that quarter, and looks that earlier ones left."""

from datetime import timedelta

from airflow.sdk import CronPartitionTimetable, dag, task

from ievq_pipeline.orchestration.rooms import Room, dated_quarter, enter

ROOMS: tuple[Room, ...] = ("validate", "examine", "store", "detect", "publish")
#: one key a quarter, its first day. A quarter closes in the month after its end: its run comes two starts after its own
QUARTERS = CronPartitionTimetable("0 0 1 1,4,7,10 *", timezone="Asia/Shanghai", run_offset=-2, key_format="%Y-%m-%d")
TRIAGE = """
Usually finds nothing: events and `sweep` did the work. `ievq backfill 2014-Q1 2015-Q4` runs it for past quarters, one
after the other (docs/backfill.md). Nothing it does depends on its own earlier runs: the rows say what is left to do.

**It failed?** Nothing is done by halves. Read the log, mend the cause, clear the task, or call `ievq backfill` again.
The runs of later quarters do what this one left, so none of them has to wait for it.
"""


@dag(
    schedule=QUARTERS,
    catchup=False,  # a past quarter is backfilled when somebody says so
    max_active_runs=1,
    tags=["ievq", "net"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 3, "retry_delay": timedelta(seconds=10)},
)
def quarterly() -> None:
    @task
    def claim(room: Room) -> list[str]:
        """Takes and leaves what that room does, for the quarter of the run's key; by hand without one, for all."""
        return enter(room, dated_quarter())

    before = None
    for name in ROOMS:
        entered = claim.override(task_id=name)(name)
        if before is not None:
            before >> entered
        before = entered


quarterly()
