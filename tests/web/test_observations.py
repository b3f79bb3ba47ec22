"""What is in force, over HTTP: after whatever was sent, revised, withdrawn, overlapped and raced, to the row."""

import csv
import io
import json
import random
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import filings
from ievq_pipeline.db import keys as api_keys
from ievq_pipeline.db.tables import Filing, Submission
from tests.made_up import REGION, Row, demand_file, open_panel

QUARTERS = ("2025-Q2", "2025-Q3")
MEMBERS = [f"us-agency:M{n}" for n in range(1, 6)]
#: primary for these members; anybody may be in anybody's file
ASSOCIATIONS = {"north": MEMBERS[:2], "south": [MEMBERS[2]], "west": []}
OWN = [MEMBERS[0], MEMBERS[2]]
FEEDS = [*ASSOCIATIONS, *OWN]
SKILLS = ("go", "python", "rust", "sql")
REASONS = ("left_out", "withdraw_them", "keep_earlier")
Headers = dict[str, str]


@dataclass
class Book:
    """What should be in force, in plain words; one for each quarter."""

    #: by feed and reporter: how early it goes, when it was filed, and its rows with their submission
    standing: dict[str, dict[str, tuple[int, int, set[Row], str]]] = field(
        default_factory=lambda: {feed: {} for feed in FEEDS}
    )
    filed: int = 0

    def file(self, feed: str, rows: Iterable[Row], submission: str, kept: Iterable[str] = ()) -> None:
        """A submission replaces all that its feed filed of the quarter, but for what is kept."""
        self.filed += 1
        before, rows = self.standing[feed], list(rows)
        after = {member: before[member] for member in kept}
        for member in {row[0] for row in rows}:
            told = {self._told(row) for row in rows if row[0] == member and row[3] != "?"}
            after[member] = (self._rank(feed, member), self.filed, told, submission)
        self.standing[feed] = after

    def withdraw(self, feed: str) -> None:
        self.standing[feed] = {}

    def in_force(self) -> set[tuple[Any, ...]]:
        """Of each reporter its own filing, else its primary association's, else another's; of equals the later."""
        found: set[tuple[Any, ...]] = set()
        for member in MEMBERS:
            filed = [of[member] for of in self.standing.values() if member in of]
            if filed:
                _, _, rows, submission = min(filed, key=lambda one: (one[0], -one[1]))
                found |= {(*row, submission) for row in rows}
        return found

    @staticmethod
    def _rank(feed: str, member: str) -> int:
        return 0 if feed == member else 1 if member in ASSOCIATIONS.get(feed, []) else 2

    @staticmethod
    def _told(row: Row) -> Row:
        member, region, skill, openings = row
        skill = {"NIL": "nil-report"}.get(skill, skill)
        return (member, f"gbt2260:{region}" if region else None, skill, openings)  # type: ignore[return-value]


@dataclass
class Http:
    """A submitter of every feed, and the authority that reads what counts."""

    client: TestClient
    submitter: Headers
    authority: Headers

    def send(self, feed: str, quarter: str, content: bytes) -> tuple[int, str]:
        form = {"feed": feed, "quarter": quarter}
        file = {"file": ("a.csv", content)}
        answer = self.client.post("/v1/submissions", headers=self.submitter, data=form, files=file)
        assert answer.status_code in (200, 201), answer.text
        return answer.status_code, answer.json()["submission_id"]

    def told(self, submission: str) -> dict[str, Any]:
        """Its answer, once the app's worker has given it."""
        until = time.monotonic() + 20
        while True:
            told: dict[str, Any] = self.client.get(f"/v1/submissions/{submission}", headers=self.submitter).json()
            if told["verdict"] is not None:
                return told
            assert time.monotonic() < until, "not answered"
            time.sleep(0.01)

    def gone(self, submission: str) -> list[str]:
        """The reporters that it is asked about."""
        address = f"/v1/submissions/{submission}/findings?code=NQ-MEMBERS-GONE"
        return [one["value"] for one in self.client.get(address, headers=self.submitter).json()["items"]]

    def others(self, submission: str) -> list[dict[str, Any]]:
        """A word on everything else that it is asked about: the first reason there is."""
        address = f"/v1/submissions/{submission}/findings?severity=soft"
        found = self.client.get(address, headers=self.submitter).json()["items"]
        return [
            {name: one[name] for name in ("code", "row", "column", "value")} | {"reason": one["reasons"][0]["code"]}
            for one in found
            if one["code"] != "NQ-MEMBERS-GONE"
        ]

    def post(self, submission: str, what: str, body: Any) -> Any:
        return self.client.post(f"/v1/submissions/{submission}/{what}", headers=self.submitter, json=body)

    def observations(self, quarter: str, **query: str) -> Any:
        asked = {"kind": "job-demand", "quarter": quarter, **query}
        answer = self.client.get("/v1/observations", headers=self.authority, params=asked)
        assert answer.status_code == 200, answer.text
        return answer

    def in_force(self, quarter: str, format: str = "json", **query: str) -> set[tuple[Any, ...]]:  # noqa: A002
        """Rows with their submission; each of them once."""
        answer = self.observations(quarter, format=format, **query)
        rows = answer.json()["items"] if format == "json" else list(csv.DictReader(io.StringIO(answer.text)))
        columns = ("reporter", "region", "skill", "openings", "submission_id")
        found = [tuple(row[name] if row[name] != "" else None for name in columns) for row in rows]
        assert len(found) == len(set(found))
        return {(*of[:3], int(of[3]) if of[3] is not None else None, of[4]) for of in found}


