"""Kill loops: `python -m tests.chaos` kills processes of a real stack at random moments while the real feed goes in.

At the end everything must be as after a calm run: every submission answered and stored once, every notice delivered
under its id, the same alerts.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select

from ievq_pipeline import log
from ievq_pipeline.adapters import embedded_postgres, webhook
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.db import alerts, endpoints, feeds, keys, migrate
from ievq_pipeline.db.tables import AlertRevision, LookRow, Submission, TotalObservation
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.demo.receiver import Receiver
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.errors import RoomsNotEmpty
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import record
from ievq_pipeline.stack.processes import leftovers
from ievq_pipeline.stages.receive import HandedIn

IEVQ = Path(sys.executable).parent / "ievq"
READY_SECONDS, DONE_SECONDS = 150.0, 240.0
#: enough history for both baselines of the first live quarter
HISTORY = tuple(q for q in hacker_news.quarters() if Quarter(2017, 1) <= q < hacker_news.FIRST_LIVE)
#: what may differ between two runs (`bookkeeping.md`, Looks)
OF_A_RUN = ("alert_id", "event_id", "feed_seq", "vintage", "caused_by", "url", "issued_at", "updated_at")


class Rig:
    """A stack in a process of its own, a submitter who keeps trying, and a subscriber who remembers."""

    def __init__(self, directory: Path, receiver: Receiver, settings: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.receiver = receiver
        self._settings = settings or {}
        self.handed_in: dict[str, str] = {}  #: quarter → submission id
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
            with house.sessions.begin() as session:
                feeds.add(session, "hn", "totals", "hn")
                self._key = keys.create(session, "rig", "submitter", ["hn"])
                endpoints.add(session, "rig", self.receiver.url, house.secret_box.seal(self.receiver.secret))
            through_history(house)

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

    def hand_in(self, quarter: Quarter) -> None:
        """Post the quarter's file until there is a receipt: the same Idempotency-Key, so never twice."""
        url = f"http://127.0.0.1:{record.load(self.directory / 'stack.json').ports['web']}/v1/submissions"
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": f"rig-{quarter}"}
        form = {"feed": "hn", "quarter": str(quarter)}
        deadline = time.monotonic() + DONE_SECONDS
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                file = {"file": ("hn.csv", hacker_news.totals_file(quarter), "text/csv")}
                answer = requests.post(url, data=form, files=file, headers=headers, timeout=20)
                if answer.ok:
                    self.handed_in[str(quarter)] = answer.json()["submission_id"]
                    return
            time.sleep(0.3)
        raise AssertionError(f"no receipt for {quarter}")

    def close(self, quarter: Quarter) -> None:
        """Close it as soon as nothing of it is on the way."""
        self._until(lambda house: self._try_to_close(house, str(quarter)), f"{quarter} could not be closed")

    @staticmethod
    def _try_to_close(house: House, quarter: str) -> bool:
        try:
            house.close(quarter)
        except RoomsNotEmpty:
            return False
        return True

    def wait_until_told(self, quarter: Quarter) -> None:
        """Until the quarter's look is published and every notice has arrived."""
        self._until(lambda house: self._is_told(house, str(quarter)), f"{quarter} was not told")

    def _is_told(self, house: House, quarter: str) -> bool:
        with house.sessions() as session:
            looks = select(func.count()).where(LookRow.quarter == quarter, LookRow.published_at.is_not(None))
            told = {revision.body["event_id"] for revision in session.scalars(select(AlertRevision))}
            return bool(session.scalar(looks)) and told <= self.receiver.arrivals.keys()

    def _until(self, is_so: Any, otherwise: str) -> None:
        deadline = time.monotonic() + DONE_SECONDS
        while time.monotonic() < deadline:
            with suppress(Exception), self.house() as house:  # the database may be coming back
                if is_so(house):
                    return
            time.sleep(0.3)
        raise AssertionError(otherwise)

    def check(self, live: tuple[Quarter, ...]) -> None:
        """Everything as after a calm run."""
        with self.house() as house:
            with house.sessions() as session:
                rows = list(session.scalars(select(Submission).where(Submission.quarter.in_(map(str, live)))))
                assert {row.quarter: str(row.id) for row in rows} == self.handed_in, "a submission twice, or lost"
                assert {row.state for row in rows} == {"in_force"}
                for row in rows:
                    stored = select(func.count()).where(TotalObservation.submission_id == row.id)
                    assert session.scalar(stored) == row.rows_accepted == 261, (
                        f"{row.quarter} stored by halves or twice"
                    )
                told = [revision.body for revision in alerts.notices(session, limit=1000)]
            assert [body["feed_seq"] for body in told] == list(range(1, len(told) + 1))
            assert self.receiver.arrivals.keys() == {body["event_id"] for body in told}
            assert self.receiver.refused == 0
        assert [stripped(body) for body in told] == calm_run(live), "other alerts than after a calm run"


