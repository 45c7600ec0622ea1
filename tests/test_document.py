"""document: a 工作简报 as plain data becomes a .docx in the layout of GB/T 9704—2012."""

import io
import time
from dataclasses import replace
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree

from pipeline.document.blocks import AnnexTitle, Heading, Paragraph, TableBlock
from pipeline.document.letterhead import make_template
from pipeline.document.wordml import CONTENT_TYPES, name, unpack
from tests.documents import (
    BODY,
    DISTRIBUTION,
    FIVE_ENTRIES,
    MASTHEAD,
    MATRIX,
    RULES,
    SAMPLE,
    TITLE,
    body_of,
    get,
    paragraphs,
    render,
    style,
    texts,
    the_sample,
    with_blocks,
)


@pytest.fixture(scope="module")
def sample() -> bytes:
    return the_sample()


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
    """Fifty thousand cells; reaching for them one by one in python-docx takes an hour."""
    rows = tuple((f"单位{n % 33}", f"事项{n}", "审核合一", "一审一核", "应压减", "1", "0") for n in range(7000))
    table = TableBlock(tuple("甲乙丙丁戊己庚"), rows, widths=(1,) * 7, small=True)
    start = time.process_time()
    made = render(with_blocks(*BODY, annexes=(AnnexTitle(1, "环节梳理清单"), table)))
    assert time.process_time() - start < 2
    assert len(list(body_of(made).iter(name("tr")))) > 7000
