"""Archives and mails, and what lies in them."""

from email.header import Header
from urllib.parse import quote

from tests.hostile.case import Case
from tests.hostile.parts import flagged, mail, other_form, plain_form, raw_mail, zipped, zipped_gbk

FORM, UNIT = "form", "区残联.xlsx"
Q = UNIT.encode()


def _box(id_: str, what: str, name: str, make, **members: str) -> Case:
    """A container; `members` maps names (␣ for a dot is not needed: given as a dict) to kinds."""
    return Case(id_, what, name, make, "container", ("已分别列出",), members=members)


def _raw(id_: str, what: str, disposition: bytes, shown: str = UNIT, kind: bytes = b"application/octet-stream") -> Case:
    return _box(id_, what, "mail.eml", lambda: raw_mail(disposition, plain_form(), kind), **{shown: FORM})


def _encoded(charset: str) -> bytes:
    return Header(UNIT, charset).encode().encode()


def _deep(levels: int) -> bytes:
    data = zipped({UNIT: plain_form()})
    for number in range(levels):
        data = zipped({f"{number}.zip": data})
    return data


def _bad_member() -> bytes:
    data = bytearray(zipped({"a.xlsx": plain_form(), UNIT: plain_form()}))
    at = data.index(b"a.xlsx") + 300
    data[at : at + 40] = bytes(40)
    return bytes(data)


