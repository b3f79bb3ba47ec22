"""A job demand file against its contract: codes, zero reports, totals rows, repeats, and what stays unknown."""

import csv
import io
import random
import time

import pytest

from ievq_pipeline.adapters.answers import File, document, rows_csv
from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import NOT_STATED
from ievq_pipeline.domain.submission import Verdict
from tests.adapters.test_checks import mutated, places

JOB_DEMAND = contract("job-demand")
CODES = ",".join(f.code for f in JOB_DEMAND.fields)
#: two credit codes whose last character checks the others
A, B = "91350100M000100Y43", "91110000600037341L"
HEADERS = {
    "codes": CODES,
    "zh": ",".join(f.title.zh for f in JOB_DEMAND.fields),
    "en": ",".join(f.title.en for f in JOB_DEMAND.fields),
    "offices": "统一社会信用代码,填报季度,行政区划代码,国民经济行业代码,职业编码,所需技能,招聘人数,应聘人数,职位编号,"
    "层级,是否必需",
    "brackets": "*统一社会信用代码,季度（必填）,地区（必填）,行业,职业（选填）,技能 *,招聘人数（人）,求职人数(人),"
    "Post reference (optional),tier,is required",
}


def row(**cells: str) -> str:
    """One row in the contract's order, good unless told otherwise."""
    good = {
        "enterprise": A,
        "quarter": "2025-Q3",
        "region": "350200",
        "industry": "39",
        "skill": "go",
        "openings": "10",
    }
    return ",".join((good | cells).get(f.code, "") for f in JOB_DEMAND.fields)


def marker(skill: str, enterprise: str = A, openings: str = "", **cells: str) -> str:
    return row(**{"enterprise": enterprise, "skill": skill, "openings": openings, "region": "", "industry": ""} | cells)


def rows(number: int = 60, enterprise: str = A) -> list[str]:
    return [row(enterprise=enterprise, skill=f"t{n}", openings="100") for n in range(number)]


def answer(*lines: str, header: str = CODES, codec: str = "utf-8") -> Answer:
    return check("\n".join([header, *lines]).encode(codec), JOB_DEMAND, Expected("2025-Q3"))


FULL = row(occupation="2-02-10-03", applicants="3", post_ref="A-7", tier="2", is_required="yes", skill="盆景养护")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_good_file_is_accepted_whatever_its_headers_and_encoding(header: str, codec: str) -> None:
    given = answer(FULL, *rows(5, B), header=header, codec=codec)
    assert (given.verdict, [*given.findings], given.normalised) == (Verdict.ACCEPTED, [], [])
    assert given.accepted.row(0) == (
        2, A, "2025-Q3", "350200", "39", "2-02-10-03", "盆景养护", 10, 3, "A-7", "2", "yes",
    )  # fmt: skip
    assert given.accepted.row(1) == (3, B, "2025-Q3", "350200", "39", None, "t0", 100, None, None, None, None)


def test_columns_stand_in_any_order_and_optional_ones_may_be_absent() -> None:
    given = answer(f"10,Go,39,350200,2025-Q3,{A}", header="openings,skill,industry,region,quarter,enterprise")
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert given.accepted.columns == ["row", *CODES.split(",")]
    assert given.accepted.row(0) == (2, A, "2025-Q3", "350200", "39", None, "go", 10, None, None, None, None)
    written = list(csv.reader(io.StringIO(rows_csv(given, JOB_DEMAND).decode())))
    assert written == [["row", *CODES.split(",")], ["2", A, "2025-Q3", "350200", "39", "", "go", "10", "", "", "", ""]]


def test_codes_of_other_schemes_are_taken_with_their_scheme() -> None:
    other = {
        "enterprise": "us-agency:DN: Dept",
        "region": "us-state:CA",
        "industry": "naics:54",
        "occupation": "soc:15-1252",
    }
    given = answer(row(**other), row(region="unknown"), row(region="remote"))
    assert (given.verdict, given.normalised) == (Verdict.ACCEPTED, [])
    assert given.accepted.row(0)[1:6] == (
        "us-agency:DN: Dept", "2025-Q3", "us-state:CA", "naics:54", "soc:15-1252",
    )  # fmt: skip


