"""Workbooks made part by part, as offices and their programs write them; and answers taken apart."""

# ruff: noqa: E501 - parts as programs write them

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from ievq_pipeline.adapters.annotated import annotate
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.finding import Finding

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = f"""<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0&quot;人&quot;"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="9"/><name val="宋体"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="2"><border/><border><left style="thin"/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf borderId='1' fontId="1" numFmtId="164" fillId="0" xfId="0" applyNumberFormat="1"><alignment horizontal="right"/></xf>
<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>"""
CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/></Types>"""
WORKBOOK = f"""<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="填报" sheetId="3" r:id="rId1"/>
</sheets></workbook>"""
SHEET = "填报"


def relationships(*of: tuple[str, str, str]) -> str:
    items = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in of
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def book(sheet: str | bytes, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A package around one sheet; `parts` are more of them, or stand for those that are usual."""
    usual: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml")),
        "docProps/app.xml": "<Properties/>",
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/media/image1.png": bytes(range(256)) * 40,
        "xl/styles.xml": STYLES,
    }
    made = io.BytesIO()
    with ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (usual | dict(parts or {})).items():
            package.writestr(name, content)
    return made.getvalue()


def worksheet(rows: str, after: str = "", before: str = "") -> str:
    spaces = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
    return f'<?xml version="1.0"?>\n<worksheet {spaces}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def bad(row: int | None, position: int | None, code: str = "NQ-INTEGER", value: str = "约20") -> Finding:
    column = None if position is None else JOB_DEMAND.fields[position % len(JOB_DEMAND.fields)].code
    return Finding(code, row, column, position, value)


class Answer:
    """An answer: its parts, and what openpyxl reads in it."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as package:
            assert package.testzip() is None
            self.names = package.namelist()
            self.parts = {name: package.read(name) for name in self.names}
        self.book = load_workbook(path)

    def sheet(self, name: str = SHEET) -> Any:
        return self.book[name]

    @property
    def listed(self) -> Any:
        return self.book.worksheets[-1]

    def rows(self) -> list[list[str]]:
        """The list below its headings."""
        rows = [["" if value is None else unescape(str(value)) for value in row] for row in self.listed.values]
        heading = next(at for at, row in enumerate(rows) if row[0] in ("位置", "Place"))
        return rows[heading + 1 :]

    def links(self) -> list[str]:
        """Where the places of the list lead."""
        return [row[0].hyperlink.location for row in self.listed.iter_rows() if row[0].hyperlink]

    def filled(self, name: str = SHEET) -> set[str]:
        return {
            cell.coordinate for row in self.sheet(name).iter_rows() for cell in row if cell.fill.fill_type == "solid"
        }

    def commented(self, name: str = SHEET) -> dict[str, str]:
        return {
            cell.coordinate: cell.comment.text
            for row in self.sheet(name).iter_rows() for cell in row if cell.comment
        }  # fmt: skip

    def changed(self, before: bytes) -> set[str]:
        """The parts that are not byte for byte as they were, and the new ones; parts that are gone too."""
        with ZipFile(io.BytesIO(before)) as package:
            were = {name: package.read(name) for name in package.namelist()}
        names = were.keys() | self.parts.keys()
        return {name for name in names if were.get(name) != self.parts.get(name)}


def answered(data: bytes, findings: list[Finding], path: Path, language: str = "zh") -> Answer:
    out = path / "answer.xlsx"
    annotate(data, findings, JOB_DEMAND, sheet=SHEET, language=language, out=out)
    return Answer(out)
