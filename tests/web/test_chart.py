"""The chart shows what is known and nothing else, and can be read by eyes and ears."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from ievq_pipeline.web import chart

Make = Callable[..., dict[str, Any]]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>&\"'\x0b\u202e"


def drawn(evidence: dict[str, Any], language: str = "en", **options: Any) -> Element:
    return fromstring(chart.svg(evidence, language=language, title="Remote", **options))


def marks(svg: Element, kind: str) -> list[Element]:
    return [element for element in svg.iter() if element.get("class") == f"chart-{kind}"]


def words(svg: Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def pieces(svg: Element, kind: str = "observed") -> list[list[tuple[float, float]]]:
    """The line's unbroken pieces, as points."""
    return [
        [(float(x), float(y)) for x, y in (point.split() for point in piece.split("L"))]
        for piece in marks(svg, kind)[0].get("d", "").split("M")
        if piece
    ]


def test_a_whole_series_is_one_line_through_every_quarter(evidence: Make) -> None:
    [piece] = pieces(drawn(evidence()))
    assert len(piece) == 8


def test_a_quarter_without_data_breaks_the_line_and_is_hatched_not_drawn_as_zero(evidence: Make) -> None:
    svg = drawn(evidence([250, 260, 240, None, 265, 255, 262, 431]))
    first, second = pieces(svg)
    assert (len(first), len(second)) == (3, 4)
    floor = float(marks(svg, "axis")[0].get("y1", ""))
    assert all(y < floor for _, y in first + second)
    assert len(marks(svg, "missing")) == 1
    assert len(pieces(svg, "expected")) == 1


def test_a_quarter_that_the_series_does_not_list_is_a_gap_too(evidence: Make) -> None:
    shorter = evidence()
    del shorter["series"][3]
    assert [len(piece) for piece in pieces(drawn(shorter))] == [3, 4]


def test_a_true_zero_is_drawn_on_the_zero_line(evidence: Make) -> None:
    svg = drawn(evidence([0, 260, 240, 270, 265, 255, 262, 431]))
    assert pieces(svg)[0][0][1] == float(marks(svg, "axis")[0].get("y1", ""))
    assert not marks(svg, "missing")


def test_a_value_between_two_gaps_is_still_seen(evidence: Make) -> None:
    svg = drawn(evidence([250, 260, None, 270, None, 255, 262, 431]))
    assert [len(piece) for piece in pieces(svg)] == [2, 3]
    assert len(marks(svg, "point")) == 1


def test_more_is_higher(evidence: Make) -> None:
    piece = pieces(drawn(evidence()))[0]
    assert piece[-1][1] == min(y for _, y in piece)


def test_the_quarters_of_the_surge_are_shaded_and_dotted(evidence: Make) -> None:
    svg = drawn(evidence(window=["2020-Q1", "2020-Q2"]))
    [band] = marks(svg, "band")
    left, width = float(band.get("x", "")), float(band.get("width", ""))
    inside = [x for x, _ in pieces(svg)[0] if left < x < left + width]
    assert [float(dot.get("cx", "")) for dot in marks(svg, "dot")] == inside
    assert len(inside) == 2


def test_it_names_its_ends_and_its_last_values(evidence: Make) -> None:
    series = evidence([250, 260, 240, 270, 265, 255, 262, 12431])
    assert set(words(drawn(series))) == {"2018 Q3", "2020 Q2", "12,431", "266"}
    assert "2018年3季" in words(drawn(series, "zh"))


def test_the_labels_of_two_close_values_do_not_touch(evidence: Make) -> None:
    close = drawn(evidence([250, 260, 240, 270, 265, 255, 262, 266]))
    heights = [float(text.get("y", "")) for text in close.iter(f"{SVG}text") if text.text == "266"]
    assert len(heights) == 2
    assert abs(heights[0] - heights[1]) >= chart.LABEL_HEIGHT


def test_the_large_chart_has_an_axis_from_zero_and_the_growth(evidence: Make) -> None:
    svg = drawn(evidence(), frame=chart.WIDE, growth={"estimate": 1.62, "lower": 1.2, "upper": 2.1})
    assert [word for word in words(svg) if word in {"0", "100", "200", "300", "400", "500"}] == [
        "100", "200", "300", "400", "500", "0",
    ]  # fmt: skip
    assert "×1.621.20–2.10" in words(svg)
    assert {"Observed 431", "Expected 266", "2019", "2020"} <= set(words(svg))


def test_a_year_that_has_only_begun_is_named_too(evidence: Make) -> None:
    assert "2020" in words(drawn(evidence([9] * 7 + [12]), frame=chart.NARROW))
    assert "2020" in words(drawn(evidence([9] * 16 + [12], window=["2022-Q3"]), frame=chart.NARROW))
    assert "2022" in words(drawn(evidence([9] * 14 + [12], window=["2022-Q1"]), frame=chart.NARROW))


@pytest.mark.parametrize("frame", [chart.SMALL, chart.WIDE, chart.NARROW])
def test_everything_lies_within_the_frame(evidence: Make, frame: chart.Frame) -> None:
    svg = drawn(evidence([0, None, 1, 2, None, 1_234_567, 3, 9]), "zh", frame=frame)
    assert svg.get("viewBox") == f"0 0 {frame.width} {frame.height}"
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", "")) <= frame.width
        assert 8 <= float(text.get("y", "")) <= frame.height
        assert float(text.get("font-size", "")) >= 11


