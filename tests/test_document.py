"""document.py: a 工作简报 as plain data becomes a .docx in the layout of GB/T 9704—2012."""

import io
import os
import re
import shutil
import subprocess
import time
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree

from pipeline.document.blocks import AnnexTitle, Briefing, Distribution, Heading, Masthead, Paragraph, TableBlock
from pipeline.document.letterhead import TEMPLATE, make_template
from pipeline.document.render import TemplateError, render_briefing
from pipeline.document.wordml import CONTENT_TYPES, name, pack, unpack
from pipeline.wording import BriefingRules

ROOT = Path(__file__).parent.parent
RULES = BriefingRules.model_validate(tomllib.loads((ROOT / "rules" / "briefing.toml").read_text("utf-8")))
UNITS = [unit["name"] for unit in tomllib.loads((ROOT / "rules" / "units.toml").read_text("utf-8"))["units"]]

MASTHEAD = Masthead("工作简报", "2023年第2期（总第2期）", RULES.letterhead.issuer, date(2023, 4, 4), draft=True)
TITLE = ("石龙区政务服务“应进必进”和“一证通办”", "工作专班第2期评比情况通报")
FIVE_ENTRIES = TableBlock(
    title="“五进”完成情况（截至3月31日）",
    headers=("内容", "目标", "时限", "完成", "完成率", "较上期"),
    rows=(
        ("事项", "1286项", "7月31日", "1041项", "80.95%", "+6.30个百分点"),
        ("环节", "1286项", "10月31日", "803项", "62.44%", "+4.12个百分点"),
        ("人员", "214人", "10月31日", "158人", "73.83%", "+2.80个百分点"),
        ("系统", "1190项", "10月31日", "977项", "82.10%", "持平"),
        ("窗口", "—", "10月31日", "46个", "—", "+3个"),
    ),
    widths=(2, 3, 3, 3, 3, 4),
)
BODY = (
    FIVE_ENTRIES,
    Heading(1, "一、总体情况"),
    Paragraph(
        "截至3月31日，应报单位33家，按时报送29家，逾期报送2家，未报2家（区科技局、区档案局）。已报单位共梳理依申请办理的"
        "政务服务事项1312项，其中经区政府批准列入负面清单的26项，应进驻1286项，已进驻1041项，未进驻245项，进驻率80.95%，"
        "较上期提高6.30个百分点。按照“进驻大厅是原则，不进驻是例外”的要求，距7月31日事项全部进驻到位还有122天。"
    ),
    Heading(1, "二、进展情况"),
    Heading(2, "（一）事项进驻情况"),
    Paragraph(
        "33家单位中，事项进驻率达到100%的17家，90%以上的6家，低于60%的4家：区自然资源和规划局51.22%、区城市管理局48.65%、"
        "区农业农村和水利局57.14%、区新闻出版局33.33%。"
    ),
    Paragraph(
        "受理、审核、决定、送达四个环节均在大厅的803项，占62.44%；审批人员进驻158人，占73.83%。",
        lead="环节和人员进驻。",
    ),
    Paragraph("签订事项委托书412份，授予决定权的事项918项，授权率76.50%。", lead="授权到位。"),
    Paragraph("已接入“一体化政务服务平台”977项，使用国家、省级系统且有不予对接文号的96项。", lead="系统对接。"),
    Heading(2, "（二）环节梳理情况"),
    Paragraph(
        "审核合一412项，一审一核588项，一审两核231项，特别程序81项；与建议模式一致的1003项，建议压减环节187个，"
        "无条件实现“审核合一”的64项，依据待补充的118项。以上为形式核验，以法制审核为准。"
    ),
    Heading(1, "三、评比结果"),
    Paragraph(
        "参加排名30家，平均87.42分。前五名为：区税务局98.75分、区人社局97.60分、区市场监管局96.12分、区医疗保障局95.88分、"
        "区公安局95.10分。较上期上升18家，下降7家，持平5家；未参加排名3家。其余名次见附件1。"
    ),
    Heading(1, "四、表扬单位及典型做法"),
    Paragraph("拟对区税务局、区人社局、区卫健委予以表扬。"),
    Paragraph(
        "区人社局将分散在5个科室的38项审批职能向行政审批服务科集中，窗口行政科长现场签批，即办件由11项增加到27项。"
        "区卫健委将“公共场所卫生许可”由一审两核调整为一审一核，承诺时限由10个工作日压缩到3个工作日。"
    ),
    Heading(1, "五、通报批评单位"),
    Paragraph(
        "拟对区城市管理局予以通报批评：事项进驻率48.65%，列第30位；大厅之外办理23件；授权率21.62%。由区城市管理局在"
        "双周例会上作表态发言。"
    ),
    Heading(1, "六、上期议定事项落实情况"),
    Paragraph("上期派发督办事项6项，已办结4项，推进中1项，逾期1项，详见附件3。"),
    Heading(1, "七、存在的问题"),
    Paragraph(
        "一是自报与数据不一致。9项自查中，7家单位有11项自报“是”而数据结果为不到位，较多的是第6项（4家）和第4项（3家）。"
        "二是环节依据未列明。64项事项的审核环节仅填写“按有关规定”或空白。三是整改逾期。12个问题超过整改时限，涉及5家单位。"
    ),
    Heading(1, "八、需协调解决的问题"),
    Paragraph("区残联等3家单位提出窗口不足，需新增窗口4个；省投资项目在线审批监管平台的对接需由市级协调。"),
    Heading(1, "九、下一步工作"),
    Paragraph(
        "4月7日前，区科技局、区档案局补报填报表；4月14日前，负面清单之外未进驻的245项逐项填报未进驻原因及措施；"
        "4月30日前，完成进驻措施逐项研究。下期截止日为4月14日，双周例会定于4月18日召开。"
    ),
)
RANKING = TableBlock(
    headers=("组别", "名次", "单位名称", "九项得分", "环节模式得分", "扣分", "加分", "评比得分", "较上期"),
    rows=tuple(
        (
            "A 行政机关",
            str(n),
            unit,
            f"{99 - n}.50",
            f"{98 - n}.25",
            "0",
            "1" if n < 4 else "0",
            f"{98 - n}.45",
            "+1.20",
        )
        for n, unit in enumerate(UNITS, start=1)
    ),
    alignments=("center", "center", "left", *["right"] * 6),
    small=True,
    note="注：同分同名次；暂定得分的单位补正后重算。",
)
MATRIX = TableBlock(
    headers=(
        "单位名称",
        *(
            f"{n}.{topic}"
            for n, topic in enumerate(
                (
                    "职能集中",
                    "科室进厅",
                    "事项进驻",
                    "审批授权",
                    "系统对接",
                    "环节进驻",
                    "人员进驻",
                    "厅外审批",
                    "清单外审批",
                ),
                start=1,
            )
        ),
    ),
    rows=tuple(
        (unit, *("到位", "基本到位", "不到位", "不适用", "未核验", "到位", "到位", "到位", "到位")) for unit in UNITS
    ),
    alignments=("left", *["center"] * 9),
    landscape=True,
    small=True,
)
LEDGER = TableBlock(
    headers=("挂账号", "单位名称", "问题", "责任人", "时限", "状态"),
    rows=(
        (
            "DB-01",
            "区城市管理局",
            "“户外广告设施设置审批”在局机关受理\n要求撤回局机关受理点",
            "王××",
            "4月14日",
            "推进中",
        ),
        ("DB-02", "区自然资源和规划局", "不动产登记窗口未整建制进驻", "李××", "3月24日", "逾期"),
    ),
    alignments=("center", "left", "left", "center", "center", "center"),
    small=True,
)
ANNEXES = (
    AnnexTitle(1, "评比结果一览表"),
    RANKING,
    AnnexTitle(2, "九项自查结果矩阵"),
    MATRIX,
    AnnexTitle(3, "督办事项台账"),
    LEDGER,
)
DISTRIBUTION = Distribution(RULES.letterhead.report, RULES.letterhead.send, RULES.letterhead.issue, 50)
SAMPLE = Briefing(MASTHEAD, TITLE, BODY, ANNEXES, DISTRIBUTION)


