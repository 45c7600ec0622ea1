"""The top of each sheet of the form: title line, bands, header with comments, example row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.form import Column, Sheet
from pipeline.guide import Guide
from pipeline.rules import Rules
from pipeline.template.cells import count_lines, holds, put, row_height
from pipeline.template.formulas import BAND_ROW, EXAMPLE_ROW, HEADER_ROW, TITLE_ROW, Lists
from pipeline.template.hints import comment_on
from pipeline.template.looks import Looks, band_starts, frozen_columns

LEAST_TITLE, LEAST_SIDE = 50, 30  # widths of the two blocks of row 1
SIGNED = ("unit_info", "declarations")  # printed as the signed report: without the signs meant for the screen


@dataclass(frozen=True)
class Draft:
    """A form being written: the workbook and what all its sheets share.

    side: what stands right of each title (version, period, unit): a text, or a formula that repeats the unit's name as
        soon as it is typed, with what it shows until then.
    """

    book: Workbook
    rules: Rules
    guide: Guide
    looks: Looks
    lists: Lists
    side: str
    side_shows: str
    prefilled: bool


def marked_title(column: Column) -> str:
    """The title of a column with the mark for required (*) or sometimes required (°)."""
    return column.title + ("*" if column.required else "°" if column.required_when else "")


def write_title(draft: Draft, page: Worksheet, sheet: Sheet, widths: Sequence[float]) -> None:
    """Write row 1: title, intro and signs on the left; version, period and unit on the right."""
    split, end = _blocks(sheet, widths)
    look, intro = draft.looks.fixed, (draft.guide.prefilled if draft.prefilled else "") + sheet.intro
    signs = [] if sheet.key in SIGNED else _signs(look)
    lines = count_lines(intro, sum(widths[:split])) + bool(signs)
    page.set_row(TITLE_ROW, max(26 + 14 * lines, 46), look["locked"])
    _block(page, 0, split - 1, look["left"])
    page.write_rich_string(TITLE_ROW, 0, look["title"], sheet.title, look["intro"], f"\n{intro}", *signs, look["left"])
    _block(page, split, end - 1, look["right"])
    write_side(draft, page, split)


def write_side(draft: Draft, page: Worksheet, column: int) -> None:
    """Write version, period and unit into row 1, from `column` on."""
    look = draft.looks.fixed["right"]
    if draft.side.startswith("="):
        page.write_formula(TITLE_ROW, column, draft.side, look, draft.side_shows)
    else:
        page.write_string(TITLE_ROW, column, draft.side, look)


def _blocks(sheet: Sheet, widths: Sequence[float]) -> tuple[int, int]:
    """The ends (exclusive) of the two blocks: on a sheet in bands the title stays in view with the first columns."""
    if any(column.band for column in sheet.columns):
        split = frozen_columns(sheet)
        return split, _reach(widths, split, LEAST_SIDE, len(widths))
    return _reach(widths, 0, LEAST_TITLE, len(widths) - 1), len(widths)


def _reach(widths: Sequence[float], start: int, least: float, most: int) -> int:
    """The end (exclusive) of the fewest columns from `start` that are `least` wide together; `most` at most."""
    reached = [end for end, total in enumerate(accumulate(widths[start:]), start + 1) if total >= least]
    return min([*reached, most])


def _signs(look: Mapping[str, Format]) -> list[Format | str]:
    """What the marks and colours mean, as parts of a rich string."""
    small = look["small"]
    marks = [small, "\n* 必填　° 有条件必填　", look["yellow"], "■", small, "漏填　"]
    return [*marks, look["orange"], "■", small, "矛盾"]


def _block(page: Worksheet, first: int, last: int, look: Format) -> None:
    if first < last:
        page.merge_range(TITLE_ROW, first, TITLE_ROW, last, "", look)


def write_header(draft: Draft, page: Worksheet, sheet: Sheet) -> None:
    """Write row 2, the bands (a thin rule where there are none), and row 3, the titles, each with a comment."""
    banded = any(column.band for column in sheet.columns)
    page.set_row(BAND_ROW, 20 if banded else 5, draft.looks.fixed["locked"] if banded else draft.looks.bands[0][0])
    page.set_row(HEADER_ROW, 34, draft.looks.fixed["locked"])
    starts = band_starts(sheet)
    for index, column in enumerate(sheet.columns):
        number = sum(start <= index for start in starts) - 1
        dark, pale = draft.looks.bands[number % len(draft.looks.bands)]
        if banded:
            page.write(BAND_ROW, index, column.band if index in starts else None, dark)
        page.write_string(HEADER_ROW, index, marked_title(column), pale)
        _comment(page, index, comment_on(sheet, column, draft.guide.contradictions))


def _comment(page: Worksheet, index: int, text: str) -> None:
    lines = sum(ceil(len(line) / 18) for line in text.split("\n"))
    size = {"width": 270, "height": 60 if lines <= 3 else 120 if lines <= 6 else 180}
    page.write_comment(HEADER_ROW, index, text, {"font_name": "宋体", "font_size": 10, **size})


def write_example(draft: Draft, page: Worksheet, sheet: Sheet) -> None:
    """Write row 4, the example: the mark in its first cell, then each column's own, blank where this entry needs none."""
    first, *others = sheet.columns
    typed = {column.key: _typed(column) for column in others}
    needless = [c.key for c in others if c.required_when and not all(holds(typed, test) for test in c.required_when)]
    shown = {first.key: draft.rules.form.example_mark, **typed, **dict.fromkeys(needless, "")}
    page.set_row(EXAMPLE_ROW, row_height(sheet.columns, shown), draft.looks.fixed["locked"])
    for index, column in enumerate(sheet.columns):
        put(page, EXAMPLE_ROW, index, shown[column.key], draft.looks, "example", column.type)


def _typed(column: Column) -> object:
    """The example of a column as a value of its type."""
    if column.example and column.type == "date":
        return date.fromisoformat(column.example)
    return int(column.example) if column.example and column.type == "count" else column.example
