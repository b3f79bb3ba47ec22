"""What is noted at cells: the texts of their findings, for as many cells as programs bear."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ievq_pipeline.adapters.annotated.marks import LAST_ROW, Area, Cell
from ievq_pipeline.domain.finding import Finding, letters
from ievq_pipeline.domain.finding_words import FindingWords

#: cells with a comment: beyond, workbooks open slowly, and nobody reads them
MOST_NOTES = 5_000
LONGEST_NOTE = 2_000
#: findings of one cell that its comment tells
MOST_TOLD = 5


@dataclass(slots=True)
class Notes:
    """By cell, what its comment says. `left_out` counts the cells that are marked but not noted."""

    texts: dict[Cell, list[str]] = field(default_factory=dict)
    left_out: int = 0

    def take(self, cell: Cell, finding: Finding, words: FindingWords, severity: str) -> None:
        told = self.texts.get(cell)
        if told is None:
            if len(self.texts) >= MOST_NOTES or cell[0] > LAST_ROW:
                return
            told = self.texts[cell] = []
        if len(told) < MOST_TOLD:
            said = f"{severity}  {finding.code}\n{words.message(finding)}\n{words.remedy(finding)}"
            told.append(said[:LONGEST_NOTE])

    def moved(self, areas: Sequence[Area]) -> None:
        """Notes on cells that a merged area covers go to its first cell."""
        for area in areas:
            first = (area.top, area.left)
            for cell in self._covered(area):
                if cell != first:
                    told = self.texts.setdefault(first, [])
                    told += self.texts.pop(cell)[: MOST_TOLD - len(told)]

    def _covered(self, area: Area) -> list[Cell]:
        width, height = area.right - area.left + 1, area.bottom - area.top + 1
        if width * height > len(self.texts):
            return [
                cell for cell in self.texts if area.top <= cell[0] <= area.bottom and area.left <= cell[1] <= area.right
            ]
        cells = ((row, at) for row in range(area.top, area.bottom + 1) for at in range(area.left, area.right + 1))
        return [cell for cell in cells if cell in self.texts]


def address(cell: Cell) -> str:
    return f"{letters(cell[1])}{cell[0]}"


def lines_of(text: str) -> int:
    """How many lines a comment takes, about: its box is made for so many."""
    return sum(max(1, math.ceil(sum(2 if ord(c) > 0x2E7F else 1 for c in line) / 44)) for line in text.split("\n"))
