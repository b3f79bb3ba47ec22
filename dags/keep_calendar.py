"""At half past midnight in Shanghai: open the quarters whose day has come, remind who owes a file, close; mail."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from ievq_pipeline.orchestration.rooms import enter

TRIAGE = """
Acts on the dates that stand on the quarters' rows (`ievq quarters list`); `ievq quarters advance` does the same by
hand. The three later runs of a day find nothing to do, unless midnight was missed or a quarter could not close yet.

**A quarter is left open past its day?** The list that the task returns says why: submissions on their way (one that is
held waits for you), an earlier quarter still open, or history, which whoever loads it closes.

**It failed?** Each step is done or not, never half. Read the log, mend the cause, clear the task: it does what is left.
A day that was missed needs no run of its own. `remind` mails what the dispatcher has not mailed yet; a mail server that
fails does not fail it: `ievq quarters reminders` tells how each mail went.
"""


@dag(
    schedule=CronTriggerTimetable("30 0,6,12,18 * * *", timezone="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    tags=["ievq", "clock"],
    doc_md=TRIAGE,
    default_args={"owner": "data-engineering", "retries": 3, "retry_delay": timedelta(seconds=60)},
)
def keep_calendar() -> None:
    @task
    def keep_calendar() -> list[str]:
        """Takes the quarters' dates; leaves them opened, reminders made, and quarters closed."""
        return enter("keep_calendar")

    @task
    def remind() -> list[str]:
        """Takes reminders and answers that are not mailed; leaves how each mail went."""
        return enter("remind")

    keep_calendar() >> remind()


keep_calendar()
