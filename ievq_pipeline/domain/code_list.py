"""A code list: which codes it has, and which one a text means. What is certain is found; what is not says why."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ievq_pipeline.domain.code_names import LONGEST, Names, key
from ievq_pipeline.domain.code_spelling import PLAIN, Spelling, near
from ievq_pipeline.domain.text import Text

#: how many codes a finding names at most
MOST_CANDIDATES = 5


class How(StrEnum):
    """How a text names a code, or why it names none."""

    CODE = "code"  #: it is the code, perhaps spelled otherwise, perhaps with its title beside it
    TITLE = "title"  #: by its title, a short form or an alias of it, or the whole path down to it
    MOVED = "moved"  #: by an old code or title, all of which has become one code
    ENDED = "ended"  #: an old code that is no longer in force and has no certain successor
    AMBIGUOUS = "ambiguous"  #: several have this name
    UNKNOWN = "unknown"


class ChangeKind(StrEnum):
    """What became of an old code."""

    MOVED = "moved"  #: the same under another code
    MERGED = "merged"  #: wholly part of another
    WITHIN = "within"  #: of no standing of its own: it lies within another
    RENAMED = "renamed"  #: the code is the same, the title another
    ENDED = "ended"  #: divided, or nobody knows

    @property
    def is_certain(self) -> bool:
        return self is not ChangeKind.ENDED


@dataclass(frozen=True, slots=True)
class Item:
    """One code of a list. `more` holds what this list says of its codes besides."""

    code: str
    title: Text
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """An old code, or an old title of a code: until when it was in force, and its successors of today."""

    code: str
    title: str
    year: int
    kind: ChangeKind
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The code that a text means, or None and up to five that it may mean."""

    how: How
    code: str | None = None
    candidates: tuple[str, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, eq=False)
class CodeList:
    """One version of a list. `changes` is asked when something isn't found, and no earlier; then it is kept."""

    name: str
    version: str
    items: Mapping[str, Item]
    spelling: Spelling = PLAIN
    changes: Callable[[], Sequence[Change]] = tuple
    shorts: Callable[[str], Iterable[str]] = lambda _title: ()

    def find(self, text: str) -> Found:
        """What a text means. A code that is in the list is found at once, whatever else it may be."""
        if text in self.items:
            return Found(How.CODE, text)
        for code in self.spelling.read(text, self.items):
            if code in self.items:
                return Found(How.CODE, code)
            if (change := self._old_codes.get(code)) is not None:
                return self._changed(change)
        return self._named(text) or self._both(text) or Found(How.UNKNOWN, candidates=self._near(text))

    def title(self, code: str) -> Text:
        """The title of a code that the list has."""
        return self.items[code].title

    def path(self, code: str) -> str:
        """The Chinese titles from the top of the list down to a code, which tell namesakes apart."""
        item = self.items[code]
        return f"{self.path(item.parent) if item.parent else ''}{item.title.zh}"

    @cached_property
    def _old(self) -> tuple[Change, ...]:
        return tuple(self.changes())

    @cached_property
    def _old_codes(self) -> dict[str, Change]:
        return {one.code: one for one in self._old if one.kind is not ChangeKind.RENAMED}

    @cached_property
    def _old_titles(self) -> dict[str, Change]:
        """By name, what had it; a name that several had, which became different codes, names nothing."""
        found: dict[str, Change] = {}
        unsure = set[str]()
        for one in sorted((each for each in self._old if each.successors), key=lambda each: each.year):
            for name in {key(one.title), *map(key, self.shorts(one.title))}:
                if name in found and found[name].successors != one.successors:
                    unsure.add(name)
                found[name] = one
        return {name: one for name, one in found.items() if name not in unsure}

    @cached_property
    def _names(self) -> Names:
        parents = {code: item.parent for code, item in self.items.items()}
        return Names(parents, {code: tuple(self._wordings(item)) for code, item in self.items.items()})

    def _wordings(self, item: Item) -> Iterator[str]:
        yield item.title.zh
        yield item.title.en
        yield from item.aliases
        yield from self.shorts(item.title.zh)

    def _changed(self, change: Change) -> Found:
        if change.kind.is_certain:
            return Found(How.MOVED, change.successors[0], change=change)
        return Found(How.ENDED, candidates=change.successors[:MOST_CANDIDATES], change=change)

    def _named(self, text: str) -> Found | None:
        codes = self._names.of(text)
        if len(codes) == 1:
            return Found(How.TITLE, codes[0])
        if codes:
            return Found(How.AMBIGUOUS, candidates=codes[:MOST_CANDIDATES])
        old = self._old_title(key(text)[:LONGEST])
        return self._changed(old) if old else None

    def _old_title(self, path: str) -> Change | None:
        """What had the name that a path ends with, where names of what it lay in stand before it."""
        for start in range(len(path)):
            if (old := self._old_titles.get(path[start:])) is None:
                continue
            around = next((a for a in self._around(old.code) if a in self.items), None)
            if not start or (around is not None and self._names.leads(path[:start], around)):
                return old
        return None

    def _around(self, old: str) -> Iterator[str]:
        """Where an old code lay, by its digits: they are all that is left of it."""
        yield from (old[:cut].ljust(len(old), "0") for cut in range(len(old) - 1, 0, -1))

    def _both(self, text: str) -> Found | None:
        """A code with a title beside it: certain where the title is that of the code."""
        for code, rest in self.spelling.apart(text, self.items):
            if code in self.items:
                named = self._names.all(rest)
                if code in named:
                    return Found(How.CODE, code)
                return Found(How.AMBIGUOUS if named else How.UNKNOWN, candidates=(code, *named)[:MOST_CANDIDATES])
        return None

    def _near(self, text: str) -> tuple[str, ...]:
        codes = near(text, self.items) or self._names.like(text)
        return tuple(codes[:MOST_CANDIDATES])


def moves(before: CodeList, after: CodeList) -> Iterator[Change]:
    """Which codes of one version are another code in a later one, and which are gone: what breaks their series.

    Of a list whose codes changed, each that the later version does not have, as its history tells it; one that it
    says nothing of has ended without a successor. Old codes that both versions know as old break nothing anew.
    """
    told = {one.code: one for one in after.changes() if one.kind is not ChangeKind.RENAMED}
    for code in before.items:
        if code not in after.items:
            yield told.get(code) or Change(code, before.title(code).zh, 0, ChangeKind.ENDED, ())


def moved(listed: CodeList) -> dict[str, str]:
    """By old code, the one that it has become, where that is certain: all that a list remembers."""
    return {
        one.code: one.successors[0]
        for one in listed.changes()
        if one.kind.is_certain and one.kind is not ChangeKind.RENAMED
    }
