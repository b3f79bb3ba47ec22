"""Logging: structlog to standard error; static event names, identifiers as fields."""

import logging
import sys

import structlog


def configure(level: str = "INFO", form: str = "console") -> None:
    """Set up logging once, in the program's entry; nothing else may configure it."""
    renderer = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if form == "json" else _keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # it warns of each private address, also of those that the operator allows; we tell of those that are refused
    logging.getLogger("requests_hardened").setLevel(logging.ERROR)


def _keep(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    return event
