"""What people do to a form in Excel, as words: 删表 业务系统 · 写 事项清单 A6 合计 (see tests/cases/findings.toml)."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.worked import BLANK

HEADER = 3


def edited(data: bytes, edits: Sequence[str]) -> bytes:
    """The workbook after these edits."""
    if not edits:
        return data
    book = load_workbook(BytesIO(data))
    for edit in edits:
        what, sheet, *more = edit.split(" ")
        EDITS[what](book, sheet, *[part.replace("⏎", "\n") for part in more])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _delete_sheet(book: Workbook, sheet: str) -> None:
    del book[sheet]


def _rename_sheet(book: Workbook, sheet: str, name: str) -> None:
    book[sheet].title = name


def _delete_column(book: Workbook, sheet: str, title: str) -> None:
    book[sheet].delete_cols(_column_of(book[sheet], title))


def _rename_column(book: Workbook, sheet: str, title: str, *name: str) -> None:
    book[sheet].cell(HEADER, _column_of(book[sheet], title)).value = " ".join(name)


def _add_column(book: Workbook, sheet: str, title: str, value: str) -> None:
    column = 1 + max(cell.column for cell in book[sheet][HEADER] if cell.value)
    book[sheet].cell(HEADER, column).value = title
    book[sheet].cell(HEADER + 2, column).value = None if value == BLANK else value


def _write(book: Workbook, sheet: str, cell: str, value: str) -> None:
    book[sheet][cell] = value


def _clear(book: Workbook, sheet: str, cell: str) -> None:
    book[sheet][cell].value = None


def _delete_row(book: Workbook, sheet: str, row: str) -> None:
    book[sheet].delete_rows(int(row))


def _merge(book: Workbook, sheet: str, cells: str) -> None:
    book[sheet].merge_cells(cells)


def _copy_row(book: Workbook, sheet: str, source: str, target: str) -> None:
    for cell in book[sheet][int(source)]:
        book[sheet].cell(int(target), cell.column).value = cell.value


def _column_of(page: Worksheet, title: str) -> int:
    return next(cell.column for cell in page[HEADER] if str(cell.value or "").strip("*°") == title)


EDITS: dict[str, Any] = {
    "删表": _delete_sheet, "改名": _rename_sheet, "删列": _delete_column, "改栏": _rename_column, "加栏": _add_column,
    "写": _write, "清": _clear, "删行": _delete_row, "合并": _merge, "抄行": _copy_row,
}  # fmt: skip
