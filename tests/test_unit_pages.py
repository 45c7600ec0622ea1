"""单位情况: one page for each unit, with its figures and without persons."""

import io
import re
from dataclasses import replace
from zipfile import ZipFile

import pytest
from docx import Document

from pipeline.briefing.gains import most_worth, point_gains
from pipeline.briefing.units import write_unit_pages
from pipeline.document.blocks import UnitPage, UnitPages
from pipeline.document.paper import TemplateError
from pipeline.document.unit_pages import render_unit_pages
from pipeline.document.wordml import name, pack, unpack
from pipeline.outputs import ENDINGS, UNITS
from tests.briefings import closed, decided, each_district, people_of, perfect, silent, usual
from tests.document_office import page_texts, to_pdf
from tests.forms import ROOT, the_rules
from tests.submissions import ROSTER

LAYOUT = the_rules().briefing.layout
TEMPLATE = (ROOT / "templates" / "简报模板.docx").read_bytes()


def text_of(page: UnitPage) -> str:
    parts = [line for part in page.parts for line in (part.title, *part.lines)]
    cells = [str(cell) for part in page.parts if part.table for row in part.table.rows for cell in row]
    return "\n".join([page.unit, page.note, *page.lines, *parts, *cells])


def page_of(pages: UnitPages, unit: str) -> UnitPage:
    return next(page for page in pages.pages if page.unit == unit)


@each_district
def test_every_unit_has_a_page_in_the_notices_order_without_persons_telephones_or_leads(make):
    pages = write_unit_pages(make()).pages
    assert [page.unit for page in pages] == ROSTER
    text = "\n".join(map(text_of, pages))
    assert not re.search(r"疑似|nan|NaT|None|<NA>|[{}]|1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", text)
    assert not [person for person in people_of(make()) if person in text]
    assert not any(person in text for person in ("郑重", "何必", "孙检"))


def test_a_page_shows_the_nine_checks_as_the_result_has_them():
    page = page_of(write_unit_pages(usual()), ROSTER[1])
    checks = usual().checks[usual().checks["unit"].eq(ROSTER[1])]
    table = page.parts[0].table
    assert [row[2] for row in table.rows] == checks["result"].tolist()
    third = dict(zip(table.headers, table.rows[2], strict=True))
    assert third["自查项"] == "3 事项进驻"
    assert re.fullmatch(r"\d+/\d+", third["分子/分母"])


def test_a_page_says_score_rank_and_what_would_raise_the_score_most():
    result, unit = usual(), ROSTER[3]
    text = text_of(page_of(write_unit_pages(result), unit))
    score = result.units.set_index("unit").loc[unit, "score"]
    assert f"评比得分{score:.2f}分" in text
    gains = point_gains(result)
    best = gains[gains["unit"].eq(unit)].sort_values("points", ascending=False).iloc[0]
    assert re.search(rf"1\. .*最多可提高{best['points']:.2f}分", text)


def test_what_a_unit_can_gain_is_what_keeps_it_from_full_marks():
    """Weights, credits and shares put together the other way round: 100 less the score before deductions."""
    result = usual()
    units = result.units[result.units["score"].notna()].set_index("unit")
    worth = point_gains(result).groupby("unit")["points"].sum().reindex(units.index, fill_value=0.0)
    ranking = result.rules.ranking
    whole = (ranking.nine * units["nine"] + ranking.modes * units["mode"]).fillna(units["nine"])
    assert (100 - whole).tolist() == pytest.approx(worth.tolist(), abs=0.02)
    assert most_worth(perfect(), 3) == []


def test_units_without_data_and_with_data_of_an_earlier_period_are_called_so():
    pages = write_unit_pages(usual())
    assert "尚无数据。" in text_of(page_of(pages, ROSTER[20]))
    assert len(page_of(pages, ROSTER[20]).parts) == 1
    assert "本期没有评比得分。以下为其第2期数据。" in text_of(page_of(pages, ROSTER[8]))


def test_open_problems_and_dispatches_are_told_and_too_many_counted():
    text = text_of(page_of(write_unit_pages(decided()), ROSTER[1]))
    assert "督办派发未办结1件，其中超过时限1件。" in text
    many = text_of(page_of(write_unit_pages(closed()), ROSTER[3]))
    assert "整改台账未完成6个，其中超过时限6个。" in many
    assert "另有2个，见汇总表“整改台账”。" in many
    assert "督办派发" not in many


# --- the file


def test_the_file_has_a_heading_for_every_unit_and_is_the_same_every_time():
    pages = write_unit_pages(usual())
    made = render_unit_pages(pages, LAYOUT, TEMPLATE)
    assert made == render_unit_pages(pages, LAYOUT, TEMPLATE)
    document = Document(io.BytesIO(made))
    headings = [line.text for line in document.paragraphs if line.style.name == "单位情况标题"]
    assert headings == ROSTER
    assert document.paragraphs[0].text == ROSTER[0]
    assert document.core_properties.title == "单位情况（第3期）"


def test_the_page_turns_before_each_heading_and_no_row_is_split():
    made = render_unit_pages(write_unit_pages(usual()), LAYOUT, TEMPLATE)
    styles = Document(io.BytesIO(made)).styles
    assert styles["单位情况标题"].paragraph_format.page_break_before
    rows = list(Document(io.BytesIO(made)).element.body.iter(name("tr")))
    assert rows
    assert all(row.find(f"{name('trPr')}/{name('cantSplit')}") is not None for row in rows)


def test_names_with_rare_characters_and_hostile_ones_are_printed_as_they_are():
    page = UnitPage("区𠮷㵥局<&>", "第3期", ("得分\x00无",), ())
    made = render_unit_pages(UnitPages("单位情况", "办公室", usual().period.meeting, (page,)), LAYOUT, TEMPLATE)
    assert [line.text for line in Document(io.BytesIO(made)).paragraphs] == ["区𠮷㵥局<&>", "第3期", "得分无"]


def test_a_template_without_the_styles_of_the_pages_is_refused_with_the_remedy():
    parts = unpack(TEMPLATE)
    styles = parts["word/styles.xml"].decode().replace('w:val="单位情况正文"', 'w:val="改了名"')
    with pytest.raises(TemplateError, match="缺少样式“单位情况正文”.*pipeline.document.letterhead"):
        render_unit_pages(write_unit_pages(silent()), LAYOUT, pack({**parts, "word/styles.xml": styles.encode()}))


def test_it_is_one_of_the_files_of_a_period():
    assert ENDINGS[UNITS] == ".docx"


def test_nothing_of_the_letterhead_is_left_in_it():
    made = render_unit_pages(write_unit_pages(usual()), LAYOUT, TEMPLATE)
    with ZipFile(io.BytesIO(made)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "{" not in text
    assert "工作简报" not in text


@pytest.mark.office
def test_every_unit_has_exactly_one_page_even_with_much_to_tell(tmp_path):
    result = closed()
    units = result.units.assign(unranked="没有可计分的自查项，也没有在规定的时间内报送任何材料")
    problems = result.details["problems"]
    long = {**result.details, "problems": problems.assign(problem="在大厅之外办理" * 30)}
    told = replace(result, units=units, details=long, dispatches=decided().dispatches)
    made = render_unit_pages(write_unit_pages(told), LAYOUT, TEMPLATE)
    pages = page_texts(to_pdf(made, tmp_path))
    assert len(pages) == len(ROSTER)
    assert [page.startswith(unit) for page, unit in zip(pages, ROSTER, strict=True)] == [True] * len(ROSTER)
