"""Airflow's local settings: whatever runs tasks imports what rooms need once, and every task is forked with it.

Without this each task spends two or three seconds on imports, and one that enters `examine` five more on Great
Expectations. Polars is left out: it is not made to be forked once its threads have started.
"""

import sys

#: what `ievq_pipeline.bootstrap` pulls in and takes long
HEAVY = ("alembic.autogenerate", "psycopg", "pydantic_settings", "requests_hardened", "scipy.stats", "sqlalchemy.orm")

__all__: list[str] = []


def preload() -> None:
    """Import the heavy libraries. One that is missing will be missed by the task that needs it, with a clear error."""
    from contextlib import suppress
    from importlib import import_module

    for name in HEAVY:
        with suppress(ImportError):
            import_module(name)
    with suppress(ImportError):
        import_module("ievq_pipeline.adapters.suites").quietly()


if {"scheduler", "celery"} & set(sys.argv):
    preload()
