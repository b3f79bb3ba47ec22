"""The *roster* of a feed, version 1: which reporters it is expected to report for, and since when."""

from ievq_pipeline.domain.contracts.model import Choice, Contract, Field, FieldType, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.rules import CELL_RULES, CODE_RULES, DATE_RULES, FILE_RULES, STRUCTURE_RULES
from ievq_pipeline.domain.text import Text

ROSTER = Contract(
    feed_kind="roster",
    version=1,
    title=Text("报送单位名单", "Roster"),
    key=("enterprise", "holds_from"),
    weight=None,
    subject=("enterprise",),
    fields=(
        Field(
            "enterprise", Text("企业代码", "Enterprise"), ("统一社会信用代码", "社会信用代码", "信用代码", "单位代码", "identifier", "credit code"), FieldType.IDENTIFIER,
            Text("已登记单位的代码", "The code of an organisation that is registered"), "91350100M000100Y43", maximum=200, scheme="uscc",
        ),
        Field(
            "is_primary", Text("主要渠道", "Primary"), ("是否主要", "是否主要协会", "is primary"), FieldType.CHOICE,
            Text("本渠道是否为该单位的主要协会代填（是），不填为否", "Whether this is the feed of its primary association (yes); empty means no"), "yes", required=False,
            choices=(
                Choice("yes", Text("是", "yes"), ("Y", "TRUE", "1", "√")),
                Choice("no", Text("否", "no"), ("N", "FALSE", "0", "×")),
            ),
        ),
        Field(
            "holds_from", Text("起始日期", "Holds from"), ("生效日期", "开始日期", "from", "since"), FieldType.DATE,
            Text("自哪一天起在名单上，可不填", "The first day on the roster; may be empty"), "2025-07-01", required=False,
        ),
        Field(
            "holds_to", Text("截止日期", "Holds to"), ("终止日期", "结束日期", "to", "until"), FieldType.DATE,
            Text("在名单上的最后一天，仍在名单上的不填", "The last day on the roster; empty while it stands there"), "2025-12-31", required=False,
        ),
    ),
    rules=(
        *FILE_RULES,
        *STRUCTURE_RULES,
        *CELL_RULES,
        *CODE_RULES,
        *DATE_RULES,
        Rule(
            "NQ-DUPLICATE", Severity.HARD, Scope.WITHIN,
            Text("同一单位重复", "The same organisation twice"),
            Text("“{value}”已在第 {first} 行以同一起始日期出现过。", "“{value}” already stands in row {first}, from the same day."),
            Text("请合并或删去重复行。", "Merge the rows, or delete the repeat."),
        ),
        Rule(
            "NQ-ORGANISATION-UNKNOWN", Severity.HARD, Scope.HISTORY,
            Text("单位没有登记", "Not registered"),
            Text("没有代码为“{value}”的单位。", "There is no organisation “{value}”."),
            Text("请核对代码；新的单位请先用 ievq organisations import 登记。", "Check the code; register a new organisation first, with ievq organisations import."),
        ),
        Rule(
            "NQ-ROSTER-DIFFERS", Severity.HARD, Scope.HISTORY,
            Text("与已登记的名单不同", "Against the rosters registered"),
            Text("“{value}”已在同类名单上，登记情况不同，而本行没有说明自何日起改变。",
                 "“{value}” stands on a roster of this kind otherwise, and the row does not say since when that has changed."),
            Text("请填写变更的起始日期；若起始日期相同，请先移出名单。", "Give the day since when; where that is the same day, take it off the roster first."),
        ),
    ),
)
