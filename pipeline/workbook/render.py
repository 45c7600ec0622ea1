"""Sheets as plain data -> the bytes of an .xlsx (汇总表, 办公室登记表)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets import HEADER_ROW, Column, PageSheet, Sheet, TableSheet
from pipeline.workbook.cells import count_lines
from pipeline.workbook.entry import add_drop_downs, long_lists, protect, write_lists
from pipeline.workbook.pages import render_page
from pipeline.workbook.rows import TableWorksheet
from pipeline.workbook.styles import (
    LINE_HEIGHT,
    LINK,
    ROW_HEIGHT,
    TAB_COLOURS,
    cell_style,
    header_style,
    put,
    put_header,
    set_print,
    title_style,
)
from pipeline.workbook.tables import lay_out, render_table

MOST_ROWS = 1_048_576 - HEADER_ROW
# Not the clock: the same sheets give the same bytes.
CREATED = datetime(2023, 3, 3)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CONTENTS = (
    Column("序号", "integer", width=7, centre=True),
    Column("工作表", width=22),
    Column("说明", width=60, wrap=True),
    Column("行数", "integer", width=9),
)


def render_workbook(
    sheets: Sequence[Sheet], title: str, *, contents: bool = False, rows_per_sheet: int = MOST_ROWS
) -> bytes:
    """The bytes of an .xlsx with the sheets in their order; the same sheets give the same bytes.

    `title` goes into the footer and the properties. `contents` puts a sheet 目录 with links first. A table with more
    than `rows_per_sheet` rows goes on on a further sheet 名称（2）.
    """
    buffer = BytesIO()
    book = Workbook(buffer, OPTIONS)
    book.set_properties({"title": title, "created": CREATED})
    shown = [part for sheet in sheets for part in _split(sheet, rows_per_sheet)]
    if contents:
        _render_contents(book, shown, title)
    lists = long_lists(shown)
    for sheet in shown:
        _render_sheet(book, sheet, title, lists)
    write_lists(book, lists)
    book.close()
    return buffer.getvalue()


def _split(sheet: Sheet, limit: int) -> Iterator[Sheet]:
    """The sheet, or the sheets its rows go on on."""
    yield sheet if isinstance(sheet, PageSheet) else replace(sheet, rows=sheet.rows.iloc[:limit])
    if isinstance(sheet, TableSheet):
        for number, start in enumerate(range(limit, len(sheet.rows), limit), 2):
            rows = sheet.rows.iloc[start : start + limit]
            mark = f"（{number}）"
            title = f"{sheet.title or sheet.name}{mark}"
            yield replace(sheet, name=f"{sheet.name[: 31 - len(mark)]}{mark}", title=title, rows=rows)


def _render_sheet(book: Workbook, sheet: Sheet, title: str, lists: Mapping[tuple[str, ...], str]) -> None:
    place = book.add_worksheet(sheet.name, TableWorksheet)
    place.hide_gridlines(2)
    if sheet.tab:
        place.set_tab_color(TAB_COLOURS[sheet.tab])
    if isinstance(sheet, PageSheet):
        render_page(book, place, sheet, title)
    else:
        table = lay_out(book, place, sheet)
        render_table(table, title)
        add_drop_downs(table, lists)
        if sheet.protected:
            protect(table)


def _render_contents(book: Workbook, sheets: Sequence[Sheet], title: str) -> None:
    """A first sheet with a line and a link for each sheet that is shown."""
    place = book.add_worksheet("目录")
    place.hide_gridlines(2)
    place.set_row(0, 28)
    put(place, 0, (0, 0), title, title_style(book))
    place.set_row(HEADER_ROW - 1, 24)
    for at, column in enumerate(CONTENTS):
        place.set_column(at, at, column.width)
        put_header(place, HEADER_ROW - 1, (at, at), column, header_style(book))
    _write_lines(book, place, [sheet for sheet in sheets if isinstance(sheet, PageSheet) or not sheet.hidden])
    place.fit_to_pages(1, 0)
    set_print(place, "A4", False, title)


def _write_lines(book: Workbook, place: Worksheet, sheets: Sequence[Sheet]) -> None:
    looks = [cell_style(book, column, text_wrap=column.wrap) for column in CONTENTS]
    link = cell_style(book, CONTENTS[1], font_color=LINK, underline=1)
    for number, sheet in enumerate(sheets, 1):
        row = HEADER_ROW - 1 + number
        place.set_row(row, ROW_HEIGHT + LINE_HEIGHT * (count_lines(sheet.note, 60) - 1))
        rows = len(sheet.rows) if isinstance(sheet, TableSheet) else None
        for at, value in ((0, number), (2, sheet.note), (3, rows)):
            put(place, row, (at, at), value, looks[at])
        quoted = sheet.name.replace("'", "''")
        place.write_url(row, 1, f"internal:'{quoted}'!A1", link, sheet.name)
