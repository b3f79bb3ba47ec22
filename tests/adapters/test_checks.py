"""A whole file against its contract: every fault, with its place; what is left of the file; and nothing ever raises."""

import random
import time

import pytest

from ievq_pipeline.adapters.answers import File, document
from ievq_pipeline.adapters.checks import Answer, Expected, check, too_large
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import Verdict

TOTALS = contract("totals")
Q3 = Expected("2025-Q3")
CODES = "source,quarter,term,count,exposure,months"


def rows(number: int = 60) -> list[str]:
    return [f"hn,2025-Q3,t{n},{100 + n},2314,3" for n in range(number)]


def answer(*lines: str, header: str = CODES, expected: Expected = Q3, codec: str = "utf-8") -> Answer:
    return check("\n".join([header, *lines]).encode(codec), TOTALS, expected)


def places(given: Answer) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.cell) for finding in given.findings]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "header",
    [
        CODES,
        "来源,季度,技能词,招聘数,招聘总数,月数",
        "Source,Quarter,Term,Count,Exposure,Months",
        "数据来源,报告期,技能,提及数,招聘总量,覆盖月数",
        " source ,QUARTER,skill*,postings with term,Postings_Total,months covered",
    ],
)
def test_a_good_file_is_accepted_whatever_its_headers_and_encoding(header: str, codec: str) -> None:
    given = answer(*rows(), header=header, codec=codec)
    assert (given.verdict, [*given.findings], given.normalised) == (Verdict.ACCEPTED, [], [])
    assert (given.rows_read, given.rows_accepted, given.rows_quarantined) == (60, 60, 0)
    assert given.accepted.columns == ["row", "source", "quarter", "term", "count", "exposure", "months"]
    assert given.accepted.row(0) == (2, "hn", "2025-Q3", "t0", 100, 2314, 3)


def test_columns_stand_in_any_order_and_addresses_follow_it() -> None:
    given = answer(
        "3,2314,hn,x,t0,2025-Q3", *(f"3,2314,hn,{n},t{n},2025-Q3" for n in range(1, 60)),
        header="月数,招聘总数,来源,招聘数,技能词,季度",
    )  # fmt: skip
    assert places(given) == [("NQ-INTEGER", "D2")]
    assert given.accepted.row(0) == (3, "hn", "2025-Q3", "t1", 1, 2314, 3)


def test_a_column_of_the_submitters_own_is_named_and_left_alone() -> None:
    given = answer(*(f"{row},备注" for row in rows()), header=f"{CODES},备注")
    assert given.verdict is Verdict.ACCEPTED
    assert [(f.code, f.cell, f.value) for f in given.findings] == [("NQ-HEADER-UNKNOWN", "G1", "备注")]


def test_the_real_feed_is_accepted_in_the_encoding_of_offices() -> None:
    for quarter in (Quarter(2014, 3), Quarter(2020, 2)):
        given = check(hacker_news.totals_file(quarter), TOTALS, Expected(str(quarter), "hn"))
        assert (given.verdict, given.facts.encoding, [*given.findings]) == (Verdict.ACCEPTED, "gb18030", [])


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    note = '"two\nlines, of text"'
    given = answer(f"hn,2025-Q3,a,1,2314,3,{note}", "", "hn,2025-Q3,b,oops,2314,3,", header=f"{CODES},note")
    assert ("NQ-INTEGER", "D4") in places(given)
    assert given.rows_read == 2


def test_what_was_mended_is_counted_by_column_with_its_first_cell() -> None:
    given = answer("hn,2025Q3,a, 1 ,2314,3", 'hn,2025Q3,b,"1,200",2314,3', 'hn,2025-Q3,c,"1,300",2314,３')
    assert given.verdict is Verdict.ACCEPTED
    assert [change.as_json() for change in given.normalised] == [
        {"code": "NQ-N-QUARTER", "column": "quarter", "count": 2, "cell": "B2", "from": "2025Q3", "to": "2025-Q3"},
        {"code": "NQ-N-BLANKS", "column": "count", "count": 1, "cell": "D2", "from": " 1 ", "to": "1"},
        {"code": "NQ-N-SEPARATOR", "column": "count", "count": 2, "cell": "D3", "from": "1,200", "to": "1200"},
        {"code": "NQ-N-WIDTH", "column": "months", "count": 1, "cell": "F4", "from": "３", "to": "3"},
    ]


def test_a_cell_that_is_bad_is_not_told_as_mended() -> None:
    given = answer(*rows(), "hn,2025-Q3, X , abc ,2314,－５")
    assert [change.as_json() for change in given.normalised] == [
        {"code": "NQ-N-BLANKS", "column": "term", "count": 1, "cell": "C62", "from": " X ", "to": "X"}
    ]


# --- bad files -------------------------------------------------------------------------------------------------------


