"""How the form looks: formats and colours, what protection leaves open, paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.form import Column, Kind, Sheet
from pipeline.guide import Guide

FONT = {"font_name": "宋体", "font_size": 11, "font_scheme": "none"}
LINE, INK, GREY = "#A6B1BD", "#1F3A5F", "#6B7280"
YELLOW, ORANGE = "#FFF2A8", "#FFB66B"
CARRIED = "#E8F3FB"  # what a prefilled form already holds

# Bands in turn: dark for the band's title, pale for the headers under it. No yellow or orange, they mean something.
BANDS = (
    ("#1F4E78", "#DDEBF7"),
    ("#5B4B8A", "#E6E1F0"),
    ("#2E7D4F", "#E1F0E4"),
    ("#1F7A8C", "#DAEEF3"),
    ("#6B5B4B", "#EFEAE2"),
    ("#8C3A4F", "#F5E0E5"),
    ("#455A64", "#E3E9EC"),
)

# How the cells of a type are shown; every other type is text, so that codes and numbers of letters stay as typed.
SHOWN: Mapping[str, dict[str, Any]] = {
    "choice": {"num_format": "@", "align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "count": {"num_format": "General", "align": "center"},
}
TEXT = {"num_format": "@", "align": "left", "indent": 1}
BOXED = {"border": 1, "border_color": LINE}
WRAPPED = {"text_wrap": True, "valign": "vcenter"}
RULED = {"bottom": 1, "bottom_color": "#D9DEE4"}
LABEL = {**WRAPPED, **RULED, "bold": True, "align": "left", "indent": 1}

# Cells for entries (open: a whole column; boxed: a cell of a printed table; field: beside its label; each also carried
# over from the period before) and for examples.
CELLS: Mapping[str, dict[str, Any]] = {
    "open": {"locked": False},
    "carried": {"locked": False, "bg_color": CARRIED},
    "boxed": {"locked": False, **BOXED},
    "carried boxed": {"locked": False, "bg_color": CARRIED, **BOXED},
    "field": {"locked": False, "align": "left", "indent": 1, **BOXED},
    "carried field": {"locked": False, "bg_color": CARRIED, "align": "left", "indent": 1, **BOXED},
    "example": {"italic": True, "font_color": GREY, "bg_color": "#EEF0F2", **BOXED},
}

FIXED: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "small": {"font_size": 9, "font_color": GREY},
    "intro": {"font_size": 10, "font_color": "#333333"},
    "yellow": {"font_size": 11, "font_color": "#E3C200"},
    "orange": {"font_size": 11, "font_color": "#F08A24"},
    "left": {**WRAPPED, "align": "left"},
    "right": {**WRAPPED, "align": "right", "font_size": 9, "font_color": GREY},
    "header": {**WRAPPED, **BOXED, "bold": True, "align": "center", "font_color": INK, "bg_color": BANDS[0][1]},
    "label": {**WRAPPED, **BOXED, "bold": True, "align": "left", "indent": 1, "font_color": INK, "bg_color": "#F3F6FA"},
    "note": {**WRAPPED, **BOXED, "align": "left", "indent": 1, "font_size": 10, "font_color": GREY},
    "number": {**BOXED, "align": "center", "valign": "vcenter", "num_format": "@", "font_size": 18, "font_color": INK},
    "printed": {**WRAPPED, **BOXED, "align": "left", "indent": 1},
    "answer": {**WRAPPED, **BOXED, "align": "center", "bold": True, "font_color": "#2E7D4F"},
    "total": {**WRAPPED, **BOXED, "bold": True, "font_size": 14, "align": "left", "indent": 1},
    "count": {**BOXED, "align": "center", "valign": "vcenter", "font_size": 12},
    "verdict": {**WRAPPED, **BOXED, "align": "left", "indent": 1},
    "unlocked": {"locked": False},
    "locked": {"valign": "vcenter"},
    "g_title": {"bold": True, "font_size": 18, "font_color": INK, "align": "center", "valign": "vcenter"},
    "g_lead": {**WRAPPED, "font_color": GREY, "align": "center"},
    "g_now": {**LABEL, "font_color": "#8C3A4F", "bg_color": "#F5E0E5"},
    "g_section": {"bold": True, "font_size": 12, "font_color": "#FFFFFF", "bg_color": BANDS[0][0], "valign": "vcenter"},
    "g_line": {**LABEL, "font_color": INK},
    "g_right": {**LABEL, "font_color": "#2E7D4F"},
    "g_wrong": {**LABEL, "font_color": "#B3261E"},
    "g_text": {**WRAPPED, **RULED, "align": "left"},
}

# Conditional formats carry what differs only.
SIGNALS: Mapping[str, dict[str, Any]] = {
    "missing": {"bg_color": YELLOW, **BOXED},
    "contradiction": {"bg_color": ORANGE, **BOXED},
    "in_use": BOXED,
    "good": {"bg_color": "#D5F0DC", "font_color": "#1E6B3A"},
    "bad": {"bg_color": "#FADBD8", "font_color": "#B3261E"},
}

PROTECTED = {
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}

LAST_COLUMN = 16_383  # of a sheet in Excel
A3, A4 = 8, 9
# Pixels across a page on its side at 100 %, less a tenth, since fonts differ a little from machine to machine.
ACROSS = {A4: 900, A3: 1310}
SMALLEST = 0.65  # below this scale a page is hard to read


class FormPage(Worksheet):
    """A worksheet with three things xlsxwriter has no option for.

    Row heights are where Excel starts from, not fixed: a row still grows with what is typed into it. And on a list the
    last column format goes on to Excel's last column: a row of a protected sheet can be deleted only if all of it is
    unlocked, and `set_column` as far as that takes seconds. Formulas are not searched for the names of newer functions,
    which the form does not use: that took a fifth of the time.
    """

    is_list = False

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        super()._xml_start_tag_unencoded(tag, [entry for entry in attributes if entry[0] != "customHeight"])

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def _write_col_info(self, col_min: int, col_max: int, col_info: Any) -> None:
        last = LAST_COLUMN if self.is_list and col_max == max(self.col_info) else col_max
        super()._write_col_info(col_min, last, col_info)


@dataclass(frozen=True)
class Looks:
    """The formats of one workbook."""

    fixed: Mapping[str, Format]
    cells: Mapping[tuple[str, str, bool], Format]
    signals: Mapping[str, Format]
    bands: tuple[tuple[Format, Format], ...]

    def cell(self, place: str, kind: Kind, quoted: bool = False) -> Format:
        """The format of a cell; `quoted` for a text where a number or date is due: it never turns into a formula."""
        return self.cells[place, kind if kind in SHOWN else "text", quoted]


def make_looks(book: Workbook) -> Looks:
    """The formats of a new workbook."""
    kinds: dict[str, dict[str, Any]] = {**SHOWN, "text": TEXT}
    cells = {
        (place, kind, quoted): book.add_format({**WRAPPED, **shown, **base, "quote_prefix": quoted})
        for place, base in CELLS.items()
        for kind, shown in kinds.items()
        for quoted in (False, True)
    }
    bands = tuple(
        (book.add_format(_band(dark)), book.add_format({**FIXED["header"], "bg_color": pale})) for dark, pale in BANDS
    )
    fixed = {name: book.add_format(dict(properties)) for name, properties in FIXED.items()}
    return Looks(fixed, cells, {name: book.add_format(dict(look)) for name, look in SIGNALS.items()}, bands)


def _band(dark: str) -> dict[str, Any]:
    return {"bold": True, "font_color": "#FFFFFF", "bg_color": dark, "align": "left", "valign": "vcenter", "indent": 1}


def band_starts(sheet: Sheet) -> list[int]:
    """The columns (zero-based) with which a band of the sheet begins."""
    bands = [column.band for column in sheet.columns]
    return [index for index, band in enumerate(bands) if index == 0 or band != bands[index - 1]]


def frozen_columns(sheet: Sheet) -> int:
    """How many first columns stay in view: up to the one that names the row."""
    return next((index + 1 for index, column in enumerate(sheet.columns) if column.required), 1)


# Paper.


def set_guide_paper(page: Worksheet) -> None:
    """The page of 填写说明: one A4 page upright."""
    page.set_paper(A4)
    page.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.5)
    page.center_horizontally()
    page.fit_to_pages(1, 1)


def set_list_paper(page: Worksheet, sheet: Sheet) -> None:
    """The page of a wide list: A4 or A3 landscape on one page across, or A3 in bands with the name repeated."""
    widths = [_pixels(column) for column in sheet.columns]
    page.set_landscape()
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
    page.repeat_rows(1, 2)
    page.set_header("&L&A&R&P / &N")
    page.set_paper(A4 if sum(widths) * SMALLEST <= ACROSS[A4] else A3)
    if sum(widths) * SMALLEST <= ACROSS[A3]:
        page.fit_to_pages(1, 0)
        return
    page.set_print_scale(round(SMALLEST * 100))
    page.repeat_columns(0, frozen_columns(sheet) - 1)
    page.print_across()
    page.set_v_pagebreaks(page_starts(widths, band_starts(sheet), frozen_columns(sheet)))


def page_starts(widths: Sequence[float], bands: Sequence[int], frozen: int) -> list[int]:
    """The columns with which a new page begins: no band is cut, the first `frozen` columns fit on every page."""
    room, starts, page = ACROSS[A3] / SMALLEST, [], 0
    for start, end in zip(bands, [*bands[1:], len(widths)], strict=True):
        repeated = sum(widths[:frozen]) if page else 0
        if start > page and repeated + sum(widths[page:end]) > room:
            starts.append(start)
            page = start
    return starts


def set_signed_paper(page: Worksheet, title: str, guide: Guide, landscape: bool) -> None:
    """The page of a sheet that is printed, signed and stamped: A4, its title above, the signature lines below.

    Title and signature stand in the page's header and footer, never in cells: no reader takes them for entries.
    """
    page.set_paper(A4)
    if landscape:
        page.set_landscape()
    page.set_margins(left=0.5, right=0.5, top=1.0, bottom=1.5)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.set_header(f'&C&"黑体,常规"&16{_plain(title)}', {"margin": 0.45})
    parts = [f'&{at}&"宋体,常规"&12{_plain(text)}' for at, text in zip("LCR", guide.signature, strict=False)]
    page.set_footer("".join(parts), {"margin": 0.9})


def _plain(text: str) -> str:
    """A text for a page header: a lone & would start a code."""
    return text.replace("&", "&&")


def _pixels(column: Column) -> float:
    return column.width * 8 + 5
