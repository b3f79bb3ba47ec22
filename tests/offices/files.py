"""In what files offices send their tables: formats, encodings, wrappers, and what programs do to cells on the way."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from openpyxl.styles import PatternFill

from tests import made_workbooks
from tests.offices import (
    CODES,
    ENTERPRISES,
    QUARTER,
    Case,
    Rows,
    good,
    gzipped,
    json_lines,
    json_of,
    ods,
    put,
    separated,
    table,
    technology,
    totals,
    xls,
    xlsx,
    zip_of,
)  # fmt: skip

QUARANTINE = "accepted_with_quarantine"
DAMAGED, KIND = "NQ-FILE-DAMAGED", "NQ-FILE-NOT-TABLE"


def _faulty() -> Rows:
    return put(
        table(60), ("G5", "约20"), ("C9", "鼓楼区"), ("A12", "91350100m000100y43"), ("B13", "２０２５年第３季度")
    )


def formats() -> Iterator[Case]:
    found = ["NQ-INTEGER G5", "NQ-TITLE-AMBIGUOUS C9"]
    changed = ["NQ-N-CODE", "NQ-N-QUARTER"]
    values = {(12, "enterprise"): ENTERPRISES[0], (13, "quarter"): QUARTER}
    makers: dict[str, tuple[Callable[[Rows], bytes], dict[str, object]]] = {
        "csv": (separated, {"format": "csv", "encoding": "utf-8"}),
        "csv-lf": (lambda rows: separated(rows, ends="\n"), {"format": "csv"}),
        "csv-cr": (lambda rows: separated(rows, ends="\r"), {"format": "csv"}),
        "csv-bom": (lambda rows: separated(rows, "utf-8-sig"), {"format": "csv", "encoding": "utf-8"}),
        "csv-gb18030": (lambda rows: separated(rows, "gb18030"), {"format": "csv", "encoding": "gb18030"}),
        "csv-utf-16": (lambda rows: separated(rows, "utf-16"), {"format": "csv", "encoding": "utf-16"}),
        "csv-utf-16-be": (lambda rows: b"\xfe\xff" + separated(rows, "utf-16-be"), {"encoding": "utf-16"}),
        "tsv": (lambda rows: separated(rows, separator="\t"), {"format": "tsv"}),
        "tsv-utf-16": (lambda rows: separated(rows, "utf-16", "\t"), {"format": "tsv", "encoding": "utf-16"}),
        "tsv-gb18030": (lambda rows: separated(rows, "gb18030", "\t"), {"format": "tsv", "encoding": "gb18030"}),
        "semicolons": (lambda rows: separated(rows, separator=";"), {"format": "csv"}),
        "semicolons-gb18030": (lambda rows: separated(rows, "gb18030", ";"), {"format": "csv", "encoding": "gb18030"}),
        "full-width-semicolons": (lambda rows: separated(rows, separator="；"), {"format": "csv"}),
        "xlsx": (xlsx, {"format": "xlsx", "sheet": "数据", "encoding": None, "header_row": 1}),
        "xls": (xls, {"format": "xls", "sheet": "数据"}),
        "ods": (ods, {"format": "ods", "sheet": "数据"}),
        "csv.gz": (lambda rows: gzipped(separated(rows)), {"format": "csv", "wrapper": "gzip"}),
        "csv.zip": (lambda rows: zip_of({"招聘.csv": separated(rows)}), {"format": "csv", "wrapper": "zip"}),
        "xlsx.zip": (lambda rows: zip_of({"目录/表.xlsx": xlsx(rows)}), {"format": "xlsx", "wrapper": "zip"}),
        "xls.gz": (lambda rows: gzipped(xls(rows)), {"format": "xls", "wrapper": "gzip"}),
    }
    for name, (make, facts) in makers.items():
        yield Case(name, make(_faulty()), 58, found, values, changed, QUARANTINE, facts=facts)
    by_number = ["NQ-INTEGER 4 openings", "NQ-TITLE-AMBIGUOUS 8 region"]
    values = {(11, "enterprise"): ENTERPRISES[0], (12, "quarter"): QUARTER}
    others: tuple[tuple[str, bytes, dict[str, object]], ...] = (
        ("json", json_of(_faulty()), {"format": "json", "header_row": None}),
        ("json-gb18030", json_of(_faulty()).decode().encode("gb18030"), {"format": "json", "encoding": "gb18030"}),
        ("jsonl", json_lines(_faulty()), {"format": "jsonl"}),
        ("jsonl.gz", gzipped(json_lines(_faulty())), {"format": "jsonl", "wrapper": "gzip"}),
        ("json.zip", zip_of({"a.json": json_of(_faulty())}), {"format": "json", "wrapper": "zip"}),
    )
    for name, data, facts in others:
        yield Case(name, data, 58, by_number, values, changed, QUARANTINE, facts=facts)
    for kind, rows, count in (("technology", technology(), 6), ("totals", totals(), 6)):
        for name, make in (
            ("gb18030", lambda rows: separated(rows, "gb18030")),
            ("xls", xls),
            ("ods", ods),
            ("json", json_of),
        ):
            yield Case(f"{kind}-{name}", make(rows), count, kind=kind)


def texts() -> Iterator[Case]:
    """What goes wrong in text files."""
    good_text = separated(table(12)).decode()
    head, *lines = good_text.splitlines()

    def joined(*parts: str) -> bytes:
        return "\r\n".join([head, *parts, ""]).encode()

    yield Case("sep-line", b"sep=,\r\n" + good_text.encode(), 12, facts={"header_row": 2})
    yield Case("trailing-commas", "".join(f"{line},,,\r\n" for line in [head, *lines]).encode(), 12)
    yield Case("trailing-commas-of-rows", joined(*(f"{line},," for line in lines)), 12)
    yield Case("short-rows", joined(*lines[:5], ",".join(lines[5].split(",")[:7]), *lines[6:]), 12)
    yield Case(
        "too-short-row",
        joined(*lines[:5], ",".join(lines[5].split(",")[:6]), *lines[6:]),
        11,
        ["NQ-REQUIRED G7"],
        verdict=QUARANTINE,
    )
    yield Case("wide-row", joined(*lines[:5], lines[5] + ",多", *lines[6:]), 11, ["NQ-ROW-WIDE L7"], verdict=QUARANTINE)
    unquoted = lines[5].replace("某项技能6", "焊接,装配")
    yield Case(
        "unquoted-comma",
        joined(*lines[:5], unquoted, *lines[6:]),
        11,
        ["NQ-ROW-WIDE L7", "NQ-INTEGER G7", "NQ-CHOICE J7", "NQ-CHOICE K7"],
        verdict=QUARANTINE,
    )
    yield Case("blank-lines", joined(*lines[:3], "", "", *lines[3:], "", ""), 12)
    yield Case("no-line-end", good_text.rstrip().encode(), 12)
    yield Case("control-z", good_text.encode() + b"\x1a", 12)
    quoted = put(
        table(12),
        ("F3", 'a"b'),
        ("F4", "含,逗号"),
        ("F5", "两\n行"),
        ("I6", "多\r\n行"),
        ("F7", "制\t表"),
        ("G8", "1,200"),
    )
    yield Case(
        "quoted",
        separated(quoted),
        12,
        values={(3, "skill"): 'a"b', (4, "skill"): "含,逗号", (5, "skill"): "两 行", (8, "openings"): 1200},
    )
    after = put(table(60), ("F5", "两\n行"), ("G9", "约20"))
    yield Case("row-after-line-break", separated(after), 59, ["NQ-INTEGER G9"], verdict=QUARANTINE)
    everything = "".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\r\n" for line in [head, *lines])
    yield Case("all-quoted", everything.encode(), 12)
    yield Case("blank-after-comma", joined(*(line.replace(",", ", ") for line in lines)), 12, changed=["NQ-N-BLANKS"])
    yield Case(
        "stray-quote",
        joined(*lines[:5], lines[5].replace("某项技能6", '5"显示屏'), *lines[6:]),
        12,
        values={(7, "skill"): '5"显示屏'},
    )
    open_quote = lines[5].replace("某项技能6", '"开口')
    yield Case(
        "open-quote",
        joined(*lines[:5], open_quote, *lines[6:]),
        0,
        ["NQ-ROW-SWALLOWED F7", "NQ-REQUIRED G7", "NQ-TEXT-LONG F7"],
        verdict="rejected",
    )
    yield Case("full-width-commas", "\r\n".join(line.replace(",", "，") for line in [head, *lines]).encode(), 12)
    yield Case(
        "full-width-commas-gb18030",
        "\r\n".join(line.replace(",", "，") for line in [head, *lines]).encode("gb18030"),
        12,
    )
    yield Case("bars", "\r\n".join(line.replace(",", "|") for line in [head, *lines]).encode(), 12)
    yield Case(
        "caret-of-excel",
        joined(*(line.replace(ENTERPRISES[0], f'="{ENTERPRISES[0]}"') for line in lines)),
        12,
        changed=["NQ-N-TEXT-MARK"],
    )
    yield Case("code-behind-tab", joined(*(f"\t{line}" for line in lines)), 12, changed=["NQ-N-BLANKS"])
    for codec in ("big5", "shift_jis", "cp1252", "utf-16-le"):
        text = (
            good_text
            if codec == "utf-16-le"
            else good_text.translate(str.maketrans("业职编码层级备术岗号项", "業職編碼層級備術崗號項"))
        )
        yield (
            Case(f"encoding-{codec}", text.encode(codec, "replace"), 0, ["NQ-FILE-ENCODING"], verdict="unreadable")
            if codec != "cp1252"
            else Case(
                "encoding-cp1252",
                "Région,Größe\r\nÄ,ö\r\n".encode("cp1252"),
                0,
                ["NQ-FILE-ENCODING"],
                verdict="unreadable",
            )
        )
    mixed = separated(table(6)) + separated(good(6, 7), "gb18030")
    yield Case("two-encodings", mixed, 0, ["NQ-FILE-ENCODING"], verdict="unreadable")
    yield Case("empty", b"", 0, ["NQ-FILE-EMPTY"], verdict="unreadable")
    yield Case("blanks-alone", b"\xef\xbb\xbf\r\n \r\n,,\r\n", 0, ["NQ-FILE-EMPTY"], verdict="unreadable")
    yield Case("html-as-xls", b"<html><table><tr><td>1</td></tr></table></html>", 0, [KIND], verdict="unreadable")
    yield Case("pdf", b"%PDF-1.7\n" + b"x" * 400, 0, [KIND], verdict="unreadable")


def workbooks() -> Iterator[Case]:
    """What programs and people do to workbooks."""

    def case(
        name: str,
        edit: Callable[[Any], object],
        accepted: int = 12,
        *findings: str,
        rows: Rows | None = None,
        **more: Any,
    ) -> Case:
        return Case(name, xlsx(rows or table(12), edit), accepted, findings, **more)

    def on(edit: Callable[[Any], object]) -> Callable[[Any], None]:
        return lambda book: (edit(book.worksheets[0]) and None) or None

    def cell(address: str, value: object, look: str = "General") -> Callable[[Any], None]:
        def edit(book: Any) -> None:
            book.worksheets[0][address] = value
            book.worksheets[0][address].number_format = look

        return edit

    def hide(book: Any) -> None:
        sheet = book.worksheets[0]
        sheet.row_dimensions[4].hidden = sheet.column_dimensions["H"].hidden = True
        sheet.auto_filter.ref = "A1:K13"

    def paint(book: Any) -> None:
        for row in range(14, 5001):
            book.worksheets[0].cell(row, 7).fill = PatternFill("solid", "FFFF00")

    def instructions(book: Any) -> None:
        sheet = book.create_sheet("填表说明", 0)
        for text in ("填表说明", "一、企业代码：18位统一社会信用代码。", "二、季度：如 2025-Q3。"):
            sheet.append([text])

    def second(book: Any) -> None:
        made_workbooks.add(book, "数据2", table(3))

    def named(book: Any) -> None:
        book.worksheets[0].title = "数据 'A' & \"B\" 😀"

    def blanked(*rows: int) -> Rows:
        return put(table(12), *((f"A{row}", "") for row in rows))

    yield case("hidden", hide, 12, "NQ-ROWS-HIDDEN")
    yield case("painted-to-5000", paint)
    yield case("instructions", instructions, 12, "NQ-SHEETS-UNREAD", facts={"sheet": "数据"})
    yield case("two-sheets", second, 0, "NQ-SHEETS-SEVERAL", verdict="rejected")
    yield case("odd-name", named, facts={"sheet": "数据 'A' & \"B\" 😀"})
    yield case(
        "merged-enterprise",
        made_workbooks.merging("A2:A4"),
        rows=put(blanked(3, 4), ("A2", ENTERPRISES[0])),
        changed=["NQ-N-MERGED"],
        values={(4, "enterprise"): ENTERPRISES[0]},
    )
    yield case(
        "merged-openings",
        made_workbooks.merging("G2:G3"),
        0,
        "NQ-MERGED G2",
        "NQ-MERGED G3",
        rows=put(table(12), ("G3", "")),
        verdict="rejected",
    )
    title: Rows = [["用人需求表"], *table(12)]
    yield case("merged-title", made_workbooks.merging("A1:K1"), rows=title, facts={"header_row": 2})
    two: Rows = [
        ["企业代码", "季度", "工作信息", "", "", "技能", "人数", "", "岗位编号", "技能层级", "是否必备"],
        ["", "", "地区", "行业", "职业", "", "需求人数", "求职人数", "", "", ""],
        *good(12),
    ]
    areas = ["C1:E1", "G1:H1", *(f"{letter}1:{letter}2" for letter in "ABFIJK")]
    yield case("two-row-header", made_workbooks.merging(*areas), rows=two, facts={"header_row": 2})
    merged_sum = [*table(12), ["合计", "", "", "", "", "", 120]]
    yield case("merged-sum", made_workbooks.merging("A14:F14"), rows=merged_sum, changed=["NQ-N-SUM"])
    formula_sum = [*table(12), ["合计", "", "", "", "", "", "=SUM(G2:G13)"]]
    yield case("sum-by-formula", lambda book: None, rows=formula_sum, changed=["NQ-N-SUM"])
    yield case(
        "merged-note", made_workbooks.merging("A14:K14"), rows=[*table(12), ["某某单位编"]], changed=["NQ-N-NOTES"]
    )
    yield case("formula-without-value", cell("G4", "=1+1"), 11, "NQ-FORMULA-EMPTY G4", verdict=QUARANTINE)
    yield case("error-value", cell("C4", "#REF!"), 11, "NQ-CELL-ERROR C4", verdict=QUARANTINE)
    yield case("number-as-text", cell("G4", "12"), values={(4, "openings"): 12})
    yield case("float", cell("G4", 12.0), values={(4, "openings"): 12})
    yield case("fraction", cell("G4", 12.5), 11, "NQ-INTEGER G4", verdict=QUARANTINE)
    yield case("thousands", cell("G4", 12, "#,##0"), values={(4, "openings"): 12})
    yield case("with-unit-format", cell("G4", 12, '0"人"'), values={(4, "openings"): 12})
    yield case("percent", cell("G4", 0.12, "0%"), 11, "NQ-INTEGER G4", verdict=QUARANTINE)
    yield case("true-date", cell("B4", dt.date(2025, 8, 1), "yyyy-mm-dd"), changed=["NQ-N-QUARTER"])
    yield case("date-as-month", cell("B4", dt.date(2025, 8, 1), 'yyyy"年"m"月"'), changed=["NQ-N-QUARTER"])
    yield case(
        "date-elsewhere", cell("B4", dt.date(2025, 10, 1), "yyyy-mm-dd"), 11, "NQ-QUARTER-OTHER B4", verdict=QUARANTINE
    )
    yield case(
        "date-for-count", cell("G4", dt.date(2025, 10, 12), "yyyy-mm-dd"), 11, "NQ-INTEGER G4", verdict=QUARANTINE
    )
    yield case("lost-digits", cell("A4", 913501001234567890), 11, "NQ-DIGITS-LOST A4", verdict=QUARANTINE)
    yield case("region-as-number", cell("C4", 350200), values={(4, "region"): "350200"})
    yield case("industry-as-number", cell("D4", 39), values={(4, "industry"): "39"})
    yield case("tier-as-number", cell("J4", 2), values={(4, "tier"): "2"})
    yield case("boolean", cell("K4", True), values={(4, "is_required"): "yes"})
    yield case("occupation-empty", cell("E4", "无"), changed=["NQ-N-NOTHING"])

    def from_1904(book: Any) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904
        cell("B4", dt.date(2025, 8, 1), "yyyy-mm-dd")(book)

    yield case("dates-of-1904", from_1904, changed=["NQ-N-QUARTER"])
    yield case("content-beside", cell("M4", "待核"), 12, "NQ-CELLS-OUTSIDE M4")
    raw = [made_workbooks.row_of(number, row) for number, row in enumerate(table(12), 1)]
    yield Case("raw-xml", made_workbooks.bare(made_workbooks.sheet_of("".join(raw))), 12)
    yield Case("csv-named-xlsx", separated(table(12)), 12, facts={"format": "csv"})
    yield Case("cut-xlsx", xlsx(table(12))[:-200], 0, [DAMAGED], verdict="unreadable")
    yield Case(
        "two-in-zip",
        zip_of({"a.csv": separated(table(3)), "b.csv": separated(table(3))}),
        0,
        ["NQ-ARCHIVE-SEVERAL"],
        verdict="unreadable",
    )
    yield Case(
        "readme-in-zip",
        zip_of({"a.csv": separated(table(12)), "说明.txt": b"x", "__MACOSX/._a.csv": b"x"}),
        12,
        ["NQ-ARCHIVE-UNREAD"],
    )
    yield Case("json-wrapped", b'{"quarter": "2025-Q3", "data": ' + json_of(table(12)) + b"}", 12)
    codes: Rows = [list(CODES), *good(12)]
    yield Case("json-codes", json_of(codes), 12)
    yield Case("json-cut", json_of(codes)[:-30], 0, ["NQ-JSON-SYNTAX"], verdict="unreadable")
    yield Case("macros", made_workbooks.patched(xlsx(table(12)), {"xl/vbaProject.bin": b"x"}), 12, ["NQ-FILE-ACTIVE"])


CASES = [*formats(), *texts(), *workbooks()]
