"""The sheets of the form, one function for each kind: 填写说明, fields, the nine checks, rows."""

from collections.abc import Mapping, Sequence
from math import ceil

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.form import Column, Sheet
from pipeline.guide import Line
from pipeline.template.cells import LINE_HEIGHT, count_lines, is_blank, put, row_height
from pipeline.template.formulas import BAND_ROW, EXAMPLE_ROW, FIRST_ENTRY, FIRST_LINE, HEADER_ROW, Grid
from pipeline.template.heads import Draft, marked_title, write_example, write_header, write_title
from pipeline.template.hints import comment_on, missing_rules, orange_rules, validation
from pipeline.template.looks import (
    BANDS,
    PROTECTED,
    FormPage,
    Looks,
    frozen_columns,
    set_guide_paper,
    set_list_paper,
    set_signed_paper,
)

Row = Mapping[str, object]

LAST_ENTRY = 4_999  # drop-downs and colours reach this far, and further where more rows are written
GUIDE_WIDTHS = (24.0, 86.0)
FIELD_TITLES, FIELD_WIDTHS = ("项目", "填报内容", "填写说明"), (22.0, 44.0, 36.0)
PRINTED = {"check": "number", "question": "printed", "good": "answer"}  # columns of 九项自查 -> their look
GIVEN = ("unit", "period")  # filled in by the office, not carried over
CARRIED_PLACES = {"open": "carried", "boxed": "carried boxed", "field": "carried field"}
LEAST_CHECK = 36  # height of a row of 九项自查, in points
ONLY_SIZES = {"format_columns": True, "format_rows": True}
BLUE, TEAL, SLATE = BANDS[0][0], BANDS[3][0], BANDS[6][0]


def write_guide(draft: Draft, title: str, lines: Sequence[Line]) -> None:
    """Write the sheet that explains the form."""
    page = draft.book.add_worksheet(title, FormPage)
    page.hide_gridlines(2)
    for index, width in enumerate(GUIDE_WIDTHS):
        page.set_column(index, index, width)
    page.set_tab_color(SLATE)
    for row, line in enumerate(lines):
        _write_line(page, row, line, draft.looks)
    set_guide_paper(page)
    page.protect("", ONLY_SIZES)


def _write_line(page: Worksheet, row: int, line: Line, looks: Looks) -> None:
    if line.tone in ("title", "lead"):
        page.set_row(row, 36 if line.tone == "title" else 24)
        page.merge_range(row, 0, row, 1, line.label, looks.fixed[f"g_{line.tone}"])
        return
    look = looks.fixed[f"g_{line.tone}"]
    page.set_row(row, 6 + LINE_HEIGHT * count_lines(line.text, GUIDE_WIDTHS[1]))
    page.write_string(row, 0, line.label, look)
    page.write_string(row, 1, line.text, looks.fixed["g_text"] if line.tone in ("line", "right", "wrong") else look)


def write_fields(draft: Draft, sheet: Sheet, values: Row) -> None:
    """Write a sheet with one line for each of its columns: what, the entry, how."""
    page, look = draft.book.add_worksheet(sheet.title, FormPage), draft.looks.fixed
    write_title(draft, page, sheet, FIELD_WIDTHS)
    for index, (title, width) in enumerate(zip(FIELD_TITLES, FIELD_WIDTHS, strict=True)):
        page.set_column(index, index, width)
        page.write_string(HEADER_ROW, index, title, look["header"])
    page.set_row(BAND_ROW, 5)
    page.set_row(HEADER_ROW, 24)
    for row, column in enumerate(sheet.columns, FIRST_LINE):
        note = comment_on(sheet, column, draft.guide.contradictions)
        page.set_row(row, _field_height(column, values.get(column.key), note))
        page.write_string(row, 0, marked_title(column), look["label"])
        put(page, row, 1, values.get(column.key), draft.looks, _filled(draft, "field", column, values), column.type)
        page.write_string(row, 2, note, look["note"])
    _add_hints(draft, page, Grid(sheet, FIRST_LINE, FIRST_LINE), sheet.columns)
    _finish_report(draft, page, first=(FIRST_LINE, 1), landscape=False)


def _filled(draft: Draft, place: str, column: Column, row: Row) -> str:
    """The place of an entry: a carried one where a prefilled form holds it from the period before."""
    anew = column.each_period or column.key in GIVEN or is_blank(row.get(column.key))
    return CARRIED_PLACES[place] if draft.prefilled and not anew else place


def _field_height(column: Column, value: object, note: str) -> float:
    """Room for the longest text the field may hold, for what it holds, and for the note beside it."""
    lines = ceil(2 * (column.max_length or 0) / FIELD_WIDTHS[1])
    beside = count_lines(note, 1.1 * FIELD_WIDTHS[2])  # a smaller font
    return 4 + LINE_HEIGHT * max(lines, count_lines(str(value or ""), FIELD_WIDTHS[1]), beside)


