"""One workbook -> raw cells by sheet and row, with the place of each column in Excel; judges nothing.

Plain lists, not frames: a frame for each of the dozen small sheets of a form costs more than reading it. Frames are made once for a
whole batch of forms, in validate.py.
"""

from dataclasses import replace
from itertools import compress
from typing import Any

from pipeline.book import Book, Page, Rows, open_book
from pipeline.entries import fill_merged, find_marked, find_marked_rows, keep_entries
from pipeline.findings import address
from pipeline.form import Column, Form, Sheet
from pipeline.raw import FoundSheet, Layout, Place, RawFinding, RawForm, RawSheet, clean, clean_all, name_some, plain
from pipeline.sheet_xml import Marks
from pipeline.sniff import NotReadable

HEADER_WITHIN = 30  # rows from the top in which the header is looked for
VALUE_TITLE, LABEL_TITLE = "填报内容", "项目"
STAMP_KEYS = {"表版本": "version", "单位名称": "unit", "期号": "period", "版次": "copy", "预填": "prefilled"}


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
    return sheet_in(book, form.catalogue, form)


def sheet_in(book: Book, sheet: Sheet, form: Form) -> RawSheet:
    """The raw cells of one sheet of an opened workbook, an empty sheet with a finding where it is not there."""
    return _read_sheet(book, find_sheet(book, sheet, form), sheet, form)


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
    return [RawFinding(raw.places[0].sheet, code, value=name_some(cells))]


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
            values[key], at[key] = clean(row[value_at] if value_at < len(row) else None), number
    places = [Place(sheet.key, key, value_at if key in at else None, at.get(key)) for key in sheet.keys]
    cells = {(number - 1, value_at): (key, 0) for key, number in at.items()}
    findings = [
        *_absent(sheet, set(at)),
        *find_marked(page.marks, cells, {key: [values.get(key)] for key in at}, sheet),
    ]
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
    kept, dropped = keep_entries(cells, body, rows[header], page.marks, layout)
    filled = fill_merged(cells, page.merged, columns, header, kept)
    findings = [
        *_absent(sheet, set(columns)),
        *twice,
        *(RawFinding(sheet.key, "column_extra", value=title) for title in _used(extra, body)),
        *(RawFinding(sheet.key, "merged", key, row) for key, row in filled),
        *dropped,
        *find_marked_rows(page.marks, cells, kept, layout),
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
    return [clean(row[place]) for row in body]


def _columns_of(body: Rows, columns: dict[str, int], sheet: Sheet) -> dict[str, list[Any]]:
    """The cells below the header by column key, None where blank."""
    by_place = list(zip(*body, strict=True))
    blank = [None] * len(body)
    return {key: clean_all(by_place[columns[key]]) if body and key in columns else list(blank) for key in sheet.keys}


def _absent(sheet: Sheet, there: set[str]) -> list[RawFinding]:
    """A finding for each column of the sheet that is not there."""
    return [RawFinding(sheet.key, _absence(column), column.key) for column in sheet.columns if column.key not in there]


def _absence(column: Column) -> str:
    return "column_missing" if column.required else "column_absent"


def _used(extra: dict[str, int], body: Rows) -> list[str]:
    """The unknown titles below which something stands."""
    return [title for title, place in extra.items() if any(clean(row[place]) is not None for row in body)]
