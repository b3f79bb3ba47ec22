"""Every word that the page, the charts and the alert feeds add of their own, in Chinese and English.

What an alert says is its own `sentence`; here are only the labels around it. Chinese entries hold no typed space beside
Latin letters or digits: the stylesheet makes that gap.
"""

# ruff: noqa: E501 - a table of wording, one row an entry

import re

from ievq_pipeline.domain.text import LANGUAGES, Text

#: what `<html lang>` and the feeds call the two languages
TAGS = {"zh": "zh-Hans-CN", "en": "en"}
#: what no XML document may hold, and what turns the direction of the text around it, whatever a source called its skill
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")

WORDS: dict[str, Text] = {
    "system": Text("新质技术动态数据库", "New Quality Technology Dynamic Database"),
    "alerts": Text("技能预警", "Skill alerts"),
    "tagline": Text(
        "每个季度检验一次：哪些技能的需求明显高于预期。",
        "Tested once a quarter: the skills sought clearly more than expected.",
    ),
    "skip": Text("跳到正文", "Skip to the content"),
    "other_language": Text("English", "中文"),
    "all_alerts": Text("全部预警", "All alerts"),
    "explain_title": Text("怎么读", "How to read this"),
    "explain_alert": Text(
        "一条预警表示：某项技能这个季度的需求，明显高于它自己的以往水平和整个市场的变化所能解释的程度。"
        "倍数是实际与预期之比；1.3倍起为激增，1.6倍起为强激增，2倍起为翻倍激增，每一级还要求95%区间的下限足够高。",
        "An alert says that a skill was sought clearly more in a quarter than its own past and the market as a whole explain. "
        "The ratio is observed to expected: a surge from 1.3 times, strong from 1.6, doubled from 2, "
        "each with a 95% interval whose lower end is high enough.",
    ),
    "explain_unmatched_title": Text("未匹配，低置信度", "Unmatched, low confidence"),
    "explain_unmatched": Text(
        "有的来源只给出总数，看不出数字背后是谁，因此无法只比较前后都报送的单位（未匹配）；"
        "倍数里可能混有来源本身的变化。这类预警提示该留意什么，不宜单独作为开课的依据。",
        "Some sources give totals only and not who stands behind them, so the same reporters cannot be compared before and after "
        "(unmatched): part of the growth may come from changes in the source itself. "
        "Such an alert says where to look, and is not enough by itself to open a course.",
    ),
    "explain_evidence": Text(
        "p是没有增长时出现这样结果的概率；q是把至少同样明显的结果都报出来时，其中误报的预期比例。",
        "p is the chance of such a result without growth; "
        "q is the share of false alerts to be expected if everything at least as clear were alerted.",
    ),
    "legend_observed": Text("实际", "observed"),
    "legend_expected": Text("预期", "expected"),
    "legend_window": Text("激增的季度", "quarters of the surge"),
    "legend_missing": Text("没有数据，不是零", "no data, which is not zero"),
    "legend": Text("图例", "Key to the charts"),
    "use_title": Text("使用这些数据", "Use these alerts"),
    "json_feed": Text("JSON Feed", "JSON Feed"),
    "atom_feed": Text("Atom订阅", "Atom feed"),
    "api": Text("接口说明（OpenAPI）", "API description (OpenAPI)"),
    "api_alerts": Text("预警接口（JSON）", "Alerts by API (JSON)"),
    "count_one": Text("1条预警", "1 alert"),
    "count_many": Text("{n}条预警", "{n} alerts"),
    "tested": Text(
        "已检验{quarters}个季度，累计{series}次（序列×季度）；最近一季为{last}。",
        "Tested so far: {quarters} quarters, {series} tests (series × quarters); the latest is {last}.",
    ),
    "empty_title": Text("还没有预警", "No alert yet"),
    "empty_tested": Text(
        "检验过的序列都在预期范围内。", "Everything that was tested lies within expectation."
    ),
    "empty_untested": Text(
        "还没有季度关闭。季度关闭后才检验，预警会出现在这里。",
        "No quarter has closed yet. Testing follows a quarter's closing; alerts then appear here.",
    ),
    "older": Text("更早的预警", "Older alerts"),
    "headline": Text("对「{skill}」的需求是预期的{ratio}倍", "Demand for {skill} is {ratio} times what was expected"),
    "headline_past": Text("对「{skill}」的需求曾是预期的{ratio}倍", "Demand for {skill} was {ratio} times what was expected"),
    "headline_region": Text(
        "{region}对「{skill}」的需求是预期的{ratio}倍", "Demand for {skill} in {region} is {ratio} times what was expected"
    ),
    "headline_region_past": Text(
        "{region}对「{skill}」的需求曾是预期的{ratio}倍", "Demand for {skill} in {region} was {ratio} times what was expected"
    ),
    "severity": Text("级别", "Severity"),
    "severity_watch": Text("留意", "Watch"),
    "severity_surge": Text("激增", "Surge"),
    "severity_strong": Text("强激增", "Strong surge"),
    "severity_critical": Text("翻倍激增", "Surge: doubled"),
    "state_active": Text("有效", "In force"),
    "state_provisional": Text("暂定", "Provisional"),
    "state_withdrawn": Text("已撤回", "Withdrawn"),
    "state_expired": Text("已到期", "Expired"),
    "state_superseded": Text("已被取代", "Superseded"),
    "notice_issued": Text("发布", "Issued"),
    "notice_updated": Text("更新", "Updated"),
    "notice_withdrawn": Text("撤回", "Withdrawn"),
    "notice_expired": Text("到期", "Expired"),
    "notice_superseded": Text("被取代", "Superseded"),
    "reason_evidence_revised": Text("数据被更正，倍数低于预警界线", "the data were corrected and the ratio fell below the threshold"),
    "reason_evidence_removed": Text("所依据的数据被撤回", "the data behind it were withdrawn"),
    "reason_detector_error": Text("检验程序有误", "the test itself was in error"),
    "reason_manual": Text("人工撤回", "withdrawn by hand"),
    "withdrawn_note": Text("这条预警已撤回：{reason}。", "This alert was withdrawn: {reason}."),
    "withdrawn_note_bare": Text("这条预警已撤回。", "This alert was withdrawn."),
    "expired_note": Text("这条预警已到期，所述情况不再检验。", "This alert has expired; what it says is no longer tested."),
    "superseded_note": Text("这条预警已被另一条取代。", "This alert was superseded by another."),
    "issued_on": Text("{day}发布", "issued {day}"),
    "revision_n": Text("第{n}版", "revision {n}"),
    "growth": Text("倍数", "Ratio"),
    "interval": Text("95%区间{lower}–{upper}", "95% interval {lower}–{upper}"),
    "quarter": Text("季度", "Quarter"),
    "region": Text("地区", "Region"),
    "industry": Text("行业", "Industry"),
    "window": Text("窗口", "Window"),
    "window_one": Text("1个季度", "1 quarter"),
    "window_many": Text("{n}个季度", "{n} quarters"),
    "observed": Text("实际", "Observed"),
    "expected": Text("预期", "Expected"),
    "matched": Text("可比单位", "Matched reporters"),
    "in_force_until": Text("有效至", "In force until"),
    "was_in_force_until": Text("原定有效至", "Would have run until"),
    "expired_on": Text("到期日", "Expired on"),
    "basis": Text("依据", "Basis"),
    "basis_totals": Text("总数来源{name}", "Totals source {name}"),
    "basis_job_demand": Text("岗位需求", "Job demand"),
    "basis_technology": Text("技术", "Technology"),
    "unmatched": Text("未匹配，低置信度", "unmatched, low confidence"),
    "chart_title": Text("各季度的实际与预期：{skill}", "Observed and expected by quarter: {skill}"),
    "chart_subtitle": Text(
        "实线为实际，虚线为预期，阴影为激增的季度，斜线为没有数据。",
        "Solid: observed. Dashed: expected. Shaded: the quarters of the surge. Hatched: no data.",
    ),
    "chart_span": Text("{first}至{last}的折线图。", "Line chart from {first} to {last}."),
    "chart_point": Text(
        "{quarter}实际{observed}，预期{expected}。", "In {quarter}: {observed} observed, {expected} expected."
    ),
    "chart_missing": Text("没有数据的季度：{quarters}。", "Quarters without data: {quarters}."),
    "no_data": Text("没有数据", "no data"),
    "table_summary": Text("以表格查看这些数字", "Show these figures as a table"),
    "table_caption": Text("各季度的实际与预期", "Observed and expected, by quarter"),
    "exposure": Text("来源总量", "All of the source"),
    "role": Text("用途", "Used as"),
    "role_window": Text("激增", "surge"),
    "role_baseline": Text("基线", "baseline"),
    "role_season": Text("同季基线", "same-season baseline"),
    "role_both": Text("基线，同季基线", "baseline, same-season baseline"),
    "evidence_title": Text("证据", "Evidence"),
    "evidence_counts": Text(
        "{window}实际{observed}，照以往水平和来源总量的变化，预期是{expected}。倍数{ratio}，95%区间{lower}–{upper}。",
        "{observed} observed in {window}; going by its own record and the size of the source, {expected} were expected. "
        "Ratio {ratio}, 95% interval {lower}–{upper}.",
    ),
    "evidence_baselines": Text(
        "与前面{n}个季度（{quarters}）相比是{baseline}倍，与往年同季（{seasons}）相比是{season}倍；两个检验都要成立。",
        "Against {n} earlier quarters ({quarters}) it is {baseline} times, against the same season of earlier years ({seasons}) "
        "{season} times; both tests have to hold.",
    ),
    "evidence_year": Text("绝对数是一年前的{year}倍。", "Counted absolutely, it is {year} times the year before."),
    "evidence_test": Text("p={p}，q={q}；规则{rule}，数据版本{vintage}。", "p = {p}, q = {q}; rule {rule}, data as of {vintage}."),
    "revisions": Text("版本", "Revisions"),
    "cite": Text("引用", "Cite as"),
    "colon": Text("：", ": "),
    "comma": Text("，", ", "),
    "alert_json": Text("本预警（JSON）", "This alert (JSON)"),
    "evidence_json": Text("完整证据（JSON）", "Full evidence (JSON)"),
    "generated": Text("本页生成于{time}（北京时间）", "Page made {time} (China time)"),
}  # fmt: skip


def words(language: str) -> dict[str, str]:
    """All entries in one language, for templates."""
    return {key: text[language] for key, text in WORDS.items()}


def of(language: str) -> str:
    """The language to speak: one of ours, Chinese where another was asked for."""
    return language if language in LANGUAGES else "zh"


def other(language: str) -> str:
    return "en" if language == "zh" else "zh"


def printable(text: str) -> str:
    """The text with what XML cannot hold replaced, so that no name can break a feed."""
    return UNPRINTABLE.sub("\ufffd", text)
