"""One alert's series as SVG: observed solid, expected dashed, all who reported thin, the surge's quarters shaded.

A bar under the axis marks the baseline; a quarter without data is hatched, and one that is not shown is three dots.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from xml.etree.ElementTree import SubElement, tostring

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web import figures
from ievq_pipeline.web.chart_canvas import FONTS, NARROW, SMALL, WIDE, Canvas, Frame, Point
from ievq_pipeline.web.wording import WORDS, printable

__all__ = ["NARROW", "SMALL", "WIDE", "Frame", "legend", "svg"]

#: between the baselines of two labels that would touch
LABEL_HEIGHT = 14
#: how a value is written: a count as it is, or one that was rounded before it was told
Written: TypeAlias = Callable[[float], str]


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
    points = _points(evidence)
    kinds = _kinds(frame)
    written = figures.rounded if evidence.get("confidence") == "matched" else figures.count
    canvas = Canvas(frame, points, kinds)
    sentence = _sentence(points, evidence, written, language)
    _describe(canvas, sentence, title, f"{identity}-{frame.name}")
    if all(point.value(kind) is None for point in points for kind in kinds if kind != "expected"):
        word = WORDS["hidden" if any(point.is_hidden for point in points) else "no_data"][language]
        canvas.say(word, frame.width / 2, frame.height / 2, anchor="middle")
        return tostring(canvas.svg, encoding="unicode")
    marked = [i for i, point in enumerate(points) if point.quarter in evidence["window"]]
    _draw_ground(canvas, marked)
    _draw_baseline(canvas, [i for i, point in enumerate(points) if point.quarter in evidence.get("baseline", ())])
    _draw_series(canvas, kinds)
    _draw_surge(canvas, marked, growth)
    (_label_quarters if frame.ticks else _label_ends)(canvas, marked, language)
    _label_values(canvas, kinds, written, language)
    return tostring(canvas.svg, encoding="unicode")


def _kinds(frame: Frame) -> tuple[str, ...]:
    """The lines that a chart of this size has room for, the lowest first."""
    return ("raw", "expected", "observed") if frame.ticks else ("expected", "observed")


def legend(drawn: Iterable[Mapping[str, Any]], frame: Frame) -> list[str]:
    """Which kinds of marks the charts of these hold."""
    points = [(evidence, point) for evidence in drawn for point in _points(evidence)]
    there = {
        "observed": any(point.observed is not None for _, point in points),
        "expected": any(point.expected is not None for _, point in points),
        "raw": "raw" in _kinds(frame) and any(point.raw is not None for _, point in points),
        "window": True,
        "baseline": any(point.quarter in evidence.get("baseline", ()) for evidence, point in points),
        "hidden": any(point.is_hidden for _, point in points),
        "missing": any(point.observed is None and not point.is_hidden for _, point in points),
    }
    return [kind for kind, is_there in there.items() if is_there]


def _points(evidence: Mapping[str, Any]) -> list[Point]:
    """The series without holes in its calendar: a quarter that is not listed is one without data."""
    known = {Quarter.parse(point["quarter"]).index: _point(point) for point in evidence["series"]}
    if not known:
        return []
    return [known.get(i, Point(str(Quarter.from_index(i)), None, None)) for i in range(min(known), max(known) + 1)]


def _point(point: Mapping[str, Any]) -> Point:
    """A hidden one has no values, whatever stands there."""
    is_hidden = point.get("is_hidden", False)
    observed, expected = (None, None) if is_hidden else (point["observed"], point["expected"])
    return Point(point["quarter"], observed, expected, point.get("raw"), is_hidden)


def _describe(canvas: Canvas, sentence: str, title: str, identity: str) -> None:
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
    SubElement(canvas.svg, "desc", {"id": f"{identity}-desc"}).text = sentence


def _sentence(points: Sequence[Point], evidence: Mapping[str, Any], written: Written, language: str) -> str:
    """What the picture shows, for those who do not see it."""
    if not points:
        return WORDS["no_data"][language]
    ends = {
        "first": figures.quarter(points[0].quarter, language),
        "last": figures.quarter(points[-1].quarter, language),
    }
    told = [p for p in points if p.quarter in evidence["window"]]
    sentences = [WORDS["chart_span"].format(**ends)] + [
        WORDS["chart_point"].format(
            quarter=figures.quarter(p.quarter, language),
            observed=written(p.observed),
            expected="–" if p.expected is None else written(p.expected),
        )
        for p in told
        if p.observed is not None
    ]
    baseline = [p.quarter for p in points if p.quarter in evidence.get("baseline", ())]
    if baseline:
        sentences.append(WORDS["chart_baseline"].format(quarters=figures.quarter_span(baseline, language)))
    of = {
        "hidden": [p.quarter for p in points if p.is_hidden],
        "missing": [p.quarter for p in points if p.observed is None and not p.is_hidden],
    }
    for kind, quarters in of.items():
        if quarters:
            named = ("、" if language == "zh" else ", ").join(figures.quarter(name, language) for name in quarters)
            sentences.append(WORDS[f"chart_{kind}"].format(quarters=named))
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
    if silent := [i for i, p in enumerate(canvas.points) if p.observed is None and not p.is_hidden]:
        canvas.draw("path", "missing", d=" ".join(_hatch(canvas, i) for i in silent))
    pitch = min(canvas.step / 4, 5)
    for index in (i for i, point in enumerate(canvas.points) if point.is_hidden):
        for place in (-1, 0, 1):
            canvas.draw("circle", "hidden", cx=canvas.x(index) + place * pitch, cy=canvas.floor_y - 5, r=1.3)


def _draw_baseline(canvas: Canvas, compared: Sequence[int]) -> None:
    """A bar under the zero line, as long as the quarters that the surge was compared with."""
    for first, last in _runs(compared):
        width = (last - first + 1) * canvas.step - 2
        canvas.draw("rect", "baseline", x=canvas.x(first - 0.5) + 1, y=canvas.floor_y + 2, width=width, height=3)


def _hatch(canvas: Canvas, index: int) -> str:
    """Three slanted strokes on the zero line, as wide as the quarter allows."""
    pitch = min(canvas.step / 4, 5)
    starts = (canvas.x(index) + (k - 1.5) * pitch for k in range(3))
    return " ".join(f"M{x:.1f} {canvas.floor_y - 1:.1f}l{pitch:.1f} -7" for x in starts)


def _draw_series(canvas: Canvas, kinds: Sequence[str]) -> None:
    """The lines. Each breaks where its value is unknown; a point between two gaps becomes a dot."""
    for kind in kinds:
        known = [(i, value) for i, point in enumerate(canvas.points) if (value := point.value(kind)) is not None]
        places = {i: (canvas.x(i), canvas.y(value)) for i, value in known}
        lines = [[places[i] for i in range(first, last + 1)] for first, last in _runs(places)]
        if whole := [line for line in lines if len(line) > 1]:
            if kind == "expected":
                canvas.draw("path", "area", d=" ".join(_area(line, canvas.floor_y) for line in whole))
            canvas.draw("path", kind, d=" ".join(_line(line) for line in whole))
        for (x, y), *others in lines:
            if not others:
                canvas.draw("circle", "point" if kind == "observed" else "point-thin", cx=x, cy=y, r=1.8)
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


def _label_values(canvas: Canvas, kinds: Sequence[str], written: Written, language: str) -> None:
    """The last known value of each line, at the right of the plot and kept apart."""
    is_wide = canvas.frame.name == "wide"
    named = kinds if is_wide else ("expected", "observed")
    known = {kind: [v for p in canvas.points if (v := p.value(kind)) is not None] for kind in named}
    ends = sorted((canvas.y(values[-1]), kind, values[-1]) for kind, values in known.items() if values)
    for (_, kind, value), y in zip(ends, _apart([y for y, _, _ in ends], canvas.floor_y), strict=True):
        word = f"{WORDS[kind][language]}{'' if language == 'zh' else ' '}" if is_wide else ""
        style = "text-strong" if kind == "observed" else "text"
        canvas.say(f"{word}{written(value)}", canvas.x(len(canvas.points) - 0.5) + 6, min(y + 4, canvas.floor_y), style)


def _apart(heights: Sequence[float], lowest: float) -> list[float]:
    """Rising heights moved as little as makes each two neighbours a label apart, none above 8 or below `lowest`."""
    places: list[float] = []
    for y in heights:
        places.append(max(y, places[-1] + LABEL_HEIGHT if places else 8))
    for number in reversed(range(len(places))):
        limit = lowest if number == len(places) - 1 else places[number + 1] - LABEL_HEIGHT
        places[number] = min(places[number], limit)
    return places


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
