"""What stands where in a template: its columns, and the sheets with their choices."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ievq_pipeline.adapters.templates import wording
from ievq_pipeline.domain.contracts import contract as agreed
from ievq_pipeline.domain.contracts.model import NOT_STATED, Field, FieldType
from ievq_pipeline.domain.template import LIST, ROSTER, Order, Reporter
from ievq_pipeline.domain.text import Text

#: rows above the first entry: titles, then codes
HEADER_ROWS = 2
#: a code that is a word, such as `unknown`, and says enough by itself
WORD = re.compile("[a-z]{2,}")
#: what a sheet's name may not hold, and how long it may be
NOT_IN_A_NAME, LONGEST_NAME = re.compile(r"[\[\]:*?/\\']"), 31


@dataclass(frozen=True, slots=True)
class Choices:
    """A sheet with the codes of a list. `rows` begins with its header; the first column is what cells are offered."""

    name: str
    heading: str
    rows: Sequence[tuple[str, ...]]
    #: by code, how it is offered, where that is otherwise
    offers: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.rows) - 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Columns in the contract's order, without those that the feed does not state; by column its sheet of choices."""

    order: Order
    columns: tuple[Field, ...]
    choices: Mapping[str, Choices]
    sheet: str

    def titles(self) -> list[str]:
        return [header_title(column, self.order.language) for column in self.columns]

    def cells(self, key: Mapping[str, str]) -> list[str]:
        """A row of the template for a key of the quarter before."""
        quarter = {f.code: self.order.quarter or "" for f in self.columns if f.type is FieldType.QUARTER}
        return [quarter.get(column.code) or self._offered(column, key.get(column.code, "")) for column in self.columns]

    def _offered(self, column: Field, text: str) -> str:
        choices = self.choices.get(column.code)
        return choices.offers.get(text, text) if choices else text

    @property
    def sheets(self) -> list[Choices]:
        return list({one.name: one for one in self.choices.values()}.values())


def plan(order: Order, lists: Mapping[str, Mapping[str, Any]]) -> Plan:
    """`lists` holds code lists as `ievq codes show` prints them, by name; columns of other schemes get none."""
    columns = tuple(f for f in order.contract.fields if f.scheme != NOT_STATED)
    own = {f.code: f.scheme for f in agreed(order.contract.feed_kind).fields}
    choices: dict[str, Choices] = {}
    for column in columns:
        if column.type is FieldType.IDENTIFIER and order.reporters:
            choices[column.code] = _roster(order.reporters, order.language)
        elif (document := lists.get(column.code_list or "")) and column.scheme == own[column.code]:
            choices[column.code] = _listed(column, document, order.language)
    return Plan(order, columns, choices, _name(order.contract.title[order.language]))


def header_title(column: Field, language: str) -> str:
    """The column's name with its unit, and a star where it is required; every reader understands it so."""
    brackets = "（{}）" if language == "zh" else " ({})"
    unit = brackets.format(column.unit[language]) if column.unit else ""
    return f"{column.title[language]}{unit}{' *' if column.required else ''}"


def example(plan: Plan, column: Field) -> str:
    """What a cell of the column may hold, as whoever fills in writes it."""
    if column.type is FieldType.QUARTER and plan.order.quarter:
        return plan.order.quarter
    choice = next((one for one in column.choices if one.code == column.example), None)
    return choice.title[plan.order.language] if choice else column.example


def marker_title(aliases: Sequence[str], code: str, language: str) -> str:
    """How a marker is written by whoever reads the language."""
    return aliases[0] if language == "zh" else code


def _roster(reporters: Sequence[Reporter], language: str) -> Choices:
    rows = sorted((one.code, one.title) for one in reporters)
    name = ROSTER[language]
    return Choices(name, name, [(wording.CODE[language], wording.NAME[language]), *rows])


def _listed(column: Field, document: Mapping[str, Any], language: str) -> Choices:
    """Of codes, each with its title, as the check reads it; of wordings their titles, and the markers first of all."""
    name = _name(f"{LIST[language]}-{column.title[language]}")
    title = Text(**document["title"])[language]
    heading = wording.VERSION[language].format(title=title, version=document["version"], source=document["source"])
    items = document["items"]
    if column.type is not FieldType.WORDING:
        return _coded(name, heading, items, language)
    header = (wording.NAME[language], (wording.ENGLISH if language == "zh" else wording.TITLE)[language],
              wording.CODE[language], wording.OTHER[language])  # fmt: skip
    markers = [(marker_title(m.aliases, m.code, language), "", m.code, "") for m in column.markers]
    other = "en" if language == "zh" else "zh"
    listed = [
        (item["title"][language], item["title"][other], item["code"], "; ".join(item.get("aliases", ())))
        for item in items
    ]
    return Choices(name, heading, [header, *markers, *listed])


def _coded(name: str, heading: str, items: Sequence[Mapping[str, Any]], language: str) -> Choices:
    """Each code, what it is called and what it lies in, as many share a name.

    In Chinese it is offered with its title beside it, for nobody knows 3,000 codes; English ones are too long for that.
    """
    other, in_other = ("en", wording.ENGLISH) if language == "zh" else ("zh", wording.TITLE)
    titles = {item["code"]: item["title"][language] or item["title"][other] for item in items}
    is_beside = language == "zh"
    offers = {code: f"{code} {title}" for code, title in titles.items() if is_beside and not WORD.fullmatch(code)}
    header = [one[language] for one in (wording.OFFERED, wording.CODE, wording.NAME, wording.WITHIN, in_other)]
    rows: list[tuple[str, ...]] = [
        (
            offers.get(item["code"], item["code"]),
            item["code"],
            titles[item["code"]],
            titles.get(item.get("parent") or "", ""),
            item["title"][other],
        )
        for item in items
    ]
    return Choices(name, heading, [tuple(header), *rows], offers)


def _name(title: str) -> str:
    return NOT_IN_A_NAME.sub(" ", title)[:LONGEST_NAME]