@pytest.fixture
def http(house: House, client: TestClient) -> Http:
    open_panel(house, ASSOCIATIONS, OWN, quarters=QUARTERS)
    with house.sessions.begin() as session:
        submitter = api_keys.create(session, "all", "submitter", FEEDS)
        authority = api_keys.create(session, "authority", "authority", [])
    return Http(client, *({"Authorization": f"Bearer {key}"} for key in (submitter, authority)))


def rows_of(luck: random.Random, member: str) -> Iterator[Row]:
    """What a reporter says: nothing this quarter, or some skills, perhaps with its openings in all or a bad cell."""
    if luck.random() < 0.15:
        yield member, "", "NIL", None
        return
    places = luck.sample([(region, skill) for region in (REGION, "350100") for skill in SKILLS], luck.randint(1, 6))
    for region, skill in places:
        yield member, region, skill, luck.randint(0, 50)
    if luck.random() < 0.3:
        yield member, "", "TOTAL", 50 + luck.randint(0, 9)
    if luck.random() < 0.1:
        yield member, REGION, "embroidery", "?"


def a_file(luck: random.Random, feed: str) -> list[Row]:
    who = [feed] if feed in OWN and luck.random() < 0.8 else luck.sample(MEMBERS, luck.randint(1, len(MEMBERS)))
    return [row for member in who for row in rows_of(luck, member)]


