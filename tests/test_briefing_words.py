"""briefing: the office's words in rules/briefing.toml, the units' own words, and how numbers read."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.briefing.body import write_briefing
from pipeline.briefing.phrases import count_changed, day_of, names_of, numbered, points_changed, rate_of, score_changed
from pipeline.briefing.quotes import quote
from pipeline.briefing.units import write_unit_pages
from pipeline.document.render import render_briefing
from pipeline.passages import Figure, Passage, join, say
from pipeline.patterns import Facts
from pipeline.rules import RulesError, load_rules
from pipeline.run import Result
from pipeline.sources import Cells, Where
from tests.briefings import DISTRICTS, district, each_district, faultless, information, perfect, section, texts_of
from tests.forms import ROOT, the_rules
from tests.submissions import ROSTER

WORDS = the_rules().briefing.sentences.phrases


def test_what_a_unit_asks_for_is_quoted_on_one_line():
    asked = " 请协调增设窗口\n联系人电话 13812345678。 "
    result = district([faultless(ROSTER[2], 2, unit_info=information(request=asked))])
    text = section(result, "需协调解决的问题")
    assert "本期1个单位提出需协调解决的事项。" in text
    assert f"{ROSTER[2]}：“请协调增设窗口；联系人电话" in text
    assert "13812345678" not in text


def test_a_unit_with_nothing_to_ask_is_not_quoted():
    result = district([faultless(ROSTER[2], 2, unit_info=information(request="无。"))])
    assert section(result, "需协调解决的问题") == "本期无单位提出需协调解决的事项。"


def test_what_a_praised_unit_wrote_as_its_experience_is_told():
    result = district([faultless(ROSTER[2], 2, unit_info=information(experience="首席代表张三当场签批"))])
    assert "典型做法：“首席代表（姓名略）当场签批”" in section(result, "表扬单位及典型做法")


@pytest.mark.parametrize(
    "text", ["{unit}{0}{", "<w:p/>&amp;]]>", "=cmd|' /C calc'!A0", "\x00\x07\u202e反", "%s%d" * 99, "”“”"]
)
def test_hostile_words_of_a_unit_are_words_like_any_other(text):
    result = district([faultless(ROSTER[2], 2, unit_info=information(request=text, experience=text))])
    briefing = write_briefing(result)
    template = (ROOT / "templates" / "简报模板.docx").read_bytes()
    assert render_briefing(briefing, result.rules.briefing.layout, template)
    assert max(map(len, texts_of(briefing))) < 600


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "138 0000 0000",
        "0375-2536288",
        "（0375）2536288",
        "２５３６２８８",
        "253-6288",
        "电话：2536288",
        "a.b@163.com",
    ],
)
def test_numbers_to_call_are_not_quoted(text):
    told = quote(f"请联系{text}办理", 200)
    assert text not in told
    assert "略）" in told


@pytest.mark.parametrize(
    "text",
    ["需资金2000000元", "办理1234567件", "2023-2025年", "20230331", "豫政办〔2022〕101号", "由20个工作日压至5个", "①②"],
)
def test_numbers_of_other_things_are_quoted(text):
    assert quote(text, 200) == text


def test_a_long_text_is_cut_off():
    assert quote("字" * 300, 200) == "字" * 200 + "……"
    assert quote("字" * 200, 200) == "字" * 200


# --- passages


def test_a_figure_keeps_its_place_and_its_source_when_sentences_are_joined():
    figure = Figure("一_应报", "33", Cells("单位排名", "行数", "", (Where("状态", "为", ("已接收", "暂定")),)))
    told = join([say("应报{due}个", due=figure), "", say("第{period}期", period=3)], "，")
    assert told.text == "应报33个，第3期"
    assert told.figures == (figure,)
    assert figure.source.words == "“单位排名”中“状态”为“已接收”或“暂定”的行数"
    assert not Passage()


# --- how numbers read


def test_dates_have_no_year_and_no_leading_zeros():
    assert day_of(date(2023, 4, 3)) == "4月3日"


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(11, 12, "91.7%"), (1, 8, "12.5%"), (1, 16, "6.3%"), (5, 5, "100.0%"), (0, 0, "—")]
)
def test_rates_have_one_decimal_rounded_half_up(part, whole, told):
    assert rate_of(part, whole) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [(0.0869, "提高8.7个百分点"), (-0.0125, "下降1.3个百分点"), (0.0004, "持平"), (0.0, "持平"), (None, "")],
)
def test_differences_of_rates_are_points_in_words(change, told):
    assert points_changed(change, WORDS) == told


def test_differences_of_scores_and_numbers_are_told_in_words():
    assert score_changed(2.7, WORDS) == "提高2.70分"
    assert score_changed(-0.005, WORDS) == "下降0.01分"
    assert count_changed(-2, "个", WORDS) == "减少2个"
    assert count_changed(0, "个", WORDS) == "持平"


def test_several_points_are_numbered_one_alone_is_not():
    assert [told.text for told in numbered(["甲", "", "乙"], WORDS)] == ["一是甲", "二是乙"]
    assert [told.text for told in numbered(["甲", ""], WORDS)] == ["甲"]
    assert names_of(["甲", "乙"]) == "甲、乙"


# --- the office's words


def reworded(tmp_path: Path, old: str, new: str) -> Path:
    """The rules with one text of briefing.toml changed."""
    for path in (ROOT / "rules").glob("*.toml"):
        text = path.read_text("utf-8")
        if path.name == "briefing.toml":
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / path.name).write_text(text, "utf-8")
    return tmp_path


def test_a_reworded_sentence_is_said_in_the_new_words(tmp_path):
    rules = load_rules(reworded(tmp_path, "本期无拟通报批评单位。", "本期没有需要通报的单位。"))
    assert section(replace(perfect(), rules=rules), "通报批评单位") == "本期没有需要通报的单位。"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("应报单位{due}个", "应报单位{deu}个", "sentences › overall › reporting：写的是“截至{cutoff}，应报单位{deu}个"),
        ("应报单位{due}个", "应报单位{due:.1f}个", "其中“{due:.1f}”没有内容可填"),
        ("应报单位{due}个", "应报单位{due个", "花括号没有成对"),
        ("应报单位{due}个", "应报单位{}个", "其中“{}”没有内容可填"),
        ("本期无拟表扬单位。", "第{period}期无拟表扬单位。", "sentences › praise › none_proposed"),
        ("第{period}期评比情况通报", "第{perod}期评比情况通报", "titles › title › 第2个"),
        ("图{number} {title}", "图{no} {title}", "layout › words › chart"),
        ("单位情况（第{period}期）", "单位情况（第{期}期）", "sentences › unit_page › title"),
        ("[sentences.overall]\nreporting", "[sentences.overall]\nreported", "可用的有：reporting、contact_only"),
        ('same = "持平"\n', "", "sentences › phrases › same：缺少这一项"),
        ("[sentences.praise]", "[sentences.prase]", "可用的有：phrases、page_one"),
    ],
)
def test_a_sentence_nobody_can_fill_is_refused_naming_file_entry_and_what_is_allowed(tmp_path, old, new, told):
    with pytest.raises(RulesError) as refused:
        load_rules(reworded(tmp_path, old, new))
    assert "briefing.toml：" in str(refused.value)
    assert told in str(refused.value)


def test_an_unknown_fact_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(
        RulesError, match="可用：{cutoff}、{due}、{late}、{late_names}、{on_time}、{silent}、{silent_names}"
    ):
        load_rules(reworded(tmp_path, "应报单位{due}个", "应报单位{number}个"))


@each_district
def test_every_fact_a_sentence_may_use_is_there_when_it_is_said(make):
    """Each sentence is made to use all its facts: one that code forgot to hand over would raise KeyError."""
    result = make()
    wordy = replace(result, rules=result.rules.model_copy(update={"briefing": using_all_facts(result.rules.briefing)}))
    assert texts_of(write_briefing(wordy))
    assert write_unit_pages(wordy)


def test_no_sentence_is_without_use():
    """Every sentence is said in some district; only a check that does not apply to a whole group needs other rules."""
    said = "".join(everything_said(marked(make())) for make in DISTRICTS)
    sentences = the_rules().briefing.sentences
    names = [f"{group}.{name}" for group, texts in sentences.model_dump().items() for name in texts]
    assert [name for name in names if f"«{name}»" not in said] == ["overall.not_counted"]


def everything_said(result: Result) -> str:
    pages = write_unit_pages(result)
    lines = [
        text
        for page in pages.pages
        for text in (page.note, *page.lines, *(line for part in page.parts for line in (part.title, *part.lines)))
    ]
    return "".join([*texts_of(write_briefing(result)), pages.title, *lines])


def marked(result: Result) -> Result:
    """The result with the name of every sentence after it."""
    briefing = result.rules.briefing
    groups = {
        group: getattr(briefing.sentences, group).model_copy(
            update={name: f"{text}«{group}.{name}»" for name, text in texts.items()}
        )
        for group, texts in briefing.sentences.model_dump().items()
    }
    changed = briefing.model_copy(update={"sentences": briefing.sentences.model_copy(update=groups)})
    return replace(result, rules=result.rules.model_copy(update={"briefing": changed}))


def using_all_facts(rules):
    """The rules with every sentence followed by all the facts it may use."""
    changed = {}
    for name, field in type(rules).model_fields.items():
        value = getattr(rules, name)
        allowed = [mark.func for mark in field.metadata if isinstance(getattr(mark, "func", None), Facts)]
        if allowed:
            changed[name] = value + "".join(f"{{{fact}}}" for fact in allowed[0].names)
        elif hasattr(type(value), "model_fields"):
            changed[name] = using_all_facts(value)
    return rules.model_copy(update=changed)