def test_who_cannot_see_it_hears_the_figures_and_the_gaps(evidence: Make) -> None:
    svg = drawn(evidence([250, 260, 240, None, 265, 255, 262, 431]), identity="c1")
    title, description = svg[0], svg[1]
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Remote"
    assert "In 2020 Q2: 431 observed, 266 expected." in (description.text or "")
    assert "Quarters without data: 2019 Q2." in (description.text or "")


def test_a_series_without_any_value_says_so(evidence: Make) -> None:
    for empty in (evidence([None, None, None]), evidence(series=[], window=[])):
        assert words(drawn(empty)) == ["no data"]


def test_a_hidden_quarter_is_three_dots_and_its_figures_are_nowhere(panel_evidence: Make) -> None:
    shown = panel_evidence(hidden=("2019-Q1", "2020-Q1"))
    leaking = panel_evidence(hidden=("2019-Q1", "2020-Q1"))
    for point in leaking["series"]:
        if point["is_hidden"]:
            point |= {"observed": 7777, "expected": 8888, "reporters": 9999}
    for frame in (chart.SMALL, chart.WIDE, chart.NARROW):
        svg = drawn(leaking, frame=frame)
        assert tostring(svg) == tostring(drawn(shown, frame=frame))
        assert len(marks(svg, "hidden")) == 2 * 3
        assert len(marks(svg, "dot")) == 1
        assert "Quarters not shown: 2019 Q1, 2020 Q1." in (svg[1].text or "")
        assert "Quarters without data: 2018 Q3." in (svg[1].text or "")


def test_all_who_reported_stand_beside_in_the_large_chart_only(panel_evidence: Make) -> None:
    [piece] = pieces(drawn(panel_evidence(), frame=chart.WIDE), "raw")
    assert len(piece) == 8
    assert "All 155" in words(drawn(panel_evidence(), frame=chart.WIDE))
    assert not marks(drawn(panel_evidence()), "raw")


def test_the_baseline_is_a_bar_under_its_quarters(panel_evidence: Make) -> None:
    svg = drawn(panel_evidence(baseline=["2018-Q4", "2019-Q2", "2019-Q3"]))
    first, second = marks(svg, "baseline")
    assert float(second.get("width", "")) > 1.5 * float(first.get("width", ""))
    assert float(first.get("y", "")) > float(marks(svg, "axis")[0].get("y1", ""))
    assert "Baseline: 2018 Q4, 2019 Q2, 2019 Q3." in (svg[1].text or "")


def test_a_count_rounded_to_nothing_is_not_written_as_zero(panel_evidence: Make) -> None:
    told = panel_evidence()
    told["series"][-1] |= {"expected": 0}
    svg = drawn(told, frame=chart.WIDE)
    assert "Expected <3" in words(svg)
    assert "<3 expected" in (svg[1].text or "")


def test_the_legend_names_what_the_charts_hold_and_nothing_else(evidence: Make, panel_evidence: Make) -> None:
    assert chart.legend([evidence()], chart.WIDE) == ["observed", "expected", "window", "baseline"]
    assert chart.legend([evidence(), panel_evidence()], chart.WIDE) == [
        "observed", "expected", "raw", "window", "baseline", "hidden", "missing",
    ]  # fmt: skip
    all_hidden = panel_evidence(hidden=tuple(point["quarter"] for point in panel_evidence()["series"]))
    assert chart.legend([all_hidden], chart.WIDE) == ["raw", "window", "baseline", "hidden"]
    assert "raw" not in chart.legend([panel_evidence()], chart.SMALL)
    assert "hidden" not in chart.legend([panel_evidence(hidden=())], chart.SMALL)


@pytest.mark.parametrize("values", [[9, 9, 9], [100, 99, 98], [0, 0, 1], [50, 1, 2]])
def test_the_labels_of_three_lines_keep_apart_within_the_frame(panel_evidence: Make, values: list[int]) -> None:
    told = panel_evidence()
    told["series"][-1] |= dict(zip(("observed", "expected", "raw"), values, strict=True))
    svg = drawn(told, frame=chart.WIDE)
    heights = sorted(
        float(text.get("y", "")) for text in svg.iter(f"{SVG}text")
        if (text.text or "").startswith(("Observed", "Expected", "All"))
    )  # fmt: skip
    assert len(heights) == 3
    assert all(below - above >= chart.LABEL_HEIGHT - 4 for above, below in pairwise(heights))
    assert heights[-1] <= float(marks(svg, "axis")[0].get("y1", ""))


def test_a_hostile_title_stays_text(evidence: Make) -> None:
    written = chart.svg(evidence(), language="en", title=HOSTILE)
    svg = fromstring(written)
    assert "<script" not in written
    assert svg[0].text == "<script>alert(1)</script>&\"'\ufffd\ufffd"
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        "svg", "title", "desc", "rect", "line", "path", "circle", "text", "tspan",
    }  # fmt: skip


def test_nothing_in_it_needs_a_style_attribute(evidence: Make) -> None:
    svg = drawn(evidence(), frame=chart.WIDE)
    assert not [element for element in svg.iter() if element.get("style") or element.tag == f"{SVG}style"]
