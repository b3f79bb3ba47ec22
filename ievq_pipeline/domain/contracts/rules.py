"""Rules that every kind of tabular feed shares: the file, its structure, and cells by their type."""

from ievq_pipeline.domain.contracts.container_rules import CONTAINER_FILE_RULES, JSON_RULES
from ievq_pipeline.domain.contracts.model import CheckedBy, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.template_rules import OTHER_KIND
from ievq_pipeline.domain.contracts.workbook_rules import PACKAGE_RULES, SHEET_RULES
from ievq_pipeline.domain.text import Text

HARD, INFO = Severity.HARD, Severity.INFO
BOTH = CheckedBy.BOTH
#: told of a submission whose accepted rows its suite holds back
SUITE = "NQ-SUITE"

FILE_RULES = (
    OTHER_KIND,
    Rule(
        "NQ-FILE-EMPTY", HARD, Scope.FILE,
        Text("文件是空的", "The file is empty"),
        Text("文件中没有任何内容。", "The file holds nothing."),
        Text("请确认选对了文件，填好数据后重新上传。", "Make sure that this is the right file; fill it in and upload it again."),
    ),
    Rule(
        "NQ-FILE-NOT-TABLE", HARD, Scope.FILE,
        Text("不是可以读取的表格", "Not a table that can be read"),
        Text("文件内容是{kind_zh}，不是可以读取的表格。", "The file holds {kind_en}, not a table that can be read."),
        Text("请用表格软件（Excel、WPS）打开，选“文件→另存为”，类型选“Excel 工作簿（*.xlsx）”或“CSV UTF-8”，再上传新文件；只改扩展名不起作用。",
             "Open it in a spreadsheet program, choose “File → Save as” and the type “Excel workbook (*.xlsx)” or “CSV UTF-8”, and upload the new file; renaming a file does not convert it."),
    ),
    Rule(
        "NQ-FILE-ENCODING", HARD, Scope.FILE,
        Text("无法确定文字编码", "The character encoding is not certain"),
        Text("无法确定文件的文字编码（第{line}行起）。{looks_zh}第一行按UTF-8读作“{utf8}”，按GB18030读作“{gb18030}”，都读不出约定的列名。",
             "The encoding of the file is not certain (from line {line} on).{looks_en} Its first line reads “{utf8}” as UTF-8 and “{gb18030}” as GB18030; in neither are the agreed column names found."),
        Text("请用表格软件打开，确认文字正常，另存为“CSV UTF-8”或XLSX后上传；若文字本来正常，请把表头改为约定的列名。",
             "Open it in a spreadsheet program, see that the words are right, and save it as “CSV UTF-8” or XLSX; where they are right already, give the columns their agreed names."),
    ),
    Rule(
        "NQ-CELL-LONG", HARD, Scope.FILE,
        Text("单元格太长", "A cell is too long"),
        Text("本行有一格超过 {cap} 个字，表格无法读取；多半是这里或前面有引号没有成对。",
             "A cell of this row has more than {cap} characters, so the table can't be read: most likely a quotation mark there has no partner."),
        Text("请检查本行的引号，改好后重新上传整个文件。", "Check the quotation marks of this row, and upload the whole file again."),
    ),
    Rule(
        "NQ-FILE-TOO-LARGE", HARD, Scope.FILE,
        Text("文件太大", "The file is too large"),
        Text("文件超过上限：{cap_zh}。", "The file is over the cap: {cap_en}."),
        Text("请拆分文件或删去无关内容后重新上传。", "Split the file, or leave out what is not asked for."),
    ),
    Rule(
        "NQ-FILE-HEAVY", HARD, Scope.FILE,
        Text("文件过于复杂", "The file takes too much to read"),
        Text("读取这份文件所需的内存或时间超过上限。", "Reading this file takes more memory or time than a file may have."),
        Text("请新建一个工作簿，只粘贴数据（粘贴为数值），或另存为“CSV UTF-8”后上传；也可按企业拆成几份。",
             "Paste the data alone (as values) into a new workbook, or save it as “CSV UTF-8”, and upload that; or split it."),
    ),
    Rule(
        "NQ-CHECK-FAILED", HARD, Scope.FILE,
        Text("检查程序出错", "The check itself failed"),
        Text("检查程序未能处理这份文件；这是系统的问题，已记录。", "The check could not deal with this file. That is the system's fault, and has been logged."),
        Text("请将文件交给管理员；问题解决后可原样重新上传。", "Give the file to the operator; once mended, the same file can be handed in again."),
    ),
    Rule(
        SUITE, INFO, Scope.FILE,
        Text("入库前复核未通过", "Held back by the second check"),
        Text("文件已被接受，但入库前的复核与检查结果不一致，数据暂未入库：{value}。",
             "The file was accepted, but the second check before storing does not agree, so its data wait: {value}."),
        Text("这是系统的问题，由工程师处理；您不需要做什么，也不必重新上传。",
             "That is the system's fault, and its engineer must act: there is nothing for you to do, and no need to upload it again."),
    ),
    *CONTAINER_FILE_RULES,
    *PACKAGE_RULES,
)

