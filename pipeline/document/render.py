"""A 工作简报 as plain data -> a .docx on the letterhead of templates/简报模板.docx."""

import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from itertools import chain, groupby
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from lxml.etree import XMLSyntaxError

from pipeline.document.blocks import AnnexTitle, Block, Briefing, Masthead, TableBlock
from pipeline.document.wordml import (
    Setting,
    annex_list,
    clean,
    imprint,
    name,
    pack,
    paragraph,
    run,
    set_block,
    set_text,
    unpack,
)
from pipeline.stop import Stop
from pipeline.wording import Layout, Words

# Paragraphs and tables of one or more pages, and whether those lie on their side.
Sheet = tuple[bool, list[Any]]

# The styles the template must have, by kind.
NEEDED = {
    WD_STYLE_TYPE.PARAGRAPH: (
        *("简报标题", "简报正文", "简报一级标题", "简报二级标题", "简报表题", "简报表头", "简报表格", "简报附表表头"),
        *("简报附表", "简报表注", "简报附件说明", "简报附件", "简报附件标题", "简报版记", "简报印数", "简报分隔"),
    ),
    WD_STYLE_TYPE.CHARACTER: ("简报段首",),
    WD_STYLE_TYPE.TABLE: ("简报网格", "简报版记线"),
}
REMEDY = "请在 Word 中补上，或运行 python -m pipeline.document.letterhead 重新生成模板（在模板里改过的地方要重改）"
PLACE = re.compile(r"\{([^{}]*)\}")
BODY_PLACE = "{正文}"


class TemplateError(Stop):
    """The template cannot be used; the text says why and what to do, in Chinese."""


def render_briefing(briefing: Briefing, layout: Layout, template: bytes) -> bytes:
    """The briefing as a .docx on the letterhead of the template; the same three give the same bytes.

    Raises TemplateError, naming what is missing and the remedy, where the template is no Word file, lacks a style or
    the place of the text, or has a place nobody can fill.
    """
    document = _open(template)
    styles = _styles(document)
    body = document.element.body
    place, page = _clear_from_body_place(body), body[-1]
    _fill_letterhead(place, _facts(briefing.masthead, layout.words))
    for made in _join(_sheets(briefing, page, styles, layout), page):
        place.addprevious(made)
    body.remove(place)
    _sign(document, briefing)
    stream = io.BytesIO()
    document.save(stream)
    return pack(unpack(stream.getvalue()))


# --- the template


def _open(template: bytes) -> WordDocument:
    try:
        document = Document(io.BytesIO(template))
        has_page = document.element.body[-1].tag == name("sectPr")
    except (BadZipFile, KeyError, ValueError, IndexError, zlib.error, XMLSyntaxError):
        raise TemplateError(
            "简报模板.docx 打不开：不是 Word 的 .docx 文件，或者已损坏、加了密码；"
            "请在 Word 中另存为“Word 文档（*.docx）”且不加密码，或运行 python -m pipeline.document.letterhead 重新生成"
        ) from None
    if not has_page:
        raise TemplateError(f"简报模板.docx 没有页面设置；{REMEDY}")
    return document


def _styles(document: WordDocument) -> dict[str, str]:
    """The identifiers of the needed styles by name: Word may change the one, the office sees the other."""
    found = {(style.type, style.name): style.style_id for style in document.styles}
    missing = [style for kind, names in NEEDED.items() for style in names if (kind, style) not in found]
    if missing:
        raise TemplateError(f"简报模板.docx 缺少样式“{'”“'.join(missing)}”；{REMEDY}")
    return {style: found[kind, style] for kind, names in NEEDED.items() for style in names}


def _clear_from_body_place(body: Any) -> Any:
    """The paragraph that holds {正文}, with nothing left behind it but the page set-up."""
    place = next((line for line in body.iterchildren(name("p")) if BODY_PLACE in _joined(line)), None)
    if place is None:
        raise TemplateError(f"简报模板.docx 里没有单独一段“{BODY_PLACE}”，不知道正文放在哪里；{REMEDY}")
    for behind in list(place.itersiblings())[:-1]:
        body.remove(behind)
    return place


