"""Sheets to write in: drop-down lists, what is locked and what is open."""

from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from pipeline.sheets import HEADER_ROW, Sheet, TableSheet
from pipeline.workbook.styles import LINE, OPEN_FILL
from pipeline.workbook.tables import Table

# Excel takes drop-down lists of up to 255 characters; longer ones stand on this sheet.
LIST_SHEET, LONGEST_LIST = "选项", 200


def long_lists(sheets: Sequence[Sheet]) -> dict[tuple[str, ...], str]:
    """The drop-down lists too long for a cell, with the place where they will stand."""
    choices = (column.choices for sheet in sheets if isinstance(sheet, TableSheet) for column in sheet.columns)
    long = dict.fromkeys(own for own in choices if len(",".join(own)) > LONGEST_LIST or "," in "".join(own))
    return {own: f"='{LIST_SHEET}'!${(at := xl_col_to_name(n))}$1:${at}${len(own)}" for n, own in enumerate(long)}


def write_lists(book: Workbook, lists: Mapping[tuple[str, ...], str]) -> None:
    """Writes the long lists on a hidden sheet behind the others."""
    if lists:
        place = book.add_worksheet(LIST_SHEET)
        place.hide()
        for at, own in enumerate(lists):
            place.write_column(0, at, own)


def add_drop_downs(table: Table, lists: Mapping[tuple[str, ...], str]) -> None:
    """Gives the columns with choices their drop-down lists, down to the last row there is room for."""
    for at, column in enumerate(table.sheet.columns):
        if column.choices:
            source = lists.get(column.choices, list(column.choices))
            advice = {"error_title": "请从列表中选择", "error_message": f"“{column.title}”只能填列表中的选项。"}
            table.place.data_validation(*table.area(at, at), {"validate": "list", "source": source, **advice})


def protect(table: Table) -> None:
    """Locks what the program wrote; marks what is still to be filled in and draws lines round new rows."""
    _mark_begun_rows(table)
    allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")
    table.place.protect("", dict.fromkeys(allowed, True))


def _mark_begun_rows(table: Table) -> None:
    columns, row = table.sheet.columns, HEADER_ROW + 1
    last = len(columns) - 1
    begun = f"COUNTA($A{row}:${xl_col_to_name(last)}{row})>0"
    to_fill = table.book.add_format({"bg_color": OPEN_FILL})
    for at, column in enumerate(columns):
        if column.entry:
            rule = {"type": "formula", "criteria": f'=AND({begun},{xl_col_to_name(at)}{row}="")', "format": to_fill}
            table.place.conditional_format(*table.area(at, at), rule)
    lines = table.book.add_format({"border": 1, "border_color": LINE})
    rule = {"type": "formula", "criteria": f"={begun}", "format": lines}
    table.place.conditional_format(*table.area(0, last), rule)
