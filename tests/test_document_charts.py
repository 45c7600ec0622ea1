"""document: native charts that open in Word with their numbers and read well in black and white."""

import io
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree
from openpyxl import load_workbook

from pipeline.document.blocks import ChartRow
from pipeline.document.charts import A, C
from pipeline.document.wordml import unpack
from tests.documents import (
    BARS,
    CHARTS,
    COLUMNS,
    LINES,
    RULES,
    STACKED,
    get,
    paragraphs,
    render,
    style,
    texts,
    with_blocks,
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return render(with_blocks(*CHARTS))


def drawings(package: bytes) -> list:
    parts = unpack(package)
    names = sorted(part for part in parts if part.startswith("word/charts/chart"))
    return [etree.fromstring(parts[part]) for part in names]


def books(package: bytes) -> list:
    parts = unpack(package)
    names = sorted(part for part in parts if part.startswith("word/embeddings/"))
    return [load_workbook(io.BytesIO(parts[part])).active for part in names]


def test_every_chart_is_a_part_of_its_own_with_a_workbook_behind_it(made):
    assert len(drawings(made)) == len(books(made)) == 4
    document = Document(io.BytesIO(made))
    links = [link for link in document.part.rels.values() if link.reltype.endswith("/chart")]
    assert len(links) == 4
    for link in links:
        inner = next(iter(link.target_part.rels.values()))
        assert inner.target_part.blob[:2] == b"PK"
        data = etree.fromstring(link.target_part.blob).find(f"{{{C}}}externalData")
        assert data.values()[0] == inner.rId


@pytest.mark.parametrize(("place", "chart"), enumerate((BARS, STACKED, COLUMNS, LINES)))
def test_the_workbook_and_the_drawing_hold_the_same_numbers(made, place, chart):
    rows = list(books(made)[place].iter_rows(values_only=True))
    assert rows[0][1:] == tuple(series.name for series in chart.series)
    assert [row[0] for row in rows[1:]] == list(chart.categories)
    assert [row[1] for row in rows[1:]] == list(chart.series[0].values)
    series = drawings(made)[place].findall(f".//{{{C}}}ser")
    shown = [float(value.text) for value in series[0].find(f"{{{C}}}val").iter(f"{{{C}}}v")]
    assert shown == list(chart.series[0].values)


def test_axes_have_numbers_word_takes_and_agree_with_each_other(made):
    for drawing in drawings(made):
        used = [axis.get("val") for axis in drawing.iter(f"{{{C}}}axId")]
        assert all(0 < int(number) < 2**31 for number in used)
        assert {axis.get("val") for axis in drawing.iter(f"{{{C}}}crossAx")} <= set(used)


def test_text_is_in_the_chinese_font_of_the_tables(made):
    font = RULES.layout.fonts.table
    for drawing in drawings(made):
        text = drawing.find(f"{{{C}}}txPr")
        assert text.find(f".//{{{A}}}ea").get("typeface") == text.find(f".//{{{A}}}latin").get("typeface") == font


def test_series_are_told_apart_without_colour(made):
    """Light, hatched, dark; lines by dashes and marks."""
    fills = [ser.find(f"{{{C}}}spPr")[0] for ser in drawings(made)[1].iter(f"{{{C}}}ser")]
    assert [etree.QName(fill).localname for fill in fills] == ["solidFill", "pattFill", "solidFill"]
    shades = [fill.find(f".//{{{A}}}srgbClr").get("val") for fill in (fills[0], fills[2])]
    assert int(shades[0][:2], 16) - int(shades[1][:2], 16) > 100
    greys = {colour.get("val") for drawing in drawings(made) for colour in drawing.iter(f"{{{A}}}srgbClr")}
    assert all(colour[:2] == colour[2:4] == colour[4:] for colour in greys)
    dashes = [line.get("val") for line in drawings(made)[3].iter(f"{{{A}}}prstDash")]
    marks = [mark.get("val") for mark in drawings(made)[3].iter(f"{{{C}}}symbol")]
    assert len(set(zip(dashes, marks, strict=True))) == 2


def test_the_worst_stands_on_top_and_noughts_of_a_stack_are_not_printed(made):
    orientation = drawings(made)[0].find(f".//{{{C}}}catAx/{{{C}}}scaling/{{{C}}}orientation")
    assert orientation.get("val") == "maxMin"
    formats = {node.get("formatCode") for node in drawings(made)[1].iter(f"{{{C}}}numFmt") if node.get("formatCode")}
    assert "0;;" in formats


def test_a_figure_has_a_line_that_does_not_cut_it_off_and_its_title_below(made):
    found = style(made, "简报图")
    assert get(found, "pPr/spacing", "lineRule") == "auto"
    assert get(found, "pPr/snapToGrid") == "0"
    titles = [texts(line) for line in paragraphs(made, "简报图题")]
    assert titles == [
        f"图{number} {chart.title}" for number, chart in enumerate((BARS, STACKED, COLUMNS, LINES), start=1)
    ]


def test_charts_side_by_side_share_the_width_and_one_alone_has_it_all(made):
    def widths(package: bytes) -> list[float]:
        text = unpack(package)["word/document.xml"].decode()
        return [int(piece.split('"')[0]) / 36000 for piece in text.split('<wp:extent cx="')[1:]]

    assert all(70 < width < 78 for width in widths(made))
    assert widths(render(with_blocks(ChartRow((BARS,)))))[0] > 150


def test_the_same_charts_give_the_same_bytes_and_no_part_tells_the_time(made):
    assert render(with_blocks(*CHARTS)) == made
    for part, data in unpack(made).items():
        if part.endswith(".xlsx"):
            with ZipFile(io.BytesIO(data)) as archive:
                assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
                assert b"2023-01-01" in archive.read("docProps/core.xml")


def test_hostile_names_of_units_are_texts_in_chart_and_workbook():
    hostile = ChartRow((type(BARS)("bars", "题", ("=1+1", "<&>\x00"), BARS.series, 40),))
    rows = list(books(render(with_blocks(hostile)))[0].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["=1+1", "<&>"]