STRUCTURE_RULES = (
    Rule(
        "NQ-HEADER-MISSING", HARD, Scope.STRUCTURE,
        Text("缺少必填列", "A required column is missing"),
        Text("表头中找不到必填列“{title_zh}”（{field}）。读到的表头是：{value}。",
             "The header has no required column “{title_en}” ({field}). The header read is: {value}."),
        Text("请在表头加上“{title_zh}”列；也可写作：{aliases_zh}。", "Add the column “{title_en}” to the header; also understood: {aliases_en}."),
    ),
    Rule(
        "NQ-HEADER-TWICE", HARD, Scope.STRUCTURE,
        Text("同一列出现两次", "A column stands twice"),
        Text("“{title_zh}”（{field}）在表头中出现不止一次，再次出现时写作“{value}”。",
             "“{title_en}” ({field}) stands in the header more than once; the repeat reads “{value}”."),
        Text("请只保留一列。", "Keep only one of them."),
    ),
    Rule(
        "NQ-HEADER-UNKNOWN", INFO, Scope.STRUCTURE,
        Text("不认识的列", "A column that is not known"),
        Text("列“{value}”不在本表约定之内，未读取。", "The column “{value}” is not part of this contract and was not read."),
        Text("若是必填列，请改用约定的列名；否则无需处理。", "If it stands for a required column, use its agreed name; otherwise there is nothing to do."),
    ),
    Rule(
        "NQ-ROW-WIDE", HARD, Scope.STRUCTURE,
        Text("行比表头长", "The row is longer than the header"),
        Text("本行在表头之外还有内容“{value}”。", "This row holds “{value}” beyond the last column of the header."),
        Text("请检查是否多了逗号，或文字中的逗号没有加引号。", "Look for a comma too many, or text with a comma that is not quoted."),
    ),
    Rule(
        "NQ-ROW-SWALLOWED", HARD, Scope.STRUCTURE,
        Text("一格里夹着后面的行", "A cell takes in the rows after it"),
        Text("本格以“{value}”开头，把后面 {lines} 行也读了进去，多半是引号没有成对。",
             "This cell, which begins “{value}”, takes in {lines} line(s) after it: most likely a quotation mark has no partner."),
        Text("请补上缺少的引号，或删去多余的引号，然后重新上传整个文件。",
             "Add the quotation mark that is missing, or take out the stray one, and upload the whole file again."),
    ),
    Rule(
        "NQ-NO-ROWS", HARD, Scope.STRUCTURE,
        Text("没有数据行", "No data rows"),
        Text("表头下面没有数据行。", "There are no data rows under the header."),
        Text("请填入数据后重新上传。", "Fill in the data and upload the file again."),
    ),
    *JSON_RULES,
    *SHEET_RULES,
)

