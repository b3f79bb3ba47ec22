"""Tallies: what has happened in a quarter, in numbers by kind of feed; nobody is named."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import AlertRevision, EpisodeChange, LookRow, QuarterMode, Vintage
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.outcome import Kind

#: feeds that a quarter expects: those that had not ended with it and were there when it closed, or that filed
EXPECTED = """
    SELECT q.quarter, feed.kind, feed.id FROM quarter AS q JOIN feed ON
    (feed.created_at <= coalesce(q.closed_at, now()) AND (feed.ended_on IS NULL OR feed.ended_on >= (
        make_date(left(q.quarter, 4)::int, 3 * right(q.quarter, 1)::int, 1) + interval '1 month')))
    OR EXISTS (SELECT FROM submission AS s WHERE s.feed_id = feed.id AND s.quarter = q.quarter)
"""
FEEDS = text(
    f"""
    WITH expected AS ({EXPECTED}), handed_in AS (
        SELECT s.*, feed.kind, coalesce(s.received_at > q.closed_at, FALSE) AS is_late,
            s.state = 'rejected' AND EXISTS (
                SELECT FROM submission AS later WHERE later.feed_id = s.feed_id AND later.quarter = s.quarter
                AND later.number > s.number AND later.stored_at IS NOT NULL) AS is_mended
        FROM submission AS s JOIN feed ON feed.id = s.feed_id JOIN quarter AS q ON q.quarter = s.quarter
    )
    SELECT expected.quarter, expected.kind, count(DISTINCT expected.id) AS expected,
        count(DISTINCT h.feed_id) FILTER (WHERE h.state = 'in_force') AS in_force,
        count(DISTINCT h.feed_id) FILTER (WHERE NOT h.is_late) AS in_time,
        count(h.id) AS files,
        count(h.id) FILTER (WHERE h.is_late) AS late,
        count(h.id) FILTER (WHERE h.state = 'rejected') AS rejected,
        count(DISTINCT h.feed_id) FILTER (WHERE h.is_mended) AS mended,
        count(h.id) FILTER (WHERE h.verdict = 'accepted_with_quarantine') AS quarantined,
        count(h.id) FILTER (WHERE h.state = 'withdrawn') AS withdrawn,
        min(h.received_at) AS first_at,
        min(h.received_at) FILTER (WHERE h.state = 'rejected') AS rejected_at,
        min(h.received_at) FILTER (WHERE h.verdict = 'accepted_with_quarantine') AS quarantined_at,
        min(h.withdrawn_at) AS withdrawn_at,
        min(h.received_at) FILTER (WHERE h.is_late) AS late_at
    FROM expected LEFT JOIN handed_in AS h ON h.feed_id = expected.id AND h.quarter = expected.quarter
    WHERE CAST(:quarter AS text) IS NULL OR expected.quarter = :quarter
    GROUP BY expected.quarter, expected.kind ORDER BY expected.quarter, expected.kind
    """  # noqa: S608 - a constant of ours
)
#: when the first mended file came, by kind
MENDED = text(
    """
    SELECT feed.kind, min(later.received_at) AS mended_at
    FROM submission AS bad JOIN feed ON feed.id = bad.feed_id
    JOIN submission AS later ON later.feed_id = bad.feed_id AND later.quarter = bad.quarter
    WHERE bad.quarter = :quarter AND bad.state = 'rejected' AND later.number > bad.number
    AND later.stored_at IS NOT NULL GROUP BY feed.kind
    """
)
#: filings that stand, and those of them that count: no other one of the reporter goes before them
FILINGS = text(
    """
    SELECT split_part(f.basis, ':', 1) AS kind,
        count(*) AS filed, count(spell.filing_id) AS counted, count(*) - count(spell.filing_id) AS overlapped,
        count(*) FILTER (WHERE s.received_at > q.closed_at) AS late,
        max(coalesce(gone_out.at, s.stored_at)) FILTER (WHERE spell.filing_id IS NULL) AS overlapped_at,
        min(f.filed_seq) FILTER (WHERE s.received_at > q.closed_at) AS late_seq
    FROM filing AS f JOIN submission AS s ON s.id = f.submission_id JOIN quarter AS q ON q.quarter = f.quarter
    LEFT JOIN filing_in_force AS spell ON spell.filing_id = f.id AND spell.known_to IS NULL
    LEFT JOIN LATERAL (
        SELECT max(known.at) AS at FROM filing_in_force AS past JOIN known ON known.seq = past.known_to
        WHERE past.filing_id = f.id) AS gone_out ON TRUE
    WHERE f.quarter = :quarter AND f.filed_seq IS NOT NULL AND f.ended_seq IS NULL
    GROUP BY 1 ORDER BY 1
    """
)
#: whoever was silent when the quarter closed, of those expected then: feeds, and members of rosters as these stand
SILENCE = text(
    f"""
    WITH expected AS (SELECT * FROM ({EXPECTED}) AS one WHERE one.quarter = :quarter), silent AS (
        SELECT feed.kind, silence.feed_id, silence.organisation_id
        FROM silence JOIN feed ON feed.id = silence.feed_id WHERE silence.quarter = :quarter
    ), members AS (
        SELECT expected.kind, roster.organisation_id FROM expected JOIN roster ON roster.feed_id = expected.id
        WHERE (roster.holds_from IS NULL OR roster.holds_from <= :last_day)
        AND (roster.holds_to IS NULL OR roster.holds_to >= :last_day)
        UNION SELECT kind, organisation_id FROM silent WHERE organisation_id IS NOT NULL
    )
    SELECT kind,
        (SELECT count(*) FROM expected AS e WHERE e.kind = k.kind) AS feeds,
        (SELECT count(DISTINCT feed_id) FROM silent AS s WHERE s.kind = k.kind AND organisation_id IS NULL)
            AS silent_feeds,
        (SELECT count(*) FROM members AS m WHERE m.kind = k.kind) AS members,
        (SELECT count(DISTINCT organisation_id) FROM silent AS s WHERE s.kind = k.kind) AS silent_members
    FROM (SELECT DISTINCT kind FROM expected) AS k ORDER BY kind
    """  # noqa: S608 - a constant of ours
)


def feeds(session: Session, quarter: str | None = None) -> list[dict[str, Any]]:
    """By quarter and kind: feeds expected and in force, and their files; of one quarter or of all."""
    return [dict(row) for row in session.execute(FEEDS, {"quarter": quarter}).mappings()]


def filings(session: Session, quarter: str) -> dict[str, dict[str, Any]]:
    """By kind: filings that stand, those that count, and those that are kept while another goes before them."""
    return {row["kind"]: dict(row) for row in session.execute(FILINGS, {"quarter": quarter}).mappings()}


def mended_at(session: Session, quarter: str) -> dict[str, Any]:
    """By kind, when the first mended file came."""
    return {row.kind: row.mended_at for row in session.execute(MENDED, {"quarter": quarter})}


def silence(session: Session, quarter: str) -> list[dict[str, Any]]:
    """By kind, how many feeds and members were expected, and how many of them were silent at the closing."""
    values = {"quarter": quarter, "last_day": Quarter.parse(quarter).last_day}
    return [dict(row) for row in session.execute(SILENCE, values).mappings()]


def modes(session: Session) -> dict[str, set[str]]:
    """By quarter, the modes of its bases that were given one."""
    found: dict[str, set[str]] = {}
    for row in session.scalars(select(QuarterMode)):
        found.setdefault(row.quarter, set()).add(Mode(row.mode))
    return found


def looks(session: Session, quarter: str) -> list[dict[str, Any]]:
    """Looks at the quarter, and at others by its vintages, in the order made; without previews.

    Each with its vintage, and how many of its changes were not shown.
    """
    withheld = select(func.count()).select_from(EpisodeChange)
    withheld = withheld.where(EpisodeChange.look_id == LookRow.id, EpisodeChange.withheld.is_not(None))
    query = (
        select(LookRow, Vintage, withheld.scalar_subquery(), func.jsonb_array_length(LookRow.untested))
        .join(Vintage, Vintage.id == LookRow.vintage_id)
        .where((LookRow.quarter == quarter) | (Vintage.quarter == quarter), LookRow.kind != Kind.PREVIEW)
        .order_by(LookRow.made_at, LookRow.id)
    )
    return [
        {"look": look, "vintage": vintage, "withheld": hidden, "untested": untested}
        for look, vintage, hidden, untested in session.execute(query)
    ]


def vintages(session: Session, quarter: str) -> list[Vintage]:
    """The quarter's own vintages, in the order made."""
    return list(session.scalars(select(Vintage).where(Vintage.quarter == quarter).order_by(Vintage.id)))


def vintage_with(session: Session, seq: int) -> Vintage | None:
    """The first closing's vintage in which so much is known."""
    query = select(Vintage).where(Vintage.kind == Kind.CLOSING, Vintage.known_seq >= seq)
    return session.scalar(query.order_by(Vintage.id).limit(1))


def notices(session: Session, look_ids: Sequence[int]) -> list[AlertRevision]:
    """What these looks told, in the order told; without what is only watched."""
    query = select(AlertRevision).where(AlertRevision.look_id.in_(look_ids), AlertRevision.severity != "watch")
    return list(session.scalars(query.order_by(AlertRevision.feed_seq)))


def notice_counts(session: Session) -> dict[str, dict[str, int]]:
    """By the quarter looked at and the notice, how many were told; without what is only watched."""
    query = (
        select(LookRow.quarter, AlertRevision.notice, func.count())
        .join(LookRow, LookRow.id == AlertRevision.look_id)
        .where(AlertRevision.severity != "watch")
        .group_by(LookRow.quarter, AlertRevision.notice)
    )
    found: dict[str, dict[str, int]] = {}
    for quarter, notice, number in session.execute(query):
        found.setdefault(quarter, {})[notice] = number
    return found
