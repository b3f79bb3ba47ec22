"""The pages of quarters: every step is seen, the numbers are the database's, and nobody is named."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, organisations
from ievq_pipeline.db.tables import Alert, AlertRevision
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages.receive import HandedIn
from tests.adapters.test_job_demand import CODES, row
from tests.made_up import counts, open_feed, totals_file
from tests.web.test_rendering import Page

Make = Callable[..., dict[str, Any]]
#: associations with their members; `north-1` files itself as well
MEMBERS = {"north": 4, "south": 3, "east": 2, "west": 5}
OWN, NIL = "own-north-1", "零报告"
HISTORY, LIVE, NEXT, LATER = (str(Quarter(2020, n)) for n in (1, 2, 3, 4))


def job_file(quarter: str, *reporters: str, openings: str = "12") -> bytes:
    lines = [
        row(enterprise=f"made:{one}", quarter=quarter, skill=skill, openings=openings)
        for one in reporters
        for skill in ("go", "rust", "python")
    ]
    return "\n".join([CODES, *lines]).encode()


def members_of(association: str) -> list[str]:
    return [f"{association}-{n}" for n in range(1, MEMBERS[association] + 1)]


def hand_in(house: House, feed: str, quarter: str, content: bytes | None = None) -> None:
    if content is None:
        content = job_file(quarter, *(members_of(feed) if feed in MEMBERS else [feed.removeprefix("own-")]))
    house.receive(HandedIn(feed, quarter, f"{feed}.csv", content))
    house.validate()
    house.store()


@pytest.fixture
def played(house: House) -> House:
    """A quarter of history, and a live one with a mended file, an overlap, a silent feed, and a late file that counts
    from the next closing on; that quarter stands closed, with a silent association, and the one after is planned.
    """
    with house.sessions.begin() as session:
        feeds.add(session, "made-up", "totals", "made-up")
    enrol(house, [f"made:{code},association,Association of the {code}," for code in MEMBERS])
    for code in MEMBERS:
        add_feed(house, code, "job-demand", f"made:{code}")
    # members come onto the rosters of the feeds that their association has
    enrol(house, [f"made:{one},enterprise,,made:{code}" for code in MEMBERS for one in members_of(code)])

    house.open_quarter(Quarter.parse(HISTORY), mode=Mode.HISTORY)
    for code in MEMBERS:
        hand_in(house, code, HISTORY)
    hand_in(house, "made-up", HISTORY, totals_file(HISTORY, counts()))
    close(house, HISTORY)

    add_feed(house, OWN, "job-demand", "made:north-1")
    add_feed(house, "technology", "technology", "made:west")
    house.open_quarter(Quarter.parse(LIVE))
    hand_in(house, "north", LIVE, job_file(LIVE, *members_of("north"), openings="about 12"))
    for code in ("north", OWN, "east", "west"):
        hand_in(house, code, LIVE)
    hand_in(house, "made-up", LIVE, totals_file(LIVE, counts()))
    house.detect()
    close(house, LIVE)
    hand_in(house, "south", LIVE)
    house.open_quarter(Quarter.parse(NEXT))
    for code in ("north", OWN, "east", "south"):
        hand_in(house, code, NEXT)
    close(house, NEXT)
    house.open_quarter(
        Quarter.parse(LATER),
        opens_on=house.today + timedelta(days=9),
        due_on=house.today + timedelta(days=20),
        closes_on=house.today + timedelta(days=30),
    )
    return house


def enrol(house: House, lines: list[str]) -> None:
    listed = "\n".join(["单位代码,单位类别,单位名称,所属协会", *lines]).encode()
    assert house.import_organisations(listed, "organisations.csv")["verdict"] == "accepted"


def add_feed(house: House, code: str, kind: str, submitter: str) -> None:
    with house.sessions.begin() as session:
        feeds.add(session, code, kind, submitter_id=organisations.named(session, Identifier.parse(submitter)).id)


def close(house: House, quarter: str) -> None:
    house.close(quarter, is_forced=True)
    house.detect()
    house.publish()


@pytest.fixture
def web(played: House, client: TestClient) -> TestClient:
    """The app over that."""
    return client


def tables(html: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Every table of a page: its caption and its rows of cells as text, the head among them."""
    for table in re.findall(r"<table>(.*?)</table>", html, re.DOTALL):
        [caption] = re.findall(r"<caption>(.*?)</caption>", table)
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", one, re.DOTALL) for one in rows]
        yield caption, [[re.sub(r"<[^>]+>", "", cell).strip() for cell in one] for one in cells]


