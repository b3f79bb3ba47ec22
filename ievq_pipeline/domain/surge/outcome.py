"""What a replay means for the episodes that are known already: which goes on as which, what is new, what is gone."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change, Episode
from ievq_pipeline.domain.surge.identity import Identities, Life, identities
from ievq_pipeline.domain.surge.look import Look, Touched
from ievq_pipeline.domain.surge.schedule import Kind


class Became(StrEnum):
    """What a look says of an episode, held against what was known of it before."""

    OPENED = "opened"
    STEPPED = "stepped"
    ENDED = "ended"
    CONFIRMED = "confirmed"  #: the closing look finds again what the first look found
    REVISED = "revised"  #: a later look at a past quarter finds it, perhaps with other figures
    FOUND = "found"  #: a later look at a past quarter finds what no look at its time did: nothing is told
    WITHDRAWN = "withdrawn"  #: it is not found any more


@dataclass(frozen=True, slots=True)
class Known:
    """An episode as it stands in the database; `id` is the alert's."""

    id: Hashable
    series: Hashable
    number: int
    opened: Quarter
    ended: Quarter | None


@dataclass(frozen=True, slots=True)
class Told:
    """One episode at one look of a replay; `id` is None for a new one, `episode` is None for one that is gone."""

    quarter: Quarter
    became: Became
    series: Hashable
    number: int
    id: Hashable | None
    episode: Episode[Any] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The changes of a replay, by look, and how its numbers map to those that stand in the database."""

    told: tuple[Told, ...]
    identities: Identities
    #: how each replayed episode stands at the end, by its series and number as in the database
    standing: dict[tuple[Hashable, int], Episode[Any]]


def outcome(
    looks: Sequence[Look[Any, Any]],
    known: Collection[Known],
    *,
    saved: Collection[Quarter],
    highest: Mapping[Hashable, int],
    kind: Kind,
    is_second: bool,
) -> Outcome:
    """Hold a replay, of which the last look is the one that is due, against what is known.

    `saved` are the quarters whose looks are kept; what happened in another is told with the next of them. `highest`
    is the highest number ever given, by series. `is_second`: the last quarter was looked at before (its first look).
    """
    due = looks[-1].quarter
    lives = _lives(looks)
    # what a first look at a later quarter found is for that quarter's closing to say
    relevant = [one for one in known if one.opened <= due and (one.ended is None or one.ended >= looks[0].quarter)]
    found = identities(
        [Life(one.series, one.number, one.opened, one.ended or due) for one in relevant],
        [Life(series, number, life[-1][1].episode.opened, life[-1][0]) for (series, number), life in lives.items()],
        highest,
    )
    by_number = {(one.series, one.number): one for one in relevant}
    told: list[Told] = []
    standing: dict[tuple[Hashable, int], Episode[Any]] = {}
    for (series, replayed), life in lives.items():
        number = found.mapping[series, replayed]
        before = by_number.get((series, number))
        standing[series, number] = life[-1][1].episode
        for quarter, became, episode in _became(
            life, due, sorted(saved), before is not None, kind, is_second=is_second
        ):
            told.append(Told(quarter, became, series, number, before.id if before else None, episode))
    for gone in found.gone:
        one = by_number[gone.series, gone.number]
        past = [quarter for quarter in saved if one.opened <= quarter] if one.opened < due else []
        told.append(Told(min(past, default=due), Became.WITHDRAWN, one.series, one.number, one.id, None))
    told.sort(key=lambda one: (one.quarter, str(one.series), one.number))
    return Outcome(tuple(told), found, standing)


def _lives(looks: Sequence[Look[Any, Any]]) -> dict[tuple[Hashable, int], list[tuple[Quarter, Touched[Any]]]]:
    """By series and replayed number, the episode look by look."""
    lives: dict[tuple[Hashable, int], list[tuple[Quarter, Touched[Any]]]] = {}
    for look in looks:
        for touched in look.episodes:
            key = touched.episode.evidence.key, touched.episode.number
            lives.setdefault(key, []).append((look.quarter, touched))
    return lives


def _became(
    life: Sequence[tuple[Quarter, Touched[Any]]],
    due: Quarter,
    saved: Sequence[Quarter],
    is_known: bool,  # noqa: FBT001
    kind: Kind,
    *,
    is_second: bool,
) -> Iterator[tuple[Quarter, Became, Episode[Any]]]:
    past = [(quarter, touched) for quarter, touched in life if quarter < due]
    if past:
        quarter, touched = past[-1]
        at = next(one for one in saved if one >= min(quarter, touched.episode.evidence.quarter))
        if touched.change is Change.ENDED and is_known:
            yield next(one for one in saved if one >= quarter), Became.ENDED, touched.episode
        elif at < due:
            yield at, Became.REVISED if is_known else Became.FOUND, touched.episode
        elif not is_known:
            yield due, Became.FOUND, touched.episode
            return
    if life[-1][0] != due:
        return
    touched = life[-1][1]
    if touched.change is Change.OPENED:
        yield due, Became.CONFIRMED if is_known else Became.OPENED, touched.episode
    elif touched.change is Change.STEPPED:
        yield due, Became.STEPPED, touched.episode
    elif touched.change is Change.ENDED and kind is not Kind.FIRST:  # an episode ends with the closing of a quarter
        yield due, Became.ENDED, touched.episode
    elif touched.change is Change.CONTINUED and is_second and is_known:
        yield due, Became.REVISED, touched.episode
