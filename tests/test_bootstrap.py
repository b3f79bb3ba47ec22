"""The house: which database it stands on, what it refuses to begin with, and the rooms in their order."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.db import feeds, migrate, quarters
from ievq_pipeline.db.session import connect
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.errors import HistoryOfNobody, OutsideMissing, UnknownSubmission
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import FEED, change, hand_in, look, open_feed, own_database


def settings(url: str | None, directory: Path) -> Settings:
    return Settings(_env_file=None, database_url=url, data_dir=directory)


def test_a_database_without_our_tables_is_refused_with_the_remedy(cluster: Cluster, tmp_path: Path) -> None:
    with own_database(cluster, "bare") as url:
        with pytest.raises(OutsideMissing, match="ievq db upgrade"), open_house(settings(url, tmp_path)):
            pytest.fail("it must not open")
        with open_house(settings(url, tmp_path), is_upgraded=False) as house:
            migrate.upgrade(house.engine)
        with open_house(settings(url, tmp_path)) as house:
            assert not any(house.run().values())


def test_tables_of_another_version_are_refused_by_its_name(cluster: Cluster, tmp_path: Path) -> None:
    with own_database(cluster, "newer") as url:
        engine = connect(url)
        migrate.upgrade(engine)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        with pytest.raises(OutsideMissing, match="9999"), open_house(settings(url, tmp_path)):
            pytest.fail("it must not open")


def test_a_database_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with pytest.raises(OutsideMissing, match="does not answer"), open_house(settings(url, tmp_path)):
        pytest.fail("it must not open")


def test_without_an_address_it_stands_on_the_embedded_database_and_leaves_it_stopped(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    try:
        with open_house(settings(None, tmp_path), is_upgraded=False) as house:
            migrate.upgrade(house.engine)
            open_feed(house, "2020-Q1")
            url = house.engine.url
        with pytest.raises(OutsideMissing), open_house(settings(url.render_as_string(hide_password=False), tmp_path)):
            pytest.fail("the server must have ended with its last lease")
        with open_house(settings(None, tmp_path)) as house, house.sessions() as session:
            assert [row.quarter for row in quarters.every(session)] == ["2020-Q1"]
    finally:
        embedded_postgres.remove(directory)


def test_the_environment_is_read_when_no_settings_are_given(
    migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IEVQ_DATABASE_URL", migrated)
    monkeypatch.setenv("IEVQ_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("IEVQ_PUBLIC_URL", "https://example.org/")
    with open_house() as house:
        assert house.settings.public_url == "https://example.org"
    assert list(tmp_path.iterdir()) == [], "nothing is written before it is needed"


def test_the_rooms_come_in_their_order_and_hand_on_to_each_other(house: House) -> None:
    assert [room for room, _ in house.walk()] == ["validate", "store", "detect", "publish", "deliver"]
    open_feed(house, "2020-Q1")
    submission_id = str(hand_in(house, "2020-Q1"))
    handled = house.run()
    assert handled["validate"] == handled["store"] == [submission_id]
    house.close("2020-Q1", is_forced=True)
    assert len(house.run()["detect"]) == 1
    assert set(map(len, house.run().values())) == {0}


def test_a_walk_of_one_quarter_leaves_the_others_alone(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    first, second = (str(hand_in(house, quarter)) for quarter in ("2020-Q1", "2020-Q2"))
    assert house.run("2020-Q1")["store"] == [first]
    assert house.submission(second)["state"] == "received"


def test_a_quarter_opened_again_keeps_its_dates_and_its_mode(house: House) -> None:
    open_feed(house)
    first = house.open_quarter(Quarter(2020, 1), mode=Mode.HISTORY, closes_on=date(2020, 5, 5))
    again = house.open_quarter(Quarter(2020, 1), mode=Mode.LIVE, closes_on=date(2021, 1, 1))
    assert first.closes_on == again.closes_on == date(2020, 5, 5)
    with house.sessions() as session:
        assert quarters.modes(session) == {("totals:made-up", "2020-Q1"): "history"}


def test_a_quarter_s_usual_dates_follow_its_end(house: House) -> None:
    row = house.open_quarter(Quarter(2020, 1))
    assert (row.opens_on, row.due_on, row.closes_on) == (date(2020, 1, 1), date(2020, 4, 15), date(2020, 4, 30))


def test_a_mode_holds_for_every_basis_that_reports(house: House) -> None:
    with house.sessions.begin() as session:
        feeds.add(session, "second", "totals", "other")
    open_feed(house, "2020-Q1", mode=Mode.HISTORY)
    with house.sessions() as session:
        assert set(quarters.modes(session)) == {("totals:made-up", "2020-Q1"), ("totals:other", "2020-Q1")}


def test_a_receipt_names_its_address_and_its_findings_are_worded(house: House) -> None:
    open_feed(house, "2020-Q1")
    bad, _ = house.receive(HandedIn(FEED, "2020-Q1", "bad.csv", b"no table"))
    assert house.findings(bad) == []
    house.validate()
    assert house.submission(bad)["url"] == f"{house.settings.public_url}/v1/submissions/{bad}"
    assert {"zh", "en"} == set(house.findings(bad)[0]["message"])
    with pytest.raises(UnknownSubmission):
        house.findings("nothing")


def test_the_key_that_seals_secrets_is_made_once_and_for_the_owner_only(house: House) -> None:
    sealed = house.secret_box.seal("whsec_x")
    path = house.settings.data_dir / "secret_key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert House(house.settings, house.engine).secret_box.open(sealed) == "whsec_x"
    assert [one.name for one in house.settings.data_dir.iterdir()] == ["secret_key"]


def test_a_notice_names_the_public_address(house: House) -> None:
    public = House(house.settings.model_copy(update={"public_url": "https://alerts.example"}), house.engine)
    look(public, "2020-Q1", change("Go", "opened"))
    public.publish()
    with public.sessions() as session:
        url = session.execute(text("SELECT body->>'url' FROM alert_revision")).scalar_one()
    assert url.startswith("https://alerts.example/alerts/")


def test_history_of_nobody_is_refused_since_no_feed_would_know_of_it(house: House) -> None:
    with pytest.raises(HistoryOfNobody):
        house.open_quarter(Quarter(2020, 1), mode=Mode.HISTORY)


def test_a_new_feed_takes_over_what_is_history_for_all_others(house: House) -> None:
    open_feed(house, "2020-Q1", mode=Mode.HISTORY)
    house.open_quarter(Quarter(2020, 2))
    with house.sessions.begin() as session:
        feeds.add(session, "later", "totals", "later")
    with house.sessions() as session:
        modes = quarters.modes(session)
    assert modes["totals:later", "2020-Q1"] == "history"
    assert ("totals:later", "2020-Q2") not in modes