def test_what_leaves_no_doubt_is_mended_and_counted() -> None:
    given = answer(
        row(
            enterprise=f"uscc:{A.lower()}",
            region="gbt2260:350200",
            industry="c",
            tier="３",
            is_required="√",
            skill="Golang ",
        ),
        row(enterprise="ｕｓ－ａｇｅｎｃｙ：ＤＮ", region="３５０２００", is_required="否"),
    )
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert [(c.code, c.column, c.before, c.after) for c in given.normalised] == [
        ("NQ-N-CODE", "enterprise", f"uscc:{A.lower()}", A),
        ("NQ-N-WIDTH", "enterprise", "ｕｓ－ａｇｅｎｃｙ：ＤＮ", "us-agency:DN"),
        ("NQ-N-CODE", "region", "gbt2260:350200", "350200"),
        ("NQ-N-WIDTH", "region", "３５０２００", "350200"),
        ("NQ-N-CODE", "industry", "c", "C"),
        ("NQ-N-BLANKS", "skill", "Golang ", "go"),
        ("NQ-N-SKILL", "skill", "Golang ", "go"),
        ("NQ-N-CHOICE", "tier", "３", "3"),
        ("NQ-N-CHOICE", "is_required", "√", "yes"),
    ]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"enterprise": ""}, ("NQ-REQUIRED", "A62")),
        ({"enterprise": A[:-1] + "4"}, ("NQ-CREDIT-CODE", "A62")),
        ({"enterprise": "厦门某公司"}, ("NQ-CREDIT-CODE", "A62")),
        ({"enterprise": "9.13501E+17"}, ("NQ-CREDIT-CODE", "A62")),
        ({"enterprise": "uscc:DN"}, ("NQ-CREDIT-CODE", "A62")),
        ({"enterprise": ":DN"}, ("NQ-SCHEME", "A62")),
        ({"enterprise": "us-agency: "}, ("NQ-SCHEME", "A62")),
        ({"enterprise": "x:" + "y" * 200}, ("NQ-TEXT-LONG", "A62")),
        ({"quarter": "2025-Q2"}, ("NQ-QUARTER-OTHER", "B62")),
        ({"quarter": "third"}, ("NQ-QUARTER", "B62")),
        ({"region": ""}, ("NQ-REQUIRED", "C62")),
        ({"region": "3502"}, ("NQ-CODE", "C62")),
        ({"region": "350299"}, ("NQ-CODE-UNKNOWN", "C62")),
        ({"region": "371200"}, ("NQ-CODE-ENDED", "C62")),
        ({"region": "鼓楼区"}, ("NQ-TITLE-AMBIGUOUS", "C62")),
        ({"region": "某某市"}, ("NQ-TITLE-UNKNOWN", "C62")),
        ({"region": "厦门:350200"}, ("NQ-SCHEME", "C62")),
        ({"industry": ""}, ("NQ-REQUIRED", "D62")),
        ({"industry": "B39"}, ("NQ-CODE", "D62")),
        ({"industry": "3999"}, ("NQ-CODE-UNKNOWN", "D62")),
        ({"industry": "1"}, ("NQ-CODE", "D62")),
        ({"industry": "U"}, ("NQ-CODE", "D62")),
        ({"occupation": "9-02-10-03"}, ("NQ-CODE", "E62")),
        ({"occupation": "2-02-10-99"}, ("NQ-CODE-UNKNOWN", "E62")),
        ({"skill": ""}, ("NQ-REQUIRED", "F62")),
        ({"skill": "x" * 201}, ("NQ-TEXT-LONG", "F62")),
        ({"skill": "㎒" * 150}, ("NQ-TEXT-LONG", "F62")),
        ({"skill": "？？"}, ("NQ-WORDING", "F62")),
        ({"skill": "#N/A"}, ("NQ-WORDING", "F62")),
        ({"skill": "t7", "openings": "1"}, ("NQ-DUPLICATE", "F62")),
        ({"openings": ""}, ("NQ-REQUIRED", "G62")),
        ({"openings": "约20"}, ("NQ-INTEGER", "G62")),
        ({"openings": "-1"}, ("NQ-MINIMUM", "G62")),
        ({"openings": "100001"}, ("NQ-MAXIMUM", "G62")),
        ({"applicants": "many"}, ("NQ-INTEGER", "H62")),
        ({"applicants": "1000001"}, ("NQ-MAXIMUM", "H62")),
        ({"post_ref": "x" * 101}, ("NQ-TEXT-LONG", "I62")),
        ({"tier": "4"}, ("NQ-CHOICE", "J62")),
        ({"tier": "三级"}, ("NQ-CHOICE", "J62")),  # of five grades, or of our three?
        ({"is_required": "maybe"}, ("NQ-CHOICE", "K62")),
    ],
)
def test_one_fault_in_one_cell_is_one_finding_and_quarantines_its_row(
    cells: dict[str, str], fault: tuple[str, str]
) -> None:
    given = answer(*rows(), row(**cells))
    assert places(given) == [fault]
    assert given.verdict is Verdict.ACCEPTED_WITH_QUARANTINE
    assert (given.rows_read, given.rows_accepted, given.rows_quarantined) == (61, 60, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"enterprise": B}, {"region": "350203"}, {"industry": "65"}, {"occupation": "2-02-10-03"}, {"skill": "rust"},
        {"post_ref": "A-1"}, {"tier": "1"}, {"is_required": "no"},
    ],
)  # fmt: skip
def test_rows_that_differ_in_one_part_of_the_key_are_no_repeats(other: dict[str, str]) -> None:
    assert answer(row(), row(**other)).findings == []