def through_history(house: House) -> None:
    for quarter in HISTORY:
        house.open_quarter(quarter, mode=Mode.HISTORY)
        house.receive(HandedIn("hn", str(quarter), "hn.csv", hacker_news.totals_file(quarter)))
    house.run()
    for quarter in HISTORY:
        house.close(str(quarter))
    house.run()


def stripped(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in OF_A_RUN}


def calm_run(live: tuple[Quarter, ...]) -> list[dict[str, Any]]:
    """The notices that the same quarters bring in process, when nothing is killed."""
    with tempfile.TemporaryDirectory(prefix="ievq-calm-") as directory:
        settings = Settings(_env_file=None, data_dir=Path(directory))
        try:
            with open_house(settings, is_upgraded=False) as house:
                migrate.upgrade(house.engine)
                with house.sessions.begin() as session:
                    feeds.add(session, "hn", "totals", "hn")
                through_history(house)
                for quarter in live:
                    house.open_quarter(quarter)
                    house.receive(HandedIn("hn", str(quarter), "hn.csv", hacker_news.totals_file(quarter)))
                    house.run()
                    house.close(str(quarter))
                    house.run()
                with house.sessions() as session:
                    return [stripped(revision.body) for revision in alerts.notices(session, limit=1000)]
        finally:
            embedded_postgres.remove(settings.data_dir / "postgres")


@contextmanager
def rig(settings: Mapping[str, str] | None = None) -> Iterator[Rig]:
    """A prepared rig, taken down and cleared away at the end, also after a failure.

    `settings` are given to its stack: IEVQ_* names with their values.
    """
    with tempfile.TemporaryDirectory(prefix="ievq-chaos-") as directory, Receiver().listening() as receiver:
        made = Rig(Path(directory), receiver, settings)
        try:
            made.prepare()
            yield made
        finally:
            made.down()
            subprocess.run(
                [IEVQ, "stack", "down"], env=os.environ | {"IEVQ_DATA_DIR": directory}, check=False, timeout=90
            )
            embedded_postgres.remove(Path(directory) / "postgres")


def main() -> None:
    """One kill a quarter and round, of one process or of all, at a random moment of the quarter's way."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = options.parse_args()
    log.configure("ERROR")
    luck = random.Random(chosen.seed)
    live = tuple(q for q in hacker_news.quarters() if hacker_news.FIRST_LIVE <= q <= hacker_news.LAST_LIVE)
    print(f"seed {chosen.seed}", flush=True)
    for number in range(1, chosen.rounds + 1):
        with rig() as made:
            made.up()
            for quarter in live:
                _one_quarter(made, quarter, luck)
            made.check(live)
        print(f"round {number} of {chosen.rounds}: nothing lost, nothing doubled, the alerts of a calm run", flush=True)


def _one_quarter(made: Rig, quarter: Quarter, luck: random.Random) -> None:
    with made.house() as house:
        house.open_quarter(quarter)
    victims = made.victims()
    forks = [name for name in victims if name.startswith("fork")]
    names = [*(victims.keys() - set(forks)), *luck.sample(forks, min(2, len(forks))), "everything"]
    victim, moment = luck.choice(sorted(names)), luck.uniform(0, 8)
    print(f"{quarter}: kill -9 {victim} after {moment:.1f} s", flush=True)
    killer = threading.Thread(target=_kill_later, args=(made, victim, moment))
    killer.start()
    made.hand_in(quarter)
    made.close(quarter)
    killer.join()
    made.wait_until_told(quarter)


def _kill_later(made: Rig, victim: str, moment: float) -> None:
    time.sleep(moment)
    made.kill(*(() if victim == "everything" else (victim,)))
    if victim in ("everything", "parent"):
        made.up()


if __name__ == "__main__":
    main()
