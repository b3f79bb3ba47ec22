"""Who is calling: the key of the `Authorization` header, and what it may do."""

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ievq_pipeline.adapters import answer_links
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import keys
from ievq_pipeline.db.tables import ApiKey
from ievq_pipeline.domain.errors import Denied, Forbidden, UnknownFeed, UnknownSubmission
from ievq_pipeline.domain.role import Role

_bearer = HTTPBearer(auto_error=False, description="An API key, as `ievq keys create` gives it.")


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


def caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> ApiKey:
    """The key shown. Raises Denied."""
    if given is None:
        raise Denied
    with house_of(request).sessions() as session:
        key = keys.shown(session, given.credentials)
        session.expunge(key)
    return key


def reader(
    submission_id: str,
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    token: Annotated[str | None, Query(max_length=1_000, description="Of a link that the answer gives.")] = None,
) -> ApiKey:
    """Who reads a submission's answer: the key shown, or the one that a link was made for. Raises Denied."""
    if given is not None or token is None:
        return caller(request, given)
    house = house_of(request)
    with house.sessions() as session:
        key = keys.standing(session, answer_links.key_of(house.secret_box, token, submission_id))
        session.expunge(key)
    return key


def must_serve(key: ApiKey, feed: str) -> None:
    """Raises UnknownFeed where the key may not hand in for the feed: as if there were none."""
    if feed not in key.feeds:
        raise UnknownFeed(name=feed)


def must_see(key: ApiKey, feed: str, submission: str) -> None:
    """Raises UnknownSubmission where the key may not read submissions of the feed: as if there were none."""
    if feed not in key.feeds and not Role(key.role).reads_everything:
        raise UnknownSubmission(name=submission)


def must_oversee(key: ApiKey) -> None:
    """Raises Forbidden unless the key is the authority's or an engineer's: what is in force shows single reporters."""
    if not Role(key.role).reads_everything:
        raise Forbidden


TheHouse = Annotated[House, Depends(house_of)]
#: of the answer to one submission: links to it carry a token, since browsers show no key
Reader = Annotated[ApiKey, Depends(reader)]
Caller = Annotated[ApiKey, Depends(caller)]
