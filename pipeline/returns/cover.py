"""The sheet 退回说明: what is wrong and where, each cell as a link; then what would raise the score."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.findings import ERROR, REMARK
from pipeline.returns.marks import COLOURS
from pipeline.returns.notes import Finding, Gain, Note
from pipeline.tables import day_words
from pipeline.template.cells import LINE_HEIGHT, clear_text, count_lines

COVER = "退回说明"
WIDTHS = (12.0, 42.0, 40.0, 18.0, 34.0)
FINDING_TITLES = ("级别", "问题", "怎么改", "单元格（可点）", "原来填的")
GAIN_TITLES = ("可提高（分）", "哪一项、差在谁", "差什么", "单元格（可点）", "现在填的")
INK, GREY, HEAD, LINE, LINK = "FF1F3A5F", "FF6B7280", "FFDDEBF7", "FFD9DEE4", "FF1F4E89"
GAIN_FILL = "FFE2F0D9"
A4 = 9

Find = Callable[[str, str], str]  # sheet title and cell -> the target of a link, blank where there is none
Looks = dict[tuple[Any, ...], Any]  # what tells the looks of cells apart -> the look


class Line(NamedTuple):
    """One row of the sheet: its five texts, the target of the link, and the colour of the first cell."""

    texts: tuple[str, str, str, str, str]
    target: str
    fill: str = ""


def add_cover(book: Workbook, note: Note, lost: str, find: Find) -> None:
    """Put the sheet first into the workbook; `lost`: why the form was written anew, `find`: where a link leads."""
    page = book.create_sheet(COVER, 0)
    for index, width in enumerate(WIDTHS):
        page.column_dimensions[chr(65 + index)].width = width
    _write_text(
        page, 1, f"{COVER}：{note.unit}（{note.period}）", Font(name="宋体", bold=True, size=16, color=INK), WIDTHS
    )
    _write_text(page, 2, _message(note), Font(name="宋体", size=11), WIDTHS)
    row = 3
    if lost:
        _write_text(page, row, lost, Font(name="宋体", size=10, color=GREY), WIDTHS)
        row += 1
    row = _write_table(page, row + 1, FINDING_TITLES, list(_finding_lines(note.findings, find)))
    if note.gains:
        _write_text(page, row + 1, _advice(note), Font(name="宋体", bold=True, size=13, color=INK), WIDTHS)
        _write_table(page, row + 2, GAIN_TITLES, list(_gain_lines(note.gains, find)))
    _set_paper(page)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page  # else typing would go into several sheets at once


def _message(note: Note) -> str:
    remarks = sum(finding.level == REMARK for finding in note.findings)
    also = f"另有{remarks}处提醒（橙色）请核对，确实无误的不用改。" if remarks else ""
    return (
        f"本表有{note.errors}处错误（红色），请在本表原处改正，{day_words(note.until)}前发回；红色和橙色的格子上有批注。{also}"
        "改正后直接保存发回，不用改名，也不用删除本页和批注。"
    )


def _advice(note: Note) -> str:
    now = f"（现在评比得分{note.score:.2f}分）" if note.score is not None else ""
    return f"提分建议{now}：按可以提高的分数排列，分数为该项全部到位时可提高的分"


def _finding_lines(findings: Sequence[Finding], find: Find) -> Iterator[Line]:
    """A line for each finding; what is the same as in the line above is not said again."""
    last = ("", "", "")
    for finding in findings:
        told = (finding.level, finding.problem, finding.advice)
        same = told == last
        shown = ("", "", "") if same else told
        where = f"{finding.sheet} {finding.cell}".strip()
        fill = "" if same else COLOURS.get(finding.level, COLOURS[REMARK])[0]
        yield Line((*shown, where, finding.value), find(finding.sheet, finding.cell), fill)
        last = told


def _gain_lines(gains: Sequence[Gain], find: Find) -> Iterator[Line]:
    """A line for each way to a better score, and one below it for each item, department or person concerned."""
    for gain in gains:
        reason = "；".join(short.why for short in gain.shorts if not short.name)
        yield Line((f"+{gain.points:.2f}", f"{gain.what}（{gain.now}）", reason, "", ""), "", GAIN_FILL)
        for short in gain.shorts:
            if short.name:
                where = f"{short.sheet} {short.cell}" if short.cell else ""
                yield Line(("", f"　{short.name}", short.why, where, short.value), find(short.sheet, short.cell))


def _write_table(page: Worksheet, row: int, titles: Sequence[str], lines: Sequence[Line]) -> int:
    """The row below the table."""
    for column, title in enumerate(titles, 1):
        cell = page.cell(row, column, title)
        cell.font = Font(name="宋体", bold=True, color=INK)
        cell.fill = PatternFill("solid", fgColor=HEAD)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    page.row_dimensions[row].height = 24
    looks: Looks = {}
    for line in lines:
        row += 1
        _write_line(page, row, line, looks)
    return row + 1


def _write_line(page: Worksheet, row: int, line: Line, looks: Looks) -> None:
    lines = max(count_lines(text, width - 2) for text, width in zip(line.texts, WIDTHS, strict=True))
    page.row_dimensions[row].height = 5 + LINE_HEIGHT * lines
    for column, text in enumerate(line.texts, 1):
        cell = page.cell(row, column)
        cell._style = copy(_look(page, column, line, looks))
        _set_text(cell, text)
    if line.target:
        cell = page.cell(row, 4)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=line.target, display=line.texts[3])


def _look(page: Worksheet, column: int, line: Line, looks: Looks) -> Any:
    """The look of a cell; each is made once, since openpyxl compares every part set on a cell with all there are."""
    link, bold, first = bool(line.target) and column == 4, bool(line.fill) and column <= 2, column == 1
    key = (link, bold, first, line.fill if first else "")
    if key not in looks:
        cell = Cell(page, row=1, column=1)
        cell.font = Font(name="宋体", size=11, bold=bold)
        cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if first else "left")
        cell.border = Border(bottom=Side("thin", color=LINE))
        if first and line.fill:
            cell.fill = PatternFill("solid", fgColor=line.fill)
        if link:
            cell.font = Font(name="宋体", size=11, underline="single", color=LINK)
        looks[key] = cell._style
    return looks[key]


def _write_text(page: Worksheet, row: int, text: str, font: Font, widths: Sequence[float]) -> None:
    """A text across the table."""
    page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(widths))
    cell = page.cell(row, 1)
    _set_text(cell, text)
    cell.font, cell.alignment = font, Alignment(vertical="center", wrap_text=True)
    scale = font.size / 11
    page.row_dimensions[row].height = 8 + LINE_HEIGHT * scale * count_lines(text, (sum(widths) - 4) / scale)


def _set_text(cell: object, text: str) -> None:
    """Write a text as a text, whatever it begins with."""
    cell.value = clear_text(text)[:32_000] or None  # type: ignore[attr-defined]
    if text:
        cell.data_type = "s"  # type: ignore[attr-defined]
        cell.quotePrefix = text[0] in "=+-@"  # type: ignore[attr-defined]


def _set_paper(page: Worksheet) -> None:
    page.sheet_view.showGridLines = False
    page.sheet_properties.tabColor = COLOURS[ERROR][1]
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
