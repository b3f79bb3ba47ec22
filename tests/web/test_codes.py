"""`/v1/codes`: the code lists, open to all."""

from fastapi.testclient import TestClient

from ievq_pipeline.adapters import code_lists
from tests.web.test_problems import is_problem


def test_lists_are_named_and_each_is_the_document_of_the_command_line(client: TestClient) -> None:
    (named,) = client.get("/v1/codes").json()["items"]
    assert (named["list"], named["version"]) == ("skills", "0")
    answer = client.get(f"/v1/codes/{named['list']}")
    assert (answer.status_code, answer.json()) == (200, code_lists.document("skills"))


def test_one_that_is_not_here_is_a_problem_in_the_callers_language(client: TestClient) -> None:
    for language, detail in (
        ("zh", "这里没有代码表“regions”；现有：skills。"),
        ("en", "There is no code list “regions” here; there are: skills."),
    ):
        answer = client.get("/v1/codes/regions", headers={"Accept-Language": language})
        assert is_problem(answer, 404, "unknown-code-list")["detail"] == detail
