"""The register of organisations as it stands at one moment, and how it became another."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, NamedTuple, Self, TypeVar
from uuid import UUID

from ievq_pipeline.domain.organisation import Dimension, Identifier, OrganisationKind
from ievq_pipeline.domain.roster import Entries
from ievq_pipeline.domain.succession import Succession
from ievq_pipeline.domain.validity import Dated, Line, Validity, changed, on

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Entry:
    """What does not change over time; `is_registered` is False of one that only a submission has named."""

    kind: OrganisationKind
    title: str | None
    is_registered: bool


@dataclass(frozen=True, slots=True)
class FeedOf:
    """A feed with a roster, and whose it is."""

    id: UUID
    code: str
    kind: str
    submitter: UUID
    has_ended: bool = False


@dataclass(slots=True)
class Register:
    """What is known of some organisations; lines are replaced and never changed, so a copy costs little."""

    entries: dict[UUID, Entry] = field(default_factory=dict)
    holders: dict[Identifier, Line[UUID]] = field(default_factory=dict)
    segments: dict[tuple[UUID, Dimension], Line[str]] = field(default_factory=dict)
    #: by organisation and kind of feed
    rosters: dict[tuple[UUID, str], Entries] = field(default_factory=dict)
    successions: dict[tuple[UUID, UUID], Succession] = field(default_factory=dict)
    feeds: Mapping[UUID, FeedOf] = field(default_factory=dict)

    def copy(self) -> Self:
        return replace(
            self,
            entries=dict(self.entries),
            holders=dict(self.holders),
            segments=dict(self.segments),
            rosters=dict(self.rosters),
            successions=dict(self.successions),
        )

    def holder(self, identifier: Identifier, day: date | None) -> UUID | None:
        """Whose code it was on that day; without one, whose it was last."""
        line = self.holders.get(identifier, ())
        held = on(line, day) if day else line[-1] if line else None
        return held.value if held else None


class Piece(NamedTuple, Generic[Key]):
    """A value of a line that is new: of what, and for how long."""

    key: Key
    value: Any
    held: Validity


@dataclass(frozen=True, slots=True)
class Change(Generic[Key]):
    """What is new in lines, and what holds until another day than before."""

    added: list[Piece[Key]]
    closed: list[tuple[Key, Validity]]


@dataclass(frozen=True, slots=True)
class Changes:
    """How a register became another. Nothing ever goes: what has ended keeps its days."""

    added: dict[UUID, Entry]
    changed: dict[UUID, Entry]
    identifiers: Change[Identifier]
    segments: Change[tuple[UUID, Dimension]]
    #: by organisation and feed
    rosters: Change[tuple[UUID, UUID]]
    successions: list[Succession]

    @property
    def touched(self) -> set[UUID]:
        """Every organisation of which anything changed."""
        pieces: set[UUID] = {piece.value for piece in self.identifiers.added}
        for lines in (self.segments, self.rosters):
            pieces |= {key[0] for key, *_ in (*lines.added, *lines.closed)}
        return pieces | self.added.keys() | self.changed.keys() | {each.successor for each in self.successions}


def changes(before: Register, after: Register) -> Changes:
    """What has to be written, so that the first becomes the second."""
    return Changes(
        added={one: entry for one, entry in after.entries.items() if one not in before.entries},
        changed={one: entry for one, entry in after.entries.items() if before.entries.get(one, entry) != entry},
        identifiers=_lines(before.holders, after.holders),
        segments=_lines(before.segments, after.segments),
        rosters=_lines(_by_feed(before.rosters), _by_feed(after.rosters)),
        successions=[each for pair, each in after.successions.items() if pair not in before.successions],
    )


def _lines(before: Mapping[Key, Line[Any]], after: Mapping[Key, Line[Any]]) -> Change[Key]:
    made: Change[Key] = Change([], [])
    for key, line in after.items():
        known: Line[Any] = before.get(key, ())
        if line is not known:
            change = changed(known, line)
            made.added.extend(Piece(key, each.value, each.held) for each in change.added)
            made.closed.extend((key, held) for held in change.closed)
    return made


def _by_feed(rosters: Mapping[tuple[UUID, str], Entries]) -> dict[tuple[UUID, UUID], tuple[Dated[bool], ...]]:
    return {(one, feed): line for (one, _), entries in rosters.items() for feed, line in entries.items()}
