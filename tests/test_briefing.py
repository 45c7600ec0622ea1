"""briefing: what a 工作简报 says is what the result holds."""

import re

import pandas as pd

from pipeline.briefing.body import write_briefing
from pipeline.briefing.phrases import points_changed, rate_of
from pipeline.document.blocks import AnnexTitle, Heading, Paragraph
from pipeline.document.render import render_briefing
from pipeline.words import ACCEPTED, RETURNED
from tests.briefings import (
    alone,
    annex,
    at_the_end,
    carried_only,
    district,
    each_district,
    faultless,
    first,
    foot_of,
    information,
    numbers,
    people_of,
    perfect,
    section,
    silent,
    text_of,
    texts_of,
    usual,
    wanting,
    written,
)
from tests.forms import ROOT, the_rules
from tests.submissions import ROSTER

WORDS = the_rules().briefing.sentences.phrases
TEMPLATE = (ROOT / "templates" / "简报模板.docx").read_bytes()


# --- every briefing


@each_district
def test_every_briefing_has_the_nine_sections_and_four_annexes_none_of_them_empty(make):
    briefing = written(make)
    headings = [block.text for block in briefing.blocks if isinstance(block, Heading) and block.level == 1]
    titles = list(the_rules().briefing.sections.model_dump().values())
    assert headings == [f"{number}、{title}" for number, title in zip("一二三四五六七八九", titles, strict=True)]
    assert all(section(briefing, title) for title in titles)
    assert [block.number for block in briefing.annexes if isinstance(block, AnnexTitle)] == [1, 2, 3, 4]
    assert all(annex(briefing, number) for number in (1, 2, 3, 4))


@each_district
def test_every_briefing_is_dated_by_its_meeting_and_a_draft_until_all_is_decided(make):
    result, masthead = make(), written(make).masthead
    assert masthead.draft == result.draft
    assert masthead.date == result.period.meeting
    assert f"总第{result.period.briefing}期" in masthead.number


