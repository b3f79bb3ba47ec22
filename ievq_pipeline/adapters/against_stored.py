"""The rows of a file against what is stored: jumps, skills that nobody named, and rows far above those of others."""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import polars as pl

from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.domain.contracts.soft_rules import JUMP, PEERS, SKILL_NEW
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.unusual import JUMP_FROM, PEERS_FROM, PEERS_LEAST, PEERS_TIMES, is_jump_from_all

#: a series of a reporter: who, skill, region
Series = tuple[uuid.UUID, str, str]


class Demand:
    """Accepted rows of job demand, without zero reports and totals: `row, reporter, skill, region, openings`.

    `known` says which organisation a reporter is; `unsure` of whom, and of which of their skills (None: of all),
    quarantined rows hide something: their sums are not known.
    """

    def __init__(
        self, rows: pl.DataFrame, known: Mapping[str, uuid.UUID], unsure: Collection[tuple[str | None, str | None]]
    ) -> None:
        self._rows, self.known, self._unsure = rows, known, set(unsure)
        self.reporters = set(known.values())

    def sums(self) -> pl.DataFrame:
        """By series, its openings, and where its largest row stands. Computed when asked for."""
        largest = pl.col(ROW).sort_by("openings", ROW, descending=[True, False]).first()
        return self._rows.group_by("reporter", "skill", "region", maintain_order=True).agg(
            pl.col("openings").sum().alias("now"), largest, pl.col("openings").max().alias("value")
        )

    @property
    def large_skills(self) -> set[str]:
        """Skills of series that are large enough to have jumped up."""
        return set(self.sums().filter(pl.col("now") >= JUMP_FROM).get_column("skill"))

    def jumps(
        self, before: Mapping[Series, int], last_year: Mapping[Series, int], quarters: Mapping[uuid.UUID, str]
    ) -> Iterator[Finding]:
        """Series that are far from what they were; `quarters` says of whom which quarter `before` is of."""
        compared = self.sums().filter(pl.col("skill").is_in(sorted({skill for _, skill, _ in before})))
        for reporter, skill, region, now, row, value in compared.iter_rows():
            who = self.known.get(reporter)
            if who is None or (was := before.get((who, skill, region))) is None:
                continue
            if self._is_unsure(reporter, skill) or not is_jump_from_all(now, was, last_year.get((who, skill, region))):
                continue
            more: dict[str, object] = {"now": now, "before": was, "quarter": quarters[who], "skill": skill,
                    "about": f"{reporter} {skill} {region} {now}"}  # fmt: skip
            yield Finding(JUMP, row, "openings", value=str(value), parameters=more)

    def _is_unsure(self, reporter: str, skill: str) -> bool:
        return not self._unsure.isdisjoint([(None, None), (reporter, None), (reporter, skill)])

    def unlisted(self, is_listed: Callable[[str], bool], filed_before: Collection[uuid.UUID]) -> dict[str, Finding]:
        """By wording in lower case, those that no list knows: a finding at the first row, of who has filed before."""
        found: dict[str, Finding] = {}
        names = [name for name in self._rows.get_column("skill").unique() if not is_listed(name)]
        rows = self._rows.filter(pl.col("skill").is_in(names)).sort(ROW)
        for row, reporter, skill in rows.select(ROW, "reporter", "skill").iter_rows():
            if self.known.get(reporter) in filed_before:
                more: dict[str, object] = {"about": skill.lower()}
                found.setdefault(skill.lower(), Finding(SKILL_NEW, row, "skill", value=skill, parameters=more))
        return found

    @property
    def heavy_skills(self) -> set[str]:
        """Skills of rows that are large enough to be far above others."""
        return set(self._rows.filter(pl.col("openings") >= PEERS_FROM).get_column("skill"))

    def outliers(self, largest: Iterable[tuple[str, uuid.UUID, int]]) -> Iterator[Finding]:
        """Rows far above the largest ones of others, in this file and in `largest` (skill, who, openings)."""
        heavy = self._rows.filter(pl.col("openings") >= PEERS_FROM)
        if heavy.is_empty():
            return
        others: dict[str, dict[object, int]] = {}
        alike = self._rows.filter(pl.col("skill").is_in(sorted(self.heavy_skills)))
        here = alike.group_by("skill", "reporter").agg(pl.col("openings").max()).iter_rows()
        for skill, who, most in [*largest, *((skill, self._who(one), most) for skill, one, most in here)]:
            if most:
                known = others.setdefault(skill, {})
                known[who] = max(most, known.get(who, 0))
        for row, reporter, skill, region, value in heavy.select(
            ROW, "reporter", "skill", "region", "openings"
        ).iter_rows():
            peers = [most for who, most in others.get(skill, {}).items() if who != self._who(reporter)]
            if len(peers) >= PEERS_LEAST and value >= PEERS_TIMES * max(peers):
                more: dict[str, object] = {"peers": len(peers), "largest": max(peers), "skill": skill,
                        "about": f"{reporter} {skill} {region}"}  # fmt: skip
                yield Finding(PEERS, row, "openings", value=str(value), parameters=more)

    def _who(self, reporter: str) -> object:
        """The organisation; a reporter that is new stands for itself."""
        return self.known.get(reporter, reporter)
