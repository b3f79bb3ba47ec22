"""One alert's series as SVG: observed solid, expected dashed, the surge's quarters shaded, silence hatched."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import SubElement, tostring

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web import figures
from ievq_pipeline.web.chart_canvas import FONTS, NARROW, SMALL, WIDE, Canvas, Frame, Point
from ievq_pipeline.web.wording import WORDS, printable

__all__ = ["NARROW", "SMALL", "WIDE", "Frame", "svg"]

#: between the baselines of two labels that would touch
LABEL_HEIGHT = 14


def svg(
    evidence: Mapping[str, Any],
    *,
    language: str,
    title: str,
    frame: Frame = SMALL,
    identity: str = "chart",
    growth: Mapping[str, float] | None = None,
) -> str:
    """Draw the evidence. `identity` must be unique within a page; `growth` is written above the surge where given."""
    points, window = _points(evidence), set(evidence["window"])
    canvas = Canvas(frame, points)
    _describe(canvas, window, language, title, f"{identity}-{frame.name}")
    if not any(p.observed is not None for p in points):
        canvas.say(WORDS["no_data"][language], frame.width / 2, frame.height / 2, anchor="middle")
        return tostring(canvas.svg, encoding="unicode")
    marked = [i for i, point in enumerate(points) if point.quarter in window]
    _draw_ground(canvas, marked)
    _draw_series(canvas)
    _draw_surge(canvas, marked, growth)
    (_label_quarters if frame.ticks else _label_ends)(canvas, marked, language)
    _label_values(canvas, language)
    return tostring(canvas.svg, encoding="unicode")


def _points(evidence: Mapping[str, Any]) -> list[Point]:
    """The series without holes in its calendar: a quarter that is not listed is one without data."""
    known = {
        Quarter.parse(p["quarter"]).index: Point(p["quarter"], p["observed"], p["expected"]) for p in evidence["series"]
    }
    if not known:
        return []
    return [known.get(i, Point(str(Quarter.from_index(i)), None, None)) for i in range(min(known), max(known) + 1)]


def _describe(canvas: Canvas, window: set[str], language: str, title: str, identity: str) -> None:
    canvas.svg.attrib.update(
        {
            "viewBox": f"0 0 {canvas.frame.width} {canvas.frame.height}",
            "width": str(canvas.frame.width),
            "height": str(canvas.frame.height),
            "role": "img",
            "aria-labelledby": f"{identity}-title {identity}-desc",
            "font-family": FONTS,
        }
    )
    SubElement(canvas.svg, "title", {"id": f"{identity}-title"}).text = printable(title)
    SubElement(canvas.svg, "desc", {"id": f"{identity}-desc"}).text = _sentence(canvas.points, window, language)


def _sentence(points: Sequence[Point], window: set[str], language: str) -> str:
    """What the picture shows, for those who do not see it."""
    if not points:
        return WORDS["no_data"][language]
    ends = {
        "first": figures.quarter(points[0].quarter, language),
        "last": figures.quarter(points[-1].quarter, language),
    }
    told = [p for p in points if p.quarter in window] or [points[-1]]
    sentences = [WORDS["chart_span"].format(**ends)] + [
        WORDS["chart_point"].format(
            quarter=figures.quarter(p.quarter, language),
            observed=figures.count(p.observed),
            expected=figures.count(p.expected),
        )
        for p in told
    ]
    if silent := [figures.quarter(p.quarter, language) for p in points if p.observed is None]:
        sentences.append(WORDS["chart_missing"].format(quarters=("、" if language == "zh" else ", ").join(silent)))
    return ("" if language == "zh" else " ").join(sentence[language] for sentence in sentences)


def _draw_ground(canvas: Canvas, marked: Sequence[int]) -> None:
    """Grid, zero line, the shade behind the surge's quarters, and hatching where nothing is known."""
    frame, right = canvas.frame, canvas.frame.width - canvas.frame.right
    for first, last in _runs(marked):
        canvas.draw(
            "rect",
            "band",
            x=canvas.x(first - 0.5),
            y=frame.top - 4,
            width=(last - first + 1) * canvas.step,
            height=canvas.floor_y - frame.top + 4,
        )
    for number in range(1, round(canvas.ceiling / canvas.tick) + 1) if frame.ticks else ():
        y = canvas.y(number * canvas.tick)
        canvas.draw("line", "grid", x1=frame.left, x2=right, y1=y, y2=y)
        canvas.say(figures.count(number * canvas.tick), frame.left - 8, y + 4, anchor="end")
    if frame.ticks:
        canvas.say("0", frame.left - 8, canvas.floor_y + 4, anchor="end")
    canvas.draw("line", "axis", x1=frame.left, x2=right, y1=canvas.floor_y, y2=canvas.floor_y)
    if silent := [i for i, point in enumerate(canvas.points) if point.observed is None]:
        canvas.draw("path", "missing", d=" ".join(_hatch(canvas, i) for i in silent))


def _hatch(canvas: Canvas, index: int) -> str:
    """Three slanted strokes on the zero line, as wide as the quarter allows."""
    pitch = min(canvas.step / 4, 5)
    starts = (canvas.x(index) + (k - 1.5) * pitch for k in range(3))
    return " ".join(f"M{x:.1f} {canvas.floor_y - 1:.1f}l{pitch:.1f} -7" for x in starts)