def _joined(line: Any) -> str:
    return "".join(piece.text or "" for piece in line.iter(name("t")))


def _facts(masthead: Masthead, words: Words) -> dict[str, str]:
    day = masthead.date
    return {
        "送审稿": words.draft if masthead.draft else "",
        "报头": masthead.name,
        "期号": masthead.number,
        "编发单位": masthead.issuer,
        "日期": f"{day.year}年{day.month}月{day.day}日",
    }


def _fill_letterhead(place: Any, facts: dict[str, str]) -> None:
    """Put the facts into the {…} above the place of the text, also where Word has cut one into several runs."""
    for part in place.itersiblings(preceding=True):
        for line in part.iter(name("p")):
            pieces = list(line.iter(name("t")))
            for found in reversed(list(PLACE.finditer(_joined(line)))):
                _replace(pieces, found.start(), found.end(), _fact(facts, found.group(1)))


def _fact(facts: dict[str, str], word: str) -> str:
    if word not in facts:
        known = "、".join(f"{{{fact}}}" for fact in facts)
        raise TemplateError(f"简报模板.docx 里的“{{{word}}}”没有内容可填；花括号中可用的词：{known}")
    return clean(facts[word]).replace("\n", "")


def _replace(pieces: Sequence[Any], start: int, end: int, value: str) -> None:
    """Replace a stretch of the pieces' joined text; the value goes into the first piece it touches."""
    at = 0
    for piece in pieces:
        text = piece.text or ""
        left, right = max(start - at, 0), min(end - at, len(text))
        if left < right:
            set_text(piece, text[:left] + value + text[right:])
            value = ""
        at += len(text)


# --- sheets and sections


def _sheets(briefing: Briefing, page: Any, styles: dict[str, str], layout: Layout) -> Iterator[Sheet]:
    """Everything below the letterhead, in order."""
    upright = Setting(styles, layout, _text_width(page))
    lying = Setting(styles, layout, _text_width(_turned(page)))
    yield False, [paragraph(styles["简报标题"], run("\n".join(briefing.title)))]
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


def _join(sheets: Iterable[Sheet], page: Any) -> Iterator[Any]:
    """The sheets one after the other, with a section break wherever the paper is turned.

    The last sheet is upright: its section is the page set-up at the end of the template.
    """
    filled = (sheet for sheet in sheets if sheet[1])
    turns = [(wide, list(group)) for wide, group in groupby(filled, key=lambda sheet: sheet[0])]
    for number, (wide, group) in enumerate(turns, start=1):
        made = list(chain.from_iterable(content for _, content in group))
        if number < len(turns):
            made[-1].find(name("pPr")).append(_turned(page) if wide else deepcopy(page))
        yield from made


def _text_width(page: Any) -> int:
    """The width of the text in twips."""
    margins = page.find(name("pgMar"))
    sides = (int(margins.get(name(side))) for side in ("left", "right"))
    return int(page.find(name("pgSz")).get(name("w"))) - sum(sides)


def _turned(page: Any) -> Any:
    """The page set-up for a page on its side: bound at the top, the page number as far from the text as before."""
    made = deepcopy(page)
    size, margins = made.find(name("pgSz")), made.find(name("pgMar"))
    width, height = size.get(name("w")), size.get(name("h"))
    for key, value in (("w", height), ("h", width), ("orient", "landscape")):
        size.set(name(key), value)
    old = {side: int(margins.get(name(side))) for side in ("top", "right", "bottom", "left", "footer")}
    footer = max(old["footer"] - old["bottom"] + old["right"], 0)
    new = {"top": old["left"], "right": old["top"], "bottom": old["right"], "left": old["bottom"], "footer": footer}
    for side, value in new.items():
        margins.set(name(side), str(value))
    return made


def _sign(document: WordDocument, briefing: Briefing) -> None:
    """Say in the file's properties whose briefing it is and of which day; nothing is taken from the clock."""
    day = briefing.masthead.date
    properties = document.core_properties
    properties.title = clean("".join(briefing.title))[:255]
    properties.author = properties.last_modified_by = clean(briefing.masthead.issuer)[:255]
    properties.created = properties.modified = datetime(day.year, day.month, day.day)
    properties.revision = 1