def test_a_repeat_is_one_however_it_is_spelled_and_whatever_its_numbers() -> None:
    given = answer(*rows(), row(), row(enterprise=A.lower(), region="gbt2260:350200", openings="11", applicants="9"))
    assert places(given) == [("NQ-DUPLICATE", "F63")]
    assert given.findings[0].parameters["first"] == 62


def test_a_row_whose_key_cannot_be_read_is_no_repeat_of_another() -> None:
    given = answer(*rows(), row(tier="9"), row(), row(region=""), row(region="", openings="11"))
    assert [code for code, _ in places(given)] == ["NQ-CHOICE", "NQ-REQUIRED", "NQ-REQUIRED"]


# --- zero reports and totals rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["零报告", "NIL", "nil-report", " nil ", "零 报告", "ＮＩＬ"])
def test_a_zero_report_needs_only_who_and_when(word: str) -> None:
    for line in (marker(word, B), row(enterprise=B, skill=word, openings="0")):
        given = answer(*rows(3), line)
        assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
        assert given.accepted["skill"].to_list()[-1] == "nil-report"


def test_a_file_of_zero_reports_alone_is_a_good_file() -> None:
    given = answer(marker("零报告", A), marker("零报告", B), codec="gb18030")
    assert (given.verdict, [*given.findings], given.rows_accepted) == (Verdict.ACCEPTED, [], 2)


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([marker("零报告", enterprise="")], [("NQ-REQUIRED", "A62")]),
        ([marker("NIL", B, quarter="")], [("NQ-REQUIRED", "B62")]),
        ([marker("NIL", B, openings="5")], [("NQ-ZERO-COUNTED", "G62")]),
        ([marker("NIL", B, region="某地")], [("NQ-TITLE-UNKNOWN", "C62")]),
        ([marker("NIL", A)], [("NQ-ZERO-BESIDE-ROWS", "F62")]),
        ([marker("NIL", B), marker("nil-report", B)], [("NQ-DUPLICATE", "F63")]),
        ([marker("NIL", B), marker("TOTAL", B, "3")], [("NQ-ZERO-BESIDE-ROWS", "F62")]),
        ([marker("NIL", B), marker("TOTAL", B, "0")], []),
        ([row(enterprise=B, openings="1000"), marker("NIL", B)], [("NQ-ZERO-BESIDE-ROWS", "F63")]),
    ],
)
def test_a_zero_report_that_contradicts_itself_is_found(lines: list[str], faults: list[tuple[str, str]]) -> None:
    assert places(answer(*rows(), *lines)) == faults


