"""A contract compiled to checks: a file's bytes → every finding, cell by cell, and the rows that are good.

The file is walked block by block, so that memory does not grow with it as text; typed rows are kept, for what needs
several rows at once (`across_cells.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.across_cells import ACROSS_CELLS, SUBMITTED
from ievq_pipeline.adapters.asked_names import asked
from ievq_pipeline.adapters.cell_checks import reader
from ievq_pipeline.adapters.columns import Changes, Column, Numbers, Texts, Wordbook
from ievq_pipeline.adapters.findings import Findings
from ievq_pipeline.adapters.mended import mended
from ievq_pipeline.adapters.reading import open_source
from ievq_pipeline.adapters.reading.kinds import recognised
from ievq_pipeline.adapters.reading.mapped import mapped
from ievq_pipeline.adapters.reading.package import CAPS, Caps
from ievq_pipeline.adapters.reading.source import ROW, Block, Facts, Normalised, Source, Unreadable, over
from ievq_pipeline.adapters.sums import differing
from ievq_pipeline.adapters.weights import weights
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType, Severity
from ievq_pipeline.domain.contracts.panel import NIL
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.skill import Skills
from ievq_pipeline.domain.submission import Verdict, verdict
from ievq_pipeline.domain.text import Text

#: nobody knows how many rows are lost in such a cell
LOSES_ROWS = "NQ-ROW-SWALLOWED"


@dataclass(slots=True)
class Answer:
    """The outcome of a check. `accepted` holds `row` and the contract's codes, typed."""

    verdict: Verdict
    findings: Findings
    normalised: list[Normalised] = field(default_factory=list)
    rows_read: int = 0
    rows_quarantined: int = 0
    accepted: pl.DataFrame = field(default_factory=pl.DataFrame)
    #: what quarantined rows name: the row, then the contract's `subject`
    unknown: list[tuple[int, *tuple[str, ...]]] = field(default_factory=list)
    #: quarantined rows that do not say what series they are about: the row, and whose it is where that can be read; of
    #: that reporter, or of all where nobody knows, what is not named is unknown too
    unnamed: list[tuple[int, str | None]] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    #: of the code lists that there were, by name
    list_versions: Mapping[str, str] = field(default_factory=code_lists.versions)
    #: by column of the contract, its 0-based place in the file
    positions: dict[str, int] = field(default_factory=dict)
    #: those of the contract that the file has
    columns: list[str] = field(default_factory=list)

    @property
    def rows_accepted(self) -> int:
        return self.accepted.height

    @property
    def is_complete(self) -> bool:
        """False: a quarantined row does not say what it is about."""
        return not self.unnamed


@dataclass(frozen=True, slots=True)
class Expected:
    """What the submission says about its file, where that is known: the quarter (`2025-Q3`), the feed's source, its
    code, and the organisation that hands in (`scheme:value`).

    `mends` say of cells, by row and column, what they should read instead; `caps` how large a workbook may be.
    """

    quarter: str | None = None
    source: str | None = None
    mends: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    feed: str | None = None
    organisation: str | None = None
    caps: Caps = CAPS


def check(
    data: bytes,
    contract: Contract,
    expected: Expected = Expected(),  # it is frozen
    lists: Mapping[str, Any] | None = None,
) -> Answer:
    """Check a file's bytes against a contract, every cell of it; codes and names against `lists`, or the package's."""
    lists = code_lists.shipped() if lists is None else lists
    answer = _check(data, contract, expected, lists)
    answer.list_versions = code_lists.versions_of(lists)
    return answer


def check_file(
    path: Path,
    contract: Contract,
    expected: Expected = Expected(),  # it is frozen
    lists: Mapping[str, Any] | None = None,
) -> Answer:
    """The same of a file on disk."""
    with mapped(path) as data:
        return check(data, contract, expected, lists)


def _check(data: bytes, contract: Contract, expected: Expected, lists: Mapping[str, Any]) -> Answer:
    answer = unreadable(None)
    try:
        source = open_source(data, contract, expected.caps)
        answer.facts = source.facts
        answer.columns = list(source.positions)
        answer.positions = source.positions if source.has_cells else {}
        found = Findings()
        found.add(_recognised(source, data, contract, expected, lists))
        if found.has(Severity.HARD, contract):
            rows = _count(source.blocks)
            if not rows:
                found.add([Finding("NQ-NO-ROWS", source.facts.header_row)])
            return replace(answer, verdict=Verdict.REJECTED, findings=found, rows_read=rows)
        table = _Table(source, contract, expected, lists, found)
        told = len(source.findings)
        for block in source.blocks:
            table.take(mended(block, expected.mends) if expected.mends else block)
    except Unreadable as refusal:
        return replace(answer, findings=_of(refusal.finding))
    if not table.rows:
        found.add(source.findings[told:])  # what shows only when all rows have been seen
        found.add([Finding("NQ-NO-ROWS", source.facts.header_row)])
        return replace(answer, verdict=Verdict.REJECTED, findings=found, normalised=source.normalised)
    return table.concluded(answer)


