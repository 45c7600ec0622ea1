"""A chart as plain data -> the two parts of a native Word chart: its drawing and the workbook that opens on “edit data”."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree
from pptx.chart.chart import Chart as Drawing
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.dml.color import RGBColor
from pptx.dml.fill import FillFormat
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.chart import XL_TICK_MARK as TICK
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.util import Pt
from xlsxwriter import Workbook

from pipeline.document.blocks import Chart
from pipeline.document.wordml import R, clean, pack, unpack

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED,
    "lines": XL_CHART_TYPE.LINE_MARKERS,
}
POINTS, GAP = 9, 45
BLACK, GREY, LIGHT, WHITE = (RGBColor.from_string(colour) for colour in ("000000", "404040", "D9D9D9", "FFFFFF"))
# A fixed day: a workbook says when it was made.
MADE = datetime(2023, 1, 1)


def chart_parts(chart: Chart, font: str, link: str) -> tuple[bytes, bytes]:
    """The chart's XML, which points to its workbook by `link`, and the workbook; the same for the same chart."""
    return _drawing(chart, font, link), _workbook(chart)


def _workbook(chart: Chart) -> bytes:
    """What Word shows on “edit data”: categories in column A, a column for each series."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE})
    page = book.add_worksheet("Sheet1")
    page.write_column(1, 0, [clean(category) for category in chart.categories])
    for place, series in enumerate(chart.series, start=1):
        page.write_string(0, place, clean(series.name))
        page.write_column(1, place, series.values)
    book.close()
    return pack(unpack(stream.getvalue()))


def _drawing(chart: Chart, font: str, link: str) -> bytes:
    data = CategoryChartData(number_format=chart.number_format)
    data.categories = [clean(category) for category in chart.categories]
    for series in chart.series:
        data.add_series(clean(series.name), series.values)
    space = parse_xml(ChartXmlWriter(KINDS[chart.kind], data).xml.encode())
    drawing = Drawing(space, None)
    _set_frame(drawing, space, font)
    _set_axes(drawing, chart)
    _set_series(drawing, chart)
    _finish(space, link)
    text: bytes = etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)
    return text


def _set_frame(drawing: Any, space: Any, font: str) -> None:
    """No title within, no border, the legend below where there are several series, all text in one font."""
    drawing.has_title = False
    drawing.font.size = Pt(POINTS)
    drawing.font.name = font
    latin = space.find(f"{{{C}}}txPr").find(f".//{{{A}}}latin")
    latin.addnext(etree.Element(f"{{{A}}}ea", typeface=font))
    drawing.has_legend = len(drawing.plots[0].series) > 1
    if drawing.has_legend:
        drawing.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawing.legend.include_in_layout = False


def _set_axes(drawing: Any, chart: Chart) -> None:
    """Names along one side; numbers stand at the marks, so the other side is left out, but for lines."""
    names, numbers = drawing.category_axis, drawing.value_axis
    names.reverse_order = chart.kind in ("bars", "stacked")
    names.major_tick_mark = names.minor_tick_mark = TICK.NONE
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb, names.format.line.width = GREY, Pt(0.75)
    names.has_major_gridlines = numbers.has_major_gridlines = False
    numbers.minimum_scale, numbers.visible = chart.bottom, chart.kind == "lines"
    if chart.top is not None:
        numbers.maximum_scale = chart.top
    if chart.kind == "lines":
        numbers.major_unit = (chart.top - chart.bottom) / 2 if chart.top else None
        numbers.tick_labels.number_format = chart.number_format
        numbers.tick_labels.number_format_is_linked = False
        numbers.format.line.color.rgb = GREY
        numbers.has_major_gridlines = True
        numbers.major_gridlines.format.line.color.rgb = LIGHT


def _set_series(drawing: Any, chart: Chart) -> None:
    plot = drawing.plots[0]
    plot.vary_by_categories = False
    if chart.kind == "lines":
        for series, look in zip(plot.series, LINES * len(chart.series), strict=False):
            _set_line(series, *look)
        return
    plot.gap_width, plot.overlap = GAP, 100 if chart.kind == "stacked" else 0
    for series, paint in zip(plot.series, FILLS * len(chart.series), strict=False):
        paint(series.format.fill)
        series.format.line.color.rgb, series.format.line.width = GREY, Pt(0.5)
        _set_labels(series, chart, white=paint is _dark and chart.kind == "stacked")


def _set_labels(series: Any, chart: Chart, white: bool) -> None:
    """The numbers, beyond the end of a bar or within a stacked one."""
    labels = series.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, chart.number_format, False
    labels.position = XL_LABEL_POSITION.CENTER if chart.kind == "stacked" else XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(POINTS)
    labels.font.color.rgb = WHITE if white else BLACK


def _set_line(series: Any, dash: Any, marker: Any, fill: RGBColor) -> None:
    """A black line known by its dashes and its marks."""
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width, series.format.line.dash_style = BLACK, Pt(1.25), dash
    series.marker.style, series.marker.size = marker, 6
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = fill
    series.marker.format.line.color.rgb = BLACK


def _light(fill: FillFormat) -> None:
    fill.solid()
    fill.fore_color.rgb = LIGHT


def _hatched(fill: FillFormat) -> None:
    fill.patterned()
    fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
    fill.fore_color.rgb, fill.back_color.rgb = GREY, WHITE


def _dark(fill: FillFormat) -> None:
    fill.solid()
    fill.fore_color.rgb = GREY


# Told apart without colour, in this order.
FILLS: tuple[Callable[[FillFormat], None], ...] = (_light, _hatched, _dark)
LINES = (
    (MSO_LINE.SOLID, XL_MARKER_STYLE.CIRCLE, BLACK),
    (MSO_LINE.DASH, XL_MARKER_STYLE.SQUARE, WHITE),
    (MSO_LINE.ROUND_DOT, XL_MARKER_STYLE.TRIANGLE, LIGHT),
)


def _finish(space: Any, link: str) -> None:
    """Straight corners, no frame, every name, axes with positive numbers (Word takes no others), the link to the workbook."""
    space.insert(1, etree.Element(f"{{{C}}}roundedCorners", val="0"))
    for part in ("axId", "crossAx"):
        for axis in space.iter(f"{{{C}}}{part}"):
            axis.set("val", str(int(axis.get("val")) & 0x7FFFFFFF))
    # Every name is printed, however little room there is.
    for last in list(space.iter(f"{{{C}}}noMultiLvlLbl")):
        last.addprevious(etree.Element(f"{{{C}}}tickLblSkip", val="1"))
    bare = f'<c:spPr xmlns:c="{C}" xmlns:a="{A}"><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
    space.find(f"{{{C}}}chart").addnext(etree.fromstring(bare))
    data = etree.SubElement(space, f"{{{C}}}externalData", {f"{{{R}}}id": link})
    etree.SubElement(data, f"{{{C}}}autoUpdate", val="0")
