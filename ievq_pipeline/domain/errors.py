"""What a room can refuse with: one base; the docstring is the English message, `zh` the Chinese one."""

from typing import Any, ClassVar

from ievq_pipeline.domain.text import Text

#: characters of a value that a message repeats
LONGEST_VALUE = 300


class IevqError(Exception):
    """The request could not be carried out."""

    zh: ClassVar[str] = "无法完成请求。"
    #: what sort of refusal this is; the web app and the command line turn it into a status
    kind: ClassVar[str] = "refused"
    #: 1 the answer is "not good", 2 the input or the call is wrong, 3 something outside is missing
    exit_code: ClassVar[int] = 2
    #: worth trying again without changing anything
    is_retryable: ClassVar[bool] = False

    def __init__(self, message: str | None = None, **values: Any) -> None:
        self.message = message
        self.values = values
        super().__init__(self.text("en"))

    @classmethod
    def code(cls) -> str:
        """The stable name under which others know this refusal, such as `unknown-feed`."""
        return "".join("-" + c.lower() if c.isupper() else c for c in cls.__name__).strip("-")

    def text(self, language: str) -> str:
        template = self.zh if language == "zh" else (self.__doc__ or "").strip()
        told = {name: _told(value, language) for name, value in self.values.items()}
        body = template.format(**told) if told else template
        if self.message is None:
            return body
        return self.message if language == "en" else f"{body} {self.message}"


def _told(value: Any, language: str) -> Any:
    """A value as the message holds it: in its language, and cut where a caller gave something endless."""
    text = value[language] if isinstance(value, Text) else value
    return f"{text[:LONGEST_VALUE]}…" if isinstance(text, str) and len(text) > LONGEST_VALUE else text


class OutsideMissing(IevqError):
    """Something outside is missing: the database, the network or a program."""

    zh = "缺少外部条件（数据库、网络或程序）。"
    kind = "outside"
    exit_code = 3
    is_retryable = True


class NotFound(IevqError):
    """There is no such thing."""

    zh = "找不到所指的内容。"
    kind = "missing"


class Conflict(IevqError):
    """This does not fit the present state."""

    zh = "与当前状态冲突。"
    kind = "conflict"


class NotAQuarter(IevqError):
    """“{name}” is not a quarter. Write it as 2025-Q3."""

    zh = "“{name}”不是可识别的季度，请写成 2025-Q3。"


class NotAMoment(IevqError):
    """“{name}” is no moment. Give a date (2025-10-31: its end), an instant (2025-10-31T08:00:00Z), or seq:N."""

    zh = "“{name}”不是可识别的时刻。请写日期（2025-10-31，指当日结束）、时刻（2025-10-31T08:00:00Z）或 seq:N。"


class NotADate(IevqError):
    """“{name}” is not a date. Write it as 2025-07-01."""

    zh = "“{name}”不是可识别的日期，请写成 2025-07-01。"


class NotAnIdentifier(IevqError):
    """“{name}” is neither a unified social credit code nor written scheme:value, such as us-agency:DN."""

    zh = "“{name}”既不是有效的统一社会信用代码，也不是带体系名的代码（如 us-agency:DN）。"


class UnknownOrganisation(NotFound):
    """There is no organisation “{name}”. `ievq organisations list` names them, and `import` adds more."""

    zh = "没有代码为“{name}”的单位。`ievq organisations list` 可列出全部单位，`ievq organisations import` 可登记单位。"


class ImpossibleSuccession(Conflict):
    """“{new}” can't take over from “{old}” on {date}: it had ended by then, or is the same organisation."""

    zh = "“{new}”不能在 {date} 承继“{old}”：届时它本身已经终止，或者两者是同一单位。"


class SuccessionDiffers(Conflict):
    """“{old}” and “{new}” are joined already: {kind} on {date}."""

    zh = "“{old}”与“{new}”的承继关系已登记：{date}，{kind}。"


class RosterDiffers(Conflict):
    """“{name}” stands on a roster of this kind otherwise. Give the date since when that has changed (--from)."""

    zh = "“{name}”已在同类名单上，登记情况不同。请用 --from 给出变更日期；若起始日期相同，请先移出名单。"


class UnknownFeed(NotFound):
    """There is no feed “{name}” that you may use. `ievq feeds list` names the feeds; ask the operator to add one."""

    zh = "没有您可以使用的填报渠道“{name}”。请核对渠道代码，或联系管理员登记。"


class UnknownAlert(NotFound):
    """There is no alert “{name}”."""

    zh = "没有编号为“{name}”的预警。"


class UnknownKey(NotFound):
    """There is no key “{name}”. `ievq keys list` names them."""

    zh = "没有名为“{name}”的密钥。`ievq keys list` 可列出全部密钥。"


class NameTaken(Conflict):
    """The name “{name}” is taken already; choose another."""

    zh = "名称“{name}”已被使用，请另取一个。"


class UnknownFeedKind(NotFound):
    """There is no feed kind “{name}”; known: {known}."""

    zh = "没有“{name}”这一报送类别；现有：{known}。"


class UnknownCodeList(NotFound):
    """There is no code list “{name}” here; there are: {known}."""

    zh = "这里没有代码表“{name}”；现有：{known}。"


class NeedsSubmitter(IevqError):
    """A feed of kind “{kind}” needs a submitter: give the identifier of the organisation that hands in."""

    zh = "“{kind}”类填报渠道须指定填报单位，请给出其代码。"