def test_a_wrong_header_names_what_is_missing_and_what_was_read() -> None:
    given = answer(*rows(3), header="来源,季度,名称,招聘数,招聘总数,月数")
    assert given.verdict is Verdict.REJECTED
    assert places(given) == [("NQ-HEADER-UNKNOWN", "C1"), ("NQ-HEADER-MISSING", None)]
    told = given.findings[1].as_json(TOTALS)
    assert (told["row"], told["column"]) == (1, "term")
    assert "技能词" in str(told["message"])
    assert "名称" in str(told["message"])
    assert (given.rows_read, given.rows_accepted) == (3, 0)


def test_a_file_without_header_names_every_column() -> None:
    given = check("\n".join(rows(3)).encode(), TOTALS, Q3)
    assert [f.column for f in given.findings if f.code == "NQ-HEADER-MISSING"] == CODES.split(",")


def test_a_header_that_stands_twice_is_refused_also_under_another_name() -> None:
    given = answer(*(f"{row},5" for row in rows(3)), header=f"{CODES},招聘数")
    assert (given.verdict, places(given)) == (Verdict.REJECTED, [("NQ-HEADER-TWICE", "G1")])


def test_a_header_without_rows_is_refused() -> None:
    assert places(answer()) == [("NQ-NO-ROWS", None)]
    assert answer("", "  ", ",,,").verdict is Verdict.REJECTED


def test_a_file_of_another_quarter_is_rejected_row_by_row() -> None:
    given = answer(*rows(50), expected=Expected("2025-Q4"))
    assert given.verdict is Verdict.REJECTED
    assert places(given) == [("NQ-QUARTER-OTHER", f"B{n}") for n in range(2, 52)]
    assert (given.rows_read, given.rows_accepted, given.rows_quarantined) == (50, 0, 50)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("hn,2025-Q3,X,约20,2314,3", ("NQ-INTEGER", "D62")),
        ("hn,2025-Q3,X,-5,2314,3", ("NQ-MINIMUM", "D62")),
        ("hn,2025-Q3,X,5,2314,4", ("NQ-MAXIMUM", "F62")),
        ("hn,2025-Q3,X,,2314,3", ("NQ-REQUIRED", "D62")),
        ("hn,2025-Q3,,5,2314,3", ("NQ-REQUIRED", "C62")),
        ("hn,2025-Q2,X,5,2314,3", ("NQ-QUARTER-OTHER", "B62")),
        ("hn,third,X,5,2314,3", ("NQ-QUARTER", "B62")),
        ("hn,2025-Q3,X,5,2314,3,6", ("NQ-ROW-WIDE", "G62")),
        ("hn,2025-Q3,t7,5,2314,3", ("NQ-DUPLICATE", "C62")),
        ("other,2025-Q3,X,5,2314,3", ("NQ-SOURCE-DIFFERS", "A62")),
        ("hn,2025-Q3,X,5,2315,3", ("NQ-EXPOSURE-DIFFERS", "E62")),
        (f"hn,2025-Q3,{'x' * 201},5,2314,3", ("NQ-TEXT-LONG", "C62")),
    ],
)
def test_one_fault_in_one_cell_is_one_finding_and_quarantines_its_row(row: str, fault: tuple[str, str]) -> None:
    given = answer(*rows(), row)
    assert places(given) == [fault]
    assert given.verdict is Verdict.ACCEPTED_WITH_QUARANTINE
    assert (given.rows_read, given.rows_accepted, given.rows_quarantined) == (61, 60, 1)


def test_a_count_above_the_exposure_is_found() -> None:
    given = answer(*(f"hn,2025-Q3,big{n},2000,2314,3" for n in range(60)), "hn,2025-Q3,X,2315,2314,3")
    assert places(given) == [("NQ-COUNT-OVER-EXPOSURE", "D62")]
    assert given.findings[0].parameters == {"exposure": 2314}


def test_the_feeds_source_is_held_against_the_file() -> None:
    given = answer(*rows(), expected=Expected("2025-Q3", "lagou"))
    assert given.verdict is Verdict.REJECTED
    assert {finding.code for finding in given.findings} == {"NQ-SOURCE-OTHER"}
    assert given.findings[0].parameters == {"source": "lagou"}


def test_many_faults_in_one_row_are_all_told_in_the_order_of_the_file() -> None:
    given = answer(*rows(), "hn,2025-Q2,,x,-1,9", "hn,2025-Q3,ok,x,2314,3")
    assert places(given) == [
        ("NQ-QUARTER-OTHER", "B62"), ("NQ-REQUIRED", "C62"), ("NQ-INTEGER", "D62"), ("NQ-MINIMUM", "E62"),
        ("NQ-MAXIMUM", "F62"), ("NQ-INTEGER", "D63"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("codec", "header"),
    [
        ("big5", "來源,季度,技能詞,招聘數"),
        ("shift-jis", "資料,技能,件数,総数"),
        ("euc-kr", "자료,분기,기술"),
        ("cp1252", "Qualité,Numéro"),
    ],
)
def test_bytes_of_another_encoding_never_pass_for_good_chinese(codec: str, header: str) -> None:
    given = answer("hn,2025-Q3,x,5,2314,3", header=header, codec=codec)
    assert given.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)
    assert given.rows_accepted == 0


