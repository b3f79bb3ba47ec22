"""What templates say, in both languages; `{…}` is filled in."""

from ievq_pipeline.domain.text import Text

CODE, TITLE, ENGLISH, OTHER = (
    Text("编码", "Code"),
    Text("中文", "Chinese"),
    Text("英文", "English"),
    Text("又称", "Also"),
)
OFFERED = Text("填写内容", "To be chosen")
WITHIN = Text("上级", "Within")
NAME = Text("名", "Called")
VERSION = Text("{title}　版本 {version}　来源：{source}", "{title}, version {version}. Source: {source}")
#: above the guide: the quarter, the feed and whose it is, as far as they are known
FOR_QUARTER = Text("填报季度：{quarter}", "Quarter: {quarter}")
FOR_FEED = Text("填报渠道：{feed}", "Feed: {feed}")
FOR_ORGANISATION = Text("填报单位：{organisation}", "Organisation: {organisation}")

STEPS = (
    Text(
        "在工作表“{sheet}”第3行起填写，一条一行。第1行是列名，第2行是列的代码，请不要改动；列的次序可以调整。",
        "Fill in the sheet “{sheet}” from row 3 on, one entry a row. Rows 1 and 2 name the columns: leave "
        "them as they are; the order of the columns does not matter.",
    ),
    Text(
        "列名带 * 的必须填。开始填一行后，还缺的必填格会显示为黄色。",
        "Columns marked * must be filled. Once a row is begun, required cells that are still empty turn yellow.",
    ),
    Text(
        "有下拉箭头的格子请从下拉表中选；长的代码表也可以先到相应的工作表里查找（Ctrl+F），再复制第一列的内容。",
        "Where a cell has an arrow, choose from its list; a long list can also be searched on its own sheet "
        "(Ctrl+F), and its first column copied.",
    ),
)
QUARTER = Text(
    "“{title}”一列一律填 {quarter}。其他季度请下载其他季度的模板。",
    "The column “{title}” always holds {quarter}; other quarters have templates of their own.",
)
ZERO = Text(
    "零报告：本季度没有可报的企业也要填一行，“{title}”选“{marker}”，{empty}留空。不填则视为没有回答，而不是零。",
    "Zero report: an enterprise with nothing to report still gives one row, with “{marker}” as {title}; "
    "leave {empty} empty. Without it the enterprise has not answered, which is not zero.",
)
TOTAL = Text(
    "合计：如知道企业的总人数，可加一行，“{title}”选“{marker}”，{empty}留空，一个岗位只计一次。合计不是各行之和。",
    "Total: where the openings of the enterprise in all are known, one row may give them, with "
    "“{marker}” as {title} and {empty} empty; each position counts once, so it is not the sum of the "
    "rows.",
)
PREFILLED = Text(
    "已填好的行是 {previous} 报过的条目，只有名目，没有数字。请填上本季度的数字；本季度没有的，整行删除。",
    "The rows that are filled in are the entries of {previous}, without their numbers. Give this "
    "quarter's numbers, and delete the rows that no longer hold.",
)
LAST = (
    Text(
        "填好后保存为 .xlsx 上传；也可另存为“CSV UTF-8”上传。有错时会逐格告知，改好后重新上传整个文件。",
        "Save it as .xlsx and hand that in; CSV UTF-8 is taken as well. What is wrong is told cell by cell; "
        "mend it and hand in the whole file again.",
    ),
)

COLUMN, STANDS_FOR = Text("列", "Column"), Text("列的代码", "Its code")
DUTY, RULE, UNIT = Text("必填", "Must"), Text("要求", "What it asks for"), Text("计量", "Counted in")
SAMPLE, VALUES = Text("例", "Such as"), Text("可选值", "Choices")
YES, NO = Text("是", "yes"), Text("否", "no")
SEE = Text("见“{sheet}”", "see “{sheet}”")

PROMPT = Text("{rule}。例：{example}", "{rule}. For example: {example}")
SEE_LIST = Text("编码见“{sheet}”。", " Codes: see “{sheet}”.")
NOT_NUMBER = Text(
    "请填 {minimum} 到 {maximum} 之间的整数，不带单位、“约”或小数。",
    "Give a whole number from {minimum} to {maximum}, without unit, “about” or decimals.",
)
NOT_QUARTER = Text("本模板只用于 {quarter}，请填 {quarter}。", "This template is for {quarter} alone: give {quarter}.")
NOT_CHOICE = Text("请从下拉表中选一项。", "Choose one from the list.")
NOT_CREDIT_CODE = Text(
    "统一社会信用代码应为18位；没有的写成 体系:代码。仍要保留吗？",
    "A credit code has 18 characters; an organisation without one is written scheme:value. Keep it?",
)
NOT_ON_ROSTER = Text("“{sheet}”里没有这个代码。仍要保留吗？", "The sheet “{sheet}” has no such code. Keep it?")
TOO_LONG = Text("最多 {maximum} 个字。", "At most {maximum} characters.")
CHECK_IT = Text("请核对", "Please check")
