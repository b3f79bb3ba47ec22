"""A bare wording in, a thing and what is done with it out: of `数控机床装调与维修` 数控机床, assembled and repaired."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ievq_pipeline.domain.weak_words import AFTER, BEFORE, Ends

#: words that say the same of a thing; those of one line are one activity
_ALIKE = """
    维修 检修 维护 运维 保养 维保 修理 维修保养 维护保养 维护检修 运行维护 maintenance repair servicing
    安装 装调 装配 组装 施工 安装施工 安装调试 装接 installation assembly
    调试 调校 整定 commissioning
    标定 校准 calibration
    测试 检测 试验 检验 测评 验证 testing inspection
    设计 design
    开发 研发 编写 编制 撰写 development writing
    编程 程序设计 示教 programming
    操作 运行 作业 操控 驾驶 使用 operation piloting
    运营 operations
    管理 管控 management
    核算 计算 盘查 accounting
    核查 核证 verification
    分析 analysis
    诊断 故障诊断 排除 故障排除 故障处理 diagnosis
    监测 监控 monitoring
    治理 处理 处置 treatment control
    制造 加工 生产 成型 制作 manufacturing machining processing
    拆解 回收 再生 dismantling recycling
    规划 策划 planning
    集成 integration
    建模 modelling modeling
    仿真 模拟 simulation
    优化 optimisation optimization
    申报 申请 撰写申请
    采集 acquisition collection
    审核 审计 audit auditing
    交易 trading
    评估 评价 assessment
"""
#: words that add nothing to what the others say
_NOTHING = """
    技术 工艺 应用 实施 部署 建设 构建 系统 体系 软件 工具 能力 方法 system systems application technology process use
"""
#: things of their own, though they end like an activity
_WHOLE = ("操作系统", "管理系统", "信息系统", "控制系统", "执行系统", "加工中心")
_ACTIVITIES = {word: line.split()[0] for line in _ALIKE.strip().splitlines() for word in line.split()}
_WORDS: dict[str, str] = {
    **dict.fromkeys((*_NOTHING.split(), *AFTER), ""),
    **_ACTIVITIES,
}
_LAST = Ends(_WORDS)
_JOINT = re.compile(r"(?:与|和|及其|及|并|的)$|(?<=[a-z])(?:and|of)$")
_FIRST = Ends((*BEFORE, "进行", "负责", "从事"))


@dataclass(frozen=True, slots=True)
class Task:
    """A thing, and what is done with it; no activity: nothing is said of that."""

    thing: str
    activities: frozenset[str]


def task(bare: str) -> Task:
    """A bare wording as a thing and what is done with it. Nothing is taken from a name that would then be empty."""
    rest, found = bare, set[str]()
    while True:
        word = None if rest.endswith(_WHOLE) else _LAST.last(rest, 2)
        before = _FIRST.first(rest, 2) if word is None else None
        if word is None and before is None:
            return Task(rest, frozenset(found - {""}))
        if word is not None:
            found.add(_WORDS[word])
            rest = rest[: -len(word)]
        else:
            rest = rest[len(before or "") :]
        shorter = _JOINT.sub("", rest)
        rest = shorter if len(shorter) >= 2 else rest


@dataclass(frozen=True, slots=True)
class Listed:
    """A task that a listed skill is named by."""

    code: str
    activities: frozenset[str]
    #: by its title: what the skill is as a whole, not one of the names for parts of it
    is_title: bool


def only(asked: Task, listed: Iterable[Listed]) -> str | None:
    """Of listed tasks with the thing that is asked for, the skill that says all that is asked; None: none, or several.

    Where nothing is said of what is done with it, no skill but one may have to do with the thing, by its title or in
    more ways than one. A name that is no title says no more than it says.
    """
    listed = list(listed)
    if not asked.activities:
        codes = {one.code for one in listed}
        is_about_it = any(one.is_title for one in listed) or len({one.activities for one in listed}) > 1
        return codes.pop() if len(codes) == 1 and is_about_it else None
    codes = {
        one.code
        for one in listed
        if asked.activities == one.activities or (one.is_title and asked.activities < one.activities)
    }
    return codes.pop() if len(codes) == 1 else None
