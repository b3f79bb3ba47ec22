"""One look over all findings: how many there are, which cells they mark, and what is noted there."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ievq_pipeline.adapters.annotated import words as own_words
from ievq_pipeline.adapters.annotated.marks import RANKS, Cell, Marks, cell_of
from ievq_pipeline.adapters.annotated.notes import Notes
from ievq_pipeline.adapters.catalogues import Catalogue
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.finding_words import FindingWords

#: how findings are placed in a sheet that is laid out like the file
Placed = Callable[[Finding], Cell | None]


@dataclass(slots=True)
class Survey:
    """What the findings of a file come to; `whole` are those about no row, which the list has first."""

    findings: Iterable[Finding]
    words: FindingWords
    catalogue: Catalogue
    marks: Marks
    notes: Notes
    placed: Placed
    counts: Counter[Severity] = field(default_factory=Counter)
    whole: list[Finding] = field(default_factory=list)
    below: int = 0  #: by how much the sheet's rows are lower than the file's
    is_cut: bool = False  #: the file has more rows than a sheet of a workbook

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def left_out(self) -> int:
        """Cells that are marked and have no comment."""
        return max(0, len(self.marks) - len(self.notes.texts))

    def __iter__(self) -> Iterator[Finding]:
        """Those about the file, then the others in the order of the file."""
        yield from self.whole
        yield from (finding for finding in self.findings if finding.row is not None)

    def noted(self) -> list[tuple[Cell, str]]:
        """The comments in the order of the sheet."""
        return [(cell, "\n\n".join(told)) for cell, told in sorted(self.notes.texts.items()) if told]


def survey(findings: Iterable[Finding], words: FindingWords, catalogue: Catalogue, placed: Placed = cell_of) -> Survey:
    """Walks over the findings; they are walked over again when they are listed."""
    again = list(findings) if iter(findings) is findings else findings
    told = {severity: own_words.severity(severity, catalogue) for severity in Severity}
    made = Survey(again, words, catalogue, Marks(()), Notes(), placed)

    def marked() -> Iterator[tuple[Cell, int]]:
        for finding in again:
            severity = words.severity(finding)
            made.counts[severity] += 1
            if finding.row is None:
                made.whole.append(finding)
            elif (cell := placed(finding)) is not None:
                made.notes.take(cell, finding, words, told[severity])
                yield cell, RANKS[severity]

    made.marks = Marks(marked())
    return made
