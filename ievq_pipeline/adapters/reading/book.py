"""What an XLSX workbook says of itself: its sheets, its number formats, its strings."""

import posixpath
from dataclasses import dataclass, field

from ievq_pipeline.adapters.reading.cells import PLAIN, Format, format_of, unescape
from ievq_pipeline.adapters.reading.damage import BROKEN_PART, NO_SHEETS, damaged, unsafe
from ievq_pipeline.adapters.reading.package import Package, plain
from ievq_pipeline.adapters.reading.source import refuse
from ievq_pipeline.adapters.reading.xml_stream import Stream, each, feed, local
from ievq_pipeline.domain.text import Text

ROOT = "_rels/.rels"
CONTENTS = "[Content_Types].xml"
#: what an Office package holds when it is no workbook, by the folder of its main part
OTHERS = {
    "word": Text("Word文档", "a Word document"),
    "ppt": Text("PowerPoint演示文稿", "a PowerPoint presentation"),
    "visio": Text("Visio绘图", "a Visio drawing"),
}
SHARED = Text("其中两个工作表指向同一个“{part}”", "two of its sheets are the same part “{part}”")
BINARY_BOOK = Text("二进制工作簿（XLSB）", "a binary workbook (XLSB)")
ARCHIVE = Text("ZIP压缩包，其中没有工作簿", "a ZIP archive without a workbook")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet: its name, the part that holds it, and whether people see its tab."""

    name: str
    part: str
    is_visible: bool


@dataclass(slots=True)
class Book:
    package: Package
    sheets: list[SheetPart] = field(default_factory=list)
    is_1904: bool = False
    #: by number of a cell's style
    formats: list[Format] = field(default_factory=list)
    strings_part: str | None = None
    _strings: list[str] | None = None

    @property
    def strings(self) -> list[str]:
        if self._strings is None:
            self._strings = _strings(self.package, self.strings_part) if self.strings_part else []
        return self._strings

    def format(self, style: str | None) -> Format:
        if style is None:
            return PLAIN
        number = int(style) if style.isascii() and style.isdigit() else -1
        return self.formats[number] if 0 <= number < len(self.formats) else PLAIN


def open_book(package: Package) -> Book:
    """Raises Unreadable for a package that holds something else than an XLSX workbook."""
    if not (package.has(ROOT) or package.has(CONTENTS)):
        refuse(ARCHIVE)
    main = next((to for kind, to in _relations(package, "").values() if kind == "officeDocument"), "xl/workbook.xml")
    top = plain(main).split("/", 1)[0]
    if top in OTHERS:
        refuse(OTHERS[top])
    if plain(main).endswith(".bin"):
        refuse(BINARY_BOOK)
    if not package.has(main):
        if top != "xl":
            refuse(ARCHIVE)
        raise damaged(BROKEN_PART, main)
    relations = _relations(package, main)
    book = Book(package)
    seen: set[str] = set()

    def started(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            book.is_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif name == "sheet":
            kind, part = relations.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet":
                if plain(part) in seen:  # each would be read anew
                    raise unsafe(SHARED, part)
                seen.add(plain(part))
                is_visible = attributes.get("state", "visible") == "visible"
                book.sheets.append(SheetPart(attributes.get("name", ""), part, is_visible))

    each(package, main, started)
    if not book.sheets:
        raise damaged(NO_SHEETS)
    for kind, part in relations.values():
        if kind == "styles" and package.has(part):
            book.formats = _formats(package, part)
        elif kind == "sharedStrings" and package.has(part):
            book.strings_part = part
    return book


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """By id, the kind and the target of what a part (`` for the package) relates to; nothing outside the package."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def started(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            at = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], at)

    if package.has(rels):
        each(package, rels, started)
    return found


def _formats(package: Package, part: str) -> list[Format]:
    """By number of a style that cells name, how it shows numbers."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    inside = ""

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name in {"numFmts", "cellXfs", "cellStyleXfs", "dxfs"}:
            inside = name
        elif name == "numFmt" and inside == "numFmts":
            codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "xf" and inside == "cellXfs":
            numbers.append(_whole(attributes.get("numFmtId")))

    each(package, part, started)
    known = {number: format_of(codes.get(number), number) for number in set(numbers)}
    return [known[number] for number in numbers]


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _strings(package: Package, part: str) -> list[str]:
    """The shared strings: all runs of each, without how they are pronounced."""
    strings: list[str] = []
    runs: list[str] = []
    aside, takes = 0, False

    def started(name: str, _: dict[str, str]) -> None:
        nonlocal aside, takes
        match local(name):
            case "si":
                runs.clear()
            case "rPh":
                aside += 1
            case "t":
                takes = not aside

    def ended(name: str) -> None:
        nonlocal aside, takes
        match local(name):
            case "si":
                strings.append(unescape("".join(runs)))
            case "rPh":
                aside -= 1
            case "t":
                takes = False

    def text(data: str) -> None:
        if takes:
            runs.append(data)

    stream = Stream(part)
    stream.parser.StartElementHandler = started
    stream.parser.EndElementHandler = ended
    stream.parser.CharacterDataHandler = text
    feed(stream, package.chunks(part))
    return strings
