"""The part that says what every part is: new ones are named in it, macros no longer."""

import posixpath

from ievq_pipeline.adapters.annotated.package import TYPES_PART, Parts
from ievq_pipeline.adapters.annotated.tokens import Edit, appended, edited, outline, prefix_of, with_attributes
from ievq_pipeline.adapters.annotated.xml_text import attribute

SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
#: what a workbook is that may hold macros, or is a template: the answer is neither
OTHER_MAINS = frozenset((
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "application/vnd.ms-excel.template.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
))  # fmt: skip
MACROS = "application/vnd.ms-office.vbaProject"


class ContentTypes:
    """Reads the part, takes what is new, and writes it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._data = parts.whole(TYPES_PART)
        self._root = outline(self._data)
        self._edits: list[Edit] = []
        self._added: list[str] = []
        self._prefix = prefix_of(self._data, self._root.begin).decode()

    @property
    def named(self) -> dict[str, str]:
        """By part, in lower case, what it is said to be."""
        return {
            node.attributes.get("PartName", "").lower().lstrip("/"): node.attributes.get("ContentType", "")
            for node in self._root.named("Override")
        }

    def add(self, name: str, kind: str) -> None:
        self._added.append(f"<{self._prefix}Override PartName={attribute('/' + name)} ContentType={attribute(kind)}/>")

    def add_default(self, extension: str, kind: str) -> None:
        """Unless parts with that extension are said to be something already."""
        if not any(node.attributes.get("Extension", "").lower() == extension for node in self._root.named("Default")):
            self._added.append(
                f"<{self._prefix}Default Extension={attribute(extension)} ContentType={attribute(kind)}/>"
            )

    def make_plain(self, workbook: str) -> None:
        """The workbook holds no macros; parts that are dropped are not named any more."""
        for node in self._root.named("Override"):
            name = node.attributes.get("PartName", "").lower().lstrip("/")
            if name in self._parts.dropped:
                self._edits.append((node.begin, node.end, b""))
            elif name == workbook.lower() and node.attributes.get("ContentType") in OTHER_MAINS:
                tag = with_attributes(self._data[node.begin : node.inside], {b"ContentType": SHEET_MAIN.encode()})
                self._edits.append((node.begin, node.inside, tag))
        left = {name for name in self._parts.entries if name not in self._parts.dropped and name not in self.named}
        for node in self._root.named("Default"):
            extension = node.attributes.get("Extension", "").lower()
            is_macros = node.attributes.get("ContentType") == MACROS
            if is_macros and not any(posixpath.splitext(name)[1] == f".{extension}" for name in left):
                self._edits.append((node.begin, node.end, b""))

    def written(self) -> bytes:
        edits = list(self._edits)
        if self._added:
            edits.append(appended(self._data, self._root, "".join(self._added).encode()))
        return edited(self._data, edits)
