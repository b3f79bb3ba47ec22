"""What a mail says: subject and body in plain words, of one feed and quarter, in the language of the contact."""

from dataclasses import dataclass
from datetime import date

from ievq_pipeline.domain.mail import ANSWER
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.timetable import Reminder


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A submission whose answer is not yes: its number in the quarter, its file, and what was found in it."""

    submission_id: str
    number: int
    file_name: str
    verdict: Verdict
    findings: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a mail is about; `sort` is a sort of reminder, or `answer` with what was not taken."""

    sort: str
    feed: str
    kind: Text
    quarter: Quarter
    due_on: date
    closes_on: date
    not_taken: NotTaken | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where the reader finds what to do next."""

    quarter: str
    template: str
    submit: str
    submission: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    body: str


SUBJECTS = {
    Reminder.DUE_IN_10: Text("请填报：{feed} {quarter}，{due} 到期", "Please hand in: {feed} {quarter}, due {due}"),
    Reminder.DUE_IN_3: Text("即将到期：{feed} {quarter}，{due} 到期", "Due soon: {feed} {quarter}, due {due}"),
    Reminder.LATE_1: Text("已到期未收到：{feed} {quarter}", "Overdue: {feed} {quarter}"),
    Reminder.LATE_7: Text("逾期一周，即将截止：{feed} {quarter}", "A week overdue, closing soon: {feed} {quarter}"),
    ANSWER: Text("文件需要处理：{feed} {quarter}", "Your file needs attention: {feed} {quarter}"),
}
OPENINGS = {
    Reminder.DUE_IN_10: Text(
        "{quarter}的{kind}将于 {due} 到期，目前尚未收到贵单位的文件。",
        "The file of {kind} for {quarter} is due on {due}. Nothing has come from you yet.",
    ),
    Reminder.DUE_IN_3: Text(
        "{quarter}的{kind}将于 {due} 到期，目前仍未收到贵单位的文件。",
        "The file of {kind} for {quarter} is due on {due}. Still nothing has come from you.",
    ),
    Reminder.LATE_1: Text(
        "{quarter}的{kind}已于 {due} 到期，尚未收到贵单位的文件。",
        "The file of {kind} for {quarter} was due on {due}. Nothing has come from you.",
    ),
    Reminder.LATE_7: Text(
        "{quarter}的{kind}已于 {due} 到期，至今未收到贵单位的文件。本季度将于 {closes} 截止；"
        "截止时仍未报送的，在公布的覆盖情况中按“未报送”统计。",
        "The file of {kind} for {quarter} was due on {due} and has not come. The quarter closes on {closes}; whoever"
        " has handed in nothing by then is counted as silent in the coverage that is published.",
    ),
}
VERDICTS = {
    Verdict.REJECTED: Text(
        "文件“{file}”（第 {number} 次报送）未被接受，其中的数据没有采用。共发现 {findings} 个问题。"
        "请按答复改正后重新报送整个文件。",
        "The file “{file}” (submission {number}) was rejected, and nothing in it is used. Problems found: {findings}."
        " Please mend them as the answer says, and hand in the whole file again.",
    ),
    Verdict.UNREADABLE: Text(
        "文件“{file}”（第 {number} 次报送）无法读取，其中的数据没有采用。请按答复改正后重新报送。",
        "The file “{file}” (submission {number}) could not be read, and nothing in it is used."
        " Please mend it as the answer says, and hand it in again.",
    ),
    Verdict.NEEDS_CONFIRMATION: Text(
        "文件“{file}”（第 {number} 次报送）有数据需要说明原因，共发现 {findings} 个问题。说明之前，其中的数据不会采用。"
        "如数据无误，请逐项说明原因；如有误，请改正后重新报送。",
        "Some figures in the file “{file}” (submission {number}) need a word from you. Problems found: {findings}."
        " Until then nothing in it is used. If they are right, give the reasons; if not, hand in a corrected file.",
    ),
}
FACTS = Text(
    "填报渠道：{feed}\n季度：{quarter}\n应报日期：{due}\n截止日期：{closes}",
    "Feed: {feed}\nQuarter: {quarter}\nDue: {due}\nCloses: {closes}",
)
HOW = Text(
    "如何报送：\n1. 下载本季度模板：{template}\n2. 填好后报送：{submit}\n"
    "   （需要贵单位的密钥；没有密钥，请联系管理员。）\n"
    "3. 本季度没有数据的，请报送一行“零报告”，不要不报。",
    "How to hand in:\n1. Get the quarter's template: {template}\n2. Fill it in and send it to: {submit}\n"
    "   (this needs your office's key; if you have none, ask the operator)\n"
    "3. If there is nothing to report this quarter, hand in a zero report instead of nothing.",
)
ANSWERED = Text(
    "完整答复（每个问题所在的单元格和改法）：{submission}",
    "The complete answer, cell by cell, with what to do: {submission}",
)
FOOT = Text(
    "本季度进展：{page}\n\n此邮件由新质技术动态数据库自动发出，请勿回复。如已报送，请忽略。",
    "How the quarter stands: {page}\n\nThis mail was sent by the New Quality Technology Dynamic Database; nobody reads"
    " replies. If you have handed in meanwhile, nothing needs to be done.",
)


def letter(occasion: Occasion, links: Links, language: str) -> Letter:
    """The mail in `zh` or `en`. Control characters in names are left out, so that no name makes a header or a line."""
    values = {
        "feed": _plain(occasion.feed),
        "kind": occasion.kind[language],
        "quarter": occasion.quarter.zh if language == "zh" else str(occasion.quarter),
        "due": str(occasion.due_on),
        "closes": str(occasion.closes_on),
        "page": links.quarter,
        "template": links.template,
        "submit": links.submit,
        "submission": links.submission,
    }
    parts = [FACTS, HOW, FOOT]
    if occasion.not_taken is not None:
        told = occasion.not_taken
        values |= {"file": _plain(told.file_name), "number": str(told.number), "findings": f"{told.findings:,}"}
        parts = [VERDICTS[told.verdict], ANSWERED, FACTS, FOOT]
    else:
        parts = [OPENINGS[Reminder(occasion.sort)], *parts]
    body = "\n\n".join(part.format(**values)[language] for part in parts)
    return Letter(
        SUBJECTS[Reminder(occasion.sort) if occasion.sort != ANSWER else ANSWER].format(**values)[language], f"{body}\n"
    )


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:200]
