"""The sheet 填报检查: how many cells of each sheet are still missing or contradict each other, counted while the form is filled in."""

from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from pipeline.form import Sheet
from pipeline.template.cells import clear_text, holds, text_in
from pipeline.template.formulas import (
    BAND_ROW,
    FIRST_LINE,
    HEADER_ROW,
    PRINTED_ROWS,
    TITLE_ROW,
    Columns,
    all_hold,
)
from pipeline.template.heads import Draft, write_side
from pipeline.template.looks import BANDS, FormPage, set_guide_paper

CHECK_SHEET = "填报检查"
TITLES, WIDTHS = ("工作表", "已填行数", "漏填（黄色格）", "矛盾（橙色格）", "结果"), (20.0, 12.0, 18.0, 18.0, 40.0)
DONE, NOTHING, TO_MEND, BROKEN = "√ 通过", "（没有填写）", "× 请到该表处理黄色、橙色的格", "× 有出错的公式，请改成数值"
READY, BROKEN_SOMEWHERE = "√ 可以报送", "× 有出错的公式，请改成数值"

Row = Mapping[str, object]


def write_selfcheck(draft: Draft, values: Mapping[str, Sequence[Row]], last: Mapping[str, int]) -> None:
    """Write the sheet; `last`: the last row (zero-based) of entries by sheet key.

    Every formula carries its value: of missing cells always, of contradictions where nothing is filled in. Where entries stand it is
    left open, which makes every office program work it out when the form is opened.
    """
    page, sheets = draft.book.add_worksheet(CHECK_SHEET, FormPage), draft.rules.form.sheets
    _write_top(draft, page)
    shown = [
        _write_line(draft, page, FIRST_LINE + at, sheet, values.get(sheet.key, ()), last[sheet.key])
        for at, sheet in enumerate(sheets)
    ]
    _write_total(draft, page, FIRST_LINE + len(sheets), shown)
    _colour(draft, page, FIRST_LINE + len(sheets))
    page.freeze_panes(FIRST_LINE, 0)
    page.set_tab_color(BANDS[2][0])
    set_guide_paper(page)
    page.protect("")


def _write_top(draft: Draft, page: Worksheet) -> None:
    look = draft.looks.fixed
    page.hide_gridlines(2)
    page.set_row(TITLE_ROW, 62)
    page.set_row(BAND_ROW, 34)
    page.set_row(HEADER_ROW, 24)
    page.merge_range(TITLE_ROW, 0, TITLE_ROW, len(TITLES) - 2, "", look["left"])
    write_side(draft, page, len(TITLES) - 1)
    page.write_rich_string(
        TITLE_ROW, 0, look["title"], CHECK_SHEET, look["intro"], f"\n{draft.guide.selfcheck}", look["left"]
    )
    for index, (title, width) in enumerate(zip(TITLES, WIDTHS, strict=True)):
        page.set_column(index, index, width)
        page.write_string(HEADER_ROW, index, title, look["header"])


def _write_line(
    draft: Draft, page: Worksheet, row: int, sheet: Sheet, entries: Sequence[Row], last: int
) -> tuple[int, int] | None:
    """Write the line of one sheet; how many cells are missing and contradictory comes back, None where that is not known."""
    look, cells, blank = draft.looks.fixed, Columns(sheet, last), not entries
    missing = missing_cells(sheet, entries)
    known = (missing, 0) if blank else None
    used = (
        len(draft.rules.checks.checks) if sheet.key == PRINTED_ROWS else 1 if sheet.layout == "fields" else len(entries)
    )
    page.set_row(row, 22)
    page.write_string(row, 0, sheet.title, look["label"])
    page.write_formula(row, 1, _rows_formula(cells, used), look["count"], used)
    page.write_formula(row, 2, _missing_formula(cells), look["count"], missing)
    page.write_formula(row, 3, _contradiction_formula(draft, cells), look["count"], 0 if blank else "")
    at = row + 1
    words = f'IF(C{at}+D{at}>0,"{TO_MEND}",IF(B{at}=0,"{NOTHING}","{DONE}"))'
    shown = "" if not known else TO_MEND if missing else NOTHING if used == 0 else DONE
    page.write_formula(row, 4, f'=IF(ISNUMBER(C{at}+D{at}),{words},"{BROKEN}")', look["verdict"], shown)
    return known


