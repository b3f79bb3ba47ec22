"""Why a series was not flagged, or not even tested."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a tested series was not flagged, the first that applies; the last two are why one was not tested."""

    DISCLOSURE = "disclosure"
    SMALL_GROWTH = "small_growth"
    WIDE_INTERVAL = "wide_interval"
    FALLING_COUNT = "falling_count"
    IN_EPISODE = "in_episode"
    CHANCE = "chance"
    #: the quarters to compare lie on both sides of a series break
    CROSSES_BREAK = "crosses_break"
    #: fewer matched reporters than a test asks for, where there were enough once
    FEW_MATCHED = "few_matched"
