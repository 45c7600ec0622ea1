"""A form that cannot be marked as it is, written anew with the unit's own values; and where its cells are then."""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.book import Book
from pipeline.findings import address, text_of
from pipeline.form import Form, Sheet
from pipeline.reader import RawForm, RawSheet, form_in, sheet_titles
from pipeline.rules import Rules
from pipeline.template.book import STAMP_SHEET, Stamp, write_form
from pipeline.template.formulas import FIRST_ENTRY, FIRST_LINE, LIST_SHEET, PRINTED_ROWS

_CELL = re.compile(r"(?P<letters>[A-Z]{1,3})(?P<digits>\d+)|第(?P<row>\d+)行|(?P<column>[A-Z]{1,3})列")


class Moved:
    """The form written anew, and how its cells are called there."""

    def __init__(self, book: Book, rules: Rules, stamp: Stamp) -> None:
        """Read the old form and write the new one."""
        self._raw: RawForm = form_in(book, rules.form)
        self._form: Form = rules.form
        values = {sheet.key: _rows(self._raw.sheets[sheet.key]) for sheet in rules.form.sheets}
        self.data = write_form(rules, values, stamp)
        self.left_behind = _other_sheets(book, rules.form)

    def cell(self, title: str, cell: str) -> str:
        """The new name of a cell (O6, 第6行, O列) of the sheet with this title; blank where it has none."""
        sheet, match = self._form.by_title.get(title), _CELL.fullmatch(cell)
        if sheet is None or match is None:
            return ""
        raw = self._raw.sheets[sheet.key]
        column, row = match["letters"] or match["column"], match["digits"] or match["row"]
        key = _key_at(raw, column, row) if column else ""
        return _new_cell(sheet, raw, key, int(row or 0)) if key or not column else ""


def _rows(raw: RawSheet) -> list[Mapping[str, Any]]:
    """The entries of a sheet as write_form takes them."""
    return [
        {key: _plain(values[at]) for key, values in raw.columns.items() if values[at] is not None}
        for at in range(len(raw.rows))
    ]


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _key_at(raw: RawSheet, letters: str, row: str | None) -> str:
    """The column of the form that lies at a place; on a sheet of labels the row decides."""
    for place in raw.places:
        if place.column is None or address(0, place.column) != f"{letters}列":
            continue
        if place.row is None or str(place.row) == row:
            return place.key
    return ""


def _new_cell(sheet: Sheet, raw: RawSheet, key: str, row: int) -> str:
    if sheet.layout == "fields":
        return f"B{FIRST_LINE + 1 + sheet.keys.index(key)}" if key else ""
    column = sheet.keys.index(key) if key else -1
    if not row:
        return address(0, column)
    new = _new_row(sheet, raw, row)
    return address(new, column) if new else ""


def _new_row(sheet: Sheet, raw: RawSheet, row: int) -> int:
    """The row of an entry in the new form; 0 for a row that was no entry."""
    if row not in raw.rows:
        return 0
    place = raw.rows.index(row)
    if sheet.key != PRINTED_ROWS:
        return FIRST_ENTRY + 1 + place
    number = text_of(raw.columns["check"][place])
    return FIRST_LINE + int(number) if number in sheet.by_key["check"].choices else 0


def _other_sheets(book: Book, form: Form) -> tuple[str, ...]:
    """The visible sheets of the unit that are not the form's: they stay in its own file."""
    known = {*form.by_title, "填写说明", "退回说明", LIST_SHEET, STAMP_SHEET, form.stamp_sheet}
    titles = sheet_titles(book)
    return tuple(name for title, name in titles.items() if book.sheets[name] and title not in known)