class Play:
    """One random life of all feeds, and the book beside it."""

    def __init__(self, house: House, http: Http, seed: int) -> None:
        self.house, self.http, self.luck = house, http, random.Random(seed)
        self.books = {quarter: Book() for quarter in QUARTERS}
        #: by feed and quarter: the files sent, with what became of them
        self.sent: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.moments: list[tuple[str, str, str]] = []

    def step(self) -> None:
        feed, quarter = self.luck.choice(FEEDS), self.luck.choice(QUARTERS)
        before = self.sent.setdefault((feed, quarter), [])
        act = self.luck.choice(("new", "new", "again", "back", "bad", "withdraw", "two"))
        if act == "withdraw":
            self._withdraw(feed, quarter, before)
        elif act == "two":
            self._send(feed, quarter, a_file(self.luck, feed), is_stored=False)
            self._send(feed, quarter, a_file(self.luck, feed))
        elif act == "bad":
            self._send(feed, quarter, [(MEMBERS[0], REGION, skill, "?") for skill in SKILLS])
        elif act in ("again", "back") and before:
            self._send(feed, quarter, (before[-1] if act == "again" else self.luck.choice(before))["rows"])
        else:
            self._send(feed, quarter, a_file(self.luck, feed))
        self.check(feed, quarter)

    def _send(self, feed: str, quarter: str, rows: list[Row], *, is_stored: bool = True) -> None:
        before = self.sent[feed, quarter]
        status, submission = self.http.send(feed, quarter, demand_file(quarter, rows))
        is_repeat = bool(before) and before[-1]["rows"] == rows and before[-1]["state"] != "withdrawn"
        assert status == (200 if is_repeat else 201)
        told = self.http.told(submission)
        if is_repeat:
            assert submission == before[-1]["id"]
        else:
            is_good = told["verdict"] not in ("rejected", "unreadable")
            state = "waiting" if is_good else "rejected"
            before.append({"id": submission, "rows": rows, "state": state, "kept": set(), "asked": set()})
        if is_stored:
            self._settle(feed, quarter)

    def _settle(self, feed: str, quarter: str) -> None:
        """Store what is accepted; answer what is asked, or now and then leave it."""
        while True:
            for one in self.sent[feed, quarter]:
                if one["state"] == "waiting" and self.http.told(one["id"])["state"] == "needs_confirmation":
                    one["state"] = "asked"
            self.house.store(quarter)
            self._note(feed, quarter)
            asked = [one for one in self.sent[feed, quarter] if one["state"] == "asked"]
            if not asked or self.luck.random() < 0.3:
                return
            self._confirm(asked[-1])

    def _confirm(self, one: dict[str, Any]) -> None:
        gone = set(self.http.gone(one["id"])) - one["asked"]
        reasons = {member: self.luck.choice(REASONS) for member in gone}
        words = [{"code": "NQ-MEMBERS-GONE", "reason": why, "value": who} for who, why in reasons.items()]
        words += self.http.others(one["id"])
        if len(words) > 1 and self.luck.random() < 0.5:
            assert self.http.post(one["id"], "confirmation", words[1:]).status_code == 400
        answer = self.http.post(one["id"], "confirmation", words)
        assert (answer.status_code, answer.json().get("state")) == (200, "accepted"), answer.text
        one["asked"] |= gone
        one["kept"] |= {who for who, why in reasons.items() if why != "withdraw_them"}
        one["state"] = "waiting"

    def _note(self, feed: str, quarter: str) -> None:
        """What must have come into force, in the order handed in, goes into the book."""
        book, sent = self.books[quarter], self.sent[feed, quarter]
        for number, one in enumerate(sent):
            if one["state"] != "waiting":
                continue
            named, standing = {row[0] for row in one["rows"]}, set(book.standing[feed])
            if standing - named - one["asked"]:
                one["state"] = "asked"
                continue
            book.file(feed, one["rows"], one["id"], one["kept"] & standing)
            for older in sent[:number]:
                if older["state"] in ("in_force", "asked"):
                    older["state"] = "superseded"
            one["state"] = "in_force"

    def _withdraw(self, feed: str, quarter: str, before: list[dict[str, Any]]) -> None:
        if not before:
            return
        one = self.luck.choice(before)
        answer = self.http.post(one["id"], "withdrawal", {"reason": "wrong"})
        if one["state"] in ("superseded", "rejected"):
            assert answer.status_code == 409
            return
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
        if one["state"] == "in_force":
            self.books[quarter].withdraw(feed)
        one["state"] = "withdrawn"

    def check(self, feed: str, quarter: str) -> None:
        """What counts is what the book says, in every quarter; and those of the feed are where they should be."""
        for name, book in self.books.items():
            assert self.http.in_force(name, self.luck.choice(("json", "csv"))) == book.in_force()
        for one in self.sent[feed, quarter]:
            state = "needs_confirmation" if one["state"] == "asked" else one["state"]
            assert self.http.told(one["id"])["state"] == state
        self._remember(self.luck.choice(QUARTERS))

    def _remember(self, quarter: str) -> None:
        with self.house.sessions() as session:
            place = f"seq:{filings.latest_known(session) or 0}"
        as_of = self.luck.choice((datetime.now(UTC).isoformat(), place))
        now = self.http.observations(quarter).text
        assert self.http.observations(quarter, as_of=as_of).text == now
        self.moments.append((quarter, as_of, now))

    def check_the_past(self) -> None:
        """Yesterday's answers, today."""
        for quarter, as_of, then in self.moments:
            assert self.http.observations(quarter, as_of=as_of).text == then


@pytest.mark.parametrize("seed", range(2))
def test_what_is_in_force_is_what_was_sent_whatever_happened(house: House, http: Http, seed: int) -> None:
    play = Play(house, http, seed)
    for _ in range(30):
        play.step()
    play.check_the_past()
    states = {one["state"] for sent in play.sent.values() for one in sent}
    assert states >= {"in_force", "superseded", "withdrawn", "rejected"}, "the play has been too tame"


