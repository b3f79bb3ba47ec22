"""Code lists: which code a text means, and what is not certain about it. On a small list, by the rules alone."""

import pytest

from ievq_pipeline.domain.code_list import Change, ChangeKind, CodeList, Found, How, Item, moved, moves
from ievq_pipeline.domain.code_spelling import PLAIN, SPELLINGS, Spelling
from ievq_pipeline.domain.region import shorts
from ievq_pipeline.domain.text import Text

PLACES = {
    "350000": "福建省", "350100": "福州市", "350102": "鼓楼区", "350200": "厦门市",
    "350203": "思明区",
    "320000": "江苏省", "320100": "南京市", "320106": "鼓楼区", "220000": "吉林省", "220100": "长春市",
    "220200": "吉林市",
    "500000": "重庆市", "500109": "北碚区", "500157": "两江新区",
}  # fmt: skip
HISTORY = (
    Change("350127", "福清县", 1990, ChangeKind.MOVED, ("350100",)),
    Change("350201", "市辖区", 2019, ChangeKind.WITHIN, ("350200",)),
    Change("500105", "江北区", 2025, ChangeKind.MERGED, ("500157",)),
    Change("500112", "渝北区", 2025, ChangeKind.ENDED, ("500109", "500157")),
    Change("350200", "思明市", 2003, ChangeKind.RENAMED, ("350200",)),
)


def above(code: str) -> str | None:
    return next((up for up in (f"{code[:4]}00", f"{code[:2]}0000") if up in PLACES and up != code), None)


REGIONS = CodeList(
    "regions", "2",
    {code: Item(code, Text(title, f"Place {code}"), above(code)) for code, title in PLACES.items()},
    SPELLINGS["gbt2260"], lambda: HISTORY, shorts,
)  # fmt: skip


def listed(scheme: str | None, *items: tuple[str, str, str | None], marks: str = "") -> CodeList:
    spelling: Spelling = SPELLINGS[scheme] if scheme else PLAIN
    made = {code: Item(code, Text(title, title), parent, (), {"marks": marks}) for code, title, parent in items}
    return CodeList("x", "1", made, spelling)


INDUSTRIES = listed(
    "gbt4754",
    ("C", "制造业", None), ("39", "计算机、通信和其他电子设备制造业", "C"), ("391", "计算机制造", "39"),
    ("3911", "计算机整机制造", "391"), ("A", "农、林、牧、渔业", None), ("03", "畜牧业", "A"),
    ("039", "其他畜牧业", "03"),
    ("0391", "兔的饲养", "039"), ("K", "房地产业", None), ("70", "房地产业", "K"),
)  # fmt: skip
OCCUPATIONS = listed(
    "csco", ("2-00-00-00", "专业技术人员", None), ("2-02-00-00", "工程技术人员", "2-00-00-00"),
    ("2-02-10-00", "信息和通信工程技术人员", "2-02-00-00"),
    ("2-02-10-03", "计算机软件工程技术人员", "2-02-10-00"), marks="S",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "how", "code"),
    [
        ("350200", How.CODE, "350200"),
        ("350200.0", How.CODE, "350200"),
        ("350200000000", How.CODE, "350200"),
        ("350203001000", How.CODE, "350203"),  # the 12 digits of statistics go on with the street
        ("厦门市", How.TITLE, "350200"),
        (" 厦 门 ", How.TITLE, "350200"),
        ("福建省厦门市思明区", How.TITLE, "350203"),
        ("福建／思明区", How.TITLE, "350203"),
        ("福州鼓楼区", How.TITLE, "350102"),
        ("吉林", How.TITLE, "220000"),  # the city lies in the province, so that is right whichever was meant
        ("吉林市", How.TITLE, "220200"),
        ("350203 思明区", How.CODE, "350203"),
        ("厦门市思明区（350203）", How.CODE, "350203"),
        ("320106-鼓楼区", How.CODE, "320106"),
        ("350127", How.MOVED, "350100"),
        ("350201", How.MOVED, "350200"),
        ("500105", How.MOVED, "500157"),
        ("重庆市江北区", How.MOVED, "500157"),
        ("思明市", How.MOVED, "350200"),
    ],
)
def test_what_is_certain_is_found(text: str, how: How, code: str) -> None:
    found = REGIONS.find(text)
    assert (found.how, found.code) == (how, code)


