"""The processes of the house: Airflow, the web app and the dispatcher, started, watched and stopped together.

`up` is a context manager (the demo's way), `run` stays in the foreground until Ctrl-C or SIGTERM, `down` ends a stack
that another terminal started, or what a kill left of it.
"""

from ievq_pipeline.stack.launch import Stack, clear, down, interruptible, run, up
from ievq_pipeline.stack.reach import airflow_api

__all__ = ["Stack", "airflow_api", "clear", "down", "interruptible", "run", "up"]
