"""What reaches the office besides forms, as bytes that never change: the 事项目录 and files that are no form."""

import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook

from pipeline.demo.district import FOLDER, District, Item, Unit
from pipeline.demo.items import Row, Scene, item_codes, item_rows
from pipeline.form import YES
from pipeline.rules import Rules

LAST = 3
ROTA = [["日期", "带班领导", "值班人员"], ["3月6日", "张主任", "小李"], ["3月7日", "王副主任", "小赵"]]
DOCUMENT = {
    "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
    "word/document.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    "<w:t>区财政局“三个无审批”自查报告</w:t></w:r></w:p></w:body></w:document>",
}
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def make_catalogue(district: District, rules: Rules) -> bytes:
    """The export of the platform's catalogue: a workbook with the sheet 事项目录."""
    sheet = rules.form.catalogue
    rows = catalogue_rows(district)
    table: list[list[object]] = [[column.title for column in sheet.columns]]
    table += [[row.get(key, "") for key in sheet.keys] for row in rows]
    return _workbook(sheet.title, table, rules)


def catalogue_rows(district: District) -> list[Row]:
    """The entries of 事项目录: the items of the units it lists, and a few that those leave out of their forms."""
    rows: list[Row] = []
    for unit in district.units:
        if unit.listed == YES:
            rows += _entries(district, unit)
    return rows


def _entries(district: District, unit: Unit) -> list[Row]:
    codes = item_codes(district, unit)
    stages = {row["name"]: row["online_stages"] for row in item_rows(Scene(district, unit, LAST))}
    entries = [
        _entry(district, item, codes.get(item.name, "")) | {"online_stages": stages[item.name]}
        for item in district.items_of(unit)
        if _listed_name(district, item)
    ]
    extras = [_extra(vars(extra)) for extra in district.extras if extra.unit == unit.unit]
    return entries + extras


def _listed_name(district: District, item: Item) -> str:
    """The name under which the catalogue knows an item, "" where it does not."""
    odd = district.unlisted.get((item.unit, item.name))
    return odd.near if odd else item.name


def _entry(district: District, item: Item, code: str) -> Row:
    return {
        "unit": item.unit,
        "name": _listed_name(district, item),
        "code": code,
        "item_type": item.item_type,
        "basis": item.basis,
        "case_type": item.case_type,
        "legal_days": int(item.legal_days),
        "promised_days": int(item.promised_days),
        "negative_no": item.negative_no,
    }


def _extra(told: dict[str, str]) -> Row:
    counts = {key: int(told[key]) for key in ("legal_days", "promised_days", "online_stages")}
    return {**told, **counts}


def make_loose(kind: str, rules: Rules) -> bytes:
    """A file that is no form: scan, rota, note, empty or document (a Word document under another name)."""
    if kind == "scan":
        return SCAN
    if kind == "rota":
        return _workbook("值班表", ROTA, rules)
    if kind == "note":
        return (FOLDER / "note.txt").read_bytes()
    return b"" if kind == "empty" else _zip(DOCUMENT)


def _workbook(title: str, table: Sequence[Sequence[object]], rules: Rules) -> bytes:
    """A plain workbook of one sheet."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(title)
    for row, values in enumerate(table):
        page.write_row(row, 0, values)
    book.set_properties({"created": datetime.combine(rules.calendar.start, time())})
    book.close()
    return file.getvalue()


def _zip(parts: dict[str, str]) -> bytes:
    """A zip archive whose members carry no time of their own."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return file.getvalue()
