"""`/v1/codes`: the code lists, open to all."""

from fastapi.testclient import TestClient

from ievq_pipeline.adapters import code_lists
from tests.web.test_problems import is_problem


def test_lists_are_named_and_each_is_the_document_of_the_command_line(client: TestClient) -> None:
    named = client.get("/v1/codes").json()["items"]
    assert {one["list"]: one["version"] for one in named} == code_lists.versions()
    for name in ("skills", "technologies", "regions", "occupations"):
        answer = client.get(f"/v1/codes/{name}")
        assert (answer.status_code, answer.json()) == (200, code_lists.document(name))


def test_one_that_is_not_here_is_a_problem_in_the_callers_language(client: TestClient) -> None:
    for language, detail in (
        ("zh", "这里没有代码表“places”；现有：{known}。"),
        ("en", "There is no code list “places” here; there are: {known}."),
    ):
        answer = client.get("/v1/codes/places", headers={"Accept-Language": language})
        assert is_problem(answer, 404, "unknown-code-list")["detail"] == detail.format(
            known=", ".join(code_lists.about())
        )
