"""An alert in one or two sentences that a programme director understands, and why one was withdrawn."""

from collections.abc import Mapping
from typing import Any

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.text import Text

SEVERITY_WORDS = {
    "watch": Text("有所上升", "rose"),
    "surge": Text("激增", "surged"),
    "strong": Text("强激增", "surged strongly"),
    "critical": Text("翻倍激增", "surged to at least double"),
}
#: raw growth that differs from the like-for-like growth by this factor is told beside it: it would mislead
MISLEADING = 1.25


def told(figures: Mapping[str, Any], severity: str, title: Text, region: str | None, *, is_provisional: bool) -> Text:
    """What has risen, by how much, and on what it rests."""
    if "matched" not in figures:
        return (ONE_QUARTER if figures["window"] == 1 else SEVERAL_QUARTERS).format(**_places(figures, severity, title))
    places = _places(figures, severity, title) | {
        "in_zh": f"（{_code(region)}）" if region else "",
        "in_en": f" in {_code(region)}" if region else "",
        "compared": figures["compared"],
    }
    said = [MATCHED_ONE if figures["window"] == 1 else MATCHED_SEVERAL]
    if figures["observed"] is not None and figures["expected"] is not None:
        said.append(COUNTS if figures["expected"] else FROM_NOTHING)
    raw = figures["raw_growth"]
    if raw is not None and not 1 / MISLEADING < raw / figures["growth"] < MISLEADING:
        said.append(RAW)
        places["raw"] = f"{raw:.2f}"
    if is_provisional:
        said.append(PROVISIONAL)
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said)).format(**places)


def ended(figures: Mapping[str, Any], title: Text, quarter: str) -> Text:
    """That an episode came to its end with a quarter."""
    return ENDED.format(**_places(figures, "surge", title), ended=quarter, ended_zh=Quarter.parse(quarter).zh)


def withdrawn(figures: Mapping[str, Any], title: Text, reason: Text) -> Text:
    """That an alert holds no longer, and why."""
    return WITHDRAWN.format(**_places(figures, "surge", title), reason_zh=reason.zh, reason_en=reason.en)


def reason_to_withdraw(
    *, is_hidden: bool, is_late: bool, retest: Mapping[str, Any] | None, is_watched: bool = False
) -> Text:
    """Why: it may not be shown any more, it is only watched now, late files changed the figures, or the closing look
    does not confirm it.
    """
    if is_hidden:
        return HIDDEN
    if is_watched:
        return WATCHED
    cause = LATE if is_late else UNCONFIRMED
    if retest is None:
        return cause
    again = RETESTED.get(retest["reason"], RETESTED_ONLY).format(growth=f"{retest['growth']:.2f}")
    return Text(cause.zh + again.zh, f"{cause.en} {again.en}")


def _code(region: str) -> str:
    """Without its scheme."""
    return region.partition(":")[2] or region


def _places(figures: Mapping[str, Any], severity: str, title: Text) -> dict[str, Any]:
    is_season = figures.get("counted") == "season"
    expected = figures["expected"]
    return {
        "skill_zh": title.zh,
        "skill_en": title.en,
        "quarter": figures["quarter"],
        "quarter_zh": Quarter.parse(figures["quarter"]).zh,
        "window": figures["window"],
        "observed": figures["observed"],
        "expected": None if expected is None else round(expected),
        "growth": f"{figures['growth']:.2f}",
        "lower": f"{figures['lower']:.2f}",
        "upper": f"{figures['upper']:.2f}",
        "against_zh": "往年同季" if is_season else "此前几个季度",
        "against_en": "the same quarters of earlier years" if is_season else "the quarters before",
        "severity_zh": SEVERITY_WORDS[severity].zh,
        "severity_en": SEVERITY_WORDS[severity].en,
    }


