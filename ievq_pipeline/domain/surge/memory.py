"""What a fold remembers, as text and back to the bit: a replay goes on from a stored memory, not from the beginning."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, cast, overload

from pydantic import ConfigDict, TypeAdapter, with_config

from ievq_pipeline.domain.surge.look import Memory, in_order
from ievq_pipeline.domain.surge.matched.fold import MatchedEpisode
from ievq_pipeline.domain.surge.matched.series import Series
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest
from ievq_pipeline.domain.surge.totals.fold import Episode

__all__ = ["FoldMode", "Memory", "kept", "kept_test", "restored", "restored_test"]

FoldMode: TypeAlias = Literal["totals", "matched"]
#: NaN and infinities as words, which JSON of its own does not have
EXACT = ConfigDict(ser_json_inf_nan="strings")


@with_config(EXACT)
@dataclass(frozen=True, slots=True)
class _Totals:
    running: list[Episode]
    numbers: list[tuple[str, int]]
    tested: list[str]


@with_config(EXACT)
@dataclass(frozen=True, slots=True)
class _Matched:
    running: list[MatchedEpisode]
    numbers: list[tuple[Series, int]]
    tested: list[Series]


@cache
def _codec(mode: FoldMode) -> TypeAdapter[Any]:
    return TypeAdapter(_Totals if mode == "totals" else _Matched)


def kept(memory: Memory[Any]) -> str:
    """The memory as JSON; equal memories give equal text. Floats are written with as many digits as give them back."""
    keys: list[Hashable] = [*memory.running, *memory.numbers, *memory.tested]
    is_matched = any(isinstance(key, Series) for key in keys)
    shape: Any = _Matched if is_matched else _Totals
    ordered = shape(
        [memory.running[key] for key in sorted(memory.running, key=in_order)],
        [(key, memory.numbers[key]) for key in sorted(memory.numbers, key=in_order)],
        sorted(memory.tested, key=in_order),
    )
    return str(_codec("matched" if is_matched else "totals").dump_json(ordered).decode())


def kept_test(test: MatchedTest) -> str:
    """One test as JSON, in full."""
    return _tests().dump_json(test).decode()


def restored_test(text: str) -> MatchedTest:
    """The test that `kept_test` wrote. Raises ValueError where the text is of another version."""
    return _tests().validate_json(text)


@cache
def _tests() -> TypeAdapter[MatchedTest]:
    return TypeAdapter(with_config(EXACT)(MatchedTest))


@overload
def restored(text: str, mode: Literal["totals"]) -> Memory[Episode]: ...


@overload
def restored(text: str, mode: Literal["matched"]) -> Memory[MatchedEpisode]: ...


def restored(text: str, mode: FoldMode) -> Memory[Any]:
    """The memory that `kept` wrote. Raises ValueError where the text is not one of this mode, or of another version."""
    found = cast("_Totals | _Matched", _codec(mode).validate_json(text))
    return Memory(
        {episode.evidence.key: episode for episode in found.running}, dict(found.numbers), frozenset(found.tested)
    )
