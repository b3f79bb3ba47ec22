"""What can be asked of the house: receipts, answers, rows, templates. Nothing is changed by asking."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answers, rows_again, templates
from ievq_pipeline.adapters.annotated.confined import make_workbook
from ievq_pipeline.adapters.answers import Kept
from ievq_pipeline.adapters.differences import difference
from ievq_pipeline.adapters.findings import Findings
from ievq_pipeline.adapters.reading.package import Caps
from ievq_pipeline.db import (
    alerts,
    confirmations,
    examinations,
    feeds,
    files,
    filings,
    observations,
    reporters,
    submissions,
    template_facts,
)
from ievq_pipeline.db.tables import Feed
from ievq_pipeline.domain import moments
from ievq_pipeline.domain.contracts import contract, feed_contract
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.panel import OVERLAP
from ievq_pipeline.domain.contracts.rules import SUITE
from ievq_pipeline.domain.errors import NotCheckedYet
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings


@dataclass(frozen=True)
class Inquiries:
    """Questions about what came in and what is known; each reads in a session of its own."""

    settings: Settings
    engine: Engine

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine)

    def submission(self, name: str | UUID) -> dict[str, Any]:
        """The receipt of a submission, with state, verdict and counts once it is checked. Raises UnknownSubmission."""
        with self.sessions() as session:
            submission = submissions.named(session, name)
            said = {"confirmations": confirmations.told(session, submission.id)}
            return self._addressed(submissions.told(session, submission)) | said

    def receipt(self, submission_id: UUID) -> dict[str, Any]:
        """The receipt alone, as it was when the file came in."""
        with self.sessions() as session:
            return self._addressed(submissions.receipt(session, submissions.named(session, submission_id)))

    def _addressed(self, told: dict[str, Any]) -> dict[str, Any]:
        return told | {"url": f"{self.settings.public_url}/v1/submissions/{told['submission_id']}"}

    def findings(self, name: str | UUID) -> list[dict[str, Any]]:
        """Everything found wrong in a submission, worded in both languages; empty before it is checked."""
        answered = self._answered(name)
        return list(answered[1].worded(contract(answered[0]))) if answered else []

    def findings_page(
        self, name: str | UUID, *, code: str | None, severity: str | None, start: int, limit: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Some of that, and how many there are in all."""
        if (answered := self._answered(name)) is None:
            return [], 0
        kind, kept = answered
        return kept.page(contract(kind), code=code, severity=severity, start=start, limit=limit)

    def found(self, name: str | UUID) -> tuple[Contract, Findings, dict[str, Any]]:
        """The contract of a submission, everything found wrong in it, and the facts of its file.

        Raises NotCheckedYet.
        """
        if (answered := self._answered(name)) is None:
            raise NotCheckedYet
        kind, kept = answered
        return contract(kind), kept.findings, kept.body["file"]

    def quarantined(self, name: str | UUID, *, after: int = 0, limit: int = 1_000) -> tuple[list[dict[str, Any]], int]:
        """The rows of a submission after row `after` that are to be mended, cell by cell, and how many there are.

        Raises UnknownSubmission, NotCheckedYet.
        """
        rules, found, _ = self.found(name)
        with self.sessions() as session:
            submission = submissions.named(session, name)
            mends = {int(row): values for row, values in (submission.mends or {}).items()}

            def read(wanted: Sequence[int]) -> rows_again.Cells:
                with files.spooled(session, submission.id) as path:
                    return rows_again.read_again(path, rules, wanted, mends)

            return rows_again.quarantined(found, rules, after=after, limit=limit, read=read)

    def annotate(self, name: str | UUID, language: str, out: Path) -> None:
        """Write the submitter's own workbook with what was found to `out`; of another file, one that shows it.

        Raises UnknownSubmission, NotCheckedYet.
        """
        rules, found, facts = self.found(name)
        caps = Caps.of(self.settings.workbook_cap_mb)
        with ExitStack() as kept:
            with self.sessions() as session:  # it is given back before the work begins
                file = kept.enter_context(files.spooled(session, submissions.named(session, name).id))
            given = file if file.stat().st_size else None  # its bytes may be gone
            make_workbook(given, facts, found, rules, language=language, out=out, caps=caps)

    def _answered(self, name: str | UUID) -> tuple[str, Kept] | None:
        """The kind of its feed, and its answer with what others have filed since; None before it is checked."""
        with self.sessions() as session:
            submission = submissions.named(session, name)
            if (answered := submissions.answered(session, submission)) is None:
                return None
            kind, kept = answered[0], Kept.of(*answered[1:])
            overlapped = filings.overlapped(session, submission.id)
            since = [Finding(OVERLAP, value=one) for one in reporters.identifiers(session, overlapped)]
            if submission.held_why:
                since.append(Finding(SUITE, value=submission.held_why.removeprefix(f"{SUITE}: ")))
        return kind, kept.with_findings(since) if since else kept

    def confirmations(
        self, quarter: Quarter, code: str | None = None, *, start: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """What submitters said of soft findings of a quarter, the oldest first."""
        with self.sessions() as session:
            return confirmations.of_quarter(session, str(quarter), code, start, limit)

    def observations(self, kind: str, quarter: Quarter, as_of: str = "") -> Iterator[dict[str, Any]]:
        """Every row that counts in a quarter, or did: `as_of` a date (its end), an instant, or `seq:N`.

        Raises UnknownFeedKind, NotAMoment.
        """
        feed_contract(kind)
        seq = self.cut(as_of)
        with self.sessions() as session:
            yield from observations.in_force(session, kind, str(quarter), seq)

    def cut(self, as_of: str) -> int | None:
        """The place in the order of what was known that is asked for; None: now. Raises NotAMoment."""
        with self.sessions() as session:
            return moments.cut(as_of, lambda instant: observations.cut_at(session, instant)) if as_of else None

    def template(
        self, feed: str, quarter: Quarter, language: str | None, *, is_csv: bool = False, is_prefilled: bool = False
    ) -> bytes:
        """An empty file of the feed, with the keys of the quarter before if asked; None: in the feed's language.

        Raises UnknownFeed, BadCall.
        """
        with self.sessions() as session:
            language = language or feeds.named(session, feed).language
            facts = template_facts.of_feed(session, feed, quarter)
            columns = templates.key_columns(facts.kind) if is_prefilled else []
            keys = template_facts.keys(session, feed, quarter.plus(-1), columns) if is_prefilled else []
        return templates.of_feed(facts, str(quarter), language, keys, is_csv=is_csv)

    def difference(self, name: str | UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What a submission changed against the one that was in force before it: counts, alerts told of it, and cells.

        Raises UnknownSubmission, NotCheckedYet.
        """
        with self.sessions() as session:
            submission = submissions.named(session, name)
            earlier = submissions.before(session, submission)
            kept = examinations.accepted_rows(session, [one.id for one in (earlier, submission) if one])
            if submission.id not in kept:
                raise NotCheckedYet
            rules = contract(session.get_one(Feed, submission.feed_id).kind)
            now = answers.accepted_rows(kept[submission.id])
            found = difference(answers.accepted_rows(kept[earlier.id]) if earlier else now.clear(), now, rules)
            told = alerts.caused_by(session, submission.id)
        return {"against": str(earlier.id) if earlier else None, **found.as_json(), "alerts": told}, found.cells

    def held(self) -> list[dict[str, Any]]:
        """The submissions that their suites hold, with the reason."""
        with self.sessions() as session:
            return examinations.held(session)