def by_head(html: str, caption: str) -> dict[str, dict[str, str]]:
    """A table's rows by their first cell, each by its headings."""
    head, *rows = dict(tables(html))[caption]
    return {one[0]: dict(zip(head[1:], one[1:], strict=True)) for one in rows}


def steps(html: str) -> list[str]:
    [course] = re.findall(r'<ol class="steps">(.*?)</ol>', html, re.DOTALL)
    told = [re.sub(r"<time.*?</time>|<[^>]+>", "", one, flags=re.DOTALL) for one in course.split("</li>")]
    return [unescape(re.sub(r"\s+", " ", one)).strip() for one in told[:-1]]


def asked(house: House, query: str, **values: Any) -> tuple[int, ...]:
    with house.sessions() as session:
        return tuple(session.execute(text(query), values).one())


def test_the_numbers_by_kind_are_those_of_the_database(played: House, web: TestClient) -> None:
    shown = by_head(web.get(f"/quarters/{LIVE}?lang=en").text, "By kind of feed")
    assert shown["Job demand"] == {
        "Feeds expected": "5", "In force": "5", "Files": "6", "Rejected": "1", "Mended": "1", "Rows set aside": "0",
        "Late": "1", "Filings": "15", "Counted": "14", "Overlapped": "1",
    }  # fmt: skip
    assert shown["Technology"]["Feeds expected"] == "1"
    assert shown["Technology"]["In force"] == shown["Technology"]["Files"] == "0"
    assert shown["Demand totals"]["Filings"] == "1"
    for kind, row_of in {"job-demand": shown["Job demand"], "totals": shown["Demand totals"]}.items():
        files, in_force, rejected = asked(
            played,
            "SELECT count(*), count(*) FILTER (WHERE state = 'in_force'), count(*) FILTER (WHERE verdict = 'rejected')"
            " FROM submission AS s JOIN feed ON feed.id = feed_id WHERE kind = :kind AND quarter = :quarter",
            kind=kind, quarter=LIVE,
        )  # fmt: skip
        filed, counted = asked(
            played,
            "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM filing_in_force AS spell"
            " WHERE spell.filing_id = filing.id AND spell.known_to IS NULL)) FROM filing"
            " WHERE quarter = :quarter AND starts_with(basis, :kind) AND ended_seq IS NULL",
            kind=kind, quarter=LIVE,
        )  # fmt: skip
        told = [int(row_of[name]) for name in ("Files", "In force", "Rejected", "Filings", "Counted", "Overlapped")]
        assert told == [files, in_force, rejected, filed, counted, filed - counted]


