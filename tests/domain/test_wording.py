"""The forms in which a list may know a wording: what changes nothing is folded away, and nothing else."""

import pytest

from ievq_pipeline.domain.activities import Listed, Task, only, task
from ievq_pipeline.domain.traditional import simplified
from ievq_pipeline.domain.wording import bare, bracketed, forms


def share(one: str, other: str) -> bool:
    return bool(set(forms(one)) & set(forms(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("熟练掌握PLC编程", "PLC编程"),
        ("Ｐｙｔｈｏｎ 语言", "python"),
        ("精通C语言编程", "C语言"),
        ("專利檢索", "专利检索"),
        ("无人机的驾驶", "无人机驾驶"),
        ("监测碳排放", "碳排放监测"),
        ("machine vision systems", "Machine-vision system"),
        ("Proficient in Deep Learning techniques", "deep learning"),
        ("inspection and maintenance", "maintenance & inspection"),
        ("制造执行系统(MES)", "制造执行系统"),
        ("工业通信协议（如Modbus、Profibus）", "工业通信协议"),
        ("Halcon软件", "HALCON"),
    ],
)
def test_what_differs_in_nothing_that_is_named_shares_a_form(one: str, other: str) -> None:
    assert share(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C++", "C#"),
        ("操作系统", "操作"),
        ("数控车削", "数控铣削"),
        ("碳排放核算", "碳排放核查"),
        ("机器学习", "机器视觉"),
        ("Java", "JavaScript"),
        ("检修", "修检"),  # too short to be told apart in any order
        ("5G", "6G"),
    ],
)
def test_what_names_another_thing_shares_none(one: str, other: str) -> None:
    assert not share(one, other)


def test_each_form_comes_once_those_that_change_least_first_and_none_is_empty() -> None:
    for wording in ("熟悉CAN通讯", "能力", "(如)", "、、", "knowledge", "的"):
        found = list(forms(wording))
        assert len(found) == len(set(found))
        assert all(found)
    assert next(iter(forms("熟悉CAN通讯"))) == bare("熟悉CAN通讯") == "熟悉can通讯"


def test_brackets_are_read_apart_and_examples_are_no_name() -> None:
    assert bracketed("制造执行系统（MES）") == ("制造执行系统", "mes")
    assert bracketed("组态软件(如WinCC)") == ("组态软件", "")
    assert bracketed("数控编程") == ("数控编程", None)


def test_only_characters_that_stand_for_one_are_simplified() -> None:
    assert simplified("無人機維修與檢測") == "无人机维修与检测"
    assert simplified("干净") == "干净"


@pytest.mark.parametrize(
    ("bare_wording", "thing", "activities"),
    [
        ("数控机床装调与维修", "数控机床", {"安装", "维修"}),
        ("光伏电站检修", "光伏电站", {"维修"}),
        ("熟练掌握变频器调试", "变频器", {"调试"}),
        ("实时操作系统", "实时操作系统", set()),
        ("维修", "维修", set()),
    ],
)
def test_a_wording_is_a_thing_and_what_is_done_with_it(bare_wording: str, thing: str, activities: set[str]) -> None:
    assert task(bare_wording) == Task(thing, frozenset(activities))


def test_a_thing_alone_is_a_skill_where_only_one_has_to_do_with_it() -> None:
    repair, drive = Listed("repair", frozenset({"维修", "安装"}), True), Listed("drive", frozenset({"操作"}), True)
    part = Listed("part", frozenset({"标定"}), False)
    assert only(Task("无人机", frozenset()), [repair]) == "repair"
    assert only(Task("无人机", frozenset()), [repair, drive]) is None
    assert only(Task("无人机", frozenset({"维修"})), [repair, drive]) == "repair"
    assert only(Task("无人机", frozenset({"设计"})), [repair, drive]) is None
    assert only(Task("雷达", frozenset()), [part]) is None, "an alias for a part of a skill names no more than that"
    assert only(Task("雷达", frozenset({"标定"})), [part]) == "part"