def _recognised(
    source: Source, data: bytes, contract: Contract, expected: Expected, lists: Mapping[str, Any]
) -> list[Finding]:
    versions = code_lists.versions_of(lists)
    return recognised(
        source,
        data,
        contract,
        feed=expected.feed,
        organisation=expected.organisation,
        quarter=expected.quarter,
        list_versions=versions,
    )


def _count(blocks: Iterator[Block]) -> int:
    return sum(block.cells.height for block in blocks)


def _of(finding: Finding) -> Findings:
    found = Findings()
    found.add([finding])
    return found


def unreadable(finding: Finding | None) -> Answer:
    """The answer to a file that can't be read, for the reason that the finding gives."""
    return Answer(Verdict.UNREADABLE, _of(finding) if finding else Findings())


def too_large(cap_mb: int) -> Answer:
    """The answer to a file over the cap, given before it is read."""
    return unreadable(over(Text(f"最大 {cap_mb} MB", f"at most {cap_mb} MB")).finding)


def given_up() -> Answer:
    """The answer to a file on which the check itself failed again and again."""
    return unreadable(Finding("NQ-CHECK-FAILED"))


class _Table:
    """The typed rows of a file, as they come."""

    def __init__(
        self, source: Source, contract: Contract, expected: Expected, lists: Mapping[str, Any], found: Findings
    ) -> None:
        self._source, self._contract, self._expected, self._lists = source, contract, expected, lists
        self._found = found
        #: findings of the source that are told already; walking its blocks may add more
        self._told = len(source.findings)
        self._columns = {f.code: self._column(f) for f in contract.fields if f.code in source.positions}
        self._parts: list[pl.DataFrame] = []
        self._displaced: set[int] = set()
        self.rows = 0

    @property
    def _named(self) -> Field:
        """The column that names the series."""
        return self._contract.field(self._contract.subject[-1])

    def _column(self, column: Field) -> Column:
        changes = Changes(column.code, self._source.positions[column.code], self._source.has_cells)
        if column.type is FieldType.INTEGER:
            return Numbers(column, changes)
        if column.type is FieldType.TEXT or (column.type is FieldType.WORDING and not column.code_list):
            return Texts(column, changes)
        return Wordbook(column, reader(column, self._expected.quarter, self._lists), changes)

    def take(self, block: Block) -> None:
        """Type the cells of a block; what is found goes into the answer."""
        rows = block.cells.get_column(ROW)
        cells = {code: block.cells.get_column(code) for code in self._columns}
        found = Findings()
        found.add(block.faults)
        excused = self._excused(block, cells[self._named.code])
        typed = {
            code: column.take(cells[code], rows, excused.get(code, frozenset()))
            for code, column in self._columns.items()
        }
        for each in typed.values():
            found.add_frame(each.findings)
        submitted = cells[self._named.code]
        named = self._columns[self._named.code]
        if isinstance(named, Wordbook):
            submitted = named.submitted(submitted)
        self._parts.append(pl.DataFrame([rows, *(each.values for each in typed.values()), submitted.alias(SUBMITTED)]))
        self.rows += len(rows)
        if len(found):
            bad = found.rows_with(Severity.HARD, self._contract)
            self._displaced |= block.displaced.intersection(bad) | block.look_closer(bad)
            self._found.add_frame(found.in_order().frame)

    def _excused(self, block: Block, cells: pl.Series) -> dict[str, set[int]]:
        """By column, the places of cells that may be empty: of zero reports and the like, or told of already.

        `cells` are those of the column that names the series.
        """
        excused: dict[str, set[int]] = {}
        named = self._columns[self._named.code]
        for marker in self._named.markers:
            if isinstance(named, Wordbook) and (places := named.places_of(cells, [marker.code])):
                for code in marker.may_be_empty:
                    excused.setdefault(code, set()).update(places)
        if faulted := [fault for fault in block.faults if fault.column]:
            rows = block.cells.get_column(ROW)
            for fault in faulted:
                excused.setdefault(fault.column or "", set()).add(int(rows.search_sorted(fault.row)))
        if block.unread:
            places = set(block.cells.get_column(ROW).is_in(list(block.unread)).arg_true())
            for code in self._columns:
                excused.setdefault(code, set()).update(places)
        return excused

    def concluded(self, answer: Answer) -> Answer:
        """The whole answer, once all blocks are taken."""
        clean = pl.concat(self._parts)
        self._parts = []
        absent = [f for f in self._contract.fields if f.code not in self._columns]
        clean = clean.with_columns(
            pl.lit(None, pl.Int64).alias(f.code) if f.type is FieldType.INTEGER else pl.lit("").alias(f.code)
            for f in absent
        )
        positions, source = self._source.positions, self._expected.source
        across = ACROSS_CELLS[self._contract.feed_kind](clean, positions, self._contract, source)
        before = len(self._found)
        self._found.add(self._source.findings[self._told :])
        self._found.add(_titled(across, self._lists.get(self._named.code_list or "")))
        self._found.add(asked(clean, self._contract, positions, self._lists))
        sums, mends = self._source.sums, self._expected.mends
        self._found.add(list(differing(sums, clean, self._found, self._contract, positions, mends)))
        found = self._found.in_order() if len(self._found) > before else self._found
        if not self._source.has_cells:
            found = Findings([found.frame.with_columns(position=pl.lit(None, pl.Int32))])
        changes = [one for column in self._columns.values() for one in column.changes.counted.values()]
        answer = replace(answer, findings=found, rows_read=self.rows, normalised=[*self._source.normalised, *changes])
        clean.drop_in_place(SUBMITTED)
        return _concluded(clean, answer, self._contract, self._displaced)