def _write_total(draft: Draft, page: Worksheet, end: int, shown: Sequence[tuple[int, int] | None]) -> None:
    """Write the line above the table: whether the form can be sent."""
    missing, wrong = (f"SUM({letter}{FIRST_LINE + 1}:{letter}{end})" for letter in "CD")
    still = f'"× 还有 "&{missing}&" 处漏填、"&{wrong}&" 处矛盾，请处理后再报送"'
    formula = f'=IF(ISNUMBER({missing}+{wrong}),IF({missing}+{wrong}=0,"{READY}",{still}),"{BROKEN_SOMEWHERE}")'
    known = [counts for counts in shown if counts]
    text = f"× 还有 {sum(m for m, _ in known)} 处漏填、0 处矛盾，请处理后再报送" if len(known) == len(shown) else ""
    page.merge_range(BAND_ROW, 0, BAND_ROW, len(TITLES) - 1, "", draft.looks.fixed["total"])
    page.write_formula(BAND_ROW, 0, formula, draft.looks.fixed["total"], clear_text(text))


def _colour(draft: Draft, page: Worksheet, end: int) -> None:
    """Green for what is done, red for what is not."""
    places = [(f"A{BAND_ROW + 1}", f"$A{BAND_ROW + 1}"), (f"E{FIRST_LINE + 1}:E{end}", f"$E{FIRST_LINE + 1}")]
    for span, cell in places:
        for sign, look in (("√", "good"), ("×", "bad")):
            rule = {"type": "formula", "criteria": f'=LEFT({cell},1)="{sign}"', "format": draft.looks.signals[look]}
            page.conditional_format(span, rule)


# What is counted.


def missing_cells(sheet: Sheet, entries: Sequence[Row]) -> int:
    """How many required cells of the entries are blank, by the same conditions as the formulas."""
    rows = entries or ([{}] if sheet.layout == "fields" else [])
    if sheet.key == PRINTED_ROWS:
        by_number = {text_in(row, "check"): row for row in reversed(entries)}
        rows = [by_number.get(number, {}) for number in sheet.by_key["check"].choices]
    return sum(_is_missing(row, sheet, key) for row in rows for key in sheet.keys)


def _is_missing(row: Row, sheet: Sheet, key: str) -> bool:
    column = sheet.by_key[key]
    needed = column.required or (bool(column.required_when) and all(holds(row, c) for c in column.required_when))
    return needed and not text_in(row, key)


# The formulas.


def _rows_formula(cells: Columns, printed: int) -> str:
    return f"={printed}" if cells.open_rows == "1" else f"=SUMPRODUCT({cells.in_use})"


def _missing_formula(cells: Columns) -> str:
    columns = [column for column in cells.sheet.columns if column.required or column.required_when]
    blank = [(column, f'(TRIM({cells.cell(column.key)})="")') for column in columns]
    terms = [test if column.required else f"{all_hold(cells, column.required_when)}*{test}" for column, test in blank]
    return _sum(cells.in_use, terms)


def _contradiction_formula(draft: Draft, cells: Columns) -> str:
    names = {key: cells.cell(key) for key in cells.sheet.keys}
    mine = [entry for entry in draft.guide.contradictions if entry.sheet == cells.sheet.key]
    return _sum(cells.open_rows, [f"({entry.when.format_map(names)})" for entry in mine]) if mine else "=0"


def _sum(rows: str, terms: Sequence[str]) -> str:
    """The formula that adds up the terms over the rows."""
    return f"=SUMPRODUCT({rows}*({'+'.join(terms)}))"