def test_what_only_looks_like_gb18030_is_refused_and_shown_both_ways() -> None:
    given = answer("x,y", header="來源,季度,技能詞", codec="big5")
    told = given.findings[0].as_json(TOTALS)
    assert (given.verdict, told["code"]) == (Verdict.UNREADABLE, "NQ-FILE-ENCODING")
    assert "來源,季度,技能詞".encode("big5").decode("gb18030", "replace")[:3] in str(told["message"])


# --- partial acceptance and what is unknown --------------------------------------------------------------------------


def test_what_a_quarantined_row_names_is_unknown_and_never_zero() -> None:
    given = answer(*rows(), "hn,2025-Q3,X,约20,2314,3", "hn,2025-Q3,Y,-1,2314,3")
    assert (given.unknown, given.is_complete) == ([(62, "X"), (63, "Y")], True)
    assert not set(given.accepted["term"]) & {"X", "Y"}


def test_of_a_term_that_stands_twice_the_repeat_is_unknown() -> None:
    given = answer(*rows(), "hn,2025-Q3,t0,7,2314,3")
    assert given.unknown == [(62, "t0")]


@pytest.mark.parametrize(
    "row",
    [
        "hn,2025-Q3,,5,2314,3",  # names nothing
        "hn,2025-Q3,X,5,2314",  # a cell short
        "hn,2025-Q3 X,5,2314,3",  # a comma short: what stands under `term` is a count
        "hn,2025-Q3,Y,X,5,2314,3",  # a comma too many
        'hn,2025-Q3,"X\nY",oops,2314,3',  # a line break that may have swallowed something
        "X",
    ],
)
def test_a_row_that_cannot_be_trusted_to_say_what_it_names_makes_the_answer_incomplete(row: str) -> None:
    few = [f"hn,2025-Q3,t{n},2000,2314,3" for n in range(60)]
    given = answer(*few, row)
    assert given.verdict in (Verdict.ACCEPTED_WITH_QUARANTINE, Verdict.REJECTED)
    if given.verdict is Verdict.ACCEPTED_WITH_QUARANTINE:
        assert (given.unknown, given.is_complete) == ([], False)


def test_five_percent_of_the_rows_may_be_quarantined_and_not_more() -> None:
    bad = [f"hn,2025-Q3,bad{n},x,2314,3" for n in range(6)]
    assert answer(*rows(95), *bad[:5]).verdict is Verdict.ACCEPTED_WITH_QUARANTINE
    given = answer(*rows(95), *bad)
    assert (given.verdict, given.rows_accepted, given.rows_quarantined) == (Verdict.REJECTED, 0, 6)
    assert (given.unknown, given.accepted.height) == ([], 0)


def test_a_tenth_of_the_count_may_be_quarantined_and_an_unreadable_count_weighs_the_median() -> None:
    light, heavy = "hn,2025-Q2,X,600,2314,3", "hn,2025-Q2,X,700,2314,3"
    hundreds = [f"hn,2025-Q3,t{n},100,2314,3" for n in range(60)]
    assert answer(*hundreds, light).verdict is Verdict.ACCEPTED_WITH_QUARANTINE
    assert answer(*hundreds, heavy).verdict is Verdict.REJECTED
    assert answer(*hundreds[:8], "hn,2025-Q3,X,?,2314,3").verdict is Verdict.REJECTED  # 100 of 900
    assert answer(*hundreds[:9], "hn,2025-Q3,X,?,2314,3").verdict is Verdict.ACCEPTED_WITH_QUARANTINE


@pytest.mark.parametrize(
    "lines",
    [
        ['hn,2025-Q3,"X,5,2314,3', *rows(30)],  # never closed: the rest of the file is in one cell
        ['hn,2025-Q3,"X,5,2314,3', 'hn,2025-Q3,Y",5,2314,3'],  # closed one row later: looks like one good row
        ['hn,2025-Q3,X,5,2314,3,"note', *rows(30)],  # in a column that is not ours
        ['hn,2025-Q3,X,5,2314,3,"note', 'hn,2025-Q3,Y,5,2314,3,"other"'],
    ],
)
def test_a_quotation_mark_without_partner_swallows_no_row_unseen(lines: list[str]) -> None:
    given = answer(*(f"hn,2025-Q3,first{n},2000,2314,3," for n in range(60)), *lines, header=f"{CODES},note")
    assert given.verdict is Verdict.REJECTED
    swallowed = [finding for finding in given.findings if finding.code == "NQ-ROW-SWALLOWED"]
    assert [finding.row for finding in swallowed] == [62]


