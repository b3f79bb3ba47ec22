"""`/v1/codes/…`: the code lists, for whoever prepares files or reads codes. Public, as what they say is."""

from typing import Any

from fastapi import APIRouter

from ievq_pipeline.adapters import code_lists

router = APIRouter(prefix="/v1/codes", tags=["codes"])


@router.get("")
def lists() -> dict[str, Any]:
    """The code lists that are here, with version, source and licence."""
    return {"items": [one.as_json() for one in code_lists.about().values()]}


@router.get("/{name}")
def code_list(name: str) -> dict[str, Any]:
    """Every code of a list, such as `skills`, as `ievq codes show` prints it."""
    return code_lists.document(name)
