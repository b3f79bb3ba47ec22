"""The command line `ievq`: thin commands, one file per noun; each imports what is heavy when it runs."""

import sys

from ievq_pipeline.cli import alerts, database, feeds, quarters, running, submissions
from ievq_pipeline.cli.output import app, language
from ievq_pipeline.domain.errors import IevqError

__all__ = ["alerts", "app", "database", "feeds", "main", "quarters", "running", "submissions"]


def main() -> None:
    """Entry of the program. Exit codes: 0 done, 1 not good, 2 wrong call, 3 something missing, 130 interrupted."""
    try:
        app()
    except IevqError as error:
        print(f"ievq: {error.text(language())}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
