"""Tallies: what has happened in a quarter, in numbers by kind of feed; nobody is named."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ievq_pipeline.db import rosters
from ievq_pipeline.db.tables import AlertRevision, EpisodeChange, LookRow, QuarterMode, Vintage
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.schedule import Kind

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
#: feeds expected, those of them that were silent at the closing, and the members that were
EXPECTED_FEEDS = text(f"SELECT kind, id FROM ({EXPECTED}) AS expected WHERE quarter = :quarter ORDER BY kind, id")  # noqa: S608
SILENT = text(
    "SELECT feed.kind, silence.feed_id, silence.organisation_id FROM silence JOIN feed ON feed.id = silence.feed_id"
    " WHERE silence.quarter = :quarter"
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
    """By kind, how many feeds and members were expected, and how many of them were silent at the closing.

    Members are those of the rosters as these stand, and whoever was silent.
    """
    kinds = {feed: kind for kind, feed in session.execute(EXPECTED_FEEDS, {"quarter": quarter})}
    silent = session.execute(SILENT, {"quarter": quarter}).all()
    rosters_of = rosters.expected(session, Quarter.parse(quarter))
    members = {(kinds[feed], one) for feed, of in rosters_of.items() if feed in kinds for one in of}
    silent_members = {(kind, one) for kind, _, one in silent if one is not None}
    numbers = {
        "feeds": Counter(kinds.values()),
        "silent_feeds": Counter(kind for kind, _, one in silent if one is None),
        "members": Counter(kind for kind, _ in members | silent_members),
        "silent_members": Counter(kind for kind, _ in silent_members),
    }
    return [
        {"kind": kind, **{name: of[kind] for name, of in numbers.items()}} for kind in dict.fromkeys(kinds.values())
    ]


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
