"""Findings grouped for people: “312 cells of column F are no whole numbers”. Never so in the data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding

#: wrong values that a group keeps apart, and places of each; what more there is counts in the group alone
MOST_VALUES, MOST_PLACES = 1_000, 5
ORDER = {Severity.HARD: 0, Severity.SOFT: 1, Severity.INFO: 2}


@dataclass(slots=True)
class Seen:
    """One wrong value: how often it stands, and the first findings of it."""

    count: int = 0
    first: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """All findings of one code in one column of the file. `values` has the distinct ones, up to MOST_VALUES."""

    code: str
    severity: Severity
    column: str | None
    position: int | None
    count: int = 0
    first: list[Finding] = field(default_factory=list)
    values: dict[str | None, Seen] = field(default_factory=dict)

    @property
    def commonest(self) -> list[tuple[str | None, Seen]]:
        """The wrong values, those that stand most often first."""
        return sorted(self.values.items(), key=lambda item: -item[1].count)

    def take(self, finding: Finding) -> None:
        self.count += 1
        if len(self.first) < MOST_PLACES:
            self.first.append(finding)
        seen = self.values.get(finding.value)
        if seen is None:
            if len(self.values) == MOST_VALUES:
                return
            seen = self.values[finding.value] = Seen()
        seen.count += 1
        if len(seen.first) < MOST_PLACES:
            seen.first.append(finding)


def grouped(findings: Iterable[Finding], severity: Callable[[Finding], Severity]) -> list[Group]:
    """The groups: what must be mended first, then by how many cells have it. Memory does not grow with the findings."""
    groups: dict[tuple[str, str | None, int | None], Group] = {}
    for finding in findings:
        # a column that the contract does not have is known by its place alone
        key = (finding.code, finding.column, finding.position if finding.column is None else None)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(finding.code, severity(finding), finding.column, finding.position)
        group.take(finding)
    return sorted(groups.values(), key=lambda group: (ORDER[group.severity], -group.count))
