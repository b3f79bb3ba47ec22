"""A made-up source of forty steady terms: its files, quarters handed in and closed, and looks written by hand.

And a made-up panel: feeds of associations and of enterprises themselves, and the files of job demand that they hand in.
"""

import csv
import io
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any, TypeVar

import psycopg
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, looks, vintages
from ievq_pipeline.db.tables import Alert, LookRow, Organisation, OrganisationIdentifier, QuarterRow, RosterEntry
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.schedule import Kind
from ievq_pipeline.stages.confirm import Word
from ievq_pipeline.stages.receive import HandedIn

FEED = SOURCE = "made-up"
BASIS = f"totals:{SOURCE}"
EXPOSURE = 10_000
Answer = TypeVar("Answer")
#: a row of job demand: enterprise, region, skill, openings
Row = tuple[str, str, str, object]
REGION = "350200"
#: five associations of five enterprises each, of which eight skills are sought in two regions
PANEL = {f"f{n}": tuple(f"us-agency:M{m:02d}" for m in range(25) if m % 5 == n) for n in range(5)}
SKILLS = ("go", "python", "rust", "sql", "embroidery", "docker", "kubernetes", "react")
#: demand for Go doubles here
RISES = "2020-Q1"


@contextmanager
def own_database(cluster: Cluster, name: str, like: str = "template1") -> Iterator[str]:
    """The address of a database that nobody else uses, empty or a copy; it is gone afterwards."""
    with psycopg.connect(cluster.dsn("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute(f'CREATE DATABASE "{name}" OWNER ievq TEMPLATE "{like}"')
        try:
            yield cluster.url(name, "ievq")
        finally:
            superuser.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def counts(**others: object) -> dict[str, object]:
    """The steady counts of a quarter, 20 to 98 a term, and those that a test sets beside them or in their place."""
    return {f"term {n:02d}": 20 + 2 * n for n in range(40)} | others


def totals_file(quarter: str, of: Mapping[str, object], exposure: int = EXPOSURE) -> bytes:
    lines = ["source,quarter,term,count,exposure,months"]
    lines += [f"{SOURCE},{quarter},{term},{count},{exposure},3" for term, count in of.items()]
    return "\n".join(lines).encode()


def open_feed(house: House, *quarters: str, mode: Mode = Mode.LIVE) -> None:
    """The feed, and these quarters open for it."""
    with house.sessions.begin() as session:
        feeds.add(session, FEED, "totals", SOURCE)
    for quarter in quarters:
        house.open_quarter(Quarter.parse(quarter), mode=mode)


def hand_in(house: House, quarter: str, **others: object) -> uuid.UUID:
    """A file of the steady counts and `others`, received and not looked at yet."""
    return house.receive(HandedIn(FEED, quarter, f"{quarter}.csv", totals_file(quarter, counts(**others))))[0]


def in_force(house: House, quarter: str) -> dict[str, int]:
    """The counts that are in force, by term."""
    return {row["term"]: row["count"] for row in house.observations("totals", Quarter.parse(quarter))}


def span(first: str, last: str) -> list[str]:
    """The quarters from `first` to `last`."""
    start, end = Quarter.parse(first), Quarter.parse(last)
    return [str(start.plus(n)) for n in range(end.index - start.index + 1)]


def walk(house: House, quarters: Mapping[str, Mapping[str, object] | None], mode: Mode = Mode.LIVE) -> None:
    """Each quarter opened, filed (unless None: then nobody files), stored and closed; nothing detected yet."""
    for quarter, others in quarters.items():
        open_feed(house, quarter, mode=mode)
        if others is not None:
            hand_in(house, quarter, **others)
    house.validate()
    house.store()
    for quarter in quarters:
        house.close(quarter, is_forced=True)


def organisation(session: Session, code: str, kind: str = "enterprise") -> uuid.UUID:
    """The registered organisation of that code, `scheme:value`, made where there is none."""
    scheme, _, value = code.partition(":")
    known = select(OrganisationIdentifier.organisation_id).filter_by(scheme=scheme, value=value)
    if (there := session.scalar(known)) is not None:
        return there
    one = Organisation(kind=kind, is_registered=True)
    session.add(one)
    session.flush()
    session.add(OrganisationIdentifier(organisation_id=one.id, scheme=scheme, value=value))
    session.flush()
    return one.id


def open_panel(
    house: House,
    associations: Mapping[str, Iterable[str]],
    own: Iterable[str] = (),
    *,
    quarters: Iterable[str] = (),
    mode: Mode = Mode.LIVE,
    kind: str = "job-demand",
) -> None:
    """A feed for each association, primary for these members, and one of each enterprise's `own` under its code.

    Their files do not state the industry.
    """
    schemes = {"industry": "not-stated"} if kind == "job-demand" else {}
    with house.sessions.begin() as session:
        for feed, members in associations.items():
            submitter = organisation(session, f"us-agency:{feed}", "association")
            made = feeds.add(session, feed, kind, submitter_id=submitter, schemes=schemes)
            for member in members:
                entry = RosterEntry(feed_id=made.id, organisation_id=organisation(session, member), is_primary=True)
                session.add(entry)
        for code in own:
            feeds.add(session, code, kind, submitter_id=organisation(session, code), schemes=schemes)
    for quarter in quarters:
        house.open_quarter(Quarter.parse(quarter), mode=mode)


def demand_file(quarter: str, rows: Iterable[Row]) -> bytes:
    """Rows of job demand as a file; the skills `NIL` and `TOTAL` mean what the contract says."""
    text = io.StringIO()
    lines = [(one, quarter, region, skill, openings) for one, region, skill, openings in rows]
    csv.writer(text).writerows([("enterprise", "quarter", "region", "skill", "openings"), *lines])
    return text.getvalue().encode()


def panel_rows(feed: str, quarter: str, *, go: float | None = None, but: Iterable[str] = ()) -> list[Row]:
    """What a feed of the PANEL files: noisy and steady, but for Go, which rises, or is `go` times as much.

    The same call gives the same rows. Members `but` stay away.
    """
    rows: list[Row] = []
    factor = go or (2.2 if quarter >= RISES else 1.0)
    for member in PANEL[feed]:
        luck, size = random.Random(f"{member} {quarter}"), random.Random(member).choice((2, 4, 8))
        if member in but:
            continue
        for skill in SKILLS:
            for region in ("350100", REGION):
                openings = sum(luck.random() < 0.5 for _ in range(2 * size))
                openings = round(openings * factor) if skill == "go" else openings
                if openings:
                    rows.append((member, region, skill, openings))
        rows.append((member, "", "TOTAL", 50 * size))
    return rows


def file(house: House, feed: str, quarter: str, rows: Iterable[Row]) -> uuid.UUID:
    """Job demand handed in for a feed, received and not looked at yet."""
    return house.receive(HandedIn(feed, quarter, f"{feed}.csv", demand_file(quarter, rows)))[0]


def answer_all(house: House, submission: uuid.UUID) -> None:
    """Everything that the submitter is asked about is answered with the first reason there is."""
    soft = [found for found in house.findings(submission) if found["severity"] == "soft"]
    words = [Word(one["code"], one["reasons"][0]["code"], "", one["row"], one["column"], one["value"]) for one in soft]
    if words:
        house.confirm(submission, words)


def counting(house: House, quarter: str, as_of: str = "") -> set[Row]:
    """The rows of job demand that count, or counted."""
    rows = house.observations("job-demand", Quarter.parse(quarter), as_of)
    return {(row["reporter"], row["region"], row["skill"], row["openings"]) for row in rows}


def change(
    skill: str, kind: str, severity: str = "surge", growth: float = 1.5, episode: int = 1, opened: str = "2020-Q1"
) -> dict[str, Any]:
    """What a look did to an episode, as detect writes it; `look` gives it its alert."""
    figures = {
        "quarter": opened, "window": 1, "observed": 60, "expected": 40.0, "growth": growth, "lower": 1.2,
        "upper": 2.0, "p": 1e-6, "q": 1e-4, "counted": "season",
    }  # fmt: skip
    return {
        "level": "skill", "skill": skill, "episode": episode, "change": kind, "severity": severity,
        "opened": opened, "ends": str(Quarter.parse(opened).plus(3)), "figures": figures,
        "evidence": {"series": [], "already_public": True},
    }  # fmt: skip


def look(house: House, quarter: str, *changes: dict[str, Any]) -> int:
    """A closing look at a closed quarter that found just this; publish has not seen it."""
    open_feed(house, quarter)
    with house.sessions.begin() as session:
        session.get_one(QuarterRow, quarter).closed_at = func.now()
        cut = vintages.named(session, quarter, Kind.CLOSING) or vintages.make(session, quarter, Kind.CLOSING)
        row = LookRow(
            basis=BASIS,
            quarter=quarter,
            kind=Kind.CLOSING,
            vintage_id=cut.id,
            rule_version="totals-1",
            tested=len(changes),
        )
        return looks.add(session, row, [], [_of_its_alert(session, one) for one in changes])


def _of_its_alert(session: Session, made: dict[str, Any]) -> dict[str, Any]:
    of = {"basis": BASIS, "level": made["level"], "skill": made["skill"], "episode": made["episode"]}
    alert = session.scalar(select(Alert).filter_by(**of))
    if alert is None:
        alert = Alert(id=uuid.uuid4(), **of, opened=made["opened"])
        session.add(alert)
        session.flush()
    kept = {name: value for name, value in made.items() if name not in ("level", "skill", "episode")}
    return {**kept, "alert_id": alert.id, "caused_by": None, "changed_reporters": None}


def at_once(workers: int, work: Callable[[int], Answer]) -> list[Answer]:
    """What each of several threads answers that begin `work` at the same moment; raises what one of them raises."""
    barrier = Barrier(workers)
    outcomes: list[Future[Answer]] = [Future() for _ in range(workers)]

    def start(number: int) -> None:
        try:
            barrier.wait(10)
            outcomes[number].set_result(work(number))
        except BaseException as error:  # noqa: BLE001 - raised below
            outcomes[number].set_exception(error)

    for number in range(workers):  # daemons: a test that hangs is to fail, and not to keep the run from ending
        Thread(target=start, args=(number,), daemon=True).start()
    return [outcome.result(60) for outcome in outcomes]
