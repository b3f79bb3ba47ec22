"""Coverage on the page of a quarter: as the closing kept it, in groups of which nobody can be picked out."""

from collections.abc import Mapping, Sequence
from typing import Any

from ievq_pipeline.domain.coverage import DIMENSIONS, Covered, Shown, of, shown
from ievq_pipeline.domain.organisation import VALUES, Dimension
from ievq_pipeline.domain.text import Text
from ievq_pipeline.web import figures, regions
from ievq_pipeline.web.quarter_steps import kind_title

TITLE = Text("各类单位的覆盖情况（关闭时）", "Coverage at the closing")
NOTE = Text(
    "应报与已报单位数取整到 5；不足 5 家的分组合并显示，分组按季度末的登记信息。",
    "Reporters expected and heard, rounded to 5. Groups of fewer than five stand together; groups are those of the"
    " quarter's end.",
)
OPEN = Text(
    "季度关闭时统计；分组不足 5 家时不显示。", "Kept when the quarter closes, where groups are of five or more."
)
HEADINGS = (
    Text("分组", "group"), Text("应报单位", "expected"), Text("已报单位", "heard"), Text("已报占比", "share heard"),
)  # fmt: skip
BY = {
    Dimension.OWNERSHIP: Text("所有制", "Ownership"),
    Dimension.SCALE: Text("规模", "Scale"),
    Dimension.ACCREDITATION: Text("认定", "Accreditation"),
    Dimension.REGION: Text("地区", "Region"),
}
NOT_TOLD = Text("未登记", "not told")
TOGETHER = Text("其他各组合计", "others together")


def section(kept: Mapping[str, Sequence[Covered]], language: str) -> dict[str, Any]:
    """What the page shows: title, note, headings, and rows by kind of feed and dimension."""
    rows = [
        {"title": title, "numbers": _numbers(one)}
        for basis, covered in sorted(kept.items())
        for dimension in DIMENSIONS
        for one in shown(of(covered, dimension))
        for title in [
            " · ".join((kind_title(basis, language), BY[dimension][language], _title(one, dimension, language)))
        ]
    ]
    return {
        "title": TITLE[language],
        "note": (NOTE if rows else OPEN)[language],
        "headings": [heading[language] for heading in HEADINGS],
        "rows": rows,
    }


def _numbers(one: Shown) -> list[str]:
    return [figures.rounded(one.expected), figures.rounded(one.received), figures.portion(one.received, one.expected)]


def _title(one: Shown, dimension: Dimension, language: str) -> str:
    if len(one.values) > 1:
        return TOGETHER[language]
    [value] = one.values
    if value is None:
        return NOT_TOLD[language]
    known = VALUES.get(dimension, {}).get(value)
    return known[language] if known else regions.title(value, language)
