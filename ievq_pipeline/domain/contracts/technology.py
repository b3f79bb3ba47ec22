"""Feed kind *technology*, version 1: an enterprise says which technologies it works with, how far, and what skills they need."""

from ievq_pipeline.domain.contracts.model import CheckedBy, Choice, Contract, Field, FieldType, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.panel import ENTERPRISE, QUARTER, STORED_RULES, ZERO_RULE, zero_report
from ievq_pipeline.domain.contracts.rules import CELL_RULES, CODE_RULES, FILE_RULES, STRUCTURE_RULES
from ievq_pipeline.domain.contracts.template_rules import TEMPLATE_RULES
from ievq_pipeline.domain.text import Text

TECHNOLOGY = Contract(
    feed_kind="technology",
    version=1,
    title=Text("技术应用表", "Technology"),
    key=("enterprise", "quarter", "technology"),
    weight=None,
    subject=("enterprise", "technology"),
    fields=(
        ENTERPRISE,
        QUARTER,
        Field(
            "technology", Text("技术", "Technology"), ("技术名称", "技术代码", "新技术", "新技术名称", "technology name"), FieldType.WORDING,
            Text("技术的代码或名称，一行一个，每家企业不得重复；本季度无可报的企业写一行“零报告”（或 NIL），其后可留空",
                 "Code or name of one technology, none twice for an enterprise; one that has none to report gives one row with nil-report (or NIL), empty after it"),
            "OPC UA", maximum=200, code_list="technologies", markers=(zero_report("stage", "skills"),),
        ),
        Field(
            "stage", Text("应用阶段", "Stage"), ("阶段", "技术阶段", "所处阶段", "发展阶段"), FieldType.CHOICE,
            Text("该技术在本企业所处的阶段", "How far the technology is in the enterprise"), "pilot",
            choices=(
                Choice("research", Text("研发", "research"), ("研究", "研发中", "在研", "R&D")),
                Choice("pilot", Text("试点", "pilot"), ("中试", "试用", "试运行", "试点应用", "小试")),
                Choice("in_use", Text("应用", "in use"), ("投产", "已应用", "应用中", "使用中", "production")),
                Choice("widespread", Text("推广", "widespread"), ("规模应用", "规模化应用", "全面应用", "推广应用")),
                Choice("phasing_out", Text("淘汰", "phasing out"), ("逐步淘汰", "退出", "淘汰中")),
            ),
        ),
        Field(
            "skills", Text("所需技能", "Skills"), ("技能", "相关技能", "技能要求", "所需技能名称", "skill"), FieldType.WORDING,
            Text("该技术所需技能的代码或名称，多个之间用分号（；，全角半角均可）隔开",
                 "Codes or names of the skills that the technology needs, separated by semicolons"),
            "Python; SQL", maximum=2_000, code_list="skills", is_list=True,
        ),
        Field(
            "note", Text("备注", "Note"), ("说明", "备注说明", "notes", "remark", "remarks"), FieldType.TEXT,
            Text("补充说明，可不填", "Anything to add; may be empty"), "2025-05", required=False, maximum=2_000,
        ),
    ),
    rules=(
        *FILE_RULES,
        *TEMPLATE_RULES,
        *STRUCTURE_RULES,
        *CELL_RULES,
        *CODE_RULES,
        Rule(
            "NQ-NOTE-LONG", Severity.HARD, Scope.CELL,
            Text("备注过长", "The note is too long"),
            Text("备注有 {length} 个字，超过上限 {maximum}。", "The note has {length} characters, more than {maximum}."),
            Text("请缩短到 {maximum} 字以内。", "Shorten it to {maximum} characters."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-LIST-DOUBT", Severity.INFO, Scope.CELL,
            Text("可能用错了分隔符", "Possibly another separator"),
            Text("“{value}”中没有分号，已按一项技能读取。", "“{value}” has no semicolon and was read as one skill."),
            Text("若其中是多项技能，请改用分号（；，全角半角均可）隔开；若本就是一项，无需处理。",
                 "Where these are several skills, separate them by semicolons; where it is one, there is nothing to do."),
        ),
        ZERO_RULE,
        *STORED_RULES,
        Rule(
            "NQ-DUPLICATE", Severity.HARD, Scope.WITHIN,
            Text("同一技术出现多次", "The same technology twice"),
            Text("该企业的“{value}”已在第 {first} 行出现过。", "“{value}” of this enterprise already stands in row {first}."),
            Text("请合并或删去重复行。", "Merge the rows, or delete the repeat."),
            CheckedBy.BOTH,
        ),
    ),
)
