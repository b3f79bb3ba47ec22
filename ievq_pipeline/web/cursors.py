"""Opaque cursors: a place in a sequence, to be given back as it came."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from ievq_pipeline.domain.errors import BadCall


def cursor(place: int) -> str:
    return urlsafe_b64encode(f"v1:{place}".encode()).decode().rstrip("=")


def place(cursor: str | None) -> int:
    """The place after which to go on; 0 without a cursor. Raises BadCall for anything that we did not give."""
    if not cursor:
        return 0
    try:
        version, _, number = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        if version == "v1" and number.isascii() and number.isdigit() and len(number) < 19:
            return int(number)
    except (Error, ValueError):
        pass
    raise BadCall(why=f"“{cursor[:60]}” is not a cursor of ours")
