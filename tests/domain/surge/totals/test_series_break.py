"""Breaks in a totals source: what lies on both sides of one is not tested, and says so."""

import pytest

from ievq_pipeline.domain.surge.episode import Change
from ievq_pipeline.domain.surge.look import Untested
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.totals.fold import Look, replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from tests.domain.surge.totals.test_fold import FIRST, feed

RENAMED = 14


def looks(counts: list[int], breaks: tuple[int, ...] = (), **others: list[int]) -> list[Look]:
    rows = [
        (str(FIRST.plus(q)), skill, count, 1000)
        for skill, numbers in {"Go": counts, **others}.items()
        for q, count in enumerate(numbers)
    ]
    return replay(TotalsPanel.of(rows), breaks={"Go": [FIRST.plus(n) for n in breaks]})


def test_a_renamed_wording_surges_unless_its_break_is_known() -> None:
    renamed = [100] * RENAMED + [200] * 14
    assert any(look.episodes for look in looks(renamed))
    known = looks(renamed, (RENAMED,))
    assert not any(look.episodes for look in known)
    kept_out = [n for n, look in enumerate(known) if look.untested]
    assert {one for look in known for one in look.untested} == {Untested("Go", Reason.CROSSES_BREAK)}
    assert kept_out == list(range(RENAMED, RENAMED + 11))
    assert all(bool(look.tests) is (n >= 7 and n not in kept_out) for n, look in enumerate(known) if n > 6)


def test_a_break_changes_nothing_before_it_and_nothing_of_other_names() -> None:
    rows = feed(2)
    plain = replay(TotalsPanel.of(rows))
    skill = max(plain[-1].tests, key=lambda test: test.expected).skill
    broken = replay(TotalsPanel.of(rows), breaks={skill: [FIRST.plus(10)], "never named": [FIRST.plus(9)]})
    assert broken[:10] == plain[:10]
    for one, other in zip(plain[10:], broken[10:], strict=True):
        assert {test.skill for test in one.tests} - {test.skill for test in other.tests} == {skill}


def test_a_break_where_the_source_begins_parts_nothing() -> None:
    steady = [100] * 12
    assert looks(steady, (0,))[-1].tests == looks(steady)[-1].tests
    assert not looks(steady, (0, 12, 40))[-1].untested


@pytest.mark.parametrize(("after", "ends"), [([300, 300, 300, 300], 15), ([100, 100, 100, 100], 15)])
def test_a_running_episode_ages_over_a_break_and_nobody_says_that_it_fell(after: list[int], ends: int) -> None:
    """The second would end at 14 for having fallen, if the new wording could be held against the old."""
    found = looks([100] * 12 + [170, *after], (13,))
    assert [(n, t.change) for n, look in enumerate(found) for t in look.episodes] == [
        (12, Change.OPENED), (13, Change.CONTINUED), (14, Change.CONTINUED), (ends, Change.ENDED),
    ]  # fmt: skip
    assert found[ends].episodes[0].episode.quarters_below == 0
    assert all(look.untested == (Untested("Go", Reason.CROSSES_BREAK),) for look in found[13 : ends + 1])


def test_an_episode_over_a_break_is_told_of_even_where_nothing_could_be_tested_anyway() -> None:
    found = looks([100] * 12 + [170, 0, 0], (13,), Rust=[200] * 15)
    assert [one.series for look in found[13:] for one in look.untested] == ["Go", "Go"]
