"""The check of a stranger's file in a bounded child: whatever the file does to a parser, an answer comes."""

from collections.abc import Mapping
from pathlib import Path

import structlog

from ievq_pipeline.adapters import code_lists, confined
from ievq_pipeline.adapters.checks import Answer, Expected, check_file, given_up, unreadable
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.learning import Learnt

log = structlog.get_logger()


def checked(path: Path, contract: Contract, expected: Expected, learnt: Mapping[str, Learnt] | None = None) -> Answer:
    """The answer to a file on disk, its wordings held against the lists with what was learnt beside them.

    One that takes more memory or time than it may have is unreadable.
    """
    try:
        answer: Answer = confined.call(_check, path, contract, expected, learnt or {})
    except confined.Died as died:
        log.error("check.died", reason=died.reason, detail=died.detail[-500:])
        return given_up() if died.reason == "crashed" else unreadable(Finding("NQ-FILE-HEAVY"))
    return answer


def _check(path: Path, contract: Contract, expected: Expected, learnt: Mapping[str, Learnt]) -> Answer:
    """What the child does: it makes its lists of those that its server has loaded."""
    return check_file(path, contract, expected, code_lists.taught(learnt))
