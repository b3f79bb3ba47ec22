"""Participation: shares of reporters and quarters, and streaks of silence, by segment."""

from uuid import UUID

from ievq_pipeline.domain.participation import Attended, flat, participation, silent_quarters

A, B, C, D = (UUID(int=n) for n in range(1, 5))


def quarter(name: str, **heard: tuple[UUID, ...]) -> Attended:
    """`big` and `small` name who was expected with which segment; `heard` who was heard."""
    of = {one: (segment, one in heard["heard"]) for segment in ("big", "small") for one in heard.get(segment, ())}
    return Attended(name, of)


QUARTERS = [
    quarter("2024-Q4", big=(A, B), small=(C,), heard=(A, B, C)),
    quarter("2025-Q1", big=(A, B), small=(C, D), heard=(A, D)),
    quarter("2025-Q2", big=(A,), small=(B, C, D), heard=(A,)),
    quarter("2025-Q3", big=(A,), small=(B, C, D), heard=(A,)),
]


def test_each_share_has_its_numerator_denominator_and_window() -> None:
    everybody, big, small = participation(QUARTERS)
    window = "2024-Q4/2025-Q3"
    assert everybody["reported"] == {"numerator": 7, "denominator": 15, "window": window, "share": 0.4667}
    assert (big["value"], big["reported"]["numerator"], big["reported"]["denominator"]) == ("big", 5, 6)
    assert (small["reported"]["numerator"], small["reported"]["denominator"]) == (2, 9)
    assert everybody["value"] == "*"


def test_streaks_go_back_from_the_last_quarter_and_end_where_somebody_was_heard_or_not_expected() -> None:
    assert [silent_quarters(QUARTERS, one) for one in (A, B, C, D)] == [0, 3, 3, 2]
    later = [
        *QUARTERS,
        quarter("2025-Q4", big=(A,), small=(B, C), heard=(A,)),
        quarter("2026-Q1", small=(D,), heard=()),
    ]
    assert [silent_quarters(later[:-1], one) for one in (B, C, D)] == [4, 4, 0]
    assert silent_quarters(later, D) == 1, "nobody expected it in between"
    everybody, _, small = participation(later[:-1])
    assert (everybody["silent_2"]["numerator"], everybody["silent_2"]["denominator"]) == (2, 3)
    assert (small["silent_4"]["numerator"], small["silent_4"]["denominator"]) == (2, 2)


def test_a_window_of_three_quarters_knows_no_streak_of_four() -> None:
    everybody, *_ = participation(QUARTERS[1:])
    assert everybody["silent_4"] == {"numerator": 0, "denominator": 0, "window": "2025-Q1/2025-Q3", "share": None}
    assert everybody["silent_2"]["numerator"] == 3
    assert participation([]) == []


def test_segments_that_are_not_told_come_last() -> None:
    rows = participation([Attended("2025-Q1", {A: (None, True), B: ("small", False)})])
    assert [row["value"] for row in rows] == ["*", "small", None]


def test_a_row_as_csv_has_every_number_in_a_column_of_its_own() -> None:
    [first, *_] = map(flat, participation(QUARTERS))
    assert first["reported_numerator"] == 7
    assert first["silent_2_denominator"] == 4
    assert first["window"] == "2024-Q4/2025-Q3"
    assert not any(isinstance(value, dict) for value in first.values())
