"""What is raised for a workbook that can't be read, or is better not read."""

from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

INCOMPLETE = Text("压缩包不完整，可能没有传完", "its package is incomplete; perhaps the upload broke off")
BROKEN_PART = Text("其中的“{part}”无法解析", "its part “{part}” cannot be parsed")
NO_SHEETS = Text("其中没有工作表", "it has no sheet")


def damaged(what: Text, part: str = "") -> Unreadable:
    """What to raise for a file that is no whole workbook."""
    return Unreadable(Finding("NQ-FILE-DAMAGED", parameters=_told(what, part)))


def unsafe(what: Text, part: str = "") -> Unreadable:
    """What to raise for a file that no spreadsheet program writes."""
    return Unreadable(Finding("NQ-FILE-UNSAFE", parameters=_told(what, part)))


def encrypted() -> Unreadable:
    return Unreadable(Finding("NQ-FILE-ENCRYPTED"))


def _told(what: Text, part: str) -> dict[str, object]:
    name = part[:100]
    return {"what_zh": what.zh.format(part=name), "what_en": what.en.format(part=name)}