CELL_RULES = (
    Rule(
        "NQ-REQUIRED", HARD, Scope.CELL,
        Text("必填格为空", "A required cell is empty"),
        Text("“{title_zh}”为空。", "“{title_en}” is empty."),
        Text("请填写，例如“{example}”。", "Fill it in, for example “{example}”."),
        BOTH,
    ),
    Rule(
        "NQ-INTEGER", HARD, Scope.CELL,
        Text("不是整数", "Not a whole number"),
        Text("“{value}”不是整数。", "“{value}” is not a whole number."),
        Text("请只填数字，例如“{example}”，不要带单位、“约”或小数。", "Give digits only, for example “{example}”, without unit, “about” or decimals."),
    ),
    Rule(
        "NQ-MINIMUM", HARD, Scope.CELL,
        Text("数值过小", "The number is too small"),
        Text("“{value}”小于允许的最小值 {minimum}。", "“{value}” is below the smallest value allowed, {minimum}."),
        Text("请核对后填写不小于 {minimum} 的数。", "Check it, and give a number of at least {minimum}."),
        BOTH,
    ),
    Rule(
        "NQ-MAXIMUM", HARD, Scope.CELL,
        Text("数值过大", "The number is too large"),
        Text("“{value}”大于允许的最大值 {maximum}。", "“{value}” is above the largest value allowed, {maximum}."),
        Text("请核对是否多填了零。", "Check it for a zero too many."),
        BOTH,
    ),
    Rule(
        "NQ-QUARTER", HARD, Scope.CELL,
        Text("不是季度", "Not a quarter"),
        Text("“{value}”不是可识别的季度。", "“{value}” is not a quarter that can be read."),
        Text("请写成 2025-Q3 或 2025年第3季度。", "Write it as 2025-Q3."),
        BOTH,
    ),
    Rule(
        "NQ-QUARTER-OTHER", HARD, Scope.CELL,
        Text("不是本次填报的季度", "Another quarter than the submission's"),
        Text("本行写的是 {value}，而本次填报的是 {quarter}。", "This row says {value}, the submission is for {quarter}."),
        Text("请改为 {quarter}，或在上传时选择正确的季度。", "Correct it to {quarter}, or choose the right quarter when you upload."),
        BOTH,
    ),
    Rule(
        "NQ-TEXT-LONG", HARD, Scope.CELL,
        Text("文字过长", "The text is too long"),
        Text("文字有 {length} 个字，超过上限 {maximum}。", "The text has {length} characters, more than {maximum}."),
        Text("请只写名称，不要写说明。", "Give the name only, no description."),
        BOTH,
    ),
)

WORDING_RULE = Rule(
    "NQ-WORDING", HARD, Scope.CELL,
    Text("不是可辨认的名称", "Not a name that can be read"),
    Text("“{name}”中没有可以辨认的名称。", "“{name}” holds no name that can be read."),
    Text("请填写代码或名称，例如“{example}”；若显示公式出错或乱码，请改填原来的文字。",
         "Give a code or a name, for example “{example}”; where a formula failed or characters are garbled, put the words that were meant."),
    BOTH,
)

#: of cells that hold codes, choices, and names that a code list may know
CODE_RULES = (
    Rule(
        "NQ-CREDIT-CODE", HARD, Scope.CELL,
        Text("统一社会信用代码有误", "Not a valid credit code"),
        Text("“{value}”不是有效的统一社会信用代码（应为18位，且校验码相符）。",
             "“{value}” is not a valid unified social credit code (18 characters, the last of which checks the others)."),
        Text("请对照营业执照填写；若显示成9.1E+17的样子，请先把该列设为“文本”格式。没有信用代码的单位写成带体系名的代码，如 us-agency:DN。",
             "Copy it from the business licence; where it shows like 9.1E+17, format the column as text first. An organisation without one is written scheme:value, such as us-agency:DN."),
        BOTH,
    ),
    Rule(
        "NQ-SCHEME", HARD, Scope.CELL,
        Text("代码体系写法有误", "Not scheme:value"),
        Text("“{value}”的冒号前不是体系名，或冒号后没有代码。",
             "In “{value}”, no name of a scheme stands before the colon, or no code after it."),
        Text("体系名用英文字母、数字和连字符书写，冒号后写代码，如 us-agency:DN；本列默认体系的代码不必写体系名，例如“{example}”。",
             "A scheme is written in letters, digits and hyphens, with the code after the colon, such as us-agency:DN; a code of the column's own scheme needs none, for example “{example}”."),
        BOTH,
    ),
    Rule(
        "NQ-CODE", HARD, Scope.CELL,
        Text("代码写法有误", "Not a code of this column"),
        Text("“{value}”不是本列代码的写法。", "“{value}” is not written like a code of this column."),
        Text("本列的要求：{rule_zh}。例如“{example}”；开头的0不能省略。",
             "What the column asks for: {rule_en}. For example “{example}”; zeros at its beginning count."),
        BOTH,
    ),
    Rule(
        "NQ-CHOICE", HARD, Scope.CELL,
        Text("不在可选范围内", "Not one of the choices"),
        Text("“{value}”不在可选范围内。", "“{value}” is not one of the choices."),
        Text("请填写其中之一：{choices_zh}。", "Give one of these: {choices_en}."),
        BOTH,
    ),
    WORDING_RULE,
    Rule(
        "NQ-SEVERAL", HARD, Scope.CELL,
        Text("一格写了多项", "Several in one cell"),
        Text("“{value}”里有 {count} 项：{names}。本列一行只写一项。", "“{value}” names {count}: {names}. A row of this column is for one."),
        Text("请每项单独写一行，其余各列照抄，人数按各项分别填写。", "Give each a row of its own, with the other columns repeated and its own number."),
    ),
    Rule(
        "NQ-WORDING-NEW", INFO, Scope.CELL,
        Text("名称未收录，但与已有名称相近", "A name that no list knows, near to one that it does"),
        Text("“{name}”不在代码表中，可能是：{suggestions_zh}。", "No list knows “{name}”. It may be: {suggestions_en}."),
        Text("若确是其中之一，请改填该代码或名称；若不是，不必改动，数据照收，管理员会核定。",
             "Where it is one of these, write its code or name; else leave it: the row is taken as it is, and the name will be looked at."),
    ),
)

