"""Whether a workbook can be marked as it is: what openpyxl would lose on saving, looked for in the parts of the file."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from pipeline.sniff import ZIP_STARTS

SHAPES, NEW_VALIDATION, OTHER_FORMAT = "图片、图形或图表", "新版的下拉列表、条件格式或迷你图", "原来的文件格式"
# What a part's name or content shows -> what would be lost. Drawings of comments (vmlDrawing) are carried.
IN_NAMES = {
    r"xl/(?:media/|charts/|cellimages)": SHAPES,
    r"xl/(?:activeX|ctrlProps|embeddings)/": "控件或嵌入的文件",
    r"xl/vbaProject": "宏",
    r"xl/externalLinks/": "与其他文件的链接",
    r"xl/threadedComments/": "批注的对话",
    r"xl/(?:pivotTables|pivotCache|slicers|slicerCaches|queryTables|connections)": "透视表或查询",
}
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml")
_ANCHOR = re.compile(
    rb"<(?:\w+:)?(?:twoCell|oneCell|absolute)Anchor\b"
)  # LibreOffice writes drawings with nothing in them
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_EXTENSION = re.compile(rb"<(?:\w+:)?extLst\b")


def lost_on_saving(data: bytes) -> tuple[str, ...]:
    """What would be lost if the workbook were marked as it is, in words; nothing: it can be."""
    if not data.startswith(ZIP_STARTS):
        return (OTHER_FORMAT,)
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names:
                return (OTHER_FORMAT,)
            lost = [what for part, what in IN_NAMES.items() if any(re.match(part, name) for name in names)]
            sheets = [archive.read(name) for name in names if _SHEET.fullmatch(name)]
            drawings = [archive.read(name) for name in names if _DRAWING.fullmatch(name)]
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):
        return (OTHER_FORMAT,)
    if SHAPES not in lost and any(map(_ANCHOR.search, drawings)):
        lost.append(SHAPES)
    if any(map(_EXTENSION.search, sheets)):
        lost.append(NEW_VALIDATION)
    return tuple(lost)
