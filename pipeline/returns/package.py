"""A unit's workbook as its parts: what is changed is written anew, everything else stays byte for byte as it was sent."""

from collections.abc import Sequence
from posixpath import basename, dirname, join, normpath
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from pipeline.document.wordml import CONTENT_TYPES, pack, unpack

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
BOOK = "xl/workbook.xml"
# The children of a sheet in the order of ISO/IEC 29500; Excel refuses a sheet that has them otherwise.
CHILDREN = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges",
    "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
    "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
ORDER = {MAIN + name: place for place, name in enumerate(CHILDREN)}
# Excel wraps controls into a choice between two ways to write them.
ORDER["{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"] = ORDER[MAIN + "controls"]
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


class Package:
    """The parts of a workbook, by name; one asked for to be changed is written anew on saving."""

    def __init__(self, data: bytes) -> None:
        """Take the workbook apart.

        Raises ValueError where it is not of the usual kind.
        """
        self.parts = unpack(data)
        self._trees: dict[str, Any] = {}
        self._changed: set[str] = set()
        if self.read(BOOK).tag != MAIN + "workbook":
            raise ValueError("not the transitional form of the format")

    @property
    def sheets(self) -> dict[str, str]:
        """Name of each sheet -> its part, in order."""
        targets = {relation.get("Id"): target for relation, target in self._relations(BOOK)}
        return {sheet.get("name"): targets[sheet.get(LINK + "id")] for sheet in self.read(BOOK).iter(MAIN + "sheet")}

    def read(self, part: str) -> Any:
        """The root of a part, to be read only."""
        if part not in self._trees:
            self._trees[part] = etree.fromstring(self.parts[part], _PARSER)
        return self._trees[part]

    def change(self, part: str) -> Any:
        """The root of a part, to be changed."""
        self._changed.add(part)
        return self.read(part)

    def target(self, part: str, kind: str) -> str:
        """The first part that a part is related to in a way (comments, styles); blank where there is none."""
        found = (target for relation, target in self._relations(part) if relation.get("Type").endswith("/" + kind))
        return next(found, "")

    def linked(self, part: str, identity: str) -> str:
        """The part a part names by the identity of a relation."""
        return next(target for relation, target in self._relations(part) if relation.get("Id") == identity)

    def add(self, owner: str, kind: str, name: str, data: bytes, content_type: str) -> tuple[str, str]:
        """Add a part that belongs to another; its name (`name` with a number for {}) and the identity of the relation."""
        taken = {part.lower() for part in self.parts}
        part = next(new for number in range(1, len(taken) + 2) if (new := name.format(number)).lower() not in taken)
        self.parts[part] = data
        types = self.change(CONTENT_TYPES)
        etree.SubElement(types, TYPE + "Override", PartName="/" + part, ContentType=content_type)
        return part, self._relate(owner, part, kind)

    def drop(self, owner: str, part: str) -> None:
        """Take out a part that belongs to another, and what belonged to it alone."""
        for relation, target in self._relations(owner):
            if target == part:
                self._changed.add(_relations_part(owner))
                relation.getparent().remove(relation)
        if any(target == part for other in self._owners() for _, target in self._relations(other)):
            return
        for below in [target for _, target in self._relations(part) if target in self.parts]:
            self.drop(part, below)
        for gone in (part, _relations_part(part)):
            self.parts.pop(gone, None)
            self._changed.discard(gone)
        for override in self.change(CONTENT_TYPES).findall(TYPE + "Override"):
            if override.get("PartName").lstrip("/") == part:
                override.getparent().remove(override)

    def save(self) -> bytes:
        """The workbook; the same bytes every time."""
        written = {
            part: etree.tostring(self._trees[part], xml_declaration=True, encoding="UTF-8", standalone=True)
            for part in self._changed
        }
        return pack({**self.parts, **written})

    def _owners(self) -> list[str]:
        """The parts that have relations."""
        return [
            join(dirname(dirname(part)), basename(part).removesuffix(".rels"))
            for part in self.parts
            if part.endswith(".rels") and basename(dirname(part)) == "_rels"
        ]

    def _relations(self, part: str) -> list[tuple[Any, str]]:
        """The relations of a part inside the workbook, each with the part it leads to."""
        place = _relations_part(part)
        if place not in self.parts:
            return []
        inside = [
            one for one in self.read(place).findall(RELATION + "Relationship") if one.get("TargetMode") != "External"
        ]
        return [(one, normpath(join("/", dirname(part), one.get("Target"))).lstrip("/")) for one in inside]

    def _relate(self, owner: str, part: str, kind: str) -> str:
        place = _relations_part(owner)
        self.parts.setdefault(place, f"<Relationships xmlns={quoteattr(RELATION.strip('{}'))}/>".encode())
        root = self.change(place)
        taken = {relation.get("Id") for relation in root}
        identity = next(new for number in range(1, len(taken) + 2) if (new := f"rId{number}") not in taken)
        etree.SubElement(root, RELATION + "Relationship", Id=identity, Type=f"{KINDS}/{kind}", Target="/" + part)
        return identity


