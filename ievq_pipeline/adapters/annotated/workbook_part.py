"""The workbook part: where its sheets are, and a sheet more."""

from ievq_pipeline.adapters.annotated.package import OFFICE, STRICT, Parts, Related
from ievq_pipeline.adapters.annotated.tokens import BETWEEN, Node, Unpatchable, appended, edited, outline, prefix_of
from ievq_pipeline.adapters.annotated.xml_text import attribute

MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")


class WorkbookPart:
    """Raises Unpatchable for a package that is no workbook, or holds sheets that an answer without macros cannot."""

    def __init__(self, parts: Parts) -> None:
        root = parts.related("")
        mains = root.of_kind("officeDocument")
        if not mains:
            raise Unpatchable("no workbook")
        self.name = root.target(mains[0])
        self.relationships: Related = parts.related(self.name)
        if any(self.relationships.of_kind(kind) for kind in MACRO_SHEETS):
            raise Unpatchable("a sheet of macros")
        self._data = parts.whole(self.name)
        sheets = outline(self._data).first("sheets")
        if sheets is None or not sheets.children:
            raise Unpatchable("no sheets")
        self._sheets: Node = sheets
        self.is_strict = self._sheets.name.startswith("http://purl.oclc.org/")
        self.office = STRICT if self.is_strict else OFFICE

    @property
    def sheet_names(self) -> list[str]:
        return [node.attributes.get("name", "") for node in self._sheets.children]

    def part_of(self, sheet: str) -> str:
        """The part of the sheet of that name. Raises Unpatchable."""
        for node in self._sheets.children:
            if node.attributes.get("name") == sheet:
                ids = [value for key, value in node.attributes.items() if key.rpartition(BETWEEN)[2] == "id"
                       and BETWEEN in key]  # fmt: skip
                found = self.relationships.named(ids[0]) if ids else None
                if found is not None:
                    return self.relationships.target(found)
        raise Unpatchable(f"no sheet {sheet}")

    def with_sheet(self, name: str, part: str) -> bytes:
        """The part with a sheet more at its end; its relationship is added too."""
        relationship_id = self.relationships.new_id()
        self.relationships.add(relationship_id, f"{self.office}/worksheet", part)
        taken = [node.attributes.get("sheetId", "") for node in self._sheets.children]
        number = max((int(one) for one in taken if one.isdecimal()), default=0) + 1
        prefix = prefix_of(self._data, self._sheets.begin).decode()
        xml = (
            f'<{prefix}sheet xmlns:ievq="{self.office}" name={attribute(name)} sheetId="{number}"'
            f" ievq:id={attribute(relationship_id)}/>"
        )
        return edited(self._data, [appended(self._data, self._sheets, xml.encode())])
