"""The moments that as-of questions name: a date, an instant, or a place in the order of what was known."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from ievq_pipeline.domain.errors import NotAMoment
from ievq_pipeline.domain.period import SHANGHAI

PLACE = re.compile(r"seq:([0-9]{1,18})")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def cut(text: str, cut_at: Callable[[datetime], int]) -> int:
    """The place in the order of what was known that `text` names; `cut_at` gives that of an instant.

    A date stands for its end in Asia/Shanghai, where the calendar is kept. Raises NotAMoment.
    """
    spelled = text.strip()
    if place := PLACE.fullmatch(spelled):
        return int(place[1])
    try:
        if DATE.fullmatch(spelled):
            following = datetime.combine(date.fromisoformat(spelled) + timedelta(days=1), time(), SHANGHAI)
            return cut_at(following.astimezone(UTC) - timedelta(microseconds=1))
        instant = datetime.fromisoformat(spelled)
    except (ValueError, OverflowError):
        raise NotAMoment(name=text) from None
    if instant.tzinfo is None:
        raise NotAMoment(name=text)
    return cut_at(instant.astimezone(UTC))
