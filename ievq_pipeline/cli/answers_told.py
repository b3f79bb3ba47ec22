"""An answer on a terminal: the verdict, the counts, and the faults as people count them (312 cells in column F)."""

from collections.abc import Iterable, Mapping
from typing import Any

from ievq_pipeline.cli.output import language, said
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.finding_groups import Group, Seen, grouped
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.text import Text

#: wrong values that a group names, and characters of each
MOST_VALUES, LONGEST_VALUE = 3, 40
VERDICTS = {
    Verdict.ACCEPTED: Text("已接受", "accepted"),
    Verdict.ACCEPTED_WITH_QUARANTINE: Text("已接受，部分行被隔离", "accepted, with rows quarantined"),
    Verdict.NEEDS_CONFIRMATION: Text("待说明原因", "needs a confirmation"),
    Verdict.REJECTED: Text("未接受", "rejected"),
    Verdict.UNREADABLE: Text("无法读取", "unreadable"),
}
TAKEN = Text(
    "{verdict}：读取 {rows_read} 行，接受 {rows_accepted} 行，隔离 {rows_quarantined} 行",
    "{verdict}: {rows_read} rows read, {rows_accepted} accepted, {rows_quarantined} quarantined",
)
NOT_TAKEN = Text(
    "{verdict}：读取 {rows_read} 行，其中 {rows_quarantined} 行有错；改好后请重新报送整份文件",
    "{verdict}: {rows_read} rows read, {rows_quarantined} of them with faults; mend them and hand the file in again",
)
UNREAD = Text("{verdict}", "{verdict}")
SECTIONS = {
    Severity.HARD: Text("须改正：", "To be mended:"),
    Severity.SOFT: Text("须说明原因：", "Needs a reason:"),
    Severity.INFO: Text("供参考，无须处理：", "For information:"),
}
CELLS, ROWS, PLACES = Text("{n} 格", "{n} cells"), Text("{n} 行", "{n} rows"), Text("{n} 处", "{n} places")
IN_COLUMN = Text("{letters} 列“{title}”有 {cells}", "{cells} in column {letters}, {title}")
IN_FIELD = Text("“{title}”有 {cells}", "{cells} in {title}")
ROW, FILE = Text("第 {row} 行", "row {row}"), Text("整份文件", "the file")
FIELD = Text("第 {row} 行“{title}”", "row {row}, {title}")
COLON, TIMES, BETWEEN, MORE = Text("：", ": "), Text("（{n} 处）", " ({n}×)"), Text("、", ", "), Text("等", " …")
OTHERS = Text("    另有 {n} 处，见 --json", "    {n} more: see --json")
REASONS = Text("可填的原因：{reasons}", "Reasons: {reasons}.")
READ_ALIKE = Text("已按确定的写法读取，无须处理：", "Read without a doubt, nothing to do:")
CHANGED = Text(
    "  {where}{n} 处：{meaning}，如“{before}”读作“{after}”", "  {where}{n}×: {meaning}, such as “{before}” → “{after}”"
)
LEFT_OUT = Text("  {where}{n} 处：{meaning}，如“{before}”", "  {where}{n}×: {meaning}, such as “{before}”")


def tell(shown: Mapping[str, Any], contract: Contract) -> None:
    """`shown` is the document of a check, or a submission with its findings."""
    lang = language()
    verdict = Verdict(shown["verdict"])
    counts = {Verdict.REJECTED: NOT_TAKEN, Verdict.UNREADABLE: UNREAD}.get(verdict, TAKEN)[lang]
    numbers = {name: f"{shown[name]:,}" for name in ("rows_read", "rows_accepted", "rows_quarantined")}
    said(counts.format(**numbers, verdict=VERDICTS[verdict][lang]))
    found = (Finding(one["code"], one["row"], one["column"], None, one["value"], one) for one in shown["findings"])
    groups = grouped(found, lambda finding: Severity(str(finding.parameters["severity"])))
    for severity in Severity:
        mine = [group for group in groups if group.severity is severity]
        if mine:
            said(SECTIONS[severity][lang])
        for group in mine:
            for line in _lines(group, contract, lang):
                said(line)
    if shown["normalised"]:
        said(READ_ALIKE[lang])
    for change in shown["normalised"]:
        said(_change(change, contract, lang))


