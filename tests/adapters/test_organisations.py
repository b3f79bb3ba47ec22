"""A file of organisations against its contract: the paper's words, dates, several codes in a cell, and faults."""

import pytest

from ievq_pipeline.adapters import answers
from ievq_pipeline.adapters.checks import Answer, check
from ievq_pipeline.adapters.codes import read_identifier
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import FieldType
from ievq_pipeline.domain.errors import NotAnIdentifier
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.organisation import VALUES, Dimension, Identifier
from ievq_pipeline.domain.submission import Verdict

ORGANISATIONS, ROSTER = contract("organisations"), contract("roster")
CODE = "91350100M000100Y43"
HEADER = (
    "identifier", "other_identifiers", "kind", "title", "ownership", "scale", "accreditation", "region", "industry",
    "holds_from", "holds_to", "member_of", "succeeds", "succession", "happened_on",
)  # fmt: skip


def row(**cells: str) -> dict[str, str]:
    return {"identifier": CODE, "kind": "enterprise"} | cells


def answer(*rows: dict[str, str]) -> Answer:
    lines = [HEADER, *([each.get(column, "") for column in HEADER] for each in rows)]
    return check("\n".join(map(",".join, lines)).encode(), ORGANISATIONS)


def places(given: Answer) -> list[tuple[str, str | None, str | None]]:
    return [(found.code, found.cell, found.column) for found in given.findings]


def only(given: Answer) -> dict[str, object]:
    (accepted,) = given.accepted.iter_rows(named=True)
    return {column: value for column, value in accepted.items() if value is not None}


def test_the_paper_s_words_are_choices() -> None:
    """Table 1 of the paper, as it is written there."""
    for ownership, code in {
        "Private/Individual Enterprises": "private", "State-Owned Enterprises": "state_owned",
        "Sino-Foreign Joint Ventures/Wholly Foreign-Owned Enterprises": "foreign", "Other Types": "other",
        "民营": "private", "国有": "state_owned", "中外合资": "foreign", "其他": "other",
    }.items():  # fmt: skip
        assert only(answer(row(ownership=ownership)))["ownership"] == code
    for accreditation, code in {
        "Innovative/Specialized & New SMEs": "innovative", "Other Types": "other",
        "Provincial/National “Little Giant” Enterprises": "little_giant", "小巨人": "little_giant",
        "National Manufacturing “Single Champion” Enterprises": "single_champion", "单项冠军": "single_champion",
    }.items():  # fmt: skip
        assert only(answer(row(accreditation=accreditation)))["accreditation"] == code
    assert [only(answer(row(scale=scale)))["scale"] for scale in ("Small", "中型企业", "大型（超过1000人）")] == [
        "small", "medium", "large",
    ]  # fmt: skip
    assert {dimension: len(values) for dimension, values in VALUES.items()} == {
        Dimension.OWNERSHIP: 4, Dimension.SCALE: 3, Dimension.ACCREDITATION: 4,
    }  # fmt: skip
    for dimension, values in VALUES.items():
        assert [choice.code for choice in ORGANISATIONS.field(dimension).choices] == list(values)


def test_a_full_row_comes_out_in_one_spelling() -> None:
    given = answer(
        row(
            identifier=f"USCC: {CODE.lower()}", other_identifiers=" us-agency:DN ；us-agency:DN;hn:n:4f ", kind="企业",
            region="gbt2260:350200", industry="c", holds_from="2025/7/1 0:00", holds_to="２０２５年12月31日",
            member_of="assoc:1", succeeds="us-agency:A;us-agency:B", succession="合并", happened_on="20250701",
        )
    )  # fmt: skip
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert only(given) == {
        "row": 2, "identifier": CODE, "other_identifiers": "us-agency:DN;hn:n:4f", "kind": "enterprise",
        "region": "350200", "industry": "C", "holds_from": "2025-07-01", "holds_to": "2025-12-31",
        "member_of": "assoc:1", "succeeds": "us-agency:A;us-agency:B", "succession": "merger",
        "happened_on": "2025-07-01",
    }  # fmt: skip
    assert {(change.code, change.column) for change in given.normalised} == {
        ("NQ-N-CODE", "identifier"), ("NQ-N-LIST", "other_identifiers"), ("NQ-N-BLANKS", "other_identifiers"),
        ("NQ-N-CHOICE", "kind"), ("NQ-N-CODE", "region"), ("NQ-N-CODE", "industry"), ("NQ-N-DATE", "holds_from"),
        ("NQ-N-DATE", "holds_to"), ("NQ-N-CHOICE", "succession"), ("NQ-N-DATE", "happened_on"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"identifier": CODE[:-1]}, ("NQ-CREDIT-CODE", "A2", "identifier")),
        ({"other_identifiers": "us-agency:DN;x"}, ("NQ-CREDIT-CODE", "B2", "other_identifiers")),
        ({"other_identifiers": ";；"}, ("NQ-REQUIRED", "B2", "other_identifiers")),
        ({"kind": ""}, ("NQ-REQUIRED", "C2", "kind")),
        ({"kind": "ministry"}, ("NQ-CHOICE", "C2", "kind")),
        ({"scale": "huge"}, ("NQ-CHOICE", "F2", "scale")),
        ({"region": "35"}, ("NQ-CODE", "H2", "region")),
        ({"holds_from": "7/1/2025"}, ("NQ-DATE", "J2", "holds_from")),
        ({"holds_from": "2025-02-30"}, ("NQ-DATE", "J2", "holds_from")),
        ({"holds_from": "2025-07-02", "holds_to": "2025-07-01"}, ("NQ-DATES-REVERSED", "K2", "holds_to")),
        ({"succeeds": "us-agency:A"}, ("NQ-SUCCESSION-PARTIAL", "N2", "succession")),
        ({"succession": "merger", "happened_on": "2025-07-01"}, ("NQ-SUCCESSION-PARTIAL", "M2", "succeeds")),
        ({"succeeds": "us-agency:A", "succession": "merger"}, ("NQ-SUCCESSION-PARTIAL", "O2", "happened_on")),
    ],
)
def test_a_fault_is_told_with_its_cell(cells: dict[str, str], found: tuple[str, str, str]) -> None:
    good = [row(identifier=f"us-agency:{n}") for n in range(40)]
    given = answer(row(**cells), *good)
    assert places(given) == [found]
    assert (given.verdict, given.rows_accepted) == (Verdict.ACCEPTED_WITH_QUARANTINE, 40)


