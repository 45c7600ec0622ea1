"""Files that are no form at all, or a form under another name, or one that would blow up a reader."""

from io import BytesIO
from zipfile import ZipFile

from tests.forms import the_rules
from tests.hostile.case import Case
from tests.hostile.parts import (
    as_rows,
    book,
    flagged,
    in_printed,
    in_sheet,
    locked,
    ods,
    ole,
    parts_of,
    plain_form,
    printed_form,
    replaced,
    sheet_part,
    zipped,
)

CSV = "单位名称,事项名称,事项类型\r\n区发改委,企业投资项目备案,行政备案\r\n"
TYPES = b"<Types><Default/></Types>"
NAME = ("items", "name")
ONE = {NAME: ["企业投资项目备案"]}


def _refused(id_: str, what: str, name: str, data: bytes, *says: str) -> Case:
    return Case(id_, what, name, lambda: data, "refused", says)


def _picture(id_: str, what: str, name: str, data: bytes) -> Case:
    return Case(id_, what, name, lambda: data, "scan", ("扫描件或图片",))


def _ignored(id_: str, what: str, name: str, data: bytes) -> Case:
    return Case(id_, what, name, lambda: data, "lock")


NO_FILES = [
    _refused("empty", "0 字节", "区残联.xlsx", b"", "0 字节", "重新发送"),
    _refused("one-byte", "只有一个字节", "区残联.xlsx", b"P", "不是 Excel 表"),
    _refused("zeros", "全是 0 的坏文件", "区残联.xlsx", bytes(70_000), "损坏"),
    _refused("random", "乱码", "区残联.xls", bytes(range(128, 256)) * 40 + b"\0\1\2", "损坏"),
    _refused("only-zip-start", "只有压缩包的开头", "区残联.xlsx", b"PK\x03\x04" + bytes(50), "损坏"),
    _refused("docx-as-xlsx", "Word 文档改名", "区残联.xlsx", zipped({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"}), "Word 文档"),
    _refused("docx", "Word 文档", "自查报告.docx", zipped({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"}), "Word 文档"),
    _refused("pptx", "演示文稿", "汇报.pptx", zipped({"[Content_Types].xml": TYPES, "ppt/presentation.xml": b"<p/>"}), "演示文稿"),
    _refused("odt", "开放文档文字", "报告.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}), "Word"),
    _refused("ooxml-shell", "缺内容的 Office 文件", "区残联.xlsx", zipped({"[Content_Types].xml": TYPES}), "损坏"),
    _refused("zip-named-xlsx", "普通压缩包改名", "区残联.xlsx", zipped({"说明.txt": b"x"}), "损坏"),
    _refused("html-as-xls", "网页改名为 .xls", "导出.xls", "<html><body><table><tr><td>区残联</td></tr></table></body></html>".encode(), "网页"),
    _refused("html-fragment", "只有表格的网页", "导出.xls", "<table border=1><tr><td>区残联</td></tr></table>".encode("gbk"), "网页"),
    _refused("html-meta", "系统导出的网页", "导出.xls", b'\r\n<meta http-equiv="Content-Type" content="application/vnd.ms-excel">', "网页"),
    _refused("xml-2003", "XML 表格", "导出.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML 表格"),
    _refused("csv-gb", "国标码 csv", "事项.csv", CSV.encode("gb18030"), "csv"),
    _refused("csv-utf8", "csv", "事项.csv", CSV.encode(), "csv"),
    _refused("csv-bom", "带签名的 csv", "事项.csv", CSV.encode("utf-8-sig"), "csv"),
    _refused("csv-as-xlsx", "csv 改名", "事项.xlsx", CSV.encode("gb18030"), "csv"),
    _refused("tsv-utf16", "Unicode 文本", "事项.csv", CSV.replace(",", "\t").encode("utf-16"), "csv"),
    _refused("txt", "文字说明", "说明.txt", "各位领导：\n请查收。".encode("gbk"), "不是 Excel 表"),
    _refused("json", "数据文件", "a.json", b'{"a": 1}', "不是 Excel 表"),
    _refused("rtf", "写字板文档", "报告.doc", b"{\\rtf1\\ansi hello}", "Word"),
    _refused("exe", "程序", "填报工具.exe", b"MZ\x90\x00" + bytes(300), "程序文件"),
    _refused("lnk", "快捷方式", "区残联.xlsx.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60), "快捷方式"),
    _refused("sqlite", "数据库", "a.db", b"SQLite format 3\x00" + bytes(90), "不是 Excel 表"),
    _refused("tnef", "winmail.dat", "winmail.dat", b"\x78\x9f\x3e\x22" + bytes(90), "winmail.dat"),
    _refused("rar4", "rar", "区残联.rar", b"Rar!\x1a\x07\x00" + bytes(60), "rar", "解压"),
    _refused("rar5", "rar 5", "区残联.rar", b"Rar!\x1a\x07\x01\x00" + bytes(60), "rar", "解压"),
    _refused("rar-as-zip", "rar 改名", "区残联.zip", b"Rar!\x1a\x07\x01\x00" + bytes(60), "rar", "解压"),
    _refused("7z", "7z", "区残联.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60), "7z", "解压"),
    _refused("gz", "gz", "区残联.gz", b"\x1f\x8b\x08" + bytes(60), "解压"),
    _refused("bz2", "bz2", "区残联.bz2", b"BZh9" + bytes(60), "解压"),
    _refused("xz", "xz", "区残联.xz", b"\xfd7zXZ\x00" + bytes(60), "解压"),
    _refused("cab", "cab", "区残联.cab", b"MSCF" + bytes(60), "解压"),
    _refused("half-download", "没下载完", "区残联.xlsx.crdownload", b"\0" * 999, "没有下载完"),
    _refused("doc", "早期 Word", "报告.xls", ole("WordDocument"), "Word"),
    _refused("ppt", "早期演示文稿", "汇报.ppt", ole("PowerPoint Document"), "演示文稿"),
    _refused("msg", "Outlook 邮件", "填报.msg", ole("__properties_version1.0"), "Outlook", "另存"),
    _refused("ole-other", "别的 OLE 文件", "a.xls", ole("Contents"), "不是 Excel 表"),
    _refused("ole-cut", "截断的 .xls", "区残联.xls", ole("Workbook")[:700], "损坏"),
    _refused("xls-empty-stream", "内容是空的 .xls", "区残联.xls", ole("Workbook"), "损坏"),
    _picture("pdf", "盖章件", "区残联自查报告（盖章）.pdf", b"%PDF-1.4\n"),
    _picture("pdf-as-xlsx", "扫描件改名", "区残联.xlsx", b"%PDF-1.7\n" + bytes(90)),
    _picture("jpg", "照片", "区残联.jpg", b"\xff\xd8\xff\xe0" + bytes(90)),
    _picture("png", "截图", "微信图片.png", b"\x89PNG\r\n\x1a\n" + bytes(90)),
    _picture("gif", "动图", "a.gif", b"GIF89a" + bytes(90)),
    _picture("bmp", "位图", "a.bmp", b"BM" + bytes(90)),
    _picture("tif", "传真", "a.tif", b"II*\x00" + bytes(90)),
    _picture("webp", "网页图片", "a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(90)),
    _picture("heic", "手机照片", "IMG_1.heic", b"\x00\x00\x00\x18ftypheic" + bytes(90)),
    _ignored("lock", "锁文件", "~$区残联.xlsx", b"\x06admin" + bytes(159)),
    _ignored("lock-libre", "锁文件", ".~lock.区残联.xlsx#", b",admin,pc,30.03.2023"),
    _ignored("apple-double", "苹果附带文件", "._区残联.xlsx", b"\x00\x05\x16\x07" + bytes(90)),
    _ignored("thumbs", "缩略图", "Thumbs.db", ole("Catalog")),
    _ignored("desktop-ini", "文件夹设置", "desktop.ini", b"[.ShellClassInfo]"),
    _ignored("ds-store", "文件夹设置", ".DS_Store", b"\x00\x00\x00\x01Bud1"),
    Case("pdf-of-a-unit", "以单位命名的盖章件", "区残联自查报告（盖章）.pdf", lambda: b"%PDF-1.4\n", "scan", ("区残联的盖章件",)),
]  # fmt: skip


def _cut(share: float) -> bytes:
    return plain_form()[: int(len(plain_form()) * share)]


def _with_far(cell: bytes) -> bytes:
    return in_sheet("事项清单", b"</sheetData>", b'<row r="1048576">' + cell + b"</row></sheetData>")


def _twice() -> bytes:
    members = list(parts_of(plain_form()).items())
    return zipped([*members, (sheet_part("事项清单"), b"<worksheet/>")])


def _declared_huge() -> bytes:
    """A file whose directory says that a part unpacks to 3 GB."""
    data = plain_form()
    with ZipFile(BytesIO(data)) as archive:
        info = archive.getinfo("xl/styles.xml")
    size = info.file_size.to_bytes(4, "little")
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/styles.xml"))
    assert data[at + 24 : at + 28] == size
    return data[: at + 24] + (3 * 2**30).to_bytes(4, "little") + data[at + 28 :]


def _lying() -> bytes:
    """A part that holds more than the directory says."""
    data = plain_form()
    part = sheet_part("事项清单").encode()
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(part))
    return data[: at + 24] + (100).to_bytes(4, "little") + data[at + 28 :]


def _real_bomb() -> bytes:
    return zipped({**parts_of(plain_form()), "xl/media/a.bin": bytes(300 * 2**20)})


def _flipped() -> bytes:
    data = bytearray(plain_form())
    at = data.index(sheet_part("事项清单").encode()) + 60
    data[at : at + 20] = bytes(20)
    return bytes(data)


def _blank_tail() -> bytes:
    rows = b"".join(
        b'<row r="%d">' % row
        + b"".join(b'<c r="%c%d" s="0"/>' % (65 + column, row) for column in range(26))
        + b"</row>"
        for row in range(3, 20_000)
    )
    return in_sheet("事项清单", b"</sheetData>", rows + b"</sheetData>")


def _spaces_tail() -> bytes:
    rows = b"".join(
        b'<row r="%d"><c r="B%d" t="inlineStr"><is><t> </t></is></c></row>' % (n, n) for n in range(3, 3000)
    )
    return in_sheet("事项清单", b"</sheetData>", rows + b"</sheetData>")


def _laughs() -> bytes:
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return replaced("xl/sharedStrings.xml", lambda xml: entity + xml, printed_form())


def _long_cell() -> bytes:
    text = b"A" * 200_000
    return in_sheet("单位信息", b"</sheetData>", b'<row r="99"><c r="A99" t="inlineStr"><is><t>' + text + b"</t></is></c></row></sheetData>")  # fmt: skip


def _form(id_: str, what: str, name: str, make, **more) -> Case:
    return Case(id_, what, name, make, "form", reads=more.pop("reads", ONE), **more)


def _printed_far(text: bytes) -> bytes:
    """The printed form with a shared text in the last row of the sheet."""
    strings = parts_of(printed_form())["xl/sharedStrings.xml"]
    number = strings.count(b"<si>")
    data = in_printed(
        "事项清单", b"</sheetData>", b'<row r="1048576"><c r="B1048576" t="s"><v>%d</v></c></row></sheetData>' % number
    )
    added = b'<si><t xml:space="preserve">' + text + b"</t></si></sst>"
    return replaced("xl/sharedStrings.xml", lambda xml: xml.replace(b"</sst>", added), data)


def _locked_ods() -> bytes:
    return replaced(
        "META-INF/manifest.xml", lambda xml: xml.replace(b"/>", b"><manifest:encryption-data/></x>"), ods(as_rows())
    )


TEXT = b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'
DANGERS = [
    Case("cut-half", "只传了一半", "区残联.xlsx", lambda: _cut(0.5), "refused", ("损坏",)),
    Case("cut-end", "差最后一点", "区残联.xlsx", lambda: plain_form()[:-60], "refused", ("损坏",)),
    Case("cut-tenth", "只传了开头", "区残联.xlsx", lambda: _cut(0.1), "refused", ("损坏",)),
    Case("flipped", "中间坏了一段", "区残联.xlsx", _flipped, "refused", ("损坏",)),
    Case("part-twice", "内部有两个同名部分", "区残联.xlsx", _twice, "refused", ("重复", "另存")),
    Case("huge-declared", "声称有 3 GB", "区残联.xlsx", _declared_huge, "refused", ("过大",)),
    Case("huge-real", "解压后 300 MB", "区残联.xlsx", _real_bomb, "refused", ("过大",)),
    Case("lying-size", "内容比声称的多", "区残联.xlsx", _lying, "refused", ("损坏",)),
    Case("members-many", "内部有上万个部分", "区残联.xlsx", lambda: zipped({**parts_of(plain_form()), **{f"x/{n}": b"" for n in range(5001)}}), "refused", ("过大",)),
    Case("laughs", "内部有实体定义", "区残联.xlsx", _laughs, "refused", ("不正常",)),
    Case("doctype-sheet", "工作表里有文档类型声明", "区残联.xlsx", lambda: replaced(sheet_part("事项清单"), lambda x: b"<!DOCTYPE a>" + x), "refused", ("不正常",)),
    Case("xlsx-flag-locked", "压缩层加密的 .xlsx", "区残联.xlsx", lambda: flagged(plain_form()), "refused", ("密码",)),
    Case("locked", "打开要密码", "区残联.xlsx", lambda: locked("123456"), "refused", ("密码",)),
    _form("write-locked", "只是限制编辑的加密", "区残联.xlsx", lambda: locked("VelvetSweatshop")),
    _form("far-corner", "最右下角有一个字", "区残联.xlsx", lambda: _with_far(TEXT % (b"XFD1048576", b"x")), codes=("far_cells",)),
    _form("far-corner-space", "最右下角有一个空格", "区残联.xlsx", lambda: _with_far(TEXT % (b"XFD1048576", b" ")), never=("far_cells", "far_entries")),
    _form("far-row-space", "最后一行有一个空格", "区残联.xlsx", lambda: _with_far(TEXT % (b"B1048576", b" ")), never=("far_cells", "far_entries")),
    _form("far-row-text", "最后一行填了事项名称", "区残联.xlsx", lambda: _with_far(TEXT % (b"B1048576", "养老".encode())), codes=("far_entries",)),
    _form("far-style", "最右下角只有格式", "区残联.xlsx", lambda: _with_far(b'<c r="XFD1048576" s="0"/>'), never=("far_cells", "far_entries")),
    _form("far-column", "第一行最右有一个字", "区残联.xlsx", lambda: in_sheet("事项清单", b'<row r="2"', b'<row r="1">' + TEXT % (b"XFD1", b"x") + b'</row><row r="2"')),
    _form("dimension-lies", "声称的范围太大", "区残联.xlsx", lambda: replaced(sheet_part("事项清单"), lambda x: __import__("re").sub(rb'dimension ref="[^"]*"', b'dimension ref="A1:XFD1048576"', x))),
    _form("blank-tail", "两万行空的格式", "区残联.xlsx", _blank_tail),
    _form("space-tail", "三千行空格", "区残联.xlsx", _spaces_tail),
    _form("merge-everything", "合并到最右下角", "区残联.xlsx", lambda: in_sheet("事项清单", b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="AC2:XFD1048576"/></mergeCells>')),
    _form("long-cell", "一格二十万字", "区残联.xlsx", _long_cell),
    _form("printed", "下发的表填好", "区残联.xlsx", printed_form, never=("version_unknown", "rows_hidden", "column_hidden", "struck_out", "sheet_left", "far_cells", "cell_error", "formula_unsaved")),
    _form("printed-far-space", "最后一行有一个空格（文字存在别处）", "区残联.xlsx", lambda: _printed_far(b" "), never=("far_entries", "far_cells")),
    _form("printed-far-text", "最后一行有字（文字存在别处）", "区残联.xlsx", lambda: _printed_far("养老".encode()), codes=("far_entries",)),
    _form("as-xls", ".xlsx 改名为 .xls", "区残联.xls", plain_form),
    _form("as-et", "后缀是 .et", "区残联.et", plain_form),
    _form("as-pdf", "后缀是 .pdf", "区残联.pdf", plain_form),
    _form("no-suffix", "没有后缀", "区残联", plain_form),
    _form("lock-name", "名字像锁文件", "~$区残联.xlsx", plain_form),
    _form("tmp-name", "后缀是 .tmp", "区残联.tmp", plain_form),
    _form("odd-name", "名字里有表情和引号", "区残联“最终”😀&=@.xlsx", plain_form),
    _form("ods", "开放文档表格", "区残联.ods", lambda: ods(as_rows())),
    _form("ods-as-xlsx", "开放文档表格改名", "区残联.xlsx", lambda: ods(as_rows())),
    _form("trailing-bytes", "文件后面多了字节", "区残联.xlsx", lambda: plain_form() + bytes(40)),
    Case("ods-locked", "有密码的开放文档表格", "区残联.ods", _locked_ods, "refused", ("密码",)),
    Case("other-book", "别的表格", "值班表.xlsx", lambda: book(_only_rota), "refused", ("不是应进必进填报表",)),
    Case("catalogue", "事项目录", "目录.xlsx", lambda: book(_catalogue), "catalogue"),
    Case("register", "办公室登记表", "登记表.xlsx", lambda: book(_register), "register"),
    Case("final", "汇总表", "汇总表.xlsx", lambda: book(_final), "final"),
]  # fmt: skip


def _only(workbook, *titles: str) -> None:
    for title in titles:
        workbook.create_sheet(title)
    for page in list(workbook):
        if page.title not in titles:
            workbook.remove(page)


def _only_rota(workbook) -> None:
    _only(workbook, "值班表")
    workbook["值班表"].append(["日期", "值班人员"])


def _catalogue(workbook) -> None:
    _only(workbook, "事项目录")
    workbook["事项目录"].append([column.title for column in the_rules().form.catalogue.columns])
    workbook["事项目录"].append(["区发改委", "企业投资项目备案"])


def _register(workbook) -> None:
    _only(workbook, "评议确认", "线索核查")


def _final(workbook) -> None:
    _only(workbook, "单位排名", "自查对照")


CASES = [*NO_FILES, *DANGERS]
