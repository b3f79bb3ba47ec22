"""`/v1/coverage`, `/v1/participation` and their commands: for the authority and the engineer, in JSON and CSV."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ievq_pipeline.bootstrap import House
from tests.cli.conftest import ievq, stored
from tests.db.test_coverage import FIRST, NORTH, SECOND, hand_in, panel, rows

Keys = dict[str, dict[str, str]]
__all__ = ["ievq", "panel", "stored"]


@pytest.fixture
def closed(panel: House, client: TestClient) -> House:
    hand_in(panel, "north", FIRST, rows(NORTH[:3]))
    panel.close(FIRST, is_forced=True)
    hand_in(panel, "north", FIRST, rows(NORTH))
    return panel


def test_a_submitter_may_not_see_who_is_silent(closed: House, client: TestClient, keys: Keys) -> None:
    for path in (f"/v1/coverage?quarter={FIRST}", "/v1/participation"):
        assert client.get(path, headers=keys["office"]).status_code == 403
        assert client.get(path).status_code == 401
        assert client.get(path, headers=keys["engineer"]).status_code == 200


def test_coverage_is_told_now_and_at_any_cut_beside_what_the_closing_kept(
    closed: House, client: TestClient, keys: Keys
) -> None:
    def asked(more: str = "") -> dict[str, Any]:
        return dict(client.get(f"/v1/coverage?quarter={FIRST}{more}", headers=keys["engineer"]).json())

    now, then = asked(), asked("&as_of=seq:1")
    total = now["items"][0]
    assert (total["dimension"], total["value"], total["expected"]) == (None, None, 7)
    assert total["received"] == {"numerator": 4, "denominator": 7, "window": FIRST, "share": 0.5714}
    assert (total["late"]["numerator"], total["late"]["denominator"]) == (1, 4)
    assert then["items"] == then["at_closing"] == now["at_closing"]
    assert then["items"][0]["received"]["numerator"] == 3
    assert [asked(f"&as_of={bad}").get("status") for bad in ("soon", "2025-13-01")] == [400, 400]
    assert client.get("/v1/coverage?quarter=1999-Q1", headers=keys["engineer"]).status_code == 404
    refused = client.get(f"/v1/coverage?quarter={FIRST}&basis=totals:hn", headers=keys["engineer"])
    assert (refused.status_code, "没有报送单位" in refused.text) == (400, True)


def test_participation_comes_as_json_and_as_csv(closed: House, client: TestClient, keys: Keys) -> None:
    path = f"/v1/participation?from={FIRST}&to={SECOND}&by=ownership"
    told = client.get(path, headers=keys["engineer"]).json()
    assert (told["quarters"], told["by"]) == ([FIRST], "ownership")
    for answer in (
        client.get(f"{path}&format=csv", headers=keys["engineer"]),
        client.get(path, headers=keys["engineer"] | {"Accept": "text/csv"}),
    ):
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert [line["value"] for line in lines] == [row["value"] or "" for row in told["items"]]
        assert (lines[0]["reported_numerator"], lines[0]["reported_denominator"], lines[0]["window"]) == (
            "4", "7", f"{FIRST}/{FIRST}",
        )  # fmt: skip
    assert client.get("/v1/participation?by=name", headers=keys["engineer"]).status_code == 400


def test_the_page_of_a_closed_quarter_shows_groups_of_five_and_more_in_both_languages(
    closed: House, client: TestClient
) -> None:
    page = client.get(f"/quarters/{FIRST}?lang=en").text
    assert "Coverage at the closing" in page
    assert "private or individual" not in page, "three of one and one of another would give each other away"
    assert "state-owned" not in page
    assert "各类单位的覆盖情况" in client.get(f"/quarters/{FIRST}?lang=zh").text
    assert "Coverage at the closing" in client.get(f"/quarters/{SECOND}?lang=en").text


def test_the_command_line_tells_the_same(closed: House, stored: Callable[..., Any]) -> None:
    told = stored("quarters", "coverage", FIRST, "--as-of", "seq:1", "--json").json
    assert told["items"] == told["at_closing"]
    table = stored("quarters", "coverage", FIRST).out.splitlines()
    assert table[1].split()[:4] == ["*", "7", "4/7", "1/4"]
    lines = list(csv.DictReader(io.StringIO(stored("participation", "--by", "region", "--csv").out)))
    assert [(line["value"], line["reported_numerator"]) for line in lines] == [
        ("*", "4"), ("gbt2260:350200", "0"), ("", "4"),
    ]  # fmt: skip
    assert stored("participation").out.splitlines()[1].split()[0] == "*"
    assert stored("quarters", "coverage", "1999-Q1").code == 2
