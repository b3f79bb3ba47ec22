"""The demo's play: history, then live quarters with all that happens to real submitters, each step in a sentence."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from sqlalchemy.orm import Session

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import deliveries
from ievq_pipeline.demo import cast as actors
from ievq_pipeline.demo import employers, hacker_news, results
from ievq_pipeline.demo.cast import Cast
from ievq_pipeline.demo.results import Latencies
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.contracts.soft_rules import FILED_BY_OTHERS
from ievq_pipeline.domain.delivery import DeliveryState
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.domain.period import DUE_AFTER, Quarter
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.surge.schedule import Kind
from ievq_pipeline.progress import steps

WAIT_SECONDS = 180.0
#: who hands in a file with faults, and who hands in too late; both in the first of the last four quarters
FAULTY, LATE = "german-speaking", "new-england"
NOTHING = "nothing to tell"
#: notices that a sentence names; the page has them all
NAMED = 8
console = Console(highlight=False, soft_wrap=True)


@dataclass
class Play:
    """The play under way."""

    house: House
    cast: Cast
    live: int
    latencies: Latencies = field(default_factory=Latencies)
    #: submissions that are to be in force at the end
    expected: int = 0

    @property
    def quarters(self) -> list[Quarter]:
        return employers.quarters()

    def run(self) -> None:
        """All of it."""
        self._history(self.quarters[: -self.live])
        with_incidents = self.quarters[-4]
        for quarter in self.quarters[-self.live :]:
            if quarter == with_incidents:
                self._members_join()
            self._live(quarter, with_incidents)
        self._until(all_delivered, "the notices were not all delivered")
        self._open(self.quarters[-1].plus(1))

    def _history(self, past: Sequence[Quarter]) -> None:
        handed_in: list[tuple[str, str]] = []
        for quarter in steps(past, "history"):
            self._open(quarter, Mode.HISTORY)
            handed_in += [(code, self._hand_in(code, quarter)) for code in [*employers.ASSOCIATIONS, actors.TOTALS_KEY]]
        for code, submission_id in steps(handed_in, "stored"):
            self._stored(code, submission_id)
        for quarter in past:
            self.house.close(str(quarter), is_forced=True)
        self._until_told(past[-1], Kind.CLOSING, "history was not looked at")
        say(
            f"History: {len(past)} quarters, {past[0]} to {past[-1]}: {len(handed_in)} files of"
            f" {len(employers.ASSOCIATIONS)} associations and one source of totals, stored and looked at."
        )

    def _members_join(self) -> None:
        members = actors.join_directly(self.house, self.cast)
        say(f"From now on {', '.join(members)} ({actors.DIRECT_OF}) file themselves as well: their own files go first.")

    def _live(self, quarter: Quarter, with_incidents: Quarter) -> None:
        self._open(quarter)
        is_first = quarter == with_incidents
        late = [LATE] if is_first else []
        codes = [code for code in employers.ASSOCIATIONS if code not in late]
        own = [actors.feed_of(one) for one in actors.direct_members()] if quarter >= with_incidents else []
        if is_first:
            self._mended(quarter)
            codes.remove(FAULTY)
        if own:
            self._take_in(quarter, own)
        self._take_in(quarter, codes)
        if own:
            self._overlapped(quarter)
        self._until_told(quarter, Kind.FIRST, f"{quarter} had no first look", bases=("job-demand",))
        told = self._told(quarter, Kind.FIRST) or NOTHING
        say(f"{quarter}: first look, while files may still come (provisional): {told}")
        self._take_in(quarter, [actors.TOTALS_KEY, actors.TECHNOLOGY_FEED])
        self.house.close(str(quarter), is_forced=True)
        self._until_told(quarter, Kind.CLOSING, f"{quarter} was not looked at")
        if revised := self._told(quarter, Kind.REVISION):
            say(f"{quarter}: with the new vintage, quarters before were looked at again: {revised}")
        say(f"{quarter}: closed; {self._told(quarter, Kind.CLOSING) or NOTHING}")
        for code in late:
            self._too_late(quarter, code)

    def _open(self, quarter: Quarter, mode: Mode = Mode.LIVE) -> None:
        """With dates to come, not those of its year: else the calendar would close it while the play is on."""
        due_on = self.house.today + DUE_AFTER
        dates = {"opens_on": self.house.today, "due_on": due_on, "closes_on": due_on + DUE_AFTER}
        self.house.open_quarter(quarter, mode=mode, **dates)

    def _take_in(self, quarter: Quarter, codes: Sequence[str]) -> None:
        answers = []
        for code in codes:
            began = time.monotonic()
            submission_id = self._hand_in(code, quarter)
            answer = self.cast.submitters[code].wait_for(submission_id)
            self.latencies.submission_to_answer.append(time.monotonic() - began)
            answers.append((code, submission_id, answer))
            if answer["state"] == State.NEEDS_CONFIRMATION:
                self._explained(quarter, code, submission_id)
        for code, submission_id, _ in answers:
            self._stored(code, submission_id)
        rows = sum(answer["rows_accepted"] for _, _, answer in answers)
        reporters = sum(self._submission(code, one)["filings"]["filed"] for code, one, _ in answers)
        say(
            f"{quarter}: {len(codes)} files, {rows:,} rows of {reporters:,} reporters, answered, examined and in force."
        )

    def _explained(self, quarter: Quarter, code: str, submission_id: str) -> None:
        """Members that file themselves have done so already: whose figures count is said. Nothing else is expected."""
        submitter = self.cast.submitters[code]
        asked = [one for one in submitter.findings(submission_id)["items"] if one["severity"] == Severity.SOFT]
        if others := {one["code"] for one in asked} - {FILED_BY_OTHERS}:
            raise OutsideMissing(f"{code}: submission {submission_id} needs a reason for {', '.join(sorted(others))}")
        submitter.confirm(submission_id, [{"code": FILED_BY_OTHERS, "reason": "theirs_counts"}])
        say(
            f"{quarter}: {code} is asked about {len(asked)} members who have filed themselves already"
            f" ({FILED_BY_OTHERS}), and says that theirs counts."
        )

    def _mended(self, quarter: Quarter) -> None:
        submitter = self.cast.submitters[FAULTY]
        content = employers.file_of(quarter, employers.members()[FAULTY])
        refused = submitter.wait_for(submitter.hand_in(str(quarter), "hurry.csv", employers.faulty(content)))
        first = submitter.findings(refused["submission_id"], limit=1)["items"][0]
        say(
            f"{quarter}: {FAULTY} hands in a file with faults: {refused['verdict']}, {refused['finding_count']}"
            f" findings, the first at {first['cell']}: {first['message']['zh']} / {first['message']['en']}"
        )
        self._take_in(quarter, [FAULTY])
        say(f"{quarter}: {FAULTY} has mended it: accepted.")

    def _overlapped(self, quarter: Quarter) -> None:
        code = actors.DIRECT_OF
        with self.house.sessions() as session:
            submission_id = results.latest_of(session, code, str(quarter))
        filings = self._submission(code, submission_id)["filings"]
        say(
            f"{quarter}: {code} filed {filings['filed']} members, {filings['filed'] - filings['in_force']} of whom"
            " filed themselves: what the association says of them is kept, and does not count (NQ-OVERLAP)."
        )

    def _too_late(self, quarter: Quarter, code: str) -> None:
        submission_id = self._hand_in(code, quarter)
        answer = self._stored(code, submission_id)
        say(
            f"{quarter}: {code} files {answer['filings']['filed']} members after the closing"
            f" (late: {answer['is_late']}); they count from the next vintage on."
        )

    def _hand_in(self, code: str, quarter: Quarter) -> str:
        self.expected += 1
        return self.cast.submitters[code].hand_in(str(quarter), f"{code}-{quarter}.csv", file_for(code, quarter))

    def _stored(self, code: str, submission_id: str) -> dict[str, Any]:
        answer = self.cast.submitters[code].wait_for(submission_id, is_in_force=True)
        if answer["state"] != "in_force":
            raise OutsideMissing(f"{code}: submission {submission_id} is {answer['state']}")
        return answer

    def _submission(self, code: str, submission_id: str) -> dict[str, Any]:
        return self.cast.submitters[code].wait_for(submission_id)

    def _told(self, quarter: Quarter, kind: Kind) -> str:
        with self.house.sessions() as session:
            told = results.notices_of(session, str(quarter), kind)
        more = [f"and {len(told) - NAMED} more"] if len(told) > NAMED else []
        return "; ".join(told[:NAMED] + more)

    def _until_told(
        self, quarter: Quarter, kind: Kind, otherwise: str, bases: Sequence[str] = ("job-demand", "totals:hn")
    ) -> None:
        self._until(lambda session: results.is_told(session, str(quarter), kind, bases), otherwise)

    def _until(self, is_so: Callable[[Session], bool], otherwise: str) -> None:
        """Wait until the database says so. Raises OutsideMissing after three minutes."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            with self.house.sessions() as session:
                if is_so(session):
                    return
            time.sleep(0.1)
        logs = self.house.settings.data_dir / "logs"
        raise OutsideMissing(f"After {WAIT_SECONDS:.0f} s {otherwise}; see the logs in {logs}.")


def file_for(code: str, quarter: Quarter) -> bytes:
    """What a submitter of the cast hands in for a quarter."""
    if code == actors.TOTALS_KEY:
        return hacker_news.totals_file(quarter)
    if code == actors.TECHNOLOGY_FEED:
        return employers.technology_file(quarter, actors.TECHNOLOGY_OF)
    if code in employers.ASSOCIATIONS:
        return employers.file_of(quarter, employers.members()[code])
    return employers.file_of(quarter, [code.removeprefix("own-")])


def all_delivered(session: Session) -> bool:
    return not deliveries.counts(session).get(DeliveryState.PENDING)


def say(sentence: str) -> None:
    console.print(sentence)