def test_a_file_is_mended_only_by_a_later_one_that_counts(client: TestClient, house: House) -> None:
    open_feed(house, LIVE)
    good, bad = totals_file(LIVE, counts()), totals_file(LIVE, counts(), exposure=-1)

    def numbers() -> list[str]:
        shown = by_head(client.get(f"/quarters/{LIVE}?lang=en").text, "By kind of feed")["Demand totals"]
        return [shown[name] for name in ("In force", "Files", "Rejected", "Mended", "Filings", "Counted")]

    hand_in(house, "made-up", LIVE, good)
    hand_in(house, "made-up", LIVE, bad)
    assert numbers() == ["1", "2", "1", "0", "1", "1"]
    hand_in(house, "made-up", LIVE, totals_file(LIVE, counts(), exposure=-2))
    assert numbers() == ["1", "3", "2", "0", "1", "1"]
    hand_in(house, "made-up", LIVE, totals_file(LIVE, counts(), exposure=20_000))
    assert numbers() == ["1", "4", "2", "1", "1", "1"]
    with house.sessions() as session:
        last = session.execute(text("SELECT id FROM submission ORDER BY number DESC LIMIT 1")).scalar_one()
    house.withdraw(last, "counted twice")
    assert numbers() == ["0", "4", "2", "1", "0", "0"]
    told = steps(client.get(f"/quarters/{LIVE}?lang=en").text)
    assert "Demand totals: files withdrawn by their submitters: 1." in told
    assert not [one for one in told if "counted twice" in one]


def test_a_feed_that_came_later_was_not_expected_before(web: TestClient) -> None:
    shown = by_head(web.get(f"/quarters/{HISTORY}?lang=en").text, "By kind of feed")
    assert shown["Job demand"]["Feeds expected"] == shown["Job demand"]["In force"] == "4"
    assert "Technology" not in shown


def test_silence_is_a_share_by_kind(played: House, web: TestClient) -> None:
    html = web.get(f"/quarters/{NEXT}?lang=en").text
    head, *rows = dict(tables(html))["Silence at the closing"]
    assert head == [
        "Kind of feed",
        "Feeds expected",
        "Silent",
        "Share silent",
        "Reporters on rosters",
        "Silent",
        "Share silent",
    ]
    found = {one[0]: one[1:] for one in rows}
    assert found == {
        "Job demand": ["5", "1", "20%", "14", "5", "36%"],
        "Technology": ["1", "1", "100%", "0", "0", "–"],
        "Demand totals": ["1", "1", "100%", "0", "0", "–"],
    }
    recorded = asked(
        played,
        "SELECT count(*) FILTER (WHERE organisation_id IS NULL), count(DISTINCT organisation_id) FROM silence"
        " JOIN feed ON feed.id = feed_id WHERE quarter = :quarter AND kind = 'job-demand'",
        quarter=NEXT,
    )
    assert recorded == (1, 5)


def test_whoever_took_over_is_expected_in_the_place_of_whom_it_follows(house: House, client: TestClient) -> None:
    enrol(house, ["made:north,association,,"])
    add_feed(house, "north", "job-demand", "made:north")
    enrol(house, [f"made:{one},enterprise,,made:north" for one in ("north-1", "north-2", "north-9")])
    with house.sessions.begin() as session:
        one, other = (organisations.named(session, Identifier.parse(f"made:north-{n}")).id for n in (2, 9))
        session.execute(
            text(
                "INSERT INTO organisation_succession (predecessor_id, successor_id, kind, happened_on)"
                " VALUES (:one, :other, 'merger', '2019-05-01')"
            ),
            {"one": one, "other": other},
        )
    house.open_quarter(Quarter.parse(LIVE))
    hand_in(house, "north", LIVE, job_file(LIVE, "north-1"))
    close(house, LIVE)
    shown = dict(tables(client.get(f"/quarters/{LIVE}?lang=en").text))["Silence at the closing"]
    assert shown[1] == ["Job demand", "1", "0", "0%", "2", "1", "50%"]


def test_every_step_is_told_in_the_order_of_time(web: TestClient) -> None:
    told = steps(web.get(f"/quarters/{LIVE}?lang=en").text)
    order = [
        "Opened for files.", "Job demand: 4 of 5 feeds filed in time; files: 5.",
        "Job demand: files rejected, every fault named by its cell: 1.",
        "Job demand: feeds whose mended file was then accepted: 1.",
        "Job demand: filings that another feed's go before (NQ-OVERLAP): 1, kept and not counted.",
        "First look at 2020 Q2, basis Job demand", "The quarter closed, and its vintage was cut (seq:",
        "Closing look at 2020 Q2, basis Job demand",
        "Job demand: files that came after the closing: 1, with filings: 3; they count from the vintage of 2020 Q3 on.",
        "Later look at 2020 Q2, data as of the closing of 2020 Q3, basis Job demand",
    ]  # fmt: skip
    places = [next(n for n, one in enumerate(told) if one.startswith(said)) for said in order]
    assert sorted(places) == places
    assert steps(web.get(f"/quarters/{HISTORY}?lang=en").text)[0].startswith("Loaded as history")


