"""A 工作简报 as plain data -> a .docx on the letterhead of templates/简报模板.docx."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from pipeline.document.blocks import AnnexTitle, Block, Briefing, Chart, ChartRow, Masthead, Paragraph, TableBlock
from pipeline.document.paper import (
    Paper,
    TemplateError,
    fill_letterhead,
    open_template,
    page_break,
    place_charts,
    put_together,
    sign,
    text_width,
    turned,
)
from pipeline.document.tables import set_block
from pipeline.document.wordml import Setting, annex_list, imprint, paragraph, run
from pipeline.passages import Figure
from pipeline.wording import Layout, Words

__all__ = ["TemplateError", "render_briefing"]

# Paragraphs and tables of one or more pages, and whether those lie on their side.
Sheet = tuple[bool, list[str]]
# Numbers below are left to the bookmarks of the template.
FIRST_BOOKMARK = 1000


def render_briefing(briefing: Briefing, layout: Layout, template: bytes) -> bytes:
    """The briefing as a .docx on the letterhead of the template; the same three give the same bytes.

    Raises TemplateError, naming what is missing and the remedy, where the template is no Word file, lacks a style or
    the place of the text, or has a place nobody can fill.
    """
    paper = open_template(template)
    fill_letterhead(paper, _facts(briefing.masthead, layout.words))
    text = "".join(_join(_sheets(briefing, paper, layout), paper))
    sign(paper, "".join(briefing.title), briefing.masthead.issuer, briefing.masthead.date)
    return put_together(paper, text)


def _facts(masthead: Masthead, words: Words) -> dict[str, str]:
    day = masthead.date
    return {
        "送审稿": words.draft if masthead.draft else "",
        "报头": masthead.name,
        "期号": masthead.number,
        "编发单位": masthead.issuer,
        "日期": f"{day.year}年{day.month}月{day.day}日",
    }


# --- what is in it


def figures_of(blocks: Iterable[Block]) -> list[Figure]:
    """The key figures in paragraphs and tables, in the order of reading."""
    return [figure for block in blocks for figure in _figures_in(block)]


def _figures_in(block: Block) -> tuple[Figure, ...]:
    if isinstance(block, Paragraph):
        return block.figures
    if isinstance(block, TableBlock):
        below = (figure for _, said in block.foot for figure in said.figures)
        return (*(cell for row in block.rows for cell in row if isinstance(cell, Figure)), *below)
    return ()


def _charts_in(block: Block) -> tuple[Chart, ...]:
    if isinstance(block, ChartRow):
        return block.charts
    return (block,) if isinstance(block, Chart) else ()


def _bookmarks(briefing: Briefing) -> dict[str, int]:
    """The numbers of the bookmarks by name. Raises ValueError where two figures share one."""
    names = [figure.name for figure in figures_of((*briefing.blocks, *briefing.annexes))]
    if len(set(names)) < len(names):
        twins = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"figures with the same bookmark: {twins}")
    return {name: number for number, name in enumerate(names, start=FIRST_BOOKMARK)}


# --- sheets and sections


def _sheets(briefing: Briefing, paper: Paper, layout: Layout) -> Iterator[Sheet]:
    """Everything below the letterhead, in order."""
    drawn = chain.from_iterable(_charts_in(block) for block in (*briefing.blocks, *briefing.annexes))
    charts, marks = place_charts(paper, drawn, layout.fonts.table), _bookmarks(briefing)
    upright = Setting(paper.styles, layout, text_width(paper.page), marks, charts)
    lying = Setting(paper.styles, layout, text_width(turned(paper.page)), marks, charts)
    yield False, [paragraph(paper.styles["简报标题"], run("\n".join(briefing.title)))]
    yield from (_sheet(group, upright, lying) for group in _by_width(briefing.blocks))
    titles = [block for block in briefing.annexes if isinstance(block, AnnexTitle)]
    yield False, annex_list(titles, upright)
    yield from (_sheet(group, upright, lying) for group in _by_annex(briefing.annexes))
    yield False, imprint(briefing.distribution, upright)


def _sheet(group: Sequence[Block], upright: Setting, lying: Setting) -> Sheet:
    wide = any(_is_wide(block) for block in group)
    return wide, [made for block in group for made in set_block(block, lying if wide else upright)]


def _is_wide(block: Block) -> bool:
    return isinstance(block, TableBlock) and block.landscape


def _by_width(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The body in stretches: wide tables leave the upright page, the text around them does not."""
    return (list(group) for _, group in groupby(blocks, key=_is_wide))


def _by_annex(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The annexes one by one: one with a wide table lies on its side as a whole, with its title."""
    annex: list[Block] = []
    for block in blocks:
        if isinstance(block, AnnexTitle) and annex:
            yield annex
            annex = []
        annex.append(block)
    if annex:
        yield annex


def _join(sheets: Iterable[Sheet], paper: Paper) -> Iterator[str]:
    """The sheets one after the other, with a section break wherever the paper is turned.

    The last sheet is upright: its section is the page set-up at the end of the template.
    """
    filled = (sheet for sheet in sheets if sheet[1])
    turns = [(wide, list(group)) for wide, group in groupby(filled, key=lambda sheet: sheet[0])]
    for number, (wide, group) in enumerate(turns, start=1):
        made = list(chain.from_iterable(content for _, content in group))
        if number < len(turns):
            made[-1] = _with_break(made[-1], page_break(turned(paper.page) if wide else paper.page))
        yield from made


def _with_break(line: str, section: str) -> str:
    """The paragraph as the last one of a section."""
    return line.replace("</w:pPr>", f"{section}</w:pPr>", 1)
