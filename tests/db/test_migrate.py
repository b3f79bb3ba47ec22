"""Migrations: there and back again with data in between, one at a time, and never over somebody's rows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.db import migrate
from ievq_pipeline.db.session import connect
from ievq_pipeline.db.tables import Base
from ievq_pipeline.domain.errors import Conflict
from tests.made_up import at_once, own_database


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Engine]:
    """A database without any table, of this test alone."""
    with own_database(cluster, "migrations") as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return migrate.counts(connection)


def a_feed_and_a_key(engine: Engine) -> None:
    run(engine, "INSERT INTO feed (id, code, kind, source) VALUES (gen_random_uuid(), 'a', 'totals', 'a')")
    run(engine, "INSERT INTO quarter VALUES ('2020-Q1', '2020-01-01', '2020-04-15', '2020-04-30')")


def test_up_down_and_up_again_with_data_in_between(empty: Engine) -> None:
    assert migrate.upgrade(empty) == migrate.head()
    a_feed_and_a_key(empty)
    assert migrate.downgrade(empty, "base", is_discarding=True) is None
    assert inspect(empty).get_table_names() == ["alembic_version"]
    assert migrate.upgrade(empty) == migrate.head()
    assert rows(empty) == dict.fromkeys(Base.metadata.tables, 0)
    a_feed_and_a_key(empty)
    assert rows(empty)["feed"] == 1


def test_each_step_down_and_up_again_leads_back_to_the_same_tables(empty: Engine) -> None:
    migrate.upgrade(empty)
    for script in list(ScriptDirectory(str(migrate.place())).walk_revisions()):
        migrate.downgrade(empty, "-1")
        assert migrate.upgrade(empty, script.revision) == script.revision
        migrate.downgrade(empty, "-1")
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []


def test_the_models_and_the_migrations_make_the_same_tables(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE feed DROP COLUMN source",
        "ALTER TABLE feed ADD COLUMN colour text",
        "ALTER TABLE submission ALTER COLUMN number TYPE bigint",
        "ALTER TABLE submission ALTER COLUMN state SET DEFAULT 'accepted'",
        "ALTER TABLE quarter ALTER COLUMN due_on DROP NOT NULL",
        "DROP INDEX ix_delivery_due",
        "ALTER TABLE delivery DROP CONSTRAINT uq_delivery_endpoint_id_alert_id_revision",
    ],
)
def test_a_table_that_was_changed_by_hand_is_noticed(empty: Engine, statement: str) -> None:
    migrate.upgrade(empty)
    run(empty, statement)
    assert migrate.differences(empty) != []


def test_two_alerts_of_one_episode_are_refused_by_the_table_itself(empty: Engine) -> None:
    """Family, region and industry are empty today: nulls must not make two of one."""
    migrate.upgrade(empty)
    columns = "INSERT INTO alert (id, basis, level, skill, episode, opened)"
    insert = f"{columns} VALUES (gen_random_uuid(), 'b', 'skill', 'Go', 1, '2020-Q1')"
    run(empty, insert)
    with pytest.raises(Exception, match="uq_alert"):
        run(empty, insert)


def test_going_down_refuses_to_lose_rows_and_changes_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    a_feed_and_a_key(empty)
    before = rows(empty)
    with pytest.raises(Conflict, match=r"feed \(1\), quarter \(1\).*--discard"):
        migrate.downgrade(empty, "base")
    assert rows(empty) == before
    assert migrate.differences(empty) == []
    with empty.connect() as connection:
        assert migrate.current(connection) == migrate.head()


def test_going_down_with_empty_tables_needs_no_word(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert migrate.downgrade(empty, "base") is None
    assert rows(empty) == {}


def test_going_up_twice_changes_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    a_feed_and_a_key(empty)
    before = rows(empty)
    assert migrate.upgrade(empty) == migrate.head()
    assert rows(empty) == before


def test_two_upgrades_at_once_make_the_tables_once(empty: Engine) -> None:
    assert at_once(2, lambda _: migrate.upgrade(empty)) == [migrate.head()] * 2
    assert migrate.differences(empty) == []
    with empty.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [migrate.head()]


def test_an_upgrade_that_fails_halfway_leaves_nothing_behind(empty: Engine) -> None:
    run(empty, "CREATE TABLE outbox (not_ours text)")
    with pytest.raises(ProgrammingError, match="already exists"):
        migrate.upgrade(empty)
    assert inspect(empty).get_table_names() == ["outbox"]
    run(empty, "DROP TABLE outbox")
    assert migrate.upgrade(empty) == migrate.head()


def test_tables_that_a_newer_version_made_are_refused_in_words(empty: Engine) -> None:
    migrate.upgrade(empty)
    run(empty, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match="9999"):
        migrate.upgrade(empty)
    with pytest.raises(Conflict, match="9999"):
        migrate.downgrade(empty, "base")


def test_a_revision_that_is_not_there_is_refused_in_words(empty: Engine) -> None:
    with pytest.raises(Conflict, match="nonsense"):
        migrate.upgrade(empty, "nonsense")


def test_the_migrations_are_one_line_numbered_without_a_gap() -> None:
    scripts = list(ScriptDirectory(str(migrate.place())).walk_revisions())[::-1]
    assert [script.revision for script in scripts] == [f"{n:04d}" for n in range(1, len(scripts) + 1)]
    assert [script.down_revision for script in scripts] == [None, *(script.revision for script in scripts[:-1])]
    names = [Path(script.path).name for script in scripts]
    assert all(re.fullmatch(rf"{s.revision}_[a-z0-9_]+\.py", name) for s, name in zip(scripts, names, strict=True))
    assert migrate.head() == scripts[-1].revision
