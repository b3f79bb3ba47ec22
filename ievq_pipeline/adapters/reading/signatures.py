"""How files of other kinds begin: what offices hand in by mistake, and how it is named."""

import re

from ievq_pipeline.domain.text import Text

#: a place, the bytes that stand there, and what such a file is
AT_THEIR_PLACE = (
    (0, b"%PDF", Text("PDF文件", "a PDF")),
    (0, b"{\\rtf", Text("RTF文档", "an RTF document")),
    (
        0,
        b"Rar!\x1a\x07",
        Text("RAR压缩包（请先解压）", "a RAR archive (unpack it first)"),
    ),
    (
        0,
        b"7z\xbc\xaf\x27\x1c",
        Text("7z压缩包（请先解压）", "a 7z archive (unpack it first)"),
    ),
    (0, b"BZh", Text("BZIP2压缩文件（请先解压）", "a bzip2 file (unpack it first)")),
    (0, b"\xfd7zXZ\0", Text("XZ压缩文件（请先解压）", "an xz file (unpack it first)")),
    (0, b"\x28\xb5\x2f\xfd", Text("ZSTD压缩文件（请先解压）", "a zstd file (unpack it first)")),
    (257, b"ustar", Text("TAR归档（请先解压）", "a TAR archive (unpack it first)")),
    (0, b"\x89PNG\r\n", Text("PNG图片", "a PNG picture")),
    (0, b"\xff\xd8\xff", Text("JPEG图片", "a JPEG picture")),
    (0, b"GIF8", Text("GIF图片", "a GIF picture")),
    (0, b"II*\0", Text("TIFF图片", "a TIFF picture")),
    (0, b"MM\0*", Text("TIFF图片", "a TIFF picture")),
    (8, b"WEBP", Text("WEBP图片", "a WebP picture")),
    (4, b"ftyp", Text("手机照片或视频", "a photo or video from a phone")),
    (6, b"\0\0\0\0", Text("BMP图片", "a BMP picture")),
    (0, b"PAR1", Text("Parquet数据文件", "a Parquet file")),
    (0, b"ARROW1", Text("Arrow数据文件", "an Arrow file")),
    (0, b"SQLite format 3\0", Text("SQLite数据库", "an SQLite database")),
    (4, b"Standard Jet DB", Text("Access数据库", "an Access database")),
    (4, b"Standard ACE DB", Text("Access数据库", "an Access database")),
    (0, b"\x7fELF", Text("程序文件", "a program")),
    (0, b"MZ", Text("程序文件", "a program")),
)
#: of these, a second piece of bytes has to stand somewhere in the beginning: their first ones may begin a table as well
NEEDS = {b"\0\0\0\0": b"BM", b"MZ": b"PE\0\0", b"WEBP": b"RIFF", b"ftyp": b"\0"}
OLDEST_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
VERY_OLD = Text("Excel 97之前的旧工作簿", "a workbook older than Excel 97")

#: streams of an OLE file, and what it then is; None: a workbook
STREAMS = (
    ("Workbook", None),
    ("Book", None),
    ("WordDocument", Text("Word文档（DOC）", "a Word document (DOC)")),
    ("PowerPoint Document", Text("演示文稿（PPT）", "a presentation (PPT)")),
    ("__properties_version1.0", Text("Outlook邮件（MSG）", "an Outlook mail (MSG)")),
    ("VisioDocument", Text("Visio图", "a Visio drawing")),
)
OLD_OFFICE = Text("旧版Office文件，其中没有工作簿", "an old Office file without a workbook")

#: names in a ZIP, as they begin, and what the file then is
INSIDE = (
    ("word/", Text("Word文档（DOCX）", "a Word document (DOCX)")),
    ("ppt/", Text("演示文稿（PPTX）", "a presentation (PPTX)")),
    ("visio/", Text("Visio图", "a Visio drawing")),
    ("xl/workbook.bin", Text("二进制工作簿（XLSB）", "a binary workbook (XLSB)")),
    ("OFD.xml", Text("OFD版式文件", "an OFD document")),
    ("Index/Document.iwa", Text("苹果Numbers等文件", "an Apple Numbers, Pages or Keynote file")),
    ("META-INF/MANIFEST.MF", Text("JAR程序包", "a JAR program")),
    ("AndroidManifest.xml", Text("安卓安装包", "an Android app")),
)
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OTHER_DOCUMENT = Text("OpenDocument文档（不是电子表格）", "an OpenDocument file that is no spreadsheet")

#: how text begins that is no table; blanks before it don't count
MARKUP = (
    (
        re.compile(
            r"<\?xml[^>]*>(?s:.){0,2000}?(?:progid=\"Excel\.Sheet\"|urn:schemas-microsoft-com:office:spreadsheet)"
        ),
        Text("XML电子表格2003（扩展名常为xls）", "an XML Spreadsheet 2003 (often named .xls)"),
    ),
    (
        re.compile(r"(?:<\?xml[^>]*>\s*)?<office:document"),
        Text("平面XML电子表格（FODS）", "a flat XML OpenDocument file (FODS)"),
    ),
    (
        re.compile(
            r"(?:<\?xml[^>]*>\s*|<!--(?s:.){0,500}?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|style|div|title)[\s>]",
            re.IGNORECASE,
        ),
        Text("网页表格（HTML，扩展名常为xls）", "a web page (HTML; often named .xls)"),
    ),
    (re.compile(r"<\?xml[\s?]|<[A-Za-z][\w:.-]*(?:\s[^<>]*)?>\s*<"), Text("XML文件", "an XML file")),
    (
        re.compile(r"MIME-Version:(?s:.){0,1000}?multipart/related", re.IGNORECASE),
        Text("单文件网页（MHT，扩展名常为xls）", "a web page in one file (MHT; often named .xls)"),
    ),
    (
        re.compile(
            r"(?:(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|Content-Type|X-[\w-]+):"
            r"[^\n]*\n(?:[ \t][^\n]*\n)*){3}",
            re.IGNORECASE,
        ),
        Text("邮件（EML）；请上传其中的附件", "a mail (EML); hand in what is attached to it"),
    ),
    (re.compile(r"%!PS"), Text("PostScript文件", "a PostScript file")),
)
