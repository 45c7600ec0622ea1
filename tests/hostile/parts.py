"""What hostile files are made of: forms as workbooks, archives, mails, OLE files."""

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from typing import Any

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.form import Form
from pipeline.template.book import write_form
from tests.districts import values_of
from tests.forms import the_rules
from tests.results import GOOD, a_form, an_item

SECTOR = 512
OTHER = "区教体局"  # the unit of `other_form`
Edit = Callable[[Workbook], object]


def form_values(*items: Mapping[str, Any], **info: Any) -> dict[str, Any]:
    """The plain values of a good form of 第2期, with these items and lines of 单位信息."""
    form = a_form(GOOD, 2, date(2023, 3, 30))
    values = values_of({**form, "values": {**form["values"], "items": list(items) or [an_item()]}})
    return {**values, "unit_info": [{**values["unit_info"][0], **info}]}


def book(edit: Edit = lambda _: None, values: Mapping[str, Any] | None = None) -> bytes:
    """The form as a plain workbook (titles in row 1, entries from row 2), after an edit."""
    return save(edited(edit, values))


def edited(edit: Edit, values: Mapping[str, Any] | None = None) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.active)
    form = the_rules().form
    held = values or form_values()
    for sheet in form.sheets:
        page = workbook.create_sheet(sheet.title)
        if sheet.layout == "fields":
            _write_fields(page, held["unit_info"][0], form)
        else:
            page.append([column.title for column in sheet.columns])
            for row in held.get(sheet.key, ()):
                page.append([row.get(key) for key in sheet.keys])
    edit(workbook)
    return workbook


def save(workbook: Workbook) -> bytes:
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_fields(page: Worksheet, info: Mapping[str, Any], form: Form) -> None:
    page.append(["项目", "填报内容"])
    for column in form.by_key["unit_info"].columns:
        page.append([column.title, info.get(column.key)])


@cache
def plain_form() -> bytes:
    return book()


@cache
def printed_form() -> bytes:
    """The form as the office sends it out, filled in; its texts stand in a table of their own."""
    return write_form(the_rules(), form_values())


@cache
def other_form() -> bytes:
    """A good form of another unit."""
    return book(values=form_values(unit=OTHER))


def zipped(members: Mapping[str, bytes] | Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in pairs:
            archive.writestr(name, data)
    return file.getvalue()


def zipped_gbk(members: Mapping[str, bytes]) -> bytes:
    """An archive with its names in GBK and no mark that says so, as Windows writes it."""
    names = {f"{number:04}".ljust(len(name.encode("gbk")), "x"): name for number, name in enumerate(members)}
    data = zipped({short: members[name] for short, name in names.items()})
    for short, name in names.items():
        data = data.replace(short.encode(), name.encode("gbk"))
    return data


def flagged(data: bytes) -> bytes:
    """The archive with every member marked as encrypted."""
    out = bytearray(data)
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(start)
        while at >= 0:
            out[at + flags] |= 1
            at = out.find(start, at + 4)
    return bytes(out)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(part: str, change: Callable[[bytes], bytes], data: bytes | None = None) -> bytes:
    """The form with one part of the file changed."""
    members = parts_of(data or plain_form())
    return zipped({**members, part: change(members[part])})


def sheet_part(title: str) -> str:
    """Where a sheet of `plain_form` lies in the file."""
    titles = [sheet.title for sheet in the_rules().form.sheets]
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"


def in_printed(title: str, old: bytes, new: bytes) -> bytes:
    """The printed form with something changed in a sheet; 填写说明 stands before the others."""
    titles = [sheet.title for sheet in the_rules().form.sheets]
    part = f"xl/worksheets/sheet{titles.index(title) + 2}.xml"
    return replaced(part, lambda xml: _swap(xml, old, new), printed_form())


def in_sheet(title: str, old: bytes, new: bytes, data: bytes | None = None) -> bytes:
    return replaced(sheet_part(title), lambda xml: _swap(xml, old, new), data)


def _swap(xml: bytes, old: bytes, new: bytes) -> bytes:
    assert old in xml, old
    return xml.replace(old, new, 1)


def locked(password: str) -> bytes:
    """The form under a password."""
    out = BytesIO()
    OOXMLFile(BytesIO(plain_form())).encrypt(password, out)
    return out.getvalue()


def ole(*streams: str) -> bytes:
    """An OLE file with these streams, each of 4 KB of nothing."""
    size, count = 4096 // SECTOR, len(streams)
    entries = [_ole_entry("Root Entry", 5, 1 if count else -1, -2, 0)]
    entries += [_ole_entry(name, 2, -1, 2 + number * size, 4096) for number, name in enumerate(streams)]
    entries = [_linked(entry, number, count) for number, entry in enumerate(entries)]
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    chains = [n + 1 if (n + 1) % size else -2 for n in range(count * size)]
    fat = [-3, -2, *(link + 2 if link > 0 else link for link in chains)]
    table = struct.pack(f"<{SECTOR // 4}i", *(fat + [-1] * (SECTOR // 4 - len(fat))))
    head = struct.pack("<8s16sHHHHH6xIIiIIiIiI", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, -2, 0, -2, 0)  # fmt: skip
    header = head + struct.pack("<109i", 0, *([-1] * 108))
    return header + table + directory + bytes(4096 * count)


def _ole_entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBiii16sIQQiQ", text, len(text), kind, 1, -1, -1, child, b"", 0, 0, 0, start, size)


def _linked(entry: bytes, number: int, count: int) -> bytes:
    """The entry with the next stream as its right neighbour."""
    right = number + 1 if 0 < number < count else -1
    return entry[:72] + struct.pack("<i", right) + entry[76:]


def mail(*attachments: tuple[str, bytes], when: str = "Thu, 30 Mar 2023 09:00:00 +0800") -> bytes:
    """A mail with attachments, as Python writes it (RFC 2231)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = "a@163.com", "b@163.com", "填报表", when
    message.set_content("附件请查收。")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def raw_mail(disposition: bytes, data: bytes, content_type: bytes = b"application/octet-stream") -> bytes:
    """A mail with one attachment whose headers are written out byte by byte."""
    from base64 import encodebytes

    return b"\r\n".join(
        [
            b"From: a@163.com", b"To: b@163.com", b"MIME-Version: 1.0", b"Date: Thu, 30 Mar 2023 23:30:00 +0000",
            b'Content-Type: multipart/mixed; boundary="==x"', b"", b"--==x", b"Content-Type: text/plain; charset=gbk", b"",
            "请查收".encode("gbk"), b"--==x", b"Content-Type: " + content_type, b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: " + disposition, b"", encodebytes(data), b"--==x--", b"",
        ]
    )  # fmt: skip


def ods(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An OpenDocument workbook of texts."""
    tables = "".join(
        f'<table:table table:name="{name}">' + "".join(_ods_row(row) for row in rows) + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped(
        {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()},
        zipfile.ZIP_STORED,
    )


def _ods_row(row: Sequence[object]) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        if value is not None
        else "<table:table-cell/>"
        for value in row
    )
    return f"<table:table-row>{cells}</table:table-row>"


def as_rows(values: Mapping[str, Any] | None = None) -> dict[str, list[list[object]]]:
    """The sheets of a good form as rows of texts."""
    workbook = edited(lambda _: None, values)
    return {
        page.title: [
            [None if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)
        ]
        for page in workbook
    }