def test_feeds_that_race_leave_what_each_sent_last_and_no_moment_changes_its_answer(house: House, http: Http) -> None:
    quarter, stop = QUARTERS[0], time.monotonic() + 5
    last: dict[str, tuple[list[Row], str]] = {}
    moments: list[tuple[str, str]] = []

    def submit(feed: str) -> None:
        luck = random.Random(feed)
        for _ in range(4):
            rows = [row for row in a_file(luck, feed) if row[3] != "?"]
            _, submission = http.send(feed, quarter, demand_file(quarter, rows))
            while (told := http.told(submission))["state"] not in ("in_force", "superseded"):
                if told["state"] == "needs_confirmation":
                    gone = [{"code": "NQ-MEMBERS-GONE", "reason": "withdraw_them"}] if http.gone(submission) else []
                    http.post(submission, "confirmation", [*gone, *http.others(submission)])
                house.store()
            last[feed] = rows, submission

    def read(_: int) -> None:
        while time.monotonic() < stop and len(last) < len(FEEDS):
            as_of = datetime.now(UTC).isoformat()
            moments.append((as_of, http.observations(quarter, as_of=as_of).text))

    with ThreadPoolExecutor(len(FEEDS) + 2) as crowd:
        work = [*(crowd.submit(submit, feed) for feed in FEEDS), *(crowd.submit(read, n) for n in range(2))]
        for one in work:
            one.result(60)
    book = Book()
    with house.sessions() as session:
        order = select(Filing.submission_id).group_by(Filing.submission_id, Filing.filed_seq).order_by(Filing.filed_seq)
        by_id = {submission: (feed, rows) for feed, (rows, submission) in last.items()}
        for submission in map(str, session.scalars(order)):
            if submission in by_id:
                book.file(*by_id[submission], submission)
        assert {one.state for one in session.scalars(select(Submission))} == {"in_force", "superseded"}
    assert http.in_force(quarter) == book.in_force()
    assert len(moments) > 10
    for as_of, then in moments:
        assert http.observations(quarter, as_of=as_of).text == then, as_of


def test_only_the_authority_and_the_engineer_see_what_single_reporters_say(
    http: Http, keys: dict[str, Headers]
) -> None:
    asked = {"kind": "job-demand", "quarter": QUARTERS[0]}
    codes = {
        name: http.client.get("/v1/observations", headers=headers, params=asked).status_code
        for name, headers in {**keys, "nobody": {}, "submitter": http.submitter, "authority": http.authority}.items()
    }
    assert codes == {
        "office": 403, "stranger": 403, "submitter": 403, "engineer": 200, "authority": 200, "revoked": 401,
        "nobody": 401,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"kind": "organisations"}, 404, "unknown-feed-kind"),
        ({"kind": ""}, 404, "unknown-feed-kind"),
        ({"quarter": "soon"}, 400, "not-a-quarter"),
        ({"as_of": "yesterday"}, 400, "not-a-moment"),
        ({"as_of": "2025-07-01T00:00:00"}, 400, "not-a-moment"),
        ({"as_of": "2025-13-01"}, 400, "not-a-moment"),
        ({"as_of": "seq:" + "9" * 30}, 400, "not-a-moment"),
        ({"format": "xml"}, 400, "bad-call"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_problem(http: Http, query: dict[str, str], status: int, code: str) -> None:
    asked = {"kind": "job-demand", "quarter": QUARTERS[0], **query}
    answer = http.client.get("/v1/observations", headers=http.authority, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_row_says_whose_it_is_what_it_says_and_since_when_it_is_known(house: House, http: Http) -> None:
    content = demand_file(QUARTERS[0], [(MEMBERS[4], REGION, "Go", 12)]).replace(b"openings", b"openings,post_ref")
    _, submission = http.send("north", QUARTERS[0], content.replace(b"12", b'12,"=1+1, ""x""\\"'))
    assert http.told(submission)["verdict"] == "accepted"
    house.store()
    (row,) = http.observations(QUARTERS[0]).json()["items"]
    known = datetime.fromisoformat(row["known_from"])
    assert row["known_from"].endswith("Z")
    assert 0 <= (datetime.now(UTC) - known).total_seconds() < 60
    said = {"reporter": MEMBERS[4], "region": f"gbt2260:{REGION}", "skill": "go", "openings": 12, "industry": None,
            "post_ref": '=1+1, "x"\\', "submission_id": submission, "row": 2}  # fmt: skip
    assert {name: row[name] for name in said} == said
    text = http.client.get(
        "/v1/observations",
        headers=http.authority | {"Accept": "text/csv"},
        params={"kind": "job-demand", "quarter": QUARTERS[0]},
    )
    assert text.headers["content-type"].startswith("text/csv")
    (told,) = csv.DictReader(io.StringIO(text.text))
    plain = {name: "" if value is None else str(value) for name, value in row.items()}
    assert told == plain | {"post_ref": f"'{plain['post_ref']}"}, "no text of a submitter's is a formula"
    assert json.dumps(row)
