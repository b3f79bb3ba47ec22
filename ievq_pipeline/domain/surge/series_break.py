"""Breaks: quarters from which on a name means something else, so that no quarter before stands against one after."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TypeAlias

from ievq_pipeline.domain.period import Quarter

#: by the code of a concept: the first quarters of a new wording
Breaks: TypeAlias = Mapping[str, Collection[Quarter]]
NO_BREAKS: Breaks = MappingProxyType({})


def crosses(breaks: Breaks, concept: str, first: Quarter, last: Quarter) -> bool:
    """Whether the quarters from `first` to `last` lie on both sides of a break of the concept."""
    return any(first < quarter <= last for quarter in breaks.get(concept, ()))
