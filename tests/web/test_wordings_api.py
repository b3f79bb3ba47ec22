"""`/v1/wordings`: the queue and decisions over HTTP, for those who oversee."""

from fastapi.testclient import TestClient

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import keys as api_keys
from tests.made_up import REGION, file, open_panel

A = "us-agency:A"


def test_the_queue_is_read_and_decided_on_by_whoever_oversees(client: TestClient, house: House) -> None:
    open_panel(house, {"north": (A,)}, quarters=["2025-Q1"])
    file(house, "north", "2025-Q1", [(A, REGION, f"御剑飞行{n}", 3) for n in "甲乙丙"])
    house.validate()
    house.store()
    with house.sessions.begin() as session:
        made = {role: api_keys.create(session, role, role, []) for role in ("authority", "engineer", "submitter")}
    oversees, submits = ({"Authorization": f"Bearer {made[role]}"} for role in ("authority", "submitter"))

    page = client.get("/v1/wordings?state=pending&list=skills&limit=2", headers=oversees).json()
    assert len(page["items"]) == 2
    rest = client.get(f"/v1/wordings?after={page['next']}&limit=2", headers=oversees).json()
    assert rest["next"] is None
    names = {one["wording"] for one in (*page["items"], *rest["items"])}
    assert (len(rest["items"]), names) == (1, {"御剑飞行甲", "御剑飞行乙", "御剑飞行丙"})
    first = page["items"][0]["id"]
    one = client.get(f"/v1/wordings/{first}", headers=oversees).json()
    assert (one["seen"][0]["feed"], one["seen"][0]["rows"], one["openings"]) == ("north", 1, 3)

    decided = client.post(
        f"/v1/wordings/{first}/decision", headers=oversees, json={"what": "alias", "code": "python", "note": "seen"}
    )
    assert (decided.status_code, decided.json()["state"]) == (200, "decided")
    assert [(d["what"], d["code"], d["decided_by"]) for d in decided.json()["decisions"]] == [
        ("alias", "python", "authority")
    ]
    assert len(client.get("/v1/wordings?state=pending", headers=oversees).json()["items"]) == 2

    def refused(body: object, headers: dict[str, str] = oversees, of: object = first) -> tuple[int, str]:
        answer = client.post(f"/v1/wordings/{of}/decision", headers=headers, json=body)
        return answer.status_code, answer.json()["code"]

    assert refused({"what": "alias", "code": "none-such"}) == (404, "unknown-skill")
    assert refused({"what": "alias"}) == (400, "bad-call")
    assert refused({"what": "new"}, of=999) == (404, "unknown-wording")
    assert refused({"what": "new"}, submits) == (403, "forbidden")
    assert client.get("/v1/wordings", headers=submits).status_code == 403
    assert client.get("/v1/wordings").status_code == 401
