"""Remind: each reminder and each answer that is not yes arrives once, whatever servers, kills and other workers do."""

import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import contacts, feeds, keys, mails, reminders
from ievq_pipeline.domain.mail import MailState
from ievq_pipeline.stages.receive import HandedIn
from ievq_pipeline.web.app import create_app
from tests.made_up import FEED, at_once, hand_in, open_feed
from tests.mail_server import DROP, HANG, MailServer

Q = "2025-Q3"
IN_10, IN_3, LATE = date(2025, 10, 5), date(2025, 10, 12), date(2025, 10, 16)
ZH, EN = "office@example.org", "english@example.org"
PUBLIC = "https://ievq.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer().listening() as running:
        yield running


def mailing(house: House, server: MailServer | None) -> House:
    """The same house with a mail server, or without one."""
    values: dict[str, object] = {"smtp_url": None, "public_url": PUBLIC}
    if server is not None:
        values |= {"smtp_url": SecretStr(server.url), "mail_from": "c@ievq.example", "egress_allow": server.entry}
    return House(house.settings.model_copy(update=values), house.engine)


@pytest.fixture
def office(house: House, server: MailServer) -> House:
    """A feed with a Chinese and an English contact, a quarter that is open, and a mail server."""
    open_feed(house, Q)
    write_to(house, ZH, "zh")
    write_to(house, EN, "en")
    return mailing(house, server)


def write_to(house: House, address: str, language: str = "zh", until: date | None = None, feed: str = FEED) -> None:
    with house.sessions.begin() as session:
        contacts.add(session, feeds.named(session, feed), address, language, date(2025, 1, 1), until)


def on(house: House, day: date) -> list[str]:
    """The calendar and the mail of a day; returns what the mails are tried for."""
    house.keep_calendar(day)
    return house.remind(today=day)


def due_again(house: House) -> None:
    """As if the time had come, and every claim run out."""
    with house.sessions.begin() as session:
        session.execute(text("UPDATE mail SET next_at = now(), claimed_until = now() - interval '1 second'"))


def rows(house: House, quarter: str | None = Q, **options: bool) -> list[tuple[str, str | None, str, str | None]]:
    with house.sessions() as session:
        found = reminders.mailed(session, quarter, **options)
    return [(row["kind"], row["address"], row["state"], row["said"]) for row in found]


def bad_file(house: House, key: uuid.UUID | None = None) -> None:
    house.receive(HandedIn(FEED, Q, "九月.csv", b"source,quarter\nmade-up,2025-Q3", api_key_id=key))
    house.validate()


def test_each_sort_arrives_once_at_each_contact_in_its_language(office: House, server: MailServer) -> None:
    for day in range(24):
        on(office, IN_10 + timedelta(days=day))
    assert sorted((came.to, came.message["Subject"].partition("：")[0].partition(":")[0]) for came in server.came) == [
        (EN, "A week overdue, closing soon"), (EN, "Due soon"), (EN, "Overdue"), (EN, "Please hand in"),
        (ZH, "即将到期"), (ZH, "已到期未收到"), (ZH, "请填报"), (ZH, "逾期一周，即将截止"),
    ]  # fmt: skip
    assert len({came.message["Message-ID"] for came in server.came}) == 8
    [first] = [came.text for came in server.came if came.message["Subject"].startswith("Please")]
    for part in (
        FEED,
        Q,
        "due on 2025-10-15",
        f"{PUBLIC}/quarters/{Q}",
        f"{PUBLIC}/v1/submissions",
        f"{PUBLIC}/v1/feeds/{FEED}/template.xlsx?quarter={Q}",
    ):
        assert part in first
    assert {(state, said) for _, _, state, said in rows(office)} == {("sent", "taken over by the mail server")}
    with office.sessions() as session:
        assert reminders.tally(session, Q) == {"made": 4, "mailed": 4, "nowhere": 0}


def test_without_a_mail_server_nothing_is_sent_and_that_is_told(office: House, server: MailServer) -> None:
    assert on(mailing(office, None), IN_10) == []
    assert rows(office, is_server_set=False) == [("due-in-10", None, "nowhere", reminders.NO_SERVER)]
    assert len(on(office, IN_10 + timedelta(days=1))) == 2, "set up in time, it goes out after all"
    assert len(server.came) == 2


def test_without_a_contact_it_waits_for_one_and_only_the_latest_goes_out(house: House, server: MailServer) -> None:
    open_feed(house, Q)
    office = mailing(house, server)
    for day in (IN_10, IN_3, LATE):
        assert on(office, day) == []
    assert [row[2:] for row in rows(house)] == [("nowhere", reminders.NO_CONTACT)] * 3
    with house.sessions() as session:
        assert reminders.tally(session, Q) == {"made": 3, "mailed": 0, "nowhere": 3}
    write_to(house, ZH, until=LATE)
    write_to(house, EN, until=LATE - timedelta(days=1))
    on(office, LATE)
    assert [(came.to, came.message["Subject"].partition("：")[0]) for came in server.came] == [(ZH, "已到期未收到")]


