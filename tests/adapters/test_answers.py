"""The answer as others read it, and that what is kept gives the same words back."""

import csv
import hashlib
import io
import json

from ievq_pipeline.adapters import answers
from ievq_pipeline.adapters.answers import File, Kept
from ievq_pipeline.adapters.checks import Answer, Expected, check, too_large
from ievq_pipeline.domain.contracts import contract

TOTALS = contract("totals")
GOOD = "\n".join(["来源,季度,技能词,招聘数,招聘总数,月数", *(f"hn,2025Q3,t{n},100,2314,3" for n in range(60))])
DATA = f"{GOOD}\nhn,2025-Q3,=cmd,约20,2314,3\n".encode("gb18030")


FILE = File("表.csv", len(DATA), hashlib.sha256(DATA).hexdigest())


def checked(data: bytes = DATA) -> Answer:
    return check(data, TOTALS, Expected("2025-Q3"))


def test_the_document_is_exactly_what_was_agreed() -> None:
    document = answers.document(checked(), TOTALS, FILE)
    assert document == {
        "verdict": "accepted_with_quarantine",
        "file": {
            "name": "表.csv", "bytes": len(DATA), "sha256": hashlib.sha256(DATA).hexdigest(), "format": "csv",
            "wrapper": None, "encoding": "gb18030", "sheet": None, "header_row": 1,
        },
        "rows_read": 61,
        "rows_accepted": 60,
        "rows_quarantined": 1,
        "findings": [
            {
                "code": "NQ-INTEGER", "severity": "hard", "sheet": None, "row": 62, "column": "count", "cell": "D62",
                "value": "约20",
                "message": {"zh": "“约20”不是整数。", "en": "“约20” is not a whole number."},
                "remedy": {
                    "zh": "请只填数字，例如“152”，不要带单位、“约”或小数。",
                    "en": "Give digits only, for example “152”, without unit, “about” or decimals.",
                },
            }
        ],
        "normalised": [
            {"code": "NQ-N-QUARTER", "column": "quarter", "count": 60, "cell": "B2", "from": "2025Q3", "to": "2025-Q3"}
        ],
        "rules_version": "totals-1",
        "code_lists": {},
        "checks_not_run": ["history", "peers"],
    }  # fmt: skip
    assert json.loads(json.dumps(document)) == document


def test_the_document_written_part_by_part_is_the_same() -> None:
    parts: list[str] = []
    answers.write(checked(), TOTALS, FILE, parts.append)
    assert json.loads("".join(parts)) == answers.document(checked(), TOTALS, FILE)


def test_of_what_could_not_be_read_only_the_file_itself_is_told() -> None:
    document = answers.document(checked(b"%PDF-1.7"), TOTALS, File("x.csv", len(b"%PDF-1.7"), None))
    assert document["file"] | {"sha256": ""} == {
        "name": "x.csv", "bytes": 8, "sha256": "", "format": None, "wrapper": None, "encoding": None, "sheet": None,
        "header_row": None,
    }  # fmt: skip
    assert (document["verdict"], document["rows_read"], document["rows_accepted"]) == ("unreadable", 0, 0)
    finding = document["findings"][0]
    assert (finding["row"], finding["column"], finding["cell"]) == (None, None, None)
    assert finding["message"] == {
        "zh": "文件内容是PDF文件，不是可以读取的表格。",
        "en": "The file holds a PDF, not a table that can be read.",
    }


def test_what_is_kept_gives_the_same_words_and_rows_back() -> None:
    answer = checked()
    kept = answers.kept(answer, FILE)
    body = json.loads(json.dumps(kept["body"]))  # as the database returns it
    document = answers.document(answer, TOTALS, FILE)
    assert list(Kept.of(body, kept["findings"]).worded(TOTALS)) == document["findings"]
    assert (body["file"], body["normalised"]) == (document["file"], document["normalised"])
    assert answers.accepted_categories(kept["accepted"]).equals(answer.accepted)
    assert (kept["unknown"], kept["unnamed"]) == ([[62, "=cmd"]], [])


def test_a_page_of_findings_is_a_part_of_all_and_tells_how_many_there_are() -> None:
    columns = answers.kept(checked(), FILE)
    kept = Kept.of(columns["body"], columns["findings"])
    found = list(kept.worded(TOTALS))
    for code in (None, found[0]["code"], "NQ-NOTHING"):
        for severity in (None, "hard", "info"):
            wanted = [f for f in found if code in (None, f["code"]) and severity in (None, f["severity"])]
            asked = {"code": code, "severity": severity}
            assert kept.page(TOTALS, **asked, start=0, limit=99) == (wanted, len(wanted))
            assert kept.page(TOTALS, **asked, start=1, limit=1) == (wanted[1:2], len(wanted))


def test_of_a_file_without_accepted_rows_none_are_kept() -> None:
    for answer in (checked(b"x"), too_large(1)):
        kept = answers.kept(answer, FILE)
        assert kept["accepted"] is None
        assert answers.accepted_rows(None).is_empty()


def test_accepted_rows_come_out_with_their_numbers_in_the_contracts_order() -> None:
    given = list(csv.reader(io.StringIO(answers.rows_csv(checked(), TOTALS).decode())))
    assert given[0] == ["row", "source", "quarter", "term", "count", "exposure", "months"]
    assert given[1] == ["2", "hn", "2025-Q3", "t0", "100", "2314", "3"]
    assert [row[0] for row in given[1:]] == [str(n) for n in range(2, 62)]


def test_a_rejected_file_gives_the_header_alone() -> None:
    assert answers.rows_csv(checked(b"x"), TOTALS) == b"row,source,quarter,term,count,exposure,months\n"


def test_no_cell_that_we_write_is_a_formula() -> None:
    terms = ["=cmd", "+1", "-x", "@SUM(A1)", "＝cmd", "＋1", "－x", "＠a", "C++", "plain"]
    data = "\n".join(
        ["source,quarter,term,count,exposure,months", *(f"hn,2025-Q3,{term},100,2314,3" for term in terms)]
    )
    given = list(csv.reader(io.StringIO(answers.rows_csv(checked(data.encode()), TOTALS).decode())))
    shown = [row[3] for row in given[1:]]
    assert shown == [*(f"'{term}" for term in terms[:8]), "C++", "plain"]
