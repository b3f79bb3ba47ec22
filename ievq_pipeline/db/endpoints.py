"""Endpoints: where notices go."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import Endpoint
from ievq_pipeline.domain.errors import NameTaken


def add(session: Session, name: str, url: str, sealed_secret: bytes) -> Endpoint:
    """A new endpoint; it gets what is published from now on. Raises NameTaken if the name is taken."""
    if session.scalar(select(Endpoint).where(Endpoint.name == name)):
        raise NameTaken(name=name)
    endpoint = Endpoint(name=name, url=url, secret=sealed_secret)
    session.add(endpoint)
    session.flush()
    return endpoint


def active(session: Session) -> list[Endpoint]:
    return list(session.scalars(select(Endpoint).where(Endpoint.disabled_at.is_(None)).order_by(Endpoint.name)))


def every(session: Session) -> list[Endpoint]:
    return list(session.scalars(select(Endpoint).order_by(Endpoint.name)))


def disable(session: Session, endpoint_id: object, why: str) -> None:
    session.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id, Endpoint.disabled_at.is_(None))
        .values(disabled_at=func.now(), disabled_why=why)
    )
