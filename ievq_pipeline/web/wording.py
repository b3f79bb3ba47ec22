"""Every word that the page, the charts and the alert feeds add of their own, in Chinese and English.

What an alert says is its own `sentence`; here are only the labels around it. Chinese entries hold no typed space beside
Latin letters or digits: the stylesheet makes that gap.
"""

# ruff: noqa: E501 - a table of wording, one row an entry

import re

from ievq_pipeline.domain.disclosure import LARGEST_SHARE, MINIMUM_REPORTERS, ROUNDED_TO
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
    "explain_matched_title": Text("匹配", "Matched reporters"),
    "explain_matched": Text(
        "报送单位自己报的数据只比较这个季度和此前都报送过的单位，每家都与它自己的以往相比，所以单位的进出不会造成激增。"
        "人数和家数都取整到{to}；报送单位不足{minimum}家，或一家占{share}以上的数字不公开。",
        "Of data filed by reporters, only those are compared who reported this quarter and before, each with its own past: "
        "nobody's joining or leaving makes a surge. Counts are rounded to {to}; figures with fewer than {minimum} reporters "
        "behind them, or one of them with more than {share}, are not shown.",
    ).format(to=ROUNDED_TO, minimum=MINIMUM_REPORTERS, share=f"{LARGEST_SHARE:.0%}"),
    "explain_evidence": Text(
        "p是没有增长时出现这样结果的概率；q是把至少同样明显的结果都报出来时，其中误报的预期比例。",
        "p is the chance of such a result without growth; "
        "q is the share of false alerts to be expected if everything at least as clear were alerted.",
    ),
    "legend_observed": Text("实际", "observed"),
    "legend_expected": Text("预期", "expected"),
    "legend_window": Text("激增的季度", "quarters of the surge"),
    "legend_missing": Text("没有数据，不是零", "no data, which is not zero"),
    "legend_raw": Text("全部报送单位", "all who reported"),
    "legend_baseline": Text("基线", "baseline"),
    "legend_hidden": Text("不公开", "not shown"),
    "legend": Text("图例", "Key to the charts"),
    "use_title": Text("使用这些数据", "Use these alerts"),
    "json_feed": Text("JSON Feed", "JSON Feed"),
    "atom_feed": Text("Atom订阅", "Atom feed"),
    "api": Text("接口说明（OpenAPI）", "API description (OpenAPI)"),
    "api_alerts": Text("预警接口（JSON）", "Alerts by API (JSON)"),
    "pages": Text("页面", "Pages"),
    "in_force_title": Text("有效的预警：{n}条", "In force: {n}"),
    "ended_title": Text("已结束的预警：{n}条", "No longer in force: {n}"),
    "none_in_force": Text("现在没有有效的预警。", "No alert is in force now."),
    "filter": Text("按依据", "By basis"),
    "every_basis": Text("全部", "All"),
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
    "headline": Text("对「{skill}」的需求{was}预期的{ratio}倍", "Demand for {skill} {was} {ratio} times what was expected"),
    "headline_region": Text(
        "{region}对「{skill}」的需求{was}预期的{ratio}倍", "Demand for {skill} in {region} {was} {ratio} times what was expected"
    ),
    "headline_family_region": Text(
        "{region}对「{skill}」一类技能的需求{was}预期的{ratio}倍",
        "Demand for skills of the family {skill} in {region} {was} {ratio} times what was expected",
    ),
    "is_now": Text("是", "is"),
    "was_then": Text("曾是", "was"),
    "subject_region": Text("{skill}（{region}）", "{skill} ({region})"),
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
    "change_confirmed": Text("关闭检验确认", "confirmed by the closing look"),
    "change_provisional": Text("第一次检验有新结果，待关闭检验确认", "a first look found something new, to be confirmed by the closing look"),
    "change_severity": Text("级别由{before}变为{after}", "severity from {before} to {after}"),
    "change_growth": Text("倍数由{before}变为{after}", "ratio from {before} to {after}"),
    "change_quarter": Text("改以{quarter}的检验为依据", "now rests on the test of {quarter}"),
    "change_nothing": Text("级别和倍数不变", "severity and ratio unchanged"),
    "semicolon": Text("；", "; "),
    "stop": Text("。", "."),
    "caused_one": Text("起因：上次检验之后有1次报送改变了数据。", "Cause: 1 submission changed the data since the look before."),
    "caused_many": Text("起因：上次检验之后有{n}次报送改变了数据。", "Cause: {n} submissions changed the data since the look before."),
    "look_first": Text("{quarter}的第一次检验", "First look at {quarter}"),
    "look_closing": Text("{quarter}的关闭检验", "Closing look at {quarter}"),
    "look_revision": Text("{quarter}的复检", "Later look at {quarter}"),
    "vintage_closing": Text("{quarter}关闭时的数据", "data as of the closing of {quarter}"),
    "vintage_first": Text("{quarter}第一次检验时的数据", "data as of the first look at {quarter}"),
    "next_closing": Text(
        "{day}前后季度关闭，再检验一次：确认、修订或撤回。",
        "About {day} the quarter closes, and it is tested again: confirmed, revised or withdrawn.",
    ),
    "to_come": Text("接下来", "To come"),
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
    "chart_span": Text("{first}至{last}的折线图。", "Line chart from {first} to {last}."),
    "chart_point": Text(
        "{quarter}实际{observed}，预期{expected}。", "In {quarter}: {observed} observed, {expected} expected."
    ),
    "chart_missing": Text("没有数据的季度：{quarters}。", "Quarters without data: {quarters}."),
    "chart_hidden": Text("不公开的季度：{quarters}。", "Quarters not shown: {quarters}."),
    "chart_baseline": Text("基线：{quarters}。", "Baseline: {quarters}."),
    "raw": Text("全部", "All"),
    "hidden": Text("不公开", "not shown"),
    "raw_column": Text("全部报送单位", "All who reported"),
    "compared": Text("可比单位数", "Reporters compared"),
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
    "evidence_matched": Text(
        "{matched}家单位这个季度和此前都报送过（匹配）；下面的数字出自其中{compared}家，它们在窗口或基线里报过这项需求。",
        "Matched: {matched} employers reported this quarter and before. The figures are those of {compared} of them, who named this demand in the window or the baseline.",
    ),
    "evidence_panel": Text(
        "{window}它们共需要{observed}人；照它们自己在{baseline}的水平、行情和季节，预期是{expected}人。倍数{ratio}，95%区间{lower}–{upper}。",
        "In {window} they sought {observed} people; going by their own record in {baseline}, the market and the season, {expected} were expected. "
        "Ratio {ratio}, 95% interval {lower}–{upper}.",
    ),
    "evidence_panel_bare": Text(
        "{window}与{baseline}的水平、行情和季节相比，倍数是{ratio}，95%区间{lower}–{upper}；人数不公开。",
        "Against their own record in {baseline}, the market and the season, the ratio in {window} is {ratio}, 95% interval {lower}–{upper}; the counts are not shown.",
    ),
    "evidence_weighted": Text(
        "倍数按单位加权，取整之前算出，因此不等于这两个约数之商。",
        "The ratio weighs the employers and was taken before rounding, so it is not the quotient of these two counts.",
    ),
    "evidence_up": Text("这些单位里约{portion}的需求上升。", "About {portion} of these employers sought more."),
    "evidence_without_top": Text("去掉最大的一家，倍数是{band}。", "Without the largest one the ratio is {band}."),
    "evidence_raw": Text(
        "全部报送单位（包括新来的和不再报送的）合计是{raw}倍：未经匹配，只供对照。",
        "All who reported, joiners and leavers included, come to {raw} times: unmatched, for comparison only.",
    ),
    "evidence_raw_hidden": Text("全部报送单位的合计不公开。", "The sum of all who reported is not shown."),
    "evidence_retest": Text(
        "重新检验得{ratio}倍，95%区间{lower}–{upper}。", "Tested again, the ratio is {ratio}, 95% interval {lower}–{upper}."
    ),
    "effective": Text("等效单位数", "Effective reporters"),
    "vintage": Text("数据版本", "Vintage"),
    "rule": Text("规则", "Rule"),
    "quarters": Text("季度", "Quarters"),
    "quarters_tagline": Text(
        "每个季度怎样收报、检验和修订，都记在这里：只有数目，没有名单。",
        "How each quarter was filed, tested and revised: in numbers, without names.",
    ),
    "no_quarters": Text("还没有季度。", "There is no quarter yet."),
    "all_quarters": Text("全部季度", "All quarters"),
    "calendar": Text("日程", "Calendar"),
    "state": Text("状态", "State"),
    "quarter_planned": Text("未开放", "Planned"),
    "quarter_open": Text("收报中", "Open"),
    "quarter_closed": Text("已关闭", "Closed"),
    "mode": Text("方式", "Mode"),
    "mode_live": Text("实时", "Live"),
    "mode_history": Text("历史", "History"),
    "mode_mixed": Text("部分为历史", "Partly history"),
    "opens_on": Text("开放", "Opens"),
    "due_on": Text("应报", "Due"),
    "closes_on": Text("计划关闭", "Due to close"),
    "closed_on": Text("实际关闭", "Closed"),
    "course": Text("经过", "What happened"),
    "step_planned": Text("{day}开放填报。", "Opens for files on {day}."),
    "step_opened": Text("开放填报。", "Opened for files."),
    "step_history": Text("作为历史载入：这里开始的激增不发通知。", "Loaded as history: what begins here gives no notice."),
    "step_received": Text(
        "{kind}：{feeds}个填报渠道（应有{expected}个）按时报送，共{files}份文件。",
        "{kind}: {feeds} of {expected} feeds filed in time; files: {files}.",
    ),
    "step_rejected": Text(
        "{kind}：被退回的文件{n}份，每处毛病都写明在哪一格。", "{kind}: files rejected, every fault named by its cell: {n}."
    ),
    "step_mended": Text("{kind}：改正后重报并受理的填报渠道{n}个。", "{kind}: feeds whose mended file was then accepted: {n}."),
    "step_quarantined": Text("{kind}：受理而部分行被隔离的文件{n}份。", "{kind}: files accepted with some rows set aside: {n}."),
    "step_overlapped": Text(
        "{kind}：与另一渠道重叠的填报{n}份（NQ-OVERLAP）：留存，不计入。",
        "{kind}: filings that another feed's go before (NQ-OVERLAP): {n}, kept and not counted.",
    ),
    "step_withdrawn": Text("{kind}：报送方撤回的文件{n}份。", "{kind}: files withdrawn by their submitters: {n}."),
    "step_closed": Text("季度关闭，截取数据版本（{seq}）。", "The quarter closed, and its vintage was cut ({seq})."),
    "step_late": Text("{kind}：关闭后收到文件{files}份，填报{filings}份，{vintage}。", "{kind}: files that came after the closing: {files}, with filings: {filings}; {vintage}."),
    "late_from": Text("从{quarter}关闭时的数据版本起计入", "they count from the vintage of {quarter} on"),
    "late_next": Text("下一个季度关闭时起计入", "they count from the next closing on"),
    "late_nothing": Text("都没有计入", "none of them counts"),
    "step_look": Text("{look}，依据{basis}：检验{tested}个序列。", "{look}, basis {basis}: series tested: {tested}."),
    "by_kind": Text("按报送类别", "By kind of feed"),
    "kind": Text("报送类别", "Kind of feed"),
    "feeds_expected": Text("应报渠道", "Feeds expected"),
    "feeds_in_force": Text("已生效", "In force"),
    "files": Text("文件", "Files"),
    "late": Text("迟报", "Late"),
    "rejected": Text("退回", "Rejected"),
    "mended": Text("改正受理", "Mended"),
    "quarantined": Text("部分隔离", "Rows set aside"),
    "filings": Text("填报单元", "Filings"),
    "counted": Text("计入", "Counted"),
    "overlapped": Text("重叠", "Overlapped"),
    "by_kind_note": Text(
        "填报单元是一份文件里一家单位的部分；重叠的留存而不计入。改正受理按填报渠道计。",
        "A filing is one reporter's part of a file; overlapped ones are kept and not counted. Mended counts feeds.",
    ),
    "silence": Text("关闭时的沉默", "Silence at the closing"),
    "silence_open": Text("季度关闭时统计。", "Counted when the quarter closes."),
    "silent": Text("沉默", "Silent"),
    "silent_share": Text("沉默占比", "Share silent"),
    "members": Text("名单上的单位", "Reporters on rosters"),
    "looks": Text("检验与通知", "Looks and notices"),
    "look": Text("检验", "Look"),
    "made_at": Text("时间", "Made"),
    "tested_series": Text("检验的序列", "Series tested"),
    "untested": Text("未检验", "Not tested"),
    "feeds_at_look": Text("生效渠道", "Feeds in force"),
    "told": Text("通知", "Notices"),
    "told_nothing": Text("无", "none"),
    "told_history": Text("历史，不发通知", "history, none given"),
    "withheld": Text("{n}项因单位太少不公开", "{n} not shown: too few reporters"),
    "no_looks": Text("还没有检验。", "Not looked at yet."),
    "vintages": Text("数据版本", "Vintages"),
    "no_vintages": Text("还没有数据版本。", "No vintage yet."),
    "nothing_known": Text("还没有数据", "nothing known yet"),
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


def counted(noun: str, number: int, language: str) -> str:
    """The entry `noun`_one or `noun`_many."""
    return WORDS[f"{noun}_one" if number == 1 else f"{noun}_many"][language].format(n=number)


def printable(text: str) -> str:
    """The text with what XML cannot hold replaced, so that no name can break a feed."""
    return UNPRINTABLE.sub("\ufffd", text)
