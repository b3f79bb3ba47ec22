"""A contract compiled to checks: table of strings → every finding, cell by cell, and the rows that are good."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.across_cells import ACROSS_CELLS, SUBMITTED
from ievq_pipeline.adapters.cell_checks import COLUMN_CHECKS, ColumnResult, marked
from ievq_pipeline.adapters.listed_wordings import coded, told
from ievq_pipeline.adapters.tables import BLANKS, ROW, Table, Unreadable, over, read_csv
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType, Severity
from ievq_pipeline.domain.contracts.panel import NIL
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.skill import Skills
from ievq_pipeline.domain.submission import Verdict, verdict
from ievq_pipeline.domain.text import Text

#: more faults than anybody corrects; beyond it the answer would no longer fit where it is kept
MOST_FINDINGS = 500_000
#: characters of a bad cell that its finding repeats
LONGEST_VALUE = 100
#: what offices write around the name of a column that means nothing for which column it is
AROUND_A_NAME = re.compile(r"[\s_*]+|\((?:必填|选填|可选|required|optional)\)", re.IGNORECASE)
TIGHT_COMMA = re.compile(",(?! )")


@dataclass(frozen=True, slots=True)
class Normalised:
    """Cells of one column that were changed without doubt: how many, and the first of them."""

    code: str
    column: str
    count: int
    cell: str | None
    before: str
    after: str

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "column": self.column,
            "count": self.count,
            "cell": self.cell,
            "from": self.before,
            "to": self.after,
        }


@dataclass(slots=True)
class Answer:
    """The outcome of a check. `accepted` holds `row` and the contract's codes, typed."""

    verdict: Verdict
    findings: list[Finding]
    normalised: list[Normalised] = field(default_factory=list)
    rows_read: int = 0
    rows_quarantined: int = 0
    accepted: pl.DataFrame = field(default_factory=pl.DataFrame)
    #: what quarantined rows name: the row, then the contract's `subject`
    unknown: list[tuple[int, *tuple[str, ...]]] = field(default_factory=list)
    #: quarantined rows that do not say what series they are about: the row, and whose it is where that can be read; of
    #: that reporter, or of all where nobody knows, what is not named is unknown too
    unnamed: list[tuple[int, str | None]] = field(default_factory=list)
    encoding: str | None = None
    header_row: int | None = None
    #: of the code lists that there were, by name
    list_versions: Mapping[str, str] = field(default_factory=code_lists.versions)
    #: by column of the contract, its 0-based place in the file
    positions: dict[str, int] = field(default_factory=dict)

    @property
    def rows_accepted(self) -> int:
        return self.accepted.height

    @property
    def is_complete(self) -> bool:
        """False: a quarantined row does not say what it is about."""
        return not self.unnamed


@dataclass(frozen=True, slots=True)
class Expected:
    """What the submission says about its file, where that is known: the quarter (`2025-Q3`) and the feed's source."""

    quarter: str | None = None
    source: str | None = None


def check(
    data: bytes,
    contract: Contract,
    expected: Expected = Expected(),  # it is frozen
    lists: Mapping[str, Skills] | None = None,
) -> Answer:
    """Check a file's bytes against a contract, every cell of it; wordings against `lists`, or those of the package."""
    lists = code_lists.shipped() if lists is None else lists
    answer = _check(data, contract, expected, lists)
    answer.list_versions = {name: listed.version for name, listed in lists.items()}
    return answer


def _check(data: bytes, contract: Contract, expected: Expected, lists: Mapping[str, Skills]) -> Answer:
    try:
        table = read_csv(data)
    except Unreadable as refusal:
        return Answer(Verdict.UNREADABLE, [refusal.finding])
    positions, found = _header(table, contract)
    findings = [cut(finding) for finding in found]
    answer = Answer(
        Verdict.REJECTED,
        findings,
        rows_read=len(table.rows),
        encoding=table.encoding,
        header_row=table.header_row,
        positions=positions,
    )
    if not table.rows:
        findings.append(Finding("NQ-NO-ROWS", row=table.header_row))
    if any(f.severity(contract) is Severity.HARD for f in findings):
        return answer
    try:
        _check_rows(table, positions, contract, expected, lists, answer)
    except Unreadable as refusal:
        return Answer(Verdict.UNREADABLE, [refusal.finding], encoding=table.encoding, header_row=table.header_row)
    return answer


def too_large(cap_mb: int) -> Answer:
    """The answer to a file over the cap, given before it is read."""
    return Answer(Verdict.UNREADABLE, [over(Text(f"最大 {cap_mb} MB", f"at most {cap_mb} MB")).finding])


def given_up() -> Answer:
    """The answer to a file on which the check itself failed again and again."""
    return Answer(Verdict.UNREADABLE, [Finding("NQ-CHECK-FAILED")])


