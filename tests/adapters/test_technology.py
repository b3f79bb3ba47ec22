"""A technology file against its contract: stages, lists of skills, notes, zero reports and repeats."""

import random

import pytest

from ievq_pipeline.adapters.answers import File, document
from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.submission import Verdict
from tests.adapters.test_checks import mutated, places

TECHNOLOGY = contract("technology")
CODES = ",".join(f.code for f in TECHNOLOGY.fields)
A, B = "91350100M000100Y43", "us-agency:DN"
HEADERS = {
    "codes": CODES,
    "zh": ",".join(f.title.zh for f in TECHNOLOGY.fields),
    "en": ",".join(f.title.en for f in TECHNOLOGY.fields),
    "offices": "社会信用代码,报告期,技术名称,阶段,相关技能,说明",
}


def row(**cells: str) -> str:
    good = {"enterprise": A, "quarter": "2025-Q3", "technology": "opc-ua", "stage": "pilot", "skills": "python"}
    return ",".join((good | cells).get(f.code, "") for f in TECHNOLOGY.fields)


def nil(enterprise: str = B, word: str = "零报告") -> str:
    return row(enterprise=enterprise, technology=word, stage="", skills="")


def rows(number: int = 60) -> list[str]:
    return [row(technology=f"t{n}") for n in range(number)]


def answer(*lines: str, header: str = CODES, codec: str = "utf-8") -> Answer:
    return check("\n".join([header, *lines]).encode(codec), TECHNOLOGY, Expected("2025-Q3"))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_good_file_is_accepted_whatever_its_headers_and_encoding(header: str, codec: str) -> None:
    given = answer(row(technology="数字孪生", skills="三维建模;python", note="二期"), nil(), header=header, codec=codec)
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert given.accepted.rows() == [
        (2, A, "2025-Q3", "digital-twin", "pilot", "三维建模;python", "二期"),
        (3, B, "2025-Q3", "nil-report", None, None, None),
    ]


def test_columns_stand_in_any_order_and_the_note_may_be_absent() -> None:
    given = answer(f"Go,in_use,Redis,2025-Q3,{A}", header="skills,stage,technology,quarter,enterprise")
    assert given.accepted.rows() == [(2, A, "2025-Q3", "Redis", "in_use", "go", None)]


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        ("研发", "research"),
        ("中试", "pilot"),
        ("In use", "in_use"),
        ("规模化 应用", "widespread"),
        ("退出", "phasing_out"),
    ],
)
def test_a_stage_is_understood_by_code_and_wording(wording: str, code: str) -> None:
    given = answer(row(stage=wording))
    assert given.accepted["stage"].to_list() == [code]
    assert [(c.code, c.before, c.after) for c in given.normalised] == [("NQ-N-CHOICE", wording, code)]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("Python;SQL", "python;sql"),
        ("Python；SQL", "python;sql"),
        (" Python ； SQL ;", "python;sql"),
        ("SQL;Python;SQL", "sql;python"),
        ("Golang;刺绣;Go;刺 绣; 刺绣 ", "go;刺绣;刺 绣"),
        ("刺绣、切割；SQL", "刺绣、切割;sql"),
    ],
)
def test_skills_are_separated_by_either_semicolon(cell: str, read: str) -> None:
    given = answer(row(skills=cell))
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert given.accepted["skills"].to_list() == [read]
    assert {c.code for c in given.normalised} <= {"NQ-N-LIST", "NQ-N-BLANKS", "NQ-N-SKILL"}


def test_another_separator_raises_a_doubt_and_no_more() -> None:
    given = answer(row(skills="Python、SQL"))
    assert (given.verdict, places(given)) == (Verdict.ACCEPTED, [("NQ-LIST-DOUBT", "E2")])
    assert given.accepted["skills"].to_list() == ["Python、SQL"]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"enterprise": "91350100M000100Y44"}, ("NQ-CREDIT-CODE", "A62")),
        ({"quarter": "2025-Q2"}, ("NQ-QUARTER-OTHER", "B62")),
        ({"technology": ""}, ("NQ-REQUIRED", "C62")),
        ({"technology": "t3"}, ("NQ-DUPLICATE", "C62")),
        ({"technology": "NIL"}, ("NQ-ZERO-BESIDE-ROWS", "C62")),
        ({"stage": ""}, ("NQ-REQUIRED", "D62")),
        ({"stage": "很好"}, ("NQ-CHOICE", "D62")),
        ({"skills": ""}, ("NQ-REQUIRED", "E62")),
        ({"skills": "；;"}, ("NQ-REQUIRED", "E62")),
        ({"skills": "Python;#REF!"}, ("NQ-WORDING", "E62")),
        ({"skills": "x;" * 1_001}, ("NQ-TEXT-LONG", "E62")),
        ({"note": "好" * 2_001}, ("NQ-NOTE-LONG", "F62")),
    ],
)
def test_one_fault_in_one_cell_is_one_finding_and_quarantines_its_row(
    cells: dict[str, str], fault: tuple[str, str]
) -> None:
    given = answer(*rows(), row(**cells))
    assert places(given) == [fault]
    assert (given.verdict, given.rows_quarantined) == (Verdict.ACCEPTED_WITH_QUARANTINE, 1)


def test_two_enterprises_may_name_the_same_technology() -> None:
    assert answer(row(), row(enterprise=B)).findings == []


def test_a_zero_report_given_twice_is_a_repeat() -> None:
    assert places(answer(*rows(), nil(B), nil(B, "NIL"))) == [("NQ-DUPLICATE", "C63")]


def test_a_quarantined_row_names_enterprise_and_technology() -> None:
    given = answer(*rows(), row(technology="X", stage="?"), row(enterprise=B, technology=""))
    assert (given.unknown, given.unnamed) == ([(62, A, "X")], [(63, B)])


def test_a_note_with_line_breaks_and_commas_is_no_swallowed_row() -> None:
    given = answer(row(note='"one, two, three,\nfour, five, six, seven"'))
    assert (given.verdict, given.rows_read) == (Verdict.ACCEPTED, 1)
    swallowed = answer(row(note='"一'), *rows(3), row(technology="last", note='二"'))
    assert [finding.code for finding in swallowed.findings] == ["NQ-ROW-SWALLOWED"]


def test_no_mutation_of_a_file_ever_raises_and_every_row_is_accounted_for() -> None:
    luck = random.Random("technology")
    good = "\r\n".join([HEADERS["zh"], *rows(40), nil()]).encode("gb18030")
    seen = set()
    for turn in range(100):
        data = mutated(good, luck)
        given = check(data, TECHNOLOGY, Expected("2025-Q3"))
        told = document(given, TECHNOLOGY, File(f"{turn}.csv", len(data), None))
        seen.add(told["verdict"])
        is_hard = any(finding["severity"] == "hard" for finding in told["findings"])
        if given.verdict.state == "accepted":
            assert told["rows_accepted"] + told["rows_quarantined"] == told["rows_read"]
            assert len(given.unknown) + len(given.unnamed) == given.rows_quarantined
        else:
            assert (told["rows_accepted"], is_hard) == (0, True)
    assert seen == {"accepted", "accepted_with_quarantine", "rejected", "unreadable"}
