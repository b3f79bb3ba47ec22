"""XML read for where things stand in its bytes, so that it can be changed in places and stay the same elsewhere."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

#: one whole tag of a well-formed document: only quoted values may hold `>`
TAG = re.compile(rb"<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>")
ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
NAME = re.compile(rb"</?([^\s/>]+)")
DECLARED = re.compile(r"(<\?xml[^>]*?\sencoding\s*=\s*)([\"'])([A-Za-z0-9._-]+)\2")
#: between the name of a namespace and a local name
BETWEEN = " "


class Unpatchable(Exception):
    """The package cannot be changed in places; a new one has to be built instead."""


@dataclass(slots=True)
class Node:
    """An element by its bytes: `begin`…`inside` is its start tag, `closing`…`end` its end tag, empty for `<x/>`."""

    name: str
    attributes: dict[str, str]
    begin: int
    inside: int
    is_empty: bool
    closing: int = 0
    end: int = 0
    children: list["Node"] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(BETWEEN)[2]

    def named(self, local: str) -> list["Node"]:
        return [child for child in self.children if child.local == local]

    def first(self, local: str) -> "Node | None":
        return next((child for child in self.children if child.local == local), None)


#: bytes from `begin` to `end` become the third
Edit = tuple[int, int, bytes]


def reader() -> expat.XMLParserType:
    """A parser of UTF-8 that knows namespaces, and takes no document type."""
    parser = expat.ParserCreate("utf-8", namespace_separator=BETWEEN)
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unpatchable("a document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def outline(data: bytes) -> Node:
    """The elements of a document in UTF-8, with their places. Raises Unpatchable."""
    root = Node("", {}, 0, 0, is_empty=False)
    open_nodes = [root]
    parser = reader()

    def start(name: str, attributes: dict[str, str]) -> None:
        begin = parser.CurrentByteIndex
        inside = tag_end(data, begin)
        node = Node(name, attributes, begin, inside, is_empty=data[inside - 2 : inside] == b"/>")
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_: str) -> None:
        node = open_nodes.pop()
        node.closing = node.inside if node.is_empty else parser.CurrentByteIndex
        node.end = node.inside if node.is_empty else tag_end(data, node.closing)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)  # noqa: FBT003 - takes no names
    except expat.ExpatError as error:
        raise Unpatchable(str(error)) from error
    return root.children[0]


def tag_end(data: bytes | bytearray, begin: int) -> int:
    """Where the tag that begins there has ended."""
    found = TAG.match(data, begin)
    if found is None:
        raise Unpatchable("a tag without end")
    return found.end()


def prefix_of(data: bytes | bytearray, begin: int) -> bytes:
    """The prefix that the tag there is written with, with its colon: what is added beside it is written alike."""
    found = NAME.match(data, begin)
    before, colon, _ = (found.group(1) if found else b"").rpartition(b":")
    return before + colon


def with_attributes(tag: bytes, values: dict[bytes, bytes | None]) -> bytes:
    """A start tag with attributes set, or taken out where the value is None; the others stay as they are."""
    found = NAME.match(tag)
    place = found.end() if found else 0
    parts, left = [tag[:place]], dict(values)
    while (pair := ATTRIBUTE.match(tag, place)) is not None:
        name = pair.group(1)
        if name not in values:
            parts.append(pair.group())
        elif (value := left.pop(name, None)) is not None:
            parts.append(b' %b="%b"' % (name, value))
        place = pair.end()
    parts += [b' %b="%b"' % (name, value) for name, value in left.items() if value is not None]
    return b"".join(parts) + tag[place:]


def appended(data: bytes, node: Node, xml: bytes) -> Edit:
    """The edit that puts `xml` at the end of an element."""
    if not node.is_empty:
        return node.closing, node.closing, xml
    found = NAME.match(data, node.begin)
    name = found.group(1) if found else b""
    return node.inside - 2, node.inside, b">%b</%b>" % (xml, name)


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes after the edits, none of which overlaps another."""
    parts, done = [], 0
    for begin, end, put in sorted(edits, key=lambda edit: edit[:2]):
        parts += [data[done:begin], put]
        done = end
    return b"".join((*parts, data[done:]))


def in_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A document's bytes in UTF-8: untouched where they are, else recoded, with the declaration put right.

    Raises Unpatchable for an encoding that is not known.
    """
    walk = iter(chunks)
    first = next(walk, b"")
    if len(first) < 4:
        first += b"".join(walk)
    encoding = _encoding(first)
    if encoding == "utf-8":
        yield first
        yield from walk
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        text = decoder.decode(first).removeprefix("\ufeff")
        yield DECLARED.sub(r'\1"UTF-8"', text, count=1).encode()
        for chunk in walk:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except (LookupError, UnicodeError) as error:
        raise Unpatchable(f"the encoding {encoding}") from error


def _encoding(first: bytes) -> str:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if first.startswith(mark):
            return name
    found = DECLARED.match(first[:200].decode("latin-1").removeprefix("ï»¿"))
    name = found.group(3).lower() if found else "utf-8"
    return "utf-8" if name in ("utf-8", "utf8", "us-ascii", "ascii") else name
