"""Quarters that were closed while nobody looked, backfilled through a real Airflow by one command.

Three of them, or as many as TEST_BACKFILL_QUARTERS says: `make try-backfill` takes eight.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ievq_pipeline import stack
from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.bootstrap import open_house
from ievq_pipeline.db import alerts, feeds, migrate
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import record
from ievq_pipeline.stack.airflow import Airflow, dag_ids, installed_version
from ievq_pipeline.stages.receive import HandedIn
from tests import rig

try:
    installed_version()
except OutsideMissing:
    pytest.skip("Airflow is not installed", allow_module_level=True)

LIVE = tuple(q for q in hacker_news.quarters() if hacker_news.FIRST_LIVE <= q <= hacker_news.LAST_LIVE)
WAITING = LIVE[: int(os.environ.get("TEST_BACKFILL_QUARTERS", "3"))]


@pytest.fixture
def settings() -> Iterator[Settings]:
    """In `/tmp`: a root's Postgres runs as another account, to which pytest's directories are closed."""
    directory = Path(tempfile.mkdtemp(prefix="ievq-backfill-"))
    try:
        yield Settings(_env_file=None, data_dir=directory)
    finally:
        embedded_postgres.remove(directory / "postgres")
        shutil.rmtree(directory)


def hand_in_and_close(settings: Settings) -> None:
    """History first, then these; no event is carried and no sweep runs, so detection knows of none of them."""
    with open_house(settings, is_upgraded=False) as house:
        migrate.upgrade(house.engine)
        with house.sessions.begin() as session:
            feeds.add(session, "hn", "totals", "hn")
        rig.TOTALS.through_history(house)
        for quarter in WAITING:
            rig.open_live(house, quarter)
            house.receive(HandedIn("hn", str(quarter), "hn.csv", hacker_news.totals_file(quarter)))
        house.validate()
        house.store()
        for quarter in WAITING:
            house.close(str(quarter), is_forced=True)


def pause_all_others(settings: Settings) -> None:
    """A sweep that comes meanwhile would do the work too."""
    one = Airflow(
        settings.data_dir / "airflow", record.load(settings.data_dir / "stack.json").ports["airflow"], "ievq", ""
    )
    account = {"username": one.user, "password": one.password}
    token = requests.post(f"{one.url}/auth/token", json=account, timeout=20).json()["access_token"]
    for dag in dag_ids() - {"quarterly"}:
        requests.patch(
            f"{one.url}/api/v2/dags/{dag}", json={"is_paused": True},
            headers={"Authorization": f"Bearer {token}"}, timeout=20,
        ).raise_for_status()  # fmt: skip


def backfill(settings: Settings, *words: str) -> list[list[str]]:
    """What `ievq backfill` says from another terminal, in words by line; it must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IEVQ_")}
    done = subprocess.run(
        [Path(sys.executable).parent / "ievq", "backfill", *words],
        env=environment | {"IEVQ_DATA_DIR": str(settings.data_dir)}, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stderr.splitlines()]


def test_they_end_as_if_somebody_had_looked_at_each_in_its_time(settings: Settings) -> None:
    hand_in_and_close(settings)
    first, last = str(WAITING[0]), str(WAITING[-1])
    with stack.up(settings, web=False, dispatcher=False):
        pause_all_others(settings)
        assert backfill(settings, first, last, "--dry-run") == [[str(quarter), "planned"] for quarter in WAITING]
        told = backfill(settings, first, last)
        assert backfill(settings, first, last, "--reprocess", "none") == [[str(one), "unchanged"] for one in WAITING]
    assert [line[:2] for line in told] == [[str(quarter), "success"] for quarter in WAITING]
    handled = [dict(zip(line[4::2], line[5::2], strict=True)) for line in told]
    assert all(counts.pop("detect") == "1" for counts in handled), handled
    published = [int(counts.pop("publish")) for counts in handled]
    assert {count for counts in handled for count in counts.values()} == {"0"}, handled
    with open_house(settings) as house, house.sessions() as session:
        notices = [rig.stripped(revision.body) for revision in alerts.notices(session, limit=1000)]
    assert notices == rig.calm_run(rig.TOTALS, WAITING).notices
    assert sum(published) == len(notices) > 0