def write_checks(draft: Draft, sheet: Sheet, values: Sequence[Row]) -> None:
    """Write the nine checks as printed rows; an entry goes to the row whose number stands in its `check`."""
    page = draft.book.add_worksheet(sheet.title, FormPage)
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width)
    write_title(draft, page, sheet, [column.width for column in sheet.columns])
    write_header(draft, page, sheet)
    told = {str(row.get("check", "")).strip(): row for row in reversed(values)}
    checks = draft.rules.checks.checks
    for row, check in enumerate(checks, FIRST_LINE):
        printed = {"check": str(check.number), "question": check.question, "good": check.good}
        _write_check(draft, page, row, sheet, printed, told.get(str(check.number), {}))
    open_columns = [column for column in sheet.columns if column.key not in PRINTED]
    _add_hints(draft, page, Grid(sheet, FIRST_LINE, FIRST_LINE + len(checks) - 1), open_columns)
    _finish_report(draft, page, first=(FIRST_LINE, len(PRINTED)), landscape=True)


def _write_check(draft: Draft, page: Worksheet, row: int, sheet: Sheet, printed: Mapping[str, str], told: Row) -> None:
    looks = draft.looks
    page.set_row(row, max(row_height(sheet.columns, told), LEAST_CHECK))
    for index, column in enumerate(sheet.columns):
        if column.key in printed:
            page.write_string(row, index, printed[column.key], looks.fixed[PRINTED[column.key]])
        else:
            put(page, row, index, told.get(column.key), looks, _filled(draft, "boxed", column, told), column.type)


def _finish_report(draft: Draft, page: Worksheet, first: tuple[int, int], landscape: bool) -> None:
    page.freeze_panes(FIRST_LINE, 0)
    page.set_selection(*first, *first)
    page.set_tab_color(BLUE)
    set_signed_paper(page, draft.guide.report_title, draft.guide, landscape)
    page.protect("", ONLY_SIZES)


def write_rows(draft: Draft, sheet: Sheet, values: Sequence[Row]) -> None:
    """Write a sheet with one row for each entry, an example above them and room below."""
    page, last_column = draft.book.add_worksheet(sheet.title, FormPage), len(sheet.columns) - 1
    page.is_list = True
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width, draft.looks.cell("open", column.type))
    page.set_column(last_column + 1, last_column + 1, None, draft.looks.fixed["unlocked"])
    write_title(draft, page, sheet, [column.width for column in sheet.columns])
    write_header(draft, page, sheet)
    write_example(draft, page, sheet)
    for row, entry in enumerate(values, FIRST_ENTRY):
        page.set_row(row, row_height(sheet.columns, entry))
        for index, column in enumerate(sheet.columns):
            put(
                page, row, index, entry.get(column.key), draft.looks, _filled(draft, "open", column, entry), column.type
            )
    grid = Grid(sheet, FIRST_ENTRY, last_entry(values))
    _add_hints(draft, page, grid, sheet.columns)
    # The buttons sit on the example row: sorting then starts below it, where every cell is unlocked.
    page.autofilter(EXAMPLE_ROW, 0, grid.last, last_column)
    page.freeze_panes(FIRST_ENTRY, frozen_columns(sheet))
    page.set_selection(FIRST_ENTRY, 0, FIRST_ENTRY, 0)
    page.set_tab_color(SLATE if sheet.optional else BLUE if sheet.missing == "refuse" else TEAL)
    _set_paper(draft, page, sheet)
    page.protect("", PROTECTED)


def _set_paper(draft: Draft, page: Worksheet, sheet: Sheet) -> None:
    """The paper of a list; the letters of authorisation are handed in signed and stamped too."""
    if sheet.key == "authorisations":
        set_signed_paper(page, draft.guide.letters_title, draft.guide, landscape=True)
        page.repeat_rows(BAND_ROW, HEADER_ROW)
    else:
        set_list_paper(page, sheet)


def last_entry(values: Sequence[Row]) -> int:
    """The last row (zero-based) that drop-downs and colours reach."""
    return max(LAST_ENTRY, FIRST_ENTRY + len(values))


def _add_hints(draft: Draft, page: Worksheet, grid: Grid, columns: Sequence[Column]) -> None:
    """Add drop-downs and messages, then the colours: what contradicts before what is missing before the borders."""
    for column in columns:
        page.data_validation(
            *grid.box(column.key), validation(grid, column, draft.rules.form, draft.guide, draft.lists)
        )
    signals = draft.looks.signals
    for span, formula in orange_rules(grid, draft.guide.contradictions):
        _colour(page, span, formula, signals["contradiction"])
    for span, formula in missing_rules(grid):
        _colour(page, span, formula, signals["missing"])
    if grid.sheet.layout == "rows":
        spans = f"{grid.span(grid.sheet.keys[0]).split(':')[0]}:{grid.span(grid.sheet.keys[-1]).split(':')[1]}"
        _colour(page, spans, f"={grid.in_use}", signals["in_use"])


def _colour(page: Worksheet, spans: str, formula: str, look: Format) -> None:
    first = spans.split(" ")[0]
    page.conditional_format(first, {"type": "formula", "criteria": formula, "format": look, "multi_range": spans})
