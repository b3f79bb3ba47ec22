"""Kill loops: `python -m tests.chaos` kills processes of a real stack while two associations and a source of totals
hand in eight real quarters, each with its first and its closing look.

Every quarter has three kills: while its files go in, at its first look, at its closing. Most hit Airflow at work in a
room: the task itself, the worker that runs it, or the scheduler. The others take any process, or all at once.
"""

import argparse
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from ievq_pipeline import log
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stack import interruptible, processes
from tests.rig import PANELS, Rig, open_live, rig

#: what of Airflow dies: the process of the task, the worker above it with its task, the scheduler alone
WHO = ("task", "worker", "scheduler")
INGEST, LOOKS = ("examine", "store"), ("detect", "publish")
SCHEDULER = "airflow-scheduler"
EVERYTHING = "everything"
#: after which some other process dies at the latest
MOST_SECONDS = 8.0
#: a task that nobody has timed yet takes about so long
USUAL_SECONDS = 2.0
RUNNING = "SELECT pid FROM task_instance WHERE task_id = %s AND state = 'running' AND pid IS NOT NULL"
USUAL = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY duration) FROM task_instance WHERE task_id = %s"


@dataclass(frozen=True)
class Kill:
    """One kill to come: in a room of Airflow's, or (no room) anywhere. `luck` is 0 to 1: how far on the way."""

    room: str
    who: str
    luck: float


class AtWork(threading.Thread):
    """Waits until a task of a room runs, lets it get so far as luck has it, and kills while it still runs."""

    def __init__(self, made: Rig, kill: Kill) -> None:
        super().__init__(name="killer", daemon=True)
        self._made, self._kill = made, kill
        self._over = threading.Event()
        self.has_killed = False

    def run(self) -> None:
        while not self._over.is_set() and not self.has_killed:
            with suppress(Exception), self._made.airflows_database() as database:  # it may be coming back
                self._watch(database)

    def end(self) -> bool:
        """Whether it has killed; it kills nobody any more."""
        self._over.set()
        self.join()
        return self.has_killed

    def _watch(self, database: psycopg.Connection) -> None:
        usual = database.execute(USUAL, [self._kill.room]).fetchone()
        seconds = self._kill.luck * float((usual and usual[0]) or USUAL_SECONDS)
        while not self._over.wait(0.02):
            for (pid,) in database.execute(RUNNING, [self._kill.room]).fetchall():
                task = processes.look(pid)
                if task is None or self._over.wait(seconds):
                    continue
                worker = processes.look(task.parent)
                if processes.is_alive(task.process) and worker is not None:
                    self._strike(task, worker)
                    return

    def _strike(self, task: processes.Living, worker: processes.Living) -> None:
        if self._kill.who == SCHEDULER.removeprefix("airflow-"):
            self._made.kill(SCHEDULER)
        else:
            killed = [task] if self._kill.who == "task" else [worker, task]
            for one in killed:
                processes.kill(one.process, signal.SIGKILL)
        self.has_killed = True


@dataclass
class Chaos:
    """One round: who dies when, and how many have."""

    made: Rig
    luck: random.Random
    died: Counter[str] = field(default_factory=Counter)

    def play(self) -> None:
        quarters = self.made.script.live
        ingest, first, closing = (self._deck(rooms, len(quarters)) for rooms in (INGEST, LOOKS, LOOKS))
        for quarter, *kills in zip(quarters, ingest, first, closing, strict=True):
            self._one_quarter(quarter, *kills)
        self.made.check(quarters)

    def _deck(self, rooms: tuple[str, ...], size: int) -> list[Kill]:
        """Each room with each of WHO, the rest anywhere, shuffled."""
        wanted = [(room, who) for room in rooms for who in WHO]
        wanted += [("", "")] * (size - len(wanted))
        self.luck.shuffle(wanted)
        return [Kill(room, who, self.luck.random()) for room, who in wanted]

    def _one_quarter(self, quarter: Quarter, ingest: Kill, first: Kill, closing: Kill) -> None:
        made = self.made
        with made.house() as house:
            open_live(house, quarter)
        with self._killing(quarter, ingest):
            early, *late = made.script.associations
            made.hand_in(quarter, early)
            self._wait(lambda: self._in_force(quarter) == 1)
        with self._killing(quarter, first):
            for feed in late:
                made.hand_in(quarter, feed)
            made.wait_until_first_told(quarter)
        made.hand_in(quarter)
        with self._killing(quarter, closing):
            made.close(quarter)
            made.wait_until_told(quarter)

    def _in_force(self, quarter: Quarter) -> int:
        with self.made.house() as house:
            return sum(house.submission(one)["state"] == "in_force" for (_, of), one in self.made.handed_in.items()
                       if of == str(quarter))  # fmt: skip

    def _wait(self, is_so: Callable[[], bool]) -> None:
        self.made.until(lambda _: is_so(), "the first file did not come into force")

    @contextmanager
    def _killing(self, quarter: Quarter, kill: Kill) -> Iterator[None]:
        began = time.monotonic()
        if kill.room:
            name = f"{kill.who} at {kill.room}"
            killer = AtWork(self.made, kill)
            killer.start()
            yield
            has_killed = killer.end()
        else:
            name = self._anybody()
            thread = threading.Thread(target=self._kill_later, args=(name, kill.luck * MOST_SECONDS))
            thread.start()
            yield
            thread.join()
            has_killed = True
        self.died[name] += has_killed
        what = f"kill -9 {name}" if has_killed else f"{name} was over too soon, nobody died"
        print(f"{quarter}: {what}; all told after {time.monotonic() - began:.0f} s", flush=True)

    def _anybody(self) -> str:
        victims = self.made.victims()
        forks = [name for name in victims if name.startswith("fork")]
        names = [*(victims.keys() - set(forks)), *self.luck.sample(forks, min(2, len(forks))), EVERYTHING]
        return self.luck.choice(sorted(names))

    def _kill_later(self, victim: str, seconds: float) -> None:
        time.sleep(seconds)
        self.made.kill(*(() if victim == EVERYTHING else (victim,)))
        if victim in (EVERYTHING, "parent"):
            self.made.up()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = options.parse_args()
    log.configure("ERROR")
    luck = random.Random(chosen.seed)
    print(f"seed {chosen.seed}", flush=True)
    for number in range(1, chosen.rounds + 1):
        began = time.monotonic()
        with interruptible(), rig(PANELS) as made:
            made.up()
            print(f"up, history behind it, after {time.monotonic() - began:.0f} s", flush=True)
            chaos = Chaos(made, luck)
            chaos.play()
        print(
            f"round {number} of {chosen.rounds}: {chaos.died.total()} kills in {time.monotonic() - began:.0f} s:"
            " nothing lost, nothing doubled, the looks and the alerts of a calm run",
            flush=True,
        )


if __name__ == "__main__":
    main()