#: of registers, whose rows hold for a time
DATE_RULES = (
    Rule(
        "NQ-DATE", HARD, Scope.CELL,
        Text("不是日期", "Not a date"),
        Text("“{value}”不是可识别的日期。", "“{value}” is not a date that can be read."),
        Text("请写成 2025-07-01 或 2025年7月1日。", "Write it as 2025-07-01."),
    ),
    Rule(
        "NQ-DATES-REVERSED", HARD, Scope.ROW,
        Text("起止日期颠倒", "It ends before it begins"),
        Text("截止日期 {value} 早于起始日期 {begins}。", "The last day, {value}, lies before the first, {begins}."),
        Text("请核对两个日期。", "Check the two dates."),
    ),
)

NORMALISED = {
    "NQ-N-BLANKS": Text("去除首尾空白", "blanks at the ends taken off"),
    "NQ-N-WIDTH": Text("全角转半角", "full-width characters made plain"),
    "NQ-N-TEXT-MARK": Text("去除表示文本的撇号或 =\"…\"", "marks that a cell is text taken off"),
    "NQ-N-NOTHING": Text("选填格中的“无”“/”“—”按未填读取", "placeholders in optional cells read as empty"),
    "NQ-N-SEPARATOR": Text("去除千分位", "thousands separators taken out"),
    "NQ-N-DECIMALS": Text("去除小数点后的零", "zeros after the decimal point taken off"),
    "NQ-N-NOTES": Text("表格下方的说明、签字，以及空白行中没有结果的查找公式，未作为数据读取", "notes and signatures below the table left out, and look-ups beside nothing"),
    "NQ-N-SUM": Text("总计、小计行未作为数据读取", "rows with sums left out"),
    "NQ-N-MERGED": Text("合并单元格按所含各行读取", "merged cells read for each of their rows"),
    "NQ-N-QUARTER": Text("统一季度写法", "quarter spelled as 2025-Q3"),
    "NQ-N-DATE": Text("统一日期写法", "dates spelled as 2025-07-01"),
    "NQ-N-CODE": Text("统一代码写法", "codes spelled the agreed way"),
    "NQ-N-TITLE": Text("名称换成代码", "titles made their codes"),
    "NQ-N-CODE-MOVED": Text("已变更的旧代码换成现行代码", "old codes made those that they have become"),
    "NQ-N-CHOICE": Text("文字换成代码", "wordings of choices made codes"),
    "NQ-N-MARKER": Text("统一零报告与合计行的写法", "zero reports and totals rows spelled the agreed way"),
    "NQ-N-SKILL": Text("技能名称换成代码", "names of skills made their codes"),
    "NQ-N-WORDING": Text("统一未收录名称的写法（全角、空格、大小写）", "names that no list knows spelled the agreed way (width, blanks, case)"),
    "NQ-N-LIST": Text("统一分隔符，去除重复项", "separators made `;`, repeats taken out"),
}