def test_a_late_file_counts_from_the_next_closing_while_there_is_none(played: House, client: TestClient) -> None:
    hand_in(played, "west", NEXT)
    told = steps(client.get(f"/quarters/{NEXT}?lang=en").text)
    assert (
        "Job demand: files that came after the closing: 1, with filings: 5; they count from the next closing on."
        in told
    )
    hand_in(played, "made-up", NEXT, b"source")
    told = steps(client.get(f"/quarters/{NEXT}?lang=en").text)
    assert "Demand totals: files that came after the closing: 1, with filings: 0; none of them counts." in told


def test_looks_and_vintages_are_those_of_the_database(played: House, web: TestClient) -> None:
    html = web.get(f"/quarters/{LIVE}?lang=en").text
    _, *rows = dict(tables(html))["Looks and notices"]
    assert [(one[0], one[1], one[2], one[4]) for one in rows] == [
        ("First look at 2020 Q2", "Job demand", "2020-Q2.first", "4/5"),
        ("Closing look at 2020 Q2", "Job demand", "2020-Q2", "4/5"),
        ("Closing look at 2020 Q2", "Totals source made-up", "2020-Q2", "1/1"),
        ("Later look at 2020 Q2", "Job demand", "2020-Q3", "–"),
    ]
    assert {one[7] for one in rows} == {"none"}
    vintages = {one[0]: one[3] for one in dict(tables(html))["Vintages"][1:]}
    with played.sessions() as session:
        cuts = session.execute(
            text("SELECT quarter || CASE kind WHEN 'first' THEN '.first' ELSE '' END, known_seq FROM vintage")
        )
        known = {name: f"seq:{seq}" for name, seq in cuts}
    assert vintages == {name: known[name] for name in ("2020-Q2.first", "2020-Q2", "2020-Q3")}
    _, *rows = dict(tables(web.get(f"/quarters/{HISTORY}?lang=en").text))["Looks and notices"]
    assert {one[7] for one in rows} == {"history, none given"}


def test_what_a_look_told_leads_to_its_alerts_and_watch_is_in_no_count(
    played: House, web: TestClient, panel_alert: Make, panel_figures: Make, panel_evidence: Make
) -> None:
    notices = [("issued", "critical"), ("withdrawn", "strong"), ("issued", "watch")]
    ids = [uuid.uuid4() for _ in notices]
    with played.sessions.begin() as session:
        look_id = session.execute(
            text("SELECT id FROM look WHERE quarter = :q AND kind = 'revision' AND basis = 'job-demand'"), {"q": LIVE}
        ).scalar_one()
        session.execute(text("UPDATE episode_change SET withheld = 'disclosure'"))
        for number, (notice, severity) in enumerate(notices, start=1):
            one = ids[number - 1]
            session.add(
                Alert(id=one, basis="job-demand", level="skill_region", skill=f"s{number}", episode=1, opened=LIVE)
            )
            session.flush()
            body = panel_alert(alert_id=str(one), feed_seq=number, notice=notice, severity=severity)
            session.add(
                AlertRevision(
                    alert_id=one, revision=1, feed_seq=number, look_id=look_id, notice=notice, state="active",
                    severity=severity, skill="kubernetes", quarter=LIVE, body=body, figures=panel_figures(),
                    evidence=panel_evidence(),
                )
            )  # fmt: skip
    html = web.get(f"/quarters/{LIVE}?lang=en").text
    assert dict(tables(html))["Looks and notices"][-1][7] == "Issued 1; Withdrawn 1"
    assert re.findall(r'href="(../alerts/[^"]+)"', html) == [f"../alerts/{one}?lang=en" for one in ids[:2]]
    assert "Issued 1 : Kubernetes (California) ×4.28" in steps(html)[-1].replace("1:", "1 :")
    line = by_head(web.get("/quarters?lang=en").text, "All quarters")["2020 Q2"]
    assert (line["Issued"], line["Updated"], line["Withdrawn"]) == ("1", "0", "1")


