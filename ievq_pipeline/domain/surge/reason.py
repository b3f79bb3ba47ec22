"""Why a series that was tested was not flagged."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a tested series was not flagged; the first that applies."""

    DISCLOSURE = "disclosure"
    SMALL_GROWTH = "small_growth"
    WIDE_INTERVAL = "wide_interval"
    FALLING_COUNT = "falling_count"
    IN_EPISODE = "in_episode"
    CHANCE = "chance"