def _lines(group: Group, contract: Contract, lang: str) -> Iterable[str]:
    """What is wrong, where, and what to do about it."""
    first: dict[str, Any] = group.first[0].parameters
    if group.count == 1:
        yield f"  {group.code} {_place_named(first, contract, lang)}{COLON[lang]}{first['message'][lang]}"
    else:
        yield f"  {group.code} {_where(group, contract, lang)}{COLON[lang]}{contract.rule(group.code).title[lang]}"
        named = group.commonest[:MOST_VALUES]
        for value, seen in named:
            yield f"    {_value(value, seen, lang)}{BETWEEN[lang].join(_places(seen, lang))}{_more(seen, lang)}"
        if others := group.count - sum(seen.count for _, seen in named):
            yield OTHERS[lang].format(n=f"{others:,}")
    yield f"    → {first['remedy'][lang]}"
    if first.get("reasons"):
        known = BETWEEN[lang].join(f"{one['code']} ({one['title'][lang]})" for one in first["reasons"])
        yield f"    {REASONS[lang].format(reasons=known)}"


def _where(group: Group, contract: Contract, lang: str) -> str:
    first: dict[str, Any] = group.first[0].parameters
    counted = CELLS if first["cell"] else ROWS if first["row"] else PLACES
    cells = counted[lang].format(n=f"{group.count:,}")
    title = _title(first["column"], contract, lang)
    if letters := "".join(c for c in first["cell"] or "" if c.isalpha()):
        return IN_COLUMN[lang].format(letters=letters, title=title, cells=cells) if title else f"{letters} {cells}"
    return IN_FIELD[lang].format(title=title, cells=cells) if title else cells


def _title(column: str | None, contract: Contract, lang: str) -> str:
    return next((field.title[lang] for field in contract.fields if field.code == column), column or "")


def _place_named(told: Mapping[str, Any], contract: Contract, lang: str) -> str:
    """The place, with its column where the file has no addresses."""
    title = _title(told["column"], contract, lang)
    if told["cell"] or not told["row"] or not title:
        return _place(told, lang)
    return FIELD[lang].format(row=told["row"], title=title)


def _place(told: Mapping[str, Any], lang: str) -> str:
    return told["cell"] or (ROW[lang].format(row=told["row"]) if told["row"] else FILE[lang])


def _places(seen: Seen, lang: str) -> Iterable[str]:
    return (_place(finding.parameters, lang) for finding in seen.first)


def _value(value: str | None, seen: Seen, lang: str) -> str:
    if not value:
        return ""
    times = TIMES[lang].format(n=f"{seen.count:,}") if seen.count > 1 else ""
    return f"“{_cut(value)}”{times}{COLON[lang]}"


def _more(seen: Seen, lang: str) -> str:
    return MORE[lang] if seen.count > len(seen.first) else ""


def _change(change: Mapping[str, Any], contract: Contract, lang: str) -> str:
    title = _title(change["column"], contract, lang)
    where = f"“{title}”" if title and lang == "zh" else f"{title}, " if title else ""
    known = NORMALISED.get(change["code"])
    told = {"where": where, "n": f"{change['count']:,}", "meaning": known[lang] if known else change["code"]}
    words = CHANGED if change["to"] else LEFT_OUT
    return words[lang].format(**told, before=_cut(change["from"]), after=_cut(change["to"]))


def _cut(text: str) -> str:
    return f"{text[:LONGEST_VALUE]}…" if len(text) > LONGEST_VALUE else text
