"""Whether a workbook can be marked as it is: the few kinds of file whose marks would not show or would break it."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from pipeline.returns.package import BOOK
from pipeline.sniff import ZIP_STARTS

OTHER_FORMAT, MACROS, TALKS, SIGNED = "原来的文件格式", "宏", "批注的对话", "数字签名"
# What the name of a part shows: a file with macros may not end in .xlsx, a talk hides the comment of its cell, a change breaks the
# signature.
IN_NAMES = {r"xl/vbaProject": MACROS, r"xl/threadedComments/": TALKS, r"_xmlsignatures/": SIGNED}


def not_markable(data: bytes) -> tuple[str, ...]:
    """What stands in the way of marking the workbook as it is, in words; nothing: it can be."""
    if not data.startswith(ZIP_STARTS):
        return (OTHER_FORMAT,)
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):
        return (OTHER_FORMAT,)
    if BOOK not in names:
        return (OTHER_FORMAT,)
    return tuple(what for part, what in IN_NAMES.items() if any(re.match(part, name) for name in names))
