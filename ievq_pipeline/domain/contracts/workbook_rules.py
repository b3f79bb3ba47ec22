"""Rules of files that come as workbooks, or in a package: what they are made of, and what their sheets and cells hide."""

from ievq_pipeline.domain.contracts.model import Rule, Scope, Severity
from ievq_pipeline.domain.text import Text

HARD, INFO = Severity.HARD, Severity.INFO

PACKAGE_RULES = (
    Rule(
        "NQ-FILE-ENCRYPTED", HARD, Scope.FILE,
        Text("文件设有密码", "The file is encrypted"),
        Text("文件已加密（设有打开密码或经加密软件处理），无法读取。", "The file is encrypted, or asks for a password to open, so it cannot be read."),
        Text("请在表格软件中取消打开密码，另存后重新上传；不要把密码写在文件名里。",
             "Take the password off in the spreadsheet program, save the file and upload it again; do not send the password along."),
    ),
    Rule(
        "NQ-FILE-DAMAGED", HARD, Scope.FILE,
        Text("文件已损坏", "The file is damaged"),
        Text("文件不完整或已损坏，无法读取：{what_zh}。", "The file is incomplete or damaged, and cannot be read: {what_en}."),
        Text("请确认它能用表格软件打开，另存为新文件后重新上传；若打不开，请向提供者重新索取。",
             "Make sure that a spreadsheet program opens it, save it as a new file and upload that; where it does not open, ask for it again."),
    ),
    Rule(
        "NQ-FILE-UNSAFE", HARD, Scope.FILE,
        Text("文件构造异常", "The file is built like an attack"),
        Text("文件的内部构造不是表格软件会写出的样子，为安全起见不读取：{what_zh}。",
             "The file is not built as a spreadsheet program builds it, and was left unread for safety: {what_en}."),
        Text("请用表格软件打开原始数据，把内容复制到新建的工作簿，另存后重新上传。",
             "Open the data in a spreadsheet program, copy them into a new workbook, save it and upload that."),
    ),
    Rule(
        "NQ-FILE-ACTIVE", INFO, Scope.FILE,
        Text("文件含有宏或外部链接", "The file holds macros or links to other files"),
        Text("文件中有{what_zh}；均未运行、未打开，只读取单元格中保存的值。", "The file holds {what_en}. Nothing of it was run or followed: the values kept in the cells were read."),
        Text("无需处理；若数据来自外部链接，请确认保存前已更新。", "There is nothing to do; where data come from other files, make sure that they were up to date when it was saved."),
    ),
)

SHEET_RULES = (
    Rule(
        "NQ-SHEETS-SEVERAL", HARD, Scope.STRUCTURE,
        Text("不止一张数据表", "More than one sheet with data"),
        Text("工作簿中有不止一张工作表像是要报的数据：{value}，无法确定读哪一张。", "More than one sheet of the workbook looks like the data to hand in: {value}. Which one is meant is not certain."),
        Text("请只保留一张要报的工作表（其余删除或隐藏），或把数据合到一张表里，再重新上传。",
             "Keep only the sheet to hand in (delete or hide the others), or bring the data together in one sheet, and upload the file again."),
    ),
    Rule(
        "NQ-SHEETS-UNREAD", INFO, Scope.STRUCTURE,
        Text("其他工作表未读取", "Other sheets were not read"),
        Text("读取的是工作表“{sheet}”；这些工作表未读取：{value}。", "The sheet “{sheet}” was read; these were not: {value}."),
        Text("若其中有要报的数据，请合到一张表里重新上传；否则无需处理。",
             "Where they hold data to hand in, bring them together in one sheet and upload the file again; otherwise there is nothing to do."),
    ),
    Rule(
        "NQ-ROWS-HIDDEN", INFO, Scope.STRUCTURE,
        Text("有隐藏或被筛选的行列", "Rows or columns are hidden"),
        Text("有 {rows} 行、{columns} 列被隐藏或筛选，已照常读取。", "{rows} row(s) and {columns} column(s) are hidden or filtered out; they were read like the others."),
        Text("若隐藏的内容不应上报，请删除后重新上传；否则无需处理。", "Where hidden data should not be handed in, delete them and upload the file again; otherwise there is nothing to do."),
    ),
    Rule(
        "NQ-CELLS-OUTSIDE", INFO, Scope.STRUCTURE,
        Text("表格之外还有内容", "There is content beside the table"),
        Text("有 {count} 格内容所在的列没有列名，未读取；第一处是“{value}”。", "{count} cell(s) stand in columns without a name and were not read; the first holds “{value}”."),
        Text("若是要报的数据，请补上列名后重新上传；否则无需处理。", "Where they are data to hand in, name their column and upload the file again; otherwise there is nothing to do."),
    ),
    Rule(
        "NQ-MERGED", HARD, Scope.CELL,
        Text("合并单元格含义不明", "A merged cell is not certain"),
        Text("本格属于合并区域 {area}（内容“{value}”），无法确定该值归哪一格。", "This cell is part of the merged area {area}, which holds “{value}”: which cell that belongs to is not certain."),
        Text("请取消合并，在每一格分别填写，然后重新上传。", "Take the merging off, fill in each cell of its own, and upload the file again."),
    ),
    Rule(
        "NQ-DIGITS-LOST", HARD, Scope.CELL,
        Text("长数字丢失了末尾数字", "A long number has lost its last digits"),
        Text("本格是数字 {value}，超过15位；表格软件只保留15位，后面的数字已经丢失。",
             "This cell holds the number {value}. Spreadsheet programs keep 15 digits of a number; those after them are lost."),
        Text("请先把该列设为“文本”格式，再对照原件重新录入完整的代码。", "Format the column as text first, then enter the complete code again from its source."),
    ),
    Rule(
        "NQ-FORMULA-EMPTY", HARD, Scope.CELL,
        Text("公式没有结果", "A formula without a value"),
        Text("本格是公式，文件中没有保存它的计算结果：{value}。", "This cell holds a formula, and the file does not keep its result: {value}."),
        Text("请用表格软件打开并保存一次，或把公式粘贴为数值，然后重新上传。", "Open the file in a spreadsheet program and save it, or paste the formula as a value, and upload it again."),
    ),
    Rule(
        "NQ-CELL-ERROR", HARD, Scope.CELL,
        Text("单元格显示公式错误", "A cell shows an error"),
        Text("本格的值是错误“{value}”。", "This cell holds the error “{value}”."),
        Text("请修正公式，或直接填写正确的值，例如“{example}”。", "Mend the formula, or give the value itself, for example “{example}”."),
    ),
)
