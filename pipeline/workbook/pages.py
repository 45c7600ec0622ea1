"""Pages of a workbook: key figures, small tables and paragraphs, one below the other on a common grid."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets import GRID, Column, Figure, KeyFigures, PageSheet, Part, TablePart, TextPart, Tone
from pipeline.workbook.cells import Cells, clean_text, count_lines, text_width, to_cells
from pipeline.workbook.styles import (
    CARD_FILL,
    CELL_MARGIN,
    HEADING,
    LINE_HEIGHT,
    NUMBER_FORMATS,
    PAGE_ROOM,
    QUIET,
    RULE,
    SMALLEST_SCALE,
    TONE_LOOKS,
    add_bars,
    cell_style,
    header_style,
    note_style,
    put,
    put_header,
    set_print,
    style,
    title_style,
)

WHOLE = (0, GRID - 1)


@dataclass(eq=False)
class _Page:
    """A worksheet that grows row by row; `step` is the room of one column of the grid, in characters."""

    book: Workbook
    place: Worksheet
    step: float
    heights: list[float] = field(default_factory=list)

    def add_row(self, height: float) -> int:
        """The number of a new row below the others, counted from 0."""
        row = len(self.heights)
        self.place.set_row(row, height)
        self.heights.append(height)
        return row

    def height_of(self, text: str, span: int = GRID) -> float:
        """The height of a text over `span` columns of the grid."""
        return LINE_HEIGHT * count_lines(text, span * self.step) + 5


def render_page(book: Workbook, place: Worksheet, sheet: PageSheet, title: str) -> None:
    """Writes the parts of a page into an empty worksheet."""
    room = PAGE_ROOM[sheet.paper, sheet.landscape]
    page = _Page(book, place, step=room.width / GRID)
    place.set_column(0, GRID - 1, page.step - CELL_MARGIN)
    put(place, page.add_row(30), WHOLE, sheet.title or sheet.name, title_style(book))
    _put_note(page, sheet.note)
    for part in sheet.parts:
        page.add_row(9)
        _put_part(page, part)
    place.fit_to_pages(1, int(sum(page.heights) < room.height / SMALLEST_SCALE))
    set_print(place, sheet.paper, sheet.landscape, title)


def share_grid(widths: Sequence[float], total: int = GRID) -> list[int]:
    """The grid columns each table column gets: in proportion, at least one, `total` in all."""
    wanted = [width / sum(widths) * total for width in widths]
    counts = [1] * len(widths)
    for _ in range(total - len(widths)):
        neediest = max(range(len(widths)), key=lambda at: wanted[at] - counts[at])
        counts[neediest] += 1
    return counts


def _put_part(page: _Page, part: Part) -> None:
    if part.title:
        look = style(page.book, font_size=12, bold=True, font_color=HEADING, bottom=2, bottom_color=RULE)
        put(page.place, page.add_row(24), WHOLE, part.title, look)
    match part:
        case KeyFigures():
            _put_figures(page, part.figures)
        case TablePart():
            _put_table(page, part)
        case TextPart():
            _put_texts(page, part.lines)


def _put_note(page: _Page, note: str) -> None:
    if note:
        put(page.place, page.add_row(page.height_of(note)), WHOLE, note, note_style(page.book, wrap=True))


def _put_texts(page: _Page, lines: tuple[str, ...]) -> None:
    look = style(page.book, text_wrap=True)
    for line in lines:
        put(page.place, page.add_row(page.height_of(line)), WHOLE, line, look)


def _put_figures(page: _Page, figures: tuple[Figure, ...]) -> None:
    """Cards of label, value and remark, side by side."""
    per_line = 6 if len(figures) in (5, 6) else 4
    span = GRID // per_line
    for start in range(0, len(figures), per_line):
        line = figures[start : start + per_line]
        remarks = max(page.height_of(figure.note, span) for figure in line)
        rows = [page.add_row(height) for height in (22, 32, remarks)]
        for at, figure in enumerate(line):
            _put_card(page, rows, (at * span, (at + 1) * span - 1), figure)


def _put_card(page: _Page, rows: list[int], columns: tuple[int, int], figure: Figure) -> None:
    colour = TONE_LOOKS[figure.tone]["font_color"] if figure.tone else HEADING
    base = {"bg_color": CARD_FILL, "indent": 1, "align": "left"}
    quiet = {**base, "font_size": 9, "font_color": QUIET}
    number = NUMBER_FORMATS[figure.kind]
    looks = (
        style(page.book, **quiet, valign="bottom"),
        style(page.book, **base, font_size=20, bold=True, font_color=colour, num_format=number),
        style(page.book, **quiet, valign="top", text_wrap=True),
    )
    for row, value, look in zip(rows, (figure.label, figure.value, figure.note), looks, strict=True):
        put(page.place, row, columns, value, look)


def _put_table(page: _Page, part: TablePart) -> None:
    cells = [to_cells(column.kind, part.rows.iloc[:, at]) for at, column in enumerate(part.columns)]
    widths = [column.width or _natural_width(column, own) for column, own in zip(part.columns, cells, strict=True)]
    spans = share_grid(widths)
    _put_note(page, " ".join(filter(None, (part.note, part.empty if part.rows.empty else ""))))
    titles = (count_lines(c.title, span * page.step + 1) for c, span in zip(part.columns, spans, strict=True))
    header = page.add_row(LINE_HEIGHT * max(titles) + 9)
    lines = np.max([own.lines(span * page.step) for own, span in zip(cells, spans, strict=True)], axis=0)
    for count in lines.tolist():
        page.add_row(LINE_HEIGHT * count + 5)
    first = 0
    for column, own, span in zip(part.columns, cells, spans, strict=True):
        _put_column(page, header, (first, first + span - 1), column, own)
        first += span


def _put_column(page: _Page, header: int, columns: tuple[int, int], column: Column, cells: Cells) -> None:
    put_header(page.place, header, columns, column, header_style(page.book, column.entry))
    looks = _looks(page.book, column)
    for row, value in enumerate(cells.values(), header + 1):
        tone = (column.words or {}).get(value) if isinstance(value, str) else None
        put(page.place, row, columns, value, looks[tone])
    if column.bar and len(cells.codes):
        add_bars(page.place, (header + 1, columns[0], header + len(cells.codes), columns[1]), column.kind)


def _looks(book: Workbook, column: Column) -> dict[Tone | None, Format]:
    """The format of the column's cells, plain and in each tone."""
    plain: dict[Tone | None, Format] = {None: cell_style(book, column, text_wrap=True)}
    return plain | {tone: cell_style(book, column, text_wrap=True, **look) for tone, look in TONE_LOOKS.items()}


def _natural_width(column: Column, cells: Cells) -> float:
    texts = (clean_text(column.title), *cells.distinct)
    return min(max(map(text_width, texts)), 40) + 2
