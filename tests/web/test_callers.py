"""Who may see what: a submitter its own feeds, the authority and the engineer everything."""

import pytest

from ievq_pipeline.db.tables import ApiKey
from ievq_pipeline.domain.errors import Forbidden, UnknownFeed, UnknownSubmission
from ievq_pipeline.domain.role import Role
from ievq_pipeline.web.callers import must_oversee, must_see, must_serve


def key(role: Role, *feeds: str) -> ApiKey:
    return ApiKey(name="x", role=str(role), feeds=list(feeds))


def test_a_submitter_sees_its_own_feeds_only() -> None:
    must_see(key(Role.SUBMITTER, "hn"), "hn", "1")
    must_serve(key(Role.SUBMITTER, "hn"), "hn")
    with pytest.raises(UnknownSubmission):
        must_see(key(Role.SUBMITTER, "hn"), "other", "1")
    with pytest.raises(UnknownFeed):
        must_serve(key(Role.SUBMITTER, "hn"), "other")
    with pytest.raises(Forbidden):
        must_oversee(key(Role.SUBMITTER, "hn"))


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.ENGINEER])
def test_the_authority_and_the_engineer_read_everything_and_hand_in_for_nobody_else(role: Role) -> None:
    must_see(key(role), "other", "1")
    must_oversee(key(role))
    with pytest.raises(UnknownFeed):
        must_serve(key(role), "other")
