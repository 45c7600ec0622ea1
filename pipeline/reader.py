"""One workbook -> raw cells by sheet and row, with the place of each column in Excel; judges nothing.

Plain lists, not frames: a frame for each of the dozen small sheets of a form costs more than reading it. Frames are made once for a
whole batch of forms, in validate.py.
"""

import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from itertools import compress
from typing import Any, NamedTuple

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from pipeline.form import Column, Form, Sheet

HEADER_WITHIN = 30  # rows from the top in which the header is looked for
VALUE_TITLE, LABEL_TITLE = "填报内容", "项目"
STAMP_KEYS = {"表版本": "version", "单位名称": "unit", "期号": "period", "版次": "copy", "预填": "prefilled"}

Rows = list[list[Any]]


class NotReadable(Exception):
    """The file is no workbook that can be read, or not this form; the text says why and what to do, in Chinese."""


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


def open_workbook(data: bytes) -> CalamineWorkbook:
    """The workbook in `data`.

    Raises NotReadable when it is none.
    """
    if not data:
        raise NotReadable("文件是空的（0 字节）；请重新发送")
    try:
        return CalamineWorkbook.from_filelike(BytesIO(data))
    except Exception as error:
        raise NotReadable(_why_not(data)) from error


def _why_not(data: bytes) -> str:
    """Why these bytes are no workbook, from their beginning."""
    if data[:4] == b"PK\x03\x04":
        word = b"word/document.xml" in data
        return "文件其实是 Word 文档；请填写 Excel 填报表" if word else "文件已损坏或不是 Excel 表；请重新保存后发送"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "文件加了密码或已损坏；请去掉密码、重新保存后发送"
    return "不是 Excel 表；请填写专班下发的填报表"


def sheet_titles(book: CalamineWorkbook) -> dict[str, str]:
    """Title without white space -> name in the workbook; a visible sheet goes before a hidden one of the same title."""
    hidden_first = sorted(book.sheets_metadata, key=lambda meta: meta.visible == SheetVisibleEnum.Visible)
    return {plain(meta.name): meta.name for meta in hidden_first}


def read_form(data: bytes, form: Form) -> RawForm:
    """The raw cells of a form.

    Raises NotReadable when it is no workbook, or a sheet is missing without which nothing can be said.
    """
    book = open_workbook(data)
    titles = sheet_titles(book)
    _refuse_other_forms(titles, form)
    return RawForm(
        {sheet.key: _read_sheet(book, titles, sheet, form) for sheet in form.sheets}, _read_stamp(book, titles, form)
    )


def read_catalogue(data: bytes, form: Form) -> RawSheet:
    """The raw cells of a catalogue; `above` is the text over its header, where a stamp may stand."""
    book = open_workbook(data)
    return _read_sheet(book, sheet_titles(book), form.catalogue, form)


def _refuse_other_forms(titles: dict[str, str], form: Form) -> None:
    missing = [sheet.title for sheet in form.sheets if sheet.title not in titles]
    if len(missing) == len(form.sheets):
        raise NotReadable("不是应进必进填报表；请填写专班下发的填报表")
    fatal = [sheet.title for sheet in form.sheets if sheet.title in missing and sheet.missing == "refuse"]
    if fatal:
        raise NotReadable(f"缺少工作表“{'”“'.join(fatal)}”，无法读取；请用专班下发的填报表填写，不要删除工作表")


def _read_stamp(book: CalamineWorkbook, titles: dict[str, str], form: Form) -> dict[str, str]:
    if form.stamp_sheet not in titles:
        return {}
    rows = book.get_sheet_by_name(titles[form.stamp_sheet]).to_python(skip_empty_area=False)
    pairs = {str(row[0]): row[1] for row in rows if len(row) > 1}
    return {key: _stamp_text(pairs[name]) for name, key in STAMP_KEYS.items() if name in pairs}


def _stamp_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _read_sheet(book: CalamineWorkbook, titles: dict[str, str], sheet: Sheet, form: Form) -> RawSheet:
    if sheet.title not in titles:
        return _empty(sheet, [RawFinding(sheet.key, "sheet_missing", value=sheet.title)])
    page = book.get_sheet_by_name(titles[sheet.title])
    rows = page.to_python(skip_empty_area=False)
    if sheet.layout == "fields":
        return _read_fields(rows, sheet)
    return _read_rows(rows, page.merged_cell_ranges or [], sheet, form)


def _empty(sheet: Sheet, findings: list[RawFinding]) -> RawSheet:
    return RawSheet({key: [] for key in sheet.keys}, [], [Place(sheet.key, key, None) for key in sheet.keys], findings)


