"""Filed rows: what was checked is stored, whatever stands in the cells; and what a file says of each reporter."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import answers
from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.filed_rows import FiledRows, Part
from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import REGION, open_panel

QUARTER = "2020-Q1"
ODD = [
    'a "quoted" word', "back\\slash", "\\N", "\\.", "NULL", "null", "a,b;c", "tab\there", "line\nbreak", "\\.\nmore",
    "'; DROP TABLE filing; --", "{a,b}", "=1+1", "零报告", "🙂 e\u0301 \u202egpj", "\u0001", "{", '"', "%s :x {y}",
]  # fmt: skip


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def filed(
    lines: list[str], header: str, kind: str = "job-demand", schemes: Mapping[str, str] | None = None
) -> FiledRows:
    rules = contract(kind).with_schemes(schemes or {})
    answer = check("\n".join([header, *lines]).encode(), rules, Expected(QUARTER))
    kept = answers.kept(answer, answers.File("a.csv", 0, None))
    return FiledRows(rules, kept["accepted"], kept["unknown"], kept["unnamed"])


def stored(house: House, feed: str, content: str, kind: str) -> list[dict[str, Any]]:
    submission, _ = house.receive(HandedIn(feed, QUARTER, "a.csv", content.encode()))
    house.validate()
    assert house.submission(submission)["verdict"] == "accepted", house.findings(submission)
    assert house.store() == [str(submission)]
    return [dict(row) for row in house.observations(kind, Quarter.parse(QUARTER))]


def test_odd_notes_and_skills_of_technologies_come_back_as_they_were(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER], kind="technology")
    skills = ["go", 'say "hi"', "back\\slash", "{brace}", "a,b", "null", "c++"]
    lines = [
        f"us-agency:M{n},{QUARTER},tech{n},应用,{quoted(';'.join(skills))},{quoted(note)}" for n, note in enumerate(ODD)
    ]
    found = stored(house, "a", "\n".join(["enterprise,quarter,technology,stage,skills,note", *lines]), "technology")
    notes = {row["reporter"]: row["note"] for row in found}
    wanted = {f"us-agency:M{n}": note for n, note in enumerate(ODD)}
    assert notes == wanted
    assert {tuple(row["skills"]) for row in found} == {(*skills[:-1], "c-plus-plus")}


def test_odd_references_come_back_and_empty_ones_are_null(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    refs = [ref for ref in ODD if "\n" not in ref]
    lines = [f"us-agency:M1,{QUARTER},{REGION},go,{n},{quoted(ref)},,,,," for n, ref in enumerate(["", *refs])]
    header = "enterprise,quarter,region,skill,openings,post_ref,occupation,applicants,tier,is_required"
    found = stored(house, "a", "\n".join([header, *(line[:-1] for line in lines)]), "job-demand")
    assert {row["openings"]: row["post_ref"] for row in found} == dict(enumerate([None, *refs]))
    for name in ("industry", "occupation", "applicants", "tier", "is_required"):
        assert {row[name] for row in found} == {None}


def test_every_code_is_kept_with_its_scheme_and_choices_as_values(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    header = "enterprise,quarter,region,occupation,skill,openings,tier,is_required"
    lines = [
        f"91350100M000100Y43,{QUARTER},350200,2-02-10-03,go,1,2,是",
        f"us-agency:X,{QUARTER},us-state:CA,soc:15-1252,go,1,,否",
        f"us-agency:X,{QUARTER},unknown,,go,2,,",
        f"us-agency:X,{QUARTER},remote,,go,3,,",
    ]
    found = stored(house, "a", "\n".join([header, *lines]), "job-demand")
    names = ("reporter", "region", "occupation", "tier", "is_required")
    assert sorted(tuple(row[name] for name in names) for row in found if row["openings"] == 1) == [
        ("us-agency:X", "us-state:CA", "soc:15-1252", None, False),
        ("uscc:91350100M000100Y43", "gbt2260:350200", "csco:2-02-10-03", 2, True),
    ]
    assert {row["region"] for row in found if row["openings"] > 1} == {"unknown", "remote"}


def test_a_region_that_the_feed_does_not_state_is_unknown(house: House) -> None:
    rows = filed(
        [f"us-agency:X,{QUARTER},go,1"],
        "enterprise,quarter,skill,openings",
        schemes={"region": "not-stated", "industry": "not-stated"},
    )
    csv = rows.csv(
        uuid.UUID(int=1), {"us-agency:X": 7}, ["row", "filing_id", "region", "industry", "skill", "openings"]
    )
    assert csv == b"2,7,unknown,,go,1\n"


@pytest.mark.parametrize("spelled", ["零报告", "NIL", "nil-report"])
def test_zero_reports_and_totals_stand_on_the_filing_and_are_listed_as_rows(house: House, spelled: str) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    lines = [
        f"us-agency:Z,{QUARTER},,{spelled},",
        f"us-agency:T,{QUARTER},,合计,9",
        f"us-agency:T,{QUARTER},{REGION},go,5",
    ]
    found = stored(house, "a", "\n".join(["enterprise,quarter,region,skill,openings", *lines]), "job-demand")
    assert [(row["reporter"], row["region"], row["skill"], row["openings"]) for row in found] == [
        ("us-agency:T", None, "TOTAL", 9),
        ("us-agency:T", f"gbt2260:{REGION}", "go", 5),
        ("us-agency:Z", None, "nil-report", None),
    ]
    with house.sessions() as session:
        assert session.execute(text("SELECT count(*) FROM job_demand_observation")).scalar_one() == 1


def test_a_total_that_cannot_be_read_is_no_series_that_is_unknown() -> None:
    good = [f"us-agency:X,{QUARTER},{region},go,50" for region in range(350100, 351000, 100)]
    rows = filed([*good, f"us-agency:X,{QUARTER},,TOTAL,many"], "enterprise,quarter,region,skill,openings",
                 schemes={"industry": "not-stated"})  # fmt: skip
    assert rows.parts() == {"us-agency:X": Part()}


def test_a_zero_report_that_cannot_be_believed_leaves_its_reporter_unknown() -> None:
    good = [f"us-agency:X,{QUARTER},{region},go,50" for region in range(350100, 351000, 100)]
    rows = filed([*good, f"us-agency:Y,{QUARTER},,NIL,7"], "enterprise,quarter,region,skill,openings",
                 schemes={"industry": "not-stated"})  # fmt: skip
    assert rows.parts() == {"us-agency:X": Part(), "us-agency:Y": Part(is_complete=False)}


def test_two_parts_of_one_reporter_are_one() -> None:
    one, other = Part(total=3, unknown=[(2, "go")]), Part(total=4, is_zero=True, is_complete=False, unknown=[(3, "go")])
    assert one.joined(other) == Part(7, is_zero=False, is_complete=False, unknown=[(2, "go"), (3, "go")])
    assert one.joined(Part()).total is None
