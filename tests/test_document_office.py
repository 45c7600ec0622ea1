"""document: what LibreOffice makes of a 工作简报 (pages, lines, rows, headings), and what the Open XML validator says."""

import re
from dataclasses import replace

import pytest

from pipeline.briefing.units import write_unit_pages
from pipeline.document.blocks import AnnexTitle, Heading, Paragraph, TableBlock
from pipeline.document.letterhead import TEMPLATE
from pipeline.document.render import render_briefing
from pipeline.document.unit_pages import render_unit_pages
from tests.briefings import decided, usual, written
from tests.document_office import page_count, page_lines, page_texts, to_pdf
from tests.documents import BODY, CHARTS, RULES, render, the_sample, with_blocks
from tests.office import validate

pytestmark = pytest.mark.office


def test_a_full_page_has_22_lines_of_28_characters(tmp_path):
    pdf = to_pdf(render(with_blocks(Paragraph("国" * 28 * 60))), tmp_path)
    *lines, number = page_lines(pdf, 2)
    assert [len(line) for line in lines] == [28] * 22
    assert number == "—2—"


def test_the_sample_briefing_has_eight_pages_with_the_five_entries_on_the_first(tmp_path):
    """Four of text, one for 33 ranked units, two on their side for the matrix, one for the ledger and the foot."""
    pdf = to_pdf(the_sample(), tmp_path)
    assert page_count(pdf) == 8
    first = "".join(page_lines(pdf, 1))
    assert all(word in first for word in ("送审稿", "工作简报", "窗口", "一、总体情况"))
    assert "区农业机械技术中心" in "".join(page_lines(pdf, 5))
    assert "共印50份" in "".join(page_lines(pdf, 8))


def test_no_heading_stands_alone_at_the_foot_of_a_page(tmp_path):
    """The text above a heading grows line by line, so that every heading comes to the foot once."""
    blocks = [
        block
        for lines in range(8)
        for block in (
            Paragraph("字" * 28 * (18 + lines)),
            Heading(1, f"{'一二三四五六七八'[lines]}、标题"),
            Paragraph("完" * 60),
        )
    ]
    pdf = to_pdf(render(with_blocks(*blocks)), tmp_path)
    feet = [page_lines(pdf, page)[-2] for page in range(1, page_count(pdf))]
    assert not [foot for foot in feet if re.match("[一二三四五六七八]、", foot)]


def test_no_row_of_a_table_is_split_between_pages(tmp_path):
    rows = tuple((f"开{n}始", "长" * (60 + 37 * (n % 9)) + f"结{n}束") for n in range(60))
    table = TableBlock(("甲", "乙"), rows, widths=(1, 3), small=True)
    pdf = to_pdf(render(with_blocks(*BODY[:2], annexes=(AnnexTitle(1, "台账"), table))), tmp_path)
    for text in page_texts(pdf):
        assert set(re.findall(r"开(\d+)始", text)) == set(re.findall(r"结(\d+)束", text))


@pytest.mark.parametrize("make", [usual, decided], ids=["draft", "decided"])
def test_the_body_of_a_briefing_has_at_most_six_pages_and_charts_on_the_second(tmp_path, make):
    pdf = to_pdf(render_briefing(written(make), RULES.layout, TEMPLATE.read_bytes()), tmp_path)
    pages = page_texts(pdf)
    first_annex = next(number for number, text in enumerate(pages) if text.startswith("附件1"))
    assert first_annex <= 6
    assert "图1进驻率最低" in pages[1]
    assert "进度滞后" in pages[0]
    assert ("送审稿" in pages[0]) == make().draft
    assert "共印50份" in pages[-1]


@pytest.mark.parametrize("kind", ["briefing", "charts", "units"])
def test_the_open_xml_validator_finds_nothing(tmp_path, kind):
    template = TEMPLATE.read_bytes()
    made = {
        "briefing": lambda: render_briefing(written(decided), RULES.layout, template),
        "charts": lambda: render(replace(with_blocks(*CHARTS, *BODY), annexes=())),
        "units": lambda: render_unit_pages(write_unit_pages(usual()), RULES.layout, template),
    }[kind]()
    path = tmp_path / f"{kind}.docx"
    path.write_bytes(made)
    assert validate(path) == []
