"""Which rows of a sheet are entries, which are not, and what is hidden in those that are."""

import re
from collections.abc import Mapping
from itertools import compress
from typing import Any

from pipeline.book import Rows
from pipeline.findings import text_of
from pipeline.form import Sheet
from pipeline.raw import Layout, RawFinding, first_text, name_some, plain
from pipeline.sheet_xml import NO_MARKS, Marks

NUMBER_KEY = "seq"  # a row in which only this stands is no entry
MOST_IN_A_NOTE = 2  # cells of the form that a signature or a note under the list fills
_NUMBER = re.compile(r"\d+(?:\.0)?[.、．]?")


def keep_entries(
    cells: dict[str, list[Any]], body: Rows, header: list[Any], marks: Marks, layout: Layout
) -> tuple[list[bool], list[RawFinding]]:
    """Which rows are entries, and remarks on rows that are not (totals, signatures, a repeated header, another table)."""
    sheet, form, start = layout.sheet, layout.form, layout.header + 2
    kept = [any(row) for row in zip(*(_told(key, values) for key, values in cells.items()), strict=True)]
    for row, column in (*marks.errors, *marks.unsaved):
        if 0 <= row - start + 1 < len(kept) and layout.key_at.get(column, NUMBER_KEY) != NUMBER_KEY:
            kept[row - start + 1] = True
    firsts = [first_text(row) if filled else "" for row, filled in zip(body, kept, strict=True)]
    heading, notes = first_text(header), tuple(plain(word) for word in form.note_words)
    end, remarks = _second_table(body, kept, layout)
    kept[end:] = [False] * (len(kept) - end)
    for place, first in enumerate(firsts[:end]):
        if place == 0 and first == form.example_mark:
            kept[place] = False
        elif first and first == heading:
            kept[place] = False
            remarks.append(RawFinding(sheet.key, "row_header", row=start + place))
        elif first in form.total_words or (first.startswith(notes) and _says_little(cells, place)):
            kept[place] = False
            remarks.append(RawFinding(sheet.key, "row_total", row=start + place, value=first))
    return kept, [*remarks, *_numbers_only(cells, kept, firsts[:end], layout)]


def _says_little(cells: dict[str, list[Any]], place: int) -> bool:
    """Whether a row is too empty for an entry: “盖章手续不全” may begin a problem, but then the rest of the line is filled in."""
    return sum(values[place] is not None for values in cells.values()) <= MOST_IN_A_NOTE


def _told(key: str, values: list[Any]) -> list[bool]:
    """Which cells of a column say something; a mere 序号 does not."""
    if key == NUMBER_KEY:
        return [value is not None and not _NUMBER.fullmatch(str(value)) for value in values]
    return [value is not None for value in values]


def _second_table(body: Rows, kept: list[bool], layout: Layout) -> tuple[int, list[RawFinding]]:
    """Where another table begins (a blank row, then titles of the form in other places), and the finding about it."""
    after_blank = [place for place in range(1, len(kept)) if kept[place] and not kept[place - 1]]
    titles = {plain(column.title) for sheet in layout.form.sheets for column in sheet.columns} if after_blank else set()
    for place in after_blank:
        known = {at for at, value in enumerate(body[place]) if value.__class__ is str and plain(value) in titles}
        own = {at for key, at in layout.columns.items() if plain(body[place][at]) == plain(layout.title(key))}
        if len(known) >= 2 and len(known - own) > len(own):
            return place, [RawFinding(layout.sheet.key, "table_second", row=layout.header + 2 + place)]
    return len(kept), []


def _numbers_only(cells: dict[str, list[Any]], kept: list[bool], firsts: list[str], layout: Layout) -> list[RawFinding]:
    """A remark on the rows in which only 序号 stands."""
    numbers = cells.get(NUMBER_KEY, [])
    rows = [
        layout.header + 2 + place
        for place, (number, entry, first) in enumerate(zip(numbers, kept, firsts, strict=False))
        if number is not None and not entry and not first
    ]
    return [RawFinding(layout.sheet.key, "row_number_only", value=_row_names(rows))] if rows else []


def fill_merged(
    cells: dict[str, list[Any]], merged: list[Any], columns: dict[str, int], header: int, kept: list[bool]
) -> list[tuple[str, int]]:
    """Fill merged cells down their column in the rows that are entries, in place; (key, Excel row) of each range."""
    keys = {place: key for key, place in columns.items()}
    ranges = [
        (top - header - 1, min(bottom - header, len(kept)), keys[left])
        for (top, left), (bottom, _) in merged
        if top > header and bottom > top and left in keys
    ]
    ranges = [(first, last, key) for first, last, key in ranges if first < last and cells[key][first] is not None]
    for first, last, key in ranges:
        for place in compress(range(first, last), kept[first:last]):
            cells[key][place] = cells[key][first]
    return [(key, first + header + 2) for first, _, key in ranges]


def _row_names(rows: list[int]) -> str:
    return f"第{name_some([str(row) for row in rows])}行"


def find_marked_rows(marks: Marks, cells: dict[str, list[Any]], kept: list[bool], layout: Layout) -> list[RawFinding]:
    """Findings about errors, formulas without value, hidden and struck-out cells in the entries of a sheet."""
    if marks is NO_MARKS:
        return []
    sheet, start = layout.sheet, layout.header + 1
    hidden = [row + 1 for row in sorted(marks.hidden_rows) if 0 <= row - start < len(kept) and kept[row - start]]
    out_of_sight = [
        layout.key_at[column] for column in sorted(marks.hidden_columns & layout.key_at.keys())
    ]  # fmt: skip
    wanted = [cell for cell in (*marks.errors, *marks.unsaved, *marks.struck) if cell[1] in layout.key_at]
    at = {
        (row, column): (layout.key_at[column], row + 1)
        for row, column in wanted
        if 0 <= row - start < len(kept) and kept[row - start]
    }
    values = {key: cells[key] for key in layout.columns}
    return [
        *([RawFinding(sheet.key, "rows_hidden", value=_row_names(hidden))] if hidden else []),
        *(RawFinding(sheet.key, "column_hidden", key) for key in out_of_sight if any(compress(cells[key], kept))),
        *find_marked(marks, at, values, sheet, start),
    ]


def find_marked(
    marks: Marks,
    cells: Mapping[tuple[int, int], tuple[str, int]],
    values: Mapping[str, list[Any]],
    sheet: Sheet,
    start: int | None = None,
) -> list[RawFinding]:
    """Findings about the cells (place -> key and row to name) that carry a mark; `start`: the first row of `values`."""
    findings = []
    for (row, column), (key, number) in sorted(cells.items()):
        value = values[key][0 if start is None else row - start]
        if (row, column) in marks.errors:
            findings.append(RawFinding(sheet.key, "cell_error", key, number, marks.errors[row, column]))
        elif (row, column) in marks.unsaved:
            findings.append(RawFinding(sheet.key, "formula_unsaved", key, number))
        elif (row, column) in marks.struck and value is not None:
            findings.append(RawFinding(sheet.key, "struck_out", key, number, text_of(value)))
    return findings
