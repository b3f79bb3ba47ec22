"""Remind: reminders, and answers that are not yes → mailed to the feed's contacts once each, and how it went."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from urllib.parse import quote
from uuid import UUID

import structlog
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answer_links
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.adapters.smtp import MailServer, Post
from ievq_pipeline.db import mails
from ievq_pipeline.db.mails import Claimed
from ievq_pipeline.domain.letter import Links, letter
from ievq_pipeline.domain.mail import next_wait

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Office:
    """What mails are sent with: the way to the mail server, and what the links in them are made of."""

    post: Post
    public_url: str
    secret_box: SecretBox

    @classmethod
    def of(
        cls, egress: Egress, smtp_url: SecretStr | None, sender: str, public_url: str, secret_box: SecretBox
    ) -> Self | None:
        """None where no mail server is set."""
        if smtp_url is None:
            return None
        return cls(Post(egress, MailServer.parse(smtp_url.get_secret_value()), sender), public_url, secret_box)

    def links(self, claimed: Claimed) -> Links:
        occasion, root = claimed.occasion, self.public_url
        told = occasion.not_taken
        return Links(
            quarter=f"{root}/quarters/{occasion.quarter}?lang={claimed.language}",
            template=f"{root}/v1/feeds/{quote(occasion.feed, safe='')}/template.xlsx?quarter={occasion.quarter}",
            submit=f"{root}/v1/submissions",
            submission=self._answer(told.submission_id, claimed.api_key_id) if told else "",
        )

    def _answer(self, submission_id: str, api_key_id: UUID | None) -> str:
        """The page of an answer, which opens for some days without a key; where no key handed it in, its address."""
        if api_key_id is None:
            return f"{self.public_url}/v1/submissions/{submission_id}"
        token = answer_links.token(self.secret_box, submission_id, api_key_id)
        return f"{self.public_url}/submissions/{submission_id}?token={token}"


def run_waiting(
    sessions: sessionmaker[Session],
    office: Office | None,
    *,
    today: date,
    is_stopping: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Mail everything that is due; returns the ids of the mails tried. Without a mail server nothing is done.

    No transaction is open while something is sent. A mail whose reader needs it no more is not sent, and says why. A
    kill between sending and writing that down has the mail sent once more after its claim ran out, under the same
    Message-ID. A server that says nothing ends the round: what waits behind would fare no better.
    """
    if office is None:
        return []
    with sessions.begin() as session:
        mails.address(session, today)
    tried: list[str] = []
    while not is_stopping():
        with sessions.begin() as session:
            waiting = mails.claim(session)
            claimed = mails.begin(session, waiting, today) if waiting is not None else None
        if waiting is None:
            break
        if claimed is not None:
            tried.append(str(claimed.id))
            if not _send(sessions, office, claimed):
                break
    return tried


def _send(sessions: sessionmaker[Session], office: Office, claimed: Claimed) -> bool:
    """Whether the server said anything, good or bad."""
    written = letter(claimed.occasion, office.links(claimed), claimed.language)
    sending = office.post.send(claimed.address, written, claimed.id, datetime.now(UTC), claimed.language)
    luck = zlib.crc32(f"{claimed.id}:{claimed.attempts}".encode()) / 2**32
    wait = None if sending.is_success else next_wait(claimed.attempts, sending, luck)
    with sessions.begin() as session:
        mails.record(session, claimed, sending, wait)
    log.info(
        "remind.tried",
        mail_id=str(claimed.id),
        feed=claimed.occasion.feed,
        quarter=str(claimed.occasion.quarter),
        sort=claimed.occasion.sort,
        status=sending.status,
        said=None if sending.is_success else sending.said,
        again_in_s=wait.total_seconds() if wait else None,
    )
    return sending.is_heard or sending.is_final