CASES = [
    _box("zip", "压缩包", "报送.zip", lambda: zipped({UNIT: plain_form()}), **{UNIT: FORM}),
    _box("zip-no-suffix", "没有后缀的压缩包", "报送", lambda: zipped({UNIT: plain_form()}), **{UNIT: FORM}),
    _box("zip-gbk", "名字是国标码", "报送.zip", lambda: zipped_gbk({"区残联填报表.xlsx": plain_form()}), **{"区残联填报表.xlsx": FORM}),
    _box("zip-folders", "里面有文件夹", "报送.zip", lambda: zipped({"第2期/": b"", "第2期/区残联.xlsx": plain_form()}), **{"第2期/区残联.xlsx": FORM}),
    _box("zip-two", "两份填报表", "报送.zip", lambda: zipped({"a.xlsx": plain_form(), "b.xlsx": other_form()}), **{"a.xlsx": FORM, "b.xlsx": FORM}),
    _box("zip-mixed", "什么都有", "报送.zip", lambda: zipped({UNIT: plain_form(), "盖章.pdf": b"%PDF-1.4", "空.xlsx": b"", "~$a.xlsx": b"x" * 165}), **{UNIT: FORM, "盖章.pdf": "scan", "空.xlsx": "refused", "~$a.xlsx": "lock"}),
    _box("zip-mac", "苹果电脑打的包", "报送.zip", lambda: zipped({UNIT: plain_form(), "__MACOSX/._区残联.xlsx": b"\0\5\x16\7"}), **{UNIT: FORM, "__MACOSX/._区残联.xlsx": "lock"}),
    _box("zip-nested", "包里有包", "报送.zip", lambda: zipped({"里.zip": zipped({UNIT: plain_form()})}), **{"里.zip": "container", "里.zip › 区残联.xlsx": FORM}),
    _box("zip-too-deep", "套了三层", "报送.zip", lambda: _deep(2), **{"1.zip": "container", "1.zip › 0.zip": "refused"}),
    _box("zip-member-broken", "有一个成员坏了", "报送.zip", _bad_member, **{"a.xlsx": "refused", UNIT: FORM}),
    _box("zip-same-names", "两个成员同名", "报送.zip", lambda: zipped([(UNIT, plain_form()), (UNIT, other_form())]), **{UNIT: FORM, "区残联（2）.xlsx": FORM}),
    _box("zip-climbs", "名字里有上级目录", "报送.zip", lambda: zipped({"../../区残联.xlsx": plain_form()}), **{UNIT: FORM}),
    _box("zip-backslash", "名字里有反斜线", "报送.zip", lambda: zipped({"a\\区残联.xlsx": plain_form()}), **{"a/区残联.xlsx": FORM}),
    _box("zip-rar-inside", "包里有 rar", "报送.zip", lambda: zipped({"a.rar": b"Rar!\x1a\x07\x00" + bytes(50)}), **{"a.rar": "refused"}),
    _box("zip-eml-inside", "包里有邮件", "报送.zip", lambda: zipped({"a.eml": mail((UNIT, plain_form()))}), **{"a.eml": "container", "a.eml › 区残联.xlsx": FORM}),
    _box("zip-big-member", "有一个成员特别大", "报送.zip", lambda: zipped({"a.xlsx": bytes(201 * 2**20), UNIT: plain_form()}), **{"a.xlsx": "refused", UNIT: FORM}),
    Case("zip-locked", "压缩包有密码", "报送.zip", lambda: flagged(zipped({UNIT: plain_form()})), "refused", ("密码",)),
    Case("zip-empty", "空压缩包", "报送.zip", lambda: zipped({}), "refused", ("空的",)),
    Case("zip-only-folders", "只有文件夹", "报送.zip", lambda: zipped({"第2期/": b""}), "refused", ("空的",)),
    Case("zip-crowd", "五百多个文件", "报送.zip", lambda: zipped({f"{n}.txt": b"x" for n in range(501)}), "refused", ("501个文件",)),
    Case("zip-cut", "没传完的压缩包", "报送.zip", lambda: zipped({UNIT: plain_form()})[:3000], "refused", ("损坏",)),
    _box("eml", "邮件", "mail.eml", lambda: mail((UNIT, plain_form())), **{UNIT: FORM}),
    _box("eml-no-suffix", "没有后缀的邮件", "mail", lambda: mail((UNIT, plain_form())), **{UNIT: FORM}),
    _box("eml-many", "三个附件", "mail.eml", lambda: mail((UNIT, plain_form()), ("b.xlsx", other_form()), ("c.pdf", b"%PDF-1.4")), **{UNIT: FORM, "b.xlsx": FORM, "c.pdf": "scan"}),
    _box("eml-zip", "附件是压缩包", "mail.eml", lambda: mail(("包.zip", zipped({UNIT: plain_form()}))), **{"包.zip": "container", "包.zip › 区残联.xlsx": FORM}),
    _box("eml-eml", "转发的邮件", "mail.eml", lambda: mail(("转.eml", mail((UNIT, plain_form())))), **{"转.eml": "container", "转.eml › 区残联.xlsx": FORM}),
    _box("eml-empty-file", "附件是空的", "mail.eml", lambda: mail((UNIT, b"")), **{UNIT: "refused"}),
    Case("eml-none", "没有附件", "mail.eml", lambda: mail(), "refused", ("没有附件", "超大附件")),
    _raw("eml-2047-gbk", "附件名 RFC 2047（GBK）", b'attachment; filename="' + _encoded("gbk") + b'"'),
    _raw("eml-2047-utf8", "附件名 RFC 2047（UTF-8）", b'attachment; filename="' + _encoded("utf-8") + b'"'),
    _raw("eml-2231", "附件名 RFC 2231", b"attachment; filename*=UTF-8''" + quote(UNIT).encode()),
    _raw("eml-2231-gbk", "附件名 RFC 2231（GB18030）", b"attachment; filename*=gb2312''" + quote(UNIT.encode("gb18030")).encode()),
    _raw("eml-2231-parts", "附件名分成几段", b"attachment; filename*0*=UTF-8''" + quote("区残").encode() + b"; filename*1*=" + quote("联.xlsx").encode()),
    _raw("eml-raw-gb", "附件名是国标码原文", b'attachment; filename="' + UNIT.encode("gb18030") + b'"'),
    _raw("eml-raw-utf8", "附件名是 UTF-8 原文", b'attachment; filename="' + Q + b'"'),
    _raw("eml-percent", "附件名是网址编码", b'attachment; filename="' + quote(UNIT).encode() + b'"'),
    _raw("eml-name-in-type", "名字只在类型里", b"attachment", kind=b'application/vnd.ms-excel; name="' + _encoded("gbk") + b'"'),
    _raw("eml-inline", "写成内嵌的附件", b'inline; filename="' + _encoded("gbk") + b'"'),
    _raw("eml-nameless", "没有名字的附件", b"attachment", "附件1"),
]  # fmt: skip
