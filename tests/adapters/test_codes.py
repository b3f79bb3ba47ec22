"""One cell with a code: what is spelled anew, what is taken as it is, and what is none."""

import pytest

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.codes import Reading, read_code
from ievq_pipeline.domain.contracts import contract

JOB_DEMAND = contract("job-demand")
CREDIT_CODE = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("enterprise", CREDIT_CODE, CREDIT_CODE),
        ("enterprise", "91350100 m000100y-43", CREDIT_CODE),
        ("enterprise", f"USCC: {CREDIT_CODE}", CREDIT_CODE),
        ("enterprise", "us-agency:DN", "us-agency:DN"),
        ("enterprise", "US-Agency:dn", "us-agency:dn"),
        ("enterprise", "hn:n:4f2a", "hn:n:4f2a"),  # split at the first colon only
        ("region", "350200", "350200"),
        ("region", "gbt2260:350200", "350200"),
        ("region", "Remote", "remote"),
        ("region", "us-state:CA", "us-state:CA"),
        ("industry", "C", "C"),
        ("industry", "01", "01"),
        ("industry", "3912", "3912"),
        ("industry", "naics:541511", "naics:541511"),
        ("occupation", "2-02-10-03", "2-02-10-03"),
        ("occupation", "２－０２－１０－０３", "2-02-10-03"),
        ("occupation", "csco:2-02-10-03", "2-02-10-03"),
    ],
)
def test_a_code_comes_out_in_one_spelling(column: str, text: str, value: str) -> None:
    read = read_code(text, JOB_DEMAND.field(column))
    assert read.value == value
    assert (read.code is None) == (text == value)
    assert read_code(value, JOB_DEMAND.field(column)).code is None


def test_a_code_with_a_colon_keeps_its_scheme_even_where_it_is_the_columns_own() -> None:
    agreed = JOB_DEMAND.with_schemes({"enterprise": "hn"}).field("enterprise")
    for text, value in (("hn:4f2a", "4f2a"), ("hn:n:4f2a", "hn:n:4f2a"), ("n:4f2a", "n:4f2a")):
        assert read_code(text, agreed).value == value


@pytest.mark.parametrize(
    ("column", "text", "fault"),
    [
        ("enterprise", CREDIT_CODE[:-1], "NQ-CREDIT-CODE"),
        ("enterprise", CREDIT_CODE.replace("M", "N"), "NQ-CREDIT-CODE"),
        ("enterprise", "91350100I000100Y43", "NQ-CREDIT-CODE"),  # I is no letter of these codes
        ("enterprise", "①" * 18, "NQ-CREDIT-CODE"),
        ("enterprise", "", "NQ-SCHEME"),
        ("enterprise", ":", "NQ-SCHEME"),
        ("enterprise", "1x:a", "NQ-SCHEME"),
        ("region", "350 200", "NQ-CODE"),
        ("region", "035020", "NQ-CODE"),
        ("region", "gbt2260:3502", "NQ-CODE"),
        ("region", "٣٥٠٢٠٠", "NQ-CODE"),
        ("industry", "1", "NQ-CODE"),
        ("industry", "39123", "NQ-CODE"),
        ("occupation", "9-02-10-03", "NQ-CODE"),
        ("occupation", "2-02-10-03 L", "NQ-CODE"),
    ],
)
def test_what_has_not_the_shape_of_a_code_is_none(column: str, text: str, fault: str) -> None:
    read = read_code(text, JOB_DEMAND.field(column))
    assert (read.value, read.code) == (None, fault)


LISTS = code_lists.coded()