@pytest.mark.parametrize("reply", ["451 greylisted", DROP])
def test_what_fails_for_a_while_is_tried_again_and_arrives_once(office: House, server: MailServer, reply: str) -> None:
    server.replies["RCPT" if reply != DROP else "MAIL"] = [reply] * 2
    on(office, IN_10)
    assert {state for _, _, state, _ in rows(office)} >= {"pending"}
    for _ in range(3):
        due_again(office)
        on(office, IN_10)
    assert sorted(came.to for came in server.came) == [EN, ZH]
    assert {state for _, _, state, _ in rows(office)} == {"sent"}
    with office.sessions() as session:
        assert session.scalar(text("SELECT sum(attempts) FROM mail")) == 4


def test_an_address_that_is_refused_for_good_is_given_up_and_the_other_gets_its_mail(
    office: House, server: MailServer
) -> None:
    server.replies["RCPT"] = ["550 no such user"]
    on(office, IN_10)
    due_again(office)
    assert on(office, IN_10) == []
    assert sorted(row[2:] for row in rows(office)) == [
        ("dead", "no such user"), ("sent", "taken over by the mail server"),
    ]  # fmt: skip


def test_a_silent_server_ends_the_round_and_costs_each_mail_one_attempt_at_most(
    office: House, server: MailServer
) -> None:
    server.replies["CONNECT"] = [DROP] * 9
    assert len(on(office, IN_10)) == 1
    assert len(office.remind(today=IN_10)) == 1
    assert office.remind(today=IN_10) == [], "both wait now"
    assert server.came == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_around_sending_loses_nothing_and_sends_one_more_copy_at_most(
    office: House, server: MailServer, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.sessions.begin() as session:
        contacts.end(session, feeds.named(session, FEED), EN, date(2025, 1, 1))
    real = office.office
    assert real is not None

    class Dies:
        def send(self, *arguments: object) -> None:
            if moment == "after":
                assert real is not None
                assert real.post.send(*arguments).is_success  # type: ignore[arg-type]
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setitem(office.__dict__, "office", replace(real, post=Dies()))  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            on(office, IN_10)
    assert office.remind(today=IN_10) == [], "the claim of the dead is kept to"
    due_again(office)
    assert len(office.remind(today=IN_10)) == 1
    assert office.remind(today=IN_10) == []
    assert len(server.came) == (2 if moment == "after" else 1)
    assert len({came.message["Message-ID"] for came in server.came}) == 1, "two copies of one mail, not two mails"


def test_a_process_killed_while_the_server_takes_the_mail_is_made_good_under_the_same_id(
    office: House, server: MailServer
) -> None:
    with office.sessions.begin() as session:
        contacts.end(session, feeds.named(session, FEED), EN, date(2025, 1, 1))
    server.replies["DONE"] = [HANG]
    settings = {"DATABASE_URL": office.settings.database_url, "SMTP_URL": server.url, "MAIL_FROM": "c@ievq.example"}
    settings |= {"EGRESS_ALLOW": server.entry, "DATA_DIR": str(office.settings.data_dir)}
    environment = os.environ | {f"IEVQ_{name}": str(value) for name, value in settings.items()}
    ievq = [str(Path(sys.executable).parent / "ievq"), "quarters", "advance", "--today", str(IN_10)]
    with subprocess.Popen(ievq, env=environment, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 30
        while not server.came and time.monotonic() < until:
            time.sleep(0.02)
        process.kill()
    assert [row[2] for row in rows(office)] == ["pending"]
    due_again(office)
    assert len(office.remind(today=IN_10)) == 1
    assert len(server.came) == 2
    assert len({came.message["Message-ID"] for came in server.came}) == 1
    assert [row[2] for row in rows(office)] == ["sent"]


def test_a_server_that_breaks_off_after_taking_the_mail_gets_it_again_under_the_same_id(
    office: House, server: MailServer
) -> None:
    server.replies["DONE"] = [DROP]
    on(office, IN_10)
    due_again(office)
    on(office, IN_10)
    ids = [came.message["Message-ID"] for came in server.came]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_several_workers_at_once_send_each_mail_once(office: House, server: MailServer) -> None:
    for code in ("a", "b", "c", "d"):
        with office.sessions.begin() as session:
            feeds.add(session, code, "totals", code)
        write_to(office, ZH, feed=code)
        write_to(office, EN, feed=code)
    office.keep_calendar(IN_10)
    tried = at_once(4, lambda _: office.remind(today=IN_10))
    assert len(server.came) == sum(map(len, tried)) == 10
    assert len({came.message["Message-ID"] for came in server.came}) == 10


def late(house: House) -> None:
    house.keep_calendar(LATE)


def come(house: House) -> None:
    hand_in(house, Q)


def closed(house: House) -> None:
    house.close(Q, is_forced=True)


def ended(house: House) -> None:
    with house.sessions.begin() as session:
        for address in (ZH, EN):
            contacts.end(session, feeds.named(session, FEED), address, date(2025, 1, 1))


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (late, "a later reminder took its place"), (come, "the file has come"), (closed, "the quarter has closed"),
        (ended, "the address is written to no more"),
    ],
)  # fmt: skip
def test_a_mail_that_nobody_needs_any_more_is_not_sent(
    office: House, server: MailServer, meanwhile: Callable[[House], None], why: str
) -> None:
    server.replies["RCPT"] = ["451 later"] * 2
    on(office, IN_10)
    meanwhile(office)
    due_again(office)
    office.remind(today=IN_3)
    assert [row[2:] for row in rows(office) if row[0] == "due-in-10"] == [(MailState.MOOT, why)] * 2
    assert not [came for came in server.came if "2025-10-15 到期" in came.message["Subject"]]


