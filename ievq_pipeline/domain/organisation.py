"""Who hands in and whom the numbers are about: kinds of organisations, what is told of them, and their codes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from ievq_pipeline.domain.text import Text

#: the scheme of a code that names none: unified social credit codes (GB 32100-2015)
USCC = "uscc"


class OrganisationKind(StrEnum):
    ENTERPRISE = "enterprise"
    ASSOCIATION = "association"
    COLLEGE = "college"
    AUTHORITY = "authority"


KINDS = {
    OrganisationKind.ENTERPRISE: Text("企业", "enterprise"),
    OrganisationKind.ASSOCIATION: Text("行业协会", "association"),
    OrganisationKind.COLLEGE: Text("院校", "college"),
    OrganisationKind.AUTHORITY: Text("主管部门", "authority"),
}


class Dimension(StrEnum):
    """What an organisation is grouped by; each has one value at a time. Of region and industry it is a code."""

    OWNERSHIP = "ownership"
    SCALE = "scale"
    ACCREDITATION = "accreditation"
    REGION = "region"
    INDUSTRY = "industry"


#: the values of the dimensions that are no codes, as Table 1 of the paper on industry-education integration has them
VALUES: dict[Dimension, dict[str, Text]] = {
    Dimension.OWNERSHIP: {
        "private": Text("民营或个体", "private or individual"),
        "state_owned": Text("国有", "state-owned"),
        "foreign": Text("中外合资或外商独资", "Sino-foreign joint venture or wholly foreign-owned"),
        "other": Text("其他所有制", "other ownership"),
    },
    Dimension.SCALE: {
        "small": Text("小型（不足100人）", "small (fewer than 100 employees)"),
        "medium": Text("中型（100至1000人）", "medium (100 to 1,000 employees)"),
        "large": Text("大型（超过1000人）", "large (more than 1,000 employees)"),
    },
    Dimension.ACCREDITATION: {
        "innovative": Text("创新型或专精特新中小企业", "innovative, or specialised and new SME"),
        "little_giant": Text("省级或国家级“小巨人”企业", "provincial or national “Little Giant”"),
        "single_champion": Text("国家级制造业“单项冠军”企业", "national manufacturing “Single Champion”"),
        "other": Text("其他类型", "other type"),
    },
}


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A code of an organisation and the scheme that it is of; `str` gives `scheme:value`."""

    scheme: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `scheme:value`, split at the first colon only; a bare code is a credit code. No code is checked."""
        scheme, colon, value = text.partition(":")
        return cls(scheme.strip().lower(), value.strip()) if colon else cls(USCC, text.strip())

    @property
    def spelled(self) -> str:
        """As a file has it: a credit code stands bare."""
        return self.value if self.scheme == USCC else str(self)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"
