"""The marks in a returned form: a colour and a comment on each cell that is meant, and their removal."""

import re
from collections.abc import Iterable, Mapping, Sequence

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.findings import ERROR, REMARK
from pipeline.returns.notes import Finding
from pipeline.template.cells import count_lines

MARK, BEFORE = "【退回标注】", "—— 原批注 ——"
AUTHOR = "专班办公室"
# A conditional format and not a fill: what the cell looked like comes back when it goes, and the form's own colours do not hide it.
# The text in its formula tells our rules from the form's.
ALWAYS = 'LEN("退回标注")>0'
COLOURS = {ERROR: ("FFFF9C9C", "FF9C0006"), REMARK: ("FFFFD98A", "FF7A4F00")}
WIDTH, LETTERS, LINE = 300, 44, 17  # of a comment: pixels across, characters in a line, pixels of a line
_ROW = re.compile(r"第(\d+)行")
_CELL = re.compile(r"[A-Z]{1,3}\d+")


def clear_marks(page: Worksheet) -> None:
    """Take the marks of an earlier return off a sheet."""
    for cell in _commented(page):
        text = cell.comment.text
        if MARK in text:
            _, found, before = text.partition(BEFORE)
            cell.comment = Comment(before.strip(), cell.comment.author) if found else None
    kept = ConditionalFormattingList()
    for area in page.conditional_formatting:
        for rule in area.rules:
            if ALWAYS not in rule.formula:
                kept.add(str(area.sqref), rule)
    page.conditional_formatting = kept


def mark_cells(page: Worksheet, findings: Iterable[Finding], firsts: Mapping[int, str]) -> None:
    """Colour and comment the cells of a sheet that the findings name; `firsts` as `first_filled` tells."""
    by_cell: dict[str, list[Finding]] = {}
    for finding in findings:
        place = place_of(page, finding.cell, firsts)
        if place:
            by_cell.setdefault(place, []).append(finding)
    for place, told in by_cell.items():
        _comment(page[place], told)
    _colour(page, {place: _level(told) for place, told in by_cell.items()})
    for cell in _commented(page):
        _fit(cell.comment)


def first_filled(page: Worksheet) -> dict[int, str]:
    """The first filled cell of each row; asked once for a sheet, since a row of its own takes as long as all of them."""
    cells = sorted(page._cells.items(), reverse=True)
    return {row: cell.coordinate for (row, _), cell in cells if cell.value is not None}


def place_of(page: Worksheet, cell: str, firsts: Mapping[int, str]) -> str:
    """The cell to mark for O6 or 第6行 (its first filled cell; the whole of a merged range has one); blank for a column or nothing."""
    row = _ROW.fullmatch(cell)
    if row:
        cell = firsts.get(int(row[1]), f"A{row[1]}")
    if not _CELL.fullmatch(cell):
        return ""
    row_number, column = coordinate_to_tuple(cell)
    merged = next((area for area in page.merged_cells.ranges if _covers(area, row_number, column)), None)
    return merged.start_cell.coordinate if merged else cell


def _covers(area: CellRange, row: int, column: int) -> bool:
    """Whether a cell lies in a range; asked for every finding, and openpyxl's own `in` reads the cell's name each time."""
    return bool(area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col)


def _level(findings: Sequence[Finding]) -> str:
    return ERROR if any(finding.level == ERROR for finding in findings) else REMARK


def _comment(cell: Cell, findings: Sequence[Finding]) -> None:
    lines = [f"{finding.level}：{finding.problem}\n怎么改：{finding.advice}" for finding in findings]
    before = [f"{BEFORE}\n{cell.comment.text}"] if cell.comment else []
    cell.comment = Comment("\n".join([MARK, *lines, *before]), AUTHOR)


def _fit(comment: Comment) -> None:
    """Give a comment the room its text needs."""
    comment.width, comment.height = WIDTH, 14 + LINE * count_lines(comment.text, LETTERS)


def _colour(page: Worksheet, levels: dict[str, str]) -> None:
    """Lay the colours over whatever the form itself would show: first by priority (Excel) and in the file (LibreOffice)."""
    used = [level for level in COLOURS if level in levels.values()]
    rules = ConditionalFormattingList()
    for priority, level in enumerate(used, 1):
        fill, ink = COLOURS[level]
        look = DifferentialStyle(
            font=Font(color=ink), fill=PatternFill(bgColor=fill, fill_type="solid"), border=_box(ink)
        )
        rule = Rule(type="expression", dxf=look, formula=[ALWAYS], priority=priority, stopIfTrue=True)
        rules.add(" ".join(place for place in levels if levels[place] == level), rule)
    for area in page.conditional_formatting:
        for rule in area.rules:
            rule.priority += len(used)
            rules.add(str(area.sqref), rule)
    page.conditional_formatting = rules


def _box(colour: str) -> Border:
    side = Side("thin", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def _commented(page: Worksheet) -> list[Cell]:
    """The cells with a comment, by row; only what is there is looked at, since a sheet may reach very far."""
    return [cell for _, cell in sorted(page._cells.items()) if cell.comment]
