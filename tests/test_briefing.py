"""briefing.py: what a 工作简报 says is what the result holds, in sentences the office may reword."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from pipeline.briefing.body import write_briefing
from pipeline.briefing.phrases import count_changed, day_of, names_of, numbered, points_changed, rate_of, score_changed
from pipeline.briefing.quotes import quote
from pipeline.document.blocks import AnnexTitle, Briefing, Heading, Paragraph, TableBlock
from pipeline.document.render import render_briefing
from pipeline.patterns import Facts
from pipeline.rules import RulesError, load_rules
from pipeline.run import Result
from pipeline.words import ACCEPTED, RETURNED
from tests.districts import run_district
from tests.forms import ROOT, the_rules
from tests.submissions import (
    HEAD,
    NAMES,
    PLAIN_DEPARTMENT,
    PLAIN_INFORMATION,
    PLAIN_ITEM,
    PLAIN_LETTER,
    PLAIN_PROBLEM,
    PLAIN_STAGE,
    PLAIN_SYSTEM,
    ROSTER,
    Days,
    make_form,
    make_item,
)

WORDS = the_rules().briefing.sentences.phrases


# -------------------------------------------------------------------------------------------------- districts


def faultless(unit, period, **changes):
    """A form in which nothing is wrong: a catalogued item, its department, head and letter."""
    sheets = {
        "items": [PLAIN_ITEM | {"name": NAMES[0]}, PLAIN_ITEM | {"name": NAMES[1]}],
        "departments": [PLAIN_DEPARTMENT],
        "staff": [HEAD],
        "authorisations": [PLAIN_LETTER],
    }
    return make_form(unit, period, **(sheets | changes))


def wanting(unit, period, **changes):
    """A form with something wrong of every kind the briefing counts."""
    items = [
        PLAIN_ITEM
        | {"name": NAMES[0], "in_hall": "否", "accept_at": "厅外", "outside_cases": 2, "system": "省办件系统"},
        PLAIN_ITEM
        | {"name": NAMES[1], "in_hall": "否", "reason": "专网未通", "planned": Days(30), "department": "服务科"},
        PLAIN_ITEM | {"name": NAMES[4], "negative": "是", "negative_no": "平龙政〔2023〕5号", "in_hall": "否"},
        make_item(NAMES[3], [], "一审一核", 2),
    ]
    stages = [
        PLAIN_STAGE | {"item": NAMES[3]},
        PLAIN_STAGE | {"item": NAMES[3], "name": "复核", "basis": None},
        PLAIN_STAGE | {"item": NAMES[0], "basis": "按有关规定"},
        PLAIN_STAGE | {"item": NAMES[0], "name": "复核", "basis": "行政许可法第三十四条"},
    ]
    sheets = {
        "items": items,
        "stages": stages,
        "departments": [PLAIN_DEPARTMENT | {"in_hall": "部分进驻"}],
        "staff": [HEAD | {"in_hall": "否"}, HEAD | {"name": "郝建国", "post": "后台审批"}],
        "systems": [PLAIN_SYSTEM | {"name": "省办件系统", "level": "省", "connected": "否"}],
        "problems": [PLAIN_PROBLEM | {"item": NAMES[0], "due": Days(-3)}],
        "one_card": [
            {"item": NAMES[0], "materials": 8, "replaceable": 5, "spared": 3, "e_licence": "是", "done": "否"}
        ],
    }
    return make_form(unit, period, **(sheets | changes))


def information(**told):
    return [PLAIN_INFORMATION | told]


def district(forms, catalogue=(), period=None):
    entries = [{"unit": unit, "name": name} for unit, name in catalogue]
    periods = sorted({form["period"] for form in forms}) or [1]
    return run_district({"periods": periods, "forms": forms, "catalogue": entries}, period)


@cache
def usual() -> Result:
    """第3期 of eleven units: one late, one sent back, two carried over, one that only sent its 联系表, the rest silent."""
    everybody, now = ROSTER[:10], ROSTER[:8]
    makers = {unit: (wanting if place % 2 else faultless) for place, unit in enumerate(everybody)}
    earlier = [makers[unit](unit, period) for period in (1, 2) for unit in everybody]
    current = [faultless(unit, 3) if unit == ROSTER[1] else makers[unit](unit, 3) for unit in now[:-2]]
    late = makers[now[-2]](now[-2], 3, filled_on=Days(2))
    faulty = wanting(now[-1], 3, items=[PLAIN_ITEM | {"name": NAMES[0], "in_hall": "也许"}])
    contact = make_form(ROSTER[10], 3, declared=[None] * 9)
    contact["values"]["unit_info"][0]["no_items"] = None
    entries = [(unit, name) for unit in now[:2] for name in NAMES[:3]]
    return district([*earlier, *current, late, faulty, contact], entries)


@cache
def perfect() -> Result:
    return district([faultless(unit, 2) for unit in ROSTER], [(u, n) for u in ROSTER for n in NAMES[:2]])


@cache
def alone() -> Result:
    return district([wanting(ROSTER[3], 2)])


@cache
def silent() -> Result:
    return district([], period=1)


@cache
def first() -> Result:
    return district([faultless(ROSTER[0], 1), wanting(ROSTER[1], 1)])


@cache
def carried_only() -> Result:
    """Nobody reported for 第2期; all that is known is from the first."""
    return district([wanting(unit, 1) for unit in ROSTER[:3]], period=2)


@cache
def at_the_end() -> Result:
    """The last period, when all is due and nothing follows."""
    return district([wanting(unit, period) for period in (17, 18) for unit in ROSTER[:6]])


@cache
def modest() -> Result:
    """All 33 units have reported twice and are 到位, but one says that it is not; it also gave up a window."""
    forms = [faultless(unit, period) for period in (2, 3) for unit in ROSTER[1:]]
    windows = [PLAIN_ITEM | {"name": NAMES[0]}, PLAIN_ITEM | {"name": NAMES[1], "window": "B2"}]
    return district(
        [*forms, faultless(ROSTER[0], 2, items=windows), faultless(ROSTER[0], 3, declared=["否"] * 9)],
        [(unit, name) for unit in ROSTER for name in NAMES[:2]],
    )


@cache
def fallen_behind() -> Result:
    """第18期: three units that were 到位 are not any more, in every way a check can fail; all shortfalls are told."""
    said = information(request="请协调专网", experience="首席代表当场签批")
    good = [faultless(unit, 17) for unit in ROSTER[:32]] + [faultless(unit, 18) for unit in ROSTER[7:]]
    good += [faultless(unit, 18, unit_info=said) for unit in (*ROSTER[:3], ROSTER[6])]
    bad = {"accept_at": "厅外", "outside_cases": 1, "in_hall": "否", "system": "某系统"}
    nowhere = PLAIN_ITEM | bad | {"department": None, "window": "C3"}
    strange = PLAIN_ITEM | bad | {"name": NAMES[7], "department": "服务科", "window": "D4"}
    untold = PLAIN_ITEM | {
        "name": NAMES[0],
        "outside_cases": None,
        "in_hall": "否",
        "system": "某系统",
        "review_at": "厅外",
    }
    forms = [
        faultless(ROSTER[3], 18, items=[nowhere | {"name": NAMES[0]}], departments=[], staff=[], authorisations=[]),
        faultless(ROSTER[4], 18, items=[strange], departments=[], staff=[HEAD | {"in_hall": "否"}], authorisations=[]),
        faultless(
            ROSTER[5], 18, items=[untold], departments=[PLAIN_DEPARTMENT | {"approval_no": None}],
            staff=[HEAD | {"post": "后台审批"}], authorisations=[],
        ),
    ]  # fmt: skip
    entries = [(unit, name) for unit in ROSTER for name in NAMES[:2]]
    return telling(district([*good, *forms], entries), worst=9)


def telling(result: Result, **limits: int) -> Result:
    """The result with other [limits]."""
    briefing = result.rules.briefing
    changed = briefing.model_copy(update={"limits": briefing.limits.model_copy(update=limits)})
    return replace(result, rules=result.rules.model_copy(update={"briefing": changed}))


DISTRICTS = [usual, perfect, alone, silent, first, carried_only, at_the_end, modest, fallen_behind]


@pytest.fixture
def result(request):
    return request.param()


each_district = pytest.mark.parametrize("result", DISTRICTS, indirect=True, ids=[make.__name__ for make in DISTRICTS])


# -------------------------------------------------------------------------------------------------- what is read


def texts_of(briefing: Briefing) -> list[str]:
    """Everything a reader sees, masthead aside."""
    return [*briefing.title, *(text for block in (*briefing.blocks, *briefing.annexes) for text in block_texts(block))]


def block_texts(block) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.lead + block.text]
    if isinstance(block, TableBlock):
        return [block.title, block.note, *block.headers, *(cell for row in block.rows for cell in row)]
    return [block.title if isinstance(block, AnnexTitle) else block.text]


def section(result: Result, title: str) -> str:
    """The text of a section, from its heading to the next of its level."""
    told, inside = [], False
    for block in write_briefing(result).blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text.endswith(title)
        elif inside:
            told += block_texts(block)
    return "".join(told)


def numbers(pattern: str, text: str) -> list[int]:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return [int(group) for group in found.groups()]


def annex(result: Result, number: int) -> list:
    """The blocks of an annex below its title."""
    inside, blocks = False, []
    for block in write_briefing(result).annexes:
        if isinstance(block, AnnexTitle):
            inside = block.number == number
        elif inside:
            blocks.append(block)
    return blocks


def people_of(result: Result) -> set[str]:
    staff = [result.details[sheet]["name"] for sheet in ("staff",) if len(result.details[sheet])]
    info = [result.info[column] for column in ("head", "leader", "liaison") if len(result.info)]
    return set(pd.concat([*staff, *info]).dropna()) if staff or info else set()


# -------------------------------------------------------------------------------------------------- every briefing


@each_district
def test_every_briefing_has_the_nine_sections_and_four_annexes_none_of_them_empty(result):
    briefing = write_briefing(result)
    headings = [block.text for block in briefing.blocks if isinstance(block, Heading) and block.level == 1]
    titles = list(result.rules.briefing.sections.model_dump().values())
    assert headings == [f"{number}、{title}" for number, title in zip("一二三四五六七八九", titles, strict=True)]
    assert all(section(result, title) for title in titles)
    assert [block.number for block in briefing.annexes if isinstance(block, AnnexTitle)] == [1, 2, 3, 4]
    assert all(annex(result, number) for number in (1, 2, 3, 4))


@each_district
def test_every_briefing_is_a_draft_dated_by_its_meeting(result):
    masthead = write_briefing(result).masthead
    assert masthead.draft
    assert masthead.date == result.period.meeting
    assert f"总第{result.period.briefing}期" in masthead.number


@each_district
def test_no_briefing_has_leads_telephones_or_names_of_staff(result):
    text = "\n".join(texts_of(write_briefing(result)))
    assert "疑似" not in text
    assert not re.search(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", text)
    assert not [name for name in people_of(result) if name in text]


@each_district
def test_no_sentence_is_left_with_a_hole(result):
    text = "\n".join(texts_of(write_briefing(result)))
    assert not re.search(r"nan|NaN|None|<NA>|[{}]|（）|“”|、。|：。|，。|。。", text)


@each_district
def test_the_same_result_gives_the_same_briefing(result):
    assert write_briefing(result) == write_briefing(result)


@each_district
def test_every_briefing_can_be_printed(result):
    template = (ROOT / "templates" / "简报模板.docx").read_bytes()
    assert render_briefing(write_briefing(result), result.rules.briefing.layout, template)


# -------------------------------------------------------------------------------------------------- counts reconcile


@each_district
def test_who_should_report_is_who_did_in_time_late_or_not_at_all(result):
    pattern = r"应报单位(\d+)个，按时报送(\d+)个，逾期报送(\d+)个，未报送(\d+)个"
    due, on_time, late, missing = numbers(pattern, section(result, "总体情况"))
    reported = result.units["state"].isin([ACCEPTED, RETURNED])
    assert due == 33 == on_time + late + missing
    assert on_time + late == reported.sum()
    assert late == (reported & result.units["late"]).sum()


@each_district
def test_entered_and_not_entered_are_what_must_enter(result):
    text = section(result, "总体情况")
    if not result.units["items"].sum():
        assert "尚无单位报送事项" in text
        return
    pattern = r"政务服务事项(\d+)项，其中经批准列入负面清单(\d+)项，应进驻(\d+)项；已进驻(\d+)项，未进驻(\d+)项"
    items, exempt, must, entered, not_entered = numbers(pattern, text)
    line = result.five.set_index("name").loc["事项"]
    assert (must, entered) == (line["target"], line["done"])
    assert entered + not_entered == must == items - exempt
    assert f"进驻率{rate_of(entered, must)}" in text


@each_district
def test_items_not_entered_are_explained_or_not(result):
    found = re.search(r"未进驻的(\d+)项中，已写明原因及措施的(\d+)项，尚未写明的(\d+)项", section(result, "进展情况"))
    short = result.shortfalls["check"].eq(3).sum()
    assert bool(found) == bool(short)
    if found:
        total, explained, unexplained = map(int, found.groups())
        assert total == short == explained + unexplained


@each_district
def test_the_modes_and_the_incomplete_items_are_all_items_of_the_forms(result):
    text = section(result, "进展情况")
    if result.modes.empty:
        assert "建议模式" not in text
        return
    pattern = r"所列事项(\d+)项.*?审核合一(\d+)项、一审一核(\d+)项、一审两核(\d+)项、特别程序(\d+)项，资料不全(\d+)项"
    items, *counts = numbers(pattern, text)
    assert items == len(result.modes) == sum(counts)
    agreeing = numbers(r"申报与核验一致的(\d+)项", text)[0]
    others = re.search(r"其余(\d+)项中，(.*?)。", text)
    listed = [int(count) for count in re.findall(r"(\d+)项", others.group(2))] if others else []
    assert agreeing == result.modes["verdict"].eq("一致").sum()
    assert agreeing + sum(listed) == items
    assert sum(listed) == (int(others.group(1)) if others else 0)


@each_district
def test_stages_to_be_cut_are_those_of_the_workbook(result):
    found = re.search(r"可压减审批环节(\d+)个，涉及(\d+)项", section(result, "进展情况"))
    assert (int(found.group(1)) if found else 0) == result.units["cut"].sum()


@each_district
def test_scored_units_rose_fell_stayed_or_are_new(result):
    text = section(result, "评比结果")
    scored = int(result.units["score"].notna().sum())
    if not scored:
        assert text.startswith("本期没有单位计分。")
        return
    assert numbers(r"计分单位(\d+)个", text) == [scored]
    if result.units["change"].notna().any():
        rose, fell, same = numbers(r"得分上升(\d+)个单位、下降(\d+)个、持平(\d+)个", text)
        new = re.search(r"上期没有得分的(\d+)个", text)
        assert rose + fell + same + (int(new.group(1)) if new else 0) == scored
    else:
        assert "较上期" not in text
        assert "上升" not in text


@each_district
def test_ranked_and_unranked_units_are_the_roster(result):
    text = section(result, "评比结果")
    ranked = sum(int(count) for count in re.findall(r"参加排名(\d+)个单位", text.replace("未参加排名", "")))
    unranked = numbers(r"未参加排名(\d+)个单位", text)[0]
    assert ranked + unranked == 33
    assert ranked == result.units["rank"].notna().sum()


@each_district
def test_the_table_on_page_one_is_the_five_entries_of_the_result(result):
    table = write_briefing(result).blocks[0]
    assert [row[0] for row in table.rows] == ["事项", "环节", "人员", "系统", "窗口"]
    lines = result.five.set_index("name")
    for row in table.rows:
        told = dict(zip(table.headers, row, strict=True))
        line = lines.loc[row[0]] if row[0] in lines.index else pd.Series({"done": pd.NA, "target": pd.NA})
        for title, key in (("目标", "target"), ("完成", "done")):
            assert told[title] == "—" if pd.isna(line[key]) else re.sub(r"\D", "", told[title]) == str(line[key])


@each_district
def test_what_is_still_out_is_target_less_done(result):
    text = section(result, "下一步工作")
    for topic, number in (("事项进驻", 3), ("授权到位", 4), ("系统对接", 5), ("环节进驻", 6), ("人员进驻", 7)):
        checks = result.checks[result.checks["check"].eq(number)]
        lacking = int(checks["denominator"].sum() - checks["numerator"].sum())
        found = re.search(rf"{topic}(\d+)[项人]", text)
        assert (int(found.group(1)) if found else 0) == lacking


@each_district
def test_the_annexes_list_every_unit_and_every_item_that_does_not_agree(result):
    (scores,), (matrix,), (modes,) = annex(result, 1), annex(result, 2), annex(result, 3)
    names = [row[scores.headers.index("单位名称")] for row in scores.rows]
    assert sorted(names) == sorted(ROSTER)
    assert [row[0].removesuffix("*") for row in matrix.rows] == ROSTER
    assert matrix.landscape
    others = int(result.modes["verdict"].ne("一致").sum()) if len(result.modes) else 0
    assert len(modes.rows) == others if others else isinstance(modes, Paragraph)


# -------------------------------------------------------------------------------------------------- what holds is said


def test_the_usual_briefing_names_who_is_late_silent_sent_back_and_carried_over():
    text = section(usual(), "总体情况")
    assert f"逾期报送的是{ROSTER[6]}。" in text
    assert f"其中{ROSTER[10]}只报送了对接人员联系表。" in text
    assert f"1个单位的填报表退回补正，得分为暂定：{ROSTER[7]}。" in text
    assert f"2个单位本期未报送，沿用其最近一期数据：{ROSTER[8]}（第2期）、{ROSTER[9]}（第2期）。" in text
    assert "23个单位尚无数据，未计入以下各项数字。" in text


def test_units_without_trouble_are_not_said_to_be_late_or_sent_back():
    text = section(perfect(), "总体情况")
    assert "按时报送33个，逾期报送0个，未报送0个" in text
    assert not any(word in text for word in ("逾期报送的是", "未报送的是", "退回补正", "沿用", "尚无数据"))


def test_where_nobody_reported_nobody_is_named():
    text = section(silent(), "总体情况")
    assert "未报送33个" in text
    assert ROSTER[0] not in text


def test_empty_sections_are_one_sentence():
    assert section(silent(), "进展情况") == "本期没有可统计的进展数据。"
    assert section(silent(), "表扬单位及典型做法") == "本期无拟表扬单位。"
    assert section(perfect(), "通报批评单位") == "本期无拟通报批评单位。"
    assert section(perfect(), "存在的问题") == "本期数据中没有发现问题。"
    assert section(perfect(), "需协调解决的问题") == "本期无单位提出需协调解决的事项。"


def test_the_first_issue_compares_with_nothing():
    text = "".join(texts_of(write_briefing(first())))
    assert "较上期" not in text
    assert "无上期议定事项" in section(first(), "上期议定事项落实情况")


def test_a_later_issue_compares_with_the_one_before():
    table = write_briefing(usual()).blocks[0]
    assert table.headers[-1] == "较上期"
    assert "较上期提高" in section(usual(), "总体情况")
    change = usual().five.set_index("name").loc["事项", "change"]
    assert table.rows[0][-1] == points_changed(change, WORDS)


def test_at_most_three_units_are_praised_in_the_notices_order():
    chosen = re.search(r"拟对(.*?)予以表扬", section(perfect(), "表扬单位及典型做法")).group(1).split("、")
    assert 1 <= len(chosen) <= 3
    assert chosen == sorted(chosen, key=ROSTER.index)


def test_proposals_are_called_proposals():
    text = section(usual(), "表扬单位及典型做法") + section(usual(), "通报批评单位")
    assert not re.search(r"(?<!拟)对[^。]*予以", text)


def test_a_criticised_unit_has_its_shortfalls_in_figures():
    result = district([wanting(unit, 4) for unit in ROSTER])
    text = section(result, "通报批评单位")
    name = result.proposals.loc[result.proposals["kind"].eq("通报"), "unit"].iloc[0]
    assert re.search(rf"{name}。评比得分\d+\.\d\d分。主要差距：[^；]*\d+[^；]*；[^；]*；[^；]*。", text)


def test_figures_of_an_earlier_period_are_called_so():
    text = section(carried_only(), "通报批评单位")
    assert "本期未报送填报表。按其第1期数据，主要差距：" in text


def test_units_silent_last_time_are_followed_up():
    forms = [faultless(unit, 2) for unit in ROSTER[:30]] + [faultless(unit, 3) for unit in ROSTER[:32]]
    text = section(district(forms), "上期议定事项落实情况")
    assert "上期未报送的3个单位中，本期已报送2个，仍未报送1个。" in text
    assert f"本期已报送的是{ROSTER[30]}、{ROSTER[31]}。仍未报送的是{ROSTER[32]}。" in text


def test_the_register_of_dispatches_is_said_to_hold_none():
    assert "没有登记的督办派发事项" in section(usual(), "上期议定事项落实情况")
    assert annex(usual(), 4)[0].text == "截至4月14日，没有登记的督办派发事项。"


def test_problems_are_counted_as_the_result_counts_them():
    text, result = section(usual(), "存在的问题"), usual()
    total = numbers(r"九项合计不到位(\d+)项次", text)[0]
    assert total == result.checks["result"].eq("不到位").sum()
    overdue = numbers(r"整改台账列有问题(\d+)个，未完成(\d+)个，其中超过整改时限(\d+)个", text)
    assert overdue == [int(result.units[name].sum()) for name in ("problems", "problems_open", "problems_overdue")]
    high = numbers(r"自报偏高(\d+)项次", text)[0]
    assert high == result.checks["comparison"].eq("自报偏高").sum()


def test_the_next_step_names_who_has_to_report_and_to_correct():
    text = section(usual(), "下一步工作")
    assert f"{ROSTER[8]}、{ROSTER[9]}、{ROSTER[10]}" in text
    assert "于4月28日前报送填报表" in text
    assert f"请{ROSTER[7]}按退回说明更正后" in text
    assert "距7月31日区级事项全部进驻到位还有108天" in text
    assert "双周例会定于5月2日召开" in text


def test_without_data_nothing_is_said_to_be_complete():
    text = section(silent(), "下一步工作")
    assert "距7月31日区级事项全部进驻到位还有136天，尚无数据。" in text
    assert not re.search(r"均已|均无|没有未", text)


def test_after_the_last_deadline_no_days_are_counted():
    text = section(at_the_end(), "下一步工作")
    assert "还有" not in text
    assert "时限均已到期" in text


# -------------------------------------------------------------------------------------------------- the units' words


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


# -------------------------------------------------------------------------------------------------- how numbers read


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
    assert numbered(["甲", "", "乙"], WORDS) == ["一是甲", "二是乙"]
    assert numbered(["甲", ""], WORDS) == ["甲"]
    assert names_of(["甲", "乙"]) == "甲、乙"


# -------------------------------------------------------------------------------------------------- the office's words


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
        ("本期无拟表扬单位。", "第{period}期无拟表扬单位。", "sentences › praise › none"),
        ("第{period}期评比情况通报", "第{perod}期评比情况通报", "titles › title › 第2个"),
        ("[sentences.overall]\nreporting", "[sentences.overall]\nreported", "可用的有：reporting、late"),
        ('same = "持平"\n', "", "sentences › phrases › same：缺少这一项"),
        ("[sentences.praise]", "[sentences.prase]", "可用的有：phrases、overall"),
    ],
)
def test_a_sentence_nobody_can_fill_is_refused_naming_file_entry_and_what_is_allowed(tmp_path, old, new, told):
    with pytest.raises(RulesError) as refused:
        load_rules(reworded(tmp_path, old, new))
    assert "briefing.toml：" in str(refused.value)
    assert told in str(refused.value)


def test_an_unknown_fact_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(RulesError, match="可用：{cutoff}、{due}、{late}、{on_time}、{silent}"):
        load_rules(reworded(tmp_path, "应报单位{due}个", "应报单位{number}个"))


@each_district
def test_every_fact_a_sentence_may_use_is_there_when_it_is_said(result):
    """Each sentence is made to use all its facts: one that code forgot to hand over would raise KeyError."""
    wordy = replace(result, rules=result.rules.model_copy(update={"briefing": using_all_facts(result.rules.briefing)}))
    assert texts_of(write_briefing(wordy))


def test_no_sentence_is_without_use():
    """Every sentence is said in some district; only a check that does not apply to a whole group needs other rules."""
    said = "".join("".join(texts_of(write_briefing(marked(make())))) for make in DISTRICTS)
    sentences = the_rules().briefing.sentences
    names = [f"{group}.{name}" for group, texts in sentences.model_dump().items() for name in texts]
    assert [name for name in names if f"«{name}»" not in said] == ["overall.not_counted"]


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
