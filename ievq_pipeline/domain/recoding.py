"""What wordings count as, as it was decided until a cut: rows of a panel in, the same under listed codes out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ievq_pipeline.domain.skill import folded


@dataclass(frozen=True)
class Recoding:
    """Of one list, by folded wording. Rows are stored under the wording and stay so: they are read through this."""

    #: what a wording was decided to be another name of
    codes: Mapping[str, str] = field(default_factory=dict)
    #: what a wording may be, as long as nobody has decided
    unsure: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _read(self) -> dict[str, str]:
        return {}

    def code(self, name: str) -> str:
        """The code that a stored name counts as: its own, where nothing was decided."""
        if name not in self._read:
            self._read[name] = self.codes.get(folded(name), name)
        return self._read[name]

    def merged(self, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Rows `(organisation, quarter, skill, region, openings)` under listed codes; of one series one row."""
        sums: dict[tuple[Any, ...], int] = {}
        for organisation, quarter, skill, region, openings in rows:
            key = organisation, quarter, self.code(skill), region
            sums[key] = sums.get(key, 0) + int(openings)
        return [(*key, openings) for key, openings in sums.items()]

    def hidden(self, rows: Iterable[Any]) -> Iterator[tuple[Any, str, str]]:
        """`(organisation, quarter, code)` of what rows with an undecided wording may count as: unknown, not zero."""
        if not self.unsure:
            return
        named = dict.fromkeys((organisation, quarter, skill) for organisation, quarter, skill, *_ in rows)
        for organisation, quarter, skill in named:
            for code in self.unsure.get(folded(skill), ()):
                yield organisation, quarter, code