def test_the_same_organisation_twice_from_one_day_is_a_repeat_and_from_two_days_a_history() -> None:
    others = [row(identifier=f"us-agency:{n}") for n in range(40)]
    given = answer(row(), row(holds_from="2025-07-01"), row(), row(holds_from="2025年7月1日"), *others)
    assert places(given) == [("NQ-DUPLICATE", "A4", "identifier"), ("NQ-DUPLICATE", "A5", "identifier")]
    assert [found.parameters["first"] for found in given.findings] == [2, 3]


def test_only_code_and_kind_are_needed() -> None:
    assert [f.code for f in ORGANISATIONS.fields if f.required] == ["identifier", "kind"]
    given = check(f"统一社会信用代码,类别\n{CODE},协会".encode("gb18030"), ORGANISATIONS)
    assert only(given) == {"row": 2, "identifier": CODE, "kind": "association"}


def test_a_roster_says_who_and_since_when() -> None:
    lines = ["信用代码,主要渠道,起始日期,截止日期", f"{CODE},是,2025-07-01,", f"{CODE},,2025-07-01,", "us-agency:DN,,,"]
    given = check("\n".join(lines).encode(), ROSTER)
    assert places(given) == [("NQ-DUPLICATE", "A3", "enterprise")]
    assert given.accepted.rows() == [(2, CODE, "yes", "2025-07-01", None), (4, "us-agency:DN", None, None, None)]


def test_what_shows_only_against_the_register_is_placed_and_takes_its_row_out() -> None:
    before = answer(*(row(identifier=f"us-agency:{n}") for n in range(60)))
    found = [Finding("NQ-KIND-DIFFERS", 3, "kind", None, "x" * 300), Finding("NQ-ASSOCIATION-FEED", 2, "member_of")]
    given = answers.held_against(before, ORGANISATIONS, found)
    assert places(given) == [("NQ-ASSOCIATION-FEED", "L2", "member_of"), ("NQ-KIND-DIFFERS", "C3", "kind")]
    assert len(given.findings[1].value or "") < 120
    assert (given.verdict, given.rows_accepted, given.rows_quarantined) == (Verdict.ACCEPTED_WITH_QUARANTINE, 59, 1)
    assert 3 not in given.accepted.get_column("row")
    too_many = [Finding("NQ-KIND-DIFFERS", n, "kind") for n in range(2, 6)]
    given = answers.held_against(before, ORGANISATIONS, too_many)
    assert (given.verdict, given.rows_accepted, given.rows_quarantined) == (Verdict.REJECTED, 0, 4)
    assert (before.rows_accepted, [*before.findings]) == (60, [])


def test_an_identifier_is_read_as_somebody_types_it() -> None:
    assert read_identifier(f" {CODE.lower()} ") == read_identifier(f"uscc:{CODE}") == Identifier("uscc", CODE)
    assert str(read_identifier("US-Agency: DN")) == "us-agency:DN"
    assert Identifier.parse("hn:n:4f") == Identifier("hn", "n:4f")
    assert [Identifier.parse(CODE).spelled, Identifier.parse("a:b").spelled] == [CODE, "a:b"]
    for wrong in ("", CODE[:-1], ":x", "1x:a"):
        with pytest.raises(NotAnIdentifier):
            read_identifier(wrong)


def test_dates_are_told_as_a_type_of_their_own() -> None:
    shown = ORGANISATIONS.field("holds_from").as_json()
    assert (shown["type"], FieldType.DATE) == ("date", "date")
