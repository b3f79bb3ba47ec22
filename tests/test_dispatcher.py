"""The dispatcher: woken by commits, undeterred by what fails, and back after the database was killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from ievq_pipeline import dispatcher
from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.airflow_api import QUARTERS
from ievq_pipeline.adapters.embedded_postgres import lease
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import contacts, deliveries, feeds, migrate, outbox
from ievq_pipeline.db.session import connect
from ievq_pipeline.settings import Settings
from tests.made_up import FEED, change, look, open_feed
from tests.mail_server import HANG, MailServer
from tests.scripted_receiver import ScriptedReceiver, allowing, subscribe


class Airflow:
    """Notes which quarters it was woken for; breaks with `error`, if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.woken: list[str | None] = []
        self.error = error

    def wake(self, asset: str, partition_key: str | None = None) -> None:
        if self.error is not None:
            raise self.error
        if asset == QUARTERS:
            self.woken.append(partition_key)


@pytest.fixture
def receiver() -> Iterator[ScriptedReceiver]:
    with ScriptedReceiver().listening() as running:
        yield running


@contextmanager
def running(house: House, airflow: Airflow | None = None) -> Iterator[threading.Thread]:
    """The dispatcher at work beside the test, on connections of its own."""
    mine = House(house.settings, connect(house.engine.url.render_as_string(hide_password=False)))
    mine.__dict__["airflow"] = airflow
    stopping = threading.Event()
    thread = threading.Thread(target=dispatcher.run, args=(mine, stopping), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stopping.set()
        thread.join(10)
        mine.engine.dispose()
        assert not thread.is_alive()


def within(seconds: float, is_done: object) -> bool:
    until = time.monotonic() + seconds
    while not is_done() and time.monotonic() < until:  # type: ignore[operator]
        time.sleep(0.01)
    return bool(is_done())  # type: ignore[operator]


def sender(house: House, receiver: ScriptedReceiver) -> House:
    allowed = allowing(house, f"http://127.0.0.1/32:{receiver.port}")
    subscribe(allowed, receiver)
    return allowed


def sent(house: House) -> int:
    with house.sessions() as session:
        return deliveries.counts(session).get("sent", 0)


def listens(house: House, rooms: int = 2) -> bool:
    """Whether that many rooms wait for our notifications."""
    with psycopg.connect(dispatcher._dsn(house)) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        return (connection.execute(query).fetchone() or [0])[0] == rooms


def test_a_notice_goes_out_when_it_is_published_and_not_at_the_next_poll(
    house: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 60)
    house = sender(house, receiver)
    with running(house):
        assert within(10, lambda: listens(house))
        look(house, "2020-Q1", change("Go", "opened"))
        published = time.monotonic()
        house.publish()
        assert receiver.arrived(1)
        assert time.monotonic() - published < 1


def test_what_no_notification_tells_of_is_found_by_polling(
    house: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 0.5)
    house = sender(house, receiver)
    look(house, "2020-Q1", change("Go", "opened"))
    house.publish()
    with house.sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET next_at = now() + interval '1.5 s'")
    with running(house):
        assert receiver.arrived(1)


def test_a_closed_quarter_wakes_airflow_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 60)
    airflow = Airflow()
    with running(house, airflow):
        assert within(10, lambda: listens(house))
        look(house, "2020-Q1")
        with house.sessions.begin() as session:
            outbox.tell(session, outbox.QUARTER_CLOSED, "2020-Q1")
        assert within(5, lambda: airflow.woken == ["2020-Q1"])


def test_an_airflow_that_answers_nonsense_keeps_no_notice_from_going_out(
    house: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 0.5)
    house = sender(house, receiver)
    look(house, "2020-Q1", change("Go", "opened"))
    with house.sessions.begin() as session:
        outbox.tell(session, outbox.QUARTER_CLOSED, "2020-Q1")
    house.publish()
    with running(house, Airflow(KeyError("access_token"))) as thread:
        assert receiver.arrived(1)
        assert thread.is_alive()


def test_an_airflow_that_hangs_keeps_no_notice_waiting(house: House, receiver: ScriptedReceiver) -> None:
    house = sender(house, receiver)
    look(house, "2020-Q1", change("Go", "opened"))
    with house.sessions.begin() as session:
        outbox.tell(session, outbox.QUARTER_CLOSED, "2020-Q1")
    house.publish()
    is_over = threading.Event()
    hung = Airflow()
    hung.wake = lambda *_: is_over.wait(30)  # type: ignore[method-assign, assignment]
    with running(house, hung):
        assert receiver.arrived(1)
        assert not is_over.is_set()
        is_over.set()


def test_a_reminder_is_mailed_at_once_while_a_mail_server_that_hangs_keeps_no_notice_waiting(
    house: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 60)
    open_feed(house, "2025-Q3")
    with house.sessions.begin() as session:
        contacts.add(session, feeds.named(session, FEED), "office@example.org", "zh", None, None)
    with MailServer().listening() as server:
        server.replies["RCPT"] = [HANG]
        house = sender(house, receiver)
        values = {"smtp_url": SecretStr(server.url), "mail_from": "c@ievq.example"}
        values["egress_allow"] = f"{house.settings.egress_allow},{server.entry}"
        house = House(house.settings.model_copy(update=values), house.engine)
        with running(house):
            assert within(10, lambda: listens(house, 3))
            house.keep_calendar(date(2025, 10, 16))
            assert within(1, lambda: "RCPT" in server.heard)
            look(house, "2020-Q1", change("Go", "opened"))
            house.publish()
            assert receiver.arrived(1)
            server.disconnect()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_moments(house: House, number: signal.Signals) -> None:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    began = time.monotonic()
    try:
        dispatcher.run(house)
    finally:
        timer.join()
        for one, handler in before.items():
            signal.signal(one, handler)
    assert time.monotonic() - began < 5


def test_it_comes_back_after_the_database_was_killed(
    tmp_path: Path, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 0.5)
    directory = tmp_path / "postgres"
    try:
        with lease(directory) as cluster:
            url = cluster.url("ievq", "ievq")
            engine = connect(url)
            migrate.upgrade(engine)
            house = sender(House(Settings(_env_file=None, database_url=url, data_dir=tmp_path), engine), receiver)
            with running(house) as thread:
                look(house, "2020-Q1", change("Go", "opened"))
                house.publish()
                assert within(10, lambda: sent(house) == 1), "else its lease would hold back revision 2 for a minute"
                pid = int((cluster.directory / "data" / "postmaster.pid").read_text().splitlines()[0])
                os.kill(pid, signal.SIGKILL)
                time.sleep(1)
                assert thread.is_alive()
                with lease(directory) as again:
                    assert again.port == cluster.port
                    look(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
                    house.publish()
                    assert receiver.arrived(2)
            assert [post.event["data"]["revision"] for post in receiver.posts] == [1, 2]
            engine.dispose()
    finally:
        embedded_postgres.remove(directory)
