"""Rows below the data that are no data: notes, signatures, dates. In doubt a row is data."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ievq_pipeline.adapters.reading.source import BLANKS
from ievq_pipeline.domain.contracts.model import Contract, FieldType

#: rows at the end of a file that are looked at for notes
MOST_NOTES = 50
#: what offices write under a table before a colon, or alone in a cell with what it stands for beside it
LABEL = re.compile(
    r"[(\[【]?(?:附?注|备注|说明|填表说明|填报说明|注意|注意事项|"
    r"(?:填表|填报|制表|编制|审核|复核|审批|经办|联系|法定代表)(?:人|人员)|"
    r"(?:填表|填报|统计|主管|分管|部门|单位|财务|企业)?(?:负责人|领导)|"
    r"填表|填报|制表|编制|审核|复核|"
    r"(?:联系)?(?:电话|方式)|联系电话|手机|手机号码?|邮箱|传真|"
    r"(?:填表|填报|制表|编制|报出|报送|上报|审核|截止)?(?:日期|时间)|"
    r"(?:填报|报送|制表|编制)?单位(?:名称)?(?:\((?:盖章|公章|签章)\))?|盖章|公章|签章|签字|"
    r"notes?|remarks?|(?:prepared|filled in|checked|approved) by|signature|date|contact|telephone|phone)"
    r"(?:\((?:签字|签章|盖章|公章)\))?[)\]】]?\d{0,2}",
    re.IGNORECASE,
)
#: marks that stand before a note and before no value
MARK = re.compile(r"[*※★☆●◆▲△]+\s*[^\W\d]{2}")
#: what says that nothing follows
END = re.compile(r"[-—–=*#(\[\s]*(?:以下空白|以下无正文|以下无内容|表尾|完|end)[-—–=*#)\]\s]*", re.IGNORECASE)
NUMERAL = r"(?:\d{1,4}|[〇零一二三四五六七八九十]{1,4}|\s+)"
DATE = re.compile(rf"{NUMERAL}\s*年\s*{NUMERAL}\s*月\s*(?:{NUMERAL}\s*日)?")
#: four characters or three words in a row
WORDY = re.compile(r"[\u4e00-\u9fff]{4}|[a-z]+ [a-z]+ [a-z]+", re.IGNORECASE)
#: types of columns whose cells hold words that might be anything
WORDS = frozenset({FieldType.WORDING, FieldType.TEXT})


def is_note(
    cells: Sequence[str | None], positions: Mapping[str, int], contract: Contract, *, is_merged: bool = False
) -> bool:
    """Whether a row below the last data row is certainly no data.

    `cells` are those of the whole row, by the file's columns; `positions` says where the contract's columns stand.
    `is_merged` tells that its only text stands in a cell as wide as the table. So is a row whose first cell is a label
    such as `填表人：`, and in which only labels and what belongs to them follow; and one with a mark or a sentence that
    stands alone where its column takes no words.
    """
    filled = [(at, text) for at, cell in enumerate(cells) if cell is not None and (text := plain(cell))]
    if not filled:
        return False
    if is_merged and len(filled) == 1:
        return True
    takes_words = {positions[f.code] for f in contract.fields if f.type in WORDS and f.code in positions}
    taken = set(positions.values())
    if len(filled) == 1:
        at, text = filled[0]
        if _label(text) == "colon":
            return True
        if at in takes_words:
            return False
        if END.fullmatch(text):
            return True
        is_outside = at not in taken and (_label(text) is not None or DATE.fullmatch(text) is not None)
        return is_outside or MARK.match(text) is not None or _is_sentence(text)
    return _is_signature(filled, takes_words)


def notes_below(
    rows: Sequence[Sequence[str | None]],
    positions: Mapping[str, int],
    contract: Contract,
    merged: Sequence[bool] | None = None,
) -> int:
    """How many of these rows at the end, the last ones of the file without blank rows, are notes.

    What stands alone in its row under a note belongs to it, such as `2. …` under `注：1. …`. `merged` tells of each row
    whether its first cell is as wide as the table.
    """
    notes = 0
    for count, cells in enumerate(reversed(rows), start=1):
        if is_note(cells, positions, contract, is_merged=merged is not None and merged[-count]):
            notes = count
        elif count > MOST_NOTES or sum(bool(cell is not None and plain(cell)) for cell in cells) > 1:
            break
    return notes


def plain(cell: str) -> str:
    """A cell as it is compared: width and blanks at its ends don't matter."""
    return unicodedata.normalize("NFKC", cell.strip(BLANKS)).strip()


def _label(text: str) -> str | None:
    """`colon` where the text begins with a label and a colon, `alone` where it is one and nothing else."""
    head, colon, _ = text.partition(":")
    if LABEL.fullmatch(head.strip()) is None:
        return None
    return "colon" if colon else "alone"


def _is_sentence(text: str) -> bool:
    return len(text) >= 8 and text.endswith(("。", "!", ".")) and WORDY.search(text) is not None


def _is_signature(filled: Sequence[tuple[int, str]], takes_words: set[int]) -> bool:
    """Only labels, what stands right after one, and dates; the first is a label."""
    first_at, first = filled[0]
    if not _label(first) or (_label(first) == "alone" and first_at in takes_words):
        return False
    expects = False
    for _, text in filled:
        label = _label(text)
        if label is None and not expects and not DATE.fullmatch(text):
            return False
        expects = label is not None and (label == "alone" or text.endswith(":"))
    return True
