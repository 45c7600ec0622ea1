"""rules/briefing.toml -> the Word styles of the 简报, in the sizes and distances of GB/T 9704—2012."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.sax.saxutils import quoteattr

from pipeline.document.wordml import W
from pipeline.wording import Fonts, Layout, Sizes

# GB/T 9704—2012, in twips (1/20 pt): the text is 156 mm wide and has 22 lines of 28.95 pt.
TEXT_WIDTH = 8844
LINE = 579
# 三号 is 16 pt, but 28 characters of 16 pt are 158 mm: each gives up a quarter of a point.
BODY, TRACKING = 16.0, -5
TITLE, TABLE_TITLE, NOTE, IMPRINT, PAGE_NUMBER, UNIT = 22.0, 14.0, 10.5, 14.0, 14.0, 12.0
RED = "FF0000"


@dataclass(frozen=True)
class Look:
    """A paragraph style: sizes in points, distances in twips, `indent` by side in characters."""

    key: str
    name: str
    font: str
    size: float = BODY
    align: str = "both"
    indent: tuple[tuple[str, int], ...] = ()
    line: int = LINE
    before: int = 0
    after: int = 0
    on_grid: bool = True
    keep_next: bool = False
    keep_lines: bool = False
    new_page: bool = False
    border: str = ""
    right_tab: bool = False
    outline: int | None = None
    colour: str = ""
    tracking: int = 0
    rule: str = "exact"


TWO_IN = (("firstLine", 2),)


def looks(fonts: Fonts, sizes: Sizes) -> tuple[Look, ...]:
    """The paragraph styles of a 简报, in the order in which they appear on paper."""
    return (
        *_head_looks(fonts, sizes),
        Look("Body", "简报正文", fonts.body, indent=TWO_IN, tracking=TRACKING),
        Look("Heading1", "简报一级标题", fonts.heading, indent=TWO_IN, keep_next=True, outline=0, tracking=TRACKING),
        Look("Heading2", "简报二级标题", fonts.subheading, indent=TWO_IN, keep_next=True, outline=1, tracking=TRACKING),
        *_table_looks(fonts, sizes),
        # Of single spacing: a fixed line would cut the chart off.
        Look("Figure", "简报图", fonts.body, 10.5, "center", line=240, on_grid=False, keep_next=True, rule="auto"),
        Look("FigureTitle", "简报图题", fonts.table_head, 10.5, "center", line=360, after=60, on_grid=False),
        Look(
            "AnnexList",
            "简报附件说明",
            fonts.body,
            indent=(("left", 5), ("hanging", 3)),
            before=LINE,
            tracking=TRACKING,
            keep_lines=True,
        ),
        Look("Annex", "简报附件", fonts.heading, align="left", keep_next=True, new_page=True, outline=0),
        Look(
            "AnnexTitle",
            "简报附件标题",
            fonts.title,
            TITLE,
            "center",
            before=LINE // 2,
            after=100,
            keep_next=True,
            on_grid=False,
        ),
        *_foot_looks(fonts),
        *_unit_looks(fonts),
    )


def _unit_looks(fonts: Fonts) -> tuple[Look, ...]:
    """The pages of 单位情况, each with a unit's name at its top."""
    return (
        Look(
            "Unit",
            "单位情况标题",
            fonts.title,
            TITLE,
            "center",
            line=600,
            keep_next=True,
            new_page=True,
            on_grid=False,
            outline=0,
        ),
        Look("UnitNote", "单位情况说明", fonts.body, UNIT, "center", line=400, after=60, on_grid=False),
        Look("UnitHead", "单位情况小标题", fonts.heading, UNIT, line=400, before=60, on_grid=False, keep_next=True),
        Look("UnitBody", "单位情况正文", fonts.body, UNIT, line=380, on_grid=False),
    )


def _head_looks(fonts: Fonts, sizes: Sizes) -> tuple[Look, ...]:
    tall = math.ceil(sizes.masthead * 20 * 1.2 / LINE) * LINE  # whole lines of the grid
    return (
        Look("Draft", "简报送审稿", fonts.heading, align="right"),
        Look("Masthead", "简报报头", fonts.masthead, sizes.masthead, "center", line=tall, colour=RED, tracking=200),
        Look("Number", "简报期号", fonts.body, align="center"),
        Look("Issuer", "简报编发", fonts.body, align="left", right_tab=True, border=_border("bottom", 18, 4, RED)),
        Look(
            "Title",
            "简报标题",
            fonts.title,
            TITLE,
            "center",
            before=LINE,
            after=LINE // 2,
            keep_next=True,
            on_grid=False,
        ),
    )


def _table_looks(fonts: Fonts, sizes: Sizes) -> tuple[Look, ...]:
    """Table text keeps a line height of its own, off the grid, with some air above and below."""
    return (
        Look("TableTitle", "简报表题", fonts.table_head, TABLE_TITLE, "center", keep_next=True),
        *_cell_looks("Table", "简报表头", "简报表格", fonts, sizes.table, 60),
        *_cell_looks("Small", "简报附表表头", "简报附表", fonts, sizes.small_table, 5),
        Look("TableNote", "简报表注", fonts.body, NOTE, line=320, after=160, on_grid=False),
    )


def _cell_looks(key: str, head: str, cell: str, fonts: Fonts, size: float, air: int) -> tuple[Look, Look]:
    line = round(size * 20 * 1.3)
    body = Look(key + "Cell", cell, fonts.table, size, "left", line=line, before=air, after=air, on_grid=False)
    top = replace(body, key=key + "Head", name=head, font=fonts.table_head, align="center", keep_next=True)
    return top, body


