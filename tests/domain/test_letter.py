"""What a mail says: everything that a clerk needs, in either language, and nothing that a name smuggles in."""

from dataclasses import replace
from datetime import date

import pytest

from ievq_pipeline.domain.letter import SUBJECTS, Links, NotTaken, Occasion, letter
from ievq_pipeline.domain.mail import ANSWER
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.timetable import Reminder

LINKS = Links(
    "https://ievq.example/quarters/2025-Q3",
    "https://ievq.example/t",
    "https://ievq.example/s",
    "https://ievq.example/a",
)
DUE = Occasion(
    "due-in-10", "robots", Text("用人需求表", "Job demand"), Quarter(2025, 3), date(2025, 10, 15), date(2025, 10, 30)
)


def not_taken(verdict: Verdict, name: str = "九月.xlsx") -> Occasion:
    return replace(DUE, sort=ANSWER, not_taken=NotTaken("id", 2, name, verdict, 1234))


@pytest.mark.parametrize("sort", list(Reminder))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_reminder_names_feed_quarter_dates_and_what_to_do(sort: str, language: str) -> None:
    told = letter(replace(DUE, sort=sort), LINKS, language)
    for part in ("robots", "2025-10-15", "2025-10-30", DUE.kind[language], LINKS.quarter, LINKS.template, LINKS.submit):
        assert part in told.body
    assert ("2025年第3季度" if language == "zh" else "2025-Q3") in told.body + told.subject
    assert "{" not in told.body + told.subject
    assert max(map(len, told.body.splitlines())) < 400


def test_the_sorts_are_told_apart_by_their_subjects() -> None:
    occasions = [replace(DUE, sort=sort) for sort in Reminder] + [not_taken(Verdict.REJECTED)]
    for language in ("zh", "en"):
        assert len({letter(one, LINKS, language).subject for one in occasions}) == len(SUBJECTS) == 5


@pytest.mark.parametrize("verdict", [Verdict.REJECTED, Verdict.UNREADABLE, Verdict.NEEDS_CONFIRMATION])
def test_an_answer_names_the_file_and_where_the_whole_answer_is(verdict: Verdict) -> None:
    for language in ("zh", "en"):
        told = letter(not_taken(verdict), LINKS, language)
        assert "九月.xlsx" in told.body
        assert LINKS.submission in told.body
        assert ("1,234" in told.body) is (verdict is not Verdict.UNREADABLE)
    assert {letter(not_taken(one), LINKS, "en").body for one in (verdict, Verdict.REJECTED)}


def test_no_name_makes_a_line_or_a_place() -> None:
    told = letter(replace(not_taken(Verdict.REJECTED, "a\r\nBcc: x@y.z\u202e{due}"), feed="f\n\nx"), LINKS, "en")
    assert "\n" not in told.subject
    assert "aBcc: x@y.z{due}" in told.body
