"""Charts as plain data -> native charts of Excel, in the house look."""

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart as NativeChart

from pipeline.sheets import Chart, Tone
from pipeline.workbook.places import Places, resolve
from pipeline.workbook.styles import HEADING, LINE, NUMBER_FORMATS, QUIET

# Fills that differ in lightness too, for a grey print.
TONE_FILLS: dict[Tone, str] = {
    "good": "#3E8E5A",
    "fair": "#F2B84B",
    "bad": "#B3261E",
    "muted": "#C9CED6",
    "note": "#6C9BD2",
}
FILLS = ("#2F5C94", "#E08E2B", "#5F9E6E", "#8A6FB0")
KINDS: dict[str, dict[str, str]] = {
    "column": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "bar": {"type": "bar"},
    "line": {"type": "line"},
}
_FONT = {"name": "微软雅黑", "size": 8, "color": QUIET}


def make_chart(book: Workbook, chart: Chart, places: Places) -> NativeChart:
    """The chart, still to be put on a sheet."""
    made = book.add_chart(KINDS[chart.kind])
    for number, series in enumerate(chart.series):
        colour = TONE_FILLS[series.tone] if series.tone else FILLS[number % len(FILLS)]
        told = {
            "name": series.name,
            "values": _range(series.values, places),
            "categories": _range(chart.categories, places),
        }
        made.add_series({**told, **_look(chart.kind, colour, len(chart.series))})
    made.set_title(
        {"name": chart.title, "name_font": {**_FONT, "size": 10, "bold": True, "color": HEADING}, "overlay": False}
    )
    number_format = NUMBER_FORMATS[chart.values].replace("_ ", "").replace("0.0%", "0%").replace("0.00", "0")
    values: dict[str, Any] = {
        "num_font": _FONT, "num_format": number_format, "major_gridlines": {"visible": True, "line": {"color": LINE}}, "line": {"none": True},
    }  # fmt: skip
    values |= {"min": 0, "max": 1} if chart.values == "percent" else {"min": 0}
    names: dict[str, Any] = {"num_font": _FONT, "line": {"color": LINE}}
    if chart.kind == "bar":
        made.set_x_axis(values)
        made.set_y_axis({**names, "reverse": True})
    else:
        made.set_x_axis(names)
        made.set_y_axis(values)
    made.set_legend({"position": "bottom", "font": _FONT} if len(chart.series) > 1 else {"none": True})
    made.set_chartarea({"border": {"color": LINE}})
    made.show_blanks_as("gap")
    return made


def _range(text: str, places: Places) -> str:
    return "=" + resolve(text, places)


def _look(kind: str, colour: str, count: int) -> dict[str, Any]:
    if kind == "line":
        point = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        return {"line": {"color": colour, "width": 2}, "marker": point}
    return {"fill": {"color": colour}, "border": {"none": True}, "gap": 60 if count > 1 else 40}