def test_a_file_that_is_not_taken_is_told_once_to_each_contact(office: House, server: MailServer) -> None:
    bad_file(office)
    assert len(office.remind(today=IN_10)) == 2
    due_again(office)
    assert office.remind(today=IN_10) == []
    [zh] = [came for came in server.came if came.to == ZH]
    assert zh.message["Subject"] == f"文件需要处理：{FEED} 2025年第3季度"
    with office.sessions() as session:
        submission = session.scalar(text("SELECT id FROM submission"))
    for part in ("“九月.csv”（第 1 次报送）", "未被接受", f"{PUBLIC}/v1/submissions/{submission}"):
        assert part in zh.text
    bad_file(office)  # the same bytes: the same submission
    assert office.remind(today=IN_10) == []


def test_the_answer_to_a_file_that_came_with_a_key_opens_by_the_link_in_the_mail(
    office: House, server: MailServer
) -> None:
    with office.sessions.begin() as session:
        keys.create(session, "office", "submitter", [FEED])
        key = session.scalar(text("SELECT id FROM api_key"))
    bad_file(office, key)
    office.remind(today=IN_10)
    assert len(server.came) == 2
    for came in server.came:
        [link] = re.findall(rf"{PUBLIC}(/submissions/\S+)", came.text)
        with TestClient(create_app(office)) as client:
            page = client.get(link)
            assert (page.status_code, "九月.csv" in page.text) == (200, True)
            assert client.get(link[:-9]).status_code == 401, "with another token it stays shut"


@pytest.mark.parametrize("case", ["mended", "old", "no contact then", "history", "taken"])
def test_an_answer_that_is_no_news_is_not_mailed(office: House, server: MailServer, case: str) -> None:
    if case == "history":
        with office.sessions.begin() as session:
            session.execute(text("UPDATE quarter_mode SET mode = 'history'"))
    if case == "taken":
        hand_in(office, Q)
        office.validate()
    else:
        bad_file(office)
    with office.sessions.begin() as session:
        if case == "old":
            session.execute(text("UPDATE submission SET checked_at = now() - interval '8 days'"))
            session.execute(text("UPDATE feed_contact SET created_at = now() - interval '9 days'"))
        if case == "no contact then":
            session.execute(text("UPDATE feed_contact SET created_at = now() + interval '1 second'"))
    if case == "mended":
        hand_in(office, Q)
    office.remind(today=IN_10)
    assert server.came == []
    assert {row[3] for row in rows(office)} <= {"it was mended meanwhile", "the quarter is history"}


def test_no_transaction_is_open_while_a_mail_is_sent(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[str] = []
    real = office.office
    assert real is not None

    class Watches:
        def send(self, *arguments: object) -> object:
            with office.sessions() as session:
                mine = "datname = current_database() AND pid <> pg_backend_pid() AND state LIKE '%in transaction%'"
                states.extend(session.scalars(text(f"SELECT state FROM pg_stat_activity WHERE {mine}")))
            assert real is not None
            return real.post.send(*arguments)  # type: ignore[arg-type]

    monkeypatch.setitem(office.__dict__, "office", replace(real, post=Watches()))  # type: ignore[arg-type]
    assert len(on(office, IN_10)) == 2
    assert states == []


def test_a_claim_outlasts_a_mail_and_is_short_enough_to_wait_for() -> None:
    from ievq_pipeline.adapters import smtp

    assert timedelta(seconds=2 * smtp.LONGEST) < mails.LEASE < timedelta(hours=1)
