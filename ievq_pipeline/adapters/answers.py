"""The answer to a submitter: the document of `interfaces.md` §2, and the same kept for later, worded when read."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl
import polars.selectors as cs

from ievq_pipeline.adapters.checks import Answer
from ievq_pipeline.adapters.findings import Findings, walk
from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.submission import Verdict, verdict

#: checks that need what is stored; a check of the file alone cannot run them
CHECKS_NOT_RUN = ("history", "peers")
#: beginnings that make a spreadsheet program calculate
FORMULA = r"^[=+\-@\t\r＝＋－＠]"
#: findings written at a time
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class File:
    """What is known of the bytes that were checked."""

    name: str
    bytes: int
    sha256: str | None


def document(
    answer: Answer, contract: Contract, file: File, *, not_run: Sequence[str] = CHECKS_NOT_RUN
) -> dict[str, Any]:
    """Everything that `ievq check --json` says about a file; `write` does it without holding it all."""
    worded = [finding.as_json(contract, answer.facts.sheet) for finding in answer.findings]
    return _document(answer, contract, file, not_run) | {"findings": worded}


def _document(answer: Answer, contract: Contract, file: File, not_run: Sequence[str]) -> dict[str, Any]:
    return {
        "verdict": str(answer.verdict),
        "file": about(answer, file),
        "rows_read": answer.rows_read,
        "rows_accepted": answer.rows_accepted,
        "rows_quarantined": answer.rows_quarantined,
        "findings": [],
        "normalised": [change.as_json() for change in answer.normalised],
        "rules_version": contract.rules_version(answer.list_versions),
        "code_lists": contract.list_versions(answer.list_versions),
        "checks_not_run": list(not_run),
    }


def write(
    answer: Answer,
    contract: Contract,
    file: File,
    to: Callable[[str], object],
    *,
    not_run: Sequence[str] = CHECKS_NOT_RUN,
) -> None:
    """The document as JSON text, part by part: however many findings there are, few are held."""
    begin, end = json.dumps(_document(answer, contract, file, not_run), ensure_ascii=False).split('"findings": []')
    to(f'{begin}"findings": [')
    for number, finding in enumerate(answer.findings):
        to(f"{',' if number else ''}{json.dumps(finding.as_json(contract, answer.facts.sheet), ensure_ascii=False)}")
    to(f"]{end}\n")


def about(answer: Answer, file: File) -> dict[str, Any]:
    """The `file` part of the document."""
    return asdict(file) | asdict(answer.facts)


def kept(answer: Answer, file: File) -> dict[str, Any]:
    """The columns of `submission_answer`."""
    return {
        "body": {
            "file": about(answer, file),
            "columns": answer.columns,
            "counts": answer.findings.counts(),
            "normalised": [change.as_json() for change in answer.normalised],
        },
        "findings": answer.findings.to_bytes() if len(answer.findings) else None,
        "accepted": _stream(answer.accepted),
        "unknown": [list(named) for named in answer.unknown],
        "unnamed": [list(named) for named in answer.unnamed],
    }


def _stream(accepted: pl.DataFrame) -> bytes | None:
    if accepted.is_empty():
        return None
    stream = io.BytesIO()
    accepted.write_ipc_stream(stream, compression="lz4")
    return stream.getvalue()


def held_against(answer: Answer, contract: Contract, found: Iterable[Finding]) -> Answer:
    """The answer with what shows only against what is stored: rows with a hard finding are no longer accepted.

    For contracts without a weight. The findings' places in the file are filled in.
    """
    placed = Findings()
    placed.add(replace(each, position=answer.positions.get(each.column or "")) for each in found)
    is_bad = answer.accepted.get_column(ROW).is_in(placed.rows_with(Severity.HARD, contract).implode())
    quarantined = answer.rows_quarantined + int(is_bad.sum())
    taken = verdict(answer.rows_read, quarantined, 0.0, 0.0)
    return replace(
        answer,
        verdict=taken,
        findings=Findings([answer.findings.frame, placed.frame]).in_order(),
        rows_quarantined=quarantined,
        accepted=answer.accepted.filter(~is_bad) if taken is not Verdict.REJECTED else pl.DataFrame(),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer as it is read again: everything found, and what is said besides."""

    body: Mapping[str, Any]
    findings: Findings

    @classmethod
    def of(cls, body: Mapping[str, Any], findings: bytes | None) -> "Kept":
        return cls(body, Findings.from_bytes(findings))

    def with_findings(self, found: Iterable[Finding]) -> "Kept":
        """The same with findings that only what is stored could tell."""
        findings = Findings([self.findings.frame])
        findings.add(found)
        return self.having(findings)

    def having(self, findings: Findings) -> "Kept":
        """The same with these instead."""
        return Kept({**self.body, "counts": findings.counts()}, findings)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of `submission_answer` that change with it."""
        return {"body": dict(self.body), "findings": self.findings.to_bytes() if len(self.findings) else None}

    @property
    def sheet(self) -> str | None:
        sheet: str | None = self.body["file"].get("sheet")
        return sheet

    def worded(self, contract: Contract) -> Iterator[dict[str, Any]]:
        """The findings in both languages, one after the other."""
        return (finding.as_json(contract, self.sheet) for finding in self.findings)

    def page(
        self, contract: Contract, *, code: str | None, severity: str | None, start: int, limit: int
    ) -> tuple[list[dict[str, Any]], int]:
        """A page of the findings of that code and severity, and how many there are in all; only the page is worded."""
        wanted = self.findings.of(contract, code=code, severity=severity)
        return [one.as_json(contract, self.sheet) for one in walk(wanted[start : start + limit])], wanted.height


def accepted_rows(stored: bytes | None) -> pl.DataFrame:
    """The accepted rows of a kept answer: `row` and the contract's codes."""
    return accepted_categories(stored).with_columns(cs.categorical().cast(pl.String))


def accepted_categories(stored: bytes | None) -> pl.DataFrame:
    """The same, with words that stand for few different things as categories."""
    return pl.read_ipc_stream(io.BytesIO(stored)) if stored else pl.DataFrame()


def rows_csv(answer: Answer, contract: Contract) -> bytes:
    """The accepted rows as UTF-8 CSV: `row`, then the contract's codes in its order. No cell of it is a formula."""
    codes = [f.code for f in contract.fields]
    table = answer.accepted if not answer.accepted.is_empty() else pl.DataFrame(schema=[ROW, *codes])
    words = [name for name, dtype in table.schema.items() if dtype != pl.Int64]
    safe = table.select(ROW, *codes).with_columns(pl.col(words).cast(pl.String).str.replace(FORMULA, "'$0"))
    return safe.write_csv().encode()
