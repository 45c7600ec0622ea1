"""document: the letterhead the office may edit in Word, and what becomes of a broken one."""

import io
import re

import pytest
from docx import Document
from docx.shared import Pt

from pipeline.document.letterhead import TEMPLATE, make_template
from pipeline.document.paper import NEEDED
from pipeline.document.render import TemplateError
from pipeline.document.wordml import pack, unpack
from tests.documents import RULES, changed, get, paragraphs, render, texts


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


def edited_in_word() -> bytes:
    """The template after somebody opened it in Word: another masthead, other fonts, a line more, a wider margin."""
    document = Document(io.BytesIO(TEMPLATE.read_bytes()))
    styles = document.styles
    styles["简报报头"].font.size = Pt(48)
    for title in ("简报正文", "单位情况正文"):
        styles[title].font.name = "FangSong"
    masthead = next(line for line in document.paragraphs if "{报头}" in line.text)
    masthead.runs[0].text = "石龙区应进必进{报头}"
    masthead.insert_paragraph_before("内部资料　注意保存", style=styles["简报期号"])
    document.sections[0].left_margin = Pt(90)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_template_edited_in_word_comes_through_without_code():
    made = render(template=edited_in_word())
    document = Document(io.BytesIO(made))
    lines = [line.text for line in document.paragraphs]
    assert "内部资料　注意保存" in lines
    assert "石龙区应进必进工作简报" in lines
    assert document.styles["简报报头"].font.size == Pt(48)
    assert document.styles["简报正文"].font.name == "FangSong"
    assert document.sections[0].left_margin == Pt(90)
    upright = Document(io.BytesIO(made)).tables[0]
    assert sum(int(column.width) for column in upright.columns) < Pt(596 - 90 - 73)


@pytest.mark.parametrize("title", [title for titles in NEEDED.values() for title in titles])
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
