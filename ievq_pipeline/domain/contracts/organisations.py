"""The register of *organisations*, version 1: who they are, what is told of them and since when, and whose past they have."""

from collections.abc import Mapping
from typing import Any

from ievq_pipeline.domain import organisation, succession
from ievq_pipeline.domain.contracts.list_rules import LIST_RULES
from ievq_pipeline.domain.contracts.model import Choice, Contract, Field, FieldType, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.rules import (
    CELL_RULES,
    CODE_RULES,
    DATE_RULES,
    FILE_RULES,
    STRUCTURE_RULES,
)
from ievq_pipeline.domain.organisation import VALUES, Dimension, OrganisationKind
from ievq_pipeline.domain.succession import SuccessionKind
from ievq_pipeline.domain.text import Text

#: what else is understood of the choices
ALIASES: dict[str, tuple[str, ...]] = {
    OrganisationKind.ENTERPRISE: ("公司", "工厂", "company"),
    OrganisationKind.ASSOCIATION: ("协会", "商会", "学会"),
    OrganisationKind.COLLEGE: ("学校", "高职院校", "职业院校", "school"),
    OrganisationKind.AUTHORITY: ("政府部门", "主管机关"),
    "private": ("民营", "私营", "民营企业", "私营企业", "个体", "个体工商户", "民营/个体", "Private/Individual", "Private/Individual Enterprises"),
    "state_owned": ("国有企业", "国企", "国有独资", "国有控股", "State-Owned Enterprises"),
    "foreign": ("外资", "外商投资", "外资企业", "中外合资", "外商独资", "中外合资/外商独资", "Sino-Foreign Joint Ventures/Wholly Foreign-Owned Enterprises"),
    "small": ("小型", "小", "小型企业"),
    "medium": ("中型", "中", "中型企业"),
    "large": ("大型", "大", "大型企业"),
    "innovative": ("创新型中小企业", "专精特新中小企业", "专精特新", "创新型/专精特新中小企业", "Innovative/Specialized & New SMEs"),
    "little_giant": ("小巨人", "专精特新小巨人", "“小巨人”企业", "小巨人企业", "Little Giant", "Provincial/National “Little Giant” Enterprises"),
    "single_champion": ("单项冠军", "制造业单项冠军", "单项冠军企业", "Single Champion", "National Manufacturing “Single Champion” Enterprises"),
    "other": ("其他", "其它", "Other Types"),
    SuccessionKind.MERGER: ("合并",),
    SuccessionKind.ABSORPTION: ("兼并", "并入"),
    SuccessionKind.SPLIT: ("分立", "新设分立"),
    SuccessionKind.SPIN_OFF: ("派生分立",),
    SuccessionKind.NEW_CODE: ("换码", "换证", "代码变更"),
}


def _choices(titles: Mapping[Any, Text]) -> tuple[Choice, ...]:
    return tuple(Choice(str(code), title, ALIASES.get(code, ())) for code, title in titles.items())


