"""A real stack under fire: a process of its own, a submitter who keeps trying, and a subscriber who remembers.

What is played stands in a `Script`: which feeds hand in for which quarters. At the end everything must be as after a
calm run in process: every submission answered and stored once, to the row, the same looks, every notice delivered.
"""

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import requests
from sqlalchemy import select, text

from ievq_pipeline.adapters import embedded_postgres, webhook
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.db import alerts, endpoints, feeds, keys, migrate, organisations
from ievq_pipeline.db.tables import AlertRevision
from ievq_pipeline.demo import cast, employers, hacker_news, results
from ievq_pipeline.demo.receiver import Receiver
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.errors import RoomsNotEmpty
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import record
from ievq_pipeline.stack.processes import leftovers
from ievq_pipeline.stages.receive import HandedIn

IEVQ = Path(sys.executable).parent / "ievq"
READY_SECONDS, DONE_SECONDS = 150.0, 300.0
#: what may differ between two runs (`bookkeeping.md`, Looks)
OF_A_RUN = ("alert_id", "event_id", "feed_seq", "vintage", "caused_by", "url", "issued_at", "updated_at")
#: of open quarters: to come, else calendar and first look would not wait for us
DUE_ON, CLOSES_ON = date(2099, 1, 1), date(2099, 2, 1)
LOOKS = text("SELECT basis, quarter, kind, tested FROM look WHERE kind <> 'preview' ORDER BY basis, quarter, kind, id")


@dataclass(frozen=True)
class Script:
    """Who hands in, beside the totals of Hacker News, and for which quarters: first those of history, then live ones.

    Each association hands in for its members, so that panels are looked at; two are enough for first looks.
    """

    history: tuple[Quarter, ...]
    live: tuple[Quarter, ...]
    associations: tuple[str, ...] = ()

    @property
    def feeds(self) -> tuple[str, ...]:
        return (*self.associations, hacker_news.FEED)

    @property
    def bases(self) -> tuple[str, ...]:
        """What is looked at."""
        return ("totals:hn", *(["job-demand"] if self.associations else []))

    def file_of(self, feed: str, quarter: Quarter) -> bytes:
        if feed == hacker_news.FEED:
            return hacker_news.totals_file(quarter)
        return employers.file_of(quarter, employers.members()[feed])

    def register(self, house: House) -> None:
        """The feeds, and the organisations behind them."""
        with house.sessions.begin() as session:
            feeds.add(session, hacker_news.FEED, "totals", hacker_news.SOURCE)
        if not self.associations:
            return
        self._enrol(house, [(cast.association(one), "association", one, "") for one in self.associations])
        with house.sessions.begin() as session:
            for one in self.associations:
                submitter = organisations.named(session, Identifier.parse(cast.association(one)))
                feeds.add(session, one, "job-demand", submitter_id=submitter.id, schemes=cast.NOT_STATED)
        members = [(one, member) for one in self.associations for member in employers.members()[one]]
        self._enrol(house, [(employers.identifier(who), "enterprise", "", cast.association(of)) for of, who in members])

    @staticmethod
    def _enrol(house: House, rows: Sequence[tuple[str, ...]]) -> None:
        header = ("单位代码", "单位类别", "单位名称", "所属协会")
        answer = house.import_organisations(employers.csv_of(header, rows), "organisations.csv")
        assert answer["verdict"] == "accepted", answer["findings"][:3]

    def through_history(self, house: House) -> None:
        for quarter in self.history:
            house.open_quarter(quarter, mode=Mode.HISTORY)
            self._hand_in(house, quarter, self.feeds)
        house.run()
        for quarter in self.history:
            house.close(str(quarter))
        house.run()

    def one_quarter(self, house: House, quarter: Quarter) -> None:
        """A live quarter in process: associations, first look, totals, closing look."""
        open_live(house, quarter)
        for some in (self.associations, (hacker_news.FEED,)):
            self._hand_in(house, quarter, some)
            house.run()
        house.close(str(quarter), is_forced=True)
        house.run()

    def _hand_in(self, house: House, quarter: Quarter, some: Sequence[str]) -> None:
        for feed in some:
            house.receive(HandedIn(feed, str(quarter), f"{feed}.csv", self.file_of(feed, quarter)))


