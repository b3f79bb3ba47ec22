"""`/v1/feeds/{feed}/template.…`: for whoever serves the feed or oversees it; filled in and sent back it counts."""

import csv
import io
import time

from fastapi.testclient import TestClient
from openpyxl import load_workbook

from ievq_pipeline.adapters.reading.stamp import read_stamp
from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.period import Quarter
from tests.made_up import totals_file

FEEDS = ("hn", "other")
Keys = dict[str, dict[str, str]]


def test_whoever_serves_the_feed_or_oversees_it_gets_its_template(client: TestClient, keys: Keys) -> None:
    for who in ("office", "engineer"):
        answer = client.get("/v1/feeds/hn/template.xlsx?quarter=2025Q3&lang=zh", headers=keys[who])
        assert answer.status_code == 200
        assert 'filename="2025-Q3.xlsx"' in answer.headers["content-disposition"]
        found = read_stamp(answer.content)
        assert found is not None
        assert (found.feed, found.quarter, found.kind, found.language) == ("hn", "2025-Q3", "totals", "zh")
        offers = load_workbook(io.BytesIO(answer.content)).worksheets[0].data_validations.dataValidation
        assert [one.formula1 for one in offers if str(one.sqref).startswith(("A", "B"))] == [
            "'名单'!$A$3:$A$3",
            '"2025-Q3"',
        ]
    english = client.get(
        "/v1/feeds/hn/template.csv?quarter=2025-Q3", headers={**keys["office"], "Accept-Language": "en"}
    )
    assert english.headers["content-type"].startswith("text/csv")
    assert english.content.decode("utf-8-sig").startswith("Source *")


def test_for_others_there_is_no_such_feed(client: TestClient, keys: Keys) -> None:
    for feed, who, status in (("hn", "stranger", 404), ("nobody", "engineer", 404), ("hn", "revoked", 401)):
        for form in ("xlsx", "csv"):
            answer = client.get(f"/v1/feeds/{feed}/template.{form}?quarter=2025-Q3", headers=keys[who])
            assert answer.status_code == status, (feed, who)
    for query in ("", "?quarter=soon", "?quarter=2025-Q3&prefill=perhaps"):
        assert client.get(f"/v1/feeds/hn/template.csv{query}", headers=keys["office"]).status_code == 400


def test_what_is_prefilled_is_the_feeds_own_and_only_what_counts(client: TestClient, house: House, keys: Keys) -> None:
    for feed in FEEDS:
        content = totals_file("2025-Q3", {f"{feed} term": 12}).replace(b"made-up", feed.encode())
        form = {"feed": feed, "quarter": "2025-Q3"}
        who = keys["office" if feed == "hn" else "stranger"]
        assert (
            client.post("/v1/submissions", data=form, files={"file": ("a.csv", content)}, headers=who).status_code
            == 201
        )
    deadline = time.monotonic() + 30
    while len([*house.observations("totals", Quarter(2025, 3))]) < len(FEEDS):  # the app's worker may be at it too
        assert time.monotonic() < deadline
        house.validate()
        house.store()
    rows = _csv(client, keys, "2025-Q4")
    assert rows[2:] == [["hn", "2025-Q4", "hn term", "", "", ""]]
    assert _csv(client, keys, "2025-Q3")[2:] == []


def test_a_template_that_comes_back_filled_in_says_nothing_and_one_of_another_feed_is_named(
    client: TestClient, house: House, keys: Keys
) -> None:
    told = {}
    for feed in FEEDS:  # each handed in for the first: its own, and that of another feed
        answer = client.get(f"/v1/feeds/{feed}/template.xlsx?quarter=2025-Q3&lang=zh", headers=keys["engineer"])
        book = load_workbook(io.BytesIO(answer.content))
        row: list[str | int] = ["hn", "2025-Q3", "Kubernetes", 152, 2314, 3]
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(3, column, value)
        stream = io.BytesIO()
        book.save(stream)
        form, file = {"feed": "hn", "quarter": "2025-Q3"}, {"file": ("a.xlsx", stream.getvalue())}
        url = client.post("/v1/submissions", data=form, files=file, headers=keys["office"]).json()["url"]
        path = url[url.index("/v1/") :]
        deadline = time.monotonic() + 30
        while (receipt := client.get(path, headers=keys["office"]).json())["verdict"] is None:
            assert time.monotonic() < deadline
            house.validate()
        assert (receipt["verdict"], receipt["rows_accepted"]) == ("accepted", 1)
        found = client.get(f"{path}/findings", headers=keys["office"]).json()["items"]
        told[feed] = [(each["code"], each["severity"], each["value"]) for each in found]
    assert told == {"hn": [], "other": [("NQ-TEMPLATE-FEED", "info", "other")]}


def _csv(client: TestClient, keys: Keys, quarter: str) -> list[list[str]]:
    query = f"quarter={quarter}&prefill=true&lang=en"
    answer = client.get(f"/v1/feeds/hn/template.csv?{query}", headers=keys["office"])
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
