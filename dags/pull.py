"""Every ten minutes: the files that submitters host, or leave in a folder, where they are due; hand in what is new."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from ievq_pipeline.orchestration.rooms import enter

TRIAGE = """
Asks for the file of every open quarter of every feed that has an address to pull from, where it is due. What is new is
handed in like any other file, and wakes `ingest`. `watch` does the same for folders. `ievq feeds pulls` tells how the
last try of each went, `ievq feeds files` what became of the files in folders; `ievq feeds pull CODE` tries at once.

**It failed?** A server that is down, slow or wrong does not fail a task: that stands in its row, and it is asked again
after a while, at longer and longer intervals. A failed task is ours (database? memory?): read the log, mend the cause,
clear the task. What it was fetching is free again after a quarter of an hour.
"""


@dag(
    schedule=CronTriggerTimetable("5-59/10 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["ievq", "clock"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 1, "retry_delay": timedelta(seconds=30)},
)
def pull() -> None:
    @task
    def pull() -> list[str]:
        """Takes hosted files that are due; leaves submissions `received`, and how each try went."""
        return enter("pull")

    @task(trigger_rule="all_done")
    def watch() -> list[str]:
        """Takes folders that are due; leaves submissions `received`, and what came of each file."""
        return enter("watch")

    pull() >> watch()


pull()