#: totals alone, with enough history for both baselines of the first live quarter
TOTALS = Script(
    history=tuple(one for one in hacker_news.quarters() if Quarter(2017, 1) <= one < hacker_news.FIRST_LIVE),
    live=tuple(q for q in hacker_news.quarters() if hacker_news.FIRST_LIVE <= q <= hacker_news.LAST_LIVE),
)
#: totals and two associations: all quarters that both sources have
PANELS = Script(
    history=tuple(employers.quarters()[:-8]),
    live=tuple(employers.quarters()[-8:]),
    associations=("california", "elsewhere"),
)


def open_live(house: House, quarter: Quarter) -> None:
    house.open_quarter(quarter, due_on=DUE_ON, closes_on=CLOSES_ON)


@dataclass(frozen=True)
class Outcome:
    """What must be the same after any two runs of a script: notices without what is of a run, and looks."""

    notices: list[dict[str, Any]]
    looks: list[tuple[Any, ...]]

    @classmethod
    def of(cls, house: House) -> "Outcome":
        with house.sessions() as session:
            notices = [stripped(revision.body) for revision in alerts.notices(session, limit=1000)]
            return cls(notices, [tuple(row) for row in session.execute(LOOKS)])


class Rig:
    """The stack with its submitter and its subscriber."""

    def __init__(self, directory: Path, receiver: Receiver, script: Script, settings: Mapping[str, str]) -> None:
        self.directory = directory
        self.receiver = receiver
        self.script = script
        self._settings = settings
        self.handed_in: dict[tuple[str, str], str] = {}  #: (feed, quarter) → submission id
        self._process: subprocess.Popen[bytes] | None = None
        self._key = ""

    @contextmanager
    def house(self) -> Iterator[House]:
        """The rig's own way to the database: the engineer's hands."""
        settings = Settings(_env_file=None, data_dir=self.directory, egress_allow=self._allowed)
        with open_house(settings, is_upgraded=False) as house:
            yield house

    @property
    def _allowed(self) -> str:
        return f"http://127.0.0.1/32:{self.receiver.port}"

    def prepare(self) -> None:
        """History through the rooms in process, a key, an endpoint."""
        with self.house() as house:
            migrate.upgrade(house.engine)
            self.receiver.secret = webhook.new_secret()
            self.script.register(house)
            with house.sessions.begin() as session:
                self._key = keys.create(session, "rig", "submitter", list(self.script.feeds))
                endpoints.add(session, "rig", self.receiver.url, house.secret_box.seal(self.receiver.secret))
            self.script.through_history(house)

    def up(self) -> None:
        """`ievq stack up`, until it says that it is ready."""
        log = self.directory / "stack.log"
        place = log.stat().st_size if log.exists() else 0
        environment = {name: value for name, value in os.environ.items() if not name.startswith("IEVQ_")}
        environment |= {"IEVQ_DATA_DIR": str(self.directory), "IEVQ_EGRESS_ALLOW": self._allowed}
        environment |= self._settings
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [IEVQ, "stack", "up"], env=environment, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + READY_SECONDS
        while b"stack.ready" not in (said := log.read_bytes()[place:]):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the stack did not come up: {said.decode(errors='replace')[-3000:]}")
            time.sleep(0.2)

    def down(self) -> None:
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=40)
            self._process.kill()
            self._process.wait()

    def victims(self) -> dict[str, int]:
        """Every process that may be killed: the parent, its children, what those forked, and the database server."""
        kept = record.load(self.directory / "stack.json")
        found = {name: process.pid for name, process in kept.children.items()}
        forked = {process.pid for process in leftovers(kept.stack_id, kept.leaders())} - set(found.values())
        found |= {f"fork {pid}": pid for pid in forked}
        if kept.parent is not None:
            found["parent"] = kept.parent.pid
        home = embedded_postgres.home_of(self.directory / "postgres")
        with suppress(FileNotFoundError):
            found["postgres"] = int((home / "data" / "postmaster.pid").read_text().split()[0])
        return found

    def kill(self, *names: str) -> None:
        """`kill -9`, all at once."""
        found = self.victims()
        for name in names or tuple(found):
            with suppress(ProcessLookupError, KeyError):
                os.kill(found[name], signal.SIGKILL)
        if not names or "parent" in names:
            assert self._process is not None
            self._process.wait()

    @contextmanager
    def airflows_database(self) -> Iterator[psycopg.Connection]:
        with (
            embedded_postgres.lease(self.directory / "postgres") as cluster,
            psycopg.connect(cluster.dsn("airflow", "airflow"), autocommit=True) as connection,
        ):
            yield connection

    def hand_in(self, quarter: Quarter, feed: str = hacker_news.FEED) -> None:
        """Post the quarter's file until there is a receipt: the same Idempotency-Key, so never twice."""
        url = f"http://127.0.0.1:{record.load(self.directory / 'stack.json').ports['web']}/v1/submissions"
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": f"rig-{feed}-{quarter}"}
        form = {"feed": feed, "quarter": str(quarter)}
        content = self.script.file_of(feed, quarter)
        deadline = time.monotonic() + DONE_SECONDS
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                file = {"file": (f"{feed}.csv", content, "text/csv")}
                answer = requests.post(url, data=form, files=file, headers=headers, timeout=20)
                if answer.ok:
                    self.handed_in[feed, str(quarter)] = answer.json()["submission_id"]
                    return
            time.sleep(0.3)
        raise AssertionError(f"no receipt for {feed} {quarter}")

    def close(self, quarter: Quarter) -> None:
        """Close it as soon as nothing of it is on the way."""
        self.until(lambda house: self._try_to_close(house, str(quarter)), f"{quarter} could not be closed")

    @staticmethod
    def _try_to_close(house: House, quarter: str) -> bool:
        try:
            house.close(quarter, is_forced=True)
        except RoomsNotEmpty:
            return False
        return True

    def wait_until_first_told(self, quarter: Quarter) -> None:
        """Until the first look at the panels is published and every notice has arrived."""
        self.until(lambda house: self._is_told(house, quarter, "first", ["job-demand"]), f"{quarter}: no first look")

    def wait_until_told(self, quarter: Quarter) -> None:
        """Until the quarter's closing looks are published and every notice has arrived."""
        bases = self.script.bases
        self.until(lambda house: self._is_told(house, quarter, "closing", bases), f"{quarter} was not told")

    def _is_told(self, house: House, quarter: Quarter, kind: str, bases: Sequence[str]) -> bool:
        with house.sessions() as session:
            told = {revision.body["event_id"] for revision in session.scalars(select(AlertRevision))}
            return results.is_told(session, str(quarter), kind, bases) and told <= self.receiver.arrivals.keys()

    def until(self, is_so: Callable[[House], bool], otherwise: str) -> None:
        deadline = time.monotonic() + DONE_SECONDS
        while time.monotonic() < deadline:
            with suppress(Exception), self.house() as house:  # the database may be coming back
                if is_so(house):
                    return
            time.sleep(0.3)
        raise AssertionError(otherwise)

    def check(self, live: Sequence[Quarter]) -> None:
        """Everything as after a calm run."""
        with self.house() as house:
            with house.engine.connect() as connection:
                stored = Stored(connection)
                stored.require_submissions(self.handed_in)
                for (feed, quarter), submission_id in self.handed_in.items():
                    stored.require_rows(submission_id, self.script.file_of(feed, Quarter.parse(quarter)))
                stored.require_nothing_doubled()
                stored.require_deliveries()
            with house.sessions() as session:
                told = [revision.body for revision in alerts.notices(session, limit=1000)]
            outcome = Outcome.of(house)
        assert [body["feed_seq"] for body in told] == list(range(1, len(told) + 1))
        assert self.receiver.arrivals.keys() == {body["event_id"] for body in told}
        assert self.receiver.refused == 0
        calm = calm_run(self.script, live)
        assert outcome.looks == calm.looks, "other looks than in a calm run"
        assert outcome.notices == calm.notices, "other alerts than after a calm run"


