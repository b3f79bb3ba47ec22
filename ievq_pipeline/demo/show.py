"""The demo's play: history first, then two live years quarter by quarter, then what came of it."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy.orm import Session

from ievq_pipeline import stack
from ievq_pipeline.adapters import embedded_postgres, webhook
from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.db import deliveries, endpoints, feeds, keys
from ievq_pipeline.demo import hacker_news, results
from ievq_pipeline.demo.receiver import Receiver
from ievq_pipeline.demo.results import Latencies
from ievq_pipeline.demo.submitter import Submitter
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.delivery import DeliveryState
from ievq_pipeline.domain.errors import BadCall, OutsideMissing
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.role import Role
from ievq_pipeline.progress import steps
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import Stack

FEED = hacker_news.FEED
MARK = "demo.txt"
WAIT_SECONDS = 180.0
console = Console(highlight=False, soft_wrap=True)


def run(settings: Settings, *, is_once: bool) -> int:
    """Play it; 0 if everything arrived and at least one alert was delivered, else 1. Stays up unless `is_once`."""
    _begin_from_nothing(settings)
    with Receiver().listening() as receiver:
        settings = settings.model_copy(update={"egress_allow": _allowing(settings.egress_allow, receiver)})
        console.print("Starting Postgres, Airflow, the web app and the dispatcher …")
        with stack.interruptible(), stack.up(settings) as running, open_house(running.settings) as house:
            is_good = _play(house, running, receiver)
            if not is_once:
                _stay()
    return 0 if is_good else 1


def _begin_from_nothing(settings: Settings) -> None:
    """Clear away an earlier demo. Raises BadCall for a directory that holds anything else, Conflict if one runs."""
    directory = settings.data_dir
    if settings.database_url:
        raise BadCall(why="the demo brings its own database; unset IEVQ_DATABASE_URL")
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARK).exists():
            raise BadCall(why=f"{directory} holds something else than a demo; set IEVQ_DATA_DIR to another place")
        stack.clear(settings)
        embedded_postgres.remove(directory / "postgres", bindir=settings.pg_bindir)
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARK).write_text("`make demo` made this directory, and empties it when it begins anew.\n")


def _allowing(allowed: str, receiver: Receiver) -> str:
    return ",".join(filter(None, (allowed, f"http://127.0.0.1/32:{receiver.port}")))


def _play(house: House, running: Stack, receiver: Receiver) -> bool:
    key = _register(house, receiver)
    submitter = Submitter(running.web_url, key, FEED)
    latencies = Latencies()
    console.print(f"Up. The page is at {running.web_url}/")
    _history(house, submitter)
    for quarter in hacker_news.quarters():
        if hacker_news.FIRST_LIVE <= quarter <= hacker_news.LAST_LIVE:
            _live(house, submitter, quarter, latencies)
    _until(house, _all_delivered, "the notices were not all delivered")
    house.open_quarter(_open_quarter())
    return _conclude(house, running, receiver, key, latencies)


def _open_quarter() -> Quarter:
    """Stays open for whoever wants to hand something in."""
    return hacker_news.LAST_LIVE.plus(1)


def _register(house: House, receiver: Receiver) -> str:
    """A feed, a submitter's key, and a subscriber's endpoint."""
    house.egress.check(receiver.url)
    receiver.secret = webhook.new_secret()
    with house.sessions.begin() as session:
        feeds.add(session, FEED, "totals", hacker_news.SOURCE)
        endpoints.add(session, "demo-college", receiver.url, house.secret_box.seal(receiver.secret))
        return keys.create(session, "demo-association", Role.SUBMITTER, [FEED])


def _history(house: House, submitter: Submitter) -> None:
    past = [quarter for quarter in hacker_news.quarters() if quarter < hacker_news.FIRST_LIVE]
    handed_in = []
    for quarter in steps(past, "history"):
        house.open_quarter(quarter, mode=Mode.HISTORY)
        handed_in.append(submitter.hand_in(str(quarter), f"hn-{quarter}.csv", hacker_news.totals_file(quarter)))
    for submission_id in steps(handed_in, "stored"):
        submitter.wait_for(submission_id, is_in_force=True)
    for quarter in past:
        house.close(str(quarter))
    _until(house, lambda session: not results.unpublished(session, str(past[-1])), "history was not looked at")
    console.print(f"History: {len(past)} quarters, {past[0]} to {past[-1]}, handed in, stored and looked at.")


def _live(house: House, submitter: Submitter, quarter: Quarter, latencies: Latencies) -> None:
    name = str(quarter)
    house.open_quarter(quarter)
    began = time.monotonic()
    submission_id = submitter.hand_in(name, f"hn-{name}.csv", hacker_news.totals_file(quarter))
    answer = submitter.wait_for(submission_id)
    latencies.submission_to_answer.append(time.monotonic() - began)
    submitter.wait_for(submission_id, is_in_force=True)
    house.close(name)
    _until(house, lambda session: not results.unpublished(session, name), f"{name} was not looked at")
    console.print(f"{name}: {answer['verdict']}, {answer['rows_accepted']} rows; closed; {_told(house, name)}")


def _told(house: House, quarter: str) -> str:
    with house.sessions() as session:
        told = results.notices_of(session, quarter)
    return "; ".join(told) if told else "nothing to tell"


def _all_delivered(session: Session) -> bool:
    return not deliveries.counts(session).get(DeliveryState.PENDING)


def _until(house: House, is_so: Callable[[Session], bool], otherwise: str) -> None:
    """Wait until the database says so. Raises OutsideMissing after three minutes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with house.sessions() as session:
            if is_so(session):
                return
        time.sleep(0.1)
    raise OutsideMissing(f"After {WAIT_SECONDS:.0f} s {otherwise}; see the logs in {house.settings.data_dir / 'logs'}.")


