"""What a fold remembers: text and back to the bit, and a replay that goes on as if it had never stopped."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ievq_pipeline.domain.surge import matched, totals
from ievq_pipeline.domain.surge.matched import Level, MatchedLook, MatchedPanel, Series
from ievq_pipeline.domain.surge.memory import Memory, kept, restored
from ievq_pipeline.domain.surge.totals.fold import Look, replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from tests.domain.surge.matched.made_panels import FIRST, Filed, World, filed
from tests.domain.surge.totals.test_fold import feed

WORLD = World(enterprises=120, skills=12, quarters=22, regions=2, steps={3: (10, 2.5), 7: (12, 3.0), 5: (17, 3.0)})


@pytest.fixture(scope="module")
def made() -> Filed:
    return filed(WORLD, 4)


@pytest.fixture(scope="module")
def looks(made: Filed) -> list[MatchedLook]:
    found = matched.replay(made.panel())
    assert max(len(look.memory.running) for look in found) > 2
    return found


@pytest.fixture(scope="module")
def totals_looks() -> list[Look]:
    found = replay(TotalsPanel.of(feed(1)))
    assert max(len(look.memory.running) for look in found) > 2
    return found


@pytest.mark.parametrize("cut", range(1, WORLD.quarters))
def test_a_matched_replay_goes_on_from_any_look(made: Filed, looks: list[MatchedLook], cut: int) -> None:
    """One look further from each memory: every later look follows by induction, since it sees nothing else."""
    memory = restored(kept(looks[cut - 1].memory), "matched")
    (found,) = matched.replay(made.panel().until(FIRST.plus(cut)), since=FIRST.plus(cut), memory=memory)
    assert said([found]) == said([looks[cut]])


@given(cut=st.integers(1, 20), again=st.integers(0, 20))
@settings(max_examples=5, deadline=None)
def test_a_matched_replay_may_be_cut_twice(made: Filed, looks: list[MatchedLook], cut: int, again: int) -> None:
    first, second = sorted((cut, cut + again))
    panel = made.panel()
    begun = matched.replay(panel.until(FIRST.plus(first - 1)))
    middle = matched.replay(panel.until(FIRST.plus(second - 1)), since=FIRST.plus(first),
                            memory=restored(kept(begun[-1].memory), "matched"))  # fmt: skip
    memory = restored(kept((middle or begun)[-1].memory), "matched")
    rest = matched.replay(panel, since=FIRST.plus(second), memory=memory)
    assert said([*begun, *middle, *rest]) == said(looks)


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_totals_replay_goes_on_from_any_look(totals_looks: list[Look], cut: int) -> None:
    memory = restored(kept(totals_looks[cut - 1].memory), "totals")
    rest = replay(TotalsPanel.of(feed(1)), since=FIRST.plus(cut), memory=memory)
    assert said(rest) == said(totals_looks[cut:])


@given(
    st.floats(),
    st.floats(width=64, allow_subnormal=True),
    st.text(),
    st.integers(1, 2**60),
    st.sampled_from(list(Level)),
)
def test_any_figure_and_any_name_comes_back_to_the_bit(
    looks: list[MatchedLook], one: float, other: float, name: str, number: int, level: Level
) -> None:
    name = name.encode("utf-8", "ignore").decode()  # no lone surrogates: no text that a database holds has them
    episode = next(iter(next(look for look in looks if look.memory.running).memory.running.values()))
    series = Series(level, skill=name, region=None)
    test = replace(episode.evidence, series=series, growth=one, growth_on_year=other)
    memory: Memory[Any] = Memory({series: replace(episode, number=number, evidence=test)}, {series: number})
    again = restored(kept(memory), "matched")
    assert repr(again) == repr(memory)
    found = again.running[series].evidence
    for before, after in ((one, found.growth), (other, found.growth_on_year)):
        assert np.float64(before).tobytes() == np.float64(after).tobytes() or (math.isnan(before) and math.isnan(after))


def test_the_text_is_json_in_an_order_of_its_own(looks: list[MatchedLook]) -> None:
    memory = looks[-1].memory
    turned = Memory(dict(reversed([*memory.running.items()])), dict(reversed([*memory.numbers.items()])))
    assert kept(turned) == kept(replace(memory, tested=frozenset()))
    json.loads(kept(memory), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


@pytest.mark.parametrize("mode", ["totals", "matched"])
def test_nothing_remembered_is_a_memory_too(mode: Any) -> None:
    assert restored(kept(Memory()), mode) == Memory()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"running": [{}], "numbers": [], "tested": []}'])
def test_a_text_that_is_no_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        restored(text, "matched")


def test_a_memory_of_one_mode_is_not_one_of_the_other(looks: list[MatchedLook], totals_looks: list[Look]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        restored(kept(looks[-1].memory), "totals")
    with pytest.raises(ValueError, match="validation error"):
        restored(kept(totals_looks[-1].memory), "matched")


def test_numbers_given_by_hand_are_carried_on_and_never_given_again(totals_looks: list[Look]) -> None:
    look = next(look for look in totals_looks if look.memory.running)
    skill, episode = next(iter(look.memory.running.items()))
    memory = look.memory.renumbered({(skill, episode.number): 7}, {skill: 9, "else": 2})
    assert memory.running[skill].number == 7
    assert (memory.numbers[skill], memory.numbers["else"]) == (9, 2)
    assert look.memory.running[skill].number == episode.number
    assert look.memory.renumbered({(skill, 1): 7}).numbers[skill] == 7


def test_a_number_that_belongs_to_a_later_episode_does_not_count_yet(totals_looks: list[Look]) -> None:
    look = next(look for look in totals_looks if look.memory.running)
    skill = next(iter(look.memory.running))
    assert look.memory.renumbered({(skill, 2): 7}).numbers[skill] == 1


def said(looks: Sequence[Any]) -> list[tuple[str, ...]]:
    """All of each look to the bit, whatever the order in which a memory holds its parts."""
    return [(repr(look.tests), repr(look.episodes), repr(look.untested), kept(look.memory)) for look in looks]


def test_a_replay_from_numbers_given_by_hand_counts_on_from_them() -> None:
    counts = [40] * 12 + [100] * 5 + [250] * 8
    panel = TotalsPanel.of((str(FIRST.plus(q)), "Go", count, 1000) for q, count in enumerate(counts))
    looks = replay(panel)
    begun = next(look for look in looks if look.memory.running)
    memory = begun.memory.renumbered({("Go", 1): 4}, {"Go": 6})
    again = replay(panel, since=begun.quarter.plus(1), memory=memory)
    numbers = {t.episode.number for look in looks for t in look.episodes}
    assert len(numbers) > 1
    assert {t.episode.number for look in again for t in look.episodes} == {4, *(n + 5 for n in numbers - {1})}


def last_tests(panel: MatchedPanel) -> str:
    return repr(matched.replay(panel, since=panel.quarters[-1])[0].tests)


@given(seed=st.integers(0, 2**32 - 1), last=st.integers(16, 21), reporting=st.sampled_from([0.3, 0.8]))
@settings(max_examples=15, deadline=None)
def test_the_last_seventeen_quarters_are_as_good_as_the_whole_panel(seed: int, last: int, reporting: float) -> None:
    """Names, families and segments that only older quarters know are not even in the vocabulary of the cut panel."""
    whole = filed(World(**{**vars(WORLD), "enterprises": 60, "reporting": reporting}), seed)
    hidden = matched.Unknown(np.arange(20), np.arange(20) % 12, FIRST.index + np.arange(20))
    begin, end = FIRST.plus(last - 16), FIRST.plus(last)
    recent = matched.MatchedPanel.of(whole.names, whole.reports, whole.rows, hidden, first=begin, last=end)
    assert len(recent.quarters) == 17
    assert last_tests(recent) == last_tests(whole.panel(hidden).until(end))
    assert last_tests(whole.since(begin).panel().until(end)) == last_tests(whole.panel().until(end))


def test_a_silence_before_the_first_report_is_no_history(made: Filed) -> None:
    """Nobody files for some quarters in the middle: a panel that begins after them has no columns for them."""
    silent = made.without(range(FIRST.index + 6, FIRST.index + 12))
    whole = silent.panel()
    recent = MatchedPanel.of(silent.names, silent.reports, silent.rows, first=FIRST.plus(6))
    short = silent.since(FIRST.plus(12)).panel()
    assert short.quarters[0] == FIRST.plus(12)
    assert recent.quarters[0] == FIRST.plus(6)
    for quarter in whole.quarters[18:]:
        assert len(last_tests(whole.until(quarter))) > 1000
        assert last_tests(short.until(quarter)) == last_tests(recent.until(quarter)) == last_tests(whole.until(quarter))


def test_a_totals_panel_needs_no_more_than_its_reach() -> None:
    gap = {str(FIRST.plus(n)) for n in (5, 6, 7)}
    rows = [row for row in feed(3, quarters=24) if row[0] not in gap]
    looks = replay(TotalsPanel.of(rows))
    for n in range(12, 24):
        recent = TotalsPanel.of(rows, first=FIRST.plus(n - totals.rule.TOTALS_RULE.reach), last=FIRST.plus(n))
        (found,) = replay(recent, since=FIRST.plus(n), memory=looks[n - 1].memory)
        assert said([found]) == said([looks[n]])


def test_quarters_for_which_nobody_filed_are_looked_at_all_the_same(made: Filed, looks: list[MatchedLook]) -> None:
    running = next(look for look in looks if look.memory.running)
    after = running.quarter.plus(1)
    empty = MatchedPanel.of(made.names, made.reports.between(0, 0), made.rows.between(0, 0), first=after,
                            last=after.plus(9))  # fmt: skip
    found = matched.replay(empty, since=after, memory=running.memory)
    assert [look.tests for look in found] == [()] * 10
    assert found[0].episodes
    assert not found[-1].memory.running
    of_totals = replay(TotalsPanel.of([], first=after, last=after))
    assert [look.tests for look in of_totals] == [()]
