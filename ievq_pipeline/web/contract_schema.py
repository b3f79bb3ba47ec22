"""The contracts as the API's schema: what a row of `/v1/observations` holds, kind by kind."""

from typing import Any

from ievq_pipeline.db import observations
from ievq_pipeline.domain.contracts import CONTRACTS
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType

#: what every row has beside the columns of its contract
AROUND: dict[str, Any] = {
    "organisation_id": {"type": ["string", "null"], "format": "uuid"},
    "reporter": {"type": "string", "description": "`scheme:value`, or the source of totals"},
    "row": {"type": ["integer", "null"], "minimum": 1, "description": "null for a zero report or a total"},
    "submission_id": {"type": "string", "format": "uuid"},
    "known_seq": {"type": "integer"},
    "known_from": {"type": "string", "format": "date-time"},
}


def observations_schema() -> dict[str, Any]:
    """The JSON Schema of the answer: `items`, each a row of one of the kinds."""
    rows = [row_schema(contract) for contract in CONTRACTS.values()]
    return {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": {"anyOf": rows}}},
    }


def row_schema(contract: Contract) -> dict[str, Any]:
    """The JSON Schema of one row; zero reports and totals leave empty what they may."""
    kept = set(observations.columns(contract.feed_kind))
    columns = {field.code: _column(field, contract) for field in contract.fields if field.code in kept}
    properties = columns | AROUND
    return {
        "title": contract.feed_kind,
        "type": "object",
        "required": sorted(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _column(field: Field, contract: Contract) -> dict[str, Any]:
    shape = _shape(field)
    may_be_empty = not field.required or any(field.code in marker.may_be_empty for marker in contract.markers)
    if field.scheme or may_be_empty:  # a feed may not state what is coded
        shape = {**shape, "type": [shape["type"], "null"]}
        if "enum" in shape:
            shape["enum"] = [*shape["enum"], None]
    return {**shape, "description": f"{field.title.zh} · {field.title.en}"}


def _shape(field: Field) -> dict[str, Any]:
    """As it is stored: quarters as 2025-Q3, choices as their codes, yes and no as a truth value."""
    codes = [choice.code for choice in field.choices]
    if field.is_list:
        return {"type": "array", "items": {"type": "string"}}
    if set(codes) == {"yes", "no"}:
        return {"type": "boolean"}
    if codes and all(code.isdecimal() for code in codes):
        return {"type": "integer", "enum": [int(code) for code in codes]}
    if codes:
        return {"type": "string", "enum": codes}
    if field.type is FieldType.INTEGER:
        return {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}
    if field.type is FieldType.QUARTER:
        return {"type": "string", "pattern": r"^\d{4}-Q[1-4]$"}
    return {"type": "string"}
