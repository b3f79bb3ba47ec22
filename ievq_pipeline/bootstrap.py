"""Wiring: read the settings once, build everything, hand each room its tools. Nobody else builds anything."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from ievq_pipeline import settings as environment
from ievq_pipeline.adapters import answers, code_lists
from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.adapters.answers import File
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.embedded_postgres import lease
from ievq_pipeline.adapters.matching import match
from ievq_pipeline.adapters.reading.package import Caps
from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.db import (
    examinations,
    feeds,
    migrate,
    quarters,
    submissions,
    wordings,
)
from ievq_pipeline.db.panels import Naming
from ievq_pipeline.db.session import connect, require
from ievq_pipeline.db.tables import QuarterRow
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.errors import HistoryOfNobody, OutsideMissing
from ievq_pipeline.domain.period import Quarter, calendar_date
from ievq_pipeline.domain.pull import Tried
from ievq_pipeline.domain.region import is_place
from ievq_pipeline.domain.timetable import Timetable
from ievq_pipeline.inquiries import Inquiries
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages import (
    carry,
    close,
    confirm,
    deliver,
    detect,
    enrol,
    examine,
    keep_calendar,
    learn,
    mend,
    preview,
    publish,
    pull,
    receive,
    remind,
    store,
    validate,
    watch,
    withdraw,
)
from ievq_pipeline.stages.confirm import Word
from ievq_pipeline.stages.enrol import Enrolled
from ievq_pipeline.stages.keep_calendar import Step
from ievq_pipeline.stages.learn import Decision
from ievq_pipeline.stages.mend import MendedRow
from ievq_pipeline.stages.publish import Publisher
from ievq_pipeline.stages.pull import Tools
from ievq_pipeline.stages.receive import HandedIn
from ievq_pipeline.stages.remind import Office
from ievq_pipeline.stages.watch import Tools as WatchTools


@dataclass(frozen=True)
class House(Inquiries):
    """All rooms with their tools; each claims every row that waits for it, and running it twice changes nothing."""

    @cached_property
    def egress(self) -> Egress:
        return Egress.parse(self.settings.egress_allow)

    @cached_property
    def secret_box(self) -> SecretBox:
        key = self.settings.secret_key
        return SecretBox.of(key.get_secret_value() if key else None, self.settings.data_dir)

    @cached_property
    def airflow(self) -> AirflowApi | None:
        """Airflow, where it is to be woken."""
        url, user, password = self.settings.airflow_url, self.settings.airflow_user, self.settings.airflow_password
        return AirflowApi(url, user, password.get_secret_value()) if url and password else None

    def open_quarter(
        self,
        quarter: Quarter,
        *,
        mode: Mode = Mode.LIVE,
        opens_on: date | None = None,
        due_on: date | None = None,
        closes_on: date | None = None,
    ) -> QuarterRow:
        """Open a quarter, by its usual dates where none are given; one that is there already keeps its own.

        With `opens_on` in the future it is planned, and the calendar opens it. Raises LaterQuarterClosed when it lies
        before one that is closed, BadCall for dates out of order.
        """
        today = self.today
        is_planned = opens_on is not None and opens_on > today
        with self.sessions.begin() as session:
            dates = Timetable(
                opens_on or min(quarter.first_day, today), due_on or quarter.due_on, closes_on or quarter.closes_on
            )
            if not quarters.is_there(session, str(quarter)):
                dates.require_order()
            make = quarters.plan if is_planned else quarters.open_
            row = make(session, str(quarter), opens_on=dates.opens_on, due_on=dates.due_on, closes_on=dates.closes_on)
            bases = feeds.bases(session)
            if mode is Mode.HISTORY and not bases:
                raise HistoryOfNobody(quarter=quarter)
            for basis in bases:
                quarters.set_mode(session, basis, str(quarter), mode)
            session.expunge(row)
        return row

    def import_organisations(self, content: bytes, name: str) -> dict[str, Any]:
        """Take in a file of organisations; the answer of a check, and how many are new, changed and unchanged."""
        return _enrolled(enrol.run(self.sessions, content, name), "organisations", content, name)

    def import_roster(self, feed: str, content: bytes, name: str) -> dict[str, Any]:
        """Take in the roster of a feed in the same way. Raises UnknownFeed, BadCall where it has none."""
        return _enrolled(enrol.run_roster(self.sessions, feed, content, name), "roster", content, name)

    def receive(self, handed_in: HandedIn) -> tuple[UUID, bool]:
        return receive.run(self.sessions, handed_in)

    def validate(self, quarter: str | None = None) -> list[str]:
        return validate.run_waiting(self.sessions, quarter, Caps.of(self.settings.workbook_cap_mb))

    def confirm(self, name: str | UUID, words: Sequence[Word], api_key_id: UUID | None = None) -> UUID:
        return confirm.run(self.sessions, name, words, api_key_id)

    def mend(self, name: str | UUID, rows: Sequence[MendedRow], api_key_id: UUID | None = None) -> tuple[UUID, bool]:
        return mend.run(self.sessions, name, rows, api_key_id)

    def examine(self, quarter: str | None = None) -> list[str]:
        """Needs Great Expectations: only Airflow's tasks enter it."""
        return examine.run_waiting(self.sessions, quarter)

    def release(self, name: str | UUID) -> bool:
        """Have a held submission examined again; False if nothing holds it. Raises UnknownSubmission."""
        with self.sessions.begin() as session:
            return examinations.release(session, submissions.named(session, name).id)

    def store(self, quarter: str | None = None, *, is_examined: bool = False) -> list[str]:
        return store.run_waiting(self.sessions, quarter, is_examined=is_examined)

    def withdraw(self, name: str | UUID, reason: str) -> UUID:
        return withdraw.run(self.sessions, name, reason)

    def close(self, quarter: str, *, is_forced: bool = False) -> list[str]:
        return close.run(self.sessions, quarter, today=self.today, is_forced=is_forced)

    def keep_calendar(self, today: date | None = None) -> list[Step]:
        """Open, remind and close by the dates on the quarters' rows, as of `today` in Asia/Shanghai."""
        day = today or self.today
        return keep_calendar.run(self.sessions, today=day, close=lambda name: close.run(self.sessions, name, today=day))

    def remind(self, is_stopping: Callable[[], bool] = lambda: False, *, today: date | None = None) -> list[str]:
        """Mail reminders, and answers that are not yes; nothing where no mail server is set."""
        return remind.run_waiting(self.sessions, self.office, today=today or self.today, is_stopping=is_stopping)

    @cached_property
    def office(self) -> Office | None:
        """What mails are sent with, where a mail server is set."""
        given = self.settings
        return Office.of(self.egress, given.smtp_url, given.mail_from, given.public_url, self.secret_box)

    def pull(self) -> list[str]:
        return pull.run_waiting(self._pull_tools)

    def pull_named(self, feed: str, quarter: str | None = None, *, is_anew: bool = False) -> list[Tried]:
        """Fetch a feed's files at once, whether they are due or not, and tell how it went; also from its folder."""
        with self.sessions() as session:
            is_watched = feeds.named(session, feed).watch_url is not None
        if is_watched:
            return watch.run_named(self._watch_tools, feed, quarter, is_anew=is_anew)
        return pull.run_named(self._pull_tools, feed, quarter, is_anew=is_anew)

    def watch(self) -> list[str]:
        return watch.run_waiting(self._watch_tools)

    @property
    def _pull_tools(self) -> Tools:
        return Tools(self.sessions, self.egress, self._hand_in, self.settings.upload_cap_mb)

    @property
    def _watch_tools(self) -> WatchTools:
        return WatchTools(self.sessions, self.settings.watch_roots, self._hand_in, self.settings.upload_cap_mb)

    def _hand_in(self, feed: str, quarter: str, file_name: str, content: bytes) -> tuple[UUID, bool]:
        """The one way in for files that we fetch ourselves."""
        return self.receive(HandedIn(feed, quarter, file_name, content))

    def wordings(
        self, *, state: str | None = None, code_list: str | None = None, after: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """The queue of wordings that no list knows, in the order in which they were first seen."""
        with self.sessions() as session:
            return wordings.every(session, state=state, code_list=code_list, after=after, limit=limit)

    def wording(self, name: str) -> dict[str, Any]:
        """One of them with its context, and what it may mean by the lists of today. Raises UnknownWording."""
        with self.sessions() as session:
            row = wordings.named(session, name)
            listed = code_lists.taught(wordings.learnt(session))[row.code_list]
            told = wordings.told(session, row)
        near = match(row.spelled, listed).suggestions
        titles = {one.code: one.title.as_json() for one in listed.skills}
        return told | {"suggestions": [one.as_json() | {"title": titles[one.code]} for one in near]}

    def learn(self, name: str, decision: Decision) -> dict[str, Any]:
        """Decide on a wording; the wording with every decision on it comes back."""
        return learn.run(self.sessions, name, decision)

    def settle(self) -> list[str]:
        """Have wordings that wait, and that the lists know by now, decided by themselves."""
        return learn.run_waiting(self.sessions)

    def detect(self, quarter: str | None = None) -> list[str]:
        return detect.run_waiting(self.sessions, quarter, today=self.today, naming=self._naming())

    def preview(self) -> list[str]:
        """Renew what engineers see of open quarters."""
        return preview.run_waiting(self.sessions, self._naming())

    @property
    def today(self) -> date:
        """The calendar's date."""
        return calendar_date(datetime.now(UTC))

    def _naming(self) -> Naming:
        """A skill that no list knows has no family."""
        skills = code_lists.skills()
        return Naming(family=lambda code: skills.named(code).family or "", is_place=is_place)

    def publish(self, quarter: str | None = None) -> list[str]:
        publisher = Publisher(self.settings.public_url, code_lists.described)
        return publish.run_waiting(self.sessions, publisher, quarter)

    def deliver(self, is_stopping: Callable[[], bool] = lambda: False) -> list[str]:
        return deliver.run_waiting(
            self.sessions,
            egress=self.egress,
            secret_box=self.secret_box,
            public_url=self.settings.public_url,
            is_stopping=is_stopping,
        )

    def carry(self) -> list[str]:
        """Wake Airflow for what has happened; nothing to do where there is no Airflow."""
        return carry.run_waiting(self.sessions, self.airflow) if self.airflow else []

    def walk(self, quarter: str | None = None) -> list[tuple[str, Callable[[], list[str]]]]:
        """The rooms in their order, each ready to handle what waits: the main job without Airflow."""
        return [
            ("validate", lambda: self.validate(quarter)),
            ("store", lambda: self.store(quarter)),
            ("detect", lambda: self.detect(quarter)),
            ("publish", lambda: self.publish(quarter)),
            ("deliver", self.deliver),
        ]

    def run(self, quarter: str | None = None) -> dict[str, list[str]]:
        """Walk through all the rooms; returns the ids handled in each."""
        return {room: work() for room, work in self.walk(quarter)}


def _enrolled(enrolled: Enrolled, kind: str, content: bytes, name: str) -> dict[str, Any]:
    file = File(name, len(content), hashlib.sha256(content).hexdigest())
    shown = answers.document(enrolled.answer, contract(kind), file, not_run=())
    return shown | {"added": enrolled.added, "changed": enrolled.changed, "unchanged": enrolled.unchanged}


@contextmanager
def open_house(settings: Settings | None = None, *, is_upgraded: bool = True) -> Iterator[House]:
    """A house with its database: that of IEVQ_DATABASE_URL, or the embedded one under a lease.

    Raises OutsideMissing when the database does not answer or, unless `is_upgraded` is False, its tables are not those
    of this version.
    """
    settings = settings or environment.load()
    with _database(settings) as url:
        engine = connect(url)
        try:
            require(engine)
            if is_upgraded:
                _require_tables(engine)
            yield House(settings, engine)
        finally:
            engine.dispose()


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url:
        yield settings.database_url
        return
    with lease(settings.data_dir / "postgres", bindir=settings.pg_bindir) as cluster:
        yield cluster.url("ievq", "ievq")


def _require_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        found, wanted = migrate.current(connection), migrate.head()
    if found != wanted:
        raise OutsideMissing(
            f"The tables are of revision {found or 'none'}, this version needs {wanted}: run `ievq db upgrade`, or the"
            " newer version that made them."
        )
