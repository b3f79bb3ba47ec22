"""Files as offices send them, through the whole check: the right rows, every fault at its cell, nothing else."""

from collections.abc import Sequence

import pytest

from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.finding import Finding, address
from tests.offices import (
    CODES,
    JOB,
    QUARTER,
    Case,
    Rows,
    files,
    good,
    json_of,
    layouts,
    ods,
    separated,
    table,
    xls,
    xlsx,
)
from tests.offices.cells import FAULTY, HARMLESS, Habit

WRITERS = {
    "csv": separated,
    "csv-gb18030": lambda rows: separated(rows, "gb18030"),
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "json": json_of,
}
#: what the writer of workbooks makes a formula or an error of; those have cases of their own
NO_TEXT = ("=", "#")


def _told(finding: Finding) -> str:
    if finding.row is None:
        return finding.code
    if finding.position is not None:
        return f"{finding.code} {address(finding.row, finding.position)}"
    is_cell = finding.column and finding.code != "NQ-HEADER-MISSING"
    return f"{finding.code} {finding.row}{f' {finding.column}' if is_cell else ''}"


def _by_row(answer: Answer) -> dict[int, dict[str, object]]:
    return {row["row"]: row for row in answer.accepted.to_dicts()}


@pytest.mark.parametrize("case", [*layouts.CASES, *files.CASES], ids=lambda case: case.name)
def test_a_file_is_read_as_people_mean_it(case: Case) -> None:
    answer = check(case.data, contract(case.kind), Expected(case.quarter))
    assert sorted(map(_told, answer.findings)) == sorted(case.findings)
    assert (str(answer.verdict), answer.rows_accepted) == (case.verdict, case.accepted)
    if answer.verdict != "rejected":
        assert answer.rows_accepted + answer.rows_quarantined == answer.rows_read
    rows = _by_row(answer)
    assert {at: rows[at[0]][at[1]] for at in case.values} == case.values
    assert set(case.changed) <= {change.code for change in answer.normalised}
    assert {name: getattr(answer.facts, name) for name in case.facts} == case.facts


def _in(writer: str, habits: Sequence[Habit]) -> list[Habit]:
    return [habit for habit in habits if writer != "xlsx" or not str(habit.written).startswith(NO_TEXT)]


def _file_of(habits: Sequence[Habit], padding: int) -> Rows:
    """A row for each habit, among so many rows without one."""
    rows = table(len(habits) + padding)
    for number, habit in enumerate(habits, 1):
        rows[number][CODES.index(habit.column)] = habit.written
        rows[number][CODES.index("post_ref")] = f"P-{number}"
        if habit.column == "post_ref":
            rows[number][CODES.index("post_ref")] = habit.written
    return rows


@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_certain_in_a_cell_is_read_and_counted(writer: str) -> None:
    habits = _in(writer, HARMLESS)
    rows = _file_of(habits, 20)
    answer = check(WRITERS[writer](rows), contract(JOB), Expected(QUARTER))
    assert [*map(_told, answer.findings)] == []
    assert answer.rows_accepted == len(rows) - 1
    read, first = _by_row(answer), 1 if writer == "json" else 2
    got = [(habit, read[number][habit.column]) for number, habit in enumerate(habits, first)]
    assert [(habit.written, value) for habit, value in got if value != habit.value] == []
    counted = {(change.column, change.code) for change in answer.normalised}
    assert {(habit.column, habit.changed) for habit in habits if habit.changed} <= counted


@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_not_certain_in_a_cell_is_a_finding_at_that_cell(writer: str) -> None:
    habits = _in(writer, FAULTY)
    answer = check(WRITERS[writer](_file_of(habits, 9 * len(habits))), contract(JOB), Expected(QUARTER))
    first = 1 if writer == "json" else 2
    found = {(finding.code, finding.row, finding.column) for finding in answer.findings}
    expected = {(habit.finding, number, habit.column) for number, habit in enumerate(habits, first)}
    assert (expected - found, found - expected) == (set(), set())
    assert len(answer.findings) == len(habits)


@pytest.mark.parametrize(
    "habit", [habit for habit in HARMLESS if habit.changed], ids=lambda habit: f"{habit.column}={habit.written!r}"
)
def test_a_cell_is_counted_under_what_was_done_to_it(habit: Habit) -> None:
    rows = table(4)
    rows[2][CODES.index(habit.column)] = habit.written
    answer = check(separated(rows), contract(JOB), Expected(QUARTER))
    assert habit.changed in {change.code for change in answer.normalised if change.column == habit.column}
    assert answer.rows_accepted == len(good(4))