def _read_fields(rows: Rows, sheet: Sheet) -> RawSheet:
    """A sheet of labels and values, one below the other, as one entry (its row is 0: every key has a row of its own)."""
    header, label_at, value_at = _find_fields_header(rows)
    keys = _keys_by_title(sheet)
    values: dict[str, Any] = {}
    at: dict[str, int] = {}
    for number, row in enumerate(rows[header:], start=header + 1):
        key = keys.get(plain(row[label_at]))
        if key and key not in at:
            values[key], at[key] = _clean(row[value_at] if value_at < len(row) else None), number
    places = [Place(sheet.key, key, value_at if key in at else None, at.get(key)) for key in sheet.keys]
    return RawSheet({key: [values.get(key)] for key in sheet.keys}, [0], places, _absent(sheet, set(at)))


def _find_fields_header(rows: Rows) -> tuple[int, int, int]:
    """The number of rows down to the header 项目 | 填报内容, and the places of the two; A and B where there is none."""
    for number, row in enumerate(rows[:HEADER_WITHIN], start=1):
        titles = [plain(value) for value in row]
        if LABEL_TITLE in titles and VALUE_TITLE in titles:
            return number, titles.index(LABEL_TITLE), titles.index(VALUE_TITLE)
    return 0, 0, 1


def _read_rows(rows: Rows, merged: list[Any], sheet: Sheet, form: Form) -> RawSheet:
    """A sheet with one entry a row."""
    header = _find_header(rows, sheet)
    if header is None:
        return _empty(sheet, _absent(sheet, set()))
    body = rows[header + 1 :]
    columns, extra, twice = _map_columns(rows[header], sheet)
    cells = _columns_of(body, columns, sheet)
    filled = _fill_merged(cells, merged, columns, header)
    kept, dropped = _keep_entries(cells, body, rows[header], header + 2, sheet, form)
    findings = [
        *_absent(sheet, set(columns)),
        *(RawFinding(sheet.key, "column_twice", value=title) for title in twice),
        *(RawFinding(sheet.key, "column_extra", value=title) for title in _used(extra, body)),
        *(RawFinding(sheet.key, "merged", key, row) for key, row in filled),
        *dropped,
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


def _map_columns(header: list[Any], sheet: Sheet) -> tuple[dict[str, int], dict[str, int], list[str]]:
    """Key -> column of the known titles, title -> column of the others, and the titles that stand there twice."""
    keys = _keys_by_title(sheet)
    columns: dict[str, int] = {}
    extra: dict[str, int] = {}
    twice: list[str] = []
    for place, value in enumerate(header):
        title = plain(value)
        key = keys.get(title)
        if key in columns:
            twice.append(title)
        elif key:
            columns[key] = place
        elif title:
            extra[title] = place
    return columns, extra, twice


def _columns_of(body: Rows, columns: dict[str, int], sheet: Sheet) -> dict[str, list[Any]]:
    """The cells below the header by column key, None where blank."""
    by_place = list(zip(*body, strict=True))
    blank = [None] * len(body)
    return {
        key: [_clean(value) for value in by_place[columns[key]]] if body and key in columns else list(blank)
        for key in sheet.keys
    }


def _fill_merged(
    cells: dict[str, list[Any]], merged: list[Any], columns: dict[str, int], header: int
) -> list[tuple[str, int]]:
    """Fill merged cells down their column, in place; (key, Excel row) of each range that was filled."""
    keys = {place: key for key, place in columns.items()}
    ranges = [
        (top, bottom, keys[left])
        for (top, left), (bottom, _) in merged
        if top > header and bottom > top and left in keys
    ]
    for top, bottom, key in ranges:
        first, last = top - header - 1, min(bottom - header, len(cells[key]))
        cells[key][first:last] = [cells[key][first]] * (last - first)
    return [(key, top + 1) for top, _, key in ranges]


def _keep_entries(
    cells: dict[str, list[Any]], body: Rows, header: list[Any], start: int, sheet: Sheet, form: Form
) -> tuple[list[bool], list[RawFinding]]:
    """Which rows are entries, and remarks on rows that are not (totals, signatures, a repeated header)."""
    used = [any(value is not None for value in row) for row in zip(*cells.values(), strict=True)]
    firsts = [_first_text(row) if filled else "" for row, filled in zip(body, used, strict=True)]
    heading, notes = _first_text(header), tuple(plain(word) for word in form.note_words)
    kept, remarks = list(used), []
    for place, first in enumerate(firsts):
        if place == 0 and first == form.example_mark:
            kept[place] = False
        elif first == heading:
            kept[place] = False
            remarks.append(RawFinding(sheet.key, "row_header", row=start + place))
        elif first in form.total_words or first.startswith(notes):
            kept[place] = False
            remarks.append(RawFinding(sheet.key, "row_total", row=start + place, value=first))
    return kept, remarks


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
        return value.strip().replace("_x000D_", "") or None
    if value.__class__ is bool:
        return "TRUE" if value else "FALSE"
    return value


def plain(value: Any) -> str:
    """A title without marks, white space and differences of width."""
    return re.sub(r"[\s*°＊]", "", unicodedata.normalize("NFKC", str(value)))
