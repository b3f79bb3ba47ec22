"""The step test once more, unit by unit in plain loops and dense algebra: what the vectorised one is held against."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ievq_pipeline.domain.surge.arrays import FloatArray


@dataclass
class Unit:
    """One enterprise in one series: openings, reports and index by quarter."""

    series: int
    v: FloatArray
    m: FloatArray
    f: FloatArray
    tau: float = 0.0

    def prepare(self) -> None:
        self.total, self.exposure = self.v.sum(), (self.f * self.m).sum()
        self.share = self.f * self.m / self.exposure
        self.size, self.reports = self.total / self.exposure, self.m.sum()
        seen = self.m > 0
        self.chi = (self.v[seen] ** 2 / self.f[seen]).sum() / self.size - self.total

    @property
    def phi(self) -> float:
        return float((1 + self.tau * self.size) / (1 + self.tau / self.reports))


def take_tau(units: list[Unit]) -> None:
    edges = np.quantile([u.size for u in units], [n / 8 for n in range(1, 8)])
    for number in range(8):
        mine = [u for u in units if sum(u.size >= edge for edge in edges) == number]
        for u in mine:
            u.tau = 0.4
        if len(mine) >= 30:
            cap = np.quantile([u.chi for u in mine], 0.995)
            phi = max(sum(min(u.chi, cap) for u in mine) / sum(u.reports - 1 for u in mine), 1)
            spread = np.mean([u.size for u in mine]) - phi / np.mean([u.reports for u in mine])
            for u in mine:
                u.tau = float(np.clip((phi - 1) / max(spread, 0.05), 0.02, 3))


def kernel(name: str, quarters: int) -> FloatArray:
    made = np.zeros((quarters, quarters))
    for i in range(quarters):
        for j in range(quarters):
            made[i, j] = {
                "season": float((i - j) % 4 == 0) - 0.25,
                "trend": float((i - quarters + 1) * (j - quarters + 1)),
                "walk": float(min(i, j)),
                "shock": float(i == j),
            }[name]
    return made


def score_and_information(units: list[Unit]) -> tuple[FloatArray, FloatArray]:
    quarters = units[0].v.size
    score, matrix = np.zeros(quarters), np.zeros((quarters, quarters))
    for u in units:
        score += (u.v - u.total * u.share) / u.phi
        matrix += u.total / u.phi * (np.diag(u.share) - np.outer(u.share, u.share))
    return score, matrix


def learn_sigma(by_series: list[list[Unit]]) -> FloatArray:
    quarters = by_series[0][0].v.size
    parts = [score_and_information(units) for units in by_series]
    kernels = [kernel(name, quarters) for name in ("season", "trend", "walk", "shock")]
    variances = np.full(4, 0.03**2)
    for _ in range(12):
        sigma = sum(s * k for s, k in zip(variances, kernels, strict=True))
        seen, expected = np.zeros(4), np.zeros(4)
        for score, matrix in parts:
            r = np.linalg.solve(np.eye(quarters) + matrix @ sigma, score)
            h = np.linalg.solve(np.eye(quarters) + matrix @ sigma, matrix)
            steps = [abs(r[u:].sum()) / np.sqrt(h[u:, u:].sum()) for u in range(1, quarters)]
            if max(steps) < 3:
                for k in range(4):
                    d = np.trace(kernels[k] @ h)
                    seen[k] += min(r @ kernels[k] @ r, 3 * d)
                    expected[k] += d
        variances = variances * np.clip(seen / expected, 0.1, 10)
    return np.asarray(np.maximum(variances, 1e-7))


@dataclass
class Onset:
    """One series and onset before centring."""

    t: float = 0.0
    m: float = 0.0
    inside: float = 0.0
    kappa: float = 0.0
    squares: float = 0.0
    after: float = 0.0


def step_p_values(by_series: list[list[Unit]], variances: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """p [onsets, series], step growth [onsets, series], and ψ per onset."""
    quarters = by_series[0][0].v.size
    kernels = [kernel(name, quarters) for name in ("season", "trend", "walk", "shock")]
    sigma = sum(s * k for s, k in zip(variances, kernels, strict=True))
    p, growth, spreads = np.zeros((4, len(by_series))), np.zeros((4, len(by_series))), np.zeros(4)
    for k in range(4):
        e = (np.arange(quarters) >= quarters - 1 - k).astype(float)
        onsets, ratios, variance = [], [], []
        for units in by_series:
            _, matrix = score_and_information(units)
            c = np.linalg.solve(np.eye(quarters) + sigma @ matrix, e)
            one = Onset()
            for u in units:
                w, mean = 1 / u.phi, c @ u.share
                v = max(w * u.total * ((c - mean) ** 2 @ u.share), 1e-12)
                limit = max(3 * np.sqrt(v), w * np.abs(c).max())
                score = float(np.clip(w * (c @ u.v - u.total * mean), -limit, limit))
                mass = w * u.total * (c * e @ u.share - mean * (e @ u.share))
                one.t, one.m, one.inside = one.t + score, one.m + mass, one.inside + v
                one.kappa += w**2 * u.total * (2 * u.phi - 1) * (u.share @ (c - mean) ** 3)
                one.after += mass * (e @ u.share)
                ratios.append(score**2 / v)
                variance.append(v)
            onsets.append(one)
        cut = np.minimum(ratios, np.quantile(ratios, 0.995))
        psi = spreads[k] = max(0.8, cut @ variance / sum(variance))
        whole = [psi * one.inside + one.m - one.inside for one in onsets]
        order = sorted((one.t / one.m, one.m**2 / v) for one, v in zip(onsets, whole, strict=True))
        reached = np.cumsum([weight for _, weight in order])
        centre = order[int(np.argmax(reached >= reached[-1] / 2))][0]
        for n, (one, v) in enumerate(zip(onsets, whole, strict=True)):
            x = one.t / one.m - centre
            skew = float(np.clip(one.kappa / v**1.5, -3, 3))
            p[k, n] = stats.pearson3(skew).sf(x * one.m / np.sqrt(v))
            rho = float(np.clip(one.after / one.m, 0.02, 0.98))
            growth[k, n] = max(1 + x / max(1 - rho * x, 0.05), 0.05)
    return p, growth, spreads
