"""Pages of a workbook: key figures, small tables and paragraphs, one below the other on a common grid."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.sheets import (
    GRID,
    ChartsPart,
    Column,
    Figure,
    KeyFigures,
    LinksPart,
    PageBreak,
    PageSheet,
    Part,
    TablePart,
    TextPart,
    Tone,
)
from pipeline.workbook.cells import Cells, clean_text, count_lines, text_width, to_cells
from pipeline.workbook.charts import make_chart
from pipeline.workbook.places import ROW, Places, Span, internal, place_columns, resolve
from pipeline.workbook.rows import TableWorksheet
from pipeline.workbook.styles import (
    CARD_FILL,
    CELL_MARGIN,
    ENTRY_FILL,
    HEADING,
    LINE,
    LINE_HEIGHT,
    LINK,
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
    """A worksheet that grows row by row; `step` is the room of one column of the grid, in characters.

    places: where tables stand, those of this page by their titles as they come. charts: put in at the end, when all of them stand.
    """

    book: Workbook
    place: TableWorksheet
    name: str
    step: float
    places: dict[str, Span]
    heights: list[float] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    charts: list[tuple[int, ChartsPart]] = field(default_factory=list)

    def add_row(self, height: float) -> int:
        """The number of a new row below the others, counted from 0."""
        row = len(self.heights)
        self.place.set_row(row, height)
        self.heights.append(height)
        return row

    def height_of(self, text: str, span: int = GRID) -> float:
        """The height of a text over `span` columns of the grid."""
        return LINE_HEIGHT * count_lines(text, span * self.step) + 5


def render_page(book: Workbook, place: TableWorksheet, sheet: PageSheet, title: str, places: Places) -> None:
    """Writes the parts of a page into an empty worksheet."""
    scale = sheet.scale or 1
    room = PAGE_ROOM[sheet.paper, sheet.landscape]
    page = _Page(book, place, sheet.name, room.width / scale / GRID, dict(places))
    place.set_column(0, GRID - 1, page.step - CELL_MARGIN)
    put(place, page.add_row(30), WHOLE, sheet.title or sheet.name, title_style(book))
    _put_note(page, sheet.note)
    for part in sheet.parts:
        if isinstance(part, PageBreak):
            page.breaks.append(len(page.heights))
        else:
            page.add_row(9)
        _put_part(page, part)
    for row, part in page.charts:
        _insert_charts(page, row, part)
    one_page = not page.breaks and sum(page.heights) < room.height / SMALLEST_SCALE
    place.fit_to_pages(1, int(one_page))
    if page.breaks:
        place.print_in_parts([0, *page.breaks, len(page.heights)], GRID - 1)
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
        case LinksPart():
            _put_links(page, part.links)
        case ChartsPart():
            page.charts.append((page.add_row(part.height), part))


def _put_note(page: _Page, note: str) -> None:
    if note:
        put(page.place, page.add_row(page.height_of(note)), WHOLE, note, note_style(page.book, wrap=True))


def _put_texts(page: _Page, lines: tuple[str, ...]) -> None:
    look = style(page.book, text_wrap=True)
    for line in lines:
        put(page.place, page.add_row(page.height_of(line)), WHOLE, line, look)


def _put_links(page: _Page, links: tuple[tuple[str, str], ...]) -> None:
    span = GRID // 6
    look = style(
        page.book, font_color=LINK, underline=1, border=1, border_color=LINE, align="center", bg_color=CARD_FILL
    )
    for start in range(0, len(links), 6):
        row = page.add_row(20)
        for at, (text, place) in enumerate(links[start : start + 6]):
            put(page.place, row, (at * span, (at + 1) * span - 1), text, look)
            page.place.add_link(row, at * span, internal(place, page.places))


def _insert_charts(page: _Page, row: int, part: ChartsPart) -> None:
    """Puts the charts of a part side by side into its row."""
    span = GRID // len(part.charts)
    width = page.place._size_col(0) * span  # in pixels, as the columns are shown
    for at, chart in enumerate(part.charts):
        made = make_chart(page.book, chart, page.places)
        made.set_size({"width": width - 8, "height": part.height * 4 / 3 - 6})
        page.place.insert_chart(row, at * span, made, {"x_offset": 3, "y_offset": 3, "object_position": 1})


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
    if figure.formula:
        _put_formula(page, rows[1], columns[0], resolve(figure.formula, page.places), figure.value, looks[1])
    if figure.link:
        page.place.add_link(rows[0], columns[0], internal(figure.link, page.places))


def _put_formula(page: _Page, row: int, column: int, formula: str, value: object, look: Format) -> None:
    stored = value if isinstance(value, str | int | float) and value == value else ""
    page.place.write_formula(row, column, "=" + formula.replace(ROW, str(row + 1)), look, stored)


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
    firsts = [sum(spans[:at]) for at in range(len(spans))]
    own_place = place_columns(page.name, part.columns, firsts, header + 2, len(part.rows))
    if part.title:
        page.places[part.title] = own_place
    for column, own, first, span in zip(part.columns, cells, firsts, spans, strict=True):
        _put_column(page, header, (first, first + span - 1), column, own)
        _make_live(page, (header + 1, first), column, own, part, own_place)


def _make_live(
    page: _Page, corner: tuple[int, int], column: Column, cells: Cells, part: TablePart, own_place: Span
) -> None:
    """Gives the cells of a column their formulas, links and names; `corner` is the first of them."""
    row, at = corner
    look = _looks(page.book, column)[None]
    values = cells.values()
    for place, formula in enumerate(part.formulas.get(column.title, ())):
        if formula:
            _put_formula(page, row + place, at, resolve(formula, page.places, own_place), values[place], look)
    for place, link in enumerate(part.links.get(column.title, ())):
        if link:
            page.place.add_link(row + place, at, internal(link, page.places))
    for place, name in enumerate(column.names):
        if name:
            sheet = page.name.replace("'", "''")
            page.book.define_name(name, f"='{sheet}'!{xl_rowcol_to_cell(row + place, at, True, True)}")


def _put_column(page: _Page, header: int, columns: tuple[int, int], column: Column, cells: Cells) -> None:
    put_header(page.place, header, columns, column, header_style(page.book, column.entry))
    looks = _looks(page.book, column)
    named = cell_style(page.book, column, text_wrap=True, bg_color=ENTRY_FILL)
    for place, value in enumerate(cells.values()):
        tone = (column.words or {}).get(value) if isinstance(value, str) else None
        look = named if any(column.names[place : place + 1]) else looks[tone]
        put(page.place, header + 1 + place, columns, value, look)
    if column.bar and len(cells.codes):
        add_bars(page.place, (header + 1, columns[0], header + len(cells.codes), columns[1]), column.kind)


def _looks(book: Workbook, column: Column) -> dict[Tone | None, Format]:
    """The format of the column's cells, plain and in each tone."""
    more = {"font_color": LINK, "underline": 1} if column.linked else {}
    plain: dict[Tone | None, Format] = {None: cell_style(book, column, text_wrap=True, **more)}
    return plain | {tone: cell_style(book, column, text_wrap=True, **look) for tone, look in TONE_LOOKS.items()}


def _natural_width(column: Column, cells: Cells) -> float:
    texts = (clean_text(column.title), *cells.distinct)
    return min(max(map(text_width, texts)), 40) + 2
