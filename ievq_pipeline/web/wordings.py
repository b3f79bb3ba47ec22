"""`/v1/wordings`: what no list knows, and what is decided of it; for the authority and the engineer."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ievq_pipeline.domain.learning import Decided, State
from ievq_pipeline.stages.learn import Decision
from ievq_pipeline.web.callers import Caller, TheHouse, must_oversee

router = APIRouter(prefix="/v1/wordings", tags=["wordings"])


class Decide(BaseModel):
    """What a wording is."""

    what: Decided
    code: str | None = Field(None, description="Of an alias: the listed skill that the wording names.")
    note: str = Field("", max_length=1_000)


@router.get("")
def queue(
    house: TheHouse,
    key: Caller,
    state: State | None = None,
    list: Annotated[str, Query(description="Such as skills.")] = "",  # noqa: A002 - as callers name it
    after: Annotated[int, Query(ge=0, description="The id of the last one seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Wordings in the order in which they were first seen, with how much stands behind each; `next` goes on."""
    must_oversee(key)
    items = house.wordings(state=state, code_list=list or None, after=after, limit=limit)
    return {"items": items, "next": items[-1]["id"] if len(items) == limit else None}


@router.get("/{wording}")
def one(house: TheHouse, key: Caller, wording: str) -> dict[str, Any]:
    """A wording with its context: where it is named, beside what, what it may mean, and every decision."""
    must_oversee(key)
    return house.wording(wording)


@router.post("/{wording}/decision")
def decide(house: TheHouse, key: Caller, wording: str, said: Decide) -> dict[str, Any]:
    """Decide on a wording: an alias counts under its code from now on, backwards too; earlier vintages stay.

    The same decision again changes nothing; another one replaces it, and `undo` takes it back.
    """
    must_oversee(key)
    decision = Decision(said.what, said.code, said.note, decided_by=key.name, api_key_id=key.id)
    return house.learn(wording, decision)