def test_the_list_shows_every_quarter_with_its_state_and_mode(web: TestClient) -> None:
    head, *rows = dict(tables(web.get("/quarters?lang=en").text))["All quarters"]
    assert [(one[0], one[1], one[2]) for one in rows] == [
        ("2020 Q4", "Planned", "Live"), ("2020 Q3", "Closed", "Live"), ("2020 Q2", "Closed", "Live"),
        ("2020 Q1", "Closed", "History"),
    ]  # fmt: skip
    numbers = {one[0]: one[4:8] for one in rows}
    assert head[4:8] == ["Feeds expected", "In force", "Files", "Late"]
    assert numbers["2020 Q2"] == ["7", "6", "7", "1"]
    assert numbers["2020 Q1"] == ["5", "5", "5", "0"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nobody_is_named(played: House, web: TestClient, language: str) -> None:
    with played.sessions() as session:
        names = set(session.scalars(text("SELECT code FROM feed WHERE kind <> 'totals'")))
        names |= set(session.scalars(text("SELECT value FROM organisation_identifier")))
        names |= set(session.scalars(text("SELECT title FROM organisation WHERE title <> ''")))
        for table in ("submission", "organisation", "feed"):
            names |= {str(one) for one in session.scalars(text(f"SELECT id FROM {table}"))}
    assert len(names) > 40
    kinds = {"technology"}  # a feed's code here, and a kind
    for path in ("/quarters", *(f"/quarters/{name}" for name in (HISTORY, LIVE, NEXT, LATER))):
        html = web.get(f"{path}?lang={language}").text
        assert not [name for name in names - kinds if name in html]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_are_well_formed_and_lead_to_the_other_language(web: TestClient, language: str) -> None:
    other = {"zh": "en", "en": "zh"}[language]
    for path in ("/quarters", *(f"/quarters/{name}" for name in (HISTORY, LIVE, NEXT, LATER))):
        answer = web.get(f"{path}?lang={language}")
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        found = Page(answer.text)
        assert found.open == []
        assert len(ids := found.all("id")) == len(set(ids))
        referred = {name for value in found.all("aria-labelledby") for name in value.split()}
        assert referred <= set(ids)
        assert not {name for _, attributes in found.tags for name in attributes if name == "style" or name[:2] == "on"}
        assert f"?lang={other}" in [attributes.get("href") for tag, attributes in found.tags if tag == "a"]
        assert [attributes["href"] for tag, attributes in found.tags if attributes.get("aria-current")] != []


def test_before_anything_has_happened(client: TestClient, house: House) -> None:
    assert "There is no quarter yet." in client.get("/quarters?lang=en").text
    house.open_quarter(Quarter(2025, 3))
    html = client.get("/quarters/2025-Q3?lang=en").text
    for said in ("Opened for files.", "Counted when the quarter closes.", "Not looked at yet.", "No vintage yet."):
        assert said in html


@pytest.mark.parametrize(("name", "status", "code"), [
    ("2025-Q3", 404, "unknown-quarter"), ("soon", 400, "not-a-quarter"), ("%3Cb%3E", 400, "not-a-quarter"),
])  # fmt: skip
def test_a_quarter_that_is_not_there(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/quarters/{name}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_other_pages_lead_to_the_quarters(client: TestClient) -> None:
    assert 'href="quarters?lang=zh"' in client.get("/?lang=zh").text
