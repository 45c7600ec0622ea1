"""How the cells of a workbook look: one calm set of fonts, lines, fills and number formats."""

from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets import Column, Kind, Paper, Tab, Tone
from pipeline.workbook.cells import clean_text


class Room(NamedTuple):
    """The room on a page: width in characters, height in points."""

    width: float
    height: float


INK, HEADING, QUIET, LINE, RULE = "#1F2933", "#1F3864", "#5F6B7A", "#CFD6DF", "#8EA9C8"
HEADER_FILL, ENTRY_FILL, OPEN_FILL, CARD_FILL = "#E6EDF5", "#FFF2CC", "#FFFBEB", "#F4F7FB"
BAR, LINK = "#CFDFF1", "#1F4E89"
TAB_COLOURS: dict[Tab, str] = {"red": "#C0504D", "blue": "#4F81BD", "green": "#6FA34D", "grey": "#A6A6A6"}
# Font and fill differ in lightness too, so that a grey print still tells them apart; the word stays in any case.
TONE_LOOKS: dict[Tone, dict[str, Any]] = {
    "good": {"font_color": "#1E6B3A", "bg_color": "#E4F2E7"},
    "fair": {"font_color": "#7A4F00", "bg_color": "#FFEFC4"},
    "bad": {"font_color": "#9C1C1C", "bg_color": "#F8D3D0", "bold": True},
    "muted": {"font_color": "#6B7280", "bg_color": "#F1F2F4"},
    "note": {"font_color": "#1F4E89", "bg_color": "#E1ECF8"},
}
# Columns, since LibreOffice prints the line of a sparkline too thin to see.
SPARK_LOOK: dict[str, Any] = {"type": "column", "min": 0, "series_color": "#2F5C94", "empty_cells": "gap"}
# "_ " keeps numbers off the line to their right, as Chinese Excel does.
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",  # so that =1+1 or a 31-digit code stays a text when somebody edits the cell
    "integer": "0_ ",
    "number": "General",
    "score": "0.00_ ",
    "change": "+0.00_ ;-0.00_ ;0.00_ ",
    "percent": "0.0%_ ",
    "date": "yyyy-mm-dd",
}
# Room of a printed page at full size, margins taken off, by paper and whether it lies across.
PAGE_ROOM: dict[tuple[Paper, bool], Room] = {
    ("A4", False): Room(102, 760),
    ("A4", True): Room(148, 510),
    ("A3", False): Room(148, 1110),
    ("A3", True): Room(214, 760),
}
# A page is not printed smaller than this only to save pages.
SMALLEST_SCALE = 0.6
# What Excel adds to the width of a column, in characters.
CELL_MARGIN = 5 / 7
PAPER_CODES: dict[Paper, int] = {"A4": 9, "A3": 8}
# A row of one line, and each further line, in points.
ROW_HEIGHT, LINE_HEIGHT = 18.0, 15.0

_BASE = {"font_name": "微软雅黑", "font_size": 10, "font_color": INK, "valign": "vcenter"}
_GRID = {"border": 1, "border_color": LINE}


def style(book: Workbook, **more: Any) -> Format:
    """A format in the house font."""
    return book.add_format({**_BASE, **more})


def title_style(book: Workbook) -> Format:
    """The title line of a sheet."""
    return style(book, font_size=16, bold=True, font_color=HEADING)


def note_style(book: Workbook, wrap: bool = False) -> Format:
    """The line under a title."""
    return style(book, font_size=9, font_color=QUIET, text_wrap=wrap)


def header_style(book: Workbook, entry: bool = False) -> Format:
    """The header of a column; one that the office fills in is marked."""
    fill = ENTRY_FILL if entry else HEADER_FILL
    more = {"bg_color": fill, "text_wrap": True, "align": "center", "bottom": 1, "bottom_color": RULE}
    return style(book, **{**_GRID, **more}, bold=True, font_color=HEADING)


def band_style(book: Workbook) -> Format:
    """The title above a group of columns."""
    return style(book, **_GRID, bg_color=CARD_FILL, align="center", font_size=9, font_color=QUIET)


def cell_style(book: Workbook, column: Column, **more: Any) -> Format:
    """The cells of a column."""
    align = _align(column)
    number = NUMBER_FORMATS[column.kind]
    basic: dict[str, Any] = {"num_format": number.replace("_ ", "") if column.centre else number, "align": align}
    if align == "left":
        basic["indent"] = 1
    return style(book, **{**_GRID, **basic, **more})


def tone_styles(book: Workbook) -> dict[Tone, Format]:
    """The colours of result words, to be laid over the style of a cell."""
    return {tone: book.add_format(look) for tone, look in TONE_LOOKS.items()}


def put(place: Worksheet, row: int, columns: tuple[int, int], value: object, look: Format) -> None:
    """Writes one value over the columns from first to last, joined to one cell where there are several."""
    first, last = columns
    if last > first:
        place.merge_range(row, first, row, last, "", look)
    if isinstance(value, str) and value:
        place.write_string(row, first, clean_text(value), look)
    elif isinstance(value, int | float):
        place.write_number(row, first, value, look)
    else:
        place.write_blank(row, first, None, look)


def put_header(place: Worksheet, row: int, columns: tuple[int, int], column: Column, look: Format) -> None:
    """Writes the header of a column, with its note as a comment."""
    put(place, row, columns, column.title, look)
    if column.note:
        size = {"width": 220, "height": 20 + 18 * (1 + len(column.note) // 15)}
        place.write_comment(row, columns[0], clean_text(column.note), {"font_name": "微软雅黑", "font_size": 9, **size})


def add_bars(place: Worksheet, area: tuple[int, int, int, int], kind: Kind) -> None:
    """Data bars behind the numbers of an area; shares run from 0 to 1, scores from 0 to 100."""
    ends = {"percent": (0, 1), "score": (0, 100)}.get(kind)
    look = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": BAR, "bar_border_color": BAR}
    scale = {"min_type": "num", "min_value": ends[0], "max_type": "num", "max_value": ends[1]} if ends else {}
    place.conditional_format(*area, {**look, **scale})


def set_print(place: Worksheet, paper: Paper, landscape: bool, title: str) -> None:
    """Paper, margins and the footer 第 1 页 共 3 页 between the titles of workbook and sheet."""
    place.set_paper(PAPER_CODES[paper])
    if landscape:
        place.set_landscape()
    else:
        place.set_portrait()
    place.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    place.center_horizontally()
    place.set_footer(f"&L{title.replace('&', '&&')}&C第 &P 页 共 &N 页&R&A", {"margin": 0.3})


def _align(column: Column) -> str:
    if column.centre or column.kind == "date":
        return "center"
    return "left" if column.kind == "text" else "right"
