"""A workbook comes back with its bad cells marked; everything else in it is byte for byte as it was."""

# ruff: noqa: E501 - parts as programs write them

import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from ievq_pipeline.adapters.annotated import Unpatchable, annotate, listing, notes
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from tests.adapters.annotated.made_books import (
    CONTENT_TYPES,
    MAIN,
    SHEET,
    TYPES,
    answered,
    bad,
    book,
    relationships,
    worksheet,
)


def office_book() -> bytes:
    """As a clerk's program makes it: styles, a table, a list of choices, merged cells, a formula, comments, two sheets."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(["企业代码", "季度", "地区", "行业", "职业", "技能", "需求人数"])
    for row in range(2, 12):
        sheet.append(["91350200MA0000001X", "2025-Q3", "350200", "39", None, f"技能{row}", row * 1.5])
        cell = sheet.cell(row, 7)
        cell.number_format, cell.font = '0.0"人"', Font(bold=True, color="FF00FF00")
        cell.border = Border(bottom=Side(style="double"))
    sheet["H5"] = "=SUM(G2:G4)"
    sheet.merge_cells("A7:A9")
    sheet["B3"].comment = Comment("已和企业核对 <对>", "王")
    sheet["G4"].comment = Comment("原来的批注", "王")
    sheet.add_table(Table(displayName="T1", ref="A1:G11"))
    choices = DataValidation(type="list", formula1='"1,2,3"')
    choices.add("E2:E11")
    sheet.add_data_validation(choices)
    made.create_sheet("错误清单")["A1"] = "submitter's own"
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def test_an_office_workbook_comes_back_marked_and_otherwise_as_it_was(tmp_path: Path) -> None:
    before = office_book()
    findings = [
        bad(None, None, "NQ-MEMBERS-GONE", "us:DN"), bad(3, None, "NQ-ROW-WIDE", "x"), bad(3, 1, "NQ-QUARTER"),
        bad(4, 6), bad(5, 4, "NQ-REQUIRED", ""), bad(8, 0, "NQ-CREDIT-CODE"), bad(20, 6, "NQ-REQUIRED", ""),
        bad(3, 6), bad(3, 6, "NQ-HEADER-UNKNOWN"),
    ]  # fmt: skip
    answer = answered(before, findings, tmp_path)
    sheet, old = answer.sheet(), load_workbook(io.BytesIO(before))[SHEET]
    # the covered cell of the merged area is marked where it is seen
    assert answer.filled() == {"B3", "G4", "E5", "A7", "G20", "G3"}
    assert sheet["E5"].coordinate in answer.commented()
    for cell in (cell for row in old.iter_rows() for cell in row):
        after = sheet[cell.coordinate]
        assert (after.value, after.number_format) == (cell.value, cell.number_format)
        for kept in ("font", "border", "alignment"):
            assert repr(getattr(after, kept)) == repr(getattr(cell, kept))
    comments = answer.commented()
    assert comments.keys() == {"B3", "G4", "E5", "A7", "G20", "G3"}
    assert comments["B3"].startswith("已和企业核对 <对>")
    assert "不是可识别的季度" in comments["B3"]
    assert comments["G3"].count("NQ-") == 2
    assert sheet["B3"].fill.fgColor.rgb == "FFFFB3A7"
    assert sheet["G3"].fill.fgColor.rgb == "FFFFB3A7", "the worst of two findings shows"
    assert answer.book.sheetnames == [SHEET, "错误清单", "错误清单 (2)"]
    rows = answer.rows()
    assert [row[0] for row in rows] == ["文件", "第3行", "B3", "G4", "E5", "A8", "G20", "G3", "G3"]
    assert set(answer.links()) == {f"'{SHEET}'!{at}" for at in ("A3", "B3", "G4", "E5", "A8", "G20", "G3")}
    assert answer.changed(before) == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
    }  # fmt: skip
    assert sheet.tables.keys() == {"T1"}
    assert len(sheet.data_validations.dataValidation) == 1


ROWS = (
    '<row s="1" r="2" customFormat="1" spans="2:3" ht="20"><c s=\'1\' t="inlineStr" r="B2"><is><t><![CDATA[a<c r="Z9">]]></t></is></c>'
    '<c r="D2"><f t="shared" ref="D2:D3" si="0">B2&amp;"&gt;"</f><v>7</v></c></row>'
    '<row r="3" spans="4:4"/><row r="6"><c r="A6" s="2"><v>45000</v></c></row>'
)
TAIL = (
    '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/><tableParts count="0"/>'
    '<extLst><ext uri="x"/></extLst>'
)


def test_cells_and_rows_that_were_not_there_stand_in_order(tmp_path: Path) -> None:
    before = book(worksheet(ROWS, TAIL, before='<cols><col min="5" max="9" style="2"/></cols>'))
    places = [(1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (3, 2), (4, 5), (6, 0), (6, 1), (9, 1)]
    answer = answered(before, [bad(*place) for place in places], tmp_path)
    xml = answer.parts["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r'<c [^>]*?r="(\w+)"', xml.replace('<c r="Z9">', "")) == [
        "A1", "A2", "B2", "C2", "D2", "E2", "C3", "F4", "A6", "B6", "B9",
    ]  # fmt: skip
    assert re.findall(r'<row [^>]*?r="(\d+)"', xml) == ["1", "2", "3", "4", "6", "9"]
    assert "spans" not in xml
    assert 'ht="20"' in xml
    assert answer.sheet()["B2"].value == 'a<c r="Z9">'
    assert '<f t="shared" ref="D2:D3" si="0">B2&amp;"&gt;"</f>' in xml
    assert (
        xml.index("<legacyDrawing") if "<legacyDrawing" in xml else xml.index("legacyDrawing") < xml.index("tableParts")
    )
    assert answer.filled() == {"A1", "A2", "B2", "C2", "D2", "E2", "C3", "F4", "A6", "B6", "B9"}
    # a new cell looks like its row, else like its column; an old one as before
    assert {at: answer.sheet()[at].number_format for at in ("A2", "B2", "D2", "F4", "A6", "B6")} == {
        "A2": '0.0"人"', "B2": '0.0"人"', "D2": "General", "F4": "mm-dd-yy", "A6": "mm-dd-yy", "B6": "General",
    }  # fmt: skip


@pytest.mark.parametrize("recode", ["utf-8", "utf-16", "utf-8-sig"])
def test_prefixes_encodings_and_missing_addresses_are_taken_as_they_come(tmp_path: Path, recode: str) -> None:
    sheet = (
        f'<?xml version="1.0" encoding="{recode.removesuffix("-sig")}"?>\n<x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>数</x:t></x:is></x:c><x:c/><x:c><x:v>3</x:v></x:c></x:row><x:row><x:c s="1"'
        "><x:v>4</x:v></x:c></x:row></x:sheetData><x:extLst/></x:worksheet>"
    )
    before = book(sheet.encode(recode))
    answer = answered(before, [bad(1, 2), bad(2, 0), bad(2, 3), bad(4, 1)], tmp_path)
    assert answer.filled() == {"C1", "A2", "D2", "B4"}
    assert [answer.sheet()[at].value for at in ("A1", "C1", "A2")] == ["数", 3, 4]
    assert answer.commented().keys() == {"C1", "A2", "D2", "B4"}
    xml = answer.parts["xl/worksheets/sheet1.xml"].decode("utf-8-sig")
    assert xml.index("x:legacyDrawing") < xml.index("x:extLst")


def test_a_sheet_without_any_row_gets_them(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    answer = answered(book(sheet), [bad(2, 1), bad(1, 0)], tmp_path)
    assert answer.filled() == {"A1", "B2"}


def test_rows_out_of_order_are_filled_where_they_are(tmp_path: Path) -> None:
    rows = '<row r="5"><c r="B5"/><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    answer = answered(book(worksheet(rows)), [bad(2, 0), bad(3, 0), bad(5, 0)], tmp_path)
    assert answer.filled() == {"A2", "A5"}
    assert [row[0] for row in answer.rows()] == ["A2", "A3", "A5"]


def test_conversations_and_drawings_of_the_submitter_stay(tmp_path: Path) -> None:
    comments = (
        f'<comments xmlns="{MAIN}"><authors><author>tc={{A-1}}</author></authors><commentList><comment ref="A1" authorId="0">'
        "<text><t>[Threaded comment]</t></text></comment></commentList></comments>"
    )
    boxes = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><o:shapelayout '
        'v:ext="edit"><o:idmap v:ext="edit" data="3"/></o:shapelayout><v:shape id="_x0000_s3073">{broken}</v:shape></xml>'
    )
    for broken in ("", "<br>"):  # some programs write HTML into it
        before = book(worksheet('<row r="1"><c r="A1"/></row>', '<legacyDrawing r:id="v"/>'), {
            "xl/worksheets/_rels/sheet1.xml.rels": relationships(
                ("v", "vmlDrawing", "../drawings/vmlDrawing1.vml"), ("c", "comments", "../comments1.xml")),
            "xl/comments1.xml": comments,
            "xl/drawings/vmlDrawing1.vml": boxes.format(broken=broken),
            "[Content_Types].xml": CONTENT_TYPES.replace("</Types>", '<Default Extension="vml" ContentType="application/'
                'vnd.openxmlformats-officedocument.vmlDrawing"/><Override PartName="/xl/comments1.xml" ContentType="'
                f'{TYPES}.comments+xml"/></Types>'),
        })  # fmt: skip
        answer = answered(before, [bad(1, 0), bad(1, 1)], tmp_path)
        assert answer.commented()["A1"] == "[Threaded comment]"
        assert "NQ-INTEGER" in answer.commented()["B1"]
        drawn = answer.parts["xl/drawings/vmlDrawing1.vml"].decode()
        assert boxes.format(broken=broken).removesuffix("</xml>").partition("data=")[2][3:] in drawn
        assert drawn.count("<v:shape ") == 2
        assert 'id="_x0000_s4097"' in drawn
        assert ('data="3,4"' in drawn) == (not broken)
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in answer.changed(before)


def test_macros_are_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    vba = '<Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    before = book(worksheet('<row r="1"><c r="A1"/></row>'), {
        "[Content_Types].xml": CONTENT_TYPES.replace(f"{TYPES}.sheet.main", "application/vnd.ms-excel.sheet.macroEnabled.main")
            .replace("</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")
        ).replace("</Relationships>", f"{vba}</Relationships>"),
        "xl/vbaProject.bin": b"macro", "xl/_rels/vbaProject.bin.rels": relationships(),
    })  # fmt: skip
    answer = answered(before, [bad(1, 0)], tmp_path)
    assert not [name for name in answer.names if "vba" in name]
    assert b"macroEnabled" not in answer.parts["[Content_Types].xml"]
    assert b"vba" not in answer.parts["[Content_Types].xml"] + answer.parts["xl/_rels/workbook.xml.rels"]
    assert "xl/media/image1.png" not in answer.changed(before)


def test_past_the_caps_everything_is_still_filled_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_NOTES", 3)
    monkeypatch.setattr(listing, "MOST_LINKS", 5)
    findings = [bad(row, 6, value=f"=cmd|'{row}'") for row in range(2, 12)]
    answer = answered(book(worksheet("")), findings, tmp_path, "en")
    assert len(answer.filled()) == len(answer.rows()) == 10
    assert answer.commented().keys() == {"G2", "G3", "G4"}
    assert len(answer.links()) == 5
    said = " ".join(str(row[0]) for row in answer.listed.values if row[0])
    assert "first 3 cells have a comment" in said
    assert "first 5 places are links" in said
    assert {row[4][:6] for row in answer.rows()} == {"'=cmd|"}
    assert answer.book.sheetnames[-1] == "Findings"


def test_text_that_xml_cannot_hold_and_formulas_arrive_as_text(tmp_path: Path) -> None:
    values = ["a\0b\x01", "\t=1", "＝1", "@x", "-5", "+1", "]]>&<", "_x0041_", "\ud800", "x\r\ny"]
    findings = [bad(row, 6, value=value) for row, value in enumerate(values, start=2)]
    answer = answered(book(worksheet("")), findings, tmp_path)
    shown = [row[4] for row in answer.rows()]
    assert shown == ["a␀b\x01", "'\t=1", "'＝1", "'@x", "'-5", "'+1", "]]>&<", "_x0041_", "�", "x\r\ny"]
    assert all(cell.data_type in ("s", "n", "inlineStr") for row in answer.listed.iter_rows() for cell in row)
    assert not re.findall(rb"<f[ >]", answer.parts["xl/worksheets/sheet2.xml"])


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"),
        ("xl/styles.xml", "<styleSheet/>"), ("xl/workbook.xml", "<workbook/>"), ("_rels/.rels", relationships()),
    ],
)  # fmt: skip
def test_a_package_that_is_not_what_it_seems_is_refused_and_nothing_is_left(
    tmp_path: Path, part: str, content: str
) -> None:
    with pytest.raises(Unpatchable):
        annotate(book(worksheet(""), {part: content}), [bad(1, 1)], JOB_DEMAND, sheet=SHEET, language="zh",
                 out=tmp_path / "x.xlsx")  # fmt: skip
    assert not (tmp_path / "x.xlsx").exists()