def render(briefing: Briefing = SAMPLE, template: bytes | None = None) -> bytes:
    return render_briefing(briefing, RULES.layout, template or TEMPLATE.read_bytes())


def body_of(package: bytes, part: str = "word/document.xml"):
    return etree.fromstring(unpack(package)[part])


def texts(node) -> str:
    return "".join(piece.text or "" for piece in node.iter(name("t")))


def get(node, path: str, attribute: str = "val") -> str | None:
    found = node.find("/".join(name(step) for step in path.split("/")))
    return None if found is None else found.get(name(attribute))


def style(package: bytes, title: str):
    styles = body_of(package, "word/styles.xml").iter(name("style"))
    return next(found for found in styles if get(found, "name") == title)


def paragraphs(package: bytes, title: str) -> list:
    """The paragraphs set in the style of that name."""
    key = style(package, title).get(name("styleId"))
    return [line for line in body_of(package).iter(name("p")) if get(line, "pPr/pStyle") == key]


def with_blocks(*blocks, annexes=()) -> Briefing:
    return replace(SAMPLE, blocks=blocks, annexes=annexes)


def changed(part: str, old: str, new: str) -> bytes:
    """The template with one text of one part replaced, as somebody might do in Word."""
    parts = unpack(TEMPLATE.read_bytes())
    text = parts[part].decode()
    assert old in text
    return pack({**parts, part: text.replace(old, new).encode()})


