"""The submitter's package: its parts, what they are to each other, and what becomes of them."""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from ievq_pipeline.adapters.annotated.parts import THOROUGH, Package, Packed, pack
from ievq_pipeline.adapters.annotated.tokens import (
    Edit,
    Node,
    Unpatchable,
    appended,
    edited,
    in_utf8,
    outline,
    prefix_of,
)
from ievq_pipeline.adapters.annotated.xml_text import attribute

TYPES_PART = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
NO_RELATIONSHIPS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()
)
#: parts that are read whole are refused beyond this
MOST_BYTES = 32_000_000
CHUNK = 1 << 18


@dataclass(slots=True)
class Related:
    """The relationships of one part: where they stand, what they lead to, and what is added."""

    of: str
    data: bytes
    root: Node
    added: list[str] = field(default_factory=list)
    dropped: list[Node] = field(default_factory=list)

    @property
    def part(self) -> str:
        folder, name = posixpath.split(self.of)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def target(self, node: Node) -> str:
        """The part that a relationship leads to, by its name in the package."""
        given = unquote(node.attributes.get("Target", ""))
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(self.of), given)).lstrip("/")

    def of_kind(self, kind: str) -> list[Node]:
        """Those whose type ends so, such as `comments`, that lead to parts of the package."""
        return [
            node
            for node in self.root.children
            if node.attributes.get("Type", "").rpartition("/")[2] == kind
            and node.attributes.get("TargetMode") != "External"
        ]

    def named(self, relationship_id: str | None) -> Node | None:
        return next((node for node in self.root.children if node.attributes.get("Id") == relationship_id), None)

    def new_id(self) -> str:
        taken = {node.attributes.get("Id") for node in self.root.children}
        return next(name for n in range(1, len(taken) + len(self.added) + 2)
                    if (name := f"ievq{n + len(self.added)}") not in taken)  # fmt: skip

    def add(self, relationship_id: str, kind: str, target: str) -> None:
        """`kind` is the whole type; `target` a part of the package."""
        prefix = prefix_of(self.data, self.root.begin).decode()
        self.added.append(
            f"<{prefix}Relationship Id={attribute(relationship_id)} Type={attribute(kind)}"
            f" Target={attribute('/' + target)}/>"
        )

    def written(self) -> bytes:
        edits: list[Edit] = [(node.begin, node.end, b"") for node in self.dropped]
        if self.added:
            edits.append(appended(self.data, self.root, "".join(self.added).encode()))
        return edited(self.data, edits)


class Parts:
    """The parts of a package as it came, what replaces them, and what is new. Raises Unpatchable, BadZipFile."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self.source = source
        self.entries = {entry.filename.lower(): entry for entry in source.infolist()}
        if len(self.entries) != len(source.infolist()):
            raise Unpatchable("a part stands twice")
        self.replaced: dict[str, Packed] = {}
        self.new: dict[str, Packed] = {}
        self.dropped: set[str] = set()

    def has(self, name: str) -> bool:
        return name.lower() in self.entries

    def entry(self, name: str) -> zipfile.ZipInfo:
        found = self.entries.get(name.lower())
        if found is None or found.flag_bits & 0x1:
            raise Unpatchable(f"no part {name}")
        return found

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of a part in UTF-8."""

        def chunks() -> Iterator[bytes]:
            with self.source.open(self.entry(name)) as part:
                while chunk := part.read(CHUNK):
                    yield chunk

        return in_utf8(chunks())

    def whole(self, name: str) -> bytes:
        """A part that is small as a rule."""
        if self.entry(name).file_size > MOST_BYTES:
            raise Unpatchable(f"{name} is large")
        return b"".join(self.stream(name))

    def related(self, name: str) -> Related:
        """The relationships of a part, with none of a part without."""
        found = Related(name, NO_RELATIONSHIPS, Node("", {}, 0, 0, is_empty=True))
        if self.has(found.part):
            found.data = self.whole(found.part)
        found.root = outline(found.data)
        return found

    def free_name(self, pattern: str) -> str:
        """A name of that pattern, with a number in it, that no part has."""
        taken = self.entries.keys() | {name.lower() for name in self.new}
        return next(name for n in range(1, len(taken) + 2) if (name := pattern.format(n)).lower() not in taken)

    def put(self, name: str, part: Packed | bytes) -> None:
        """In place of the part of that name, or as a new one."""
        packed = part if isinstance(part, Packed) else pack([part], THOROUGH)
        (self.replaced if self.has(name) else self.new)[name.lower() if self.has(name) else name] = packed

    def close(self) -> None:
        """Let go of what was made for it."""
        for part in (*self.replaced.values(), *self.new.values()):
            part.data.close()

    def drop(self, name: str) -> None:
        self.dropped.add(name.lower())

    def write(self, package: Package) -> None:
        """Every part in the order in which it came, then the new ones."""
        for key, entry in self.entries.items():
            if key in self.dropped:
                continue
            if key in self.replaced:
                package.add(entry.filename, self.replaced[key], entry)
            else:
                package.copy(self.source, entry)
        for name, part in self.new.items():
            package.add(name, part)
