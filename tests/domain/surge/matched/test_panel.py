"""The panel: reported, zero and unknown, at each level, whatever the order."""

from dataclasses import replace

import numpy as np
import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import IntArray
from ievq_pipeline.domain.surge.matched import (
    NONE,
    Level,
    MatchedPanel,
    Reports,
    Rows,
    Series,
    Unknown,
    Vocabulary,
    coded,
)

Q = 8040
NAMES = Vocabulary(["b", "a"], ["x", "x"], ["SQL", "Go"], ["db", "code"], ["remote", "GB"], [False, True])


def ints(*values: int) -> IntArray:
    return np.array(values, dtype=np.int64)


def two_quarters(rows: Rows, unknown: Unknown | None = None, total: int = NONE) -> MatchedPanel:
    """Enterprise b reports both quarters, a the second only."""
    return MatchedPanel.of(NAMES, replace(REPORTS, total=ints(total, NONE, NONE)), rows, unknown)


REPORTS = Reports(ints(0, 0, 1), ints(Q, Q + 1, Q + 1), ints(NONE, NONE, NONE))
ROWS = Rows(ints(0, 0, 1, 0), ints(0, 0, 0, 1), ints(1, 0, 1, 1), ints(Q, Q, Q + 1, Q + 1), ints(3, 2, 7, 4))


def cell(panel: MatchedPanel, series: Series, enterprise: int) -> tuple[list[int], list[bool]]:
    units = panel.units[series.level]
    found = np.flatnonzero((units.series == panel.code(series)) & (units.enterprise == enterprise))
    assert found.size == 1
    return units.openings[:, found[0]].tolist(), units.known[:, found[0]].tolist()


def test_names_stand_in_order_and_series_have_names_both_ways() -> None:
    panel = two_quarters(ROWS)
    assert panel.skills == ("Go", "SQL")
    assert panel.regions == ("GB", "remote")
    for series in (
        Series(Level.SKILL, skill="SQL"),
        Series(Level.SKILL_REGION, skill="Go", region="GB"),
        Series(Level.FAMILY_REGION, family="db", region="GB"),
    ):
        assert (code := panel.code(series)) is not None
        assert panel.series(series.level, code) == series
    assert panel.code(Series(Level.SKILL, skill="Rust")) is None
    assert panel.code(Series(Level.SKILL_REGION, skill="Go", region="US")) is None


def test_what_a_filing_does_not_name_is_zero_and_what_nobody_filed_is_unknown() -> None:
    panel = two_quarters(ROWS)
    assert cell(panel, Series(Level.SKILL, skill="SQL"), 1) == ([5, 0], [True, True])
    assert cell(panel, Series(Level.SKILL, skill="SQL"), 0) == ([0, 7], [False, True])


def test_a_region_that_is_no_place_counts_for_the_skill_and_is_no_series() -> None:
    panel = two_quarters(ROWS)
    assert cell(panel, Series(Level.SKILL_REGION, skill="SQL", region="GB"), 1)[0] == [3, 0]
    for level in (Level.SKILL_REGION, Level.FAMILY_REGION):
        assert all(panel.series(level, int(code)).region == "GB" for code in panel.units[level].series)


def test_no_region_stated_counts_for_the_skill_only() -> None:
    panel = two_quarters(Rows(ints(0), ints(0), ints(NONE), ints(Q), ints(9)))
    assert cell(panel, Series(Level.SKILL, skill="SQL"), 1)[0] == [9, 0]
    assert panel.units[Level.SKILL_REGION].series.size == 0


def test_a_quarantined_row_makes_its_skill_unknown_at_every_level_and_no_other() -> None:
    panel = two_quarters(ROWS, Unknown(ints(0), ints(0), ints(Q + 1)))
    for series in (
        Series(Level.SKILL, skill="SQL"),
        Series(Level.SKILL_REGION, skill="SQL", region="GB"),
        Series(Level.FAMILY_REGION, family="db", region="GB"),
    ):
        assert cell(panel, series, 1)[1] == [True, False]
        assert cell(panel, series, 0)[1] == [False, True]
    assert cell(panel, Series(Level.SKILL, skill="Go"), 1) == ([0, 4], [True, True])


def test_a_row_whose_skill_cannot_be_read_makes_all_of_its_enterprise_unknown() -> None:
    panel = two_quarters(ROWS, Unknown(ints(0), ints(NONE), ints(Q + 1)))
    assert cell(panel, Series(Level.SKILL, skill="SQL"), 1)[1] == [True, False]
    assert cell(panel, Series(Level.SKILL, skill="Go"), 1) == ([0, 0], [True, False])


def test_the_total_is_the_one_given_else_the_sum_of_rows_unless_one_is_unknown() -> None:
    assert two_quarters(ROWS).totals.tolist() == [[0, 7], [5, 4]]
    assert two_quarters(ROWS, total=4).totals.tolist() == [[0, 7], [4, 4]]
    hidden = two_quarters(ROWS, Unknown(ints(0, 0), ints(1, 1), ints(Q, Q + 1)), total=4)
    assert hidden.counted.tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (Rows(ints(1), ints(0), ints(1), ints(Q), ints(3)), "did not report"),
        (Rows(ints(0), ints(0), ints(1), ints(Q + 2), ints(3)), "nobody reported"),
        (Rows(ints(0), ints(0), ints(1), ints(Q), ints(-3)), "below 0"),
        (Rows(ints(0), ints(NONE), ints(1), ints(Q), ints(3)), "no enterprise, skill or region"),
    ],
)
def test_openings_without_a_report_or_below_zero_are_refused(rows: Rows, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        two_quarters(rows)


def test_a_name_or_a_report_that_comes_twice_is_refused() -> None:
    twice = Vocabulary(["a", "a"], ["x", "x"], ["Go"], ["code"], ["GB"], [True])
    nothing = Rows(ints(), ints(), ints(), ints(), ints())
    with pytest.raises(ValueError, match="comes twice"):
        MatchedPanel.of(twice, Reports(ints(0), ints(Q), ints(NONE)), nothing)
    with pytest.raises(ValueError, match="a quarter twice"):
        MatchedPanel.of(NAMES, Reports(ints(0, 0), ints(Q, Q), ints(NONE, NONE)), nothing)


def test_a_panel_reaches_as_far_as_it_is_told_and_no_further() -> None:
    wide = MatchedPanel.of(NAMES, REPORTS, ROWS, first=Quarter.from_index(Q - 1), last=Quarter.from_index(Q + 2))
    assert wide.totals.tolist() == [[0, 0, 7, 0], [0, 5, 4, 0]]
    assert wide.filed.tolist() == [[False, False, True, False], [False, True, True, False]]
    late = MatchedPanel.of(NAMES, REPORTS, ROWS, Unknown(ints(0), ints(0), ints(Q)), first=Quarter.from_index(Q + 1))
    assert late.totals.tolist() == [[7], [4]]
    assert MatchedPanel.of(NAMES, REPORTS, ROWS, last=Quarter.from_index(Q)).totals.tolist() == [[0], [5]]


def test_a_look_sees_nothing_later() -> None:
    early = two_quarters(ROWS).until(two_quarters(ROWS).quarters[0])
    assert early.totals.tolist() == [[0], [5]]
    assert early.units[Level.SKILL].openings.shape[0] == 1


def test_a_column_of_names_becomes_a_vocabulary_and_codes() -> None:
    names, codes = coded(["b", "a", "b"])
    assert names == ["a", "b"]
    assert codes.tolist() == [1, 0, 1]
