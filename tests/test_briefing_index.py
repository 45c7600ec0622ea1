"""briefing: every key figure carries a bookmark and equals what the workbook shows at the place it names."""

import io
import re

import pandas as pd
import pytest
from docx import Document

from pipeline.briefing.index import COLUMNS, briefing_index
from pipeline.document.render import figures_of, render_briefing
from pipeline.document.wordml import name
from pipeline.sheets import TableSheet
from pipeline.sources import Cells, Elsewhere, Less, Share, Where
from pipeline.summary.book import summary_sheets
from tests.briefings import decided, each_district, fallen_behind, perfect, silent, texts_of, usual, written
from tests.forms import ROOT, the_rules

DOWN = ("下降", "减少")


def sheets_of(result) -> dict[str, pd.DataFrame]:
    """The tables of 汇总表 by name, with their titles as a person reads them."""
    sheets = [sheet for sheet in summary_sheets(result) if isinstance(sheet, TableSheet)]
    return {sheet.name: sheet.rows.set_axis([column.title for column in sheet.columns], axis=1) for sheet in sheets}


def holds(rows: pd.DataFrame, where: Where) -> pd.Series:
    cells = rows[where.column]
    texts = cells.astype("str").where(cells.notna(), "")
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    values = [str(value) for value in (where.value if isinstance(where.value, tuple) else (where.value,))]
    signs = {
        "为": lambda: texts.isin(values) | numbers.eq(number_of(values[0])),
        "不为": lambda: ~texts.isin(values),
        "大于": lambda: numbers.gt(float(values[0])),
        "小于": lambda: numbers.lt(float(values[0])),
        "含": lambda: texts.str.contains(values[0], regex=False),
        "不含": lambda: ~texts.str.contains(values[0], regex=False),
        "有": lambda: texts.ne(""),
        "没有": lambda: texts.eq(""),
    }
    return signs[where.sign]()


def number_of(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else float("nan")


def look_up(source, sheets: dict[str, pd.DataFrame]) -> float:
    """What a reader finds who follows the source by hand."""
    if isinstance(source, Share):
        return look_up(source.part, sheets) / look_up(source.whole, sheets)
    if isinstance(source, Less):
        return look_up(source.number, sheets) - look_up(source.other, sheets)
    rows = sheets[source.sheet]
    for where in source.where:
        rows = rows[holds(rows, where)]
    if source.how == "行数":
        return len(rows)
    if source.how == "不同的个数":
        return rows[source.column].nunique()
    cells = pd.to_numeric(rows[source.column], errors="coerce").astype("float64")
    return cells.sum() if source.how == "合计" else cells.mean()


def printed(text: str) -> tuple[float, float]:
    """The number as printed, and by how much it may differ from the exact one."""
    if text == "持平":
        return 0.0, 0.0005
    number = re.search(r"\d+(?:\.(\d+))?", text)
    scale = 0.01 if "%" in text or "百分点" in text else 1.0
    sign = -1 if text.startswith(DOWN) else 1
    return sign * float(number[0]) * scale, scale * 0.51 * 10 ** -len(number[1] or "") + 1e-9


@each_district
def test_every_figure_is_what_the_workbook_shows_at_the_place_it_names(make):
    sheets = sheets_of(make())
    figures = figures_of(written(make).blocks)
    assert figures
    for figure in figures:
        if isinstance(figure.source, Elsewhere) or figure.text == "—":
            continue
        told, found = printed(figure.text)[0], look_up(figure.source, sheets)
        told = abs(told) if figure.name.startswith(("三_升", "三_降")) else told
        found = abs(found) if figure.name.startswith(("三_升", "三_降")) else found
        assert told == pytest.approx(found, abs=printed(figure.text)[1]), (figure.name, figure.source.words)


@each_district
def test_most_figures_can_be_looked_up_and_every_number_of_page_one_is_a_figure(make):
    figures = figures_of(written(make).blocks)
    by_hand = [figure for figure in figures if isinstance(figure.source, Elsewhere)]
    assert len(by_hand) < 0.6 * len(figures)
    table = written(make).blocks[0]
    numbers = [cell for row in table.rows for place, cell in enumerate(row) if place != 2 and isinstance(cell, str)]
    assert not [cell for cell in numbers if re.search(r"\d", cell)]


@each_district
def test_a_bookmark_has_a_name_word_takes_and_stands_once(make):
    names = [figure.name for figure in figures_of(written(make).blocks)]
    assert len(names) == len(set(names))
    assert all(len(name) <= 40 and re.fullmatch(r"[^\W\d_][\w]*", name) for name in names)


@pytest.mark.parametrize("make", [usual, decided, silent, fallen_behind, perfect])
def test_the_index_lists_every_figure_with_its_sentence_and_its_source(make):
    index = briefing_index(make())
    assert list(index.columns) == COLUMNS
    assert index["书签"].tolist() == [figure.name for figure in figures_of(written(make).blocks)]
    assert all(value in sentence for value, sentence in zip(index["数值"], index["句子"], strict=True))
    text = "".join(texts_of(written(make)))
    own = index[~index["段落"].str.startswith("“五进”")]
    assert all(sentence in text for sentence in own["句子"])
    assert index["来源"].str.len().gt(4).all()


def test_the_index_says_where_to_look():
    index = briefing_index(usual()).set_index("书签")
    assert index.loc["一_进驻率", "来源"].startswith("“自查对照”中“序号”为3的“分子”合计 ÷ “自查对照”")
    assert index.loc["一_进驻率", "段落"] == "一、总体情况"
    assert index.loc["五进_事项_完成", "段落"].startswith("“五进”完成情况")
    assert index.loc["一_应报", "句子"].startswith("截至4月14日，应报单位33个")
    assert index.loc["一_应报", "句子"].endswith("。")


def test_each_bookmark_of_the_file_holds_its_figure():
    template = (ROOT / "templates" / "简报模板.docx").read_bytes()
    body = Document(io.BytesIO(render_briefing(written(usual), the_rules().briefing.layout, template))).element.body
    told = {}
    for start in body.iter(name("bookmarkStart")):
        inside = []
        for behind in start.itersiblings():
            if behind.tag == name("bookmarkEnd"):
                break
            inside += [piece.text for piece in behind.iter(name("t"))]
        told[start.get(name("name"))] = "".join(inside)
    assert told == {figure.name: figure.text for figure in figures_of(written(usual).blocks)}
    numbers = [start.get(name("id")) for start in body.iter(name("bookmarkStart"))]
    assert len(set(numbers)) == len(numbers)


def test_a_source_is_told_in_words_an_office_understands():
    cells = Cells("自查对照", "合计", "分子", (Where("序号", "为", 3), Where("未达标事项", "没有")))
    assert cells.words == "“自查对照”中“序号”为3、“未达标事项”空着的“分子”合计"
    assert Cells("单位排名", "行数").words == "“单位排名”的行数"
    assert Less(Cells("单位排名", "行数"), Cells("趋势", "数值", "名次")).words == "“单位排名”的行数 － “趋势”的“名次”"
