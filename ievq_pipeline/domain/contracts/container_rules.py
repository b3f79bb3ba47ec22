"""Rules of what tables come in besides files of their own: archives and JSON."""

from ievq_pipeline.domain.contracts.model import Rule, Scope, Severity
from ievq_pipeline.domain.text import Text

HARD, INFO = Severity.HARD, Severity.INFO

CONTAINER_FILE_RULES = (
    Rule(
        "NQ-ARCHIVE-SEVERAL", HARD, Scope.FILE,
        Text("压缩包里不止一个表格", "More than one table in the archive"),
        Text("压缩包里有 {count} 个表格文件：{value}，无法确定读哪一个。", "The archive holds {count} tables: {value}. Which one is meant is not certain."),
        Text("请每次只压缩并上传一个表格；不同季度、不同单位的表分别上传。", "Pack and upload one table at a time; tables of other quarters or organisations go separately."),
    ),
    Rule(
        "NQ-ARCHIVE-UNREAD", INFO, Scope.FILE,
        Text("压缩包里的其他文件未读取", "Other files of the archive were not read"),
        Text("读取的是压缩包里的“{name}”；这些文件未读取：{value}。", "“{name}” in the archive was read; these files were not: {value}."),
        Text("若其中有要报的数据，请单独上传；否则无需处理。", "Where they hold data to hand in, upload them separately; otherwise there is nothing to do."),
    ),
    Rule(
        "NQ-JSON-SYNTAX", HARD, Scope.FILE,
        Text("JSON写法有误", "The JSON is not well formed"),
        Text("文件第 {line} 行第 {place} 个字符处不符合JSON写法：{what_zh}。", "At line {line}, character {place}, the file is no JSON: {what_en}."),
        Text("请让导出数据的程序用标准的JSON库生成文件，不要手工拼接；也可另存为XLSX或“CSV UTF-8”后上传。",
             "Have the program that exports the data write them with a JSON library, not by hand; or upload them as XLSX or “CSV UTF-8”."),
    ),
    Rule(
        "NQ-JSON-SHAPE", HARD, Scope.FILE,
        Text("JSON里找不到记录", "The JSON holds no list of records"),
        Text("文件的最外层应是由记录组成的数组，或者在 rows、data、items、records、数据 之一下含有一个这样的数组；读到的是{what_zh}。",
             "The file should be an array of records, or an object that holds one such array under rows, data, items or records; it is {what_en}."),
        Text("请按“一条记录一个对象”导出，用列名作键；也可另存为XLSX或“CSV UTF-8”后上传。",
             "Export one object a record, with the columns' names as keys; or upload the data as XLSX or “CSV UTF-8”."),
    ),
)

JSON_RULES = (
    Rule(
        "NQ-JSON-RECORD", HARD, Scope.STRUCTURE,
        Text("这一条不是记录", "Not a record"),
        Text("这一条应是一个JSON对象，读到的是“{value}”：{what_zh}。", "This one should be a JSON object; it reads “{value}”: {what_en}."),
        Text("请改成一个以列名为键的对象；JSON Lines 文件每行写完整的一条。",
             "Write one object with the columns' names as keys; in a JSON Lines file, each line holds one whole record."),
    ),
    Rule(
        "NQ-JSON-KEY-TWICE", HARD, Scope.CELL,
        Text("同一列给了两个值", "Two values for one column"),
        Text("这条记录里“{title_zh}”（{field}）出现不止一次，且值不同：{value}。", "In this record “{title_en}” ({field}) stands more than once, with other values: {value}."),
        Text("请只保留正确的一个。", "Keep the one that is right."),
    ),
    Rule(
        "NQ-JSON-VALUE", HARD, Scope.CELL,
        Text("不是单个值", "Not a single value"),
        Text("“{title_zh}”的值是 {value}，不是单个文字、数字、true、false 或 null。", "“{title_en}” is {value}, which is no single text, number, true, false or null."),
        Text("请只写一个值，例如“{example}”；没有值写 null。", "Give one value, such as “{example}”; where there is none, null."),
    ),
)
