"""A replay held against what is known: what goes on, is confirmed, revised, found or gone, and where it is told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change, Episode
from ievq_pipeline.domain.surge.look import Look, Touched
from ievq_pipeline.domain.surge.outcome import Became, Known, Outcome, outcome
from ievq_pipeline.domain.surge.schedule import Kind
from ievq_pipeline.domain.surge.severity import Severity

Q1, Q2, Q3, Q4 = (Quarter(2020, n) for n in (1, 2, 3, 4))


@dataclass(frozen=True)
class Probe:
    """As much of a test as an episode asks for."""

    key: str
    quarter: Quarter
    severity: Severity | None = Severity.SURGE
    is_flagged: bool = True


def episode(series: str, opened: Quarter, number: int = 1, ended: Quarter | None = None) -> Episode[Probe]:
    return Episode(number, opened, Severity.SURGE, opened.plus(3), Probe(series, opened), ended=ended)


def look(quarter: Quarter, *touched: tuple[Episode[Probe], Change]) -> Look[Probe, Episode[Probe]]:
    return Look(quarter, (), tuple(Touched(one, change) for one, change in touched))


def known(series: str, opened: Quarter, number: int = 1, ended: Quarter | None = None) -> Known:
    return Known(f"id of {series} {number}", series, number, opened, ended)


def held(
    looks: Sequence[Look[Probe, Episode[Probe]]],
    stored: Collection[Known] = (),
    kind: Kind = Kind.CLOSING,
    saved: Collection[Quarter] = (Q1, Q2, Q3, Q4),
    is_second: bool = False,
) -> Outcome:
    highest: dict[object, int] = {}
    for one in stored:
        highest[one.series] = max(highest.get(one.series, 0), one.number)
    there = [quarter for quarter in saved if looks[0].quarter <= quarter <= looks[-1].quarter]
    return outcome(looks, stored, saved=there, highest=highest, kind=kind, is_second=is_second)


def told(found: Outcome) -> list[tuple[Quarter, str, object, int, object]]:
    return [(one.quarter, str(one.became), one.series, one.number, one.id) for one in found.told]


def test_a_new_episode_is_opened_and_has_no_id_yet() -> None:
    found = held([look(Q1, (episode("go", Q1), Change.OPENED))])
    assert told(found) == [(Q1, "opened", "go", 1, None)]


def test_what_just_goes_on_is_not_told() -> None:
    found = held([look(Q2, (episode("go", Q1), Change.CONTINUED))], [known("go", Q1)])
    assert told(found) == []
    assert set(found.standing) == {("go", 1)}


def test_a_closing_confirms_what_its_first_look_opened_and_withdraws_what_it_does_not_find() -> None:
    stored = [known("go", Q2), known("rust", Q2)]
    found = held([look(Q2, (episode("go", Q2), Change.OPENED))], stored, is_second=True)
    assert told(found) == [(Q2, "confirmed", "go", 1, "id of go 1"), (Q2, "withdrawn", "rust", 1, "id of rust 1")]


def test_a_closing_revises_what_its_first_look_may_have_stepped() -> None:
    stored = [known("go", Q1)]
    assert told(held([look(Q2, (episode("go", Q1), Change.CONTINUED))], stored, is_second=True)) == [
        (Q2, "revised", "go", 1, "id of go 1")
    ]


def test_what_a_first_look_at_a_later_quarter_found_is_no_concern_of_an_earlier_closing() -> None:
    assert told(held([look(Q1)], [known("go", Q2)])) == []


def test_a_first_look_ends_nothing() -> None:
    ended = episode("go", Q1, ended=Q2)
    assert told(held([look(Q2, (ended, Change.ENDED))], [known("go", Q1)], Kind.FIRST)) == []
    assert [one.became for one in held([look(Q2, (ended, Change.ENDED))], [known("go", Q1)]).told] == [Became.ENDED]


def test_a_replay_revises_finds_and_withdraws_at_the_quarters_they_are_about() -> None:
    looks = [
        look(Q1, (episode("go", Q1), Change.OPENED), (episode("vue", Q1), Change.OPENED)),
        look(Q2, (episode("go", Q1), Change.CONTINUED), (episode("vue", Q1), Change.CONTINUED)),
    ]
    found = held(looks, [known("go", Q1), known("rust", Q1)])
    assert told(found) == [
        (Q1, "revised", "go", 1, "id of go 1"),
        (Q1, "withdrawn", "rust", 1, "id of rust 1"),
        (Q1, "found", "vue", 1, None),
    ]


def test_what_was_found_late_and_steps_up_now_may_be_told_now() -> None:
    stepped = episode("vue", Q1)
    looks = [look(Q1, (episode("vue", Q1), Change.OPENED)), look(Q2, (stepped, Change.STEPPED))]
    assert [(one.quarter, one.became) for one in held(looks).told] == [(Q1, Became.FOUND), (Q2, Became.STEPPED)]


def test_an_episode_that_begins_later_than_it_was_known_to_keeps_its_identity() -> None:
    looks = [look(Q1), look(Q2, (episode("go", Q2), Change.OPENED))]
    assert told(held(looks, [known("go", Q1)])) == [(Q2, "confirmed", "go", 1, "id of go 1")]


def test_a_number_that_was_given_is_not_given_again() -> None:
    stored = [known("go", Quarter(2018, 1), 1, Quarter(2018, 4)), known("go", Q1, 2, Q1)]
    looks = [look(Q1), look(Q2, (episode("go", Q2, number=2), Change.OPENED))]
    found = held(looks, stored)
    assert told(found) == [(Q1, "withdrawn", "go", 2, "id of go 2"), (Q2, "opened", "go", 3, None)]
    assert ("go", 3) in found.standing


def test_an_end_in_a_quarter_that_is_not_kept_is_told_with_the_next() -> None:
    looks = [look(Q2, (episode("go", Q1, ended=Q2), Change.ENDED)), look(Q3)]
    assert told(held(looks, [known("go", Q1)], saved=[Q3])) == [(Q3, "ended", "go", 1, "id of go 1")]


def test_an_episode_that_ended_before_the_replay_is_no_concern_of_it() -> None:
    assert told(held([look(Q3)], [known("go", Quarter(2019, 1), ended=Q2)])) == []