@each_district
def test_no_briefing_has_unconfirmed_leads_telephones_or_names_of_staff(make):
    text = "\n".join(texts_of(written(make)))
    assert "疑似" not in text
    assert not re.search(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", text)
    assert not [name for name in people_of(make()) if name in text]


@each_district
def test_no_sentence_is_left_with_a_hole(make):
    text = "\n".join(texts_of(written(make)))
    assert not re.search(r"nan|NaN|NaT|None|<NA>|[{}]|（）|“”|、。|：。|，。|。。|；。|；；", text)


@each_district
def test_a_sentence_of_the_body_has_a_figure_unless_it_says_that_there_is_nothing(make):
    """Naming units, pointing to an annex and saying how far a finding goes are no claims."""
    exempt = "没有|尚无|无单位|本期未报送|拟对|^对|请|以法制审核为准|首期|本期无|只报送了|均|典型做法|：“"
    paragraphs = [block for block in written(make).blocks if isinstance(block, Paragraph)]
    for block in paragraphs:
        for sentence in re.split(r"(?<=。)(?!”)", block.text):
            assert not sentence or re.search(rf"\d|{exempt}", sentence), sentence


@each_district
def test_every_briefing_can_be_printed_and_twice_alike(make):
    layout = the_rules().briefing.layout
    assert render_briefing(written(make), layout, TEMPLATE) == render_briefing(written(make), layout, TEMPLATE)


def test_the_same_result_gives_the_same_briefing():
    assert write_briefing(usual()) == write_briefing(usual())


# --- counts reconcile


@each_district
def test_who_should_report_is_who_did_in_time_late_or_not_at_all(make):
    pattern = r"应报单位(\d+)个，按时报送(\d+)个，逾期报送(\d+)个.*?，未报送(\d+)个"
    due, on_time, late, missing = numbers(pattern, section(written(make), "总体情况"))
    units = make().units
    reported = units["state"].isin([ACCEPTED, RETURNED])
    assert due == 33 == on_time + late + missing
    assert on_time + late == reported.sum()
    assert late == (reported & units["late"]).sum()


@each_district
def test_entered_and_not_entered_are_what_must_enter(make):
    result, text = make(), section(written(make), "总体情况")
    if not result.units["items"].sum():
        assert "尚无单位报送事项" in text
        return
    pattern = r"政务服务事项(\d+)项，经批准列入负面清单(\d+)项，应进驻(\d+)项；已进驻(\d+)项，未进驻(\d+)项"
    items, exempt, must, entered, not_entered = numbers(pattern, text)
    line = result.five.set_index("name").loc["事项"]
    assert (must, entered) == (line["target"], line["done"])
    assert entered + not_entered == must == items - exempt
    assert f"进驻率{rate_of(entered, must)}" in text


@each_district
def test_items_not_entered_are_explained_or_not(make):
    found = re.search(
        r"未进驻的(\d+)项中，已写明原因及措施(\d+)项，尚未写明(\d+)项", section(written(make), "进展情况")
    )
    short = make().shortfalls["check"].eq(3).sum()
    assert bool(found) == bool(short)
    if found:
        total, explained, unexplained = map(int, found.groups())
        assert total == short == explained + unexplained


@each_district
def test_agreeing_items_and_all_other_verdicts_are_all_items_of_the_forms(make):
    result, text = make(), section(written(make), "进展情况")
    if result.modes.empty:
        assert "申报与核验" not in text
        return
    items, agreeing = numbers(r"所列事项(\d+)项，申报与核验一致(\d+)项", text)
    others = re.search(r"申报与核验一致\d+项，(.*?)。", text)
    listed = [int(count) for count in re.findall(r"(\d+)项", others.group(1))] if others else []
    assert items == len(result.modes) == agreeing + sum(listed)
    assert agreeing == result.modes["verdict"].eq("一致").sum()


@each_district
def test_stages_to_be_cut_are_those_of_the_workbook(make):
    found = re.search(r"可压减审批环节(\d+)个，涉及(\d+)项", section(written(make), "进展情况"))
    assert (int(found.group(1)) if found else 0) == make().units["cut"].sum()


@each_district
def test_scored_units_rose_fell_stayed_or_are_new(make):
    units, text = make().units, section(written(make), "评比结果")
    scored = int(units["score"].notna().sum())
    if not scored:
        assert text.startswith("本期没有单位计分。")
        return
    assert numbers(r"计分单位(\d+)个", text) == [scored]
    if units["change"].notna().any():
        rose, fell, same = numbers(r"上升(\d+)个单位、下降(\d+)个、持平(\d+)个", text)
        new = re.search(r"上期没有得分的(\d+)个", text)
        assert rose + fell + same + (int(new.group(1)) if new else 0) == scored
    else:
        assert not re.search("较上期|上升|升幅|降幅", text)


@each_district
def test_ranked_and_unranked_units_are_the_roster(make):
    text, ranks = section(written(make), "评比结果"), make().units["rank"]
    ranked = sum(int(count) for count in re.findall(r"(\d+)个单位参加排名", text))
    found = re.search(r"未排名(\d+)个", text)
    unranked = int(found.group(1)) if found else 0
    assert ranked == ranks.notna().sum()
    if ranks.isna().any() and "没有单位计分" not in text:
        assert unranked == ranks.isna().sum()


@each_district
def test_the_table_on_page_one_is_the_five_entries_of_the_result(make):
    table, lines = written(make).blocks[0], make().five.set_index("name")
    assert [row[0] for row in table.rows] == ["事项", "环节", "人员", "系统", "窗口"]
    for row in table.rows:
        told = dict(zip(table.headers, map(text_of, row), strict=True))
        line = lines.loc[row[0]] if row[0] in lines.index else pd.Series({"done": pd.NA, "target": pd.NA})
        for title, key in (("目标", "target"), ("完成", "done")):
            assert told[title] == "—" if pd.isna(line[key]) else re.sub(r"\D", "", told[title]) == str(line[key])


@each_district
def test_the_annexes_list_every_unit_and_every_item_that_does_not_agree(make):
    briefing, modes_of = written(make), make().modes
    (scores,), (matrix,), (modes,) = annex(briefing, 1), annex(briefing, 2), annex(briefing, 3)
    names = [row[scores.headers.index("单位名称")] for row in scores.rows]
    assert sorted(names) == sorted(ROSTER)
    assert [row[0].removesuffix("*") for row in matrix.rows] == ROSTER
    assert matrix.landscape
    others = int((modes_of["verdict"].ne("一致") | modes_of["approved"].notna()).sum()) if len(modes_of) else 0
    assert len(modes.rows) == others if others else isinstance(modes, Paragraph)


# --- page one


def test_page_one_says_who_holds_things_up_and_with_how_much():
    short = usual().shortfalls
    counts = short[short["check"].eq(3)]["unit"].value_counts()
    text = foot_of(written(usual))["进度滞后"]
    name, number = re.search(r"最多的是(.*?)(\d+)项", text).groups()
    assert int(number) == counts.max() == counts[name]
    assert "得分低于60分的" in text


def test_page_one_says_what_only_the_leaders_can_settle():
    asked = district([faultless(ROSTER[2], 2, unit_info=information(request="请协调增设窗口"))])
    assert foot_of(write_briefing(asked))["请领导协调"] == f"提出需协调事项的1个单位（{ROSTER[2]}）（见八）。"
    assert "上级系统未对接4个" in foot_of(written(usual))["请领导协调"]
    assert foot_of(written(perfect)) == {
        "进度滞后": "有数据的单位应进驻事项已全部进驻。",
        "请领导协调": "本期没有需协调解决的事项。",
    }


def test_page_one_names_nobody_where_nobody_reported():
    assert foot_of(written(silent)) == {"请领导协调": "本期没有需协调解决的事项。"}


# --- what holds is said


def test_the_usual_briefing_names_who_is_late_silent_sent_back_and_carried_over():
    text = section(written(usual), "总体情况")
    assert f"逾期报送1个（{ROSTER[6]}）" in text
    assert f"其中1个单位（{ROSTER[10]}）只报送了对接人员联系表。" in text
    assert re.search(rf"1个单位（{ROSTER[7]}）的填报表有错误\d+处，已退回补正，得分暂定。", text)
    assert "未报送的2个单位沿用以前数据。" in text
    assert "23个单位尚无数据，未计入以下各项数字。" in text


def test_units_without_trouble_are_not_said_to_be_late_or_sent_back():
    text = section(written(perfect), "总体情况")
    assert "按时报送33个，逾期报送0个，未报送0个。" in text
    assert not any(word in text for word in ("个（", "退回补正", "沿用", "尚无数据", "更正"))


def test_where_nobody_reported_nobody_is_named():
    text = section(written(silent), "总体情况")
    assert "未报送33个" in text
    assert ROSTER[0] not in text


def test_empty_sections_are_one_sentence():
    assert section(written(silent), "进展情况") == "本期没有可统计的进展数据。"
    assert section(written(silent), "表扬单位及典型做法") == "本期无拟表扬单位。"
    assert section(written(perfect), "通报批评单位") == "本期无拟通报批评单位。"
    assert section(written(perfect), "存在的问题") == "本期数据中没有发现问题。"
    assert section(written(perfect), "需协调解决的问题") == "本期无单位提出需协调解决的事项。"


def test_the_first_issue_compares_with_nothing():
    text = "".join(texts_of(written(first)))
    assert "较上期" not in text
    assert "无上期议定事项" in section(written(first), "上期议定事项落实情况")


def test_a_later_issue_compares_with_the_one_before():
    table = written(usual).blocks[0]
    assert table.headers[-1] == "较上期"
    assert "较上期提高" in section(written(usual), "总体情况")
    change = usual().five.set_index("name").loc["事项", "change"]
    assert table.rows[0][-1].text == points_changed(change, WORDS)


def test_who_rose_most_is_told_with_the_rate_that_rose_most():
    """The second unit corrects everything in 第3期: all its items enter, its letters and systems were in order or come into it."""
    text = section(written(usual), "评比结果")
    change = usual().units.set_index("unit").loc[ROSTER[1], "change"]
    assert f"升幅最大的是{ROSTER[1]}{change:.2f}分（主要是" in text
    assert re.search(r"（主要是(进驻率|授权率|对接率)\d+\.\d%升至\d+\.\d%）", text)
    assert "降幅最大" in text
    assert "幅最大" not in section(written(alone), "评比结果")


def test_at_most_three_units_are_praised_in_the_notices_order():
    chosen = re.search(r"拟对(.*?)予以表扬", section(written(perfect), "表扬单位及典型做法")).group(1).split("、")
    assert 1 <= len(chosen) <= 3
    assert chosen == sorted(chosen, key=ROSTER.index)


def test_a_criticised_unit_has_its_shortfalls_in_figures():
    result = district([wanting(unit, 4) for unit in ROSTER])
    text = section(result, "通报批评单位")
    name = result.proposals.loc[result.proposals["kind"].eq("通报"), "unit"].iloc[0]
    assert re.search(rf"{name}。得分\d+\.\d\d分。主要差距：[^；]*\d+[^；]*；[^；]*。", text)


def test_figures_of_an_earlier_period_are_called_so():
    text = section(written(carried_only), "通报批评单位")
    assert "本期未报送。其第1期数据主要差距：" in text


def test_units_silent_last_time_are_followed_up():
    forms = [faultless(unit, 2) for unit in ROSTER[:30]] + [faultless(unit, 3) for unit in ROSTER[:32]]
    text = section(district(forms), "上期议定事项落实情况")
    now = f"本期已报送2个（{ROSTER[30]}、{ROSTER[31]}）"
    assert f"上期未报送的3个单位中，{now}，仍未报送1个（{ROSTER[32]}）。" in text


def test_problems_are_counted_as_the_result_counts_them():
    text, result = section(written(usual), "存在的问题"), usual()
    total = numbers(r"九项自查合计不到位(\d+)项次", text)[0]
    assert total == result.checks["result"].eq("不到位").sum()
    overdue = numbers(r"整改台账列有问题(\d+)个，未完成(\d+)个，其中超过整改时限(\d+)个", text)
    assert overdue == [int(result.units[name].sum()) for name in ("problems", "problems_open", "problems_overdue")]
    high = numbers(r"自报偏高(\d+)项次", text)[0]
    assert high == result.checks["comparison"].eq("自报偏高").sum()


def test_the_next_steps_name_what_helps_most_and_who_has_to_report_and_to_correct():
    text = section(written(usual), "下一步工作")
    assert re.search(r"可提高平均得分：\S+?\d+\.\d\d分、\S+?\d+\.\d\d分、\S+?\d+\.\d\d分。", text)
    assert "请25个单位于4月28日前报送填报表" in text
    assert f"请{ROSTER[7]}于4月28日前更正重报" in text
    assert "距7月31日区级事项全部进驻到位108天" in text
    assert "例会定于5月2日召开" in text


def test_only_the_next_deadline_is_told_with_what_is_still_out():
    text = section(written(at_the_end), "下一步工作")
    assert "还有" not in text
    assert "时限均已到期，尚差" in text
    for topic, number in (("事项进驻", 3), ("授权到位", 4), ("系统对接", 5), ("环节进驻", 6), ("人员进驻", 7)):
        checks = at_the_end().checks[at_the_end().checks["check"].eq(number)]
        lacking = int(checks["denominator"].sum() - checks["numerator"].sum())
        found = re.search(rf"尚差.*?{topic}(\d+)[项人]", text)
        assert (int(found.group(1)) if found else 0) == lacking


def test_without_data_nothing_is_said_to_be_complete():
    text = section(written(silent), "下一步工作")
    assert not re.search(r"均已|均无|没有未", text)


def test_nothing_of_the_body_is_said_twice():
    """No sentence stands in two places, but those about units with the same faults."""
    blocks = [block for block in written(usual).blocks if isinstance(block, Paragraph) and block.lead[:1] in ("", "（")]
    sentences = [sentence for block in blocks for sentence in block.text.split("。") if len(sentence) > 12]
    assert len(sentences) == len(set(sentences))
