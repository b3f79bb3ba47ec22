"""Every ten minutes: in every room, in order, what an event or a dead process left behind."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from ievq_pipeline.orchestration.rooms import Room, enter

ROOMS: tuple[Room, ...] = ("validate", "examine", "store", "detect", "publish", "deliver")
TRIAGE = """
The net below the events: each room claims whatever waits in it. It usually finds nothing. If it often finds something,
an event is lost on the way: look at the dispatcher's log and at `ingest` and `detect_and_publish`.

**It failed?** A room that fails does not keep the next ones from working; `every_room` then fails the run.
Read the log of the room in red, mend the cause, and wait for the next run, or clear the task.
"""


@dag(
    schedule=CronTriggerTimetable("*/10 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["ievq", "net"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 1, "retry_delay": timedelta(seconds=30)},
)
def sweep() -> None:
    @task
    def claim(room: Room) -> list[str]:
        """Takes and leaves what that room does."""
        return enter(room)

    @task(retries=0)
    def every_room() -> None:
        """Runs only when all rooms worked."""

    end = every_room()
    before = None
    for name in ROOMS:
        swept = claim.override(task_id=name, trigger_rule="all_done")(name)
        swept >> end
        if before is not None:
            before >> swept
        before = swept


sweep()