@pytest.mark.parametrize("word", ["合计", "TOTAL", "total", "合 计", "总计"])
def test_a_total_has_no_region_and_is_no_skill(word: str) -> None:
    given = answer(row(skill="a"), row(skill="b"), marker(word, A, "12"))
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert given.accepted.row(2)[3:8] == (None, None, None, "TOTAL", 12)


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([marker("合计", A, "")], [("NQ-REQUIRED", "G62")]),
        ([marker("合计", A, "100")], []),  # sums say nothing: a position needs several skills
        ([marker("合计", A, "99")], [("NQ-TOTAL-BELOW", "G62")]),
        ([marker("合计", B, "0")], []),
        ([marker("合计", A, "500", region="350200")], [("NQ-TOTAL-REGION", "C62")]),
        ([marker("合计", A, "500"), marker("TOTAL", A, "600")], [("NQ-TOTAL-TWICE", "F63")]),
        ([marker("合计", A, "500"), marker("合计", B, "49")], []),
        ([marker("合计", A, "500"), marker("合计", B, "50")], [("NQ-TOTAL-ABOVE", "G63")]),  # none of it in a row
        ([row(enterprise=B, skill="a", openings="12"), marker("合计", B, "60")], [("NQ-TOTAL-ABOVE", "G63")]),
        ([row(enterprise=B, skill="a", openings="12"), marker("合计", B, "59")], []),
        (
            [row(enterprise=B, skill="a", openings="1O"), marker("合计", B, "60")],
            [("NQ-INTEGER", "G62")],
        ),  # nobody knows the sum
        (
            [row(enterprise="", skill="a", openings="12"), marker("合计", B, "61")],
            [("NQ-REQUIRED", "A62"), ("NQ-TOTAL-ABOVE", "G63")],
        ),
        (
            [row(enterprise="", skill="a", openings="13"), marker("合计", B, "61")],
            [("NQ-REQUIRED", "A62")],
        ),  # it may be theirs
    ],
)
def test_a_total_that_cannot_be_one_is_found(lines: list[str], faults: list[tuple[str, str]]) -> None:
    assert places(answer(*rows(), *lines)) == faults


def test_a_total_below_a_row_names_that_row() -> None:
    (found,) = answer(*rows(), row(openings="700"), marker("合计", A, "650")).findings
    assert (found.value, found.parameters) == ("650", {"first": 62, "largest": 700})


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (["合计,,,,,,24"], []),
        (["总 计：,,,,,,24,24", "制表人：张某,,,,,,"], []),  # 12 + 12, twice
        ([",,,,,合计,24"], []),  # in the column of skills, under nobody
        ([marker("合计", A, "15"), "总计,,,,,,39"], []),  # with the enterprise's own total
        ([marker("合计", A, "15"), "合计,,,,,,15"], []),  # of such totals alone
        (["合计,,,,,,２４"], []),
        (["合计,,,,,,25"], [("NQ-SUM-DIFFERS", "G4")]),
        (["合计,,,,,,24,23"], [("NQ-SUM-DIFFERS", "H4")]),
        ([row(skill="c", openings="x"), "合计,,,,,,25"], [("NQ-INTEGER", "G4")]),
        (["合计,2025-Q3,,,,,24"], [("NQ-CREDIT-CODE", "A4"), *((code, f"{at}4") for code, at in
          (("NQ-REQUIRED", "C"), ("NQ-REQUIRED", "D"), ("NQ-REQUIRED", "F")))]),
        (["合计,,,,,,24", row(skill="d")], []),  # of a part, amid the rows
    ],
)  # fmt: skip
def test_a_grand_total_below_the_table_is_no_row_and_is_held_against_it(
    lines: list[str], faults: list[tuple[str, str]]
) -> None:
    given = answer(
        row(skill="a", openings="12", applicants="12"), row(skill="b", openings="12", applicants="12"), *lines
    )
    assert places(given) == faults
    is_left_out = "NQ-N-SUM" in {change.code for change in given.normalised}
    assert is_left_out == all(code in ("NQ-SUM-DIFFERS", "NQ-INTEGER") for code, _ in faults)
    if is_left_out:
        assert given.rows_read == 2 + sum(line.startswith(A) for line in lines)
        assert given.verdict is not Verdict.REJECTED or "NQ-INTEGER" in dict(faults)


