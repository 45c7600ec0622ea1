"""A table sheet -> a worksheet: head, rows, colours, view and print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from pipeline.sheets import HEADER_ROW, Column, TableSheet, Tone
from pipeline.workbook.cells import MOST_AS_TEXT, Cells, text_width, to_cells
from pipeline.workbook.places import ROW, Places, internal, resolve
from pipeline.workbook.rows import TableWorksheet, Value
from pipeline.workbook.styles import (
    CELL_MARGIN,
    LINE_HEIGHT,
    LINK,
    PAGE_ROOM,
    ROW_HEIGHT,
    SMALLEST_SCALE,
    SPARK_LOOK,
    add_bars,
    band_style,
    cell_style,
    header_style,
    note_style,
    put,
    put_header,
    set_print,
    style,
    title_style,
    tone_styles,
)

# Rows below the header of a protected sheet that have drop-downs and lines.
ENTRY_ROWS = 2_000
# A cell grows to this many lines; the rest is read in the formula bar.
MOST_LINES = 12
NARROWEST, WIDEST = 8, 48
TITLE_HEIGHT, BAND_HEIGHT, GAP_HEIGHT, HEAD_HEIGHT = 28.0, 18.0, 6.0, 90.0


@dataclass(frozen=True, eq=False)
class Table:
    """A table sheet on its way into a worksheet: cells, widths and wrapping of its columns, heights of its rows."""

    book: Workbook
    place: TableWorksheet
    sheet: TableSheet
    cells: tuple[Cells, ...]
    widths: tuple[float, ...]
    wraps: tuple[bool, ...]
    heights: NDArray[np.float64]
    places: Places

    @property
    def last(self) -> int:
        """The last row that belongs to the table (a protected one has room to write in), counted from 0."""
        rows = max(len(self.sheet.rows), ENTRY_ROWS if self.sheet.protected else 1)
        return HEADER_ROW + rows - 1

    def area(self, first: int, last: int) -> tuple[int, int, int, int]:
        """The data rows of the columns from first to last."""
        return (HEADER_ROW, first, self.last, last)


def render_table(table: Table, title: str) -> None:
    """Writes the table into its worksheet; `title` is that of the workbook."""
    _write_titles(table)
    _write_header(table)
    _write_rows(table)
    _link(table)
    _draw_sparks(table)
    _colour(table)
    _set_view(table, title)


def lay_out(book: Workbook, place: TableWorksheet, sheet: TableSheet, places: Places) -> Table:
    """The table of a sheet, measured, on an empty worksheet."""
    cells = tuple(to_cells(column.kind, sheet.rows.iloc[:, at]) for at, column in enumerate(sheet.columns))
    natural = [column.width or _natural_width(column, own) for column, own in zip(sheet.columns, cells, strict=True)]
    widths = tuple(column.width or min(wide, WIDEST) for column, wide in zip(sheet.columns, natural, strict=True))
    wraps = tuple(
        column.wrap or wide > width for column, wide, width in zip(sheet.columns, natural, widths, strict=True)
    )
    heights = _row_heights(len(sheet.rows), [(c, w) for c, w, wrap in zip(cells, widths, wraps, strict=True) if wrap])
    return Table(book, place, sheet, cells, widths, wraps, heights, places)


def _row_heights(rows: int, wrapped: Sequence[tuple[Cells, float]]) -> NDArray[np.float64]:
    """The height of each row, as high as the wrapped cell with the most lines needs it."""
    lines = np.ones(rows, dtype=np.intp)
    for cells, width in wrapped:
        lines = np.maximum(lines, cells.lines(width))
    return ROW_HEIGHT + LINE_HEIGHT * (np.minimum(lines, MOST_LINES) - 1)


def _natural_width(column: Column, cells: Cells) -> float:
    """The width that shows the whole title (with its filter button) and every cell."""
    number = 0 if np.isnan(cells.numbers).all() else {"date": 12, "text": 0}.get(column.kind, 9)
    content = max(map(text_width, cells.distinct), default=0)
    return max(NARROWEST, text_width(column.title) + 4, 1.05 * content + 3, number)


def _write_titles(table: Table) -> None:
    """Title and note: rows 1 and 2, their cells locked like those of the whole head."""
    book, place, sheet = table.book, table.place, table.sheet
    note = " ".join(filter(None, (sheet.note, sheet.empty if sheet.rows.empty else "")))
    lines = ceil(text_width(note) / sum(table.widths)) or 1
    place.set_row(0, TITLE_HEIGHT, style(book))
    place.set_row(1, 3 + 13 * lines, style(book))
    put(place, 0, (0, 0), sheet.title or sheet.name, title_style(book))
    # A note runs on over the cells to its right; only one longer than the table has to be broken.
    put(place, 1, (0, len(sheet.columns) - 1 if lines > 1 else 0), note, note_style(book, wrap=lines > 1))


def _write_header(table: Table) -> None:
    """Bands (or a gap) and header: rows 3 and 4."""
    book, place, columns = table.book, table.place, table.sheet.columns
    banded = any(column.band for column in columns)
    # The filter button takes a part of the width.
    lines = max(ceil(text_width(c.title) / max(w - 3, 2)) for c, w in zip(columns, table.widths, strict=True))
    place.set_row(HEADER_ROW - 2, BAND_HEIGHT if banded else GAP_HEIGHT, style(book))
    place.set_row(HEADER_ROW - 1, 10 + LINE_HEIGHT * lines, style(book))
    for band, members in groupby(range(len(columns)), key=lambda at: columns[at].band):
        first, *others = members
        if band:
            put(place, HEADER_ROW - 2, (first, others[-1] if others else first), band, band_style(book))
    looks = {entry: header_style(book, entry) for entry in (False, True)}
    for at, column in enumerate(columns):
        put_header(place, HEADER_ROW - 1, (at, at), column, looks[column.entry])


def _write_rows(table: Table) -> None:
    """Hands the columns with their looks to the worksheet."""
    looks = [_look(table, at) for at in range(len(table.cells))]
    for at, width in enumerate(table.widths):
        # The format of a whole column is that of the rows to come.
        to_come = _look(table, at, locked=False, border=0) if table.sheet.protected else None
        table.place.set_column(at, at, width, to_come)
    fixed = not table.sheet.protected
    if fixed:
        table.place.set_default_row(ROW_HEIGHT)
    columns = [(*_live(table, at), look) for at, look in enumerate(looks)]
    table.place.set_table(
        HEADER_ROW, [(plain, look, live) for plain, live, look in columns], table.heights, fixed=fixed
    )


def _live(table: Table, at: int) -> tuple[Cells, dict[int, tuple[str, Value]]]:
    """The cells of a column without a formula, and by row formula and value of the others."""
    column = table.sheet.columns[at]
    if column.spark:
        return to_cells("text", pd.Series("", index=table.sheet.rows.index)), {}
    formulas = table.sheet.formulas.get(column.title)
    if formulas is None:
        return table.cells[at], {}
    live = formulas.ne("").to_numpy()
    own = table.places[table.sheet.name]
    written = {text: resolve(text, table.places, own) for text in formulas.unique()}
    told = zip(np.flatnonzero(live).tolist(), formulas[live], strict=True)
    values = table.cells[at].values()
    return table.cells[at].without(live), {
        row: (written[text].replace(ROW, str(HEADER_ROW + 1 + row)), values[row]) for row, text in told
    }


def _link(table: Table) -> None:
    """Makes cells lead to other places of the workbook, their texts staying what they are."""
    titles = [column.title for column in table.sheet.columns]
    for title, links in table.sheet.links.items():
        told = [(row, text) for row, text in enumerate(links.tolist()) if text]
        for row, text in told:
            table.place.add_link(HEADER_ROW + row, titles.index(title), internal(text, table.places))


def _draw_sparks(table: Table) -> None:
    for at, column in enumerate(table.sheet.columns):
        if column.spark:
            texts = table.sheet.rows.iloc[:, at].fillna("").tolist()
            ranges = {HEADER_ROW + row: resolve(text, table.places) for row, text in enumerate(texts) if text}
            if ranges:
                cells = [xl_rowcol_to_cell(row, at) for row in ranges]
                look = {"location": cells, "range": list(ranges.values()), **SPARK_LOOK}
                table.place.add_sparkline(min(ranges), at, look)


def _look(table: Table, at: int, **more: Any) -> Format:
    """The format of a column's cells, locked unless the office fills it in."""
    column, cells = table.sheet.columns[at], table.cells[at]
    if column.linked:
        more = {"font_color": LINK, "underline": 1, **more}
    as_text = {"num_format": "General"} if column.kind == "text" and cells.longest > MOST_AS_TEXT else {}
    return cell_style(table.book, column, text_wrap=table.wraps[at], **{"locked": not column.entry, **as_text, **more})


