"""Silence: who was expected in a quarter and had nothing in force when it closed."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from ievq_pipeline.domain.period import Quarter

#: feeds without any submission in force, then members of rosters of whom no filing of that kind counts
RECORD = text(
    """
    INSERT INTO silence (quarter, feed_id, organisation_id)
    SELECT :quarter, feed.id, CAST(NULL AS uuid) FROM feed
    WHERE (feed.ended_on IS NULL OR feed.ended_on > :last_day) AND NOT EXISTS (
        SELECT FROM submission AS s WHERE s.feed_id = feed.id AND s.quarter = :quarter AND s.state = 'in_force')
    UNION ALL
    SELECT :quarter, feed.id, roster.organisation_id FROM roster JOIN feed ON feed.id = roster.feed_id
    WHERE (feed.ended_on IS NULL OR feed.ended_on > :last_day)
    AND (roster.holds_from IS NULL OR roster.holds_from <= :last_day)
    AND (roster.holds_to IS NULL OR roster.holds_to >= :last_day)
    AND NOT EXISTS (
        SELECT FROM filing JOIN filing_in_force AS spell ON spell.filing_id = filing.id AND spell.known_to IS NULL
        WHERE filing.organisation_id = roster.organisation_id AND filing.quarter = :quarter
        AND filing.basis = feed.kind)
    ON CONFLICT DO NOTHING
    """
)


def record(session: Session, quarter: Quarter) -> None:
    """Write down who is silent now; doing it again adds nobody twice."""
    session.execute(RECORD, {"quarter": str(quarter), "last_day": quarter.last_day})
