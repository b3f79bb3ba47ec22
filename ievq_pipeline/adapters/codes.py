"""One cell with a code: `scheme:value`, or a bare one of the column's own scheme. Shapes are checked, no code lists."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

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


def _credit_code(value: str) -> str | None:
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


def read_code(text: str, column: Field) -> Reading:
    """The code in its agreed spelling: plain characters, and no scheme where it is the column's own."""
    if column.maximum is not None and len(text) > column.maximum:
        return Reading(None, "NQ-TEXT-LONG", {"length": len(text)})
    scheme, colon, value = text.translate(ASCII).partition(":")
    if not colon:
        scheme, value = column.scheme or "", scheme
    scheme, value = scheme.strip().lower(), value.strip()
    if not SCHEME.fullmatch(scheme) or not value:
        return Reading(None, "NQ-SCHEME")
    shaped = SHAPES[scheme](value) if scheme in SHAPES else value
    if shaped is None:
        return Reading(None, "NQ-CREDIT-CODE" if scheme == "uscc" else "NQ-CODE")
    # a bare code with a colon would be read as one of another scheme ever after
    is_bare = scheme == column.scheme and ":" not in shaped
    spelled = shaped if is_bare else f"{scheme}:{shaped}"
    return Reading(spelled, _change(text, spelled))


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
