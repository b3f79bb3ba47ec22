"""Migrations: there and back again with data in between, one at a time, and never over somebody's rows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import migrate
from ievq_pipeline.db.session import connect
from ievq_pipeline.db.tables import Base
from ievq_pipeline.domain.errors import Conflict
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
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


#: two closed quarters and an open one of a totals feed, as revision 0001 kept them: a revision of the first, rows that
#: are unknown in the second, one episode that was told and one that was only watched
OF_0001 = """
INSERT INTO api_key (id, name, role, prefix, digest, feeds)
    VALUES ('00000000-0000-0000-0000-0000000000aa', 'office', 'submitter', 'ievq_x', 'd', '{hn}');
INSERT INTO feed (id, code, kind, source) VALUES ('00000000-0000-0000-0000-0000000000f1', 'hn', 'totals', 'hn');
INSERT INTO quarter (quarter, opens_on, due_on, closes_on, opened_at, closed_at) VALUES
    ('2020-Q1', '2020-01-01', '2020-04-15', '2020-04-30', '2020-01-01', '2020-05-01'),
    ('2020-Q2', '2020-04-01', '2020-07-15', '2020-07-30', '2020-04-01', '2020-08-01'),
    ('2020-Q3', '2020-07-01', '2020-10-15', '2020-10-30', '2020-07-01', NULL);
INSERT INTO quarter_mode VALUES ('totals:hn', '2020-Q1', 'history');
INSERT INTO known (seq, at) OVERRIDING SYSTEM VALUE VALUES
    (1, '2020-04-02'), (2, '2020-04-20'), (3, '2020-07-20'), (4, '2020-08-02');
SELECT setval(pg_get_serial_sequence('known', 'seq'), 4);
INSERT INTO submission (id, feed_id, quarter, number, state, api_key_id, file_name, sha256, bytes, received_at,
    checked_at, stored_at, verdict, rules_version, rows_read, rows_accepted, rows_quarantined)
    SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, '00000000-0000-0000-0000-0000000000f1', quarter, number,
        state, '00000000-0000-0000-0000-0000000000aa', 'a.csv', 'sha', 9, at::timestamptz, at::timestamptz,
        CASE WHEN state IN ('in_force', 'superseded') THEN at::timestamptz END, 'accepted', 'totals-1', 2, 2, 0
    FROM (VALUES (1, '2020-Q1', 1, 'superseded', '2020-04-02'), (2, '2020-Q1', 2, 'in_force', '2020-04-20'),
        (3, '2020-Q2', 1, 'in_force', '2020-07-20'), (4, '2020-Q2', 2, 'rejected', '2020-07-21'),
        (5, '2020-Q3', 1, 'in_force', '2020-08-02')) AS of (n, quarter, number, state, at);
INSERT INTO submission_file SELECT id, 'content' FROM submission;
INSERT INTO submission_answer (submission_id, body, unknown, is_complete)
    SELECT id, '{"file": null, "findings": [], "normalised": []}',
        CASE quarter WHEN '2020-Q2' THEN '[[4, "Rust"]]'::jsonb ELSE '[]' END, quarter <> '2020-Q2' FROM submission;
INSERT INTO filing (id, submission_id, basis, reporter, quarter) OVERRIDING SYSTEM VALUE
    SELECT row_number() OVER (ORDER BY id), id, 'totals:hn', 'hn', quarter FROM submission WHERE stored_at IS NOT NULL;
SELECT setval(pg_get_serial_sequence('filing', 'id'), 4);
INSERT INTO filing_in_force VALUES (1, 1, 2), (2, 2, NULL), (3, 3, NULL), (4, 4, NULL);
INSERT INTO total_observation SELECT submission_id, row, term, count, 1000, 3
    FROM filing, (VALUES (2, 'Go', 41), (3, 'Ada', 7)) AS of (row, term, count);
INSERT INTO total_observation VALUES ('00000000-0000-0000-0000-000000000003', 4, 'Rust', NULL, NULL, NULL);
INSERT INTO look (id, basis, quarter, kind, rule_version, known_seq, tested, published_at)
    OVERRIDING SYSTEM VALUE VALUES
    (1, 'totals:hn', '2020-Q1', 'closing', 'totals-1', 2, 2, now()),
    (2, 'totals:hn', '2020-Q2', 'closing', 'totals-1', 3, 2, now());
SELECT setval(pg_get_serial_sequence('look', 'id'), 2);
INSERT INTO surge SELECT look.id, 'skill', skill, 1, 1.5, 1.2, 1.9, 0.01, NULL, 41, 27, 'surge'
    FROM look, unnest(ARRAY['Go', 'Ada']) AS skill;
INSERT INTO episode_change SELECT look_id, 'skill', skill, 1, change, severity, '2020-Q1', '2020-Q4',
        '{"quarter": "2020-Q1", "window": 1, "observed": 41, "expected": 27, "growth": 1.5, "lower": 1.2, "upper": 1.9,
            "p": 0.01, "q": null, "counted": "season"}', '{"series": [], "already_public": true}'
    FROM (VALUES (1, 'Go', 'opened', 'surge'), (2, 'Go', 'stepped', 'strong'), (1, 'Ada', 'opened', 'watch'),
        (2, 'Ada', 'ended', 'watch')) AS of (look_id, skill, change, severity);
INSERT INTO alert (id, basis, level, skill, episode)
    VALUES ('00000000-0000-0000-0000-0000000000a1', 'totals:hn', 'skill', 'Go', 1);