@pytest.fixture(scope="module")
def sample() -> bytes:
    return render()


# --- the page of GB/T 9704


def test_the_page_is_a4_with_the_margins_of_the_standard(sample):
    """37, 35, 28 and 26 mm, to half a tenth of a millimetre."""
    section = body_of(sample).findall(f".//{name('sectPr')}")[-1]
    millimetres = {side: int(get(section, "pgMar", side)) * 25.4 / 1440 for side in ("top", "bottom", "left", "right")}
    assert millimetres == pytest.approx({"top": 37, "bottom": 35, "left": 28, "right": 26}, abs=0.05)
    assert (get(section, "pgSz", "w"), get(section, "pgSz", "h")) == ("11906", "16838")
    assert (get(section, "docGrid", "type"), get(section, "docGrid", "linePitch")) == ("lines", "579")


def test_22_lines_of_28_characters_fit_the_page_and_a_23rd_or_29th_does_not(sample):
    section = body_of(sample).findall(f".//{name('sectPr')}")[-1]
    margins = {side: int(get(section, "pgMar", side)) for side in ("top", "bottom", "left", "right")}
    height = int(get(section, "pgSz", "h")) - margins["top"] - margins["bottom"]
    width = int(get(section, "pgSz", "w")) - margins["left"] - margins["right"]
    body = style(sample, "简报正文")
    line = int(get(body, "pPr/spacing", "line"))
    sign = int(get(body, "rPr/sz")) * 10 + int(get(body, "rPr/spacing"))
    assert (height // line, width // sign) == (22, 28)


@pytest.mark.parametrize(
    ("title", "font", "half_points", "align"),
    [
        ("简报标题", "方正小标宋简体", "44", "center"),
        ("简报正文", "仿宋_GB2312", "32", "both"),
        ("简报一级标题", "黑体", "32", "both"),
        ("简报二级标题", "楷体_GB2312", "32", "both"),
        ("简报表头", "黑体", "24", "center"),
        ("简报页码", "宋体", "28", "left"),
    ],
)
def test_each_part_has_the_font_and_size_of_the_standard(sample, title, font, half_points, align):
    """All four fonts are named, so that none comes from a theme."""
    found = style(sample, title)
    assert {get(found, "rPr/rFonts", slot) for slot in ("ascii", "hAnsi", "eastAsia", "cs")} == {font}
    assert (get(found, "rPr/sz"), get(found, "pPr/jc")) == (half_points, align)


def test_body_and_headings_are_set_28_95_pt_apart_and_two_characters_in(sample):
    for title in ("简报正文", "简报一级标题", "简报二级标题"):
        found = style(sample, title)
        assert (get(found, "pPr/spacing", "line"), get(found, "pPr/spacing", "lineRule")) == ("579", "exact")
        assert (get(found, "pPr/ind", "firstLineChars"), get(found, "pPr/ind", "firstLine")) == ("200", "640")


def test_no_font_of_a_theme_and_no_american_default_is_left(sample):
    parts = unpack(sample)
    assert not any("theme" in part for part in parts)
    assert b"Theme=" not in parts["word/styles.xml"] + parts["word/document.xml"]
    assert get(body_of(sample, "word/styles.xml"), "docDefaults/rPrDefault/rPr/lang", "eastAsia") == "zh-CN"
    assert b'w:name="compatibilityMode"' in parts["word/settings.xml"]


def test_page_numbers_stand_outside_and_differ_on_odd_and_even_pages(sample):
    """“— 1 —”: right on odd, left on even pages, one character in, as a field Word can update."""
    assert b"<w:evenAndOddHeaders" in unpack(sample)["word/settings.xml"]
    kinds = [found.get(name("type")) for found in body_of(sample).findall(f".//{name('footerReference')}")]
    assert kinds[:2] == ["default", "even"]
    for part, side in (("word/footer1.xml", "right"), ("word/footer2.xml", "left")):
        line = body_of(sample, part)[0]
        assert texts(line) == "— 1 —"
        assert (get(line, "pPr/jc"), get(line, "pPr/ind", f"{side}Chars")) == (side, "100")
        assert [found.get(name("fldCharType")) for found in line.iter(name("fldChar"))] == ["begin", "separate", "end"]
        assert line.find(f".//{name('instrText')}").text.strip() == "PAGE"


# --- letterhead and foot


def test_the_letterhead_is_filled_in_and_the_advice_stays_in_the_template(sample):
    lines = [texts(line) for line in body_of(sample).iter(name("p"))]
    assert lines[:4] == ["送审稿", "工作简报", "2023年第2期（总第2期）", f"{RULES.letterhead.issuer}2023年4月4日"]
    assert "{" not in "".join(lines)
    assert get(style(sample, "简报报头"), "rPr/color") == "FF0000"
    assert get(style(sample, "简报编发"), "pPr/pBdr/bottom", "color") == "FF0000"


def test_a_confirmed_briefing_loses_its_draft_mark_but_not_the_line_it_stood_on(sample):
    """The pages must not move when the office confirms."""
    final = render(replace(SAMPLE, masthead=replace(MASTHEAD, draft=False)))
    assert texts(body_of(final)[0][0]) == ""
    assert "送审稿" not in texts(body_of(final))
    assert len(list(body_of(final)[0])) == len(list(body_of(sample)[0]))


def test_the_title_keeps_the_lines_it_was_broken_into(sample):
    (line,) = paragraphs(sample, "简报标题")
    assert [piece.text for piece in line.iter(name("t"))] == list(TITLE)
    assert len(list(line.iter(name("br")))) == 1


def test_the_foot_stands_between_rules_at_the_bottom_and_stays_together(sample):
    lines = [texts(line) for line in paragraphs(sample, "简报版记")]
    assert lines == ["报：" + DISTRIBUTION.report, "送：" + DISTRIBUTION.send, "发：" + DISTRIBUTION.issue]
    assert [texts(line) for line in paragraphs(sample, "简报印数")] == ["共印50份"]
    table = list(body_of(sample).iter(name("tbl")))[-1]
    assert get(table, "tblPr/tblpPr", "tblpYSpec") == "bottom"
    assert style(sample, "简报版记").find(f".//{name('keepNext')}") is not None


def test_an_addressee_left_empty_has_no_line():
    made = render(replace(SAMPLE, distribution=replace(DISTRIBUTION, send="")))
    assert [texts(line)[:2] for line in paragraphs(made, "简报版记")] == ["报：", "发："]


def test_the_annexes_are_listed_after_the_body_and_a_briefing_without_annexes_has_no_list(sample):
    (line,) = paragraphs(sample, "简报附件说明")
    assert texts(line) == "附件：1. 评比结果一览表2. 九项自查结果矩阵3. 督办事项台账"
    assert not paragraphs(render(with_blocks(*BODY)), "简报附件说明")


# --- text


def test_quotation_marks_take_the_chinese_font(sample):
    """Word takes “ ” from the Latin font unless the run carries the hint."""
    runs = [made for made in body_of(sample).iter(name("r")) if "“" in texts(made)]
    assert runs
    assert {get(made, "rPr/rFonts", "hint") for made in runs} == {"eastAsia"}


def test_the_opening_words_of_a_paragraph_have_a_face_of_their_own():
    (line,) = paragraphs(render(with_blocks(Paragraph("签订委托书412份。", lead="授权到位。"))), "简报正文")
    opening, rest = line.iter(name("r"))
    assert (texts(opening), texts(rest)) == ("授权到位。", "签订委托书412份。")
    assert get(opening, "rPr/rStyle") == style(render(), "简报段首").get(name("styleId"))
    assert get(rest, "rPr/rStyle") is None


def test_latin_text_can_have_a_font_of_its_own():
    fonts = RULES.layout.fonts.model_copy(update={"latin": "Times New Roman"})
    found = style(make_template(RULES.layout.model_copy(update={"fonts": fonts})), "简报正文")
    assert get(found, "rPr/rFonts", "hAnsi") == "Times New Roman"
    assert get(found, "rPr/rFonts", "eastAsia") == "仿宋_GB2312"


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("第一\x00、\x07第二\x1b", "第一、第二"),
        ("左\t右", "左 右"),
        ("<w:p>&amp;", "<w:p>&amp;"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("\ud800半个字\ufffe", "半个字"),
        ("龘𠀀😀", "龘𠀀😀"),
        ("", ""),
        ("{期号}", "{期号}"),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_hostile_text_is_printed_as_plain_text_everywhere(given, printed):
    table = TableBlock(("甲", given), ((given, ""), ("", given)), title=given, note=given)
    masthead = replace(MASTHEAD, issuer=given)
    made = render(replace(with_blocks(Heading(1, given), Paragraph(given), table), masthead=masthead, title=(given,)))
    assert texts(paragraphs(made, "简报正文")[0]) == printed
    assert texts(paragraphs(made, "简报编发")[0]) == printed + "2023年4月4日"
    cells = [cell.text for row in Document(io.BytesIO(made)).tables[0].rows for cell in row.cells]
    assert cells == ["甲", printed, printed, "", "", printed]


def test_a_line_end_in_a_cell_starts_a_new_line():
    made = render(with_blocks(TableBlock(("甲",), (("上\r\n下\n末",),))))
    assert Document(io.BytesIO(made)).tables[0].cell(1, 0).text == "上\n下\n末"


# --- tables


def grid(table) -> list[int]:
    return [int(column.get(name("w"))) for column in table.iter(name("gridCol"))]


def test_no_table_is_wider_than_the_text(sample):
    """156 mm upright, 225 mm on its side."""
    widths = [sum(grid(table)) * 25.4 / 1440 for table in body_of(sample).iter(name("tbl"))]
    assert widths == pytest.approx([156, 156, 225, 156, 156], abs=0.1)
    assert widths[0] <= 156


def test_rows_are_not_split_and_the_header_is_repeated(sample):
    table = list(body_of(sample).iter(name("tbl")))[1]
    rows = table.findall(name("tr"))
    assert len(rows) == 34
    assert all(row.find(f"{name('trPr')}/{name('cantSplit')}") is not None for row in rows)
    assert [row.find(f"{name('trPr')}/{name('tblHeader')}") is not None for row in rows] == [True] + [False] * 33


def test_table_text_has_its_own_line_height_off_the_grid(sample):
    for title in ("简报表头", "简报表格", "简报附表表头", "简报附表"):
        found = style(sample, title)
        assert get(found, "pPr/snapToGrid") == "0"
        assert int(get(found, "pPr/spacing", "line")) < 579
    borders = style(sample, "简报网格").find(f"{name('tblPr')}/{name('tblBorders')}")
    assert {border.get(name("sz")) for border in borders} == {"4"}


def test_columns_follow_the_shares_that_were_given_and_else_the_longest_entry():
    rows = (("区发改委", "1"), ("区城乡建设和交通运输局", "2"))
    given = TableBlock(("单位", "数"), rows, widths=(1, 3))
    measured = TableBlock(("单位", "数"), rows)
    made = [grid(table) for table in body_of(render(with_blocks(given, measured))).iter(name("tbl"))]
    assert made[0][1] == pytest.approx(3 * made[0][0], abs=2)
    assert made[1][0] > 2 * made[1][1]


def test_a_long_entry_does_not_crowd_out_its_neighbours():
    block = TableBlock(("单位名称", "问题", "时限"), (("区发改委", "长" * 400, "4月14日"),))
    first, long, last = grid(next(body_of(render(with_blocks(block))).iter(name("tbl"))))
    assert first > 4 * 240
    assert last > 3.5 * 240
    assert long > first + last


def test_alignments_are_kept_and_default_to_centred():
    block = TableBlock(("甲", "乙"), (("a", "b"),), alignments=("left", "right"))
    made = render(with_blocks(block, replace(block, alignments=())))
    aligned = [get(line, "pPr/jc") for line in paragraphs(made, "简报表格")]
    assert aligned == ["left", "right", "center", "center"]


def test_two_tables_in_a_row_stay_two():
    made = body_of(render(with_blocks(FIVE_ENTRIES, replace(FIVE_ENTRIES, title=""))))[0]
    tags = [etree.QName(child).localname for child in made]
    assert "tbl,tbl" not in ",".join(tags)


def test_a_table_that_does_not_fit_its_headers_is_refused():
    TableBlock(("甲", "乙"), (("1", "2"),), widths=(1, 2))
    with pytest.raises(ValueError, match="2 headers"):
        TableBlock(("甲", "乙"), (("1",),))
    with pytest.raises(ValueError, match="2 headers"):
        TableBlock(("甲", "乙"), (), widths=(1,))


# --- pages on their side


def orientations(package: bytes) -> list[str | None]:
    return [get(section, "pgSz", "orient") for section in body_of(package).iter(name("sectPr"))]


def test_a_wide_annex_lies_on_its_side_with_its_title_and_what_follows_stands_again(sample):
    assert orientations(sample) == [None, "landscape", None]
    turned = body_of(sample).findall(f".//{name('sectPr')}")[1]
    assert (get(turned, "pgSz", "w"), get(turned, "pgSz", "h")) == ("16838", "11906")
    assert int(get(turned, "pgMar", "footer")) < int(get(turned, "pgMar", "bottom"))
    lines = [texts(line) for line in body_of(sample).iter(name("p"))]
    breaks = [
        n for n, line in enumerate(body_of(sample).iter(name("p"))) if line.find(f".//{name('sectPr')}") is not None
    ]
    assert breaks[0] < lines.index("附件2") < breaks[1] < lines.index("附件3")


def test_a_wide_table_in_the_body_gets_a_page_of_its_own_and_the_text_goes_on_upright():
    made = render(with_blocks(BODY[1], MATRIX, BODY[2]))
    assert orientations(made) == [None, "landscape", None]


def test_the_foot_is_upright_even_after_a_wide_last_annex():
    made = render(with_blocks(*BODY, annexes=(AnnexTitle(1, "矩阵"), MATRIX)))
    assert orientations(made) == [None, "landscape", None]


def test_neighbours_of_the_same_orientation_share_a_section():
    made = render(with_blocks(*BODY, annexes=(AnnexTitle(1, "甲"), MATRIX, AnnexTitle(2, "乙"), MATRIX)))
    assert orientations(made) == [None, "landscape", None]


# --- the template


def test_the_committed_template_is_what_the_rules_say():
    """Run python -m pipeline.document.letterhead after a change of [layout]."""
    assert unpack(TEMPLATE.read_bytes()) == unpack(make_template(RULES.layout))


def test_a_template_whose_styles_word_has_renumbered_still_works():
    """Word may give a style another identifier; its name is what the office sees."""
    made = render(template=changed("word/styles.xml", 'w:styleId="Body"', 'w:styleId="a7"'))
    assert {get(line, "pPr/pStyle") for line in paragraphs(made, "简报正文")} == {"a7"}


def test_a_place_that_word_has_cut_into_several_runs_is_filled_all_the_same():
    cut = changed("word/document.xml", "{期号}", "第 {期</w:t></w:r><w:r><w:t>号</w:t></w:r><w:r><w:t>} 期")
    assert texts(paragraphs(render(template=cut), "简报期号")[0]) == "第 2023年第2期（总第2期） 期"


def test_a_letterhead_changed_in_word_is_used():
    made = render(template=changed("word/document.xml", "{报头}", "石龙区{报头}"))
    assert texts(paragraphs(made, "简报报头")[0]) == "石龙区工作简报"


@pytest.mark.parametrize("title", ["简报正文", "简报段首", "简报网格"])
def test_a_missing_style_is_refused_by_name_with_the_remedy(title):
    with pytest.raises(TemplateError, match=f"缺少样式“{title}”.*pipeline.document.letterhead"):
        render(template=changed("word/styles.xml", f'w:val="{title}"', 'w:val="改了名"'))


def test_a_template_without_the_place_of_the_text_is_refused():
    with pytest.raises(TemplateError, match="没有单独一段“{正文}”"):
        render(template=changed("word/document.xml", "{正文}", "正文"))


def test_a_place_nobody_can_fill_is_refused_with_the_known_ones():
    with pytest.raises(TemplateError, match="“{签发人}”没有内容可填.*{编发单位}"):
        render(template=changed("word/document.xml", "{期号}", "{签发人}"))


@pytest.mark.parametrize(
    "broken",
    [b"\xd0\xcf\x11\xe0" + bytes(600), b"PK\x03\x04", b" ", TEMPLATE.read_bytes()[:3000], pack({"a.txt": b"a"})],
    ids=["doc or encrypted", "cut off", "empty", "half", "another zip"],
)
def test_a_template_that_is_no_word_file_is_refused_with_the_remedy(broken):
    with pytest.raises(TemplateError, match="打不开.*另存为"):
        render(template=broken)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("number", "{year}年第{期}期", "“{期}”没有内容可填；可用：{issue}、{total}、{year}"),
        ("number", "{year年", "花括号没有成对"),
    ],
)
def test_a_pattern_that_nobody_can_fill_stops_the_rules(key, value, words):
    data = RULES.letterhead.model_dump() | {key: value}
    with pytest.raises(ValueError, match=re.escape(words)):
        type(RULES.letterhead).model_validate(data)


