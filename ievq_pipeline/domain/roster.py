"""On which rosters an organisation stands, when, and which of them is its primary association's."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ievq_pipeline.domain.validity import Dated, Line, Validity, laid, put

#: of one organisation, by feed of one kind: whether the entry is primary, and when it holds
Entries = Mapping[UUID, Line[bool]]
PRIMARY = True


def entered(entries: Entries, feed: UUID, held: Validity, *, is_primary: bool) -> dict[UUID, Line[bool]]:
    """The entries with one more; one that is primary takes that from the feed that had it before, and ends its entry.

    Raises Contradiction where the organisation stands there otherwise, and no date says since when that has changed.
    """
    line = entries.get(feed, ())
    if not is_primary or (held.is_undated and line):
        return {**entries, feed: put(line, is_primary, held)}
    before = _primary(entries)
    after = put(before, feed, held)
    made = {each: tuple(sorted((*_seconds(others), *_of(after, each)), key=_first)) for each, others in entries.items()}
    for piece in _of(after, feed):
        if piece not in line:
            line = laid(line, PRIMARY, piece.held)
    return {**made, feed: line}


def _primary(entries: Entries) -> Line[UUID]:
    """Over time, the feed whose entry is primary."""
    pieces = (each.of(feed) for feed, line in entries.items() for each in line if each.value is PRIMARY)
    return tuple(sorted(pieces, key=_first))


def _of(primary: Line[UUID], feed: UUID) -> Line[bool]:
    return tuple(each.of(PRIMARY) for each in primary if each.value == feed)


def _seconds(line: Line[bool]) -> Line[bool]:
    return tuple(each for each in line if each.value is not PRIMARY)


def _first(each: Dated[Any]) -> date:
    return each.held.first
