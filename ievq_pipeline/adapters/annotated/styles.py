"""The styles part: for each style that a marked cell has, the same with a fill."""

from ievq_pipeline.adapters.annotated.tokens import (
    Edit,
    Node,
    Unpatchable,
    appended,
    edited,
    outline,
    prefix_of,
    tag_end,
    with_attributes,
)
from ievq_pipeline.domain.contracts.model import Severity

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: what fills a cell, by how bad it is: red to mend, amber to explain, blue to know
FILLS = {Severity.HARD: "FFFFB3A7", Severity.SOFT: "FFFFE08A", Severity.INFO: "FFCFE2F7"}
#: programs read no more styles than these
MOST_STYLES = 64_000
MINIMAL = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()
#: the order in which a font has its parts
FONT_PARTS = ("b", "u", "sz", "color", "name", "family", "charset", "scheme")


class Styles:
    """Takes the part as it is, gives style numbers out, and writes the part with what was asked for added.

    Raises Unpatchable for a part without the sections that every workbook has.
    """

    def __init__(self, data: bytes = MINIMAL) -> None:
        self._data = data
        root = outline(data)
        self._fonts, self._fills, self._xfs = (_section(root, name) for name in ("fonts", "fills", "cellXfs"))
        self._styles = [data[node.begin : node.end] for node in self._xfs.named("xf")]
        self._prefix = prefix_of(data, self._xfs.begin)
        self._first_fill = len(self._fills.named("fill"))
        self._added: list[bytes] = []
        self._known: dict[tuple[int, Severity], int] = {}
        self._new_fonts: list[bytes] = []
        self._listing: tuple[int, int, int, int] | None = None

    def marked(self, style: int, severity: Severity) -> int:
        """The number of a style like this one, filled."""
        given = self._known.get((style, severity))
        if given is None:
            given = self._known[style, severity] = self._fill(style, severity)
        return given

    def _fill(self, style: int, severity: Severity) -> int:
        if style and len(self._styles) + len(self._added) >= MOST_STYLES:
            return self.marked(0, severity)
        known = [*self._styles, *self._added]
        own = known[style] if style < len(known) else known[0]
        fill = self._first_fill + list(FILLS).index(severity)
        end = tag_end(own, 0)
        tag = with_attributes(own[:end], {b"fillId": b"%d" % fill, b"applyFill": b"1"})
        return self._add(tag + own[end:])

    def listing(self) -> tuple[int, int, int, int]:
        """For the sheet of findings: the numbers of the styles of its heading, its text, its links, its addresses."""
        if self._listing is None:
            bold, link = self._font("<{0}b/>"), self._font("<{0}u/>", '<{0}color rgb="FF0B5394"/>')
            self._listing = (self._text(bold), self._text(0), self._text(link), self._text(0, is_wrapped=False))
        return self._listing

    def _text(self, font: int, *, is_wrapped: bool = True) -> int:
        p = self._prefix.decode()
        wrapped = ' wrapText="1"' if is_wrapped else ""
        return self._add(
            f'<{p}xf numFmtId="49" fontId="{font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
            f' applyFont="1" applyAlignment="1"><{p}alignment vertical="top"{wrapped}/></{p}xf>'.encode()
        )

    def _font(self, *parts: str) -> int:
        """A font like the workbook's own, with these parts in place of its."""
        p = self._prefix.decode()
        own = self._fonts.first("font")
        put = {part.format("").strip("</>").split()[0]: part.format(p).encode() for part in parts}
        for part in own.children if own else ():
            if part.local in FONT_PARTS and part.local not in ("b", "u", "color"):
                put.setdefault(part.local, self._data[part.begin : part.end])
        inside = b"".join(put[name] for name in FONT_PARTS if name in put)
        self._new_fonts.append(f"<{p}font>".encode() + inside + f"</{p}font>".encode())
        return len(self._fonts.named("font")) + len(self._new_fonts) - 1

    def _add(self, xf: bytes) -> int:
        self._added.append(xf)
        return len(self._styles) + len(self._added) - 1

    def written(self) -> bytes:
        """The part, with fonts, fills and styles added at the ends of their sections."""
        p = self._prefix.decode()
        fills = [
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/>'
            f"</{p}patternFill></{p}fill>".encode()
            for colour in FILLS.values()
        ]
        edits: list[Edit] = []
        for section, added in ((self._fonts, self._new_fonts), (self._fills, fills), (self._xfs, self._added)):
            edits += self._grown(section, added)
        return edited(self._data, edits)

    def _grown(self, section: Node, added: list[bytes]) -> list[Edit]:
        if not added:
            return []
        count = b"%d" % (len(section.children) + len(added))
        tag = with_attributes(self._data[section.begin : section.inside], {b"count": count})
        return [(section.begin, section.inside, tag), appended(self._data, section, b"".join(added))]


def _section(root: Node, name: str) -> Node:
    found = root.first(name)
    if found is None or not found.children:
        raise Unpatchable(f"styles without {name}")
    return found