ORGANISATIONS = Contract(
    feed_kind="organisations",
    version=1,
    title=Text("单位登记表", "Organisations"),
    key=("identifier", "holds_from"),
    weight=None,
    subject=("identifier",),
    fields=(
        Field(
            "identifier", Text("单位代码", "Identifier"),
            ("统一社会信用代码", "社会信用代码", "信用代码", "企业代码", "机构代码", "credit code", "enterprise code", "enterprise"), FieldType.IDENTIFIER,
            Text("单位的18位统一社会信用代码；没有的写成带体系名的代码，如 us-agency:DN",
                 "The organisation's unified social credit code; without one, scheme:value such as us-agency:DN"),
            "91350100M000100Y43", maximum=200, scheme="uscc",
        ),
        Field(
            "other_identifiers", Text("其他代码", "Other identifiers"), ("曾用代码", "别的代码", "identifiers"), FieldType.IDENTIFIER,
            Text("同一单位的其他代码，多个之间用分号隔开，可不填", "Further codes of the same organisation, separated by semicolons; may be empty"),
            "us-agency:DN", required=False, maximum=1_000, scheme="uscc", is_list=True,
        ),
        Field(
            "kind", Text("单位类别", "Kind"), ("类别", "机构类型", "单位类型", "organisation kind"), FieldType.CHOICE,
            Text("企业、行业协会、院校或主管部门", "Enterprise, association, college or authority"), "enterprise",
            choices=_choices(organisation.KINDS),
        ),
        Field(
            "title", Text("单位名称", "Title"), ("名称", "企业名称", "机构名称", "name"), FieldType.WORDING,
            Text("单位的全称，可不填", "The organisation's full name; may be empty"), "Example Robotics Co., Ltd.", required=False, maximum=200,
        ),
        Field(
            "ownership", Text("所有制", "Ownership"), ("所有制类型", "企业性质", "登记注册类型", "ownership type"), FieldType.CHOICE,
            Text("企业的所有制类型，可不填", "Who owns the enterprise; may be empty"), "private",
            required=False, choices=_choices(VALUES[Dimension.OWNERSHIP]),
        ),
        Field(
            "scale", Text("规模", "Scale"), ("企业规模", "单位规模", "人员规模", "enterprise scale"), FieldType.CHOICE,
            Text("按人数划分的规模，可不填", "Its size by employees; may be empty"), "medium",
            required=False, choices=_choices(VALUES[Dimension.SCALE]),
        ),
        Field(
            "accreditation", Text("资质认定", "Accreditation"), ("认定类型", "企业认定", "资质类型", "培育认定", "accreditation type", "enterprise accreditation type"), FieldType.CHOICE,
            Text("企业获得的最高一级认定，可不填", "The highest accreditation that the enterprise has; may be empty"), "little_giant",
            required=False, choices=_choices(VALUES[Dimension.ACCREDITATION]),
        ),
        Field(
            "region", Text("地区", "Region"), ("地区代码", "行政区划代码", "行政区划", "所在地区", "注册地区", "region code"), FieldType.CODE,
            Text("单位所在地的6位行政区划代码（GB/T 2260）或地名；其他体系写成带体系名的代码；可不填",
                 "Where it is, six digits of GB/T 2260, or its Chinese name; others as scheme:value; may be empty"),
            "350200", required=False, maximum=100, scheme="gbt2260", code_list="regions",
        ),
        Field(
            "industry", Text("行业", "Industry"), ("行业代码", "国民经济行业代码", "国民经济行业", "所属行业", "industry code"), FieldType.CODE,
            Text("单位的国民经济行业分类代码（GB/T 4754）或名称；其他体系写成带体系名的代码；可不填",
                 "Its code of GB/T 4754, or its title; others as scheme:value; may be empty"),
            "39", required=False, maximum=100, scheme="gbt4754", code_list="industries",
        ),
        Field(
            "holds_from", Text("起始日期", "Holds from"), ("生效日期", "开始日期", "自", "from", "since"), FieldType.DATE,
            Text("本行情况自哪一天起成立，首次登记可不填；情况有变时必填", "The first day on which the row holds; may be empty at first, needed where something has changed"),
            "2025-07-01", required=False,
        ),
        Field(
            "holds_to", Text("截止日期", "Holds to"), ("终止日期", "结束日期", "失效日期", "至", "to", "until"), FieldType.DATE,
            Text("本行情况成立的最后一天，至今成立的不填", "The last day on which the row holds; empty while it does"),
            "2025-12-31", required=False,
        ),
        Field(
            "member_of", Text("所属协会", "Member of"), ("所属行业协会", "主要协会", "主管协会", "协会代码", "association"), FieldType.IDENTIFIER,
            Text("代为填报的主要协会的代码，可不填；单位由此列入该协会填报渠道的名单",
                 "Code of the primary association that hands in for it; may be empty; it puts the organisation on the rosters of that association's feeds"),
            "us-agency:DN", required=False, maximum=200, scheme="uscc",
        ),
        Field(
            "succeeds", Text("承继自", "Succeeds"), ("前身代码", "前身", "被承继单位", "原单位代码", "predecessor"), FieldType.IDENTIFIER,
            Text("由本单位承继的原单位代码，多个之间用分号隔开，可不填", "Codes of the organisations that this one took over from, separated by semicolons; may be empty"),
            "us-agency:DN", required=False, maximum=1_000, scheme="uscc", is_list=True,
        ),
        Field(
            "succession", Text("承继方式", "Succession"), ("变更方式", "变更类型", "succession kind"), FieldType.CHOICE,
            Text("合并、分立或更换代码，填了承继自时必填", "Merger, split or new code; needed with the column before"), "merger",
            required=False, choices=_choices(succession.KINDS),
        ),
        Field(
            "happened_on", Text("变更日期", "Happened on"), ("承继日期", "发生日期", "succession date"), FieldType.DATE,
            Text("承继自哪一天起成立，填了承继自时必填", "The first day of the succession; needed with the two columns before"), "2025-07-01",
            required=False,
        ),
    ),
    rules=(
        *FILE_RULES,
        *STRUCTURE_RULES,
        *CELL_RULES,
        *CODE_RULES,
        *LIST_RULES,
        *DATE_RULES,
        Rule(
            "NQ-SUCCESSION-PARTIAL", Severity.HARD, Scope.ROW,
            Text("承继信息不全", "A succession in part"),
            Text("“承继自、承继方式、变更日期”三项须同时填写，这里缺“{title_zh}”。", "Succeeds, succession and happened on go together, but “{title_en}” is empty."),
            Text("请补齐三项，或全部留空。", "Fill in all three, or none."),
        ),
        Rule(
            "NQ-DUPLICATE", Severity.HARD, Scope.WITHIN,
            Text("同一单位重复", "The same organisation twice"),
            Text("“{value}”已在第 {first} 行以同一起始日期出现过。", "“{value}” already stands in row {first}, from the same day."),
            Text("请合并或删去重复行；若是前后不同的情况，请分别填写起始日期。", "Merge the rows, or delete the repeat; where they tell of different times, give each its date."),
        ),
        Rule(
            "NQ-IDENTIFIER-TAKEN", Severity.HARD, Scope.HISTORY,
            Text("代码属于另一单位", "The code is another organisation's"),
            Text("“{value}”当时是另一单位（{other}）的代码。", "At that time “{value}” is a code of another organisation ({other})."),
            Text("请核对代码；若两者本是一个单位，请用 ievq organisations succeed 登记为更换代码。",
                 "Check the code; where the two are one organisation, say so with ievq organisations succeed and the kind new_code."),
        ),
        Rule(
            "NQ-ENDED", Severity.HARD, Scope.HISTORY,
            Text("单位已经终止", "The organisation has ended"),
            Text("“{value}”已于 {ended} 终止，此后的情况不能再登记。", "“{value}” ended on {ended}; nothing can be told of it after that."),
            Text("请改登承继它的单位；若该代码已转给另一单位，请先用 ievq organisations release 注明。",
                 "Tell it of whoever took over; where the code has passed to another organisation, say so first with ievq organisations release."),
        ),
        Rule(
            "NQ-KIND-DIFFERS", Severity.HARD, Scope.HISTORY,
            Text("单位类别不符", "Another kind than registered"),
            Text("该单位登记的类别是“{known_zh}”，这里写的是“{given_zh}”。", "The organisation is registered as “{known_en}”, this row says “{given_en}”."),
            Text("请核对代码和类别；单位的类别不会改变。", "Check the code and the kind: an organisation's kind does not change."),
        ),
        Rule(
            "NQ-CHANGE-UNDATED", Severity.HARD, Scope.HISTORY,
            Text("变更没有日期", "A change without a date"),
            Text("登记的是“{known_zh}”，这里写的是“{given_zh}”，但没有说明自何日起。", "Registered is “{known_en}”; this row says “{given_en}”, but not since when."),
            Text("请在“起始日期”填写自何日起成立；若没有变化，请改回原值。", "Give the day since when in “Holds from”; where nothing has changed, write what is registered."),
        ),
        Rule(
            "NQ-HISTORY-DIFFERS", Severity.HARD, Scope.HISTORY,
            Text("与已登记的历史矛盾", "Against the history registered"),
            Text("自同一天（{since_zh}）起已登记为“{known_zh}”，这里写的是“{given_zh}”。", "From the same day ({since_en}) “{known_en}” is registered; this row says “{given_en}”."),
            Text("已登记的历史不会被覆盖：请改回原值，或给出另一个起始日期。", "History is not overwritten: write what is registered, or give another day."),
        ),
        Rule(
            "NQ-DATES-OVERLAP", Severity.HARD, Scope.WITHIN,
            Text("两行的日期重叠", "The days of two rows overlap"),
            Text("本表另一行写明“{known_zh}”到 {until} 为止，而本行在此之前改为“{given_zh}”。",
                 "Another row of this file says that “{known_en}” holds until {until}, but this one says “{given_en}” from an earlier day."),
            Text("请核对两行的起止日期。", "Check the dates of both rows."),
        ),
        Rule(
            "NQ-ASSOCIATION", Severity.HARD, Scope.HISTORY,
            Text("不是已登记的协会", "No registered association"),
            Text("“{value}”不是已登记的行业协会。", "“{value}” is no registered association."),
            Text("请核对代码；新的协会请先登记，或在本表中另起一行。", "Check the code; register a new association first, or in a row of this file."),
        ),
        Rule(
            "NQ-ASSOCIATION-FEED", Severity.INFO, Scope.HISTORY,
            Text("协会没有唯一的填报渠道", "The association has no single feed"),
            Text("“{value}”的填报渠道中没有可以列入的名单，所属关系未登记。", "“{value}” has no feed, or several of a kind, so it is not clear on whose roster this goes; it was left out."),
            Text("请先登记渠道再重新导入，或用 ievq feeds roster 指明渠道。", "Add its feed and import the file again, or name the feed with ievq feeds roster."),
        ),
        Rule(
            "NQ-SUCCEEDS-UNKNOWN", Severity.HARD, Scope.HISTORY,
            Text("找不到被承继的单位", "Unknown predecessor"),
            Text("没有代码为“{value}”的单位。", "There is no organisation “{value}”."),
            Text("请核对代码；原单位也须登记，可在本表中另起一行。", "Check the code; the predecessor has to be registered too, which a row of this file may do."),
        ),
        Rule(
            "NQ-SUCCESSION-IMPOSSIBLE", Severity.HARD, Scope.HISTORY,
            Text("承继关系不成立", "An impossible succession"),
            Text("本单位届时已经终止，或与“{value}”是同一单位，不能承继它。", "By then the organisation had ended itself, or it is the same as “{value}”, so it can't take over from it."),
            Text("请核对承继双方和日期。", "Check who took over from whom, and when."),
        ),
        Rule(
            "NQ-SUCCESSION-DIFFERS", Severity.HARD, Scope.HISTORY,
            Text("与已登记的承继关系不同", "Against the succession registered"),
            Text("对“{value}”的承继已登记为：{since_zh}，{known_zh}。", "The succession to “{value}” is registered as: {known_en}, on {since_en}."),
            Text("请改回登记的方式和日期。", "Write the kind and the date that are registered."),
        ),
    ),
)
