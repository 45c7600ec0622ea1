"""One returned form: the unit's own file with marks, or the form written anew where it cannot be marked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from lxml import etree

from pipeline.book import Book, Page, open_book
from pipeline.reader import find_sheet, plain
from pipeline.returns.anew import Moved
from pipeline.returns.carry import not_markable
from pipeline.returns.cover import COVER, write_cover
from pipeline.returns.looks import Looks
from pipeline.returns.marks import by_place, mark_cells, place_of
from pipeline.returns.notes import Note
from pipeline.returns.package import MAIN, Package, add_hidden, drop_sheets, put_first
from pipeline.rules import Rules
from pipeline.sheet_xml import check_members
from pipeline.template.book import Stamp

COPY = "版次"
BLANK_SHEET = f'<worksheet xmlns="{MAIN.strip("{}")}"><sheetData/></worksheet>'


def return_form(data: bytes, note: Note, rules: Rules, anew: bool = False) -> bytes:
    """The bytes of a returned form: `data` marked as `note` says.

    It is written anew if it cannot be marked as it is, or if `anew` says so.
    """
    opened, hindered = open_book(data), not_markable(data)
    marked = None if anew or hindered else _marked(data, opened, note, rules)
    if marked is not None:
        return marked
    moved = Moved(opened, rules, Stamp(note.unit, note.period, note.copy))
    told = [f._replace(cell=moved.cell(f.sheet, f.cell)) for f in note.findings]
    gains = [
        gain._replace(shorts=tuple(s._replace(cell=moved.cell(s.sheet, s.cell)) for s in gain.shorts))
        for gain in note.gains
    ]
    note = replace(note, findings=tuple(told), gains=tuple(gains))
    return _mark(moved.data, open_book(moved.data), note, rules, _why_anew(hindered, moved))


def _marked(data: bytes, opened: Book, note: Note, rules: Rules) -> bytes | None:
    """The unit's own file with its marks; None where its parts do not fit together as they should."""
    check_members(data)
    try:
        return _mark(data, opened, note, rules, "")
    except Exception:  # whatever a program nobody knows wrote into it: the form is written anew then
        return None


def _why_anew(hindered: Sequence[str], moved: Moved) -> str:
    why = f"原文件里有{'、'.join(hindered)}，标注后不能原样保留" if hindered else "原文件不能直接标注"
    left = f"原文件中的“{'”“'.join(moved.left_behind)}”没有带过来。" if moved.left_behind else ""
    return f"{why}，因此把您填的内容抄进了一份新表：请在本表中改正。{left}"


def _mark(data: bytes, opened: Book, note: Note, rules: Rules, why_anew: str) -> bytes:
    """The workbook with its marks, as bytes."""
    package, page_of = Package(data), cache(opened.page)
    titles = {find_sheet(opened, sheet, rules.form).name: sheet.title for sheet in rules.form.sheets}
    drop_sheets(package, [name for name in package.sheets if plain(name) == COVER])
    looks = Looks(package)
    for name, part in package.sheets.items():
        told = [finding for finding in note.findings if finding.sheet == titles.get(name, "")]
        mark_cells(package, part, by_place(told, page_of(name)) if told else {}, looks)
        if b"tabSelected" in package.parts[part]:
            _unselect(package.change(part))
    _count_copy(package, opened, note, rules)
    names = {title: name for name, title in titles.items() if name in package.sheets}
    pages = {title: page_of(name) for title, name in names.items()}
    put_first(
        package, COVER, write_cover(note, why_anew, lambda title, cell: _target(names, pages, title, cell), looks)
    )
    return package.save()


def _unselect(sheet: Any) -> None:
    """Else typing would go into several sheets at once."""
    for view in sheet.iter(MAIN + "sheetView"):
        view.attrib.pop("tabSelected", None)


def _count_copy(package: Package, opened: Book, note: Note, rules: Rules) -> None:
    """Write the 版次 of the returned copy into the hidden sheet; one without the mark gets no more than that."""
    name = rules.form.stamp_sheet
    pairs: list[tuple[str, str | int]] = [(COPY, note.copy)]
    if name in package.sheets:
        rows = opened.page(name).rows
        first = next((at for at, line in enumerate(rows, 1) if line and line[0] == COPY), len(rows) + 1)
    else:
        add_hidden(package, name, BLANK_SHEET.encode())
        first, pairs = 1, [("单位名称", note.unit), ("期号", note.period), *pairs]
    sheet = package.change(package.sheets[name])
    for row, pair in enumerate(pairs, first):
        _put_pair(sheet, row, pair)


def _put_pair(sheet: Any, row: int, pair: tuple[str, str | int]) -> None:
    """Write a text and a value into the first two cells of a row."""
    lines = sheet.find(MAIN + "sheetData")
    line = next((one for one in lines if int(one.get("r")) == row), None)
    if line is None:
        line = etree.Element(MAIN + "row", r=str(row))
        lines.insert(sum(int(one.get("r")) < row for one in lines), line)
    for old in [cell for cell in line if cell.get("r") in (f"A{row}", f"B{row}")]:
        line.remove(old)
    line[:0] = [_cell(f"{letter}{row}", value) for letter, value in zip("AB", pair, strict=True)]


def _cell(place: str, value: str | int) -> Any:
    if isinstance(value, int):
        cell = etree.Element(MAIN + "c", r=place)
        etree.SubElement(cell, MAIN + "v").text = str(value)
        return cell
    cell = etree.Element(MAIN + "c", r=place, t="inlineStr")
    etree.SubElement(etree.SubElement(cell, MAIN + "is"), MAIN + "t").text = value
    return cell


def _target(names: Mapping[str, str], pages: Mapping[str, Page], title: str, cell: str) -> str:
    """Where a link to a cell of a sheet leads; blank where the sheet is not there."""
    if title not in names:
        return ""
    column = cell.removesuffix("列") if cell.endswith("列") else ""
    place = f"{column}1" if column else place_of(pages[title], cell) or "A1"
    quoted = names[title].replace("'", "''")
    return f"'{quoted}'!{place}"
