"""The comments of a sheet in a unit's workbook: their texts, and the boxes they are shown in."""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from xlsxwriter.utility import xl_cell_to_rowcol

from pipeline.document.wordml import CONTENT_TYPES
from pipeline.returns.package import LINK, MAIN, TYPE, Package, insert
from pipeline.template.cells import clear_text, count_lines

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
BOXES_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
WIDTH, LETTERS, LINE = 300, 44, 17  # of a comment: pixels across, characters in a line, pixels of a line
V, X = "{urn:schemas-microsoft-com:vml}", "{urn:schemas-microsoft-com:office:excel}"
SPACES = f'xmlns:v="{V.strip("{}")}" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="{X.strip("{}")}"'
BOX_KIND = (
    f'<v:shapetype {SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
BOXES = f'<xml {SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>{BOX_KIND}</xml>'
_NUMBER = re.compile(r"_x0000_s(\d+)")


def read_comments(package: Package, sheet: str) -> dict[str, str]:
    """Cell -> text of the comments of a sheet's part."""
    part = package.target(sheet, "comments")
    listed = package.read(part).iter(MAIN + "comment") if part else ()
    return {comment.get("ref"): _text(comment) for comment in listed}


def change_comments(package: Package, sheet: str, texts: Mapping[str, str], author: str) -> None:
    """Give cells of a sheet's part other comments; a blank one takes the comment away."""
    if not texts:
        return
    part = package.target(sheet, "comments") or _add_comments(package, sheet)
    root = package.change(part)
    listed, authors = root.find(MAIN + "commentList"), root.find(MAIN + "authors")
    for comment in list(listed):
        if comment.get("ref") in texts:
            listed.remove(comment)
    number = _author(authors, author)
    for cell, text in texts.items():
        if text:
            listed.append(_comment(cell, text, number))
    _change_boxes(package.change(_boxes_of(package, sheet)), texts)


def _text(comment: Any) -> str:
    return "".join(text.text or "" for text in comment.iter(MAIN + "t"))


def _comment(cell: str, text: str, author: int) -> Any:
    told = escape(clear_text(text))
    return etree.fromstring(
        f'<comment xmlns="{MAIN.strip("{}")}" ref="{cell}" authorId="{author}"><text><r><rPr><sz val="9"/><rFont val="宋体"/></rPr>'
        f'<t xml:space="preserve">{told}</t></r></text></comment>'
    )


def _author(authors: Any, name: str) -> int:
    names = [author.text for author in authors]
    if name not in names:
        etree.SubElement(authors, MAIN + "author").text = name
        return len(names)
    return names.index(name)


def _add_comments(package: Package, sheet: str) -> str:
    blank = f'<comments xmlns="{MAIN.strip("{}")}"><authors/><commentList/></comments>'.encode()
    part, _ = package.add(sheet, "comments", "xl/comments{}.xml", blank, COMMENTS_TYPE)
    return part


def _boxes_of(package: Package, sheet: str) -> str:
    """The part with the boxes of a sheet, made if there is none."""
    link = package.read(sheet).find(MAIN + "legacyDrawing")
    if link is not None:
        return package.linked(sheet, link.get(LINK + "id"))
    part, identity = package.add(sheet, "vmlDrawing", "xl/drawings/vmlDrawing{}.vml", BOXES.encode(), BOXES_TYPE)
    link = etree.Element(MAIN + "legacyDrawing")
    link.set(LINK + "id", identity)
    insert(package.change(sheet), link)
    types = package.change(CONTENT_TYPES)
    if not any(known.get("Extension", "").lower() == "vml" for known in types):
        types.insert(0, etree.Element(TYPE + "Default", Extension="vml", ContentType=BOXES_TYPE))
    return part


def _change_boxes(root: Any, texts: Mapping[str, str]) -> None:
    places = {xl_cell_to_rowcol(cell): cell for cell in texts}
    for shape in root.findall(V + "shape"):
        if _place(shape) in places:
            root.remove(shape)
    if not any(kind.get("id") == "_x0000_t202" for kind in root.iter(V + "shapetype")):
        root.append(etree.fromstring(BOX_KIND))
    taken = [int(found[1]) for shape in root.iter(V + "shape") if (found := _NUMBER.fullmatch(shape.get("id", "")))]
    first = max(taken, default=1024) + 1
    for number, ((row, column), cell) in enumerate((place for place in places.items() if texts[place[1]]), first):
        root.append(_box(number, row, column, texts[cell]))


def _place(shape: Any) -> tuple[int, int] | None:
    """Row and column, from 0, of the cell whose comment a shape shows; None for another shape."""
    told = shape.find(X + "ClientData")
    if told is None or told.get("ObjectType") != "Note":
        return None
    row, column = told.findtext(X + "Row"), told.findtext(X + "Column")
    return (int(row), int(column)) if row and column else None


def _box(number: int, row: int, column: int, text: str) -> Any:
    """A box with the room its text needs."""
    height = 14 + LINE * count_lines(text, LETTERS)
    style = f"position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:{WIDTH}px;height:{height}px;z-index:1;visibility:hidden"
    return etree.fromstring(
        f'<v:shape {SPACES} id="_x0000_s{number}" type="#_x0000_t202" style={quoteattr(style)} fillcolor="#ffffe1" '
        'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
