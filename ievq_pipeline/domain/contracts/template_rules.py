"""Rules about templates: a file of another kind, and what the stamp of a template tells beside what its cells say."""

from ievq_pipeline.domain.contracts.model import Rule, Scope, Severity
from ievq_pipeline.domain.text import Text

HARD, INFO = Severity.HARD, Severity.INFO

OTHER_KIND = Rule(
    "NQ-TEMPLATE-KIND", HARD, Scope.FILE,
    Text("选错了报表", "The file of another kind"),
    Text("这是“{found_zh}”，不是“{wanted_zh}”。读到的表头是：{value}。",
         "This is the file of another kind: “{found_en}”, not “{wanted_en}”. The header read is: {value}."),
    Text("请改传“{wanted_zh}”，或在上传时选择“{found_zh}”的填报渠道。",
         "Hand in “{wanted_en}”, or hand this file in for a feed of the kind “{found_en}”."),
)

#: of feeds, which have templates: what the stamp of one tells beside what its cells say
TEMPLATE_RULES = (
    Rule(
        "NQ-TEMPLATE-QUARTER", INFO, Scope.FILE,
        Text("用了别的季度的模板", "The template of another quarter"),
        Text("这是 {value} 的模板，而本次填报的是 {quarter}。", "This is the template of {value}, and the submission is for {quarter}."),
        Text("请核对“季度”一列；下次请下载 {quarter} 的模板。若数据确是 {quarter} 的，无需处理。",
             "Check the column with the quarter, and take the template of {quarter} next time; where the data are of {quarter}, there is nothing to do."),
    ),
    Rule(
        "NQ-TEMPLATE-FEED", INFO, Scope.FILE,
        Text("用了别的填报渠道的模板", "The template of another feed"),
        Text("这是填报渠道“{value}”的模板，而本次填报的渠道是“{feed}”。", "This is the template of the feed “{value}”, and the submission is for “{feed}”."),
        Text("请确认没有选错文件或渠道；若没有，无需处理，下次请下载本渠道的模板。",
             "Make sure that neither the file nor the feed was mistaken; where they were not, there is nothing to do, but take this feed's template next time."),
    ),
    Rule(
        "NQ-TEMPLATE-ORGANISATION", INFO, Scope.FILE,
        Text("用了别的单位的模板", "The template of another organisation"),
        Text("这是单位“{value}”的模板，而本次填报的单位是“{organisation}”。", "This is the template of “{value}”, and “{organisation}” hands it in."),
        Text("请确认没有选错文件；若没有，无需处理，下次请下载本单位的模板。",
             "Make sure that this is the right file; where it is, there is nothing to do, but take your own template next time."),
    ),
    Rule(
        "NQ-TEMPLATE-OLD", INFO, Scope.FILE,
        Text("不是现行版本的模板", "Not the template of today's version"),
        Text("模板是 {value} 版，现行的是 {version} 版。", "The template is of version {value}, today's is {version}."),
        Text("内容已按现行约定检查；下次请下载新模板。", "The content was checked by today's contract; take a new template next time."),
    ),
    Rule(
        "NQ-TEMPLATE-LISTS", INFO, Scope.FILE,
        Text("模板里的代码表不是现行版本", "The template's code lists are not today's"),
        Text("模板所附的代码表已更新：{lists_zh}。", "Code lists that came with the template have changed since: {lists_en}."),
        Text("内容已按现行代码表检查；下次请下载新模板。", "The content was checked against today's lists; take a new template next time."),
    ),
    Rule(
        "NQ-TEMPLATE-ALTERED", INFO, Scope.FILE,
        Text("模板的标记被改动过", "The template's stamp was altered"),
        Text("模板中隐藏的标记（季度、填报渠道、版本）被改动过，已不作参考。", "The hidden stamp of the template (quarter, feed, version) was altered, and was left aside."),
        Text("内容已照常检查，无需处理；下次请下载新模板。", "The content was checked all the same, and there is nothing to do; take a new template next time."),
    ),
)
