"""rules/briefing.toml -> templates/简报模板.docx: letterhead, page set-up, footers and styles.

Run `python -m pipeline.document.letterhead` after a change of [layout]; it replaces the template as a whole.
"""

from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

from pipeline.document.styles import LINE, PAGE_NUMBER, make_styles
from pipeline.document.wordml import CONTENT_TYPES, R, W, pack
from pipeline.rules import load_rules
from pipeline.wording import Layout

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "templates" / "简报模板.docx"

# GB/T 9704—2012, in twips (1/20 pt): A4; margins 37, 35, 28, 26 mm, rounded so that the text is 156 mm wide at most;
# the page number 7 mm under the text.
PAGE = 'w:w="11906" w:h="16838"'
MARGINS = 'w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1389" w:gutter="0"'


def make_template(layout: Layout) -> bytes:
    """The template of the 简报 as a .docx, the same to the byte for the same layout."""
    footers = {f"word/footer{n}.xml": _footer(side) for n, side in ((1, "right"), (2, "left"))}
    texts = {
        CONTENT_TYPES: _content_types(),
        "_rels/.rels": _relationships(PACKAGE_PARTS),
        "docProps/core.xml": CORE,
        "word/_rels/document.xml.rels": _relationships(DOCUMENT_PARTS),
        "word/document.xml": _document(),
        "word/styles.xml": make_styles(layout),
        "word/settings.xml": SETTINGS,
        "word/fontTable.xml": _font_table(layout.substitutes),
        **footers,
    }
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return pack({name: (head + text).encode() for name, text in texts.items()})


# --- body and footers


def _document() -> str:
    """The letterhead with its places to fill in; what follows {正文} stays behind."""
    advice = (
        "说明：花括号中的词由程序填写，位置和样式可以改，词不要改；{正文}处接简报的标题和各部分。"
        "各部分的样子由名为“简报……”的样式决定，改样式即可，样式名不要改。本段不带入简报。"
    )
    lines = (
        ("Draft", "{送审稿}"),
        ("Masthead", "{报头}"),
        ("Number", "{期号}"),
        ("Issuer", "{编发单位}</w:t><w:tab/><w:t>{日期}"),
        ("Body", "{正文}"),
        ("TableNote", advice),
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(f"<w:t>{text}</w:t>")}</w:p>' for style, text in lines
    )
    return f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}{SECTION}</w:body></w:document>'


SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>'
    f'<w:pgSz {PAGE}/><w:pgMar {MARGINS}/><w:cols w:space="425"/>'
    f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
)


def _footer(side: str) -> str:
    """“— 1 —”, one character in from the outer side."""
    pieces = (
        '<w:t xml:space="preserve">— </w:t>',
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
        '<w:t xml:space="preserve"> —</w:t>',
    )
    return (
        f'<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="PageNumber"/>'
        f'<w:ind w:{side}Chars="100" w:{side}="{round(20 * PAGE_NUMBER)}"/><w:jc w:val="{side}"/></w:pPr>'
        f"{''.join(_run(piece) for piece in pieces)}</w:p></w:ftr>"
    )


def _run(content: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>{content}</w:r>'


# --- the rest of the package

# Word 2013 and later: no 兼容模式. Punctuation keeps its full width, or 28 characters would not be a line.
SETTINGS = (
    f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="640"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:doNotExpandShiftReturn/><w:useFELayout/>'
    + "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in (
            ("compatibilityMode", 15),
            ("overrideTableStyleFontSizeAndJustification", 1),
            ("enableOpenTypeFeatures", 1),
            ("doNotFlipMirrorIndents", 1),
            ("differentiateMultirowTableHeaders", 1),
        )
    )
    + '</w:compat><w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/>'
    '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>简报模板</dc:title><dc:language>zh-CN</dc:language>'
    "</cp:coreProperties>"
)


def _font_table(substitutes: dict[str, str]) -> str:
    """What Word takes where a font is not on the machine."""
    fonts = "".join(
        f'<w:font w:name={quoteattr(font)}><w:altName w:val={quoteattr(other)}/><w:charset w:val="86"/></w:font>'
        for font, other in substitutes.items()
    )
    return f'<w:fonts xmlns:w="{W}">{fonts}</w:fonts>'


_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_LINK = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
# path of the part -> kind of its link
PACKAGE_PARTS = (("word/document.xml", f"{R}/officeDocument"), ("docProps/core.xml", _CORE_LINK))
DOCUMENT_PARTS = (
    ("styles.xml", f"{R}/styles"),
    ("settings.xml", f"{R}/settings"),
    ("fontTable.xml", f"{R}/fontTable"),
    ("footer1.xml", f"{R}/footer"),
    ("footer2.xml", f"{R}/footer"),
)


def _relationships(parts: Iterable[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(parts, start=1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )


def _content_types() -> str:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    kinds = {"document": "document.main", "footer1": "footer", "footer2": "footer"}
    names = ("document", "styles", "settings", "fontTable", "footer1", "footer2")
    parts = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{word}.{kinds.get(name, name)}+xml"/>' for name in names
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}'
        f'<Override PartName="/docProps/core.xml" ContentType="{_CORE_TYPE}"/></Types>'
    )


def main() -> None:
    """Write the template from the rules of this folder."""
    TEMPLATE.write_bytes(make_template(load_rules(ROOT / "rules").briefing.layout))
    print(f"已生成 {TEMPLATE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
