"""What openpyxl saved, finished: order of the fonts' children, stored results of formulas, row heights, fixed dates."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from lxml import etree
from openpyxl.utils.datetime import to_excel

from pipeline.document.wordml import pack, unpack

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STYLES, CORE = "xl/styles.xml", "docProps/core.xml"
FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip
_FIXED_HEIGHT = re.compile(rb' customHeight="1"')
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_ROW = re.compile(rb"<row\b[^>]*>")

Results = Callable[[str, int, int], Any]  # sheet, row and column from 0 -> the stored result of a formula


def finish(data: bytes, names: Sequence[str], results: Results, day: date) -> bytes:
    """The saved workbook as it should be, the same bytes every time.

    names: its sheets in their order, the first being ours. results: what the formulas showed in the unit's file. day: said to
    be the day of the change.
    """
    parts = unpack(data)
    parts[STYLES] = _order_fonts(parts[STYLES])
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    parts[CORE] = _MODIFIED.sub(lambda match: match[1] + stamp, parts[CORE])
    for number, name in enumerate(names, 1):
        part = f"xl/worksheets/sheet{number}.xml"
        if number > 1:  # openpyxl fixes every height; a row of the form grows with what is typed
            parts[part] = _ROW.sub(lambda match: _FIXED_HEIGHT.sub(b"", match[0]), parts[part])
        if b"<f" in parts[part]:
            parts[part] = _store_results(parts[part], name, results)
    return pack(parts)


def _order_fonts(styles: bytes) -> bytes:
    root = etree.fromstring(styles)
    order = {MAIN + name: place for place, name in enumerate(FONT_ORDER)}
    for font in root.iter(MAIN + "font"):
        font[:] = sorted(font, key=lambda child: order.get(child.tag, len(order)))
    return _bytes_of(root)


def _store_results(sheet: bytes, name: str, results: Results) -> bytes:
    """The sheet with the results its formulas had, so that a look without Excel shows them."""
    root = etree.fromstring(sheet)
    for cell in root.iter(MAIN + "c"):
        if cell.find(MAIN + "f") is not None:
            row, column = _place(cell.get("r"))
            _store(cell, results(name, row, column))
    return _bytes_of(root)


def _store(cell: Any, result: Any) -> None:
    kind, text = _as_stored(result)
    cell.attrib.pop("t", None)
    if kind:
        cell.set("t", kind)
    value = cell.find(MAIN + "v")
    value = etree.SubElement(cell, MAIN + "v") if value is None else value
    value.text = text


def _as_stored(result: Any) -> tuple[str, str]:
    """Kind and text of a stored result; an empty text where there was none."""
    if isinstance(result, bool):
        return "b", str(int(result))
    if isinstance(result, (int, float)):
        return "", repr(int(result) if float(result).is_integer() else result)
    if isinstance(result, (datetime, date, time, timedelta)):
        return "", repr(to_excel(result))
    return "str", str(result or "")


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _bytes_of(root: Any) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made
