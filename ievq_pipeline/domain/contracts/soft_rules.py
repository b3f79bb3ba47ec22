"""Rules about what may well be right, but is unusual: the submitter says why, and the reason is kept beside the data.

How far is far stands in `domain/unusual.py`.
"""

from ievq_pipeline.domain.contracts.model import Choice, Rule, Scope, Severity
from ievq_pipeline.domain.text import Text

SOFT = Severity.SOFT
TOTAL_ABOVE, SUM_DIFFERS = "NQ-TOTAL-ABOVE", "NQ-SUM-DIFFERS"
JUMP, SKILL_NEW, PEERS = "NQ-JUMP", "NQ-SKILL-NEW", "NQ-PEERS"
FILED_BY_OTHERS = "NQ-FILED-BY-OTHERS"
#: the reason that says nothing by itself: a text has to
OTHER = "other"
OTHER_REASON = Choice(OTHER, Text("其他（请用文字说明）", "another one (say which)"))

SUM_RULE = Rule(
    SUM_DIFFERS, SOFT, Scope.WITHIN,
    Text("总计与各行之和不符", "A grand total that is not the sum of the rows"),
    Text("表格底部的总计写的是 {value}，“{title_zh}”各行之和是 {sum}。总计行不作为数据读取。",
         "The grand total below the table says {value}; the rows of “{title_en}” add up to {sum}. The row of the grand total is not read as data."),
    Text("请核对是否漏了行、多了行或填错了数；若数据行无误，请说明原因。",
         "Check whether a row is missing, stands twice, or has a wrong number; where the rows are right, say why."),
    reasons=(
        Choice("rows_right", Text("各行正确，总计有误", "the rows are right, the grand total is not")),
        Choice("counts_otherwise", Text("总计口径不同，例如一个岗位只计一次", "the grand total counts otherwise, such as each position once")),
        OTHER_REASON,
    ),
)

#: of job demand: what its numbers say within the file, against the quarter before, and against other reporters
DEMAND_RULES = (
    Rule(
        TOTAL_ABOVE, SOFT, Scope.WITHIN,
        Text("合计远大于各行之和", "A total far above the sum of its rows"),
        Text("该企业合计 {value}，而其各技能行相加只有 {sum}，多出的人数没有写明技能。",
             "The total of this enterprise is {value}, but all its rows together come to {sum}: the others name no skill."),
        Text("请核对合计是否多填了零，或漏了技能行；若无误，请说明原因。", "Check the total for a zero too many, and for rows left out; where it is right, say why."),
        reasons=(
            Choice("no_skill", Text("其余岗位没有特定的技能要求", "the other positions ask for no particular skill")),
            Choice("skills_left_out", Text("其余岗位的技能未逐项填报", "the skills of the other positions were not put down one by one")),
            OTHER_REASON,
        ),
    ),
    Rule(
        JUMP, SOFT, Scope.HISTORY,
        Text("与以往相差十倍以上", "Ten times as many as before, or a tenth"),
        Text("该企业在该地区的“{skill}”本次合计 {now} 人，{quarter} 是 {before} 人。",
             "For “{skill}” in this region the enterprise now seeks {now}; in {quarter} it was {before}."),
        Text("请核对是否多填或少填了零；若无误，请说明原因。", "Check for a zero too many or too few; where it is right, say why."),
        reasons=(
            Choice("real_change", Text("确有变化：扩产、新项目、集中招聘或停招", "it really changed: expansion, a new project, hiring in one go, or a stop")),
            Choice("earlier_wrong", Text("以往填报有误", "what was filed before was wrong")),
            Choice("scope_changed", Text("填报范围或口径有变化", "it covers more or less than before, or counts otherwise")),
            OTHER_REASON,
        ),
    ),
    Rule(
        SKILL_NEW, SOFT, Scope.HISTORY,
        Text("从未有人填报过的技能", "A skill that nobody named before"),
        Text("“{value}”不在技能表中，以往也没有任何单位填报过。", "“{value}” is on no list of skills, and nobody has named it before."),
        Text("请核对是否写错；若是已有技能，请改用其名称；若确是新技能，请说明。",
             "Check the spelling; where it is a known skill, give its name; where it is a new one, say so."),
        reasons=(
            Choice("new_skill", Text("确是新出现的技能", "it is a new skill")),
            Choice("our_name", Text("是本单位的叫法，技能早已有之", "it is our name for what has long been there")),
            OTHER_REASON,
        ),
    ),
    Rule(
        PEERS, SOFT, Scope.PEERS,
        Text("远超其他单位", "Far more than anybody else"),
        Text("本行“{skill}”需求 {value} 人，而其他 {peers} 家单位中最多的一行是 {largest} 人。",
             "This row seeks {value} for “{skill}”; of {peers} others, the largest row has {largest}."),
        Text("请核对是否多填了零，或把全部人数填在了一行；若无误，请说明原因。",
             "Check for a zero too many, and whether the row holds the number of all; where it is right, say why."),
        reasons=(
            Choice("real_demand", Text("确有此需求", "they are really sought")),
            Choice("several_units", Text("含下属单位或多个厂区", "it includes subsidiaries or several sites")),
            OTHER_REASON,
        ),
    ),
)

#: where reporters speak for themselves
OTHERS_RULE = Rule(
    FILED_BY_OTHERS, SOFT, Scope.PEERS,
    Text("该企业另有优先的报送", "Another filing of this enterprise goes first"),
    Text("企业“{value}”本季度已有优先的报送（企业自报，或其主管协会代报），本文件中它的数据将保存，但不计入。",
         "For “{value}” a filing that goes first this quarter is there already (its own, or that of its primary association): what this file says of it will be kept, but not count."),
    Text("请说明由谁报送；若不应由本渠道报送，也可删去该企业的行。", "Say who files for it; where it is not yours to file, its rows may be left out as well."),
    reasons=(
        Choice("theirs_counts", Text("对方自行报送，以对方为准", "they file themselves, and theirs counts")),
        Choice("ours_should_count", Text("应以本文件为准（由主管部门决定）", "ours should count (the authority decides)")),
        Choice("taken_over", Text("今后由本渠道报送", "this feed files for them from now on")),
    ),
)  # fmt: skip
