"""A mail to a feed's contact: what it is about, to which address, and when to try again."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ievq_pipeline.domain.delivery import JITTER, WAITS
from ievq_pipeline.domain.errors import NotAnAddress

#: the sort of mail that tells of a file that was not taken; the others are reminders
ANSWER = "answer"
#: as mail servers take it everywhere: letters, digits and a few signs, no quotes; the domain as it is looked up
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)"
)
LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64


class MailState(StrEnum):
    PENDING = "pending"  #: waits for its next attempt
    SENT = "sent"  #: a mail server has taken it over
    MOOT = "moot"  #: not needed any more before it went out
    DEAD = "dead"  #: given up


@dataclass(frozen=True, slots=True)
class Sending:
    """How one attempt went: the mail server's reply code, where there was one, and its words or ours.

    `is_final`: the server will never take a mail for this address, so that trying again is no use.
    """

    status: int | None
    said: str
    is_final: bool = False

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_heard(self) -> bool:
        """Whether the server said anything about this mail; if not, others will fare no better now."""
        return self.status is not None


def read_address(text: str) -> str:
    """The address as it is kept, its domain in small letters. Raises NotAnAddress."""
    spelled = text.strip()
    found = ADDRESS.fullmatch(spelled) if len(spelled) <= LONGEST_ADDRESS else None
    local, _, domain = spelled.rpartition("@")
    if found is None or len(local) > LONGEST_LOCAL:
        raise NotAnAddress(name=text)
    return f"{local}@{domain.lower()}"


def next_wait(attempts: int, sending: Sending, luck: float) -> timedelta | None:
    """How long to wait after failed attempt number `attempts` (from 1); None: give up.

    `luck` in 0-1 adds up to 10 %.
    """
    if sending.is_final or attempts > len(WAITS):
        return None
    return WAITS[attempts - 1] * (1 + JITTER * luck)
