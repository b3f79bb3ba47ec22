"""Coverage as of any cut, from what counted there and who was expected; and as kept at the closings."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, organisations, quarters, rosters, vintages
from ievq_pipeline.db.tables import CoverageRow, Feed, Known, Submission, Vintage
from ievq_pipeline.domain.contracts import feed_contract
from ievq_pipeline.domain.coverage import Covered, Heard, covered
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.organisation import Dimension
from ievq_pipeline.domain.participation import Attended
from ievq_pipeline.domain.participation import participation as over_quarters
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import Identities
from ievq_pipeline.domain.surge.schedule import Kind, revisable
from ievq_pipeline.domain.text import Text

NO_REPORTERS = Text("该类数据没有报送单位，因此没有覆盖情况", "a basis that knows no reporters has no coverage")
#: what counts for each reporter at a cut. A quarantined row counts as the median row of its filing, as the check counts
#: one that can't be read; those of a filing without any other row as the mean row of all
HEARD = text(
    """
    WITH counted AS (
        SELECT f.id, f.organisation_id, f.is_zero,
            (SELECT min(s.known_from) FROM filing AS one JOIN filing_in_force AS s ON s.filing_id = one.id
             WHERE one.basis = f.basis AND one.quarter = f.quarter AND one.organisation_id = f.organisation_id) AS since
        FROM filing AS f JOIN filing_in_force AS spell ON spell.filing_id = f.id
        WHERE f.basis = :basis AND f.quarter = :quarter AND f.organisation_id IS NOT NULL
        AND (CAST(:seq AS bigint) IS NULL AND spell.known_to IS NULL
             OR spell.known_from <= :seq AND (spell.known_to IS NULL OR spell.known_to > :seq))
    ), filed AS (
        SELECT o.filing_id, sum(o.openings) AS openings, count(*) AS number
        FROM job_demand_observation AS o JOIN counted ON counted.id = o.filing_id
        WHERE o.quarter = :quarter GROUP BY o.filing_id
    ), hidden AS (
        SELECT u.filing_id, count(DISTINCT u.row) AS number
        FROM filing_unknown AS u JOIN counted ON counted.id = u.filing_id GROUP BY u.filing_id
    ), median AS (
        SELECT o.filing_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY o.openings) AS openings
        FROM job_demand_observation AS o JOIN hidden ON hidden.filing_id = o.filing_id
        WHERE o.quarter = :quarter GROUP BY o.filing_id
    )
    SELECT c.organisation_id, c.is_zero, c.since, coalesce(filed.openings, 0) AS openings,
        coalesce(hidden.number, 0) * coalesce(
            median.openings, (SELECT sum(openings)::float / sum(number) FROM filed), 0) AS quarantined
    FROM counted AS c LEFT JOIN filed ON filed.filing_id = c.id LEFT JOIN hidden ON hidden.filing_id = c.id
    LEFT JOIN median ON median.filing_id = c.id
    """
)


def measured(session: Session, basis: str, quarter: str, seq: int | None = None) -> list[Covered]:
    """The numbers by segment at a cut; None: now. Raises UnknownQuarter, and BadCall for a basis without reporters."""
    expected, heard = _read(session, basis, quarter, seq)
    told = organisations.segments(session, Quarter.parse(quarter).last_day)
    return covered({one: told.get(one, {}) for one in expected}, heard)


def attended(session: Session, basis: str, quarter: str, by: Dimension, seq: int | None = None) -> Attended:
    """Who was expected and heard in one quarter, each under the identity that joins it with its past."""
    expected, heard = _read(session, basis, quarter, seq)
    told = organisations.segments(session, Quarter.parse(quarter).last_day)
    group_of = Identities.of(organisations.successions(session, _moment(session, seq))).group_of
    found: dict[uuid.UUID, tuple[str | None, bool]] = {}
    for one in sorted(expected):
        group = group_of.get(one, one)  # it has reported when all of it did that live at the quarter's end
        is_heard = one in heard and found.get(group, (None, True))[1]
        found[group] = told.get(one, {}).get(by, found.get(group, (None, True))[0]), is_heard
    return Attended(quarter, found)


def _read(session: Session, basis: str, quarter: str, seq: int | None) -> tuple[set[uuid.UUID], dict[uuid.UUID, Heard]]:
    """The reporters expected, and those of them of whom something counts."""
    require_reporters(basis)
    row = quarters.named(session, quarter)
    closing = vintages.named(session, quarter, Kind.CLOSING)
    until = _moment(session, seq)
    identities = Identities.of(organisations.successions(session, until))
    of_basis = _feeds(session, basis, Quarter.parse(quarter), row.closed_at)
    found = rosters.expected(session, Quarter.parse(quarter), identities=identities)
    expected = {one for feed, members in found.items() if feed in of_basis for one in members}
    asked = {"basis": basis, "quarter": quarter, "seq": seq}
    heard: dict[uuid.UUID, Heard] = {}
    for one, is_zero, since, openings, quarantined in session.execute(HEARD, asked):
        is_late = closing is not None and since > (closing.known_seq or 0)
        heard[one] = Heard(is_late, is_zero, int(openings), round(quarantined))
    return expected, {one: got for one in expected if (got := _heard_as(one, heard, identities)) is not None}


def _heard_as(one: uuid.UUID, heard: Mapping[uuid.UUID, Heard], identities: Identities) -> Heard | None:
    """What counts for it under its own code, or an earlier or later one: a file may go on using the old code."""
    codes = [one, *sorted(identities.same.get(one, frozenset()) - {one})]
    return next((heard[code] for code in codes if code in heard), None)


def _feeds(session: Session, basis: str, quarter: Quarter, closed_at: datetime | None) -> set[uuid.UUID]:
    """Feeds of the basis that the quarter expects: those that were there when it closed, or that filed."""
    filed = select(Submission.feed_id).where(Submission.quarter == str(quarter))
    query = select(Feed.id).where(feeds.report_for(basis), feeds.is_expected(quarter))
    return set(
        session.scalars(query.where(or_(Feed.created_at <= func.coalesce(closed_at, func.now()), Feed.id.in_(filed))))
    )


def _moment(session: Session, seq: int | None) -> datetime | None:
    """When a cut was; None: now, or before anything was known."""
    return None if seq is None else session.scalar(select(func.max(Known.at)).where(Known.seq <= seq))


def told(session: Session, basis: str, quarter: Quarter, seq: int | None) -> dict[str, Any]:
    """A quarter's coverage at a cut, and as it stood when the quarter closed, where that was kept.

    Raises UnknownQuarter, and BadCall for a basis without reporters.
    """
    name = str(quarter)
    rows, closing = measured(session, basis, name, seq), kept(session, name, basis).get(basis)
    at_closing = None if closing is None else [one.told(name) for one in closing]
    items = [one.told(name) for one in rows]
    return {"basis": basis, "quarter": name, "as_of_seq": seq, "items": items, "at_closing": at_closing}


def participation(
    session: Session, basis: str, by: Dimension, between: tuple[Quarter | None, Quarter | None], seq: int | None
) -> dict[str, Any]:
    """Over the closed quarters between two, how often the reporters of each segment were heard.

    Raises BadCall for a basis without reporters.
    """
    require_reporters(basis)
    first, last = between
    closed = map(Quarter.parse, quarters.closed(session))
    names = [str(one) for one in closed if (first or one) <= one <= (last or one)]
    items = over_quarters([attended(session, basis, name, by, seq) for name in names])
    return {"basis": basis, "by": by, "quarters": names, "as_of_seq": seq, "items": items}


def require_reporters(basis: str) -> None:
    """Raises BadCall for a basis that knows no reporters, UnknownFeedKind for none at all."""
    if not feed_contract(basis.partition(":")[0]).has_reporters:
        raise BadCall(why=NO_REPORTERS)


def keep(session: Session, vintage: Vintage) -> None:
    """Keep what a closing's vintage knows: of its quarter, and of those before that are still looked at again."""
    closing = Quarter.parse(vintage.quarter)
    names = [str(one) for one in (closing, *revisable(closing)) if quarters.is_there(session, str(one))]
    for basis in feeds.bases(session):
        if feed_contract(basis.partition(":")[0]).has_reporters:
            for name in names:
                body = [one.kept() for one in measured(session, basis, name, vintage.known_seq or 0)]
                session.add(CoverageRow(vintage_id=vintage.id, basis=basis, quarter=name, body=body))
    session.flush()


def kept(session: Session, quarter: str, basis: str | None = None) -> dict[str, list[Covered]]:
    """By basis, what the quarter's own closing knew; empty before it, and for quarters closed before this was kept."""
    query = select(CoverageRow.basis, CoverageRow.body).join(Vintage, Vintage.id == CoverageRow.vintage_id)
    query = query.where(Vintage.quarter == quarter, Vintage.kind == Kind.CLOSING, CoverageRow.quarter == quarter)
    rows = session.execute(query.where(CoverageRow.basis == basis) if basis else query.order_by(CoverageRow.basis))
    return {of: _restored(body) for of, body in rows}


def _restored(body: Iterable[list[object]]) -> list[Covered]:
    return [Covered(*one) for one in body]  # type: ignore[arg-type]
