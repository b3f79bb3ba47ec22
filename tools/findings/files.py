"""Faults of a whole file and of its structure."""

import io
import json
import zipfile

from ievq_pipeline.domain.finding import Finding
from tools.findings.sample import ROWS, Sample, Stated, table

KIND = "job-demand"
GOOD = table(KIND)
CODES = list(ROWS[KIND][0])
FIRST = ROWS[KIND][0]


def _headed(*header: str) -> bytes:
    """The good rows under another header."""
    return b"\n".join([",".join(header).encode(), *GOOD.splitlines()[1:], b""])


def _noted(note: str) -> bytes:
    """A file of technologies with a note."""
    return table("technology", [{**ROWS["technology"][0], "note": note}])


def _packed(files: dict[str, bytes]) -> bytes:
    """A zip archive of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _locked(archive: bytes) -> bytes:
    """The archive with its one file marked as encrypted."""
    local, central = archive.index(b"PK\x03\x04"), archive.index(b"PK\x01\x02")
    marked = bytearray(archive)
    marked[local + 6] |= 1
    marked[central + 8] |= 1
    return bytes(marked)


def _json(*records: object) -> bytes:
    return json.dumps(list(records), ensure_ascii=False, indent=1).encode()


RECORDS = _json(*ROWS[KIND])
PACKED = _packed({"q3.csv": GOOD})
TITLES = "企業代碼,季度,地區,行業,職業,技能,需求人數\n".encode("big5")
SAMPLES = (
    Sample("NQ-FILE-EMPTY", KIND, b"\xef\xbb\xbf \r\n", (GOOD,)),
    Sample("NQ-FILE-NOT-TABLE", KIND, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", (GOOD,)),
    Sample("NQ-FILE-ENCODING", KIND, TITLES * 3, (GOOD, GOOD.decode().encode("gb18030"), b"\xef\xbb\xbf" + GOOD)),
    Sample("NQ-FILE-ENCRYPTED", KIND, _locked(PACKED), (PACKED,)),
    Sample("NQ-ARCHIVE-SEVERAL", KIND, _packed({"q2.csv": GOOD, "q3.csv": GOOD}), (PACKED,)),
    Sample("NQ-ARCHIVE-UNREAD", KIND, _packed({"q3.csv": GOOD, "readme.pdf": b"%PDF-1.7"}), (PACKED,)),
    Sample("NQ-JSON-SYNTAX", KIND, RECORDS.replace(b"},", b"};", 1), (RECORDS,)),
    Sample("NQ-JSON-SHAPE", KIND, b'{"meta": {"count": 2}}', (RECORDS,)),
    Sample("NQ-JSON-RECORD", KIND, _json(*ROWS[KIND], "合计 15"), (RECORDS,)),
    Sample("NQ-JSON-KEY-TWICE", KIND, RECORDS.replace(b'"openings"', b'"openings": "13", "openings"', 1), (RECORDS,)),
    Sample("NQ-JSON-VALUE", KIND, _json({**FIRST, "openings": [12, 3]}), (RECORDS, _json({**FIRST, "openings": 12}))),
    Sample("NQ-CELL-LONG", "technology", _noted("长" * 40_000), (_noted("长" * 1_000),)),
    Sample("NQ-FILE-TOO-LARGE", KIND, _headed(*CODES, *(f"x{n}" for n in range(190))),
           (_headed(*CODES, *(f"x{n}" for n in range(150))),)),
    Sample("NQ-TEMPLATE-KIND", KIND, table("technology"), (GOOD, _headed(*CODES[:-1], "别的"))),
    Sample("NQ-HEADER-MISSING", KIND, _headed(*CODES[:6], "人头", *CODES[7:]), (GOOD, _headed(*CODES[:6], "招聘人数", *CODES[7:]))),
    Sample("NQ-HEADER-TWICE", KIND, _headed(*CODES[:9], "技能名称", "是否必备"), (GOOD,)),
    Sample("NQ-HEADER-UNKNOWN", KIND, _headed(*CODES[:10], "联系电话"), (GOOD, _headed(*CODES[:10], ""))),
    Sample("NQ-ROW-WIDE", KIND, GOOD.replace(b"yes\n", b"yes,7\n"), (GOOD, GOOD.replace(b"yes\n", b"yes,,\n"))),
    Sample("NQ-ROW-SWALLOWED", KIND, GOOD + '甲,2025-Q3,350200,39,,"go,1,,,,\n'.encode() + GOOD.splitlines()[1] + b"\n", (GOOD,)),
    Sample("NQ-NO-ROWS", KIND, GOOD.splitlines()[0], (GOOD,)),
    Sample("NQ-N-NOTES", KIND, GOOD + "填表说明：以上人数以合同为准,,,,,,,,,,\n".encode(), (GOOD,)),
)  # fmt: skip

STATED = (
    Stated(KIND, Finding("NQ-CHECK-FAILED"), "tests/stages/test_validate.py"),
    Stated(KIND, Finding("NQ-FILE-HEAVY"), "tests/tools/test_findings.py"),
)  # fmt: skip
