"""One value into one cell, whatever a unit wrote: never a formula, never a link, never a file Excel must repair."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil
from numbers import Real

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from pipeline.form import YES, Column, Condition, Kind
from pipeline.template.looks import Looks

CELL_LIMIT = 32_767  # characters in a cell, counted by Excel in UTF-16 units
EARLIEST = date(1900, 3, 1)  # before this day Excel and the calendar disagree
LARGEST = 1e307
LINE_HEIGHT, HIGHEST = 15, 409  # of a line of text, and of any row in Excel, in points
LAST_NARROW = "\u2000"  # of the signs that are one Latin character wide

# What XML cannot carry; a line break of any system becomes \n.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n?")


def clear_text(text: str) -> str:
    """The text as a cell can hold it: without control characters, at most 32,767 UTF-16 units long."""
    plain = _FORBIDDEN.sub("", _BREAKS.sub("\n", text))
    if 2 * len(plain) <= CELL_LIMIT:
        return plain
    return plain.encode("utf-16-le")[: 2 * CELL_LIMIT].decode("utf-16-le", "ignore")


def is_blank(value: object) -> bool:
    """Whether a value stands for an empty cell."""
    return value is None or value is pd.NA or value is pd.NaT or value != value or value == ""  # noqa: PLR0124


def text_in(row: Mapping[str, object], key: str) -> str:
    """What stands in a column of an entry, as text without white space around it."""
    value = row.get(key)
    return "" if is_blank(value) else str(value).strip()


def holds(row: Mapping[str, object], condition: Condition) -> bool:
    """Whether a condition holds for an entry, as far as the form itself can tell; the formulas of the form say the same."""
    if condition.column is None:
        exempt = condition.fact == "on_negative_list" and text_in(row, "negative") == YES
        return (exempt and bool(text_in(row, "negative_no"))) == condition.is_
    text = text_in(row, condition.column)
    if condition.not_ is not None:
        return bool(text) and text not in condition.not_
    return isinstance(condition.is_, tuple) and text in condition.is_


def count_lines(text: str, width: float) -> int:
    """How many lines a text takes in a cell `width` Latin characters wide; a Chinese character counts as two."""
    return sum(max(1, ceil((len(line) + sum(map(LAST_NARROW.__lt__, line))) / width)) for line in text.split("\n"))


def row_height(columns: Sequence[Column], row: Mapping[str, object]) -> float:
    """The height of a row in points, enough for its longest text."""
    texts = ((row.get(column.key), column.width) for column in columns)
    lines = max((count_lines(text, width) for text, width in texts if isinstance(text, str)), default=1)
    return min(4 + LINE_HEIGHT * lines, HIGHEST)


def put(page: Worksheet, row: int, column: int, value: object, looks: Looks, place: str, kind: Kind) -> None:
    """Write a value as its own type, whether or not it fits the column: dates, numbers, and everything else as text.

    A blank one leaves the cell to the format of its column, or writes an empty cell of a printed table.
    """
    look = looks.cell(place, kind)
    if is_blank(value):
        if place != "open":
            page.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, look)
    elif isinstance(value, date) and _as_day(value) >= EARLIEST:
        page.write_datetime(row, column, value, looks.cell(place, "date"))
    elif (number := _as_number(value)) is not None:
        page.write_number(row, column, number, looks.cell(place, "count") if kind == "date" else look)
    else:
        # Where a number or a date is due the cell is not formatted as text: the mark keeps "=1+1" a text there too.
        page.write_string(
            row, column, clear_text(str(value)), looks.cell(place, kind, quoted=kind in ("count", "date"))
        )


def _as_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _as_number(value: object) -> float | None:
    """The number as Excel stores it; None for what is no number or too large."""
    if not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < LARGEST else None