INSERT INTO alert_revision
    (alert_id, revision, feed_seq, look_id, notice, state, severity, skill, quarter, body, evidence)
    VALUES ('00000000-0000-0000-0000-0000000000a1', 1, 1, 2, 'issued', 'active', 'strong', 'Go', '2020-Q2',
        '{"growth": {"estimate": 1.5}, "provisional": false, "issued_at": "2020-08-01T00:00:00Z"}', '{"series": []}');
INSERT INTO endpoint (id, name, url, secret)
    VALUES ('00000000-0000-0000-0000-0000000000e1', 'one', 'https://example.com', 's');
INSERT INTO delivery (endpoint_id, alert_id, revision, feed_seq, state)
    VALUES ('00000000-0000-0000-0000-0000000000e1', '00000000-0000-0000-0000-0000000000a1', 1, 1, 'sent');
INSERT INTO outbox (kind, subject) VALUES ('quarter.closed', '2020-Q2');
"""
#: what an upgrade adds beside what was there: the cuts, and an identity for what was never told
ADDED = {"vintage": 2, "alert": 1, "filing_unknown": 1, "total_observation": -1}


def dump(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with engine.connect() as connection:
        return {
            table: sorted(connection.execute(text(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')).scalars())
            for table in migrate.counts(connection)
        }


def selected(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def before(empty: Engine) -> dict[str, list[str]]:
    """A database of revision 0001 with data, and every row of it."""
    migrate.upgrade(empty, "0001")
    run(empty, OF_0001)
    return dump(empty)


def test_what_revision_0001_kept_is_carried_over_row_for_row(
    empty: Engine, before: dict[str, list[str]], tmp_path: Path
) -> None:
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []
    now = rows(empty)
    assert {table: now[table] - len(kept) for table, kept in before.items() if now[table] != len(kept)} == {
        table: n for table, n in ADDED.items() if table in before
    }
    assert {table for table, n in now.items() if n} == {table for table, kept in before.items() if kept} | ADDED.keys()
    house = House(Settings(_env_file=None, data_dir=tmp_path), empty)

    def counted(quarter: str, as_of: str = "") -> list[tuple[object, ...]]:
        names = ("reporter", "row", "term", "count", "exposure", "known_seq")
        return [tuple(r[n] for n in names) for r in house.observations("totals", Quarter.parse(quarter), as_of)]

    for quarter, seq in (("2020-Q1", 2), ("2020-Q2", 3), ("2020-Q3", 4)):
        assert counted(quarter) == [("hn", 2, "Go", 41, 1000, seq), ("hn", 3, "Ada", 7, 1000, seq)]
    assert [row[-1] for row in counted("2020-Q1", "2020-04-19")] == [1, 1]
    assert selected(empty, "SELECT filing_id, row, name FROM filing_unknown") == [(3, 4, "Rust")]
    assert selected(empty, "SELECT id, is_complete, filed_seq, ended_seq, source FROM filing ORDER BY id") == [
        (1, True, 1, 2, "hn"), (2, True, 2, None, "hn"), (3, False, 3, None, "hn"), (4, True, 4, None, "hn"),
    ]  # fmt: skip
    assert selected(empty, "SELECT quarter, kind, known_seq FROM vintage ORDER BY id") == [
        ("2020-Q1", "closing", 2), ("2020-Q2", "closing", 3),
    ]  # fmt: skip
    assert selected(
        empty,
        "SELECT a.skill, a.opened, a.ended, count(*) FROM alert AS a JOIN episode_change ON alert_id = a.id"
        " GROUP BY 1, 2, 3 ORDER BY 1",
    ) == [("Ada", "2020-Q1", "2020-Q2", 2), ("Go", "2020-Q1", None, 2)]
    assert selected(empty, "SELECT figures ->> 'growth' FROM alert_revision") == [("1.5",)]


def test_work_goes_on_after_the_upgrade_and_nothing_is_looked_at_twice(
    empty: Engine, before: dict[str, list[str]], tmp_path: Path
) -> None:
    assert before
    migrate.upgrade(empty)
    house = House(Settings(_env_file=None, data_dir=tmp_path), empty)
    assert not any(house.run().values())
    house.close("2020-Q3", is_forced=True)
    assert len(house.run()["detect"]) == 1
    assert selected(empty, "SELECT quarter, vintage_id IS NULL FROM look ORDER BY id") == [
        ("2020-Q1", False), ("2020-Q2", False), ("2020-Q3", False),
    ]  # fmt: skip
    assert house.run()["detect"] == []


def test_down_to_0001_gives_back_its_rows_and_up_again_what_they_became(
    empty: Engine, before: dict[str, list[str]]
) -> None:
    migrate.upgrade(empty)
    upgraded = dump(empty)
    with pytest.raises(Conflict, match="vintage"):
        migrate.downgrade(empty, "0001")
    assert dump(empty) == upgraded
    migrate.downgrade(empty, "0001", is_discarding=True)
    again = dump(empty)
    assert {table: again[table] for table in before if table != "alert"} == {
        table: kept for table, kept in before.items() if table != "alert"
    }
    assert set(before["alert"]) <= set(again["alert"])
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []
    numbered = {"surge", "vintage", "look"}  # these get new numbers
    assert {table: kept for table, kept in dump(empty).items() if table not in numbered} == {
        table: kept for table, kept in upgraded.items() if table not in numbered
    }
