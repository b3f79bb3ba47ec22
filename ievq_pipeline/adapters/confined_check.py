"""The check of a stranger's file in a bounded child: whatever the file does to a parser, an answer comes."""

from pathlib import Path

import structlog

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.checks import Answer, Expected, check_file, given_up, unreadable
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding

log = structlog.get_logger()


def checked(path: Path, contract: Contract, expected: Expected) -> Answer:
    """The answer to a file on disk. One that takes more memory or time than it may have is unreadable."""
    try:
        answer: Answer = confined.call(check_file, path, contract, expected)
    except confined.Died as died:
        log.error("check.died", reason=died.reason, detail=died.detail[-500:])
        return given_up() if died.reason == "crashed" else unreadable(Finding("NQ-FILE-HEAVY"))
    return answer