class SchemeMisfit(IevqError):
    """Bare codes of column “{column}” can't be of scheme “{scheme}”. Columns with a scheme of their own: {known}."""

    zh = "“{column}”列不能采用代码体系“{scheme}”。可以另定体系的列：{known}。"


class UnknownWording(NotFound):
    """There is no wording “{name}” in the queue. `ievq wordings list` names them by their numbers."""

    zh = "待定名称中没有“{name}”。`ievq wordings list` 可列出全部待定名称及其编号。"


class UnknownSkill(NotFound):
    """The list {of} has no code “{name}”. `ievq codes show {of}` names them."""

    zh = "代码表 {of} 中没有代码“{name}”。`ievq codes show {of}` 可列出全部代码。"


class NothingToUndo(Conflict):
    """Nothing has been decided of “{name}”, or the decision was taken back already."""

    zh = "“{name}”还没有决定，或决定已经撤回。"


class UnknownSubmission(NotFound):
    """There is no submission “{name}”."""

    zh = "没有编号为“{name}”的报送。"


class AlreadyReplaced(Conflict):
    """Submission “{name}” was replaced by a later one; withdraw that."""

    zh = "报送“{name}”已被后来的报送取代，请撤回后来的那一份。"


class NothingToWithdraw(Conflict):
    """Submission “{name}” is {state}: there is nothing to withdraw."""

    zh = "报送“{name}”当前状态为 {state}，没有可撤回的数据。"


class NothingToConfirm(Conflict):
    """Submission “{name}” is {state}: nothing of it waits for a confirmation."""

    zh = "报送“{name}”当前状态为 {state}，没有待确认的问题。"


class SoftLeftOpen(IevqError):
    """{count} finding(s) still need a reason: {left}. Give a reason for each."""

    zh = "还有 {count} 个问题没有说明原因：{left}。请逐一说明。"


class UnknownQuarter(NotFound):
    """There is no quarter {name}."""

    zh = "没有季度 {name}。"


class QuarterNotOpen(Conflict):
    """Quarter {quarter} is not open for submissions. `ievq quarters list` shows which are."""

    zh = "{quarter} 季度现在不接受填报（尚未开放、已经截止或不存在）。请核对季度，或联系管理员。"


class NothingToPull(Conflict):
    """Feed “{name}” has no address to pull its files from, and no folder to look into; its submitter hands them in."""

    zh = "渠道“{name}”没有可供抓取文件的地址或目录，其文件由填报人报送。"


class HistoryOfNobody(Conflict):
    """Quarter {quarter} can't be opened as history: that is said for each feed, and there is none yet. Add it first."""

    zh = "{quarter} 季度无法以历史模式开放：历史模式按填报渠道设定，目前还没有任何渠道。请先登记渠道。"


class NotYetDue(Conflict):
    """Quarter {quarter} closes on {closes_on}; it is not yet due. Use --now to close it today."""

    zh = "{quarter} 季度将于 {closes_on} 截止，尚未到期。如需今天就关闭，请加 --now。"


class EarlierQuarterOpen(Conflict):
    """Quarter {earlier} is still open; quarters are closed in calendar order. Close it first."""

    zh = "{earlier} 季度尚未关闭；各季度须按时间顺序关闭，请先关闭该季度。"


class LaterQuarterClosed(Conflict):
    """Quarter {later} is closed already; {quarter}, which lies before it, can no longer be opened."""

    zh = "{later} 季度已经关闭，更早的 {quarter} 季度不能再开放。"


class RoomsNotEmpty(Conflict):
    """{count} submission(s) of quarter {quarter} are still on their way through the rooms. Try again in a moment."""

    zh = "{quarter} 季度还有 {count} 份报送正在处理，请稍后再试。"
    is_retryable = True


class TooLarge(IevqError):
    """The file is larger than {cap_mb} MB, the cap for this kind. Split it, or leave out what is not asked for."""

    zh = "文件超过 {cap_mb} MB 上限。请拆分文件或删去无关内容后重新上传。"
    kind = "too_large"


class Denied(IevqError):
    """The key is missing, revoked or unknown. Send it as `Authorization: Bearer KEY`."""

    zh = "缺少密钥，或密钥无效、已撤销。请以 Authorization: Bearer KEY 提交。"
    kind = "denied"


class Forbidden(IevqError):
    """This key may not see that: it is for the authority and the engineer."""

    zh = "该密钥无权查看：仅限主管部门与数据工程师。"
    kind = "forbidden"


class BadCall(IevqError):
    """The call is wrong: {why}."""

    zh = "请求有误：{why}。"


class RefusedAddress(IevqError):
    """The address {url} is refused: {why}."""

    zh = "不允许访问地址 {url}：{why}。"


class NotAnAddress(IevqError):
    """“{name}” is not a mail address such as office@example.org; letters beyond ASCII are not taken."""

    zh = "“{name}”不是可用的电子邮件地址（应形如 office@example.org，不能含汉字）。"


class UnknownContact(NotFound):
    """“{name}” is not written to about this feed. `ievq feeds contacts list` names who is."""

    zh = "该渠道没有联系地址“{name}”。`ievq feeds contacts list` 可列出全部联系地址。"


class KeyReused(Conflict):
    """This Idempotency-Key was used for another file, feed or quarter. Use a new key for a new submission."""

    zh = "该 Idempotency-Key 已用于另一份报送。新的报送请使用新的键值。"


class BadSettings(IevqError):
    """The settings are wrong."""

    zh = "设置有误。"


class NotCheckedYet(IevqError):
    """The file is still being checked; its answer comes in a moment."""

    zh = "文件还在检查，结果马上就好。"
    kind = "conflict"
    is_retryable = True