def _foot_looks(fonts: Fonts) -> tuple[Look, ...]:
    sides = (("left", 3), ("hanging", 2), ("right", 1))
    return (
        Look("Imprint", "简报版记", fonts.body, IMPRINT, indent=sides, line=500, on_grid=False, keep_next=True),
        Look("Copies", "简报印数", fonts.body, IMPRINT, "right", (("right", 1),), line=500, on_grid=False),
        Look("Break", "简报分隔", fonts.body, 1, line=20, after=100, on_grid=False),
        Look("PageNumber", "简报页码", fonts.page_number, PAGE_NUMBER, "left", line=400, on_grid=False),
    )


def _border(side: str, eighths: int, space: int = 0, colour: str = "auto") -> str:
    """A rule beside the paragraph, in eighths of a point, `space` points away."""
    return f'<w:pBdr><w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{colour}"/></w:pBdr>'


def make_styles(layout: Layout) -> str:
    """The styles of the template as XML: paragraphs, the opening words of a paragraph, tables."""
    fonts = layout.fonts
    paragraphs = "".join(_paragraph_style(look, fonts.latin) for look in looks(fonts, layout.sizes))
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(fonts.body, fonts.latin)}'
        f'{_size(BODY)}<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{DEFAULTS}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:latentStyles w:defLockedState="0" w:defUIPriority="99" w:defSemiHidden="1" w:defUnhideWhenUsed="1"'
        f' w:defQFormat="0" w:count="376"/>{BASE_STYLES}{paragraphs}{_lead_style(fonts)}{TABLE_STYLES}</w:styles>'
    )


def _paragraph_style(look: Look, latin: str) -> str:
    """A style with its properties in the order of the schema, which Word insists on."""
    properties = (
        "<w:keepNext/>" if look.keep_next else "",
        "<w:keepLines/>" if look.keep_lines else "",
        "<w:pageBreakBefore/>" if look.new_page else "",
        '<w:widowControl w:val="0"/>',
        look.border,
        f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>' if look.right_tab else "",
        "" if look.on_grid else '<w:snapToGrid w:val="0"/>',
        f'<w:spacing w:before="{look.before}" w:after="{look.after}" w:line="{look.line}" w:lineRule="{look.rule}"/>',
        _indent(look),
        f'<w:jc w:val="{look.align}"/>',
        "" if look.outline is None else f'<w:outlineLvl w:val="{look.outline}"/>',
    )
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{look.key}"><w:name w:val="{look.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:uiPriority w:val="1"/><w:qFormat/><w:pPr>{"".join(properties)}</w:pPr>'
        f"<w:rPr>{_character(look, latin)}</w:rPr></w:style>"
    )


def _indent(look: Look) -> str:
    """Indents in characters, which Word follows, and in twips for programs that do not know characters."""
    sides = (f'w:{side}Chars="{100 * count}" w:{side}="{round(20 * look.size * count)}"' for side, count in look.indent)
    return f"<w:ind {' '.join(sides)}/>" if look.indent else ""


def _character(look: Look, latin: str) -> str:
    colour = f'<w:color w:val="{look.colour}"/>' if look.colour else ""
    tracking = f'<w:spacing w:val="{look.tracking}"/>' if look.tracking else ""
    return _fonts(look.font, latin) + colour + tracking + _size(look.size)


def _fonts(font: str, latin: str) -> str:
    """All four fonts by name: a font left open would be filled in from a theme."""
    chinese, other = quoteattr(font), quoteattr(latin or font)
    return f"<w:rFonts w:ascii={other} w:hAnsi={other} w:eastAsia={chinese} w:cs={other}/>"


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _lead_style(fonts: Fonts) -> str:
    return (
        '<w:style w:type="character" w:customStyle="1" w:styleId="Lead"><w:name w:val="简报段首"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="1"/><w:qFormat/>'
        f"<w:rPr>{_fonts(fonts.subheading, fonts.latin)}</w:rPr></w:style>"
    )


# Figures take no extra room, or 28 characters would not be a line. A full stop may hang over the edge, as Word does
# anyway: it is said because LibreOffice takes the switch the wrong way round and loses the full stop without it.
DEFAULTS = '<w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
BASE_STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    '<w:pPr><w:widowControl w:val="0"/><w:jc w:val="both"/></w:pPr></w:style>'
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/><w:unhideWhenUsed/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
    '<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="57" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
    '<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/></w:style>'
)


def _table_style(key: str, name: str, rules: Iterable[tuple[str, int]]) -> str:
    """A table style from its rules: the side and the thickness in eighths of a point."""
    lines = "".join(f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>' for side, size in rules)
    borders = f"<w:tblBorders>{lines}</w:tblBorders>" if lines else ""
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="1"/><w:qFormat/>'
        f"<w:tblPr>{borders}</w:tblPr></w:style>"
    )


SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
# The grid is 0.5 pt; the foot of the last page has a first rule of 0.35 mm and a second one of 0.25 mm.
TABLE_STYLES = (
    _table_style("Grid", "简报网格", ((side, 4) for side in SIDES))
    + _table_style("ImprintTable", "简报版记线", (("top", 8), ("insideH", 6)))
    + _table_style("ChartTable", "简报图框", ())
)
