"""The sheet 错误清单: a row a finding, each with a link to its cell."""

from collections.abc import Iterable, Iterator
from itertools import islice

from ievq_pipeline.adapters.annotated import words as own_words
from ievq_pipeline.adapters.annotated import xml_text
from ievq_pipeline.adapters.annotated.marks import LAST_COLUMN, LAST_ROW, Cell
from ievq_pipeline.adapters.annotated.notes import address
from ievq_pipeline.adapters.annotated.styles import MAIN, Styles
from ievq_pipeline.adapters.annotated.survey import Survey
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding

#: a sheet takes some more links than these
MOST_LINKS = 60_000
WIDTHS = (12, 16, 12, 24, 26, 60, 60)
OPENING = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="FFC0392B"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="{heading}" topLeftCell="A{first}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "<cols>{columns}</cols><sheetData>"
)
#: rows that are written in one go
BATCH = 2_000


class Listing:
    """Writes the sheet over a survey; `sheet` is the one that the links lead into, None where no cell can be shown."""

    def __init__(self, survey: Survey, styles: Styles, sheet: str | None) -> None:
        self._survey, self._sheet = survey, sheet
        self._heading, self._text, self._link, self._plain = styles.listing()
        self._severities = {severity: styles.marked(self._text, severity) for severity in Severity}
        self._named = {severity: own_words.severity(severity, survey.catalogue) for severity in Severity}
        self._links: list[tuple[int, Cell]] = []
        self._notes = self._said()

    def chunks(self) -> Iterator[bytes]:
        heading = len(self._notes) + 1
        last = min(heading + self._survey.total, LAST_ROW)
        columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
                          for n, width in enumerate(WIDTHS, start=1))  # fmt: skip
        yield OPENING.format(heading=heading, first=heading + 1, columns=columns).encode()
        for number, note in enumerate(self._notes, start=1):
            yield f'<row r="{number}">{xml_text.cell(f"A{number}", self._plain, note)}</row>'.encode()
        headings = own_words.headings(self._survey.catalogue)
        yield _row(heading, ((text, self._heading) for text in headings)).encode()
        rows = self._rows(heading + 1, last)
        while batch := "".join(islice(rows, BATCH)):
            yield batch.encode()
        yield f'</sheetData><autoFilter ref="A{heading}:{chr(64 + len(WIDTHS))}{max(last, heading)}"/>'.encode()
        yield from self._written_links()
        yield b"</worksheet>"

    def _said(self) -> list[str]:
        """What stands above the list."""
        survey, catalogue = self._survey, self._survey.catalogue
        counts = {severity: f"{survey.counts[severity]:,}" for severity in Severity}
        said = [
            catalogue.gettext(
                "{total} findings: {hard} to be mended, {soft} that need a reason, {info} for information."
            ).format(
                total=f"{survey.total:,}",
                hard=counts[Severity.HARD],
                soft=counts[Severity.SOFT],
                info=counts[Severity.INFO],
            )
        ]
        if survey.left_out:
            said.append(
                catalogue.gettext(
                    "The first {n} cells have a comment; all are filled, and all are listed here."
                ).format(n=f"{len(survey.notes.texts):,}")
            )
        if survey.total > MOST_LINKS:
            said.append(
                catalogue.gettext("The first {n} places are links. The complete list comes as CSV, too.").format(
                    n=f"{MOST_LINKS:,}"
                )
            )
        if survey.total + len(said) + 1 > LAST_ROW:
            said.append(catalogue.gettext("A sheet holds no more rows than these: the complete list comes as CSV."))
        if survey.is_cut:
            said.append(
                catalogue.gettext("A sheet holds {n} rows; the rows of your file after these are not shown.").format(
                    n=f"{LAST_ROW:,}"
                )
            )
        return said

    def _rows(self, first: int, last: int) -> Iterator[str]:
        words, catalogue = self._survey.words, self._survey.catalogue
        for number, finding in zip(range(first, last + 1), self._survey, strict=False):
            severity = words.severity(finding)
            place, style = own_words.place(finding, catalogue), self._text
            cell = self._shown(finding)
            if cell is not None and len(self._links) < MOST_LINKS:
                self._links.append((number, cell))
                style = self._link
            yield _row(
                number,
                (
                    (place, style),
                    (words.title(finding.column), self._text),
                    (self._named[severity], self._severities[severity]),
                    (finding.code, self._text),
                    (finding.value or "", self._text),
                    (words.message(finding), self._text),
                    (words.remedy(finding), self._text),
                ),
            )

    def _shown(self, finding: Finding) -> Cell | None:
        """The cell that a link leads to: of a finding about a row, the first one of it."""
        if self._sheet is None or finding.row is None:
            return None
        cell = self._survey.placed(finding) or (finding.row + self._survey.below, 0)
        return cell if 1 <= cell[0] <= LAST_ROW and cell[1] < LAST_COLUMN else None

    def _written_links(self) -> Iterator[bytes]:
        if not self._links:
            return
        quoted = "'" + (self._sheet or "").replace("'", "''") + "'"
        yield b"<hyperlinks>"
        for number, cell in self._links:
            location = xml_text.attribute(f"{quoted}!{address(cell)}")
            yield f'<hyperlink ref="A{number}" location={location}/>'.encode()
        yield b"</hyperlinks>"


def _row(number: int, cells: Iterable[tuple[str, int]]) -> str:
    """A row of texts with their styles, from the first column on."""
    written = "".join(xml_text.cell(f"{letter}{number}", style, text)
                      for letter, (text, style) in zip("ABCDEFG", cells, strict=True))  # fmt: skip
    return f'<row r="{number}">{written}</row>'
