"""The blocks of a document as WordprocessingML text, and the zip it travels in."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipeline.document.blocks import AnnexTitle, Chart, Distribution
from pipeline.passages import Figure, Passage
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


def set_text(piece: Any, text: str) -> None:
    """Put a line of clean text into a w:t of a parsed document, with the spaces at its ends."""
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    piece.text = text


# --- text


def lines(text: str) -> str:
    """The text as the content of a run, one w:t a line."""
    return "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in escape(clean(text)).split("\n"))


def run_start(style: str = "") -> str:
    """The beginning of a run, in a character style where one is named.

    The hint gives “ ” — … and their like, which Word would else take from the Latin font, to the Chinese font.
    """
    mark = f"<w:rStyle w:val={quoteattr(style)}/>" if style else ""
    return f'<w:r><w:rPr>{mark}<w:rFonts w:hint="eastAsia"/></w:rPr>'


def run(text: str, style: str = "") -> str:
    """A run of text."""
    return f"{run_start(style)}{lines(text)}</w:r>"


def paragraph(style: str, *runs: str, more: str = "") -> str:
    """A paragraph in a style, with `more` properties behind it."""
    return f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{more}</w:pPr>{''.join(runs)}</w:p>"


# --- what a block is set with


@dataclass(frozen=True)
class Placed:
    """A chart in the package: the link to it and its number among the charts."""

    link: str
    number: int


@dataclass(frozen=True)
class Setting:
    """What a block is set with: the template's styles (name -> identifier), words and sizes, the width of the text.

    bookmarks: their numbers by name. charts: where each one is in the package.
    """

    styles: Mapping[str, str]
    layout: Layout
    width: int
    bookmarks: Mapping[str, int]
    charts: Mapping[Chart, Placed]

    def line(self, style: str, *said: str | Passage) -> str:
        """A paragraph in a style of the template."""
        return paragraph(self.styles[style], *(self.runs(piece) for piece in said))

    def runs(self, said: str | Passage) -> str:
        """The runs of a text, each key figure within its bookmark."""
        if isinstance(said, str):
            return run(said)
        return "".join(run(part) if isinstance(part, str) else self.marked(part, run(part.text)) for part in said.parts)

    def marked(self, figure: Figure, content: str) -> str:
        """The content within the bookmark of a key figure."""
        number, title = self.bookmarks[figure.name], quoteattr(figure.name)
        return f'<w:bookmarkStart w:id="{number}" w:name={title}/>{content}<w:bookmarkEnd w:id="{number}"/>'


# --- the end of body and document


def annex_list(titles: Sequence[AnnexTitle], setting: Setting) -> list[str]:
    """The list of the annexes that closes the body: nothing where there is none."""
    listed = [f"{annex.number}. {annex.title}" for annex in titles]
    return [setting.line("简报附件说明", setting.layout.words.annexes + "\n".join(listed))] if listed else []


def imprint(distribution: Distribution, setting: Setting) -> list[str]:
    """The foot of the last page: who gets it, between two rules, and the number of copies.

    A table that stands at the bottom of the page on which the text ends, or of the next where there is no room; a
    program that does not float tables shows it where the text ends.
    """
    words, width = setting.layout.words, setting.width
    named = ((words.report, distribution.report), (words.send, distribution.send), (words.issue, distribution.issue))
    addressed = "".join(setting.line("简报版记", label + text) for label, text in named if text)
    copies = setting.line("简报印数", words.copies.format(copies=distribution.copies))
    rows = [row(cell_start(width) + content + CELL_END) for content in (addressed, copies) if content]
    place = '<w:tblpPr w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="center" w:tblpYSpec="bottom"/>'
    table = frame(setting.styles["简报版记线"], [width], rows, place)
    return [setting.line("简报分隔", ""), table, setting.line("简报分隔", "")]


# --- frames of tables

CELL_END = "</w:tc>"


def cell_start(width: int) -> str:
    """The beginning of a cell."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'


def row(cells: str, marks: str = "") -> str:
    """A row that no page break splits."""
    return f"<w:tr><w:trPr><w:cantSplit/>{marks}</w:trPr>{cells}</w:tr>"


def frame(style: str, widths: Sequence[int], rows: Sequence[str], place: str = "") -> str:
    """A table of fixed widths, centred, at a place of its own where one is given."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val={quoteattr(style)}/>{place}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


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
