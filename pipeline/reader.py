"""One workbook -> raw cells by sheet and row, with the place of each column in Excel; judges nothing.

Plain lists, not frames: a frame for each of the dozen small sheets of a form costs more than reading it. Frames are made once for a
whole batch of forms, in validate.py.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cached_property, lru_cache
from itertools import compress
from typing import Any, NamedTuple

from pipeline.book import Book, Page, Rows, open_book
from pipeline.findings import address, text_of
from pipeline.form import Column, Form, Sheet
from pipeline.sheet_xml import MOST_NAMED, NO_MARKS, Marks
from pipeline.sniff import NotReadable

HEADER_WITHIN = 30  # rows from the top in which the header is looked for
VALUE_TITLE, LABEL_TITLE = "填报内容", "项目"
STAMP_KEYS = {"表版本": "version", "单位名称": "unit", "期号": "period", "版次": "copy", "预填": "prefilled"}

NUMBER_KEY = "seq"  # a row in which only this stands is no entry
_NUMBER = re.compile(r"\d+(?:\.0)?[.、．]?")
_MARKS = re.compile(r"[\s*°＊]")
# Control and zero-width characters, and the way Excel writes a carriage return in its files.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]|_x00[01][0-9A-Fa-f]_")


class RawFinding(NamedTuple):
    """A finding about a sheet, a column or a row; its kind (code) stands in findings.FAULTS."""

    sheet: str
    code: str
    key: str = ""
    row: int = 0
    value: str = ""


class Place(NamedTuple):
    """Where a column of the form lies: 0-based column (None: nowhere), and the row where a key has a row of its own."""

    sheet: str
    key: str
    column: int | None
    row: int | None = None


@dataclass(frozen=True)
class RawSheet:
    """The entries of one sheet: column key -> values (None where blank), and the number of each entry's row in Excel."""

    columns: dict[str, list[Any]]
    rows: list[int]
    places: list[Place]
    findings: list[RawFinding]
    above: str = ""


@dataclass(frozen=True)
class RawForm:
    """What stands in one form, by sheet key, and its hidden marks (version, unit, period, copy, prefilled) as far as they are there."""

    sheets: dict[str, RawSheet]
    stamp: dict[str, str]


