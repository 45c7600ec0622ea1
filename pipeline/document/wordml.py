"""The blocks of a briefing as WordprocessingML, and the zip it travels in."""

import io
import math
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from pipeline.document.blocks import AnnexTitle, Block, Distribution, Heading, Paragraph, TableBlock
from pipeline.wording import Layout

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "[Content_Types].xml"

# What XML 1.0 cannot hold; a tab would jump to a stop nobody set.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    r"""The text as XML can hold it: control characters gone, tabs as spaces, every line end as \n."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))


def name(tag: str) -> str:
    """The qualified name of a tag or attribute of WordprocessingML."""
    return f"{{{W}}}{tag}"


def element(tag: str, *children: Any, **attributes: object) -> Any:
    """An element of WordprocessingML; children that are None are left out."""
    made = etree.Element(name(tag), {name(key): str(value) for key, value in attributes.items()}, nsmap={"w": W})
    made.extend(child for child in children if child is not None)
    return made


def run(text: str, style: str = "") -> Any:
    """A run of text, in a character style where one is named."""
    made = run_frame(style)
    write(made, text)
    return made


def run_frame(style: str = "") -> Any:
    """A run without text.

    The hint gives “ ” — … and their like, which Word would else take from the Latin font, to the Chinese font.
    """
    marks = element("rStyle", val=style) if style else None
    return element("r", element("rPr", marks, element("rFonts", hint="eastAsia")))


def write(made: Any, text: str) -> None:
    """Append text to a run, one w:t a line."""
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            etree.SubElement(made, name("br"))
        set_text(etree.SubElement(made, name("t")), line)


def set_text(piece: Any, text: str) -> None:
    """Put a line of clean text into a w:t, with the spaces at its ends."""
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    piece.text = text


def paragraph(style: str, *runs: Any) -> Any:
    """A paragraph in a style."""
    return element("p", element("pPr", element("pStyle", val=style)), *runs)


# --- blocks


@dataclass(frozen=True)
class Setting:
    """What a block is set with: the template's styles (name -> identifier), words and sizes, the width of the text."""

    styles: Mapping[str, str]
    layout: Layout
    width: int

    def line(self, style: str, *texts: str) -> Any:
        """A paragraph in a style of the template."""
        return paragraph(self.styles[style], *(run(text) for text in texts))


HEADINGS = {1: "简报一级标题", 2: "简报二级标题"}


def set_block(block: Block, setting: Setting) -> list[Any]:
    """The paragraphs and tables of a block; the last one is always a paragraph."""
    match block:
        case Heading(level, text):
            return [setting.line(HEADINGS[level], text)]
        case Paragraph(text, lead):
            opening = [run(lead, setting.styles["简报段首"])] if lead else []
            return [paragraph(setting.styles["简报正文"], *opening, run(text))]
        case AnnexTitle(number, title):
            marks = setting.line("简报附件", setting.layout.words.annex.format(number=number))
            return [marks, setting.line("简报附件标题", title)]
        case TableBlock():
            return _set_table(block, setting)


def annex_list(titles: Sequence[AnnexTitle], setting: Setting) -> list[Any]:
    """The list of the annexes that closes the body: nothing where there is none."""
    lines = [f"{annex.number}. {annex.title}" for annex in titles]
    return [setting.line("简报附件说明", setting.layout.words.annexes + "\n".join(lines))] if lines else []


def imprint(distribution: Distribution, setting: Setting) -> list[Any]:
    """The foot of the last page: who gets it, between two rules, and the number of copies.

    A table that stands at the bottom of the page on which the text ends, or of the next where there is no room; a
    program that does not float tables shows it where the text ends.
    """
    words = setting.layout.words
    named = ((words.report, distribution.report), (words.send, distribution.send), (words.issue, distribution.issue))
    lines = [setting.line("简报版记", label + text) for label, text in named if text]
    copies = setting.line("简报印数", words.copies.format(copies=distribution.copies))
    rows = [_row([_cell(setting.width, *content)]) for content in (lines, [copies]) if content]
    place = element("tblpPr", vertAnchor="margin", horzAnchor="margin", tblpXSpec="center", tblpYSpec="bottom")
    table = _frame(setting.styles["简报版记线"], [setting.width], rows, place)
    return [setting.line("简报分隔"), table, setting.line("简报分隔")]


# --- tables

# The sides of a cell in twips, with a little room for fonts wider than they should be.
PADDING = 200


def _set_table(block: TableBlock, setting: Setting) -> list[Any]:
    """Title, table, and the note or an empty line that keeps two tables apart."""
    title = [setting.line("简报表题", block.title)] if block.title else []
    below = setting.line("简报表注", block.note) if block.note else setting.line("简报分隔")
    widths = _column_widths(block, setting)
    head, cell = ("简报附表表头", "简报附表") if block.small else ("简报表头", "简报表格")
    top = _prototype(setting.styles[head], widths, ["center"] * len(widths), element("tblHeader"))
    row = _prototype(setting.styles[cell], widths, block.alignments or ["center"] * len(widths))
    rows = [_filled(top, block.headers), *(_filled(row, texts) for texts in block.rows)]
    return [*title, _frame(setting.styles["简报网格"], widths, rows), below]


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


def _measure(text: str) -> int:
    """The longest line in half characters: a Chinese character is two."""
    return max(sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line) for line in text.split("\n"))


def _prototype(style: str, widths: Sequence[int], alignments: Sequence[str], *marks: Any) -> Any:
    """An empty row to copy: reaching for the cells of a finished table takes longer with every row."""
    cells = []
    for width, alignment in zip(widths, alignments, strict=True):
        line = paragraph(style, run_frame())
        line[0].append(element("jc", val=alignment))
        cells.append(_cell(width, line))
    return _row(cells, *marks)


def _filled(prototype: Any, texts: Sequence[str]) -> Any:
    row = deepcopy(prototype)
    for made, text in zip(row.iter(name("r")), texts, strict=True):
        write(made, text)
    return row


def _cell(width: int, *lines: Any) -> Any:
    sizes = element("tcW", w=width, type="dxa")
    return element("tc", element("tcPr", sizes, element("vAlign", val="center")), *lines)


def _row(cells: Sequence[Any], *marks: Any) -> Any:
    return element("tr", element("trPr", element("cantSplit"), *marks), *cells)


def _frame(style: str, widths: Sequence[int], rows: Sequence[Any], place: Any = None) -> Any:
    """A table of fixed widths, centred, at a place of its own where one is given."""
    properties = element(
        "tblPr",
        element("tblStyle", val=style),
        place,
        element("tblW", w=sum(widths), type="dxa"),
        element("jc", val="center"),
        element("tblLayout", type="fixed"),
    )
    columns = element("tblGrid", *(element("gridCol", w=width) for width in widths))
    return element("tbl", properties, columns, *rows)


# --- the zip


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a zip that does not tell when or on which system it was made."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for part in sorted(parts, key=lambda part: (part != CONTENT_TYPES, part)):
            entry = ZipInfo(part, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            archive.writestr(entry, parts[part])
    return stream.getvalue()


def unpack(package: bytes) -> dict[str, bytes]:
    """The parts of a zip by name."""
    with ZipFile(io.BytesIO(package)) as archive:
        return {part: archive.read(part) for part in archive.namelist()}
