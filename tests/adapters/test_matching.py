"""Free wordings held against a list: certain, or ranked; and the measure of it on the labelled set."""

import time

import pytest

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.matching import certain, likely, match, matcher, several
from ievq_pipeline.domain.skill import Family, Skill, Skills, folded
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.wording import How
from tests import eval_wordings, labelled_wordings

NAMES = {
    "plc": ("PLC编程", "PLC programming", "可编程控制器"),
    "vision": ("机器视觉", "Machine vision", "Halcon"),
    "drone-repair": ("无人机装调与检修", "Drone assembly and repair"),
    "drone-piloting": ("无人机驾驶", "Drone piloting"),
    "carbon": ("碳排放核算", "Greenhouse gas accounting", "碳核算"),
    "verify": ("碳排放核查", "Verification of emissions"),
    "mes": ("MES实施与运维", "MES implementation"),
    "docker": ("Docker", "Docker"),
    "k8s": ("Kubernetes", "Kubernetes", "K8s"),
    "patent": ("专利检索", "Patent search"),
}
LISTED = Skills(
    "1",
    tuple(Skill(code, Text(zh, en), "f", None, tuple(more)) for code, (zh, en, *more) in NAMES.items()),
    {"f": Family("f", Text("类", "kind"))},
)


@pytest.mark.parametrize(
    ("wording", "code", "how"),
    [
        ("plc编程", "plc", How.EXACT),
        ("熟悉ＰＬＣ编程", "plc", How.VARIANT),
        ("熟练使用HALCON软件", "vision", How.VARIANT),
        ("machine vision systems", "vision", How.VARIANT),
        ("无人机维修", "drone-repair", How.VARIANT),
        ("無人機維護", "drone-repair", How.VARIANT),
        ("MES系统", "mes", How.VARIANT),
        ("碳核算", "carbon", How.EXACT),
        ("碳排放核算(GHG)", "carbon", How.VARIANT),
        ("專利檢索", "patent", How.VARIANT),
        ("Kubernetes/K8s", "k8s", How.VARIANT),
    ],
)
def test_what_is_certain_is_taken(wording: str, code: str, how: How) -> None:
    found = match(wording, LISTED)
    assert (found.code, found.how, found.suggestions) == (code, how, ())
    assert certain(wording, LISTED) == found


@pytest.mark.parametrize(
    "wording",
    [
        "无人机",
        "碳排放",
        "Docker/K8s",
        "责任心",
        "编程",
        "能力",
        "核算",
        "",
        "、",
        "C",
        "机器学习",
        "视觉",
        "?",
        "(A)(B)",
    ],
)
def test_what_may_be_several_things_or_none_is_left_to_people(wording: str) -> None:
    assert match(wording, LISTED).code is None


@pytest.mark.parametrize(
    ("wording", "codes"),
    [
        ("Kubernetez", ["k8s"]),  # a slip of the finger
        ("机器识觉", ["vision"]),  # the same sounds
        ("碳排放核祘", ["carbon", "verify"]),
        ("无人机", ["drone-piloting", "drone-repair"]),
        ("Docker/K8s", ["docker", "k8s"]),
    ],
)
def test_what_is_near_is_suggested_best_first(wording: str, codes: list[str]) -> None:
    found = match(wording, LISTED)
    assert found.how is How.UNSURE
    scores = [one.score for one in found.suggestions]
    assert scores == sorted(scores, reverse=True)
    assert found.score == scores[0] <= 1
    assert sorted(one.code for one in found.suggestions[: len(codes)]) == sorted(codes)


def test_likely_is_only_what_is_near_and_never_for_a_few_letters() -> None:
    assert [one.code for one in likely("Kubernetez", match("Kubernetez", LISTED).suggestions)] == ["k8s"]
    assert likely("K9s", match("K9s", LISTED).suggestions) == []
    assert likely("量子绣花", match("量子绣花", LISTED).suggestions) == []
    assert (several("Python、SQL"), several("CI/CD"), several("Python")) == (True, True, False)


def test_a_name_of_two_skills_in_one_form_names_neither() -> None:
    two = Skills("1", (Skill("a", Text("焊接技术", "a"), "f"), Skill("b", Text("焊接工作", "b"), "f")), LISTED.families)
    assert match("焊接", two).code is None
    assert match("焊接技术", two).code == "a"


def test_a_list_is_prepared_once_and_asked_quickly() -> None:
    listed = code_lists.skills()
    assert matcher(listed) is matcher(listed)
    matcher(listed)
    start = time.process_time()
    for number in range(300):
        match(f"熟练掌握设备{number}号的某种维护技术", listed)
    assert time.process_time() - start < 6  # it takes 1 s


def test_every_name_of_the_shipped_lists_is_found_and_none_breaks_the_matching() -> None:
    for listed in eval_wordings.names().values():
        assert all(match(name, listed).code == skill.code for skill in listed.skills for name in skill.wordings)


@pytest.mark.parametrize("name", labelled_wordings.SETS)
def test_a_labelled_set_is_large_has_what_no_list_should_take_and_its_codes_are_listed(name: str) -> None:
    rows = list(labelled_wordings.rows(name))
    lists = {code_list: {one.code for one in listed.skills} for code_list, listed in eval_wordings.names().items()}
    assert len(rows) >= 420
    assert len({folded(row.wording) for row in rows}) == len(rows)
    assert all(row.source for row in rows)
    assert sum(not any(row.codes.values()) for row in rows) / len(rows) > 0.15
    for row in rows:
        for code_list, codes in row.codes.items():
            assert codes <= lists[code_list], row.wording


def test_the_first_set_is_as_it_was_split_and_the_second_has_nothing_of_it() -> None:
    first, second = (list(labelled_wordings.rows(name)) for name in ("dev", "test"))
    assert all(row.split == labelled_wordings.half(row.wording) for row in first)
    assert 0.4 < sum(row.split == "test" for row in first) / len(first) < 0.6
    assert all(row.split == "second" for row in second)
    assert not {folded(row.wording) for row in first} & {folded(row.wording) for row in second}


def test_on_the_wordings_that_aliases_were_written_with_what_is_automatic_is_right() -> None:
    asked = (one for one in eval_wordings.tried("dev", eval_wordings.names()) if one.row.split == "dev")
    shares = eval_wordings.shares(asked)
    assert shares["automatic matches right"].value >= 0.98
    assert shares["matchable matched automatically"].value >= 0.70
    assert shares["right one among five"].value >= 0.90
    assert eval_wordings.Share(263, 267).interval == pytest.approx((0.9622, 0.9942), abs=1e-4)
