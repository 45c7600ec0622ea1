"""Workbooks of a kind that trips one reader or the other: chart sheets, Chinese date formats, impossible addresses, old .xls."""

import re
import struct
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from tests.hostile.case import Case
from tests.hostile.parts import book, form_values, in_sheet, ole, replaced, sheet_part
from tests.results import an_item

ITEMS = "事项清单"
NAME, PLANNED, FILLED_ON = ("items", "name"), ("items", "planned"), ("unit_info", "filled_on")
ONE = {NAME: ["企业投资项目备案"]}
SHEET = "值班表"
BIFF5, BIFF8 = 0x0500, 0x0600
BROKEN = ("损坏",)


def _form(
    id_: str, what: str, make: Callable[[], bytes], *codes: str, never: tuple[str, ...] = (), reads: Any = ONE
) -> Case:
    return Case(id_, what, "区残联.xlsx", make, "form", codes=codes, never=never, reads=reads)


def _refused(id_: str, what: str, make: Callable[[], bytes], *says: str, name: str = "区残联.xlsx") -> Case:
    return Case(id_, what, name, make, "refused", says or BROKEN)


def _chart_sheet(workbook: Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(workbook[ITEMS], range_string=f"{ITEMS}!$U$1:$U$2"), titles_from_data=True)
    workbook.create_chartsheet("图表", 0).add_chart(chart)


def _second_reader(data: bytes) -> bytes:
    """The workbook with an extent of 事项清单 that the first reader gives up on, and the second passes over."""
    return replaced(sheet_part(ITEMS), lambda xml: re.sub(rb'dimension ref="[^"]*"', b'dimension ref="A0"', xml), data)


def _chinese_dates(number: int) -> bytes:
    """The form with its dates under a built-in format of Chinese Excel, which the file gives by number alone."""
    data = book(values=form_values(an_item(planned=date(2023, 3, 31))))
    new = b'numFmtId="%d"' % number
    return replaced("xl/styles.xml", lambda xml: re.sub(rb'(<xf [^>]*?)numFmtId="(?!0")\d+"', rb"\1" + new, xml), data)


def _chinese_second(number: int) -> bytes:
    return _second_reader(_chinese_dates(number))


def _huge_date() -> bytes:
    days = str((date(2023, 3, 31) - date(1899, 12, 30)).days).encode()
    return in_sheet(ITEMS, b"<v>" + days + b"</v>", b"<v>1e12</v>", _chinese_second(31))


def _dates_case(id_: str, what: str, make: Callable[[], bytes]) -> Case:
    reads = {PLANNED: [pd.Timestamp(2023, 3, 31)], FILLED_ON: [pd.Timestamp(2023, 3, 30)]}
    return _form(id_, what, make, never=("guessed", "not_a_date"), reads=reads)


def _at(address: bytes) -> bytes:
    """The form with the name of its item under another address."""
    return in_sheet(ITEMS, b'<c r="B2"', b'<c r="' + address + b'"')


def _more(xml: bytes) -> bytes:
    return in_sheet(ITEMS, b"</sheetData>", xml + b"</sheetData>")


def _merging(reference: bytes) -> bytes:
    merged = b'<mergeCells count="1"><mergeCell ref="' + reference + b'"/></mergeCells>'
    return in_sheet(ITEMS, b"</sheetData>", b"</sheetData>" + merged)


def _xls(stream: str, version: int, *records: bytes) -> bytes:
    """An .xls with one sheet, 值班表, of these records."""
    text, mark = ("utf-16-le", b"\1") if version == BIFF8 else ("gbk", b"")
    name = mark + SHEET.encode(text)
    starts = len(_substream(version, 5)) + 4 + 7 + len(name)
    size = len(SHEET) if mark else len(name)
    listed = _record(0x85, "IHB", starts, 0, size, tail=name)
    data = _substream(version, 5, listed) + _substream(version, 0x10, *records)
    return ole(stream)[:-4096] + data.ljust(4096, b"\0")


def _far_apart(last_row: int) -> list[bytes]:
    """Two numbers, in the first cell and in the last."""
    return [_record(0x0203, "HHHd", row, column, 0, 1.0) for row, column in ((0, 0), (last_row, 0xFF))]


def _substream(version: int, kind: int, *records: bytes) -> bytes:
    begin = _record(0x0809, "HHHH", version, kind, 0, 0, tail=bytes(8) if version == BIFF8 else b"")
    return begin + b"".join(records) + _record(0x0A, "")


