"""Every hour: renew the previews of open quarters whose filings changed."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from ievq_pipeline.orchestration.rooms import enter

TRIAGE = """
A preview shows engineers how an open quarter would look now (`ievq looks list`); it is never published, and counts in
no false-discovery rate: those hold for looks at moments fixed beforehand.

**It failed?** Nothing else depends on it. Read the log, mend the cause, and wait for the next hour, or clear the task.
"""


@dag(
    schedule=CronTriggerTimetable("35 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["ievq", "clock"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 1, "retry_delay": timedelta(seconds=30)},
)
def preview() -> None:
    @task(task_id="preview")
    def renew() -> list[str]:
        """Takes open quarters whose filings changed; leaves how they would look now."""
        return enter("preview")

    renew()


preview()
