"""The ground a chart is drawn on: its frame, where a quarter and a value stand, and how each kind of mark is painted.

Colours come twice: attributes in currentColor, so that a saved file can be read by itself, and classes, through which
the page's stylesheet repaints them in light, dark and print. Nothing needs `style`, so a strict security policy holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from xml.etree.ElementTree import Element, SubElement

from ievq_pipeline.web.wording import printable


@dataclass(frozen=True, slots=True)
class Frame:
    """Size and margins of a chart; `ticks` wanted on the value axis, none for the small one."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: int = 0


SMALL = Frame("small", 320, 96, 4, 50, 8, 20)
WIDE = Frame("wide", 760, 320, 52, 116, 40, 46, ticks=5)
NARROW = Frame("narrow", 343, 260, 40, 70, 40, 46, ticks=4)

#: per kind of mark the attributes it carries wherever no stylesheet reaches
PAINT: Mapping[str, Mapping[str, str]] = {
    "band": {"fill": "currentColor", "fill-opacity": "0.1"},
    "grid": {"stroke": "currentColor", "stroke-opacity": "0.18"},
    "axis": {"stroke": "currentColor", "stroke-opacity": "0.6"},
    "missing": {"stroke": "currentColor", "stroke-opacity": "0.6", "fill": "none"},
    "area": {"fill": "currentColor", "fill-opacity": "0.06"},
    "expected": {"stroke": "currentColor", "stroke-width": "1.5", "stroke-dasharray": "4 3", "fill": "none"},
    "observed": {"stroke": "currentColor", "stroke-width": "2", "stroke-linejoin": "round", "fill": "none"},
    "raw": {"stroke": "currentColor", "stroke-width": "1", "stroke-opacity": "0.7", "fill": "none"},
    "baseline": {"fill": "currentColor", "fill-opacity": "0.6"},
    "hidden": {"fill": "currentColor", "fill-opacity": "0.8"},
    "excess": {"stroke": "currentColor", "stroke-width": "1"},
    "point": {"fill": "currentColor"},
    "point-thin": {"fill": "currentColor", "fill-opacity": "0.7"},
    "dot": {"fill": "currentColor", "stroke": "currentColor", "stroke-width": "1.5"},
    "text": {"fill": "currentColor", "font-size": "11"},
    "text-strong": {"fill": "currentColor", "font-size": "12", "font-weight": "700"},
    "text-growth": {"fill": "currentColor", "font-size": "17", "font-weight": "700"},
}
FONTS = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter of the series; None where nothing is known, or where it is hidden. `raw` is of all who reported."""

    quarter: str
    observed: float | None
    expected: float | None
    raw: float | None = None
    is_hidden: bool = False

    def value(self, kind: str) -> float | None:
        return {"observed": self.observed, "expected": self.expected, "raw": self.raw}[kind]


class Canvas:
    """The SVG under construction, and where a quarter and a value stand on it."""

    def __init__(self, frame: Frame, points: Sequence[Point], kinds: Sequence[str]) -> None:
        """A ground on which every value of these kinds has its place."""
        self.frame, self.points = frame, points
        self.svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": f"chart chart-{frame.name}"})
        self.step = (frame.width - frame.left - frame.right) / max(len(points), 1)
        highest = max((v for p in points for kind in kinds if (v := p.value(kind)) is not None), default=0) or 1
        self.tick = _nice_step(highest / frame.ticks) if frame.ticks else highest
        self.ceiling = -(-highest // self.tick) * self.tick
        self.floor_y = frame.height - frame.bottom

    def x(self, index: float) -> float:
        return self.frame.left + (index + 0.5) * self.step

    def y(self, value: float) -> float:
        return self.floor_y - value / self.ceiling * (self.floor_y - self.frame.top)

    def draw(self, tag: str, kind: str, **attributes: float | str) -> Element:
        written = {name.replace("_", "-"): _written(value) for name, value in attributes.items()}
        return SubElement(self.svg, tag, {"class": f"chart-{kind}", **PAINT[kind], **written})

    def say(self, text: str, x: float, y: float, kind: str = "text", anchor: str = "start") -> Element:
        said = self.draw("text", kind, x=x, y=y, text_anchor=anchor)
        said.text = printable(text)
        return said

    def span(self, said: Element, text: str, kind: str, *, dx: float = 0) -> None:
        """Add words of another size to a text, so that the whole keeps its anchor."""
        SubElement(said, "tspan", {"class": f"chart-{kind}", "dx": _written(dx), **PAINT[kind]}).text = printable(text)


def _nice_step(least: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below `least`."""
    power = 10.0 ** floor(log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
