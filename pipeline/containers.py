"""What a .zip or .eml holds, opened in memory: the members with their names as people see them."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from io import BytesIO
from itertools import count
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from pipeline.sniff import MAIL, NotReadable

ARROW = " › "
MOST_MEMBERS = 500
MOST_BYTES = 200 * 2**20  # of one member; the largest honest workbook seen unpacks to 114 MB
_HERE = timezone(timedelta(hours=8))
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800


class Member(NamedTuple):
    """One file in a container: the name shown, and its number in the container."""

    name: str
    number: int


def list_members(kind: str, data: bytes) -> list[Member]:
    """The files in a mail or an archive (folders left out), each under a name of its own.

    Raises NotReadable where the container itself cannot be opened, with what to do.
    """
    names = _mail_names(data) if kind == MAIL else _zip_names(data)
    if len(names) > MOST_MEMBERS:
        raise NotReadable(f"里面有{len(names)}个文件，超过{MOST_MEMBERS}个；请分开存放后再运行")
    return [Member(name, number) for (number, _), name in zip(names, _apart(names), strict=True)]


def read_member(kind: str, data: bytes, number: int) -> bytes:
    """The bytes of one member.

    Raises NotReadable where it is locked, damaged or too large.
    """
    if kind == MAIL:
        return _content(_parts(message_from_bytes(data))[number])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return _unpack(archive, archive.infolist()[number])


def received_on(data: bytes) -> date | None:
    """The day a mail was sent, in China; None where it does not say."""
    try:
        sent = parsedate_to_datetime(str(message_from_bytes(data)["Date"]))
        return (sent.astimezone(_HERE) if sent.tzinfo else sent).date()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _apart(names: list[tuple[int, str]]) -> Iterator[str]:
    """The names, a number added where one stands there already."""
    taken: set[str] = set()
    for _, name in names:
        stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
        others = (f"{stem}（{number}）{dot}{suffix}" for number in count(2))
        chosen = name if name not in taken else next(other for other in others if other not in taken)
        taken.add(chosen)
        yield chosen


# Archives.


def _zip_names(data: bytes) -> list[tuple[int, str]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
    files = [(number, info) for number, info in enumerate(infos) if not info.is_dir()]
    if files and all(info.flag_bits & _ENCRYPTED for _, info in files):
        raise NotReadable("压缩包加了密码；请去掉密码后重新发送，或解压后把里面的文件放进来")
    return [(number, _plain_name(_zip_name(info))) for number, info in files]


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name of a member; Chinese systems write GBK where the standard has no Chinese."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return decode(info.orig_filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise NotReadable("压缩包里的这个文件加了密码；请去掉密码后重新发送")
    if info.file_size > MOST_BYTES:
        raise NotReadable("这个文件解压后过大，没有打开；请核对后单独发送")
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise NotReadable("压缩包里的这个文件已损坏；请重新发送") from error
    except (NotImplementedError, RuntimeError) as error:
        raise NotReadable("压缩包的压缩方式不能读取；请解压后把里面的文件放进来") from error


# Mails.


def _mail_names(data: bytes) -> list[tuple[int, str]]:
    parts = _parts(message_from_bytes(data))
    return [(number, _plain_name(_file_name(part)) or f"附件{number + 1}") for number, part in enumerate(parts)]


def _parts(message: Message) -> list[Message]:
    """The attachments of a mail in their order; a mail that was forwarded as a file is one."""
    if message.get_content_type() == "message/rfc822":
        return [message]
    if message.is_multipart():
        return [part for inner in message.get_payload() if isinstance(inner, Message) for part in _parts(inner)]
    attached = message.get_content_disposition() == "attachment" or message.get_content_maintype() == "application"
    return [message] if attached or _file_name(message) else []


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _file_name(part: Message) -> str:
    """The name of an attachment: RFC 2231, RFC 2047, or plain bytes in GB18030 or UTF-8."""
    if part.get_content_type() == "message/rfc822":
        return "转发的邮件.eml"
    headers = Message()
    for name, value in part.raw_items():
        if name.lower() in ("content-disposition", "content-type"):
            headers[name] = decode(str(value).encode("utf-8", "surrogateescape"))
    told = headers.get_param("filename", header="content-disposition") or headers.get_param("name")
    if isinstance(told, tuple):
        return decode(str(told[2]).encode("latin-1", "replace"), told[0] or "")
    return _decode_words(str(told or ""))


def _decode_words(text: str) -> str:
    """A header value without its encoded words."""
    if re.fullmatch(r"[^%]*(?:%[0-9A-Fa-f]{2})+[^%]*", text):
        text = decode(unquote_to_bytes(text))
    if "=?" not in text:
        return text
    words = decode_header(re.sub(r"\s+", " ", text))
    return "".join(word if isinstance(word, str) else decode(word, charset or "") for word, charset in words)


def decode(data: bytes, charset: str = "") -> str:
    """Text from bytes in the charset told, else in UTF-8, else in GB18030 (which holds GB2312 and GBK)."""
    told = "gb18030" if charset.lower().startswith(("gb", "x-gb", "cp936")) else charset
    for encoding in filter(None, (told, "utf-8", "gb18030")):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", "replace")


def _plain_name(name: str) -> str:
    """A member's path without what could lead out of the container or cannot be seen."""
    visible = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]", "", name.replace("\\", "/"))
    return "/".join(part.strip() for part in visible.split("/") if part.strip() not in ("", ".", ".."))
