"""Where things stand in the workbook: [自查对照!分子] -> '自查对照'!$F$5:$F$301 (what stands in brackets: pipeline/sheets.py)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from pipeline.sheets import HEADER_ROW, Column, PageSheet, Sheet

# Stands for the number of the row until that is known.
ROW = "\x00"
_REFERENCE = re.compile(r"\[([^\[\]!]+)(?:!([^\[\]:]*)(?::(\d+)(?::(\d+))?)?)?\]")


@dataclass(frozen=True)
class Span:
    """A table in the workbook: its sheet, the letters of its columns by title, its first and last row in Excel."""

    sheet: str
    letters: Mapping[str, str]
    first: int
    last: int

    def letter(self, title: str) -> str:
        """The letters of a column."""
        if title not in self.letters:
            raise ValueError(f"{self.sheet}: no column {title} for a formula or link")
        return self.letters[title]


Places = Mapping[str, Span]


def place_sheets(sheets: Iterable[Sheet]) -> dict[str, Span]:
    """The tables of the workbook by the name of their sheet; a page has no columns of its own."""
    return {
        sheet.name: Span(sheet.name, {}, 1, 1)
        if isinstance(sheet, PageSheet)
        else place_columns(sheet.name, sheet.columns, range(len(sheet.columns)), HEADER_ROW + 1, len(sheet.rows))
        for sheet in sheets
    }


def place_columns(sheet: str, columns: Sequence[Column], at: Iterable[int], first: int, rows: int) -> Span:
    """A table whose columns start at `at` (from 0) and whose data start in Excel row `first`."""
    letters = {column.title: xl_col_to_name(number) for column, number in zip(columns, at, strict=True)}
    return Span(sheet, letters, first, first + max(rows, 1) - 1)


def resolve(text: str, places: Places, own: Span | None = None) -> str:
    """The text with what stands in brackets as Excel calls it; ROW where the number of its own row belongs.

    Raises ValueError where it names a sheet or column there is not.
    """
    return _REFERENCE.sub(lambda found: _address(found, places, own), text)


def internal(text: str, places: Places) -> str:
    """The place a link leads to: '自查对照'!E7."""
    return resolve(text, places).split(":")[0].replace("$", "")


def _address(found: re.Match[str], places: Places, own: Span | None) -> str:
    name, title, first, last = found.groups()
    if title is None:
        if own is None:
            raise ValueError(f"{found[0]}: no row of its own here")
        return f"${own.letter(name)}{ROW}"
    if name not in places:
        raise ValueError(f"{found[0]}: no such sheet")
    span = places[name]
    sheet = "'" + span.sheet.replace("'", "''") + "'"
    if not title:
        return f"{sheet}!$A$1"
    letter = span.letter(title)
    start = span.first + int(first or 0)
    end = span.last if first is None else span.first + int(last or first)
    return f"{sheet}!${letter}${start}" + (f":${letter}${end}" if end > start or first is None else "")
