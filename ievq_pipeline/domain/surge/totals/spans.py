"""Which quarters stand against which: the window, the recent baseline, and the same quarters of the years before."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray
from ievq_pipeline.domain.surge.totals.rule import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """For one window length, what each series [skills, quarters] takes into its window and its two baselines."""

    window: int
    current: BoolArray
    recent: BoolArray
    season: BoolArray
    #: series with history enough for this window
    usable: BoolArray

    @property
    def background(self) -> BoolArray:
        """Every quarter the window is held against: from these the variance is learnt."""
        return np.asarray(self.recent | self.season)


def spans_at(known: BoolArray, window: int, rule: Rule) -> Spans:
    """The spans of a window that ends in the last column of `known`.

    The recent baseline is the quarters before the window, with one quarter's guard when the window is a single quarter,
    lest a surge that began late in the quarter before hide itself. A year counts for the season only if every known
    quarter of the window is known in it too, so that no season stands against another.
    """
    last = known.shape[1] - 1
    current, recent, season = (np.zeros_like(known) for _ in range(3))
    first = last - window + 1
    end = first - (1 if window == 1 else 0)
    if first >= 0:
        current[:, first:] = known[:, first:]
        recent[:, max(0, end - rule.baseline) : max(0, end)] = known[:, max(0, end - rule.baseline) : max(0, end)]
    for years in rule.season_years:
        if (start := first - 4 * years) >= 0:
            then = known[:, start : start + window]
            whole = np.all(then | ~known[:, first:], axis=1, keepdims=True)
            season[:, start : start + window] = then & known[:, first:] & whole
    usable = known[:, last] & (recent.sum(axis=1) >= rule.minimum_baseline) & season.any(axis=1) & (first >= 0)
    return Spans(window, current, recent, season, usable)
