"""The marks in a returned form: a colour and a comment on each cell that is meant, and their removal."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree
from xlsxwriter.utility import xl_cell_to_rowcol

from pipeline.book import Page
from pipeline.findings import ERROR, REMARK, address
from pipeline.returns.comments import change_comments, read_comments
from pipeline.returns.looks import Looks
from pipeline.returns.notes import Finding
from pipeline.returns.package import MAIN, Package, insert

MARK, BEFORE = "【退回标注】", "—— 原批注 ——"
AUTHOR = "专班办公室"
# A conditional format and not a fill: what the cell looked like comes back when it goes, and the form's own colours do not hide it.
# The text in its formula tells our rules from the form's.
ALWAYS = 'LEN("退回标注")>0'
COLOURS = {ERROR: ("FFFF9C9C", "FF9C0006"), REMARK: ("FFFFD98A", "FF7A4F00")}
_ROW = re.compile(r"第(\d+)行")
_CELL = re.compile(r"[A-Z]{1,3}\d+")


def mark_cells(package: Package, sheet: str, findings: Mapping[str, Sequence[Finding]], looks: Looks) -> None:
    """Colour and comment cells of a sheet's part (cell -> what is told of it), and take off the marks of an earlier return."""
    before = read_comments(package, sheet)
    ours = {cell: _own(text) for cell, text in before.items() if MARK in text}
    told = {cell: _told(some, ours.get(cell, before.get(cell, ""))) for cell, some in findings.items()}
    change_comments(package, sheet, {**ours, **told}, AUTHOR)
    levels = {cell: _level(some) for cell, some in findings.items()}
    if levels or "退回标注".encode() in package.parts[sheet]:
        _colour(package.change(sheet), levels, looks)


def by_place(findings: Iterable[Finding], page: Page) -> dict[str, list[Finding]]:
    """Cell to mark -> the findings it stands for; those without a cell are left out."""
    places: dict[str, list[Finding]] = {}
    for finding in findings:
        place = place_of(page, finding.cell)
        if place:
            places.setdefault(place, []).append(finding)
    return places


def place_of(page: Page, cell: str) -> str:
    """The cell to mark for O6 or 第6行 (its first filled cell; the whole of a merged range has one); blank for a column or nothing."""
    row = _ROW.fullmatch(cell)
    if row:
        cell = _first_filled(page, int(row[1]))
    if not _CELL.fullmatch(cell):
        return ""
    at = xl_cell_to_rowcol(cell)
    merged = (start for start, end in page.merged if start[0] <= at[0] <= end[0] and start[1] <= at[1] <= end[1])
    row_number, column = next(merged, at)
    return address(row_number + 1, column)


def _first_filled(page: Page, row: int) -> str:
    values = page.rows[row - 1] if row <= len(page.rows) else []
    return address(row, next((column for column, value in enumerate(values) if value != ""), 0))


def _own(text: str) -> str:
    """What the unit had written before our mark was put over it."""
    return text.partition(BEFORE)[2].strip()


def _told(findings: Sequence[Finding], before: str) -> str:
    lines = [f"{finding.level}：{finding.problem}\n怎么改：{finding.advice}" for finding in findings]
    return "\n".join([MARK, *lines, *([f"{BEFORE}\n{before}"] if before else [])])


def _level(findings: Sequence[Finding]) -> str:
    return ERROR if any(finding.level == ERROR for finding in findings) else REMARK


def _colour(sheet: Any, levels: Mapping[str, str], looks: Looks) -> None:
    """Lay the colours over whatever the form itself would show: first by priority (Excel) and in the file (LibreOffice)."""
    _take_off(sheet)
    used = [level for level in COLOURS if level in levels.values()]
    for rule in sheet.iter("{*}cfRule"):
        if rule.get("priority"):
            rule.set("priority", str(int(rule.get("priority")) + len(used)))
    for priority, level in reversed(list(enumerate(used, 1))):
        fill, ink = COLOURS[level]
        area = etree.Element(MAIN + "conditionalFormatting", sqref=" ".join(at for at in levels if levels[at] == level))
        number = str(looks.colour(ink, fill))
        rule = etree.SubElement(
            area, MAIN + "cfRule", type="expression", dxfId=number, priority=str(priority), stopIfTrue="1"
        )
        etree.SubElement(rule, MAIN + "formula").text = ALWAYS
        insert(sheet, area)


def _take_off(sheet: Any) -> None:
    """Take off the colours of an earlier return."""
    for area in sheet.findall(MAIN + "conditionalFormatting"):
        for rule in area.findall(MAIN + "cfRule"):
            if ALWAYS in rule.findtext(MAIN + "formula", ""):
                area.remove(rule)
        if area.find(MAIN + "cfRule") is None:
            sheet.remove(area)
