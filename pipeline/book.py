"""An opened workbook, whatever its format: names of its sheets, and pages of plain cells with what readers hide.

calamine first, openpyxl as the second try: together they read more than either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import msoffcrypto
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipeline.sheet_xml import MOST_CELLS, NO_MARKS, TOO_LARGE, Look, Marks
from pipeline.sniff import BROKEN, LOCKED, OLE_START, WORKBOOK, ZIP_STARTS, NotReadable, sniff

WRITE_LOCK = "VelvetSweatshop"  # the password Excel itself uses for files that are only protected against changes

# Formats of Chinese Excel that a file gives by number alone: openpyxl takes what stands under them for plain numbers.
_CHINESE_DATES = {*range(27, 37), *range(50, 59)}

_ENDS = (KeyboardInterrupt, SystemExit, MemoryError)

Rows = list[list[Any]]


@dataclass(frozen=True)
class Page:
    """A sheet: rows of cells from A1 on ("" where blank), merged ranges ((top, left), (bottom, right)), and its marks."""

    rows: Rows
    merged: list[Any]
    marks: Marks = NO_MARKS


@dataclass(frozen=True)
class Book:
    """A workbook: name of each sheet in order -> whether people see it; and how to read one."""

    sheets: dict[str, bool]
    page: Callable[[str], Page]


def open_book(data: bytes) -> Book:
    """The workbook in `data`.

    Raises NotReadable when it is none, is locked, or would take too much memory, with what to do.
    """
    if not data.startswith(ZIP_STARTS):
        _refuse_others(data)
    data = _unlocked(data) if data.startswith(OLE_START) else data
    look = Look(data) if data.startswith(ZIP_STARTS) else None
    data = look.data if look else data
    try:
        return _with_calamine(CalamineWorkbook.from_filelike(BytesIO(data)), look)
    except _ENDS:
        raise
    except BaseException as error:  # a panic in a library written in Rust is no Exception
        if look is None:
            raise NotReadable(LOCKED if data.startswith(OLE_START) else BROKEN) from error
        _refuse_others(data)
        return _with_openpyxl(data, look)


def _refuse_others(data: bytes) -> None:
    """Raise NotReadable where these bytes are no workbook."""
    found = sniff("", data)
    if found.kind != WORKBOOK:
        raise NotReadable(found.reason or BROKEN)


def _unlocked(data: bytes) -> bytes:
    """The workbook without the lock that only guards against changes.

    Raises NotReadable where it is locked with a password of its own.
    """
    try:
        locked = msoffcrypto.OfficeFile(BytesIO(data))
        if not locked.is_encrypted():
            return data
    except Exception:  # of the years before locks were written in this way, or no whole file: the reader will tell
        return data
    plain = BytesIO()
    try:
        locked.load_key(password=WRITE_LOCK)
        locked.decrypt(plain)
    except Exception as error:  # an unknown kind of lock and a damaged file alike
        raise NotReadable(LOCKED) from error
    return plain.getvalue()


def _with_calamine(book: CalamineWorkbook, look: Look | None) -> Book:
    tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    sheets = {sheet.name: sheet.visible == SheetVisibleEnum.Visible for sheet in tables}
    if not sheets:
        raise ValueError("no sheets")
    return Book(sheets, lambda name: _calamine_page(book, name, look))


def _calamine_page(book: CalamineWorkbook, name: str, look: Look | None) -> Page:
    try:
        sheet = book.get_sheet_by_name(name)
    except _ENDS:
        raise
    except BaseException as error:
        if look is None:
            raise NotReadable(BROKEN) from error
        return _with_openpyxl(look.data, look).page(name)
    rows = sheet.to_python(skip_empty_area=False) if _extent(sheet) <= MOST_CELLS else _sparse_rows(sheet)
    return Page(rows, sheet.merged_cell_ranges or [], look.marks(name) if look else NO_MARKS)


def _extent(sheet: CalamineSheet) -> int:
    return (sheet.end[0] + 1) * (sheet.end[1] + 1) if sheet.end else 0


def _sparse_rows(sheet: CalamineSheet) -> Rows:
    """The rows of a very large sheet, all blank ones being the same object, and none at the end."""
    if _extent(sheet) > 10 * MOST_CELLS:
        raise NotReadable(TOO_LARGE)
    rows: Rows = []
    blank = [""] * (sheet.end[1] + 1 if sheet.end else 0)
    lead = [blank] * (sheet.start[0] if sheet.start else 0)
    for row in sheet.iter_rows():
        rows.append([""] * (len(blank) - len(row)) + row if _filled(row) else blank)
    while rows and rows[-1] is blank:
        rows.pop()
    return [*lead, *rows]


def _filled(row: list[Any]) -> bool:
    if row.count("") == len(row):
        return False
    return any(value.strip() if isinstance(value, str) else True for value in row)


def _with_openpyxl(data: bytes, look: Look) -> Book:
    """The second try.

    Raises NotReadable where this one cannot read the file either.
    """
    from openpyxl import load_workbook  # only where the first reader fails: it takes long to import

    try:
        book = load_workbook(BytesIO(data), read_only=False, data_only=True, keep_links=False)
        sheets = {sheet.title: sheet.sheet_state == "visible" for sheet in book.worksheets}
    except Exception as error:
        raise NotReadable(BROKEN) from error
    return Book(sheets, lambda name: _openpyxl_page(book[name], look.marks(name)))


def _openpyxl_page(sheet: Any, marks: Marks) -> Page:
    rows = [[_as_calamine(cell) for cell in row] for row in sheet.iter_rows(min_row=1, min_col=1)]
    merged = [((r.min_row - 1, r.min_col - 1), (r.max_row - 1, r.max_col - 1)) for r in sheet.merged_cells.ranges]
    return Page(rows, merged, marks)


def _as_calamine(cell: Any) -> Any:
    """A cell's value as calamine would hand it on."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, (bool, str, datetime, date, time, timedelta)):
        return value
    if cell._style.numFmtId in _CHINESE_DATES:
        return _as_date(value, cell.parent.parent.epoch)
    return float(value)


def _as_date(value: float, epoch: datetime) -> Any:
    """The date this number of days after the first day of the workbook; the number where there is no such date."""
    from openpyxl.utils.datetime import from_excel

    try:
        return from_excel(value, epoch)
    except (OverflowError, ValueError):
        return float(value)
