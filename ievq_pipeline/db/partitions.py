"""Partitions of observations: one a quarter and feed kind, made when the quarter is planned; no default one."""

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import JobDemandObservation, TechnologyObservation, TotalObservation
from ievq_pipeline.domain.period import Quarter

#: by feed kind, the table of its observations
TABLES = {
    "job-demand": JobDemandObservation.__tablename__,
    "technology": TechnologyObservation.__tablename__,
    "totals": TotalObservation.__tablename__,
}
PARTITION = re.compile(rf"(?:{'|'.join(TABLES.values())})_\d{{4}}q[1-4]")


def ensure(session: Session, quarter: str) -> None:
    """Make the quarter's partitions where they are not there yet. Raises NotAQuarter."""
    quarter = str(Quarter.parse(quarter))
    for table in TABLES.values():
        name = partition(table, quarter)
        if session.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
            # attached to a filled-in twin, not made as a part: that would lock the whole against readers
            session.execute(text(f"CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING ALL)"))
            session.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES IN ('{quarter}')"))


def partition(table: str, quarter: str) -> str:
    """The name of a quarter's part of a table."""
    return f"{table}_{quarter.replace('-', '').lower()}"


def is_partition(name: str) -> bool:
    return PARTITION.fullmatch(name) is not None