class FoundSheet(NamedTuple):
    """The name under which a sheet of the form stands in the workbook ("" if nowhere), and findings about that."""

    name: str
    findings: tuple[RawFinding, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Where the columns of a sheet lie: key -> column, and the index of its header."""

    sheet: Sheet
    form: Form
    columns: dict[str, int]
    header: int

    @cached_property
    def key_at(self) -> dict[int, str]:
        """Column -> key."""
        return {column: key for key, column in self.columns.items()}

    def title(self, key: str) -> str:
        """The title of a column."""
        return self.sheet.by_key[key].title


def read_form(data: bytes, form: Form) -> RawForm:
    """The raw cells of a form.

    Raises NotReadable when it is no workbook, not this form, or a sheet is missing without which nothing can be said.
    """
    return form_in(open_book(data), form)


def form_in(book: Book, form: Form) -> RawForm:
    """As `read_form`, of an opened workbook."""
    found = {sheet.key: find_sheet(book, sheet, form) for sheet in form.sheets}
    _refuse_other_forms(found, form)
    sheets = {sheet.key: _read_sheet(book, found[sheet.key], sheet, form) for sheet in form.sheets}
    return RawForm(sheets, _read_stamp(book, form))


def catalogue_in(book: Book, form: Form) -> RawSheet:
    """The raw cells of a catalogue; `above` is the text over its header, where a stamp may stand."""
    return _read_sheet(book, find_sheet(book, form.catalogue, form), form.catalogue, form)


def sheet_titles(book: Book) -> dict[str, str]:
    """Title without white space -> name in the workbook; a visible sheet goes before a hidden one of the same title."""
    return {plain(name): name for name in sorted(book.sheets, key=lambda name: book.sheets[name])}


def _refuse_other_forms(found: dict[str, FoundSheet], form: Form) -> None:
    missing = [sheet for sheet in form.sheets if not found[sheet.key].name]
    if len(missing) == len(form.sheets):
        raise NotReadable("不是应进必进填报表；请填写专班下发的填报表")
    fatal = [sheet.title for sheet in missing if sheet.missing == "refuse"]
    if fatal:
        raise NotReadable(f"缺少工作表“{'”“'.join(fatal)}”，无法读取；请用专班下发的填报表填写，不要删除工作表")


def _read_stamp(book: Book, form: Form) -> dict[str, str]:
    if form.stamp_sheet not in book.sheets:
        return {}
    pairs = {str(row[0]): row[1] for row in book.page(form.stamp_sheet).rows if len(row) > 1}
    return {key: _stamp_text(pairs[name]) for name, key in STAMP_KEYS.items() if name in pairs}


def _stamp_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


# Which sheet is meant.


def find_sheet(book: Book, sheet: Sheet, form: Form) -> FoundSheet:
    """Where a sheet of the form stands in the workbook: under its title, else under a longer name that people see.

    A hidden sheet of the title is an old one where a visible sheet of a longer name has the columns.
    """
    exact = sheet_titles(book).get(sheet.title, "")
    others = [name for name in _longer_names(book, sheet, form) if _has_header(book.page(name), sheet)]
    if exact and book.sheets[exact]:
        return FoundSheet(exact, tuple(RawFinding(sheet.key, "sheet_left", value=name) for name in others))
    if len(others) == 1:
        code = "sheet_old_hidden" if exact else "sheet_renamed"
        return FoundSheet(others[0], (RawFinding(sheet.key, code, value=others[0]),))
    if exact:
        return FoundSheet(exact, (RawFinding(sheet.key, "sheet_hidden", value=exact),))
    return FoundSheet("", (RawFinding(sheet.key, "sheet_missing", value=sheet.title),))


def _longer_names(book: Book, sheet: Sheet, form: Form) -> list[str]:
    """The visible sheets whose name holds the title and more (事项清单（新）), and is no other sheet's title."""
    return [
        name
        for name, visible in book.sheets.items()
        if visible and name != sheet.title and sheet.title in (title := plain(name)) and title not in form.by_title
    ]


def _has_header(page: Page, sheet: Sheet) -> bool:
    if sheet.layout == "fields":
        return _find_fields_header(page.rows)[0] > 0
    return _find_header(page.rows, sheet) is not None


def _read_sheet(book: Book, found: FoundSheet, sheet: Sheet, form: Form) -> RawSheet:
    if not found.name:
        return _empty(sheet, list(found.findings))
    page = book.page(found.name)
    raw = _read_fields(page, sheet) if sheet.layout == "fields" else _read_rows(page, sheet, form)
    return replace(raw, findings=[*found.findings, *_far_cells(page.marks, raw), *raw.findings])


def _far_cells(marks: Marks, raw: RawSheet) -> list[RawFinding]:
    """What stood so far from the table that it was not read; below a column of the form it may be an entry."""
    if not marks.cut:
        return []
    columns = {address(0, place.column).removesuffix("列") for place in raw.places if place.column is not None}
    below = [cell for cell in marks.cut if cell.rstrip("0123456789") in columns]
    code, cells = ("far_entries", below) if below else ("far_cells", marks.cut)
    return [RawFinding(raw.places[0].sheet, code, value=_some(cells))]


def _some(names: Sequence[str]) -> str:
    """The first names of a list, and how many there are."""
    return "、".join(names[:MOST_NAMED]) + (f"等{len(names)}处" if len(names) > MOST_NAMED else "")


def _empty(sheet: Sheet, findings: list[RawFinding]) -> RawSheet:
    return RawSheet({key: [] for key in sheet.keys}, [], [Place(sheet.key, key, None) for key in sheet.keys], findings)


def _read_fields(page: Page, sheet: Sheet) -> RawSheet:
    """A sheet of labels and values, one below the other, as one entry (its row is 0: every key has a row of its own)."""
    header, label_at, value_at = _find_fields_header(page.rows)
    keys = _keys_by_title(sheet)
    values: dict[str, Any] = {}
    at: dict[str, int] = {}
    for number, row in enumerate(page.rows[header:], start=header + 1):
        key = keys.get(plain(row[label_at])) if label_at < len(row) else None
        if key and key not in at:
            values[key], at[key] = _clean(row[value_at] if value_at < len(row) else None), number
    places = [Place(sheet.key, key, value_at if key in at else None, at.get(key)) for key in sheet.keys]
    cells = {(number - 1, value_at): (key, 0) for key, number in at.items()}
    findings = [*_absent(sheet, set(at)), *_marked(page.marks, cells, {key: [values.get(key)] for key in at}, sheet)]
    return RawSheet({key: [values.get(key)] for key in sheet.keys}, [0], places, findings)


def _find_fields_header(rows: Rows) -> tuple[int, int, int]:
    """The number of rows down to the header 项目 | 填报内容, and the places of the two; A and B where there is none."""
    for number, row in enumerate(rows[:HEADER_WITHIN], start=1):
        titles = [plain(value) for value in row]
        if LABEL_TITLE in titles and VALUE_TITLE in titles:
            return number, titles.index(LABEL_TITLE), titles.index(VALUE_TITLE)
    return 0, 0, 1


def _read_rows(page: Page, sheet: Sheet, form: Form) -> RawSheet:
    """A sheet with one entry a row."""
    rows = page.rows
    header = _find_header(rows, sheet)
    if header is None:
        return _empty(sheet, _absent(sheet, set()))
    body = rows[header + 1 :]
    columns, extra, twice = _map_columns(rows[header], body, sheet)
    cells = _columns_of(body, columns, sheet)
    layout = Layout(sheet, form, columns, header)
    kept, dropped = _keep_entries(cells, body, rows[header], page.marks, layout)
    filled = _fill_merged(cells, page.merged, columns, header, kept)
    findings = [
        *_absent(sheet, set(columns)),
        *twice,
        *(RawFinding(sheet.key, "column_extra", value=title) for title in _used(extra, body)),
        *(RawFinding(sheet.key, "merged", key, row) for key, row in filled),
        *dropped,
        *_marked_rows(page.marks, cells, kept, layout),
    ]
    return RawSheet(
        columns={key: list(compress(values, kept)) for key, values in cells.items()},
        rows=list(compress(range(header + 2, header + 2 + len(body)), kept)),
        places=[Place(sheet.key, key, columns.get(key)) for key in sheet.keys],
        findings=findings,
        above=" ".join(str(value) for row in rows[:header] for value in row if value != ""),
    )


def _find_header(rows: Rows, sheet: Sheet) -> int | None:
    """The index of the row that holds most of the sheet's titles (at least two)."""
    known = set(_keys_by_title(sheet))
    hits = [len(known & {plain(value) for value in row if value != ""}) for row in rows[:HEADER_WITHIN]]
    return hits.index(max(hits)) if hits and max(hits) >= 2 else None


def _keys_by_title(sheet: Sheet) -> dict[str, str]:
    return {plain(title): column.key for column in sheet.columns for title in (column.title, *column.former)}


def _map_columns(
    header: list[Any], body: Rows, sheet: Sheet
) -> tuple[dict[str, int], dict[str, int], list[RawFinding]]:
    """Key -> column of the known titles, title -> column of the others, and findings about titles that stand there twice.

    Of two columns of one title the first counts in which something stands.
    """
    keys = _keys_by_title(sheet)
    places: dict[str, list[int]] = {}
    extra: dict[str, int] = {}
    for place, value in enumerate(header):
        title = plain(value)
        if title in keys:
            places.setdefault(keys[title], []).append(place)
        elif title:
            extra[title] = place
    columns, findings = {}, []
    for key, candidates in places.items():
        told = [place for place in candidates if len(candidates) == 1 or _stands_in(body, place)]
        columns[key] = (told or candidates)[0]
        if len(candidates) > 1:
            differ = any(_column(body, place) != _column(body, told[0]) for place in told)
            title = sheet.by_key[key].title
            findings.append(RawFinding(sheet.key, "column_twice_differs" if differ else "column_twice", value=title))
    return columns, extra, findings


def _stands_in(body: Rows, place: int) -> bool:
    return any(value is not None for value in _column(body, place))


def _column(body: Rows, place: int) -> list[Any]:
    return [_clean(row[place]) for row in body]


def _columns_of(body: Rows, columns: dict[str, int], sheet: Sheet) -> dict[str, list[Any]]:
    """The cells below the header by column key, None where blank."""
    by_place = list(zip(*body, strict=True))
    blank = [None] * len(body)
    return {
        key: [_clean(value) for value in by_place[columns[key]]] if body and key in columns else list(blank)
        for key in sheet.keys
    }


def _fill_merged(
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


def _keep_entries(
    cells: dict[str, list[Any]], body: Rows, header: list[Any], marks: Marks, layout: Layout
) -> tuple[list[bool], list[RawFinding]]:
    """Which rows are entries, and remarks on rows that are not (totals, signatures, a repeated header, another table)."""
    sheet, form, start = layout.sheet, layout.form, layout.header + 2
    kept = [any(row) for row in zip(*(_told(key, values) for key, values in cells.items()), strict=True)]
    for row, column in (*marks.errors, *marks.unsaved):
        if 0 <= row - start + 1 < len(kept) and layout.key_at.get(column, NUMBER_KEY) != NUMBER_KEY:
            kept[row - start + 1] = True
    firsts = [_first_text(row) if filled else "" for row, filled in zip(body, kept, strict=True)]
    heading, notes = _first_text(header), tuple(plain(word) for word in form.note_words)
    end, remarks = _second_table(body, kept, layout)
    kept[end:] = [False] * (len(kept) - end)
    for place, first in enumerate(firsts[:end]):
        if place == 0 and first == form.example_mark:
            kept[place] = False
        elif first and first == heading:
            kept[place] = False
            remarks.append(RawFinding(sheet.key, "row_header", row=start + place))
        elif first in form.total_words or first.startswith(notes):
            kept[place] = False
            remarks.append(RawFinding(sheet.key, "row_total", row=start + place, value=first))
    return kept, [*remarks, *_numbers_only(cells, kept, firsts[:end], layout)]


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


def _row_names(rows: list[int]) -> str:
    return f"第{_some([str(row) for row in rows])}行"


# What readers hide.


def _marked_rows(marks: Marks, cells: dict[str, list[Any]], kept: list[bool], layout: Layout) -> list[RawFinding]:
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
        *_marked(marks, at, values, sheet, start),
    ]


def _marked(
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


def _absent(sheet: Sheet, there: set[str]) -> list[RawFinding]:
    """A finding for each column of the sheet that is not there."""
    return [RawFinding(sheet.key, _absence(column), column.key) for column in sheet.columns if column.key not in there]


def _absence(column: Column) -> str:
    return "column_missing" if column.required else "column_absent"


def _used(extra: dict[str, int], body: Rows) -> list[str]:
    """The unknown titles below which something stands."""
    return [title for title, place in extra.items() if any(_clean(row[place]) is not None for row in body)]


def _first_text(row: list[Any]) -> str:
    return next((plain(value) for value in row if _clean(value) is not None), "")


def _clean(value: Any) -> Any:
    """A cell's value without what cannot be seen; None where nothing is left."""
    if value.__class__ is str:
        return _UNSEEN.sub("", value).strip() or None
    if value.__class__ is bool:
        return "TRUE" if value else "FALSE"
    if value.__class__ is time or value.__class__ is timedelta:
        return str(value)
    return value


def plain(value: Any) -> str:
    """A title without marks, white space and differences of width."""
    return _plain(str(value))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))
