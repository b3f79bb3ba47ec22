"""The demo as a whole: begin from nothing, start everything, play, and tell what came of it."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

from ievq_pipeline import stack
from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.demo import cast, employers, results
from ievq_pipeline.demo.play import Play, console, say
from ievq_pipeline.demo.receiver import Receiver
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import Stack

MARK = "demo.txt"
#: how many quarters may be live
LIVE = range(4, 9)


def run(settings: Settings, *, is_once: bool, live: int = 4) -> int:
    """Play it; 0 if everything arrived and at least one alert was delivered, else 1. Stays up unless `is_once`.

    `live` is how many of the last quarters are live; those before are history. Raises BadCall for another number than
    4 to 8.
    """
    if live not in LIVE:
        raise BadCall(why=f"QUARTERS is {LIVE.start} to {LIVE.stop - 1}: how many of the last quarters are live")
    _begin_from_nothing(settings)
    with Receiver().listening() as receiver:
        settings = settings.model_copy(update={"egress_allow": _allowing(settings.egress_allow, receiver)})
        console.print("Starting Postgres, Airflow, the web app and the dispatcher …")
        with stack.interruptible(), stack.up(settings) as running, open_house(running.settings) as house:
            is_good = _play(house, running, receiver, live)
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


def _play(house: House, running: Stack, receiver: Receiver, live: int) -> bool:
    say(f"Up. The page is at {running.web_url}/")
    play = Play(house, cast.register(house, receiver, running.web_url), live)
    members = sum(map(len, employers.members().values()))
    say(f"{len(employers.ASSOCIATIONS)} associations with {members:,} members are enrolled.")
    play.run()
    return _conclude(play, running, receiver)


def _conclude(play: Play, running: Stack, receiver: Receiver) -> bool:
    house, latencies = play.house, play.latencies
    with house.sessions() as session:
        counted = results.counts(session)
        in_force = results.in_force(session)
        told = results.event_ids(session)
        latencies.closing_to_alert = results.closing_to_alert(session)
    account = {"user": running.settings.airflow_user, "password": _secret(running.settings)}
    written = results.document(
        urls={"portal": f"{running.web_url}/", "api": f"{running.web_url}/v1", "airflow": running.airflow_url},
        keys=play.cast.told(str(play.quarters[-1].plus(1))),
        accounts={"airflow": account},
        webhook_secret=receiver.secret,
        counts=counted,
        latency_s=latencies.as_json(),
    )
    path = house.settings.data_dir / "demo.json"
    write_private(path, json.dumps(written, indent=2) + "\n")
    missing = told - receiver.arrivals.keys()
    _print(written, path, missing)
    return not missing and counted["delivered"] > 0 and in_force == play.expected


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
