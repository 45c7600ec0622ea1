"""What a file is, from its bytes; its name only decides where the bytes say nothing."""

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple

import olefile

WORKBOOK, ZIP, MAIL, SCAN, IGNORED, REFUSED = "workbook", "zip", "mail", "scan", "ignored", "refused"

MOST_MANIFEST = 2**20  # bytes of the list of parts of an OpenDocument file
OLE_START, ZIP_STARTS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"PK\x03\x04", b"PK\x05\x06")
EMPTY = "文件是空的（0 字节）；请重新发送"
BROKEN = "文件已损坏或没有传完整；请用 Excel 打开核对、重新保存后发送"
LOCKED = "文件加了密码或已损坏；请去掉密码、重新保存后发送"
WORD = "文件其实是 Word 文档；请填写 Excel 填报表"
SLIDES = "文件其实是演示文稿；请填写 Excel 填报表"
NO_WORKBOOK = "不是 Excel 表；请填写专班下发的填报表"
SCANNED = "扫描件或图片，不读取"

_PICTURES = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_ARCHIVE = "压缩包不能直接读取；请解压后把里面的文件放进来，或改用 zip 格式"
_ARCHIVES = {
    b"Rar!\x1a\x07": f"rar {_ARCHIVE}",
    b"7z\xbc\xaf\x27\x1c": f"7z {_ARCHIVE}",
    b"\x1f\x8b": f"gz {_ARCHIVE}",
    b"BZh": f"bz2 {_ARCHIVE}",
    b"\xfd7zXZ\x00": f"xz {_ARCHIVE}",
    b"MSCF": f"cab {_ARCHIVE}",
}
_OTHERS = {
    b"{\\rtf": WORD,
    b"MZ": "是程序文件，没有打开；请不要转发来路不明的程序，填报请用 Excel 填报表",
    b"L\x00\x00\x00\x01\x14\x02\x00": "只是一个快捷方式，不是文件本身；请发送填报表原件",
    b"\x78\x9f\x3e\x22": "邮件软件打包的附件（winmail.dat），不能读取；请对方改用网页邮箱重新发送填报表",
    b"SQLite format 3\x00": NO_WORKBOOK,
}
_SYSTEM_NAMES = {"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db"}
_UNFINISHED = {".crdownload", ".part", ".partial", ".download", ".td", ".xltd", ".tmp"}
_OLE_KINDS = {
    "worddocument": WORD,
    "powerpoint document": SLIDES,
    "__properties_version1.0": "Outlook 邮件文件不能直接读取；请把邮件中的附件另存后放进来",
    "encryptedpackage": LOCKED,
}
_HEADER_LINE = re.compile(rb"[!-9;-~]+:[^\r\n]*\r?\n")
_MAIL_HEADERS = re.compile(rb"^(?:from|received|mime-version|return-path|message-id):", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(rb"<(?:!doctype html|html|table|head|meta|body)\b", re.IGNORECASE)
_SHEET_XML = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet")


class NotReadable(Exception):
    """The file is no workbook that can be read, or not this form; the text says why and what to do, in Chinese."""


class Sniffed(NamedTuple):
    """What a file is (one of the six kinds above), and why where it is not opened."""

    kind: str
    reason: str = ""


def sniff(name: str, data: bytes) -> Sniffed:
    """What the file is that has these bytes under this name (without folders)."""
    return _by_name(name, data) or _by_start(name, data) or _by_text(name, data)


def _by_name(name: str, data: bytes) -> Sniffed | None:
    """Files the system or Office leaves behind; a workbook is one under any name."""
    if data.startswith((*ZIP_STARTS, OLE_START)) and name.lower() not in _SYSTEM_NAMES:
        return None
    if name.startswith(("~$", ".~")):
        return Sniffed(IGNORED, "Excel 打开文件时留下的临时文件")
    if name.lower() in _SYSTEM_NAMES or name.startswith("._") or data[:4] == b"\x00\x05\x16\x07":
        return Sniffed(IGNORED, "系统自动生成的文件，不是填报内容")
    if not data:
        return Sniffed(REFUSED, EMPTY)
    if PurePosixPath(name).suffix.lower() in _UNFINISHED:
        return Sniffed(REFUSED, "文件没有下载完；请重新下载后放进来")
    return None


def _by_start(name: str, data: bytes) -> Sniffed | None:
    if data.startswith(ZIP_STARTS):
        return _sniff_zip(name, data)
    if data.startswith(OLE_START):
        return _sniff_ole(data)
    if data.startswith(_PICTURES) or data[8:12] == b"WEBP" or data[4:8] == b"ftyp":
        return Sniffed(SCAN, SCANNED)
    reasons = (reason for start, reason in {**_ARCHIVES, **_OTHERS}.items() if data.startswith(start))
    reason = next(reasons, "")
    return Sniffed(REFUSED, reason) if reason else None


def _sniff_zip(name: str, data: bytes) -> Sniffed:
    """A workbook, a document or a plain .zip, by its members."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {member.replace("\\", "/").lower() for member in archive.namelist()}
            kind = _office_kind(names, archive)
    except Exception:  # whatever the library trips over, it is no whole archive
        return Sniffed(REFUSED, BROKEN)
    if kind:
        return kind
    if "[content_types].xml" in names or PurePosixPath(name).suffix.lower() in {".xlsx", ".xlsm", ".xlsb", ".ods"}:
        return Sniffed(REFUSED, BROKEN)
    return Sniffed(ZIP)


def _office_kind(names: set[str], archive: zipfile.ZipFile) -> Sniffed | None:
    if any(n.endswith(("workbook.xml", "xl/workbook.bin")) or n.startswith("xl/worksheets/") for n in names):
        return Sniffed(WORKBOOK)
    if any(n.startswith("word/") for n in names):
        return Sniffed(REFUSED, WORD)
    if any(n.startswith("ppt/") for n in names):
        return Sniffed(REFUSED, SLIDES)
    if {"mimetype", "content.xml"} <= names and archive.getinfo("mimetype").file_size < 200:
        return _open_document_kind(names, archive)
    return None


def _open_document_kind(names: set[str], archive: zipfile.ZipFile) -> Sniffed:
    """A workbook or another document in the OpenDocument format, which notes in its list of parts that they are locked."""
    if b"spreadsheet" not in archive.read("mimetype"):
        return Sniffed(REFUSED, WORD)
    if "meta-inf/manifest.xml" not in names or archive.getinfo("META-INF/manifest.xml").file_size > MOST_MANIFEST:
        return Sniffed(WORKBOOK)
    is_locked = b"encryption-data" in archive.read("META-INF/manifest.xml")
    return Sniffed(REFUSED, LOCKED) if is_locked else Sniffed(WORKBOOK)


def _sniff_ole(data: bytes) -> Sniffed:
    """A workbook (.xls, .et), a document, an Outlook mail or an encrypted file, by its streams."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            streams = {path[0].lower() for path in ole.listdir()}
    except Exception:
        return Sniffed(REFUSED, LOCKED)
    if streams & {"workbook", "book"}:
        return Sniffed(WORKBOOK)
    reason = next((reason for stream, reason in _OLE_KINDS.items() if stream in streams), NO_WORKBOOK)
    # Excel itself locks some files with a password everybody knows; whether it is that one is seen on opening.
    return Sniffed(WORKBOOK if "encryptedpackage" in streams else REFUSED, reason)


def _by_text(name: str, data: bytes) -> Sniffed:
    suffix, start = PurePosixPath(name).suffix.lower(), data[:8192]
    if suffix == ".eml" or _looks_like_mail(start):
        return Sniffed(MAIL)
    if data.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")):
        return Sniffed(WORKBOOK)  # .xls of the years before OLE
    if _SHEET_XML.search(start):
        return Sniffed(REFUSED, "是早期的“XML 表格”格式；请用 Excel 打开后另存为 .xlsx 再发送")
    if _MARKUP.search(start):
        return Sniffed(REFUSED, "其实是网页，不是 Excel 表；请用 Excel 打开后另存为 .xlsx，或直接填写填报表")
    if not _is_text(start):
        return Sniffed(REFUSED, BROKEN if suffix in {".xls", ".xlsx", ".xlsm", ".et"} else NO_WORKBOOK)
    if suffix == ".csv" or _has_columns(start):
        return Sniffed(REFUSED, "是 csv 文本表，装不下填报表的各张工作表；请填写专班下发的 Excel 填报表")
    return Sniffed(REFUSED, NO_WORKBOOK)


def _looks_like_mail(start: bytes) -> bool:
    return bool(_HEADER_LINE.match(start)) and len(_MAIL_HEADERS.findall(start)) >= 2


def _is_text(start: bytes) -> bool:
    """Whether these bytes are text in UTF-8, GB18030 or UTF-16; the last character may be cut."""
    encodings = ["utf-16"] if start.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8", "gb18030"]
    return any(_decodes(start[: len(start) - cut], encoding) for encoding in encodings for cut in range(4))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\t\r\n\f" for character in text)


def _has_columns(start: bytes) -> bool:
    lines = [line for line in start.splitlines()[:5] if line.strip()]
    return len(lines) > 1 and any(all(mark in line for line in lines) for mark in (b",", b"\t"))