@pytest.mark.parametrize(
    ("text", "how", "candidates"),
    [
        ("鼓楼区", How.AMBIGUOUS, ("350102", "320106")),
        ("350102 思明区", How.AMBIGUOUS, ("350102", "350203")),  # code and title don't agree
        ("350102 火星", How.UNKNOWN, ("350102",)),
        ("500112", How.ENDED, ("500109", "500157")),
        ("渝北区", How.ENDED, ("500109", "500157")),
        ("350209", How.UNKNOWN, ("350200", "350203", "350000")),
        ("35020", How.UNKNOWN, ("350200", "350203")),
        ("350020", How.UNKNOWN, ("350000", "350200")),
        ("厦们市", How.UNKNOWN, ("350200",)),
        ("福州市、厦门市", How.UNKNOWN, ("350100", "350200")),
        ("江苏省厦门市", How.UNKNOWN, ("320000", "350200")),
        ("火星", How.UNKNOWN, ()),
        ("9" * 300, How.UNKNOWN, ()),
        ("厦" * 3_000, How.UNKNOWN, ("350200",)),
        ("", How.UNKNOWN, ()),
    ],
)
def test_what_is_not_certain_names_what_it_may_be(text: str, how: How, candidates: tuple[str, ...]) -> None:
    found = REGIONS.find(text)
    assert (found.how, found.code) == (how, None)
    assert found.candidates == candidates


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("39", "39"), ("C39", "39"), ("c39", "39"), ("C-3911", "3911"), ("c", "C"), ("039", "039"), ("39.0", "39"),
        ("3911.0", "3911"), ("计算机通信和其他电子设备制造业", "39"), ("C39 计算机、通信和其他电子设备制造业", "39"),
        ("[C]制造业", "C"), ("农林牧渔业", "A"), ("房地产业", "70"),
        ("A39", None), ("391.0", None), ("1", None), ("39123", None), ("U", None), ("电子", None),
    ],
)  # fmt: skip
def test_industries_are_read_as_offices_write_them(text: str, code: str | None) -> None:
    assert INDUSTRIES.find(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2—02—10—03", "2-02-10-03"), ("２－０２－１０－０３", "2-02-10-03"), ("2-02-10-03S", "2-02-10-03"),
        ("2-02-10-03 S", "2-02-10-03"), ("2021003", "2-02-10-03"), ("2-2-10-3", "2-02-10-03"),
        ("2-02-10", "2-02-10-00"),
        ("2-02-10-03 计算机软件工程技术人员", "2-02-10-03"), ("工程技术人员", "2-02-00-00"),
        ("2-02-10-03 L", None), ("2-02-10-04", None), ("2", None), ("2002/2/10", None), ("9-02-10-03", None),
    ],
)  # fmt: skip
def test_occupations_are_read_as_offices_write_them(text: str, code: str | None) -> None:
    assert OCCUPATIONS.find(text).code == code


def test_a_list_without_a_scheme_is_found_by_code_and_title() -> None:
    programmes = listed(None, ("410101", "种子生产与经营", None), ("520101K", "临床医学", None))
    assert programmes.find("520101k") == Found(How.CODE, "520101K")
    assert programmes.find("临床医学") == Found(How.TITLE, "520101K")
    assert programmes.find("护理").how is How.UNKNOWN


def test_the_past_is_asked_for_only_where_a_text_is_not_in_force() -> None:
    asked = []

    def changes() -> tuple[Change, ...]:
        asked.append(1)
        return HISTORY

    lazy = CodeList("regions", "2", REGIONS.items, SPELLINGS["gbt2260"], changes, shorts)
    assert (lazy.find("350200").code, asked) == ("350200", [])
    assert (lazy.find("350127").code, lazy.find("350201").code, asked) == ("350100", "350200", [1])


def test_what_moved_between_two_versions_is_told_with_its_successors() -> None:
    before = CodeList("regions", "1", {**REGIONS.items, **{
        code: Item(code, Text(title, title)) for code, title in
        (("500105", "江北区"), ("500112", "渝北区"), ("999999", "某地"))
    }})  # fmt: skip
    told = {one.code: (one.kind, one.successors) for one in moves(before, REGIONS)}
    assert told == {
        "500105": (ChangeKind.MERGED, ("500157",)),
        "500112": (ChangeKind.ENDED, ("500109", "500157")),
        "999999": (ChangeKind.ENDED, ()),
    }
    assert [*moves(REGIONS, REGIONS)] == []
    assert moved(REGIONS) == {"350127": "350100", "350201": "350200", "500105": "500157"}
