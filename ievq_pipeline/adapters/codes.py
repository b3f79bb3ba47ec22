"""One cell with a code: `scheme:value`, or a bare one of the column's own scheme, held against the column's list.

What is certain is read: other spellings of a code, its title, and old codes that have become one other as a whole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import mul
from types import MappingProxyType

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from ievq_pipeline.domain.code_list import CodeList, Found, How
from ievq_pipeline.domain.code_spelling import plain
from ievq_pipeline.domain.contracts.model import SCHEME, Field
from ievq_pipeline.domain.contracts.panel import ENTERPRISE
from ievq_pipeline.domain.errors import NotAnIdentifier
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.region import NO_PLACES

#: full-width letters, digits and signs as a Chinese keyboard types them → plain ones
ASCII = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
#: the shapes of codes in their agreed spelling; of `uscc` the last character checks the others besides
PATTERNS = {
    "uscc": "[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}",
    "gbt2260": "|".join(["[1-9][0-9]{5}", *sorted(NO_PLACES)]),
    "gbt4754": "[A-T]|[0-9]{2,4}",
    "csco": "[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell means, or None; `code` says what is wrong with it, or what had to be changed."""

    value: str | None
    code: str | None = None
    more: dict[str, object] = field(default_factory=dict)


#: GB 32100-2015: what each character is worth, and its weight; the last makes the sum a multiple of 31
WORTH = {letter: worth for worth, letter in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
WEIGHTS = [*(pow(3, place, 31) for place in range(17)), 1]
CREDIT = re.compile(PATTERNS["uscc"])


def _credit_code(value: str) -> str | None:
    # one in the agreed spelling is told here; stdnum takes 50 µs, and a file may name thousands
    if CREDIT.fullmatch(value) and sum(map(mul, map(WORTH.__getitem__, value), WEIGHTS)) % 31 == 0:
        return value
    try:
        return uscc.validate(value)
    except ValidationError:
        return None


def _shaped(scheme: str, spell: Callable[[str], str]) -> Callable[[str], str | None]:
    shape = re.compile(PATTERNS[scheme])
    return lambda value: spelled if shape.fullmatch(spelled := spell(value)) else None


#: schemes whose codes have a known shape; codes of any other are taken as they are
SHAPES: dict[str, Callable[[str], str | None]] = {
    "uscc": _credit_code,
    "gbt2260": _shaped("gbt2260", str.lower),
    "gbt4754": _shaped("gbt4754", str.upper),
    "csco": _shaped("csco", str),
}


#: by scheme, the list that has its codes
LISTED = {"gbt2260": "regions", "gbt4754": "industries", "csco": "occupations"}
NO_LISTS: Mapping[str, CodeList] = MappingProxyType({})
HAN = re.compile("[㐀-鿿]")


def read_code(text: str, column: Field, lists: Mapping[str, CodeList] = NO_LISTS) -> Reading:
    """The code in its agreed spelling: plain characters, and no scheme where it is the column's own.

    Where `lists` has the list of the scheme, the code is one of it, or a finding says which it may be.
    """
    if column.maximum is not None and len(text) > column.maximum:
        return Reading(None, "NQ-TEXT-LONG", {"length": len(text)})
    scheme, colon, value = text.translate(ASCII).partition(":")
    if not colon:
        scheme, value = column.scheme or "", scheme
    scheme, value = scheme.strip().lower(), value.strip()
    if not SCHEME.fullmatch(scheme) or not value:
        return Reading(None, "NQ-SCHEME")
    listed = _list_of(scheme, column, lists)
    if listed is not None:
        return _held(text, value, scheme, column, listed)
    shaped = SHAPES[scheme](value) if scheme in SHAPES else value
    if shaped is None:
        return Reading(None, "NQ-CREDIT-CODE" if scheme == "uscc" else "NQ-CODE")
    # a bare code with a colon would be read as one of another scheme ever after
    is_bare = scheme == column.scheme and ":" not in shaped
    spelled = shaped if is_bare else f"{scheme}:{shaped}"
    return Reading(spelled, _change(text, spelled))


def _list_of(scheme: str, column: Field, lists: Mapping[str, CodeList]) -> CodeList | None:
    name = LISTED.get(scheme)
    return lists[name] if name is not None and name == column.code_list and name in lists else None


def _held(text: str, value: str, scheme: str, column: Field, listed: CodeList) -> Reading:
    found = listed.find(value)
    if found.code is None:
        return Reading(None, _fault(value, scheme, found), _told(found, listed))
    spelled = found.code if scheme == column.scheme else f"{scheme}:{found.code}"
    changes = {How.TITLE: "NQ-N-TITLE", How.MOVED: "NQ-N-CODE-MOVED"}
    return Reading(spelled, changes.get(found.how) or _change(text, spelled))


def _fault(value: str, scheme: str, found: Found) -> str:
    if found.how is How.ENDED:
        return "NQ-CODE-ENDED"
    if found.how is How.AMBIGUOUS:
        return "NQ-TITLE-AMBIGUOUS"
    if SHAPES[scheme](plain(value)) is not None:
        return "NQ-CODE-UNKNOWN"
    return "NQ-TITLE-UNKNOWN" if HAN.search(value) else "NQ-CODE"


def _told(found: Found, listed: CodeList) -> dict[str, object]:
    """What the findings of codes say besides: the list, the year, and what the cell may mean."""
    is_place = listed.name == "regions"
    zh = [f"{code}（{listed.path(code) if is_place else listed.title(code).zh}）" for code in found.candidates]
    en = [f"{code} ({listed.title(code).en})" for code in found.candidates]
    told: dict[str, object] = {
        "version": listed.version,
        "candidates_zh": "、".join(zh) or "无",
        "candidates_en": ", ".join(en) or "none",
    }
    if found.change is not None:
        told |= {"old": found.change.title, "year": found.change.year}
    return told


def read_identifier(text: str) -> Identifier:
    """The code of an organisation as somebody types it. Raises NotAnIdentifier."""
    spelled = read_code(text.strip(), ENTERPRISE).value
    if not spelled:
        raise NotAnIdentifier(name=text)
    return Identifier.parse(spelled)


def _change(text: str, spelled: str) -> str | None:
    if text == spelled:
        return None
    return "NQ-N-WIDTH" if text.translate(ASCII) == spelled else "NQ-N-CODE"