def _record(number: int, layout: str, *values: float, tail: bytes = b"") -> bytes:
    body = struct.pack(f"<{layout}", *values) + tail
    return struct.pack("<HH", number, len(body)) + body


CASES = [
    _form("chart-sheet", "最前面有一张图表工作表", lambda: book(_chart_sheet), never=("sheet_left", "sheet_missing")),
    _form("chart-sheet-second", "有图表工作表，第一种读法读不了", lambda: _second_reader(book(_chart_sheet)), never=("sheet_left", "sheet_missing")),
    *(_dates_case(f"dates-{n}", f"日期用中文 Excel 内置格式 {n}", partial(_chinese_dates, n)) for n in (27, 31, 36, 50, 57, 58)),
    *(_dates_case(f"dates-{n}-second", f"内置格式 {n}，第一种读法读不了", partial(_chinese_second, n)) for n in (14, 27, 31, 36, 50, 57, 58)),
    _form("dates-37-second", "内置格式 37 不是日期，第一种读法读不了", lambda: _chinese_second(37), "guessed", reads={PLANNED: [pd.Timestamp(2023, 3, 31)]}),
    _form("dates-huge-second", "内置格式 31，数字大得没有这一天，第一种读法读不了", _huge_date, "not_a_date", reads={PLANNED: [None]}),
    _form("address-row-0", "地址是 A0", lambda: _at(b"A0"), "item_unnamed", reads={NAME: [None]}),
    _refused("address-turned", "地址是 1A", lambda: _at(b"1A")),
    _refused("address-fixed", "地址是 $B$2", lambda: _at(b"$B$2")),
    _refused("address-letters", "地址有八个字母", lambda: _at(b"AAAAAAAA2")),
    _refused("address-letters-four", "地址有四个字母", lambda: _at(b"AAAA2")),
    _refused("address-digits", "地址的行号有十一位", lambda: _at(b"B99999999999")),
    _refused("address-32-bits", "行号超出 32 位", lambda: _at(b"B4294967296")),
    _refused("row-seven-digits", "行号有七位，格子没有地址", lambda: _more(b'<row r="9999999"><c><v>1</v></c></row>')),
    _refused("row-32-bits", "行号超出 32 位，格子没有地址", lambda: _more(b'<row r="4294967295"><c><v>1</v></c></row>')),
    _form("address-in-text", "文字里有像地址的话", lambda: _more(b'<row r="9"><c r="B9" t="inlineStr"><is><t>x r="AAAAAAAA2"</t></is></c></row>'), reads={NAME: [*ONE[NAME], 'x r="AAAAAAAA2"']}),
    _refused("text-number-none", "文字的编号超出文字表", lambda: _more(b'<row r="9"><c r="B9" t="s"><v>99999</v></c></row>')),
    _refused("number-not-one", "数字格里不是数字", lambda: _more(b'<row r="9"><c r="B9" t="n"><v>qq</v></c></row>')),
    _form("cell-kind-unknown", "格子的类别不认得", lambda: _more(b'<row r="9"><c r="B9" t="zz"><v>qq</v></c></row>'), reads={NAME: [*ONE[NAME], "qq"]}),
    _refused("merge-row-0", "合并区域是 A0:B2", lambda: _merging(b"A0:B2")),
    _refused("merge-blank", "合并区域是空的", lambda: _merging(b"")),
    _form("merge-turned", "合并区域首尾颠倒", lambda: _merging(b"B2:A1")),
    _refused("xls-95", "Excel 95 的别的表格", lambda: _xls("Book", BIFF5, *_far_apart(0x3FFF)), "不是应进必进填报表", name="值班表.xls"),
    _refused("xls-95-empty", "内容是空的 Excel 95 文件", lambda: ole("Book"), name="区残联.xls"),
    _refused("xls-sparse", "两个数隔着一整张表的 .xls", lambda: _xls("Workbook", BIFF8, *_far_apart(0xFFFF)), "不是应进必进填报表", name="值班表.xls"),
    # The two below make the first reader panic, which is no Exception in Python.
    _refused("xls-panic-merge", "合并区域的记录是空的 .xls", lambda: _xls("Workbook", BIFF8, _record(0xE5, "")), name="区残联.xls"),
    _refused("xls-panic-formula", "公式的记录太短的 .xls", lambda: _xls("Workbook", BIFF8, _record(0x06, "", tail=bytes(20))), name="区残联.xls"),
]  # fmt: skip
