"""The schema that the API gives for rows in force, held against real rows of every kind."""

import json
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, keys, organisations
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.role import Role
from ievq_pipeline.stages.receive import HandedIn

FILES = {
    "job-demand": (
        "enterprise,quarter,region,industry,occupation,skill,openings,tier,is_required\n"
        "a:1,2025-Q3,350200,39,2-02-10-03,Kubernetes,12,2,yes\na:1,2025-Q3,remote,39,,Docker,3,,no\n"
        "a:1,2025-Q3,,,,TOTAL,14,,\na:2,2025-Q3,,,,NIL,,,\n"
    ),
    "technology": (
        "enterprise,quarter,technology,stage,skills,note\na:1,2025-Q3,OPC UA,pilot,Python; SQL,\na:2,2025-Q3,NIL,,,\n"
    ),
    "totals": "source,quarter,term,count,exposure,months\nhn,2025-Q3,Go,5,90,3\n",
}


@pytest.mark.parametrize("kind", FILES)
def test_rows_in_force_are_as_the_schema_says(kind: str, house: House, client: TestClient) -> None:
    house.import_organisations(b"identifier,kind\na:assoc,association\n", "organisations.csv")
    house.open_quarter(Quarter(2025, 3))
    with house.sessions.begin() as session:
        submitter = organisations.named(session, Identifier("a", "assoc"))
        if kind == "totals":
            feeds.add(session, "feed", kind, "hn")
        else:
            feeds.add(session, "feed", kind, submitter_id=submitter.id)
    house.receive(HandedIn("feed", "2025-Q3", "file.csv", FILES[kind].encode()))
    house.run()
    with house.sessions.begin() as session:
        key = keys.create(session, "authority", Role.AUTHORITY, [])
    asked = {"kind": kind, "quarter": "2025-Q3"}
    answer = client.get("/v1/observations", params=asked, headers={"Authorization": f"Bearer {key}"})
    body: dict[str, Any] = json.loads(answer.text)
    assert len(body["items"]) == len(FILES[kind].strip().splitlines()) - 1
    told = client.get("/openapi.json").json()["paths"]["/v1/observations"]["get"]["responses"]["200"]
    schema = told["content"]["application/json"]["schema"]
    rows = {row["title"]: row for row in schema["properties"]["items"]["items"]["anyOf"]}
    jsonschema.validate(body, schema)
    for item in body["items"]:
        jsonschema.validate(item, rows[kind])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**body["items"][0], "row": "seven"}, rows[kind])