def test_a_remark_with_line_breaks_and_commas_is_no_swallowed_row() -> None:
    note = '"one, two, three, four, five, six, seven\nand eight, nine, ten, eleven, twelve, done"'
    given = answer(*(f"{row},{note}" for row in rows()), header=f"{CODES},note")
    assert (given.verdict, given.rows_read) == (Verdict.ACCEPTED, 60)


# --- large and hostile -----------------------------------------------------------------------------------------------


@pytest.mark.timeout(60)
def test_a_hundred_thousand_bad_cells_are_all_told_in_reasonable_time() -> None:
    data = "\n".join([CODES, *(f"hn,2025-Q3,t{n},x{n},2314,3" for n in range(100_000))]).encode()
    start = time.process_time()
    told = document(check(data, TOTALS, Q3), TOTALS, File("big.csv", len(data), None))
    assert time.process_time() - start < 20
    assert [finding["cell"] for finding in told["findings"]] == [f"D{n}" for n in range(2, 100_002)]
    assert (told["rows_read"], told["rows_quarantined"]) == (100_000, 100_000)


def test_of_an_endless_cell_the_finding_repeats_the_beginning() -> None:
    given = answer(*rows(), f"hn,2025-Q3,X,{'y' * 5_000},2314,3", header=f"{CODES},{'z' * 5_000}")
    assert [finding.value for finding in given.findings] == ["z" * 100 + "…", "y" * 100 + "…"]


@pytest.mark.timeout(60)
def test_of_half_a_million_bad_cells_every_one_is_told() -> None:
    given = check("\n".join([CODES, *["hn,x,,y,0,9"] * 100_000]).encode(), TOTALS, Q3)
    codes = ("NQ-INTEGER", "NQ-MAXIMUM", "NQ-MINIMUM", "NQ-QUARTER", "NQ-REQUIRED")
    assert given.findings.counts() == dict.fromkeys(codes, 100_000)
    assert given.findings.frame.estimated_size() < 40_000_000


def test_a_file_over_the_cap_has_an_answer_of_its_own() -> None:
    given = too_large(256)
    assert given.verdict is Verdict.UNREADABLE
    assert given.findings[0].as_json(TOTALS)["message"] == {
        "zh": "文件超过上限：最大 256 MB。",
        "en": "The file is over the cap: at most 256 MB.",
    }


#: what mutations put in
ALPHABET = [
    b",", b'"', b"\n", b"\r", b"\x00", b"\xff", b"\xe4\xb8", b"\x81\x30", b"=1+1", b"-", b"9" * 40, b"\xef\xbb\xbf",
    b"'", "１，２".encode(), "季度".encode("gb18030"), b"2025-Q4", b"{0}", b"%s", b"\x1b[2J", b"\xe2\x80\xae",
]  # fmt: skip


def mutated(data: bytes, luck: random.Random) -> bytes:
    """The file with a few things put in, taken out, doubled or overwritten at random places."""
    made = bytearray(data)
    for _ in range(luck.randint(1, 6)):
        start = luck.randrange(len(made) + 1)
        end = min(len(made), start + luck.choice((0, 1, 2, 10, 200)))
        match luck.randrange(4):
            case 0:
                made[start:start] = luck.choice(ALPHABET)
            case 1:
                del made[start:end]
            case 2:
                made[start:start] = made[start:end] * luck.randint(1, 3)
            case _:
                made[start:end] = luck.randbytes(end - start)
    return bytes(made)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_no_mutation_of_a_file_ever_raises_and_every_row_is_accounted_for(codec: str) -> None:
    luck = random.Random(f"intake {codec}")
    good = hacker_news.totals_file(Quarter(2012, 1), codec)[:4_000].rpartition(b"\r\n")[0]
    seen = set()
    for turn in range(100):
        data = mutated(good, luck)
        given = check(data, TOTALS, Expected("2012-Q1", "hn"))
        told = document(given, TOTALS, File(f"{turn}.csv", len(data), None))
        seen.add(told["verdict"])
        if told["verdict"] in ("accepted", "accepted_with_quarantine"):
            assert told["rows_accepted"] + told["rows_quarantined"] == told["rows_read"]
            unnamed = given.rows_quarantined - len(given.unknown)
            assert given.is_complete == (unnamed == 0)
            assert told["rows_accepted"] > 0
        else:
            assert told["rows_accepted"] == 0
            assert any(finding["severity"] == "hard" for finding in told["findings"])
        assert (told["verdict"] == "accepted") == (not any(f["severity"] == "hard" for f in told["findings"]))
    assert seen == {"accepted", "accepted_with_quarantine", "rejected", "unreadable"}
