"""The text of a cell as the clerk sees it, whatever the workbook's format."""

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

#: integers of more digits have lost some: spreadsheet programs keep fifteen
FIRST_LOSSY = 10**15
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: number formats that every spreadsheet program knows by their number: dates, and those of East Asian dates
DATE_IDS = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?(?:Z|[+-]\d\d:\d\d)?)?")
#: what stands in a number format beside the digits: quoted and escaped text, padding, conditions and colours
ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
DATE_LETTERS = re.compile(r"[ymdhsbe年月日時时分秒]|\[[hms]+\]|AM/PM|上午/下午", re.IGNORECASE)
#: of seconds
FRACTION = re.compile(r"(?<=[sS秒])[.,]0+")
SECONDS = 86_400


class Look(Enum):
    PLAIN = auto()
    DATE = auto()
    ZEROS = auto()


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is shown: as it is, as a date, or with zeros in front up to `width`."""

    look: Look = Look.PLAIN
    width: int = 0


PLAIN, DATE = Format(), Format(Look.DATE)


def format_of(code: str | None, number: int = -1) -> Format:
    """From a format's code such as `yyyy-mm-dd` or `000000`; without one, from its number among the built-in ones."""
    if code is None:
        return DATE if number in DATE_IDS else PLAIN
    bare = ASIDE.sub("", code.split(";", 1)[0]).strip()
    if len(bare) > 1 and not bare.strip("0"):
        return Format(Look.ZEROS, len(bare))
    if bare.casefold() in {"general", "g/通用格式", "@", "standard"} or re.search(r"[#0?]", FRACTION.sub("", bare)):
        return PLAIN
    return DATE if DATE_LETTERS.search(bare) else PLAIN


@lru_cache(1 << 16)
def number(raw: str, look: Format = PLAIN, *, is_1904: bool = False) -> tuple[str, bool]:
    """The text of a number, and whether it has more digits than spreadsheet programs keep."""
    if raw.isascii() and raw.isdigit() and len(raw) < 16 and look is PLAIN:
        return str(int(raw)), False
    try:
        value = float(raw)
    except ValueError:
        return raw, False
    if not math.isfinite(value):
        return raw, False
    if look.look is Look.DATE and (text := date(value, is_1904=is_1904)) is not None:
        return text, False
    if not value.is_integer():
        return format(Decimal(repr(value)), "f"), False
    whole = int(Decimal(raw)) if abs(value) < 1e30 else int(value)
    text = str(whole)
    if look.look is Look.ZEROS and whole >= 0:
        text = text.zfill(look.width)
    return text, abs(whole) >= FIRST_LOSSY


def date(serial: float, *, is_1904: bool = False) -> str | None:
    """A serial number as `2025-07-01`, with the time where it is not midnight; None beyond what is shown as a date."""
    days, seconds = divmod(round(serial * SECONDS), SECONDS)
    if not 0 <= days < 2_958_466 or serial < 0:
        return None
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if days == 0 and not is_1904:
        return time
    if is_1904:
        day = (dt.date(1904, 1, 1) + dt.timedelta(days)).isoformat() if days < 2_957_004 else None
    elif days == 60:  # a day that Lotus 1-2-3 believed in, and all others since
        day = "1900-02-29"
    else:
        day = (dt.date(1899, 12, 30 if days > 60 else 31) + dt.timedelta(days)).isoformat()
    return day if day is None or not seconds else f"{day} {time}"


def iso_date(raw: str) -> str:
    """A date written out, such as `2025-07-01T00:00:00`, the same way."""
    match = ISO.fullmatch(raw.strip())
    if match is None:
        return raw
    day, time, _ = match.groups()
    if time is None:
        return str(day)
    time = time if len(time) == 8 else f"{time}:00"
    return day if time == "00:00:00" else f"{day} {time}"


def unescape(text: str) -> str:
    """Characters that XML can't hold are written `_x000D_` in workbooks."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def boolean(raw: str) -> str:
    return "TRUE" if raw.strip() in {"1", "true", "TRUE"} else "FALSE"