# --- partial acceptance and what is unknown --------------------------------------------------------------------------


def test_a_quarantined_row_names_enterprise_and_skill() -> None:
    given = answer(*rows(), row(skill="X", openings="?"), marker("合计", A, "?"))
    assert given.unknown == [(62, A, "X"), (63, A, "TOTAL")]
    assert (given.unnamed, given.is_complete) == ([], True)


@pytest.mark.parametrize(
    ("line", "unnamed"),
    [
        (row(enterprise=B, skill=""), (62, B)),  # all series of that enterprise are unknown
        (marker("NIL", A), (62, A)),
        (row(enterprise="?"), (62, None)),  # whose is it?
        (row(openings="?").rpartition(",")[0], (62, None)),  # a cell short: nothing in it can be trusted
    ],
)
def test_a_row_that_does_not_say_what_it_is_about_says_whose_it_is_where_it_can(
    line: str, unnamed: tuple[int, str | None]
) -> None:
    given = answer(*rows(), line)
    assert given.verdict is Verdict.ACCEPTED_WITH_QUARANTINE
    assert (given.unknown, given.unnamed, given.is_complete) == ([], [unnamed], False)


def test_an_unreadable_number_weighs_its_own_enterprises_median_and_markers_weigh_nothing() -> None:
    small = [row(enterprise=B, skill=f"s{n}", openings="1") for n in range(9)]
    large = [row(skill=f"l{n}", openings="100") for n in range(5)]
    total = marker("合计", A, "100000")
    assert answer(*small, *large, row(enterprise=B, skill="X", openings="?")).verdict.state == "accepted"
    for more in ([], [total]):  # 100 of 609, whatever the total says
        assert answer(*small, *large, *more, row(skill="X", openings="?")).verdict is Verdict.REJECTED
    assert answer(*small, *large, marker("合计", A, "99")).verdict is Verdict.ACCEPTED_WITH_QUARANTINE


def test_a_feed_that_does_not_know_a_column_leaves_it_out() -> None:
    agreed = JOB_DEMAND.with_schemes({"enterprise": "hn", "region": "iso3166", "industry": NOT_STATED})
    data = f"enterprise,quarter,region,skill,openings\n0b01.com,2025-Q3,US-CA,Go,1\nuscc:{A},2025-Q3,iso3166:GB,Go,1"
    given = check(data.encode(), agreed, Expected("2025-Q3"))
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert [line[:5] for line in given.accepted.drop("row").iter_rows()] == [
        ("0b01.com", "2025-Q3", "US-CA", None, None),
        (f"uscc:{A}", "2025-Q3", "GB", None, None),
    ]


@pytest.mark.timeout(60)
def test_fifty_thousand_bad_rows_are_all_told_in_reasonable_time() -> None:
    start = time.monotonic()
    given = answer(*(row(enterprise=f"x:{n}", region=f"某地{n}", skill=f"t{n}") for n in range(50_000)))
    assert time.monotonic() - start < 20
    assert places(given) == [("NQ-TITLE-UNKNOWN", f"C{n}") for n in range(2, 50_002)]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_no_mutation_of_a_file_ever_raises_and_every_row_is_accounted_for(codec: str) -> None:
    luck = random.Random(f"job demand {codec}")
    lines = [HEADERS["zh"], FULL, *rows(40), marker("零报告", B), marker("合计", A, "900")]
    good = "\r\n".join(lines).encode(codec)
    seen = set()
    for turn in range(100):
        data = mutated(good, luck)
        given = check(data, JOB_DEMAND, Expected("2025-Q3"))
        told = document(given, JOB_DEMAND, File(f"{turn}.csv", len(data), None))
        seen.add(told["verdict"])
        is_hard = any(finding["severity"] == "hard" for finding in told["findings"])
        if given.verdict.state == "accepted":
            assert told["rows_accepted"] + told["rows_quarantined"] == told["rows_read"]
            assert len(given.unknown) + len(given.unnamed) == given.rows_quarantined
        else:
            assert (told["rows_accepted"], is_hard) == (0, True)
        assert (told["verdict"] == "accepted") == (not is_hard)
    assert seen == {"accepted", "accepted_with_quarantine", "rejected", "unreadable"}