# --- the file


def test_the_same_briefing_gives_the_same_bytes(sample):
    assert render() == sample
    assert render(replace(SAMPLE, title=("别的标题",))) != sample


def test_the_file_tells_the_date_of_the_briefing_and_not_of_the_run(sample):
    properties = Document(io.BytesIO(sample)).core_properties
    assert properties.created.date() == properties.modified.date() == MASTHEAD.date
    assert (properties.title, properties.author) == ("".join(TITLE), MASTHEAD.issuer)
    with ZipFile(io.BytesIO(sample)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
        assert archive.namelist()[0] == CONTENT_TYPES


def test_a_long_annex_is_rendered_in_no_time():
    """Ten thousand cells; reaching for them one by one in python-docx takes minutes."""
    rows = tuple((f"事项{n}", "审核合一", "一致", "0", "形式核验") for n in range(2000))
    start = time.perf_counter()
    render(
        with_blocks(*BODY, annexes=(AnnexTitle(1, "环节梳理清单"), TableBlock(tuple("甲乙丙丁戊"), rows, small=True)))
    )
    assert time.perf_counter() - start < 2


# --- in a real office program


STAND_IN = "Noto Serif CJK SC"
FONTS = sorted(set(RULES.layout.fonts.model_dump().values()) - {""})


def to_pdf(package: bytes, folder: Path) -> Path:
    """The file as LibreOffice prints it, with one free font in place of those of the standard."""
    missing = [tool for tool in ("soffice", "pdftotext", "pdfinfo", "fc-list") if not shutil.which(tool)]
    if missing or not run_tool("fc-list", STAND_IN):
        pytest.skip(f"needs {'、'.join(missing) or STAND_IN}")
    aliases = "".join(
        f'<alias binding="same"><family>{font}</family><prefer><family>{STAND_IN}</family></prefer></alias>'
        for font in FONTS
    )
    fonts = f"<fontconfig><include>/etc/fonts/fonts.conf</include>{aliases}</fontconfig>"
    (folder / "fonts.conf").write_text(fonts, "utf-8")
    (folder / "简报.docx").write_bytes(package)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    run_tool(*command, str(folder / "简报.docx"), FONTCONFIG_FILE=str(folder / "fonts.conf"))
    return folder / "简报.pdf"


def run_tool(*command: str, **environment: str) -> str:
    """What a command printed."""
    settings = {**os.environ, **environment}
    done = subprocess.run(command, check=True, capture_output=True, timeout=120, env=settings)
    return done.stdout.decode("utf-8")


def page_lines(pdf: Path, page: int) -> list[str]:
    lines = run_tool("pdftotext", "-f", str(page), "-l", str(page), "-layout", str(pdf), "-").splitlines()
    return [re.sub(r"\s", "", line) for line in lines if line.strip("\f ")]


@pytest.mark.office
def test_a_full_page_has_22_lines_of_28_characters(tmp_path):
    pdf = to_pdf(render(with_blocks(Paragraph("国" * 28 * 60))), tmp_path)
    *lines, number = page_lines(pdf, 2)
    assert [len(line) for line in lines] == [28] * 22
    assert number == "—2—"


@pytest.mark.office
def test_the_sample_briefing_has_eight_pages_with_the_five_entries_on_the_first(tmp_path, sample):
    """Four of text, one for 33 ranked units, two on their side for the matrix, one for the ledger and the foot."""
    pdf = to_pdf(sample, tmp_path)
    assert re.search(r"Pages:\s+8\b", run_tool("pdfinfo", str(pdf)))
    first = "".join(page_lines(pdf, 1))
    assert all(word in first for word in ("送审稿", "工作简报", "窗口", "一、总体情况"))
    assert "区农业机械技术中心" in "".join(page_lines(pdf, 5))
    assert "共印50份" in "".join(page_lines(pdf, 8))