def _draw_series(canvas: Canvas) -> None:
    """The two lines. Each breaks where its value is unknown; a point between two gaps becomes a dot."""
    for kind in ("expected", "observed"):
        known = [(i, value) for i, point in enumerate(canvas.points) if (value := point.value(kind)) is not None]
        places = {i: (canvas.x(i), canvas.y(value)) for i, value in known}
        lines = [[places[i] for i in range(first, last + 1)] for first, last in _runs(places)]
        if kind == "expected" and lines:
            canvas.draw("path", "area", d=" ".join(_area(line, canvas.floor_y) for line in lines if len(line) > 1))
        canvas.draw("path", kind, d=" ".join(_line(line) for line in lines if len(line) > 1))
        for (x, y), *others in lines:
            if not others:
                canvas.draw("circle", "point", cx=x, cy=y, r=1.8)
    if canvas.frame.ticks:
        for index, point in enumerate(canvas.points):
            if point.observed is not None:
                canvas.draw("circle", "point", cx=canvas.x(index), cy=canvas.y(point.observed), r=2.2)


def _draw_surge(canvas: Canvas, marked: Sequence[int], growth: Mapping[str, float] | None) -> None:
    """In the surge's quarters a dot, and a stroke from what was expected to what came; the growth above them."""
    for index in marked:
        point, x = canvas.points[index], canvas.x(index)
        if point.observed is None:
            continue
        if point.expected is not None:
            canvas.draw("line", "excess", x1=x, x2=x, y1=canvas.y(point.expected), y2=canvas.y(point.observed))
        canvas.draw("circle", "dot", cx=x, cy=canvas.y(point.observed), r=4 if canvas.frame.ticks else 3)
    if growth and marked:
        is_right = canvas.x(marked[-1]) > canvas.frame.width / 2
        x = canvas.x(marked[-1] + 0.5) if is_right else canvas.x(marked[0] - 0.5)
        text = canvas.say("", x, 20, anchor="end" if is_right else "start")
        interval = f"{figures.ratio(growth['lower'])}–{figures.ratio(growth['upper'])}"
        canvas.span(text, f"×{figures.ratio(growth['estimate'])}", "text-growth")
        canvas.span(text, interval, "text", dx=8)


def _label_ends(canvas: Canvas, marked: Sequence[int], language: str) -> None:
    """The small chart names its first and last quarter, and the surge's where that is another and there is room."""
    frame, last = canvas.frame, len(canvas.points) - 1
    baseline = frame.height - 6
    right = canvas.x(last + 0.5)
    canvas.say(figures.short_quarter(canvas.points[0].quarter, language), frame.left, baseline)
    canvas.say(figures.short_quarter(canvas.points[last].quarter, language), right, baseline, anchor="end")
    if marked and marked[-1] < last and frame.left + 85 < canvas.x(marked[-1]) < right - 85:
        named = figures.short_quarter(canvas.points[marked[-1]].quarter, language)
        canvas.say(named, canvas.x(marked[-1]), baseline, "text-strong", "middle")


def _label_quarters(canvas: Canvas, marked: Sequence[int], language: str) -> None:
    """The large chart numbers every quarter that has room, with the years below."""
    years_at = canvas.floor_y + 36
    for index, point in enumerate(canvas.points):
        found = Quarter.parse(point.quarter)
        if canvas.step >= 11 or found.number == 1:
            short = (
                str(found.number)
                if canvas.step < 26
                else (f"{found.number}季" if language == "zh" else f"Q{found.number}")
            )
            canvas.say(
                short, canvas.x(index), canvas.floor_y + 18, "text-strong" if index in marked else "text", "middle"
            )
        is_last_year = found.number - 1 + len(canvas.points) - index <= 4
        room = canvas.frame.right if is_last_year else canvas.step * (5 - found.number)
        if (found.number == 1 or index == 0) and room >= 30:
            left = canvas.x(index - 0.5)
            canvas.draw("line", "grid", x1=left, x2=left, y1=canvas.floor_y, y2=years_at + 4)
            canvas.say(str(found.year), left + 5, years_at)


def _label_values(canvas: Canvas, language: str) -> None:
    """The last known observed and expected value, at the right of the plot and kept apart."""
    known = {kind: [v for p in canvas.points if (v := p.value(kind)) is not None] for kind in ("observed", "expected")}
    ends = sorted((canvas.y(values[-1]), kind, values[-1]) for kind, values in known.items() if values)
    middle = sum(y for y, _, _ in ends) / len(ends)
    apart = max(ends[-1][0] - ends[0][0], LABEL_HEIGHT if len(ends) > 1 else 0)
    highest = min(max(middle - apart / 2, 8), canvas.floor_y - apart)
    places = {kind: (highest + place * apart, value) for place, (_, kind, value) in enumerate(ends)}
    for kind, (y, value) in places.items():
        word = f"{WORDS[kind][language]}{'' if language == 'zh' else ' '}" if canvas.frame.name == "wide" else ""
        style = "text-strong" if kind == "observed" else "text"
        canvas.say(
            f"{word}{figures.count(value)}", canvas.x(len(canvas.points) - 0.5) + 6, min(y + 4, canvas.floor_y), style
        )


def _runs(indices: Iterable[int]) -> list[tuple[int, int]]:
    """The unbroken runs in rising indices, by first and last."""
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _line(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _area(places: Sequence[tuple[float, float]], floor_y: float) -> str:
    return f"{_line(places)}L{places[-1][0]:.1f} {floor_y:.1f}L{places[0][0]:.1f} {floor_y:.1f}Z"