COUNTS = "EXISTS (SELECT FROM filing_in_force s WHERE s.filing_id = {of} AND s.known_to IS NULL)"
REPORTER = (
    "(SELECT i.scheme || ':' || i.value FROM organisation_identifier i WHERE i.organisation_id = f.organisation_id)"
)


class Stored:
    """What the tables hold, asked in our own SQL and not through the rooms' queries."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def _ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._connection.execute(text(query), values)]

    def require_submissions(self, handed_in: Mapping[tuple[str, str], str]) -> None:
        """Every file received is there once, and in its final state; so are those of history."""
        quarters = sorted({quarter for _, quarter in handed_in})
        there = "FROM submission s JOIN feed f ON f.id = s.feed_id WHERE s.quarter = ANY(:quarters)"
        found = self._ask(f"SELECT f.code, s.quarter, s.id::text {there}", quarters=quarters)
        assert sorted(found) == sorted((*key, one) for key, one in handed_in.items()), "a submission twice, or lost"
        assert self._ask("SELECT DISTINCT state FROM submission") == [("in_force",)]

    def require_rows(self, submission_id: str, sent: bytes) -> None:
        """What counts of a submission is what was sent, to the row."""
        lines = list(csv.DictReader(sent.decode("gb18030").splitlines()))
        wanted: list[tuple[Any, ...]]
        if "来源" in lines[0]:
            wanted = [(int(line["招聘数"]), int(line["招聘总数"])) for line in lines]
            table, columns = "total_observation", "o.count, o.exposure"
            totals = []
        else:
            rows = [line for line in lines if line["技能名称"] != employers.TOTAL]
            wanted = [(line["企业代码"], int(line["需求人数"])) for line in rows]
            table, columns = "job_demand_observation", f"{REPORTER}, o.openings"
            totals = [(line["企业代码"], int(line["需求人数"])) for line in lines if line not in rows]
        counts = COUNTS.format(of="f.id")
        of_rows = f"FROM {table} o JOIN filing f ON f.id = o.filing_id WHERE o.submission_id = :id AND {counts}"
        found = self._ask(f"SELECT {columns} {of_rows} ORDER BY o.row", id=submission_id)
        assert found == wanted, f"{submission_id}: other rows in force than were sent"
        query = f"SELECT {REPORTER}, f.total FROM filing f WHERE f.submission_id = :id AND {counts}"
        filed = self._ask(query, id=submission_id)
        assert not totals or sorted(filed) == sorted(totals), f"{submission_id}: other filings than were sent"

    def require_nothing_doubled(self) -> None:
        twice = f"SELECT basis, quarter, organisation_id, source FROM filing f WHERE {COUNTS.format(of='f.id')}"
        assert not self._ask(f"{twice} GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"), "two filings of one reporter count"
        for table in ("total_observation", "job_demand_observation"):
            left = self._ask(f"SELECT count(*) FROM {table} o WHERE NOT {COUNTS.format(of='o.filing_id')}")
            assert left == [(0,)], f"{table}: rows that a killed store left"
        of = "basis, quarter, kind, vintage_id"
        assert not self._ask(f"SELECT {of} FROM look GROUP BY {of} HAVING count(*) > 1"), "a look twice"

    def require_deliveries(self) -> None:
        """Each notice once to the one endpoint, and sent."""
        told = self._ask("SELECT alert_id, revision FROM alert_revision")
        sent = self._ask("SELECT alert_id, revision FROM delivery WHERE state = 'sent'")
        assert sorted(sent) == sorted(told)
        assert self._ask("SELECT count(*) FROM delivery") == [(len(told),)]


def stripped(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in OF_A_RUN}


def calm_run(script: Script, live: Sequence[Quarter]) -> Outcome:
    """What the same quarters bring in process, when nothing is killed."""
    with tempfile.TemporaryDirectory(prefix="ievq-calm-") as directory:
        settings = Settings(_env_file=None, data_dir=Path(directory))
        try:
            with open_house(settings, is_upgraded=False) as house:
                migrate.upgrade(house.engine)
                script.register(house)
                script.through_history(house)
                for quarter in live:
                    script.one_quarter(house, quarter)
                return Outcome.of(house)
        finally:
            embedded_postgres.remove(settings.data_dir / "postgres")


@contextmanager
def rig(script: Script = TOTALS, settings: Mapping[str, str] | None = None) -> Iterator[Rig]:
    """A prepared rig, taken down and cleared away at the end, also after a failure.

    `settings` are given to its stack: IEVQ_* names with their values.
    """
    with tempfile.TemporaryDirectory(prefix="ievq-chaos-") as directory, Receiver().listening() as receiver:
        made = Rig(Path(directory), receiver, script, settings or {})
        try:
            made.prepare()
            yield made
        finally:
            made.down()
            subprocess.run(
                [IEVQ, "stack", "down"], env=os.environ | {"IEVQ_DATA_DIR": directory}, check=False, timeout=90
            )
            embedded_postgres.remove(Path(directory) / "postgres")
