"""`Retry-After`, in seconds or as a date: how long a server asks us to stay away."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import requests


def asked_for(answer: requests.Response, now: datetime) -> timedelta | None:
    """None where it is not given or makes no sense."""
    given = answer.headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=int(given[:9]))
    try:
        return max(parsedate_to_datetime(given) - now, timedelta())
    except (ValueError, TypeError):
        return None
