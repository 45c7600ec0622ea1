"""Sheets as plain data -> the bytes of an .xlsx (汇总表, 办公室登记表)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipeline.sheets import MOST_ROWS, PageSheet, Sheet, split_sheet
from pipeline.workbook.book import Book
from pipeline.workbook.entry import add_drop_downs, long_lists, protect, write_lists
from pipeline.workbook.pages import render_page
from pipeline.workbook.places import Places, place_sheets
from pipeline.workbook.rows import TableWorksheet
from pipeline.workbook.styles import TAB_COLOURS
from pipeline.workbook.tables import lay_out, render_table

# Not the clock: the same sheets give the same bytes.
CREATED = datetime(2023, 3, 3)


def render_workbook(sheets: Sequence[Sheet], title: str, *, rows_per_sheet: int = MOST_ROWS) -> bytes:
    """The bytes of an .xlsx with the sheets in their order; the same sheets give the same bytes.

    `title` goes into the footer and the properties. A table with more than `rows_per_sheet` rows goes on on a further sheet 名称（2）.
    Raises ValueError where a formula or link names what there is not.
    """
    book = Book()
    book.set_properties({"title": title, "created": CREATED})
    shown = [part for sheet in sheets for part in _split(sheet, rows_per_sheet)]
    places = place_sheets(shown)
    lists = long_lists(shown)
    for sheet in shown:
        _render_sheet(book, sheet, title, lists, places)
    write_lists(book, lists)
    return book.packed()


def _split(sheet: Sheet, limit: int) -> Iterable[Sheet]:
    return [sheet] if isinstance(sheet, PageSheet) else split_sheet(sheet, limit)


def _render_sheet(book: Book, sheet: Sheet, title: str, lists: Mapping[tuple[str, ...], str], places: Places) -> None:
    place = book.add_worksheet(sheet.name, TableWorksheet)
    place.hide_gridlines(2)
    if sheet.tab:
        place.set_tab_color(TAB_COLOURS[sheet.tab])
    if isinstance(sheet, PageSheet):
        render_page(book, place, sheet, title, places)
    else:
        table = lay_out(book, place, sheet, places)
        render_table(table, title)
        add_drop_downs(table, lists)
        if sheet.protected:
            protect(table)