def _titled(findings: Iterable[Finding], listed: Skills | None) -> Iterator[Finding]:
    """The findings, each `concept` that one names by its code with the title too: two wordings explain themselves."""
    for finding in findings:
        if (code := finding.parameters.get("concept")) is None:
            yield finding
            continue
        known = listed.find(str(code)) if listed else None
        zh, en = (f"{known.title.zh}，代码 {code}", f"{known.title.en}, code {code}") if known else (code, code)
        yield replace(finding, parameters=finding.parameters | {"concept_zh": zh, "concept_en": en})


def _concluded(clean: pl.DataFrame, answer: Answer, contract: Contract, displaced: set[int]) -> Answer:
    """`clean` is used up."""
    hard = answer.findings.rows_with(Severity.HARD, contract)
    is_bad = clean.get_column(ROW).is_in(hard.implode())
    answer.rows_quarantined = int(is_bad.sum())
    all_, bad = weights(clean, is_bad, contract)
    answer.verdict = verdict(clean.height, answer.rows_quarantined, all_, bad)
    if LOSES_ROWS in answer.findings.counts():
        answer.verdict = Verdict.REJECTED
    if answer.verdict is not Verdict.REJECTED:
        _name_the_unknown(clean.filter(is_bad), displaced, contract, answer)
        answer.accepted = _accepted(clean, is_bad if answer.rows_quarantined else None, contract)
        if answer.findings.has(Severity.SOFT, contract):
            answer.verdict = Verdict.NEEDS_CONFIRMATION
    return answer


def _accepted(clean: pl.DataFrame, is_bad: pl.Series | None, contract: Contract) -> pl.DataFrame:
    """The good rows of a table, which is used up column by column: two of it would take twice the memory."""
    taken = []
    for code in (ROW, *(f.code for f in contract.fields)):
        cells = pl.DataFrame([clean.drop_in_place(code)])
        if is_bad is not None:
            cells = cells.filter(~is_bad)
        if code != ROW and contract.field(code).type is not FieldType.INTEGER:
            # what an optional cell leaves out is null, be it text or a number
            cells = cells.select(pl.when(pl.col(code) != "").then(pl.col(code)))
        taken.append(cells.to_series())
    return pl.DataFrame(taken)


def _name_the_unknown(bad: pl.DataFrame, displaced: set[int], contract: Contract, answer: Answer) -> None:
    words = bad.select(ROW, *(pl.col(code).cast(pl.String) for code in contract.subject))
    for row, *names in words.iter_rows():
        is_trusted = row not in displaced
        if is_trusted and all(names) and names[-1] != NIL:
            answer.unknown.append((row, *names))
        else:
            answer.unnamed.append((row, names[0] or None if is_trusted and len(names) > 1 else None))
