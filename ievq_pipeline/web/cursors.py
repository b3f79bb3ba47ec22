"""Opaque cursors: a place in a sequence, to be given back as it came."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.text import Text

NOT_OURS = Text("“{given}”不是本系统给出的游标", "“{given}” is not a cursor of ours")


def cursor(place: int) -> str:
    return urlsafe_b64encode(f"v1:{place}".encode()).decode().rstrip("=")


def place(given: str | None) -> int:
    """The place after which to go on; 0 without a cursor. Raises BadCall for anything that we did not give."""
    if not given:
        return 0
    try:
        version, _, number = urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode().partition(":")
        if version == "v1" and number.isascii() and number.isdigit() and cursor(int(number[:18])) == given:
            return int(number)
    except ValueError:
        pass
    raise BadCall(why=NOT_OURS.format(given=given[:60]))
