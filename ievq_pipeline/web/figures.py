"""How figures, quarters and dates are written on the page, in the charts and in the alert feeds."""

from collections.abc import Sequence
from datetime import date, datetime

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
