"""The letterhead of templates/简报模板.docx: opened, checked, filled in, and put together with the text into a .docx."""

import io
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from lxml import etree

from pipeline.document.blocks import Chart
from pipeline.document.wordml import Placed, W, clean, name, pack, set_text, unpack
from pipeline.stop import Stop

# The styles the template must have, by kind.
NEEDED = {
    WD_STYLE_TYPE.PARAGRAPH: (
        *("简报标题", "简报正文", "简报一级标题", "简报二级标题", "简报表题", "简报表头", "简报表格", "简报附表表头"),
        *("简报附表", "简报表注", "简报附件说明", "简报附件", "简报附件标题", "简报版记", "简报印数", "简报分隔"),
        *("简报图", "简报图题", "单位情况标题", "单位情况说明", "单位情况小标题", "单位情况正文"),
    ),
    WD_STYLE_TYPE.CHARACTER: ("简报段首",),
    WD_STYLE_TYPE.TABLE: ("简报网格", "简报版记线", "简报图框"),
}
REMEDY = "请在 Word 中补上，或运行 python -m pipeline.document.letterhead 重新生成模板（在模板里改过的地方要重改）"
PLACE = re.compile(r"\{([^{}]*)\}")
BODY_PLACE = "{正文}"
# Stands where the text goes until the file is put together; text itself can hold no comment.
_TEXT_HERE = "正文"
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TemplateError(Stop):
    """The template cannot be used; the text says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Paper:
    """An opened template: its page set-up, and the identifiers of its styles by name."""

    document: WordDocument
    page: Any
    styles: Mapping[str, str]


def open_template(template: bytes) -> Paper:
    """The template, ready to be filled in.

    Raises TemplateError, naming what is missing and the remedy, where it is no Word file or lacks a style.
    """
    try:
        document = Document(io.BytesIO(template))
        page = document.element.body[-1]
    except (BadZipFile, KeyError, ValueError, IndexError, zlib.error, etree.XMLSyntaxError):
        raise TemplateError(
            "简报模板.docx 打不开：不是 Word 的 .docx 文件，或者已损坏、加了密码；"
            "请在 Word 中另存为“Word 文档（*.docx）”且不加密码，或运行 python -m pipeline.document.letterhead 重新生成"
        ) from None
    if page.tag != name("sectPr"):
        raise TemplateError(f"简报模板.docx 没有页面设置；{REMEDY}")
    if document.element.nsmap.get("w") != W:
        raise TemplateError("简报模板.docx 不是 Word 保存的；请用 Word 打开后另存为“Word 文档（*.docx）”")
    return Paper(document, page, _styles(document))


def _styles(document: WordDocument) -> dict[str, str]:
    """The identifiers of the needed styles by name: Word may change the one, the office sees the other."""
    found = {(style.type, style.name): style.style_id for style in document.styles}
    missing = [style for kind, names in NEEDED.items() for style in names if (kind, style) not in found]
    if missing:
        raise TemplateError(f"简报模板.docx 缺少样式“{'”“'.join(missing)}”；{REMEDY}")
    return {style: found[kind, style] for kind, names in NEEDED.items() for style in names}


# --- the letterhead


def fill_letterhead(paper: Paper, facts: Mapping[str, str]) -> None:
    """Put the facts into the {…} above the place of the text, also where Word has cut one into several runs."""
    for part in _body_place(paper).itersiblings(preceding=True):
        for line in part.iter(name("p")):
            pieces = list(line.iter(name("t")))
            for found in reversed(list(PLACE.finditer(_joined(line)))):
                _replace(pieces, found.start(), found.end(), _fact(facts, found.group(1)))


def drop_letterhead(paper: Paper) -> None:
    """Leave out what stands above the place of the text."""
    for part in list(_body_place(paper).itersiblings(preceding=True)):
        part.getparent().remove(part)


def _body_place(paper: Paper) -> Any:
    """The paragraph that holds {正文}."""
    lines = paper.document.element.body.iterchildren(name("p"))
    place = next((line for line in lines if BODY_PLACE in _joined(line)), None)
    if place is None:
        raise TemplateError(f"简报模板.docx 里没有单独一段“{BODY_PLACE}”，不知道正文放在哪里；{REMEDY}")
    return place


def _joined(line: Any) -> str:
    return "".join(piece.text or "" for piece in line.iter(name("t")))


def _fact(facts: Mapping[str, str], word: str) -> str:
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


# --- pages


def text_width(page: Any) -> int:
    """The width of the text in twips."""
    margins = page.find(name("pgMar"))
    sides = (int(margins.get(name(side))) for side in ("left", "right"))
    return int(page.find(name("pgSz")).get(name("w"))) - sum(sides)


def turned(page: Any) -> Any:
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


def page_break(page: Any) -> str:
    """The page set-up as the last property of a paragraph; the document's root declares its names already."""
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", etree.tostring(page, encoding="unicode", with_tail=False))


# --- charts


def place_charts(paper: Paper, charts: Iterable[Chart], font: str) -> dict[Chart, Placed]:
    """Where each chart is found, once it and the workbook behind it lie in the package."""
    # Imported here: it takes longer than the rest of a document without charts.
    from pipeline.document.charts import chart_parts

    document = paper.document.part
    package = document.package
    placed: dict[Chart, Placed] = {}
    for number, chart in enumerate(dict.fromkeys(charts), start=1):
        drawing, workbook = chart_parts(chart, font, "rId1")
        part = Part(package.next_partname("/word/charts/chart%d.xml"), _CHART, drawing, package)
        book = Part(package.next_partname("/word/embeddings/chart%d.xlsx"), _XLSX, workbook, package)
        part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
        placed[chart] = Placed(document.relate_to(part, RELATIONSHIP_TYPE.CHART), number)
    return placed


# --- the file


def put_together(paper: Paper, text: str) -> bytes:
    """The .docx with the text in the place of {正文}; what the template has below that stays behind.

    The text goes in as it is: a parser would take longer over a table of thousands of rows than all the rest.
    """
    place = _body_place(paper)
    for behind in list(place.itersiblings())[:-1]:
        behind.getparent().remove(behind)
    place.getparent().replace(place, etree.Comment(_TEXT_HERE))
    stream = io.BytesIO()
    paper.document.save(stream)
    parts = unpack(stream.getvalue())
    main = paper.document.part.partname.membername
    parts[main] = parts[main].replace(f"<!--{_TEXT_HERE}-->".encode(), text.encode())
    return pack(parts)


def sign(paper: Paper, title: str, author: str, day: date) -> None:
    """Say in the file's properties what it is, whose and of which day; nothing is taken from the clock."""
    properties = paper.document.core_properties
    properties.title = clean(title)[:255]
    properties.author = properties.last_modified_by = clean(author)[:255]
    properties.created = properties.modified = datetime(day.year, day.month, day.day)
    properties.revision = 1