def _colour(table: Table) -> None:
    """Result words in their tones, neighbours with the same words as one area; data bars."""
    looks = tone_styles(table.book)
    columns = table.sheet.columns
    for words, places in groupby(range(len(columns)), key=lambda at: columns[at].words):
        if words:
            _colour_words(table, list(places), words, looks)
    for at, column in enumerate(columns):
        if column.bar:
            add_bars(table.place, table.area(at, at), column.kind)


def _colour_words(table: Table, places: list[int], words: Mapping[str, Tone], looks: Mapping[Tone, Format]) -> None:
    possible = {word for at in places for word in (*table.cells[at].distinct, *table.sheet.columns[at].choices)}
    for word, tone in words.items():
        if word in possible:
            quoted = word.replace('"', '""')
            rule = {"type": "cell", "criteria": "==", "value": f'"{quoted}"', "format": looks[tone]}
            table.place.conditional_format(*table.area(places[0], places[-1]), rule)


def _set_view(table: Table, title: str) -> None:
    """What stays in view, the filter, and how it prints."""
    place, sheet = table.place, table.sheet
    end = len(sheet.columns) - 1
    place.freeze_panes(HEADER_ROW, sheet.freeze)
    place.autofilter(HEADER_ROW - 1, 0, table.last, end)
    # Codes and telephone numbers are texts on purpose: no green corners.
    place.ignore_errors({"number_stored_as_text": xl_range(*table.area(0, end))})
    place.repeat_rows(HEADER_ROW - 2, HEADER_ROW - 1)
    across, down = _fit_pages(table)
    place.fit_to_pages(across, down)
    # Only where it takes several pages: LibreOffice opens a workbook with repeated columns on every sheet four times as slowly.
    if sheet.freeze and across > 1:
        place.repeat_columns(0, sheet.freeze - 1)
    set_print(place, sheet.paper, sheet.landscape, title)
    if sheet.hidden:
        place.hide()


def _fit_pages(table: Table) -> tuple[int, int]:
    """The pages across and down (0: as many as it takes) that keep the print readable.

    A wide list goes over several pages with the frozen columns on each; a list a little too long is made to fit one.
    """
    room = PAGE_ROOM[table.sheet.paper, table.sheet.landscape]
    widths = [width + CELL_MARGIN for width in table.widths]
    repeated, most = sum(widths[: table.sheet.freeze]), room.width / SMALLEST_SCALE
    across = ceil((sum(widths) - repeated) / max(most - repeated, most / 2))
    height = HEAD_HEIGHT + float(table.heights.sum())
    return max(1, across), int(height <= room.height / SMALLEST_SCALE)
