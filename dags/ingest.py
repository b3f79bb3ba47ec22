"""A submission has arrived: check what waits, hold accepted rows to their suite, store what it lets pass."""

from datetime import timedelta

from airflow.sdk import dag, task

from ievq_pipeline.orchestration.assets import SUBMISSIONS
from ievq_pipeline.orchestration.rooms import enter

TRIAGE = """
Woken by an asset event for each submission; each run claims **all** waiting submissions, so a lost event is made good
by the next run or by `sweep`, and running it again changes nothing.

**It failed?** The rows are untouched or done, never half: read the task's log, mend the cause (database? disk?), clear
the task. A bad file does not fail a task: its findings are its answer (`ievq submissions show ID`). Nor does one that
the suite holds (NQ-SUITE): mend the cause, then `ievq submissions release ID`.
"""


@dag(
    schedule=[SUBMISSIONS],
    catchup=False,
    max_active_runs=1,  # a second run would find nothing left to claim
    tags=["ievq", "event"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 3, "retry_delay": timedelta(seconds=10)},
)
def ingest() -> None:
    @task(task_id="validate")
    def validate() -> list[str]:
        """Takes submissions `received`; leaves them accepted, rejected or waiting for a confirmation."""
        return enter("validate")

    @task(task_id="examine")
    def examine() -> list[str]:
        """Takes submissions `accepted`; leaves them examined, or held back for an engineer."""
        return enter("examine")

    @task(task_id="store")
    def store() -> list[str]:
        """Takes submissions `accepted` and examined; leaves them in force, and the earlier one superseded."""
        return enter("store")

    validate() >> examine() >> store()


ingest()
