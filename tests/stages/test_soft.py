"""What is unusual is asked about, against the quarter before, others and other feeds; once said, not again."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.errors import BadCall, SoftLeftOpen
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages.confirm import Word
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import REGION, Row, counting, file, open_panel

YEAR_AGO, BEFORE, NOW = "2019-Q2", "2020-Q1", "2020-Q2"
OTHER_REGION = "350100"


def member(number: int) -> str:
    return f"us-agency:M{number}"


def answered(house: House, feed: str, quarter: str, rows: Sequence[Row]) -> uuid.UUID:
    submission = file(house, feed, quarter, rows)
    house.validate()
    return submission


def in_force(house: House, feed: str, quarter: str, rows: Sequence[Row]) -> uuid.UUID:
    submission = answered(house, feed, quarter, rows)
    assert house.store() == [str(submission)]
    return submission


def soft(house: House, submission: uuid.UUID) -> list[tuple[Any, ...]]:
    found = [one for one in house.findings(submission) if one["severity"] == "soft"]
    return [(one["code"], one["cell"], one["value"]) for one in found]


def state(house: House, submission: uuid.UUID) -> tuple[str, str]:
    told = house.submission(submission)
    return told["state"], told["verdict"]


@pytest.fixture
def panel(house: House) -> House:
    """Two associations; `a` has members 1 and 2, `b` eight others; member 1 also files itself. All filed before."""
    open_panel(
        house, {"a": [member(1), member(2)], "b": [member(n) for n in range(10, 18)]}, [member(1)],
        quarters=[YEAR_AGO, BEFORE, NOW],
    )  # fmt: skip
    in_force(
        house,
        "a",
        BEFORE,
        [
            (member(1), REGION, "go", 3),
            (member(1), OTHER_REGION, "go", 900),
            (member(1), REGION, "rust", 50),
            (member(1), REGION, "python", 1),
            (member(1), REGION, "docker", 40),
            (member(2), REGION, "Quantum Weaving", 3),
        ],
    )
    in_force(house, "a", YEAR_AGO, [(member(1), REGION, "rust", 600), (member(2), REGION, "sql", 40)])
    in_force(house, "b", BEFORE, [(member(n), REGION, skill, n) for n in range(10, 18) for skill in ("react", "sql")])
    return house


def test_a_tenfold_jump_is_asked_about_once_at_its_heaviest_cell_and_small_ones_are_not(panel: House) -> None:
    asked = answered(
        panel,
        "a",
        NOW,
        [
            (member(1), REGION, "go", 20),
            (member(1), OTHER_REGION, "go", 90),  # a tenth
            (member(1), REGION, "rust", 500),  # ten times, but as in the same quarter of last year
            (member(1), REGION, "python", 12),  # too few for a jump
            (member(1), REGION, "docker", 399),  # not ten times
            (member(1), REGION, "react", 800),  # sought for the first time
            (member(2), REGION, "quantum weaving", 3),  # named before, in other letters
        ],
    )
    assert soft(panel, asked) == [("NQ-JUMP", "E3", "90")]
    assert state(panel, asked) == ("needs_confirmation", "needs_confirmation")
    found = panel.findings(asked)[0]
    assert all(part in found["message"]["zh"] for part in ("90", "900", BEFORE))
    assert [one["code"] for one in found["reasons"]] == ["real_change", "earlier_wrong", "scope_changed", "other"]


def test_posts_of_a_series_are_summed_and_last_year_is_looked_at_where_there_is_no_quarter_before(panel: House) -> None:
    house = panel
    posts = [(member(1), REGION, "docker", n, f"P{n}") for n in (150, 250)]
    content = "\n".join(
        [
            "enterprise,quarter,region,skill,openings,post_ref",
            *(f"{e},{NOW},{r},{s},{n},{p}" for e, r, s, n, p in posts),
        ]
    )
    submission, _ = house.receive(HandedIn("a", NOW, "posts.csv", content.encode()))
    house.validate()
    assert soft(house, submission)[-1] == ("NQ-JUMP", "E3", "250")
    assert "400" in house.findings(submission)[-1]["message"]["en"]
    house.open_quarter(Quarter.parse("2020-Q3"))
    newcomer = answered(house, "b", "2020-Q3", [(member(30), REGION, "sql", 500)])
    assert soft(house, newcomer) == [], "there is nothing to compare with"
    house.store()
    in_force(house, "b", BEFORE, [(member(n), REGION, "sql", 5) for n in range(10, 18)])
    a_year_on = "2021-Q1"
    house.open_quarter(Quarter.parse(a_year_on))
    later = answered(house, "b", a_year_on, [(member(10), REGION, "sql", 60), (member(11), REGION, "sql", 6)])
    assert soft(house, later) == [("NQ-JUMP", "E2", "60")]
    assert BEFORE in house.findings(later)[0]["message"]["en"]


def test_a_skill_that_nobody_named_is_asked_about_once_and_only_of_whoever_filed_before(panel: House) -> None:
    rows = [
        (member(1), REGION, "Quantum Knitting", 3), (member(1), OTHER_REGION, "quantum knitting", 3),
        (member(1), REGION, "go", 3), (member(1), OTHER_REGION, "go", 900), (member(2), REGION, "Quantum Weaving", 3),
        (member(3), REGION, "Word Of A Newcomer", 3),
    ]  # fmt: skip
    asked = answered(panel, "a", NOW, rows)
    assert soft(panel, asked) == [("NQ-SKILL-NEW", "D2", "Quantum Knitting")]
    panel.confirm(asked, [Word("NQ-SKILL-NEW", "new_skill")])
    panel.store()
    named = answered(panel, "b", NOW, [(member(10), REGION, "QUANTUM KNITTING", 3), (member(10), REGION, "sql", 10)])
    assert [one for one in soft(panel, named) if one[0] == "NQ-SKILL-NEW"] == [], "somebody has named it now"


def test_a_row_far_above_the_largest_of_eight_others_is_asked_about(panel: House) -> None:
    rows = [(member(1), REGION, "react", 850), (member(1), REGION, "sql", 849), (member(2), REGION, "go", 60_000)]
    asked = answered(panel, "a", NOW, [*rows, (member(1), OTHER_REGION, "go", 900), (member(1), REGION, "docker", 40)])
    assert soft(panel, asked) == [("NQ-PEERS", "E2", "850")], "17 × 50; of go there are too few others"


def test_whoever_files_itself_is_asked_about_by_its_association_and_what_counts_stays(panel: House) -> None:
    in_force(panel, member(1), NOW, [(member(1), REGION, "go", 4), (member(1), OTHER_REGION, "go", 800)])
    rows = [(member(2), REGION, "sql", 4), (member(1), REGION, "go", 5), (member(1), OTHER_REGION, "go", 800)]
    asked = answered(panel, "a", NOW, rows)
    assert soft(panel, asked) == [("NQ-FILED-BY-OTHERS", "A3", member(1))]
    panel.confirm(asked, [Word("NQ-FILED-BY-OTHERS", "theirs_counts", "as agreed")])
    assert panel.store() == [str(asked)]
    assert {(who, n) for who, _, _, n in counting(panel, NOW)} == {(member(1), 4), (member(1), 800), (member(2), 4)}
    assert "NQ-OVERLAP" in {one["code"] for one in panel.findings(asked)}
    own = answered(panel, member(1), NOW, [(member(1), REGION, "go", 5), (member(1), OTHER_REGION, "go", 800)])
    assert soft(panel, own) == [], "nobody goes before the enterprise itself"


def test_what_was_said_is_carried_over_when_the_same_value_comes_back_and_no_further(panel: House) -> None:
    small: list[Row] = [(member(1), REGION, "docker", 40)]
    odd: list[Row] = [(member(1), OTHER_REGION, "go", 90), (member(2), REGION, "Quantum Knitting", 7)]
    first = answered(panel, "a", NOW, [*small, *odd])
    with pytest.raises(SoftLeftOpen) as left:
        panel.confirm(first, [Word("NQ-JUMP", "real_change", row=3)])
    assert all("NQ-SKILL-NEW" in left.value.text(language) for language in ("zh", "en"))
    assert "NQ-JUMP" not in left.value.text("en")
    with pytest.raises(BadCall):
        panel.confirm(first, [Word("NQ-JUMP", "other"), Word("NQ-SKILL-NEW", "new_skill")])
    panel.confirm(first, [Word("NQ-JUMP", "other", "停产检修"), Word("NQ-SKILL-NEW", "our_name")])
    panel.store()
    again = answered(panel, "a", NOW, [*reversed(odd), *small, (member(1), REGION, "sql", 2)])
    assert state(panel, again) == ("accepted", "accepted")
    assert [code for code, *_ in soft(panel, again)] == ["NQ-SKILL-NEW", "NQ-JUMP"], "still shown to whoever reads it"
    said = panel.submission(again)["confirmations"]
    assert [(one["code"], one["row"], one["reason"], one["text"], one["carried_from"]) for one in said] == [
        ("NQ-SKILL-NEW", 2, "our_name", "", str(first)), ("NQ-JUMP", 3, "other", "停产检修", str(first)),
    ]  # fmt: skip
    panel.store()
    third = answered(panel, "a", NOW, [*small, (member(1), OTHER_REGION, "go", 80), odd[1]])
    assert state(panel, third)[0] == "needs_confirmation", "another value is another question"
    panel.confirm(third, [Word("NQ-JUMP", "real_change")])
    panel.store()
    listed = panel.confirmations(Quarter.parse(NOW))
    assert {(one["submission_id"], one["code"], one["carried_from"] is None) for one in listed} == {
        (str(one), code, one == first or (one, code) == (third, "NQ-JUMP"))
        for one in (first, again, third)
        for code in ("NQ-JUMP", "NQ-SKILL-NEW")
    }
    jumps = panel.confirmations(Quarter.parse(NOW), "NQ-JUMP")
    assert [one["value"] for one in jumps] == ["90", "90", "80"]
    assert panel.confirmations(Quarter.parse(BEFORE)) == []


def test_soft_findings_within_the_file_wait_for_a_word_with_rows_set_aside_and_all(panel: House) -> None:
    rows: list[Row] = [(member(n), REGION, skill, 9) for n in (1, 2, 3) for skill in ("go", "react", "sql", "rust")]
    bad: list[Row] = [(member(3), REGION, "python", "about 3")]
    asked = answered(panel, "a", NOW, [*rows, (member(2), "", "TOTAL", 60_000), *bad])
    assert soft(panel, asked) == [("NQ-TOTAL-ABOVE", "E14", "60000")]
    assert panel.submission(asked)["rows_quarantined"] == 1
    panel.confirm(asked, [Word("NQ-TOTAL-ABOVE", "no_skill")])
    assert panel.store() == [str(asked)]
    again = answered(panel, "a", NOW, [*bad, (member(2), "", "TOTAL", 60_000), *rows])
    assert state(panel, again) == ("accepted", "accepted_with_quarantine"), "said before"
