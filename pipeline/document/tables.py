"""The blocks of a briefing as WordprocessingML: headings, paragraphs, tables, charts."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from unicodedata import east_asian_width
from xml.sax.saxutils import quoteattr

from pipeline.document.blocks import AnnexTitle, Block, Chart, ChartRow, Heading, Paragraph, TableBlock
from pipeline.document.wordml import CELL_END, R, Setting, cell_start, frame, lines, paragraph, row, run, run_start
from pipeline.passages import Figure, Passage

HEADINGS = {1: "简报一级标题", 2: "简报二级标题"}
# English metric units, in which Word measures pictures.
MILLIMETRE, TWIP = 36000, 635
# Between two charts side by side, in twips.
GUTTER = 113


def set_block(block: Block, setting: Setting) -> list[str]:
    """The paragraphs and tables of a block; the last one is always a paragraph."""
    match block:
        case Heading(level, text):
            return [setting.line(HEADINGS[level], text)]
        case Paragraph(said, lead):
            opening = run(lead, setting.styles["简报段首"]) if lead else ""
            return [paragraph(setting.styles["简报正文"], opening, setting.runs(said))]
        case AnnexTitle(number, title):
            marks = setting.line("简报附件", setting.layout.words.annex.format(number=number))
            return [marks, setting.line("简报附件标题", title)]
        case TableBlock():
            return _set_table(block, setting)
        case Chart():
            return _set_chart(block, setting.width, setting)
        case ChartRow(charts):
            return _set_charts(charts, setting)


# --- charts


def _set_chart(chart: Chart, width: int, setting: Setting) -> list[str]:
    """The chart on a line of its own, and its title below."""
    placed = setting.charts[chart]
    title = setting.layout.words.chart.format(number=placed.number, title=chart.title)
    drawing = _drawing(chart, placed.link, placed.number, width, title)
    return [paragraph(setting.styles["简报图"], drawing), setting.line("简报图题", title)]


def _set_charts(charts: Sequence[Chart], setting: Setting) -> list[str]:
    """The charts in the cells of a table without rules, as high as the highest."""
    width = setting.width // len(charts)
    cells = [cell_start(width) + "".join(_set_chart(chart, width - GUTTER, setting)) + CELL_END for chart in charts]
    widths = [width] * len(charts)
    return [frame(setting.styles["简报图框"], widths, [row("".join(cells))]), setting.line("简报分隔", "")]


def _drawing(chart: Chart, link: str, number: int, width: int, title: str) -> str:
    """A run with the chart in it, as wide as told (in twips); the title is read out to those who cannot see it."""
    base = "http://schemas.openxmlformats.org/drawingml/2006"
    size = f'cx="{width * TWIP}" cy="{chart.height * MILLIMETRE}"'
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{base}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="图{number}" descr={quoteattr(title)}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{base}/main"><a:graphicData uri="{base}/chart">'
        f'<c:chart xmlns:c="{base}/chart" xmlns:r="{R}" r:id={quoteattr(link)}/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


# --- tables

# The sides of a cell in twips, with a little room for fonts wider than they should be.
PADDING = 200


def _set_table(block: TableBlock, setting: Setting) -> list[str]:
    """Title, table, and the note or an empty line that keeps two tables apart."""
    above = [setting.line("简报表题", block.title)] if block.title else []
    below = setting.line("简报表注", block.note) if block.note else setting.line("简报分隔", "")
    widths = _column_widths(block, setting)
    head, cell = ("简报附表表头", "简报附表") if block.small else ("简报表头", "简报表格")
    centred = ["center"] * len(widths)
    top = _prototype(setting.styles[head], widths, centred, "<w:tblHeader/>")
    line = _prototype(setting.styles[cell], widths, block.alignments or centred)
    rows = [top % tuple(map(_content, block.headers)), *_rows(line, block.rows, setting)]
    rows += [_foot_row(title, said, widths, setting.styles[cell], setting) for title, said in block.foot]
    return [*above, frame(setting.styles["简报网格"], widths, rows), below]


def _prototype(style: str, widths: Sequence[int], alignments: Sequence[str], marks: str = "") -> str:
    """A row with a %s for what each cell holds: thousands of rows are made by filling in one text."""
    cells = (
        f'{cell_start(width)}<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/><w:jc w:val="{alignment}"/></w:pPr>'
        for width, alignment in zip(widths, alignments, strict=True)
    )
    return row("".join(cell.replace("%", "%%") + f"%s</w:p>{CELL_END}" for cell in cells), marks)


def _rows(prototype: str, rows: Sequence[Sequence[str | Figure]], setting: Setting) -> list[str]:
    # Most cells say one of a few words: each is made fit for XML once.
    plain = {cell for cells in rows for cell in cells if isinstance(cell, str)}
    told = {text: _content(text) for text in plain}
    return [prototype % tuple(_told(cell, told, setting) for cell in cells) for cells in rows]


def _foot_row(title: str, said: Passage, widths: Sequence[int], style: str, setting: Setting) -> str:
    """A row of two cells: a title, and a text over all columns but the first."""
    whole = f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths[1:])}" w:type="dxa"/><w:gridSpan w:val="{len(widths) - 1}"/><w:vAlign w:val="center"/></w:tcPr>'
    named = paragraph(style, run(title), more='<w:jc w:val="center"/>')
    return row(cell_start(widths[0]) + named + CELL_END + whole + paragraph(style, setting.runs(said)) + CELL_END)


def _told(cell: str | Figure, told: Mapping[str, str], setting: Setting) -> str:
    return told[cell] if isinstance(cell, str) else setting.marked(cell, _content(cell.text))


def _content(text: str) -> str:
    return f"{run_start()}{lines(text)}</w:r>"


def _column_widths(block: TableBlock, setting: Setting) -> list[int]:
    """Widths in twips that add up to the width of the text."""
    edges = list(accumulate(block.widths or _needs(block, setting)))
    places = [round(setting.width * edge / edges[-1]) for edge in edges]
    return [right - left for left, right in zip([0, *places], places, strict=False)]


def _needs(block: TableBlock, setting: Setting) -> list[float]:
    """What the columns need, in twips: where room is short headers take two lines, then the widest give way."""
    half = 10 * (setting.layout.sizes.small_table if block.small else setting.layout.sizes.table)
    columns = list(zip(block.headers, *block.rows, strict=True))
    cells = [max(map(_measure, column[1:]), default=0) for column in columns]
    for head_lines in (1, 2):
        heads = [max(4, 2 * math.ceil(_measure(head) / 2 / head_lines)) for head in block.headers]
        needs = [PADDING + half * max(head, cell) for head, cell in zip(heads, cells, strict=True)]
        if sum(needs) <= setting.width:
            return needs
    return _level(needs, setting.width)


def _level(needs: list[float], width: int) -> list[float]:
    """The needs cut at the one height at which they fit the width."""
    rest, level = float(width), 0.0
    for count, need in zip(range(len(needs), 0, -1), sorted(needs), strict=True):
        level = rest / count
        if need > level:
            break
        rest -= need
    return [min(need, level) for need in needs]


def _measure(cell: str | Figure) -> int:
    """The longest line in half characters: a Chinese character is two."""
    text = cell if isinstance(cell, str) else cell.text
    return max(sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line) for line in text.split("\n"))
