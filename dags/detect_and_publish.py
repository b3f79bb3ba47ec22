"""A quarter was closed: look for surges, then publish what changed."""

from datetime import timedelta

from airflow.sdk import PartitionedAssetTimetable, dag, task

from ievq_pipeline.orchestration.assets import QUARTERS
from ievq_pipeline.orchestration.rooms import enter, named_quarter

TRIAGE = """
Woken once for each quarter that closes (partition key such as `2020-Q2`). Detection replays quarters in order, so one
run does whatever looks wait, not only that of its key; the next run then finds nothing left, which is right.

**It failed?** Nothing was published by halves. Read the log, mend the cause, clear the task; `sweep` tries again too.
A key that is no quarter fails: whoever posted the event is at fault. Delivery is not here: the dispatcher does it.
"""


@dag(
    schedule=PartitionedAssetTimetable(assets=QUARTERS),  # the default mapping is identity: one run a quarter
    catchup=False,
    max_active_runs=1,  # detection has one writer anyway
    tags=["ievq", "event"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 3, "retry_delay": timedelta(seconds=10)},
)
def detect_and_publish() -> None:
    @task(task_id="detect")
    def detect() -> list[str]:
        """Takes the looks that are due; leaves surges with their evidence."""
        print(f"woken by {named_quarter() or 'hand'}")  # noqa: T201 - Airflow keeps it in the task's log
        return enter("detect")

    @task(task_id="publish")
    def publish() -> list[str]:
        """Takes surges not yet told; leaves alert revisions, feed entries and pending deliveries."""
        return enter("publish")

    detect() >> publish()


detect_and_publish()
