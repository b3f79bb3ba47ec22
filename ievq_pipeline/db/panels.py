"""Panels as the detector takes them: what was in force at a cut, quarter by quarter; unknown where it is unknown."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from ievq_pipeline.db import observations, wordings
from ievq_pipeline.db.tables import Filing, JobDemandObservation, TotalObservation
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import Identities
from ievq_pipeline.domain.surge.arrays import IntArray
from ievq_pipeline.domain.surge.matched import NONE, MatchedPanel, Reports, Rows, Unknown, Vocabulary
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel

JOB_DEMAND = "job-demand"
#: an organisation, a quarter, and what of it is unknown; no name: everything
Hidden = tuple[uuid.UUID, str, str | None]
#: one market for all enterprises, until segments have enough of them
SEGMENT = "all"


@dataclass(frozen=True)
class Naming:
    """What the panel has to know of names: families of skills (empty: none), and which regions are places."""

    family: Callable[[str], str]
    is_place: Callable[[str], bool]


def totals(session: Session, basis: str, first: Quarter, last: Quarter, seq: int) -> TotalsPanel:
    """The counts of a totals source that were in force at a cut, from `first` to `last`."""
    table, wanted = TotalObservation, _names(first, last)
    counted = observations.counted_at(seq)
    query = (
        observations.filed(basis, wanted, counted, Filing.quarter, table.term, table.count, table.exposure)
        .join(table, table.filing_id == Filing.id)
        .where(table.quarter.in_(wanted))
        .order_by(Filing.quarter, table.term, table.row)
    )
    incomplete = observations.filed(basis, wanted, counted, Filing.quarter).where(Filing.is_complete.is_(False))
    return TotalsPanel.of(
        [(quarter, term, count, exposure) for quarter, term, count, exposure in session.execute(query)],
        [(quarter, name) for _, quarter, name in observations.unknown(session, basis, wanted, seq)],
        incomplete=set(session.scalars(incomplete)),
        first=first,
        last=last,
    )


def matched(
    session: Session, first: Quarter, last: Quarter, seq: int, naming: Naming, identities: Identities
) -> MatchedPanel:
    """The panel of job demand that was in force at a cut, from `first` to `last`; `identities` says who is whom."""
    wanted = _names(first, last)
    filed = session.execute(_filed(wanted, seq)).all()
    stored = session.execute(_rows(wanted, seq)).all()
    recoding = wordings.recoding(session, "skills", seq)
    rows = recoding.merged(stored)
    unknown = observations.unknown(session, JOB_DEMAND, wanted, seq)
    hidden: list[Hidden] = [(one, quarter, recoding.code(name)) for one, quarter, name in unknown]
    hidden += [(f.organisation_id, f.quarter, None) for f in filed if not f.is_complete]
    unsure = [*recoding.hidden(stored), *recoding.hidden(unknown)]
    return _Assembly(filed, naming, identities).panel(rows, hidden, unsure, first, last)


def _names(first: Quarter, last: Quarter) -> list[str]:
    return [str(first.plus(n)) for n in range(last.index - first.index + 1)]


def _filed(quarters: Sequence[str], seq: int) -> Select[*tuple[Any, ...]]:
    identifier = observations.identifier().label("identifier")
    told = Filing.organisation_id, Filing.quarter, Filing.total, Filing.is_complete, identifier
    return observations.filed(JOB_DEMAND, quarters, observations.counted_at(seq), *told)


def _rows(quarters: Sequence[str], seq: int) -> Select[*tuple[Any, ...]]:
    table = JobDemandObservation
    keys = Filing.organisation_id, Filing.quarter, table.skill, table.region
    return (
        observations.filed(JOB_DEMAND, quarters, observations.counted_at(seq), *keys, func.sum(table.openings))
        .join(table, table.filing_id == Filing.id)
        .where(table.quarter.in_(quarters))
        .group_by(*keys)
    )


class _Assembly:
    """Rows of the database as codes into a vocabulary.

    Enterprises stand in the order of an identifier, not of their ids: ids are random, and sums are to come out the same
    to the last bit in every database.
    """

    def __init__(self, filed: Sequence[Any], naming: Naming, identities: Identities) -> None:
        self.naming = naming
        self.index = {quarter: Quarter.parse(quarter) for quarter in {f.quarter for f in filed}}
        counting = identities.reported((f.organisation_id, self.index[f.quarter]) for f in filed)
        groups = {
            (f.organisation_id, f.quarter): group
            for f in filed
            if (group := counting.get((f.organisation_id, self.index[f.quarter]))) is not None
        }
        names: dict[uuid.UUID, str] = {}
        for f in filed:
            if (group := groups.get((f.organisation_id, f.quarter))) is not None:
                names[group] = min(names.get(group, f.identifier), f.identifier)
        # a code may have passed from one organisation to another, so it alone names nobody
        unique = {group: f"{name} {group}" for group, name in names.items()}
        self.enterprises = sorted(unique.values())
        position = {name: n for n, name in enumerate(self.enterprises)}
        #: by (organisation, quarter): the enterprise that its filing counts for; what does not count is not in it
        self.code = {key: position[unique[group]] for key, group in groups.items()}
        #: by enterprise and quarter: its openings in all, or NONE where one of those joined in it does not say
        self.reports: dict[tuple[int, int], int] = {}
        for f in filed:
            if (code := self.code.get((f.organisation_id, f.quarter))) is not None:
                key = code, self.index[f.quarter].index
                before = self.reports.get(key, 0)
                self.reports[key] = NONE if NONE in (before, f.total or 0) or f.total is None else before + f.total

    def panel(
        self, rows: Sequence[Any], hidden: Sequence[Hidden], unsure: Sequence[Hidden], first: Quarter, last: Quarter
    ) -> MatchedPanel:
        """Of what is hidden, `unsure` may stand in other rows."""
        told = [row for row in rows if (row[0], row[1]) in self.code]
        hidden, unsure = ([one for one in each if (one[0], one[1]) in self.code] for each in (hidden, unsure))
        skills = sorted({row[2] for row in told} | {name for _, _, name in (*hidden, *unsure) if name is not None})
        regions = sorted({row[3] for row in told})
        skill, region = ({name: n for n, name in enumerate(names)} for names in (skills, regions))
        names = Vocabulary(
            enterprises=self.enterprises,
            segments=[SEGMENT] * len(self.enterprises),
            skills=skills,
            families=[self.naming.family(name) for name in skills],
            regions=regions,
            is_place=[self.naming.is_place(name) for name in regions],
        )
        keys = sorted(self.reports)
        return MatchedPanel.of(
            names,
            Reports(_ints(e for e, _ in keys), _ints(q for _, q in keys), _ints(self.reports[key] for key in keys)),
            Rows(
                enterprise=_ints(self.code[row[0], row[1]] for row in told),
                skill=_ints(skill[row[2]] for row in told),
                region=_ints(region[row[3]] for row in told),
                quarter=_ints(self.index[row[1]].index for row in told),
                openings=_ints(int(row[4]) for row in told),
            ),
            self._unknown(hidden, skill),
            unsure=self._unknown(unsure, skill),
            first=first,
            last=last,
        )

    def _unknown(self, hidden: Sequence[Hidden], skill: Mapping[str, int]) -> Unknown:
        return Unknown(
            enterprise=_ints(self.code[one, quarter] for one, quarter, _ in hidden),
            skill=_ints(NONE if name is None else skill[name] for _, _, name in hidden),
            quarter=_ints(self.index[quarter].index for _, quarter, _ in hidden),
        )


def _ints(values: Iterable[int]) -> IntArray:
    return np.fromiter(values, dtype=np.int64)
