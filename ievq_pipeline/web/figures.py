"""How figures, quarters and dates are written on the page, in the charts and in the alert feeds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil

from ievq_pipeline.domain.disclosure import ROUNDED_TO
from ievq_pipeline.domain.period import SHANGHAI, Quarter, calendar_date

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def count(value: float | None) -> str:
    """A number of postings or people: 1,234; an expectation below ten keeps one digit."""
    if value is None:
        return "–"
    return f"{value:,.1f}" if value < 10 and value != round(value) else f"{value:,.0f}"


def rounded(value: float) -> str:
    """A count that was rounded before it was told: 25, and <3 for one that was rounded to nothing."""
    return count(value) if value else f"<{ceil(ROUNDED_TO / 2)}"


def about(value: float, language: str) -> str:
    """The same in a sentence: 约25, about 25."""
    return f"{'约' if language == 'zh' else 'about '}{rounded(value)}" if value else rounded(value)


def band(edges: Mapping[str, float | None], language: str) -> str:
    """A ratio told by its band alone: 1.3–1.6, 2.0 or more, below 1.0."""
    low, high = edges["from"], edges["below"]
    if low is None and high is not None:
        return f"不到{high:.1f}" if language == "zh" else f"below {high:.1f}"
    if low is not None and high is None:
        return f"{low:.1f}或以上" if language == "zh" else f"{low:.1f} or more"
    return "–" if low is None else f"{low:.1f}–{high:.1f}"


def portion(part: float, whole: float) -> str:
    """A share in per cent: 85%, and <1% or >99% for what would be rounded to nothing or to all."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    if part and not percent:
        return "<1%"
    return ">99%" if percent == 100 and part < whole else f"{percent}%"


def ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def probability(value: float | None) -> str:
    """A probability with two figures: 0.0042, or 1.0×10⁻⁶ where it is small."""
    if value is None:
        return "–"
    if value >= 0.001:
        return f"{value:.2g}"
    if value <= 0:
        return "<10⁻³⁰⁰"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def quarter(name: str, language: str) -> str:
    found = Quarter.parse(name)
    return found.zh if language == "zh" else f"{found.year} Q{found.number}"


def short_quarter(name: str, language: str) -> str:
    found = Quarter.parse(name)
    return f"{found.year}年{found.number}季" if language == "zh" else f"{found.year} Q{found.number}"


def quarter_span(names: Sequence[str], language: str) -> str:
    """A run of quarters by its ends, one quarter by its name, others one by one."""
    if len(names) < 2:
        return "".join(quarter(name, language) for name in names) or "–"
    found = sorted(Quarter.parse(name) for name in names)
    if found[-1].index - found[0].index == len(found) - 1:
        return "–".join(short_quarter(str(end), language) for end in (found[0], found[-1]))
    return ("、" if language == "zh" else ", ").join(short_quarter(str(each), language) for each in found)


def day(value: str | date | None, language: str) -> str:
    """A date, or the day in China of a moment: 2026年12月9日, 9 December 2026."""
    if not value:
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = calendar_date(value)
    return (
        f"{value.year}年{value.month}月{value.day}日"
        if language == "zh"
        else f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    )


def minute(value: datetime, language: str) -> str:
    return f"{day(value, language)}{'' if language == 'zh' else ', '}{value.astimezone(SHANGHAI):%H:%M}"
