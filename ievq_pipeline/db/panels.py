"""Panels as the detector takes them: what was in force at a cut, quarter by quarter; unknown where it is unknown."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import observations
from ievq_pipeline.db.tables import Filing, FilingInForce, JobDemandObservation, TotalObservation
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import IntArray
from ievq_pipeline.domain.surge.matched import NONE, MatchedPanel, Reports, Rows, Unknown, Vocabulary
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel

JOB_DEMAND = "job-demand"
#: one market for all enterprises, until segments have enough of them
SEGMENT = "all"


@dataclass(frozen=True)
class Naming:
    """What the panel has to know of names: families of skills, which regions are places, and who is whom."""

    family: Callable[[str], str]
    is_place: Callable[[str], bool]
    #: after mergers, splits and new codes: the organisation that stands for all of a group; others stand for themselves
    group_of: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    #: of a group, who was there in a quarter: only together do they tell its figures
    is_alive: Callable[[uuid.UUID, Quarter], bool] = lambda _organisation, _quarter: True


def totals(session: Session, basis: str, first: Quarter, last: Quarter, seq: int) -> TotalsPanel:
    """The counts of a totals source that were in force at a cut, from `first` to `last`."""
    table, wanted = TotalObservation, _names(first, last)
    query = (
        select(Filing.quarter, table.term, table.count, table.exposure)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .join(table, table.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter.in_(wanted), table.quarter.in_(wanted))
        .where(observations.counted_at(seq))
        .order_by(Filing.quarter, table.term, table.row)
    )
    incomplete = (
        select(Filing.quarter)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter.in_(wanted), Filing.is_complete.is_(False))
        .where(observations.counted_at(seq))
    )
    return TotalsPanel.of(
        [(quarter, term, count, exposure) for quarter, term, count, exposure in session.execute(query)],
        [(quarter, name) for _, quarter, name in observations.unknown(session, basis, wanted, seq)],
        incomplete=set(session.scalars(incomplete)),
        first=first,
        last=last,
    )


def matched(session: Session, first: Quarter, last: Quarter, seq: int, naming: Naming) -> MatchedPanel:
    """The panel of job demand that was in force at a cut, from `first` to `last`."""
    wanted = _names(first, last)
    filed = session.execute(_filed(wanted, seq)).all()
    rows = session.execute(_rows(wanted, seq)).all()
    hidden = [(one, quarter, name) for one, quarter, name in observations.unknown(session, JOB_DEMAND, wanted, seq)]
    hidden += [(f.organisation_id, f.quarter, None) for f in filed if not f.is_complete]
    return _Assembly(filed, naming).panel(rows, hidden, first, last)


def _names(first: Quarter, last: Quarter) -> list[str]:
    return [str(first.plus(n)) for n in range(last.index - first.index + 1)]


def _filed(quarters: Sequence[str], seq: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Filing.organisation_id,
            Filing.quarter,
            Filing.total,
            Filing.is_complete,
            observations.identifier().label("identifier"),
        )
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == JOB_DEMAND, Filing.quarter.in_(quarters), observations.counted_at(seq))
    )


def _rows(quarters: Sequence[str], seq: int) -> Select[*tuple[Any, ...]]:
    table = JobDemandObservation
    return (
        select(Filing.organisation_id, Filing.quarter, table.skill, table.region, func.sum(table.openings))
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .join(table, table.filing_id == Filing.id)
        .where(Filing.basis == JOB_DEMAND, Filing.quarter.in_(quarters), table.quarter.in_(quarters))
        .where(observations.counted_at(seq))
        .group_by(Filing.organisation_id, Filing.quarter, table.skill, table.region)
    )


class _Assembly:
    """Rows of the database as codes into a vocabulary.

    Enterprises go by an identifier, not by their id: ids are random, and sums are to come out the same to the last
    bit in every database.
    """

    def __init__(self, filed: Sequence[Any], naming: Naming) -> None:
        self.naming = naming
        self.group = {f.organisation_id: naming.group_of.get(f.organisation_id, f.organisation_id) for f in filed}
        names: dict[uuid.UUID, str] = {}
        for f in filed:
            group = self.group[f.organisation_id]
            names[group] = min(names.get(group, f.identifier), f.identifier)
        self.enterprises = sorted(names.values())
        position = {name: n for n, name in enumerate(self.enterprises)}
        self.of_group = {group: position[name] for group, name in names.items()}
        self.code = {one: self.of_group[group] for one, group in self.group.items()}
        self.index = {quarter: Quarter.parse(quarter).index for quarter in {f.quarter for f in filed}}
        self.reports = self._reports(filed)

    def _reports(self, filed: Sequence[Any]) -> dict[tuple[int, int], int]:
        """By enterprise and quarter the total, or NONE; only where all of a group that were there have filed."""
        members: dict[int, set[uuid.UUID]] = {}
        for one, group in self.naming.group_of.items():
            if group in self.of_group:
                members.setdefault(self.of_group[group], set()).add(one)
        present: dict[tuple[int, int], dict[uuid.UUID, int]] = {}
        for f in filed:
            key = self.code[f.organisation_id], self.index[f.quarter]
            present.setdefault(key, {})[f.organisation_id] = NONE if f.total is None else f.total
        return {
            key: NONE if NONE in totals.values() else sum(totals.values())
            for key, totals in present.items()
            if self._is_whole(members.get(key[0], set()), totals.keys(), Quarter.from_index(key[1]))
        }

    def _is_whole(self, members: set[uuid.UUID], filed: Iterable[uuid.UUID], quarter: Quarter) -> bool:
        missing = members - set(filed)
        return not any(self.naming.is_alive(one, quarter) for one in missing)

    def panel(
        self, rows: Sequence[Any], hidden: Sequence[tuple[uuid.UUID, str, str | None]], first: Quarter, last: Quarter
    ) -> MatchedPanel:
        told = [row for row in rows if (self.code[row[0]], self.index[row[1]]) in self.reports]
        skills = sorted({row[2] for row in told} | {name for _, _, name in hidden if name is not None})
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
                enterprise=_ints(self.code[row[0]] for row in told),
                skill=_ints(skill[row[2]] for row in told),
                region=_ints(region[row[3]] for row in told),
                quarter=_ints(self.index[row[1]] for row in told),
                openings=_ints(int(row[4]) for row in told),
            ),
            Unknown(
                enterprise=_ints(self.code[one] for one, _, _ in hidden),
                skill=_ints(NONE if name is None else skill[name] for _, _, name in hidden),
                quarter=_ints(self.index[quarter] for _, quarter, _ in hidden),
            ),
            first=first,
            last=last,
        )


def _ints(values: Iterable[int]) -> IntArray:
    return np.fromiter(values, dtype=np.int64)
