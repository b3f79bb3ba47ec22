"""A workbook that is built new, for a file that was none: its rows as texts, marked like a workbook would be."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ievq_pipeline.adapters.annotated import comments, content_types, drawing, xml_text
from ievq_pipeline.adapters.annotated import words as own_words
from ievq_pipeline.adapters.annotated.grids import Grid
from ievq_pipeline.adapters.annotated.listing import Listing
from ievq_pipeline.adapters.annotated.marks import LAST_ROW, SEVERITIES
from ievq_pipeline.adapters.annotated.package import OFFICE, RELATIONSHIPS, TYPES_PART
from ievq_pipeline.adapters.annotated.parts import THOROUGH, Package, pack
from ievq_pipeline.adapters.annotated.styles import MAIN, Styles
from ievq_pipeline.adapters.annotated.survey import Survey
from ievq_pipeline.domain.finding import letters

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DATA, LIST = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
COMMENTS, BOXES = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"
#: rows that are packed in one go
BATCH = 500


def build(grid: Grid | None, survey: Survey, out: Path) -> None:
    """Write the workbook; without rows it holds the list alone."""
    styles = Styles()
    catalogue = survey.catalogue
    noted = survey.noted() if grid else []
    with Package(out) as package:
        names = [catalogue.gettext("Findings")]
        shown = None
        if grid is not None:
            shown = own_words.sheet_name(grid.name or catalogue.gettext("Data"), names)
            names.insert(0, shown)
            package.add(DATA, pack(_Data(grid, survey, styles, has_notes=bool(noted)).chunks()))
        package.add(LIST, pack(Listing(survey, styles, shown).chunks()))
        if noted:
            _add(package, COMMENTS, comments.new(noted, catalogue.gettext("Data check")))
            _add(package, BOXES, drawing.new(noted, set()))
            _add(package, "xl/worksheets/_rels/sheet1.xml.rels", _relationships(
                ("comments", f"/{COMMENTS}"), ("vmlDrawing", f"/{BOXES}")))  # fmt: skip
        sheets = [part for part in (DATA, LIST) if part != DATA or grid]
        _add(package, "xl/styles.xml", styles.written())
        _add(package, "xl/workbook.xml", _workbook(names))
        _add(package, "xl/_rels/workbook.xml.rels", _relationships(
            *(("worksheet", f"/{part}") for part in sheets), ("styles", "/xl/styles.xml")))  # fmt: skip
        _add(package, "_rels/.rels", _relationships(("officeDocument", "/xl/workbook.xml")))
        _add(package, TYPES_PART, _types(sheets, has_notes=bool(noted)))


def _add(package: Package, name: str, data: bytes) -> None:
    package.add(name, pack([data], THOROUGH))


class _Data:
    """The sheet of the file's own rows."""

    def __init__(self, grid: Grid, survey: Survey, styles: Styles, *, has_notes: bool) -> None:
        self._grid, self._survey, self._has_notes = grid, survey, has_notes
        self._heading, *_, self._text = styles.listing()
        self._marked = {rank: styles.marked(self._text, severity) for rank, severity in enumerate(SEVERITIES)}
        self._letters: list[str] = []

    def chunks(self) -> Iterator[bytes]:
        head = self._grid.header_row
        pane = (
            f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/>' if head else ""
        )
        yield (
            f'{DECLARATION}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetViews><sheetView tabSelected="1"'
            f' workbookViewId="0">{pane}</sheetView></sheetViews><sheetFormatPr defaultColWidth="20"'
            ' defaultRowHeight="15"/><sheetData>'
        ).encode()
        batch: list[str] = []
        for row in self._rows():
            batch.append(row)
            if len(batch) == BATCH:
                yield "".join(batch).encode()
                batch.clear()
        yield "".join(batch).encode()
        yield (
            b'</sheetData><legacyDrawing r:id="rId2"/></worksheet>' if self._has_notes else b"</sheetData></worksheet>"
        )

    def _rows(self) -> Iterator[str]:
        marks, last = self._survey.marks, 0
        for number, cells in self._grid.rows:
            if number > LAST_ROW:
                self._survey.is_cut = True
                return
            yield from (self._row(row, ()) for row in marks.rows_between(last, number))
            last = number
            yield self._row(number, cells)
        yield from (self._row(row, ()) for row in marks.rows_between(last, None))

    def _row(self, number: int, cells: Sequence[str]) -> str:
        ranks = dict(self._survey.marks.of_row(number))
        width = max(len(cells), max(ranks, default=-1) + 1)
        while len(self._letters) < width:
            self._letters.append(letters(len(self._letters)))
        usual = self._heading if number == self._grid.header_row else self._text
        written = []
        for at in range(width):
            text = cells[at] if at < len(cells) else ""
            rank = ranks.get(at)
            if text or rank is not None:
                style = usual if rank is None else self._marked[rank]
                written.append(xml_text.own_cell(f"{self._letters[at]}{number}", style, text))
        return f'<row r="{number}">{"".join(written)}</row>'


def _relationships(*targets: tuple[str, str]) -> bytes:
    items = "".join(f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
                    for number, (kind, target) in enumerate(targets, start=1))  # fmt: skip
    return f'{DECLARATION}<Relationships xmlns="{RELATIONSHIPS}">{items}</Relationships>'.encode()


def _workbook(names: list[str]) -> bytes:
    sheets = "".join(f'<sheet name={xml_text.attribute(name)} sheetId="{number}" r:id="rId{number}"/>'
                     for number, name in enumerate(names, start=1))  # fmt: skip
    return (
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets></workbook>"
    ).encode()


def _types(sheets: list[str], *, has_notes: bool) -> bytes:
    kinds = {f"/{part}": content_types.WORKSHEET for part in sheets}
    kinds |= {"/xl/workbook.xml": content_types.SHEET_MAIN, "/xl/styles.xml": content_types.STYLES}
    if has_notes:
        kinds[f"/{COMMENTS}"] = content_types.COMMENTS
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in kinds.items())
    return (
        f'{DECLARATION}<Types xmlns="{TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="vml" ContentType="{content_types.DRAWING}"/>{overrides}</Types>'
    ).encode()
