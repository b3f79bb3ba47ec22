"""What the kinds share in which reporters speak for themselves: whose numbers they are, and the zero report."""

from ievq_pipeline.domain.contracts.model import CheckedBy, Choice, Field, FieldType, Marker, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.soft_rules import OTHERS_RULE
from ievq_pipeline.domain.text import Text

ENTERPRISE = Field(
    "enterprise", Text("企业代码", "Enterprise"),
    ("统一社会信用代码", "社会信用代码", "信用代码", "企业统一社会信用代码", "企业信用代码", "企业", "单位代码", "enterprise code", "credit code"),
    FieldType.IDENTIFIER,
    Text("数据所属企业的18位统一社会信用代码；没有的写成带体系名的代码，如 us-agency:DN",
         "The unified social credit code of the enterprise that the numbers are about; without one, scheme:value such as us-agency:DN"),
    "91350100M000100Y43", maximum=200, scheme="uscc",
)

QUARTER = Field(
    "quarter", Text("季度", "Quarter"), ("填报季度", "报告期", "所属季度", "统计季度", "period"), FieldType.QUARTER,
    Text("本次填报的季度", "The quarter that this submission is for"), "2025-Q3",
)

#: the code of a zero report, as it is kept
NIL = "nil-report"
#: the code of a row with the reporter's openings in all
TOTAL = "TOTAL"


def zero_report(*may_be_empty: str) -> Marker:
    """The enterprise reports nothing this quarter; the columns named may then be empty."""
    return Marker(NIL, ("零报告", "NIL"), frozenset(may_be_empty))


ZERO_RULE = Rule(
    "NQ-ZERO-BESIDE-ROWS", Severity.HARD, Scope.WITHIN,
    Text("零报告与数据行并存", "A zero report beside rows with data"),
    Text("该企业本季度报了零报告，但第 {first} 行又有数据。", "This enterprise hands in a zero report, but row {first} has data of it."),
    Text("若本季度确无数据，请删去数据行；否则请删去零报告行。", "Delete the zero report, or the rows with data if there really are none."),
    CheckedBy.BOTH,
)

MEMBERS_GONE = "NQ-MEMBERS-GONE"
#: reasons under which the earlier filing goes on counting
KEEPS_EARLIER = ("left_out", "keep_earlier")
OVERLAP = "NQ-OVERLAP"

#: rules about what a feed said before, and what others say; a check of the file alone cannot run them
STORED_RULES = (
    Rule(
        MEMBERS_GONE, Severity.SOFT, Scope.HISTORY,
        Text("先前报过的企业不见了", "Reporters filed before are absent"),
        Text("本渠道本季度先前报过企业“{value}”，这份文件里没有它。", "This feed filed “{value}” for the quarter before; this file does not name it."),
        Text("请说明原因；若是漏报，请补上后重新上传整个文件。", "Say why; where it was left out by mistake, add it and hand in the whole file again."),
        reasons=(
            Choice("left_out", Text("漏报，先保留原来的", "left out by mistake: the earlier filing stays until it is handed in again")),
            Choice("withdraw_them", Text("撤回这些企业的数据", "withdraw them")),
            Choice("keep_earlier", Text("沿用原来的数据", "keep the earlier filing")),
        ),
    ),
    OTHERS_RULE,
    Rule(
        OVERLAP, Severity.INFO, Scope.PEERS,
        Text("同一企业另有报送", "Another feed files for the same enterprise"),
        Text("企业“{value}”本季度另有优先的报送（企业自报，或其主管协会代报），本文件中它的数据已保存，但不计入。",
             "For “{value}” another filing goes first this quarter (its own, or that of its primary association): what this file says of it is kept, but does not count."),
        Text("无需处理；若应以本文件为准，请与该企业商定由谁报送。", "There is nothing to do; where this file should count, agree with the enterprise on who files for it."),
    ),
)
