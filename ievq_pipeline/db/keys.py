"""API keys: made, found by what a caller shows, revoked."""

import hashlib
import secrets
import uuid

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import ApiKey
from ievq_pipeline.domain.errors import Denied, NameTaken, UnknownKey
from ievq_pipeline.domain.role import Role

START = "ievq_"


def create(session: Session, name: str, role: str, feeds: list[str]) -> str:
    """A new key of a Role; its text is given once and never stored. Raises NameTaken if the name is taken."""
    if session.scalar(select(ApiKey).where(ApiKey.name == name)):
        raise NameTaken(name=name)
    key = START + secrets.token_urlsafe(32)
    session.add(ApiKey(name=name, role=Role(role), feeds=feeds, prefix=key[:10], digest=_digest(key)))
    return key


def shown(session: Session, key: str) -> ApiKey:
    """The key that a caller shows. Raises Denied."""
    found = session.scalar(select(ApiKey).where(ApiKey.digest == _digest(key), ApiKey.revoked_at.is_(None)))
    if found is None:
        raise Denied
    return found


def standing(session: Session, key_id: uuid.UUID) -> ApiKey:
    """The key of that id, unless it was revoked. Raises Denied."""
    found = session.get(ApiKey, key_id)
    if found is None or found.revoked_at is not None:
        raise Denied
    return found


def every(session: Session) -> list[ApiKey]:
    return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


def revoke(session: Session, name: str) -> None:
    """From now on the key opens nothing. Raises UnknownKey."""
    if session.scalar(select(ApiKey).where(ApiKey.name == name)) is None:
        raise UnknownKey(name=name)
    session.execute(
        update(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None)).values(revoked_at=func.now())
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
