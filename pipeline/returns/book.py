"""One returned form: the unit's own file with marks, or the form written anew where marking would lose something."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.writer.excel import ExcelWriter

from pipeline.book import Book, Rows, open_book
from pipeline.document.wordml import unpack
from pipeline.reader import find_sheet, plain
from pipeline.returns.anew import Moved
from pipeline.returns.carry import lost_on_saving
from pipeline.returns.cover import COVER, add_cover
from pipeline.returns.marks import clear_marks, first_filled, mark_cells, place_of
from pipeline.returns.notes import Note
from pipeline.returns.package import CORE, finish
from pipeline.rules import Rules
from pipeline.sheet_xml import check_members
from pipeline.template.book import Stamp

COPY = "版次"


def return_form(data: bytes, note: Note, rules: Rules, anew: bool = False) -> bytes:
    """The bytes of a returned form: `data` marked as `note` says.

    It is written anew if it cannot be marked as it is, or if `anew` says so.
    """
    opened, lost = open_book(data), lost_on_saving(data)
    book = None if anew or lost else _load(data, note.cutoff)
    if book is not None:
        return _mark(book, opened, note, rules, "")
    moved = Moved(opened, rules, Stamp(note.unit, note.period, note.copy))
    told = [f._replace(cell=moved.cell(f.sheet, f.cell)) for f in note.findings]
    gains = [
        gain._replace(shorts=tuple(s._replace(cell=moved.cell(s.sheet, s.cell)) for s in gain.shorts))
        for gain in note.gains
    ]
    note = replace(note, findings=tuple(told), gains=tuple(gains))
    return _mark(
        load_workbook(BytesIO(moved.data), rich_text=True), open_book(moved.data), note, rules, _why_anew(lost, moved)
    )


def _load(data: bytes, day: date) -> Workbook | None:
    """The workbook to mark, made on a day unless it tells one of its own; None where openpyxl cannot read it."""
    check_members(data)
    try:
        book = load_workbook(BytesIO(data), rich_text=True)
        if b"created" not in unpack(data).get(CORE, b""):
            book.properties.created = datetime.combine(day, time())  # openpyxl would say: now
    except Exception:  # whatever it stumbles over: the form is written anew then
        return None
    return book


def _why_anew(lost: Sequence[str], moved: Moved) -> str:
    why = f"原文件里有{'、'.join(lost)}，标注后不能原样保留" if lost else "原文件不能直接标注"
    left = f"原文件中的“{'”“'.join(moved.left_behind)}”没有带过来。" if moved.left_behind else ""
    return f"{why}，因此把您填的内容抄进了一份新表：请在本表中改正。{left}"


def _mark(book: Workbook, opened: Book, note: Note, rules: Rules, lost: str) -> bytes:
    """The workbook with its marks, as bytes."""
    names = {sheet.title: find_sheet(opened, sheet, rules.form).name for sheet in rules.form.sheets}
    for old in [name for name in book.sheetnames if plain(name) == COVER]:
        del book[old]
    firsts = {page.title: first_filled(page) for page in book.worksheets}
    for page in book.worksheets:
        clear_marks(page)
        title = next((title for title, name in names.items() if name == page.title), "")
        mark_cells(page, [finding for finding in note.findings if finding.sheet == title], firsts[page.title])
    _count_copy(book, note, rules)
    add_cover(book, note, lost, lambda title, cell: _target(book, names.get(title, ""), cell, firsts))
    out = BytesIO()
    ExcelWriter(book, ZipFile(out, "w")).save()  # not compressed: `finish` packs it anew
    return finish(out.getvalue(), book.sheetnames, _stored_in(opened), note.cutoff)


def _count_copy(book: Workbook, note: Note, rules: Rules) -> None:
    """Write the 版次 of the returned copy into the hidden sheet; one without the mark gets no more than that."""
    name = rules.form.stamp_sheet
    if name not in book.sheetnames:
        page = book.create_sheet(name)
        page.sheet_state = "veryHidden"
        for row, pair in enumerate((("单位名称", note.unit), ("期号", note.period), (COPY, note.copy)), 1):
            page.cell(row, 1, pair[0])
            page.cell(row, 2, pair[1])
        return
    page = book[name]
    row = next((line[0].row for line in page.iter_rows(max_col=1) if line[0].value == COPY), page.max_row + 1)
    page.cell(row, 1, COPY)
    page.cell(row, 2, note.copy)


def _target(book: Workbook, name: str, cell: str, firsts: Mapping[str, Mapping[int, str]]) -> str:
    """Where a link to a cell of a sheet leads; blank where the sheet is not there."""
    if name not in book.sheetnames:
        return ""
    column = cell.removesuffix("列") if cell.endswith("列") else ""
    place = f"{column}1" if column else place_of(book[name], cell, firsts.get(name, {})) or "A1"
    quoted = name.replace("'", "''")
    return f"'{quoted}'!{place}"


def _stored_in(opened: Book) -> Callable[[str, int, int], Any]:
    """How to ask what a cell of the unit's file showed (sheet, row and column from 0)."""

    @cache
    def rows_of(name: str) -> Rows:
        return opened.page(name).rows if name in opened.sheets else []

    def shown(name: str, row: int, column: int) -> Any:
        rows = rows_of(name)
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""

    return shown