MATCHED_ONE = Text(
    "“{skill_zh}”{in_zh}需求{severity_zh}：{quarter_zh}，在前后都有填报的约{compared}家单位中，为预期的{growth}倍"
    "（95%区间{lower}–{upper}）。",
    "Demand for “{skill_en}”{in_en} {severity_en}: in {quarter}, among about {compared} employers that reported before"
    " and now, it was ×{growth} of what was expected (95 % interval {lower}–{upper}).",
)
MATCHED_SEVERAL = Text(
    "“{skill_zh}”{in_zh}需求{severity_zh}：截至{quarter_zh}的{window}个季度，在前后都有填报的约{compared}家单位中，"
    "为预期的{growth}倍（95%区间{lower}–{upper}）。",
    "Demand for “{skill_en}”{in_en} {severity_en}: in the {window} quarters up to {quarter}, among about {compared}"
    " employers that reported before and now, it was ×{growth} of what was expected (95 % interval {lower}–{upper}).",
)
COUNTS = Text(
    "需求约{observed}人，预期约{expected}人。",
    "They sought about {observed} people, where about {expected} were expected.",
)
FROM_NOTHING = Text(
    "需求约{observed}人，预期几乎没有。",
    "They sought about {observed} people, where hardly any were expected.",
)
RAW = Text(
    "若把新加入和退出填报的单位也算上，则为{raw}倍，会使人误解。",
    "Over all who reported, joiners and leavers too, it would read ×{raw}, which misleads.",
)
PROVISIONAL = Text(
    "这是初步结果：本季度关闭前仍可能有填报，届时确认、修订或撤回。",
    "This is provisional: files may still come until the quarter closes, which confirms, revises or withdraws it.",
)
ENDED = Text(
    "“{skill_zh}”的需求预警（{quarter_zh}，为预期的{growth}倍）随{ended_zh}关闭到期，不再有效。",
    "The alert on “{skill_en}” ({quarter}, ×{growth} of what was expected) ran out with quarter {ended}.",
)
WITHDRAWN = Text(
    "撤回“{skill_zh}”的需求预警（{quarter_zh}，为预期的{growth}倍）：{reason_zh}",
    "The alert on “{skill_en}” ({quarter}, ×{growth} of what was expected) is withdrawn: {reason_en}",
)
LATE = Text(
    "此后补报或撤回的填报改变了数据，检验不再认定为激增。",
    "what was filed or taken back since has changed the figures, and the test does not find a surge any more.",
)
UNCONFIRMED = Text("季度关闭时未能确认。", "the closing of the quarter did not confirm it.")
RETESTED_ONLY = Text("重新检验为{growth}倍。", "Tested again, it is ×{growth}.")
#: by the reason for which the new test flagged nothing
RETESTED = {
    Reason.SMALL_GROWTH: Text(
        "重新检验为{growth}倍，增长不足。", "Tested again, it is ×{growth}, which is too little growth."
    ),
    Reason.WIDE_INTERVAL: Text(
        "重新检验为{growth}倍，但区间过宽。", "Tested again, it is ×{growth}, but the interval is too wide to tell."
    ),
    Reason.FALLING_COUNT: Text(
        "重新检验为{growth}倍，但与上年同季相比并未增加。",
        "Tested again, it is ×{growth}, but no more than a year before.",
    ),
    Reason.CHANCE: Text(
        "重新检验为{growth}倍，但可能只是偶然。", "Tested again, it is ×{growth}, which may be chance."
    ),
}
WATCHED = Text(
    "新的数据低于激增的标准，现仅继续观察。",
    "with the new figures it is below what is called a surge, and only watched.",
)
HIDDEN = Text(
    "其数据背后的单位过少，不能再公布。", "too few employers stand behind its figures now for them to be shown."
)
ONE_QUARTER = Text(
    "“{skill_zh}”需求{severity_zh}：{quarter_zh}有{observed}条招聘提到它，"
    "按{against_zh}预期约{expected}条，为预期的{growth}倍（95%区间{lower}–{upper}）。"
    "该来源只有总量，无法比对同一批单位，可信度较低。",
    "Demand for “{skill_en}” {severity_en}: {observed} postings named it in {quarter}, about {expected} were"
    " expected from {against_en}: ×{growth} (95 % interval {lower}–{upper}). The source gives totals only, so the same"
    " reporters cannot be compared: low confidence.",
)
SEVERAL_QUARTERS = Text(
    "“{skill_zh}”需求{severity_zh}：截至{quarter_zh}的{window}个季度有{observed}条招聘提到它，"
    "按{against_zh}预期约{expected}条，为预期的{growth}倍（95%区间{lower}–{upper}）。"
    "该来源只有总量，无法比对同一批单位，可信度较低。",
    "Demand for “{skill_en}” {severity_en}: {observed} postings named it in the {window} quarters up to"
    " {quarter}, about {expected} were expected from {against_en}: ×{growth} (95 % interval {lower}–{upper}). The"
    " source gives totals only, so the same reporters cannot be compared: low confidence.",
)
