"""The answer to a submitter: the document of `interfaces.md` §2, and the same kept for later, worded when read."""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from ievq_pipeline.adapters.checks import Answer, cut, file_order
from ievq_pipeline.adapters.tables import ROW
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.submission import Verdict, verdict

#: checks that need what is stored; a check of the file alone cannot run them
CHECKS_NOT_RUN = ("history", "peers")
#: beginnings that make a spreadsheet program calculate
FORMULA = r"^[=+\-@\t\r＝＋－＠]"


def document(
    answer: Answer, contract: Contract, *, name: str, data: bytes, not_run: Sequence[str] = CHECKS_NOT_RUN
) -> dict[str, Any]:
    """Everything that `ievq check --json` says about a file."""
    return {
        "verdict": str(answer.verdict),
        "file": about(answer, name=name, data=data),
        "rows_read": answer.rows_read,
        "rows_accepted": answer.rows_accepted,
        "rows_quarantined": answer.rows_quarantined,
        "findings": [finding.as_json(contract) for finding in answer.findings],
        "normalised": [change.as_json() for change in answer.normalised],
        "rules_version": contract.rules_version(answer.list_versions),
        "code_lists": contract.list_versions(answer.list_versions),
        "checks_not_run": list(not_run),
    }


def about(answer: Answer, *, name: str, data: bytes) -> dict[str, Any]:
    """The `file` part of the document."""
    return {
        "name": name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "format": None if answer.verdict is Verdict.UNREADABLE else "csv",
        "wrapper": None,
        "encoding": answer.encoding,
        "sheet": None,
        "header_row": answer.header_row,
    }


def kept(answer: Answer, *, name: str, data: bytes) -> dict[str, Any]:
    """The columns of `submission_answer`."""
    stream = io.BytesIO()
    if not answer.accepted.is_empty():
        answer.accepted.write_ipc_stream(stream, compression="zstd")
    return {
        "body": {
            "file": about(answer, name=name, data=data),
            "findings": [finding.as_row() for finding in answer.findings],
            "normalised": [change.as_json() for change in answer.normalised],
        },
        "accepted": stream.getvalue() or None,
        "unknown": [list(named) for named in answer.unknown],
        "unnamed": [list(named) for named in answer.unnamed],
    }


def held_against(answer: Answer, contract: Contract, found: Iterable[Finding]) -> Answer:
    """The answer with what shows only against what is stored: rows with a hard finding are no longer accepted.

    For contracts without a weight. The findings' places in the file are filled in.
    """
    placed = [cut(replace(each, position=answer.positions.get(each.column or ""))) for each in found]
    hard = {each.row for each in placed if each.severity(contract) is Severity.HARD}
    is_bad = answer.accepted.get_column(ROW).is_in(list(hard))
    quarantined = answer.rows_quarantined + int(is_bad.sum())
    taken = verdict(answer.rows_read, quarantined, 0.0, 0.0)
    return replace(
        answer,
        verdict=taken,
        findings=sorted([*answer.findings, *placed], key=file_order),
        rows_quarantined=quarantined,
        accepted=answer.accepted.filter(~is_bad) if taken is not Verdict.REJECTED else pl.DataFrame(),
    )


def with_findings(body: Mapping[str, Any], found: Iterable[Finding]) -> dict[str, Any]:
    """A kept body with findings added that only what is stored could tell."""
    return {**body, "findings": [*body["findings"], *(finding.as_row() for finding in found)]}


def accepted_rows(stored: bytes | None) -> pl.DataFrame:
    """The accepted rows of a kept answer: `row` and the contract's codes."""
    return pl.read_ipc_stream(io.BytesIO(stored)) if stored else pl.DataFrame()


def findings(body: dict[str, Any], contract: Contract) -> list[dict[str, Any]]:
    """The findings of a kept answer, worded in both languages."""
    return [Finding(**row).as_json(contract) for row in body["findings"]]


def findings_page(
    body: dict[str, Any], contract: Contract, *, code: str | None, severity: str | None, start: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the findings of that code and severity, and how many there are in all; only the page is worded."""
    severities = {rule.code: rule.severity for rule in contract.rules}
    wanted = [
        row for row in body["findings"] if code in (None, row["code"]) and severity in (None, severities[row["code"]])
    ]
    return findings({"findings": wanted[start : start + limit]}, contract), len(wanted)


def rows_csv(answer: Answer, contract: Contract) -> bytes:
    """The accepted rows as UTF-8 CSV: `row`, then the contract's codes in its order. No cell of it is a formula."""
    codes = [f.code for f in contract.fields]
    table = answer.accepted if not answer.accepted.is_empty() else pl.DataFrame(schema=[ROW, *codes])
    return table.select(ROW, *codes).with_columns(pl.col(pl.String).str.replace(FORMULA, "'$0")).write_csv().encode()