def insert(sheet: Any, child: Any) -> None:
    """Put a child into a sheet where it belongs, before those of its own kind."""
    rank = ORDER[child.tag]
    places = [place for place, other in enumerate(sheet) if ORDER.get(other.tag, -1) >= rank]
    sheet.insert(places[0] if places else len(sheet), child)


def put_first(package: Package, name: str, data: bytes) -> None:
    """Add a sheet before all others and show it when the workbook is opened."""
    book = package.change(BOOK)
    _, identity = package.add(BOOK, "worksheet", "xl/worksheets/sheet{}.xml", data, SHEET_TYPE)
    book.find(MAIN + "sheets").insert(0, _sheet_entry(book, name, identity))
    for local in book.iter(MAIN + "definedName"):
        if local.get("localSheetId"):
            local.set("localSheetId", str(int(local.get("localSheetId")) + 1))
    for view in book.iter(MAIN + "workbookView"):
        view.attrib.pop("firstSheet", None)
        view.set("activeTab", "0")


def add_hidden(package: Package, name: str, data: bytes) -> None:
    """Add a sheet behind all others that nobody is shown."""
    book = package.change(BOOK)
    _, identity = package.add(BOOK, "worksheet", "xl/worksheets/sheet{}.xml", data, SHEET_TYPE)
    entry = _sheet_entry(book, name, identity)
    entry.set("state", "veryHidden")
    book.find(MAIN + "sheets").append(entry)


def drop_sheets(package: Package, names: Sequence[str]) -> None:
    """Take sheets out of the workbook, with the names that hold for them alone."""
    if not names:
        return
    book, parts = package.change(BOOK), package.sheets
    kept = {str(old): str(new) for new, old in enumerate(at for at, name in enumerate(parts) if name not in names)}
    for local in list(book.iter(MAIN + "definedName")):
        place = local.get("localSheetId")
        if place in kept:
            local.set("localSheetId", kept[place])
        elif place:
            local.getparent().remove(local)
    for entry in list(book.iter(MAIN + "sheet")):
        if entry.get("name") in names:
            entry.getparent().remove(entry)
    for name in names:
        package.drop(BOOK, parts[name])
    chain = package.target(BOOK, "calcChain")  # it may name formulas of a sheet that is gone; Excel makes it anew
    if chain:
        package.drop(BOOK, chain)


def _sheet_entry(book: Any, name: str, identity: str) -> Any:
    highest = max(int(sheet.get("sheetId")) for sheet in book.iter(MAIN + "sheet"))
    entry = etree.Element(MAIN + "sheet", name=name, sheetId=str(highest + 1))
    entry.set(LINK + "id", identity)
    return entry


def _relations_part(part: str) -> str:
    return join(dirname(part), "_rels", basename(part) + ".rels")
