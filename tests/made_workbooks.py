"""Workbooks made for tests: ordinary ones by openpyxl and xlwt, odd and hostile ones part by part."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlwt

HEAD = ("企业代码", "季度", "地区", "行业", "职业", "技能", "需求人数")
CODES = ("enterprise", "quarter", "region", "industry", "occupation", "skill", "openings")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
Cells = Sequence[object]


def data(n: int = 3) -> list[Cells]:
    return [("us-agency:DN", "2025-Q3", "350200", "39", None, f"焊接{k}", k) for k in range(1, n + 1)]


def workbook(rows: Sequence[Cells], edit: Callable[[Any], object] = lambda book: None, title: str = "数据") -> bytes:
    """One sheet of these rows, and what `edit` makes of the workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append([*row])
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(n: int = 3, edit: Callable[[Any], object] = lambda book: None) -> bytes:
    """A good file: a header and `n` rows."""
    return workbook([HEAD, *data(n)], edit)


def add(book: Any, title: str, rows: Sequence[Cells], state: str = "visible") -> Any:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([*row])
    sheet.sheet_state = state
    return sheet


def merging(*areas: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for area in areas:
            book.worksheets[0].merge_cells(area)

    return edit


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def patched(book: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The same workbook with these parts in place of, or beside, its own; None takes one out."""
    return zipped({name: content for name, content in {**parts_of(book), **parts}.items() if content is not None})


def bare(
    sheet: str | bytes,
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    *,
    is_1904: bool = False,
    more: Mapping[str, bytes | str] = {},
) -> bytes:
    """The least that is a workbook, around the XML of its one sheet. `strings` are the insides of `<si>`.

    Style 0 is General; those after it have these formats: a code, or the number of one that is built in.
    """
    codes = "".join(f'<numFmt numFmtId="{200 + n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(formats))
    ids = [code if code.isdigit() and len(code) < 3 and code != "00" else 200 + n for n, code in enumerate(formats)]
    styles = "".join(f'<xf numFmtId="{number}" xfId="0" applyNumberFormat="1"/>' for number in (0, *ids))
    rels = f"{PACKAGE}/relationships"
    return zipped(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
            f'ContentType="application/xml"/><Default Extension="rels" ContentType="{rels}+xml"/></Types>',
            "_rels/.rels": f'{XML}<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(is_1904)}"/>'
            '<sheets><sheet name="数据" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{rels}">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
            "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{codes}</numFmts>'
            '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>'
            f'<cellXfs count="{len(ids) + 1}">{styles}</cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f'{XML}<sst xmlns="{MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">'
            + "".join(f"<si>{string}</si>" for string in strings)
            + "</sst>",
            SHEET: sheet,
            **more,
        }
    )


def sheet_of(rows: str, before: str = "", after: str = "", head: str = XML) -> str:
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def row_of(number: int, cells: Cells, attributes: str = "") -> str:
    """A row as Excel writes it, but for strings, which stand in their cells; raw XML where a cell begins with `<`."""
    written = []
    for at, value in enumerate(cells):
        place = f"{chr(65 + at)}{number}"
        if isinstance(value, str) and value.startswith("<c"):
            written.append(value.replace("@", place))
        elif isinstance(value, str):
            written.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        elif value is not None:
            written.append(f'<c r="{place}"><v>{value}</v></c>')
    return f'<row r="{number}"{attributes}>{"".join(written)}</row>'


def rows_of(rows: Sequence[Cells]) -> str:
    return "".join(row_of(number, cells) for number, cells in enumerate(rows, start=1))


def large_sheet(n: int, of: Callable[[int], Cells] = lambda k: data(1)[0]) -> str:
    """A header and `n` rows as a sheet's XML."""
    return sheet_of("".join((row_of(1, HEAD), *(row_of(k + 1, of(k)) for k in range(1, n + 1)))))


# hostile ones


def far_cells() -> bytes:
    """1.4 KB: cells at A1 and XFD1048576, on which calamine asks for 549 GB."""
    return bare(
        sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    )


def bomb(megabytes: int) -> bytes:
    """A sheet of one value and then so many megabytes of blanks."""
    return patched(table(), {SHEET: b"<worksheet>" + b" " * (megabytes << 20) + b"</worksheet>"})


def lying_bomb() -> bytes:
    """The directory says that its sheet has 100 bytes."""
    book = bytearray(bomb(8))
    at = book.rfind(SHEET.encode()) - 46
    struct.pack_into("<I", book, at + 24, 100)
    return bytes(book)


def doctype(codec: str = "utf-8") -> bytes:
    """A sheet that declares an entity and uses it, in this encoding."""
    text = sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&amp;a;</t></is></c></row>', head="").replace(
        "&amp;", "&"
    )
    declared = f'<?xml version="1.0" encoding="{codec}"?><!DOCTYPE worksheet [<!ENTITY a "aaaa">]>{text}'
    return bare(declared.encode(codec))


def with_names(*names: str) -> bytes:
    """A good workbook with parts of these names beside its own."""
    stream = io.BytesIO(table())
    with zipfile.ZipFile(stream, "a") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"x")
    return stream.getvalue()


def encrypted_entry() -> bytes:
    """The directory says that one part is encrypted."""
    book = bytearray(table())
    at = book.rfind(SHEET.encode()) - 46
    book[at + 8] |= 1
    return bytes(book)


def ole(*names: str) -> bytes:
    """The head and the directory of an OLE file that names these streams."""
    sector = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *names))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(30, b"\0") + b"\x09\0"
    return head.ljust(512, b"\0") + sector.ljust(4096, b"\0")


# other formats


def xls(rows: Sequence[Cells], edit: Callable[[Any, Any], object] = lambda book, sheet: None) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("数据", cell_overwrite_ok=True)
    for number, cells in enumerate(rows):
        for at, value in enumerate(cells):
            if value is not None:
                sheet.write(number, at, value)
    edit(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods_cell(value: object, attributes: str = "") -> str:
    if value is None:
        return f"<table:table-cell{attributes}/>"
    if isinstance(value, str) and value.startswith("<table:"):
        return value
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"{attributes}><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"{attributes}><text:p>{value}</text:p></table:table-cell>'


def ods_rows(rows: Sequence[Cells]) -> str:
    return "".join(f"<table:table-row>{''.join(map(ods_cell, cells))}</table:table-row>" for cells in rows)


def ods(tables: Mapping[str, str], more: Mapping[str, bytes | str] = {}) -> bytes:
    """By a table's name, its XML; a name that begins with `-` is that of a hidden one."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    body = "".join(
        f'<table:table table:name={quoteattr(name.lstrip("-"))} table:style-name="{"h" if name[0] == "-" else "v"}">{rows}</table:table>'
        for name, rows in tables.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} xmlns:calcext="urn:org:documentfoundation:'
        'names:experimental:calc:xmlns:calcext:1.0"><office:automatic-styles><style:style style:name="v" style:family="table">'
        '<style:table-properties table:display="true"/></style:style><style:style style:name="h" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, **more})