def _header(table: Table, contract: Contract) -> tuple[dict[str, int], list[Finding]]:
    """Where each column of the contract stands, and what is wrong with the header."""
    names = {_key(name): f for f in contract.fields for name in f.names}
    positions: dict[str, int] = {}
    findings: list[Finding] = []
    for position, cell in enumerate(table.header):
        known = names.get(_key(cell))
        if known is None:
            if cell.strip(BLANKS):
                findings.append(Finding("NQ-HEADER-UNKNOWN", table.header_row, None, position, cell))
        elif known.code in positions:
            findings.append(Finding("NQ-HEADER-TWICE", table.header_row, known.code, position, cell))
        else:
            positions[known.code] = position
    read = ", ".join(table.header)[:200]
    absent = [f.code for f in contract.fields if f.required and f.code not in positions]
    findings += [Finding("NQ-HEADER-MISSING", table.header_row, code, None, read) for code in absent]
    if table.encoding == "gb18030" and not positions:  # bytes of many other encodings can be read as GB18030 too
        findings.insert(0, Finding("NQ-FILE-ENCODING-DOUBT", table.header_row, value=read))
    return positions, findings


def _key(name: str) -> str:
    return AROUND_A_NAME.sub("", unicodedata.normalize("NFKC", name).strip(BLANKS)).casefold()


def _check_rows(
    table: Table,
    positions: dict[str, int],
    contract: Contract,
    expected: Expected,
    lists: Mapping[str, Skills],
    answer: Answer,
) -> None:
    raw = pl.DataFrame(
        {
            ROW: [number for number, _ in table.rows],
            **{
                code: [cells[at] if at < len(cells) else "" for _, cells in table.rows]
                for code, at in positions.items()
            },
        }
    )
    _take(answer, _shape(table, positions, contract))
    excused = _excused(raw, contract)
    clean = raw.select(ROW)
    for column in contract.fields:
        if column.code in positions:
            place = positions[column.code]
            read = _read_column(raw.get_column(column.code), column, expected, lists)
            values = _check_column(raw, column, place, read, answer, excused.get(column.code, frozenset()))
        else:  # an optional column that the file leaves out
            values = COLUMN_CHECKS[column.type](pl.Series([""]), column, None)[0]
            values = values.new_from_index(0, clean.height).alias(column.code)
        clean = clean.with_columns(values)
    named = contract.field(contract.subject[-1])
    submitted = raw.get_column(named.code).str.strip_chars(BLANKS).alias(SUBMITTED)
    found = ACROSS_CELLS[contract.feed_kind](clean.with_columns(submitted), positions, contract, expected.source)
    _take(answer, told(found, lists.get(named.code_list or "")))
    answer.findings.sort(key=file_order)
    _conclude(clean, table, contract, answer)


def _excused(raw: pl.DataFrame, contract: Contract) -> dict[str, frozenset[int]]:
    """By required column, the places of rows that may leave it empty: zero reports and the like."""
    column = contract.field(contract.subject[-1])
    cells = raw.get_column(column.code).str.strip_chars(BLANKS)
    markers = marked(cells, column)
    excused: dict[str, frozenset[int]] = {}
    for marker in column.markers:
        rows = frozenset(cells.is_in([text for text, code in markers.items() if code == marker.code]).arg_true())
        excused |= {code: excused.get(code, frozenset()) | rows for code in marker.may_be_empty}
    return excused


def _take(answer: Answer, findings: Iterable[Finding]) -> None:
    """Every finding goes into the answer. Raises Unreadable over the cap: a small file can hold millions of faults."""
    for finding in findings:
        answer.findings.append(cut(finding))
        if len(answer.findings) > MOST_FINDINGS:
            raise Unreadable(Finding("NQ-FAULTS-MANY", parameters={"cap": f"{MOST_FINDINGS:,}"}))


def cut(finding: Finding) -> Finding:
    """The finding with so much of the cell as anybody reads."""
    if finding.value is None or len(finding.value) <= LONGEST_VALUE:
        return finding
    return replace(finding, value=f"{finding.value[:LONGEST_VALUE]}…")


def _shape(table: Table, positions: dict[str, int], contract: Contract) -> Iterator[Finding]:
    """Rows longer than the header, and cells that took in the rows after them."""
    width, commas = len(table.header), max(positions.values())
    ours = {at for code, at in positions.items() if contract.field(code).type is not FieldType.TEXT}
    for number, cells in table.rows:
        if extra := next((c for c in cells[width:] if c.strip(BLANKS)), None):
            yield Finding("NQ-ROW-WIDE", number, None, width, extra)
        for at, cell in enumerate(cells):
            if _has_break(cell) and (lines := _swallowed(cell, commas, is_ours=at in ours)):
                yield Finding("NQ-ROW-SWALLOWED", number, None, at, lines[0][:60], {"lines": len(lines) - 1})


