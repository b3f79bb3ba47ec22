"""The workbook that a submitter gets back, made in a bounded child: it reads the stranger's file once more."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.annotated import answer_workbook
from ievq_pipeline.adapters.findings import Findings
from ievq_pipeline.adapters.reading.package import Caps
from ievq_pipeline.domain.contracts.model import Contract

log = structlog.get_logger()
#: made at a time in this process; whoever asks for more waits
MOST_AT_ONCE = 2
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


def make_workbook(
    file: Path | None,
    facts: Mapping[str, Any],
    findings: Findings,
    contract: Contract,
    *,
    language: str,
    out: Path,
    caps: Caps,
) -> None:
    """As `answer_workbook`. A file that takes more memory or time than it may have gives the list alone.

    Raises confined.Died where that takes too much as well.
    """
    with _turns:
        try:
            confined.call(_make, file, facts, findings, contract, language, out, caps)
        except confined.Died as died:
            log.error("annotated.died", reason=died.reason, detail=died.detail[-500:])
            confined.call(_make, None, facts, findings, contract, language, out, caps)


def _make(
    file: Path | None,
    facts: Mapping[str, Any],
    findings: Findings,
    contract: Contract,
    language: str,
    out: Path,
    caps: Caps,
) -> None:
    answer_workbook(file, facts, findings, contract, language=language, out=out, caps=caps)
