"""Rules about codes that a code list has, had, or never had."""

from ievq_pipeline.domain.contracts.model import Rule, Scope, Severity
from ievq_pipeline.domain.text import Text

HARD = Severity.HARD

#: of cells that hold codes of a list
LIST_RULES = (
    Rule(
        "NQ-CODE-UNKNOWN", HARD, Scope.CELL,
        Text("代码表中没有这个代码", "A code that the list does not have"),
        Text("代码表（{version}版）中没有代码“{value}”。", "The code list (version {version}) has no code “{value}”."),
        Text("请核对代码；相近的：{candidates_zh}。也可以直接填名称；找不到合适的，请改填上一级的代码。",
             "Check the code; alike: {candidates_en}. Its title will do as well; where none fits, give the code of the group above."),
    ),
    Rule(
        "NQ-CODE-ENDED", HARD, Scope.CELL,
        Text("代码或名称已停用", "A code or title that is no longer in force"),
        Text("“{value}”（{old}）自 {year} 年起停用，去向不止一个或无法确定。",
             "“{value}” has not been in force since {year}; it was divided, or what became of it is not certain."),
        Text("请改填现行代码；可能是：{candidates_zh}。", "Give the code of today; it may be: {candidates_en}."),
    ),
    Rule(
        "NQ-TITLE-AMBIGUOUS", HARD, Scope.CELL,
        Text("名称对应多个代码", "A title of several codes"),
        Text("“{value}”可能指多个代码。", "“{value}” may mean several codes."),
        Text("请填写代码，或写出上一级的名称；可能是：{candidates_zh}。",
             "Give the code, or name what it belongs to; it may be: {candidates_en}."),
    ),
    Rule(
        "NQ-TITLE-UNKNOWN", HARD, Scope.CELL,
        Text("代码表中没有这个名称", "A title that the list does not have"),
        Text("代码表（{version}版）中没有名称“{value}”。", "The code list (version {version}) has no title “{value}”."),
        Text("请填写代码，例如“{example}”，或与代码表一致的名称；相近的：{candidates_zh}。",
             "Give the code, for example “{example}”, or its title as the list has it; alike: {candidates_en}."),
    ),
)
