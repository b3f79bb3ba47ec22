"""Feed kind *job demand*, version 1: an enterprise, or an association for it, says which skills it sought in a quarter."""

from ievq_pipeline.domain.contracts.list_rules import LIST_RULES
from ievq_pipeline.domain.contracts.model import (
    CheckedBy,
    Choice,
    Contract,
    Field,
    FieldType,
    Marker,
    Rule,
    Scope,
    Severity,
)
from ievq_pipeline.domain.contracts.panel import ENTERPRISE, QUARTER, STORED_RULES, TOTAL, ZERO_RULE, zero_report
from ievq_pipeline.domain.contracts.rules import CELL_RULES, CODE_RULES, FILE_RULES, STRUCTURE_RULES
from ievq_pipeline.domain.contracts.soft_rules import DEMAND_RULES, SUM_RULE
from ievq_pipeline.domain.contracts.template_rules import TEMPLATE_RULES
from ievq_pipeline.domain.text import Text

JOB_DEMAND = Contract(
    feed_kind="job-demand",
    version=1,
    title=Text("用人需求表", "Job demand"),
    key=("enterprise", "quarter", "region", "industry", "occupation", "skill", "post_ref", "tier", "is_required"),
    weight="openings",
    subject=("enterprise", "skill"),
    fields=(
        ENTERPRISE,
        QUARTER,
        Field(
            "region", Text("地区", "Region"), ("地区代码", "行政区划代码", "行政区划", "工作地区", "用工地区", "region code"), FieldType.CODE,
            Text("工作地点的6位行政区划代码（GB/T 2260），或地名，如 厦门市、北京市朝阳区；地点不详写 unknown，远程岗位写 remote；其他体系写成带体系名的代码，如 us-state:CA",
                 "Place of work, six digits of GB/T 2260, or its Chinese name; or unknown, or remote; others as scheme:value such as us-state:CA"),
            "350200", maximum=100, scheme="gbt2260", code_list="regions",
        ),
        Field(
            "industry", Text("行业", "Industry"), ("行业代码", "国民经济行业代码", "国民经济行业", "国民经济行业分类", "所属行业", "industry code"), FieldType.CODE,
            Text("国民经济行业分类代码（GB/T 4754）：门类1个字母，或大类、中类、小类2至4位数字；也可填行业名称；其他体系写成带体系名的代码，如 isic:2620",
                 "Code of GB/T 4754: the letter of a section, or 2 to 4 digits; or its title; others as scheme:value"),
            "39", maximum=100, scheme="gbt4754", code_list="industries",
        ),
        Field(
            "occupation", Text("职业", "Occupation"), ("职业代码", "职业编码", "职业（工种）代码", "职业工种", "occupation code"), FieldType.CODE,
            Text("《职业分类大典（2022年版）》的职业编码或名称；其他体系写成带体系名的代码，如 soc:15-1252；可不填",
                 "Code or title of the Chinese classification of occupations of 2022, such as 2-02-10-03; others as scheme:value such as soc:15-1252; may be empty"),
            "2-02-10-03", required=False, maximum=100, scheme="csco", code_list="occupations",
        ),
        Field(
            "skill", Text("技能", "Skill"), ("技能名称", "技能代码", "所需技能", "技能需求", "技能要求", "技能词", "skill name"), FieldType.WORDING,
            Text("技能的代码或名称，一行一个；本季度没有需求的企业写一行“零报告”（或 NIL），从地区起可留空；企业的总人数写一行“合计”（或 TOTAL），地区留空",
                 "Code or name of one skill; an enterprise that sought nobody gives one row with nil-report (or NIL), empty from the region on; one row with TOTAL and without region gives its openings in all"),
            "Kubernetes", maximum=200, code_list="skills",
            markers=(
                zero_report("region", "industry", "openings"),
                Marker(TOTAL, ("合计", "总计"), frozenset({"region", "industry"})),
            ),
        ),
        Field(
            "openings", Text("需求人数", "Openings"), ("招聘人数", "需求数", "用工需求人数", "招聘需求人数", "拟招人数", "空缺人数"), FieldType.INTEGER,
            Text("本季度任一时间空缺的岗位所需人数，同一岗位在一项技能下只计一次",
                 "Persons wanted in positions open at any time in the quarter, each counted once for a skill"), "12",
            unit=Text("人", "persons"), minimum=0, maximum=100_000, adds_up=True,
        ),
        Field(
            "applicants", Text("求职人数", "Applicants"), ("应聘人数", "报名人数", "投递人数"), FieldType.INTEGER,
            Text("应聘这些岗位的人数，可不填", "Persons who applied for them; may be empty"), "30",
            required=False, unit=Text("人", "persons"), minimum=0, maximum=1_000_000, adds_up=True,
        ),
        Field(
            "post_ref", Text("岗位编号", "Post reference"), ("职位编号", "企业岗位编号", "岗位号", "post number"), FieldType.WORDING,
            Text("企业自己的岗位编号，可不填", "The enterprise's own number of the post; may be empty"), "HR-2025-017",
            required=False, maximum=100,
        ),
        Field(
            "tier", Text("技能层级", "Tier"), ("层级", "能力层级", "标准层级"), FieldType.CHOICE,
            Text("岗位要求的技能层级，1至3，可不填", "Tier of the skill that the post asks for, 1 to 3; may be empty"), "2",
            required=False,
            choices=(
                Choice("1", Text("第1层", "tier 1"), ("1.0", "第一层")),
                Choice("2", Text("第2层", "tier 2"), ("2.0", "第二层")),
                Choice("3", Text("第3层", "tier 3"), ("3.0", "第三层")),
            ),
        ),
        Field(
            "is_required", Text("是否必备", "Required"), ("是否必需", "是否必须", "必备", "mandatory"), FieldType.CHOICE,
            Text("该技能是必备（是）还是优先（否），可不填", "Whether the skill is a must (yes) or a plus (no); may be empty"), "yes",
            required=False,
            choices=(
                Choice("yes", Text("是", "yes"), ("必备", "必需", "必须", "Y", "TRUE", "1", "1.0", "√", "✓", "✔", "☑")),
                Choice("no", Text("否", "no"), ("优先", "非必备", "N", "FALSE", "0", "0.0", "×", "✗", "✘", "✕")),
            ),
        ),
    ),
    rules=(
        *FILE_RULES,
        *TEMPLATE_RULES,
        *STRUCTURE_RULES,
        *CELL_RULES,
        *CODE_RULES,
        *LIST_RULES,
        Rule(
            "NQ-ZERO-COUNTED", Severity.HARD, Scope.ROW,
            Text("零报告却有人数", "A zero report with openings"),
            Text("本行是零报告，需求人数却为 {value}。", "This row is a zero report, but gives {value} openings."),
            Text("零报告行的人数请留空或填0；若有需求，请改填具体技能。", "Leave the number of a zero report empty or 0; where there is demand, name the skill."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-TOTAL-REGION", Severity.HARD, Scope.ROW,
            Text("合计行填了地区", "A total with a region"),
            Text("合计行是企业的总人数，不分地区，这里却填了“{value}”。", "A total is that of the whole enterprise, but this one names the region “{value}”."),
            Text("请清空本行的地区；分地区的小计不需要填。", "Empty the region of this row; subtotals by region are not asked for."),
            CheckedBy.BOTH,
        ),
        ZERO_RULE,
        *STORED_RULES,
        SUM_RULE,
        *DEMAND_RULES,
        Rule(
            "NQ-TOTAL-TWICE", Severity.HARD, Scope.WITHIN,
            Text("合计行不止一行", "More than one total"),
            Text("该企业本季度的合计已在第 {first} 行出现过。", "The total of this enterprise already stands in row {first}."),
            Text("每家企业只保留一行合计。", "Keep one row with the total of each enterprise."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-TOTAL-BELOW", Severity.HARD, Scope.WITHIN,
            Text("合计小于其中一行", "A total below one of its rows"),
            Text("合计 {value} 小于该企业第 {first} 行的 {largest}。", "The total {value} is smaller than row {first} of the same enterprise, {largest}."),
            Text("合计是全部岗位的总人数，不会小于任何一行，请核对两行。", "The total counts all positions, so it is no smaller than any row: check the two."),
            CheckedBy.BOTH,
        ),
        Rule(
            "NQ-DUPLICATE", Severity.HARD, Scope.WITHIN,
            Text("同一组合出现多次", "The same row twice"),
            Text("“{value}”与第 {first} 行的“{first_value}”是同一项（{concept_zh}），企业、季度、地区、行业、职业、岗位、层级和是否必备也都相同。",
                 "“{value}” means the same as “{first_value}” in row {first} ({concept_en}), and enterprise, quarter, region, industry, occupation, post, tier and is_required are the same too."),
            Text("请合并或删去重复行；若是不同岗位，请填写各自的岗位编号。", "Merge the rows, or delete the repeat; where they are different posts, give each its post_ref."),
            CheckedBy.BOTH,
        ),
    ),
)
