"""A cheap look into an .xlsx before it is parsed: what would blow up a reader, and what readers hide.

The bytes are scanned with compiled patterns; a sheet is taken apart only where something suspicious was seen.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from xml.etree import ElementTree

from pipeline.sniff import BROKEN, NotReadable

MOST_BYTES = 256 * 2**20  # of all members together; the largest honest workbook seen unpacks to 114 MB
MOST_MEMBERS = 5_000
MOST_FILLED = 2_000_000  # filled cells of one sheet
MOST_CELLS = 3_000_000  # cells from A1 to the last filled one: what a reader keeps in memory
FAR_COLUMN, FAR_ROW = 256, 20_000  # cells beyond are cut off where a sheet is larger than MOST_CELLS
MOST_NAMED = 20  # cells named in one remark

TOO_LARGE = "这个文件展开后过大；请删去多余的空行空列、另存为 .xlsx 后再报送"

Cell = tuple[int, int]  # row and column, both from 0

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Begins with the letters and looks back at what stands before them: twice as fast as to begin with white space.
_FAR = re.compile(rb"""r=["'](?<=\sr=.)(?:[A-Za-z]{3}[A-Za-z\d]|[A-Za-z]{1,3}\d{5}|\d{7})""")
# Addresses no sheet has: a reader makes room for all cells before them, and the process ends.
_BEYOND = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^>]*?\sr=["'](?:[A-Za-z]{4}|[A-Za-z]{0,3}(?:[2-9]\d{6}|\d{8}))""")
_BLANK_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?(?:/>|>\s*</(?:\w+:)?c>)")
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\sr=["']([A-Za-z]{1,3})(\d{1,7})["'][^>]*>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_END = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\sr=["']([A-Za-z]{1,3})(\d{1,7})["']""")
_OPEN_CELL = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*?\sr=["']([A-Za-z]{1,3})(\d{1,7})["'])([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>""", re.DOTALL
)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*(?<!/)>([^<]*)</")
_TEXT = re.compile(rb"<(?:\w+:)?t\b[^>]*(?<!/)>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_ANY_FORMULA = (re.compile(rb"<f[\s/>]"), re.compile(rb":f[\s/>]"))  # asked of whole sheets: several times as fast
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\s(r|min|max|s|t)=["']([^"']*)["']""")
_STRIKE = re.compile(rb"""<(?:\w+:)?d?strike(?:\s+val=["'](?:1|true)["'])?\s*/>""")
_STRING = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)


@dataclass(frozen=True)
class Marks:
    """What a reader does not tell of a sheet: cells and their errors, formulas without a value, what is hidden or struck out."""

    errors: dict[Cell, str] = field(default_factory=dict)
    unsaved: frozenset[Cell] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[Cell] = frozenset()
    cut: tuple[str, ...] = ()


NO_MARKS = Marks()


class Look:
    """An .xlsx taken apart as far as needed: bytes that can be parsed safely, and the marks of its sheets."""

    def __init__(self, data: bytes) -> None:
        """Look at the members, and trim sheets of an absurd extent.

        Raises NotReadable where the file is a bomb, locked, holds two parts of one name, or cells no sheet has.
        """
        self._archive = _open(data)
        self._parts = _sheet_parts(self._archive)
        self._xml = {part: self._read(part) for part in self._parts.values()}
        self._cut: dict[str, tuple[str, ...]] = {}
        changed: dict[str, bytes] = {}
        for part, xml in self._xml.items():
            if _FAR.search(xml):
                changed[part], self._cut[part] = _trim(xml, self._strings)
        self._xml |= changed
        self.data = _rewrite(self._archive, changed) if changed else data

    def marks(self, sheet: str) -> Marks:
        """What readers hide of a sheet."""
        part = self._parts.get(sheet)
        if part is None:
            return NO_MARKS
        xml, cut = self._xml[part], self._cut.get(part, ())
        errors = _errors(xml) if b't="e"' in xml or b"t='e'" in xml else {}
        unsaved = _unsaved(xml) if any(formula.search(xml) for formula in _ANY_FORMULA) else frozenset()
        rows, columns = _hidden(xml) if b"hidden=" in xml else (frozenset(), frozenset())
        struck = self._struck(xml) if self._strikes or b"strike" in xml else frozenset()
        return Marks(errors, unsaved, rows, columns, struck, cut)

    def _read(self, part: str) -> bytes:
        return _read(self._archive, part)

    @cached_property
    def _strings(self) -> list[bytes]:
        """The shared strings as they stand."""
        return [match[1] or b"" for match in _STRING.finditer(self._read("xl/sharedStrings.xml"))]

    @property
    def _strikes(self) -> bool:
        return bool(self._strike_styles or self._strike_strings)

    @cached_property
    def _strike_strings(self) -> frozenset[int]:
        if b"strike" not in self._read("xl/sharedStrings.xml"):
            return frozenset()
        return frozenset(number for number, text in enumerate(self._strings) if _STRIKE.search(text))

    @cached_property
    def _strike_styles(self) -> frozenset[int]:
        """The numbers of the cell styles whose font is struck out."""
        styles = self._read("xl/styles.xml")
        return _strike_styles(styles) if _STRIKE.search(styles) else frozenset()

    def _struck(self, xml: bytes) -> frozenset[Cell]:
        return frozenset(
            _place(letters, digits)
            for letters, digits, attributes, inner in _OPEN_CELL.findall(xml)
            if (_VALUE.search(inner) or _TEXT.search(inner)) and self._is_struck(_attributes(attributes), inner)
        )

    def _is_struck(self, attributes: dict[bytes, bytes], inner: bytes) -> bool:
        style = attributes.get(b"s", b"")
        if style.isdigit() and int(style) in self._strike_styles:
            return True
        if _STRIKE.search(inner):
            return True
        value = _VALUE.search(inner)
        shared = attributes.get(b"t") == b"s" and value is not None and value[1].isdigit()
        return bool(shared and value and int(value[1]) in self._strike_strings)


def check_members(data: bytes) -> None:
    """Raise NotReadable where a zipped workbook is a bomb, locked, or holds two parts of one name."""
    _open(data)


# The archive.


def _open(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except Exception as error:
        raise NotReadable(BROKEN) from error
    infos = archive.infolist()
    names = [info.filename.replace("\\", "/").lower() for info in infos]
    if len(set(names)) != len(names):
        raise NotReadable("文件内部有重复的部分，读出来可能不是原来的内容；请用 Excel 打开后另存为 .xlsx 再报送")
    if any(info.flag_bits & 0x1 for info in infos):
        raise NotReadable("文件加了密码；请去掉密码、重新保存后发送")
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise NotReadable(TOO_LARGE)
    return archive


def _read(archive: zipfile.ZipFile, part: str) -> bytes:
    """The bytes of a part, none where it is missing; never more than it declares.

    Raises NotReadable where it is damaged or declares entities, which no Office program writes.
    """
    try:
        content = archive.read(part)
    except KeyError:
        return b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise NotReadable(BROKEN) from error
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NotReadable("文件内部含有不正常的内容，没有打开；请用 Excel 打开后另存为 .xlsx 再报送")
    return content


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet -> its part in the archive; empty where that cannot be told."""
    _read(archive, "xl/sharedStrings.xml")
    try:
        book = ElementTree.fromstring(_read(archive, "xl/workbook.xml"))
        relations = ElementTree.fromstring(_read(archive, "xl/_rels/workbook.xml.rels"))
    except (ElementTree.ParseError, ValueError, LookupError):
        return {}
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    sheets = [element for element in book.iter() if element.tag.endswith("}sheet") or element.tag == "sheet"]
    return {
        sheet.get("name", ""): _full_path(targets[identity])
        for sheet in sheets
        if (identity := _identity(sheet)) in targets
    }


def _identity(sheet: ElementTree.Element) -> str | None:
    """The relation of a sheet; the strict variant of the format has another namespace."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), sheet.get(_RELATION))


def _full_path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _rewrite(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    """The archive with some parts replaced."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for info in archive.infolist():
            copy.writestr(info.filename, changed.get(info.filename) or _read(archive, info.filename))
    return out.getvalue()


# Sheets of an absurd extent.


def _trim(xml: bytes, strings: list[bytes]) -> tuple[bytes, tuple[str, ...]]:
    """The sheet without blank cells and, if it is still too wide or long, without what lies far out; and what that was."""
    if _BEYOND.search(xml):
        raise NotReadable(BROKEN)
    xml = _BLANK_CELL.sub(b"", xml)
    if max(xml.count(b"</c>"), xml.count(b":c>")) > MOST_FILLED:
        raise NotReadable(TOO_LARGE)
    cut: list[str] = []
    for far in (_is_wide, _is_low):
        if _extent(xml) > MOST_CELLS:
            xml = _cut(xml, far, strings, cut)
    return xml, tuple(cut)


def _is_wide(_row: int, column: int) -> bool:
    return column >= FAR_COLUMN


def _is_low(row: int, _column: int) -> bool:
    return row >= FAR_ROW


def _extent(xml: bytes) -> int:
    rows = columns = 0
    for match in _END.finditer(xml):
        row, column = _place(match[1], match[2])
        rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows * columns


def _cut(xml: bytes, far: Callable[[int, int], bool], strings: list[bytes], cut: list[str]) -> bytes:
    """The sheet without the cells that are `far`; what stood in them is noted in `cut`."""

    def keep(match: re.Match[bytes]) -> bytes:
        if not far(*_place(match[1], match[2])):
            return match[0]
        if _says_something(match[0], match[3], strings):
            cut.append(f"{match[1].decode().upper()}{match[2].decode()}")
        return b""

    return _CELL.sub(keep, xml)


def _says_something(cell: bytes, inner: bytes, strings: list[bytes]) -> bool:
    """Whether a cell holds more than white space."""
    value = _VALUE.search(inner)
    if value and _attributes(cell[: cell.index(b">")]).get(b"t") == b"s":
        number = int(value[1]) if value[1].strip().isdigit() else -1
        text = strings[number] if 0 <= number < len(strings) else b""
        return any(part.strip() for part in _TEXT.findall(text))
    return bool(value and value[1].strip()) or any(part.strip() for part in _TEXT.findall(inner))


# What readers hide.


def _errors(xml: bytes) -> dict[Cell, str]:
    return {
        _place(letters, digits): _shown(inner)
        for letters, digits, attributes, inner in _OPEN_CELL.findall(xml)
        if _attributes(attributes).get(b"t") == b"e"
    }


def _shown(inner: bytes) -> str:
    value = _VALUE.search(inner)
    return value[1].decode("utf-8", "replace") if value else "#VALUE!"


def _unsaved(xml: bytes) -> frozenset[Cell]:
    """Cells with a formula and no stored value; a stored empty text is one."""
    return frozenset(
        _place(letters, digits)
        for letters, digits, attributes, inner in _OPEN_CELL.findall(xml)
        if _FORMULA.search(inner) and not _stored(inner) and _attributes(attributes).get(b"t") != b"str"
    )


def _stored(inner: bytes) -> bytes:
    """The stored value of a cell, nothing where there is none."""
    value = _VALUE.search(inner)
    return value[1] if value else b""


def _hidden(xml: bytes) -> tuple[frozenset[int], frozenset[int]]:
    rows = [_attributes(row).get(b"r", b"") for row in _ROW.findall(xml) if _HIDDEN.search(row)]
    columns = [_attributes(column) for column in _COLUMN.findall(xml) if _HIDDEN.search(column)]
    spans = [_span(column) for column in columns]
    return frozenset(int(row) - 1 for row in rows if row.isdigit()), frozenset(c for span in spans for c in span)


def _span(column: dict[bytes, bytes]) -> range:
    first, last = column.get(b"min", b""), column.get(b"max", b"")
    both = first.isdigit() and last.isdigit()
    return range(int(first) - 1, min(int(last), FAR_COLUMN)) if both else range(0)


def _strike_styles(styles: bytes) -> frozenset[int]:
    try:
        root = ElementTree.fromstring(styles)
    except (ElementTree.ParseError, ValueError, LookupError):
        return frozenset()
    fonts = [_has_strike(font) for group in _children(root, "fonts") for font in group]
    formats = [form.get("fontId", "") for group in _children(root, "cellXfs") for form in group]
    return frozenset(
        number for number, font in enumerate(formats) if font.isdigit() and int(font) < len(fonts) and fonts[int(font)]
    )


def _children(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (child for child in root if child.tag.rpartition("}")[2] == name)


def _has_strike(font: ElementTree.Element) -> bool:
    return any(mark.get("val", "1") in ("1", "true") for mark in _children(font, "strike"))


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return dict(_NUMBER.findall(text))


def _place(letters: bytes, digits: bytes) -> Cell:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return int(digits) - 1, column - 1
