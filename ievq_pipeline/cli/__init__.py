"""The command line `ievq`: thin commands, one file per noun; each imports what is heavy when it runs."""

import signal
import sys

from ievq_pipeline.cli import (
    alerts,
    backfill,
    codes,
    contacts,
    database,
    feeds,
    keys,
    looks,
    organisations,
    participation,
    pulls,
    quarters,
    running,
    submissions,
    templates,
    wordings,
)
from ievq_pipeline.cli.output import app, language, said
from ievq_pipeline.domain.errors import BadCall, IevqError
from ievq_pipeline.domain.text import Text

__all__ = [
    "alerts",
    "app",
    "backfill",
    "codes",
    "contacts",
    "database",
    "feeds",
    "keys",
    "looks",
    "main",
    "organisations",
    "participation",
    "pulls",
    "quarters",
    "running",
    "submissions",
    "templates",
    "wordings",
]

#: bytes on the command line that the terminal's encoding does not know end up as characters that nothing can store
NOT_TEXT = Text("参数不是 UTF-8 文字", "an argument is not UTF-8 text")


def main() -> None:
    """Entry of the program. Exit codes: 0 done, 1 not good, 2 wrong call, 3 something missing, 130 interrupted."""
    # SIGTERM ends us as Ctrl-C does, so that what is held is given back: the last lease stops the embedded Postgres
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        try:
            app()
        except UnicodeEncodeError as error:
            raise BadCall(why=NOT_TEXT) from error
    except IevqError as error:
        said(f"ievq: {error.text(language())}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
