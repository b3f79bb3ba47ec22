"""Many windows and many series: windows are combined by Cauchy's law, series share one false-discovery rate."""

import numpy as np
from scipy import stats

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray

#: a p of 1 would outweigh every other in the combination, one of 0 would have no tangent
LEAST, MOST = 1e-15, 0.99
#: from here on the arctangent loses its last digits, and 1/(πs) is exact to them
FAR = 1e6


def combine(p: FloatArray) -> FloatArray:
    """One p per series from [windows, series], NaN where a window lacks history.

    The Cauchy combination (Liu & Xie 2020, *JASA* 115:393): s = mean of tan((½ − p)π) has a Cauchy tail
    whatever the dependence between the windows, which overlap.
    """
    s: FloatArray = np.nanmean(1 / np.tan(np.pi * np.clip(p, LEAST, MOST)), axis=0)
    far = 1 / (np.pi * np.maximum(s, FAR))
    return np.asarray(np.where(s > FAR, far, 0.5 - np.arctan(s) / np.pi))


def adjusted(p: FloatArray, family: BoolArray) -> FloatArray:
    """q-values within the family by Benjamini & Hochberg (1995, *JRSS B* 57:289); NaN outside it."""
    q = np.full_like(p, np.nan)
    if family.any():
        q[family] = stats.false_discovery_control(p[family], method="bh")
    return q
