"""Feed kind *totals*, version 1: a source that knows no reporters counts how often each term was asked for in a quarter."""

from ievq_pipeline.domain.contracts.model import CheckedBy, Contract, Field, FieldType, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.rules import CELL_RULES, FILE_RULES, STRUCTURE_RULES, WORDING_RULE
from ievq_pipeline.domain.contracts.soft_rules import SUM_RULE
from ievq_pipeline.domain.contracts.template_rules import TEMPLATE_RULES
from ievq_pipeline.domain.text import Text

TOTALS = Contract(
    feed_kind="totals",
    version=1,
    title=Text("需求总量表", "Demand totals"),
    key=("source", "quarter", "term"),
    weight="count",
    subject=("term",),
    fields=(
        Field(
            "source", Text("来源", "Source"), ("数据来源", "来源代码"), FieldType.IDENTIFIER,
            Text("来源的代码，全表相同", "The source's code, the same in the whole file"), "hn", maximum=64,
        ),
        Field(
            "quarter", Text("季度", "Quarter"), ("填报季度", "报告期", "period"), FieldType.QUARTER,
            Text("本次填报的季度", "The quarter that this submission is for"), "2025-Q3",
        ),
        Field(
            "term", Text("技能词", "Term"), ("技能", "技术", "词条", "skill", "technology"), FieldType.WORDING,
            Text("技能或技术的名称，一行一个，不得重复", "The name of a skill or technology, one a row, none twice"), "Kubernetes", maximum=200,
        ),
        Field(
            "count", Text("招聘数", "Count"), ("提及数", "招聘数量", "postings_with_term", "postings"), FieldType.INTEGER,
            Text("本季度提到该词的招聘数，没有则填0", "Postings of the quarter that name the term; 0 where none does"), "152",
            unit=Text("条", "postings"), minimum=0, maximum=1_000_000_000, adds_up=True,
        ),
        Field(
            "exposure", Text("招聘总数", "Exposure"), ("总数", "招聘总量", "postings_total", "total"), FieldType.INTEGER,
            Text("本季度该来源的全部招聘数，全表相同", "All postings of the source in the quarter, the same in the whole file"), "2314",
            unit=Text("条", "postings"), minimum=1, maximum=1_000_000_000,
        ),
        Field(
            "months", Text("月数", "Months"), ("覆盖月数", "months_covered"), FieldType.INTEGER,
            Text("本季度有数据的月数", "Months of the quarter that the source covers"), "3",
            unit=Text("个月", "months"), minimum=1, maximum=3,
        ),
    ),
    rules=(
        *FILE_RULES,
        *TEMPLATE_RULES,
        *STRUCTURE_RULES,
        *CELL_RULES,
        WORDING_RULE,
        SUM_RULE,
        Rule(
            "NQ-COUNT-OVER-EXPOSURE", Severity.HARD, Scope.ROW,
            Text("招聘数大于总数", "Count above exposure"),
            Text("招聘数 {value} 大于招聘总数 {exposure}。", "The count {value} is larger than the exposure {exposure}."),
            Text("请核对两列是否填反或有误。", "Check whether the two columns were swapped, or one is wrong."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-DUPLICATE", Severity.HARD, Scope.WITHIN,
            Text("同一词出现多次", "The same term twice"),
            Text("“{value}”已在第 {first} 行出现过。", "“{value}” already stands in row {first}."),
            Text("请合并或删去重复行。", "Merge the rows, or delete the repeat."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-SOURCE-DIFFERS", Severity.HARD, Scope.WITHIN,
            Text("来源不一致", "More than one source"),
            Text("本行来源为“{value}”，而本表其他行为“{usual}”。", "This row names the source “{value}”, the rest of the file “{usual}”."),
            Text("一份文件只报一个来源，请更正或拆分。", "One file holds one source: correct it, or split the file."),
        ),
        Rule(
            "NQ-SOURCE-OTHER", Severity.HARD, Scope.WITHIN,
            Text("不是本渠道的来源", "Not the feed's source"),
            Text("本行来源为“{value}”，而本填报渠道的来源是“{source}”。", "This row names the source “{value}”, but this feed reports for “{source}”."),
            Text("请改为“{source}”，或选择正确的填报渠道。", "Write “{source}”, or hand the file in for the right feed."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-EXPOSURE-DIFFERS", Severity.HARD, Scope.WITHIN,
            Text("招聘总数不一致", "The exposure is not the same everywhere"),
            Text("本行招聘总数为 {value}，而本表其他行为 {usual}。", "This row gives the exposure {value}, the rest of the file {usual}."),
            Text("同一来源同一季度只有一个总数，请更正。", "A source has one exposure per quarter: correct it."),
            CheckedBy.BOTH,
        ),
    ),
)
