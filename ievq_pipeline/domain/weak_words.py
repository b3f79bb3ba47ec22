"""Words around a name that do not change what it names: a bare wording in, a shorter one out. Pure lists."""

import re
from collections.abc import Iterable

#: how well somebody knows it, or that they do it: says nothing of what it is
BEFORE = tuple(
    re.findall(
        r"\S+",
        """
        能够熟练使用 能够熟练 熟练使用 熟练掌握 熟练操作 熟练运用 深入理解 能够使用 能够 熟悉 熟练 掌握 精通 了解 理解
        具备 具有 擅长 懂得 运用 使用 常用 主流 基本的 良好的 优秀的 扎实的 较强的 一定的 相关的 有
        """,
    )
)
#: that it is known, practised or applied
AFTER = tuple(
    re.findall(
        r"\S+",
        """
        基础知识 相关知识 专业知识 相关经验 开发经验 工作经验 实践经验 操作经验 操作技能 操作能力 应用能力 应用技术
        开发能力 及应用 与应用 技术 技能 能力 知识 经验 基础 原理 应用 使用 相关 工作 方法 实操 实践 者优先 优先 等
        """,
    )
)
#: what is done with a thing that has a name of its own, in Latin letters: `Halcon软件` is Halcon
AFTER_LATIN = tuple(
    re.findall(
        r"\S+",
        """
        编程语言 操作系统 开发环境 数据库 编程 程序 开发 语言 软件 系统 平台 框架 工具 操作 编写 脚本 协议 通信 通讯
        语法 容器 集群 绘图 制图
        """,
    )
)
#: between the words of a Chinese name
BETWEEN = re.compile("的|与|和|及|并|进行")
#: English words that say no more than the Chinese ones above
WEAK_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        """
        a an the of in on for with and to using by or at from proficient proficiency knowledge experience familiar
        familiarity skilled skill ability understanding strong good excellent basic advanced technology technique method
        expertise
        """,
    )
)
#: what may follow a product's name in English
AFTER_PRODUCT = frozenset(
    re.findall(r"\S+", "programming development software language framework platform system tool")
)
LATIN = re.compile(r"[a-z0-9+#]+")
#: a Latin name, and what may be done with it
_PRODUCT = re.compile(rf"[a-z0-9+#]+(?:{'|'.join(AFTER_LATIN)})*")


class Ends:
    """Words that a text may begin or end with; to look for all of them costs a few slices of the text."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._lengths = sorted({len(word) for word in self._words}, reverse=True)

    def last(self, text: str, least: int) -> str | None:
        """The longest that the text ends with, `least` characters or more before it."""
        for length in self._lengths:
            if len(text) - length >= least and (word := text[-length:]) in self._words:
                return word
        return None

    def first(self, text: str, least: int) -> str | None:
        """The longest that it begins with, `least` characters or more after it."""
        for length in self._lengths:
            if len(text) - length >= least and (word := text[:length]) in self._words:
                return word
        return None


_BEFORE, _AFTER, _AFTER_LATIN = Ends(BEFORE), Ends(AFTER), Ends(AFTER_LATIN)


def without_before(bare: str) -> str:
    """Without one weak beginning, the longest there is."""
    word = _BEFORE.first(bare, 1)
    return bare if word is None else bare[len(word) :]


def without_after(bare: str) -> str:
    """Without one weak ending; of a Latin name also what is done with it."""
    word = _AFTER_LATIN.last(bare, 1)
    if word is not None and _PRODUCT.fullmatch(bare[: -len(word)]):
        return bare[: -len(word)]
    word = _AFTER.last(bare, 2)
    return bare if word is None else bare[: -len(word)]