@pytest.mark.parametrize(
    ("column", "text", "value", "change"),
    [
        ("region", "350200", "350200", None),
        ("region", "unknown", "unknown", None),
        ("region", "us-state:CA", "us-state:CA", None),
        ("region", "hn:350299", "hn:350299", None),  # codes of other schemes are nobody's business
        ("region", "３５０２００", "350200", "NQ-N-WIDTH"),
        ("region", "gbt2260:350200", "350200", "NQ-N-CODE"),
        ("region", "350200 厦门市", "350200", "NQ-N-CODE"),
        ("region", "远程", "remote", "NQ-N-TITLE"),
        ("region", "厦门", "350200", "NQ-N-TITLE"),
        ("region", "福建省厦门市思明区", "350203", "NQ-N-TITLE"),
        ("region", "西安", "610100", "NQ-N-TITLE"),
        ("region", "东莞市", "441900", "NQ-N-TITLE"),
        ("region", "350127", "350181", "NQ-N-CODE-MOVED"),
        ("region", "gbt2260:350127", "350181", "NQ-N-CODE-MOVED"),
        ("region", "襄樊", "420600", "NQ-N-CODE-MOVED"),
        ("industry", "C39", "39", "NQ-N-CODE"),
        ("industry", "汽车制造业", "36", "NQ-N-TITLE"),
        ("occupation", "2—02—10—03", "2-02-10-03", "NQ-N-CODE"),
        ("occupation", "计算机软件工程技术人员S", "2-02-10-03", "NQ-N-TITLE"),
        ("enterprise", CREDIT_CODE, CREDIT_CODE, None),
    ],
)
def test_against_its_list_what_is_certain_becomes_the_code_of_today(
    column: str, text: str, value: str, change: str | None
) -> None:
    assert read_code(text, JOB_DEMAND.field(column), LISTS) == Reading(value, change)
    assert read_code(value, JOB_DEMAND.field(column), LISTS) == Reading(value)


@pytest.mark.parametrize(
    ("column", "text", "fault", "candidate"),
    [
        ("region", "350299", "NQ-CODE-UNKNOWN", "350200（福建省厦门市）"),
        ("region", "gbt2260:350299", "NQ-CODE-UNKNOWN", "350200（福建省厦门市）"),
        ("region", "3502", "NQ-CODE", "350200（福建省厦门市）"),
        ("region", "鼓楼区", "NQ-TITLE-AMBIGUOUS", "350102（福建省福州市鼓楼区）"),
        ("region", "朝阳", "NQ-TITLE-AMBIGUOUS", "110105（北京市朝阳区）"),
        ("region", "渝北区", "NQ-CODE-ENDED", "500157（重庆市两江新区）"),
        ("region", "371200", "NQ-CODE-ENDED", "370116（山东省济南市莱芜区）"),
        ("region", "厦门是", "NQ-TITLE-UNKNOWN", "350200（福建省厦门市）"),
        ("region", "火星", "NQ-TITLE-UNKNOWN", "无"),
        ("industry", "B39", "NQ-CODE", "39（计算机、通信和其他电子设备制造业）"),
        ("industry", "6510", "NQ-CODE-UNKNOWN", "6511（基础软件开发）"),
        ("occupation", "2-02-10-99", "NQ-CODE-UNKNOWN", "2-02-10-00（信息和通信工程技术人员）"),
    ],
)
def test_what_is_not_certain_is_a_finding_that_names_what_it_may_be(
    column: str, text: str, fault: str, candidate: str
) -> None:
    read = read_code(text, JOB_DEMAND.field(column), LISTS)
    assert (read.value, read.code) == (None, fault)
    assert candidate in str(read.more["candidates_zh"])
    assert read.more["version"] == code_lists.versions()[JOB_DEMAND.field(column).code_list or ""]


def test_under_another_scheme_bare_codes_are_not_held_against_the_list() -> None:
    agreed = JOB_DEMAND.with_schemes({"region": "us-state"}).field("region")
    assert read_code("CA", agreed, LISTS) == Reading("CA")
    assert read_code("350299", agreed, LISTS) == Reading("350299")
    assert read_code("gbt2260:350127", agreed, LISTS) == Reading("gbt2260:350181", "NQ-N-CODE-MOVED")
    assert read_code("gbt2260:350299", agreed, LISTS).code == "NQ-CODE-UNKNOWN"


def test_no_text_however_odd_is_more_than_a_finding() -> None:
    for text in (
        "é" * 99,
        "\x00",
        "（）",
        "-",
        "----",
        "1" * 99,
        "C" * 9,
        "2-" * 20,
        "省市县",
        "\u202e350200",
        "٣٥٠٢٠٠",
    ):
        for column in ("region", "industry", "occupation"):
            assert read_code(text, JOB_DEMAND.field(column), LISTS).value is None