def _conclude(house: House, running: Stack, receiver: Receiver, key: str, latencies: Latencies) -> bool:
    with house.sessions() as session:
        counted = results.counts(session)
        in_force = results.in_force(session)
        told = results.event_ids(session)
        latencies.closing_to_alert = results.closing_to_alert(session)
    account = {"user": running.settings.airflow_user, "password": _secret(running.settings)}
    written = results.document(
        urls={"portal": f"{running.web_url}/", "api": f"{running.web_url}/v1", "airflow": running.airflow_url},
        keys={
            "demo-association": {
                "key": key,
                "role": "submitter",
                "organisation": None,
                "feeds": [{"feed": FEED, "kind": "totals", "open_quarter": str(_open_quarter())}],
            }
        },
        accounts={"airflow": account},
        webhook_secret=receiver.secret,
        counts=counted,
        latency_s=latencies.as_json(),
    )
    path = house.settings.data_dir / "demo.json"
    write_private(path, json.dumps(written, indent=2) + "\n")
    missing = told - receiver.arrivals.keys()
    _print(written, path, missing)
    return not missing and counted["delivered"] > 0 and in_force == counted["submitted"] == _expected()


def _expected() -> int:
    return sum(quarter <= hacker_news.LAST_LIVE for quarter in hacker_news.quarters())


def _secret(settings: Settings) -> str | None:
    return settings.airflow_password.get_secret_value() if settings.airflow_password else None


def _print(written: dict[str, Any], path: Path, missing: set[str]) -> None:
    for name, value in written["counts"].items():
        console.print(f"{name:>12} {value:>8,}")
    for name, values in written["latency_s"].items():
        if values:
            ordered = sorted(values)
            middle, most = ordered[len(ordered) // 2], ordered[-1]
            console.print(f"{name.replace('_', ' ')}: median {middle:.2f} s, at most {most:.2f} s, of {len(values)}")
    if missing:
        console.print(f"[bold]{len(missing)} notices did not arrive at the webhook[/bold]")
    for name, url in written["urls"].items():
        console.print(f"{name:>12} {url}")
    console.print(f"Keys, accounts and figures: {path}")


def _stay() -> None:
    console.print("Everything stays up until Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("Stopping …")