def file_order(finding: Finding) -> tuple[int, int, str]:
    """Where a finding stands among others: in the order of the file."""
    return finding.row or 0, finding.position if finding.position is not None else -1, finding.code


def _has_break(cell: str) -> bool:
    return "\n" in cell or "\r" in cell


def _swallowed(cell: str, commas: int, *, is_ours: bool) -> list[str]:
    """The lines of a cell in which a quotation mark without partner has swallowed rows; none where it only has breaks.

    As many `commas` as a row needs up to the last of our columns tell; a remark may hold that many, so there a single
    line has to look like a row.
    """
    lines = cell.strip().splitlines()
    in_all = cell.count(",") if is_ours else max((len(TIGHT_COMMA.findall(line)) for line in lines), default=0)
    return lines if len(lines) > 1 and in_all >= commas > 0 else []


def _displaced(table: Table, among: Collection[int | None]) -> set[int]:
    """Of these rows, those whose cells may stand in other columns than they belong to: what they name is no help."""
    width = len(table.header)
    return {
        number
        for number, cells in table.rows
        if number in among
        and (len(cells) < width or any(c.strip(BLANKS) for c in cells[width:]) or any(map(_has_break, cells)))
    }


def _read_column(cells: pl.Series, column: Field, expected: Expected, lists: Mapping[str, Skills]) -> ColumnResult:
    """The cells by their type; wordings then as codes of the column's list, where it is here."""
    read = COLUMN_CHECKS[column.type](cells, column, expected.quarter)
    skills = lists.get(column.code_list or "") if column.type is FieldType.WORDING else None
    if skills is None:
        return read
    values, findings, normalised = coded(read[0], column, skills)
    return values, read[1] + findings, read[2] | normalised


def _check_column(
    raw: pl.DataFrame, column: Field, place: int, read: ColumnResult, answer: Answer, excused: Collection[int]
) -> pl.Series:
    """The typed values of a column, null where bad; what was found and changed goes into the answer."""
    rows, cells = raw.get_column(ROW), raw.get_column(column.code)
    values, findings, normalised = read
    if excused:
        findings = [found for found in findings if found[1] != "NQ-REQUIRED" or found[0] not in excused]
    _take(answer, (Finding(code, rows[i], column.code, place, value, more) for i, code, value, more in findings))
    for code, changed in normalised.items():
        at = pl.Series(changed, dtype=pl.UInt32)
        if len(at := at.filter(values.gather(at).is_not_null())):
            cell = Finding(code, rows[at[0]], column.code, place).cell
            change = Normalised(code, column.code, len(at), cell, cells[at[0]], str(values[at[0]]))
            answer.normalised.append(change)
    return values.alias(column.code)


def _conclude(clean: pl.DataFrame, table: Table, contract: Contract, answer: Answer) -> None:
    hard = {f.row for f in answer.findings if f.severity(contract) is Severity.HARD}
    is_bad = clean.get_column(ROW).is_in(list(hard))
    weight = _weight(clean, contract)
    answer.rows_quarantined = int(is_bad.sum())
    answer.verdict = verdict(
        clean.height, answer.rows_quarantined, float(weight.sum()), float(weight.filter(is_bad).sum())
    )
    if any(f.code == "NQ-ROW-SWALLOWED" for f in answer.findings):
        answer.verdict = Verdict.REJECTED  # nobody knows how many rows are lost in it
    if answer.verdict is not Verdict.REJECTED:
        # what an optional cell leaves out is null, whether it is text or a number
        answer.accepted = clean.filter(~is_bad).with_columns(pl.col(pl.String).replace("", None))
        _name_the_unknown(clean.filter(is_bad), _displaced(table, hard), contract, answer)


def _weight(clean: pl.DataFrame, contract: Contract) -> pl.Series:
    """What each row carries. One that can't be read counts as its reporter's median; a marker's carries nothing."""
    if contract.weight is None:
        return pl.zeros(clean.height, eager=True)
    *reporter, name = contract.subject
    is_marker = pl.col(name).is_in([marker.code for marker in contract.markers]).fill_null(value=False)
    known = clean.with_columns(weight=pl.when(~is_marker).then(pl.col(contract.weight).cast(pl.Float64)))
    usual = [pl.col("weight").median().over(reporter)] if reporter else []
    filled = pl.coalesce("weight", *usual, pl.col("weight").median(), pl.lit(0.0))
    return known.select(pl.when(is_marker).then(0.0).otherwise(filled).alias("weight")).to_series()


def _name_the_unknown(bad: pl.DataFrame, displaced: set[int], contract: Contract, answer: Answer) -> None:
    for row, *names in bad.select(ROW, *contract.subject).iter_rows():
        is_trusted = row not in displaced
        if is_trusted and all(names) and names[-1] != NIL:
            answer.unknown.append((row, *names))
        else:
            answer.unnamed.append((row, names[0] or None if is_trusted and len(names) > 1 else None))
