"""Stored wordings read through decisions."""

from ievq_pipeline.domain.recoding import Recoding

ROWS = [
    ("a", "2025-Q1", "炼丹", "350200", 2),
    ("a", "2025-Q1", "python", "350200", 3),
    ("b", "2025-Q1", "炼 丹", "", 4),
]


def test_a_wording_and_its_code_are_one_series_however_it_was_spelled() -> None:
    read = Recoding(codes={"炼丹": "python", "炼 丹": "python"}).merged(ROWS)
    assert read == [("a", "2025-Q1", "python", "350200", 5), ("b", "2025-Q1", "python", "", 4)]
    assert Recoding().merged(ROWS) == ROWS


def test_what_a_wording_may_be_is_unknown_for_whoever_names_it_once() -> None:
    read = Recoding(unsure={"炼丹": ("python", "go")})
    assert list(read.hidden([*ROWS, ROWS[0]])) == [("a", "2025-Q1", "python"), ("a", "2025-Q1", "go")]
    assert list(Recoding(codes={"炼丹": "go"}).hidden(ROWS)) == []
