"""汇总表: the columns others rely on, figures as in the result, nothing that does not belong there."""

import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.form import Form
from pipeline.sheets import HEADER_ROW, Figure, KeyFigures, PageSheet, TablePart, TableSheet, TextPart
from pipeline.summary.book import summary_sheets
from pipeline.tables import hide_contacts
from pipeline.workbook.render import render_workbook
from tests.results import (
    CARRIED,
    COMPANY,
    CONTACT,
    EMAIL,
    FORMULA,
    GOOD,
    LATE,
    NEVER,
    PHONES,
    RETURNED,
    a_result,
    an_empty_result,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

SHEETS = [
    "总览",
    "目录",
    "会议材料",
    "单位排名",
    "九项自查",
    "自查对照",
    "未达标明细",
    "三个无审批",
    "环节模式",
    "环节压减",
    "同类事项对比",
    "环节明细",
    "事项明细",
    "事项变化",
    "机构人员",
    "业务系统",
    "任务清单",
    "整改台账",
    "一证通办",
    "督办清单",
    "报送情况",
    "数据问题",
    "趋势",
    "规则",
    "核对",
    "简报索引",
]
STAMP = "_汇总"
RELIED_ON = {
    "单位排名": "组别 名次 单位名称 九项得分 环节模式得分 扣分 加分 评比得分 较上期 状态",
    "自查对照": "单位名称 序号 自查内容 自报结论 数据结果 分子 分母 得分率 时限 进度 比对 未达标事项",
    "环节模式": "单位名称 事项名称 事项类型 申报模式 环节数 有效 待补 未列明 特别程序有效 建议模式 结论 可压减环节 待补后定 需调整网上流程 说明",
    "报送情况": "单位名称 期号 状态 填报日期 文件 sha256 处理结果 原因 错误数 提醒数 读取格数 计入格数 未计格数 改动数",
    "数据问题": "单位名称 文件 工作表 单元格 级别 问题 原值 建议 代码",
}
NO_OTHERS = ("报送情况", "数据问题")
UNITS = 33


@cache
def sheets() -> dict[str, Any]:
    return {sheet.name: sheet for sheet in summary_sheets(a_result())}


@cache
def rendered(empty: bool = False) -> bytes:
    return render_workbook(summary_sheets(an_empty_result() if empty else a_result()), "汇总表（第2期）")


def reopened(data: bytes) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(BytesIO(data))
    return {place.title: place for place in book.worksheets}


def table(name: str) -> pd.DataFrame:
    """The rows of a sheet under their titles."""
    sheet = sheets()[name]
    return sheet.rows.set_axis([column.title for column in sheet.columns], axis=1)


def row_of(name: str, unit: str) -> pd.Series:
    rows = table(name)
    return rows[rows["单位名称"] == unit].iloc[0]


def figures() -> dict[str, Figure]:
    parts = [part for part in sheets()["总览"].parts if isinstance(part, KeyFigures)]
    return {figure.label: figure for part in parts for figure in part.figures}


def part(title: str) -> pd.DataFrame:
    """A small table of 总览 under its titles."""
    found = next(p for p in sheets()["总览"].parts if isinstance(p, TablePart) and p.title == title)
    return found.rows.set_axis([column.title for column in found.columns], axis=1)


def all_texts(data: bytes) -> list[str]:
    places = reopened(data).values()
    cells = (cell for place in places for row in place.iter_rows() for cell in row)
    return [
        text for cell in cells for text in (cell.value, cell.comment and cell.comment.text) if isinstance(text, str)
    ]


# --- the interface ---------------------------------------------------------------------------------------------------


def test_the_sheets_stand_in_the_order_of_the_specification() -> None:
    assert list(sheets()) == [*SHEETS, STAMP]


@pytest.mark.parametrize("name", list(RELIED_ON))
def test_the_columns_others_rely_on_stand_first_and_in_order(name: str) -> None:
    wanted = RELIED_ON[name].split()
    titles = [column.title for column in sheets()[name].columns]
    assert titles[: len(wanted)] == wanted
    assert name not in NO_OTHERS or titles == wanted


@pytest.mark.parametrize("name", [*SHEETS, STAMP])
def test_no_title_occurs_twice_in_a_sheet(name: str) -> None:
    sheet = sheets()[name]
    titles = [column.title for column in sheet.columns] if isinstance(sheet, TableSheet) else [sheet.title]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("empty", [False, True])
def test_every_sheet_renders_and_reopens_with_its_header(empty: bool) -> None:
    places = reopened(rendered(empty))
    assert [name for name, place in places.items() if place.sheet_state == "visible"] == SHEETS
    for name, titles in RELIED_ON.items():
        header = [cell.value for cell in places[name][HEADER_ROW]]
        assert header[: len(titles.split())] == titles.split()


# --- figures ---------------------------------------------------------------------------------------------------------


def test_the_ranking_has_every_unit_once_with_the_figures_of_the_result() -> None:
    rows = table("单位排名").set_index("单位名称")
    units = a_result().units.set_index("unit")
    assert len(rows) == UNITS
    assert rows.index.is_unique
    for title, key in {
        "九项得分": "nine",
        "评比得分": "score",
        "较上期": "change",
        "名次": "rank",
        "组别": "group",
    }.items():
        pd.testing.assert_series_equal(
            rows[title].reindex(units.index), units[key], check_names=False, check_dtype=False
        )


def test_the_ranking_goes_by_group_and_rank_and_the_silent_stand_last() -> None:
    rows = table("单位排名")
    assert rows["组别"].drop_duplicates().tolist() == ["A 行政机关", "B 公共企业", "C 其他"]
    first = rows[rows["组别"] == "A 行政机关"]
    assert first["单位名称"].tolist()[:3] == [GOOD, RETURNED, LATE]
    assert first["名次"].tolist()[:3] == [1, 2, 3]
    assert first["评比得分"].iloc[3:].isna().all()


@pytest.mark.parametrize(
    ("unit", "state"),
    [(GOOD, "已接收"), (RETURNED, "暂定"), (CARRIED, "沿用第1期"), (CONTACT, "未报送"), (NEVER, "未报送")],
)
def test_the_state_of_a_unit_is_one_bare_word(unit: str, state: str) -> None:
    assert row_of("单位排名", unit)["状态"] == state


def test_what_was_deducted_and_why_there_is_no_rank_is_said_in_words() -> None:
    assert row_of("单位排名", LATE)["说明"] == "逾期报送扣2分；退回补正扣1分"
    assert row_of("单位排名", COMPANY)["说明"] == "本组不足5个单位，不排名"
    assert row_of("单位排名", CONTACT)["说明"] == "只报送了对接人员联系表"
    assert row_of("单位排名", CARRIED)["说明"] == "沿用第1期数据计入全区合计"
    assert row_of("单位排名", GOOD)["说明"] == ""


def test_modes_do_not_apply_to_a_company_and_a_silent_unit_has_nothing() -> None:
    assert row_of("单位排名", COMPANY)["环节模式得分"] == "不适用"
    assert row_of("单位排名", GOOD)["环节模式得分"] == 50.0
    silent = row_of("单位排名", NEVER)
    assert silent[["九项得分", "环节模式得分", "扣分", "加分", "评比得分"]].isna().all()


def test_the_comparison_has_the_figures_of_the_result() -> None:
    rows, checks = table("自查对照"), a_result().checks
    pairs = {
        "单位名称": "unit", "序号": "check", "自报结论": "declared", "数据结果": "result", "分子": "numerator", "分母": "denominator",
        "得分率": "credit", "时限": "due", "进度": "progress", "比对": "comparison", "未达标事项": "short",
    }  # fmt: skip
    for title, key in pairs.items():
        pd.testing.assert_series_equal(rows[title], checks[key], check_names=False, check_dtype=False)


def test_a_unit_carried_over_is_marked_and_one_that_never_reported_has_no_row() -> None:
    rows = table("自查对照")
    assert set(rows.loc[rows["单位名称"] == CARRIED, "说明"]) == {"沿用第1期"}
    assert set(rows.loc[rows["单位名称"] == GOOD, "说明"]) == {""}
    assert not rows["单位名称"].isin([NEVER, CONTACT]).any()
    assert len(rows) == 9 * 5


def test_the_reason_stands_beside_what_falls_short() -> None:
    rows = table("自查对照").set_index(["单位名称", "序号"])
    assert rows.loc[(GOOD, 3), "未达标事项"] == "节能审查"
    assert rows.loc[(GOOD, 3), "未达标原因"] == "填报表中没有这一项（未填报）"
    assert rows.loc[(RETURNED, 8), "未达标原因"] == "有事项没有填写厅外办件量"
    assert pd.isna(rows.loc[(GOOD, 1), "未达标原因"])


def test_the_heat_map_has_33_units_by_9_checks() -> None:
    rows = table("九项自查")
    nine = rows.iloc[:, 1:10]
    assert nine.shape == (UNITS, 9)
    assert rows["单位名称"].tolist() == list(a_result().rules.roster.names)
    assert (nine[rows["单位名称"] == NEVER] == "未报送").all(axis=None)
    assert row_of("九项自查", GOOD)["3 事项进驻"] == "不到位"
    assert row_of("九项自查", CARRIED)["3 事项进驻"] == "到位"
    assert row_of("九项自查", CARRIED)["说明"] == "沿用第1期"
    assert row_of("九项自查", GOOD)[["到位", "基本到位", "不到位"]].sum() == 9


def test_the_three_conclusions_of_every_unit_are_those_of_the_result() -> None:
    shown = row_of("三个无审批", GOOD)
    derived = a_result().derived
    for line in derived[derived["unit"] == GOOD].itertuples():
        assert shown[line.name] == line.result
    assert row_of("三个无审批", NEVER)["大厅之外无审批"] == "未报送"


def test_a_blank_mode_stays_blank_and_flags_are_words() -> None:
    rows = table("环节模式").set_index("单位名称")
    assert pd.isna(rows.loc[RETURNED, "申报模式"])
    assert rows.loc[RETURNED, "结论"] == "资料不全"
    assert rows.loc[GOOD, "申报模式"] == "一审一核"
    assert set(rows["需调整网上流程"].dropna()) <= {"是", "否"}
    assert rows.loc[CARRIED, "沿用"] == "沿用第1期"
    assert rows.loc[GOOD, "沿用"] == ""


def test_a_trend_starts_with_the_district_and_compares_with_the_period_before() -> None:
    rows = table("趋势")
    assert rows["单位名称"].tolist()[:4] == ["全区", "全区", GOOD, GOOD]
    assert rows["期号"].tolist()[:2] == ["第1期", "第2期"]
    good = rows[rows["单位名称"] == GOOD]
    assert good["较上期"].tolist()[1] == pytest.approx(good["评比得分"].diff().iloc[1])
    assert pd.isna(good["较上期"].iloc[0])
    assert len(rows) == 2 * (UNITS + 1)


# --- details ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("环节明细", "stages"),
        ("事项明细", "items"),
        ("业务系统", "systems"),
        ("任务清单", "tasks"),
        ("整改台账", "problems"),
        ("一证通办", "one_card"),
    ],
)
def test_detail_sheets_start_with_the_unit_and_the_columns_of_the_form(name: str, key: str) -> None:
    wanted = ["单位名称", *(column.title for column in a_result().rules.form.by_key[key].columns)]
    assert table(name).columns.tolist()[: len(wanted)] == wanted


def test_a_column_added_to_the_form_appears_by_itself() -> None:
    result = a_result()
    form = result.rules.form.model_dump(by_alias=True)
    form["sheets"][2]["columns"] += ({"key": "fee", "title": "收费", "type": "count"},)
    wider = replace(
        result,
        rules=result.rules.model_copy(update={"form": Form.model_validate(form)}),
        items=result.items.assign(fee=7),
    )
    sheet = next(sheet for sheet in summary_sheets(wider) if sheet.name == "事项明细")
    assert isinstance(sheet, TableSheet)
    place = [column.title for column in sheet.columns].index("收费")
    assert sheet.columns[place].kind == "integer"
    assert set(sheet.rows.iloc[:, place]) == {7}


def test_items_say_what_was_left_out_what_must_enter_and_where_they_fall_short() -> None:
    rows = table("事项明细").set_index(["单位名称", "事项名称"])
    left_out = rows.loc[(GOOD, "节能审查")]
    assert left_out[["未填报", "在目录中", "是否应进驻"]].tolist() == ["是", "是", "是"]
    assert left_out["未达标自查项"] == "3、4、5、6"
    assert rows.loc[(GOOD, "企业投资项目备案"), "未填报"] == "否"
    assert pd.isna(rows.loc[(COMPANY, "企业投资项目备案"), "在目录中"])
    assert rows.loc[(CARRIED, "企业投资项目备案"), "说明"] == "沿用第1期"


def test_every_stage_shows_its_grade_and_says_that_only_the_form_was_looked_at() -> None:
    rows = table("环节明细")
    good = rows[rows["单位名称"] == GOOD]
    assert good["形式等级"].tolist() == ["有效", "未列明"]
    assert good["环节类别"].tolist() == ["首个审批环节", "审批环节"]
    column = next(column for column in sheets()["环节明细"].columns if column.title == "形式等级")
    assert column.note == "形式核验，以法制审核为准。"


def test_departments_staff_and_letters_are_told_apart_by_their_kind() -> None:
    rows = table("机构人员")
    good = rows[rows["单位名称"] == GOOD]
    assert good["类别"].tolist() == ["内设机构", "审批人员", "授权委托"]
    assert good["名称"].tolist() == ["综合科", "赵六", "1号"]
    assert good["进驻大厅"].tolist()[:2] == ["整建制进驻", "是"]
    assert pd.isna(good["受托人"].iloc[0])
    assert good["受托人"].iloc[2] == "赵六"


def test_a_task_past_its_date_is_overdue_and_one_with_time_left_is_not() -> None:
    assert row_of("任务清单", GOOD)["逾期"] == "是"
    assert row_of("整改台账", GOOD)["逾期"] == "否"


def test_every_file_and_every_silent_unit_has_a_line() -> None:
    rows = table("报送情况")
    assert len(rows) == len(a_result().files)
    assert rows.loc[rows["文件"].isna(), "状态"].isin(["未报送"]).all()
    now = rows[rows["期号"] == "第2期"].set_index("单位名称")
    assert now.loc[LATE, "错误数"] == 3
    assert now.loc[CONTACT, "状态"] == "联系表"
    assert now.loc[NEVER, "状态"] == "未报送"


# --- the first and the last page -------------------------------------------------------------------------------------


def test_the_units_on_the_first_page_add_up() -> None:
    told = {label: figure.value for label, figure in figures().items()}
    assert told["应报单位"] == told["按时报送"] + told["逾期报送"] + told["未报送"] == UNITS
    assert (told["按时报送"], told["逾期报送"], told["未报送"]) == (3, 1, 29)
    assert told["退回补正"] == 2
    assert told["事项总数"] == told["负面清单"] + told["应进驻事项"]


def test_the_items_on_the_first_page_add_up() -> None:
    told = figures()
    must, done = told["应进驻事项"].value, told["已进驻事项"].value
    assert told["已进驻事项"].note == f"未进驻{must - done:.0f}项，较上期+3项"
    assert told["进驻率"].value == pytest.approx(done / must)
    assert (must, done) == (7, 5)
    assert told["进驻率"].note == "较上期+4.8个百分点"


def test_the_mean_score_is_that_of_the_units_with_a_score() -> None:
    scores = table("单位排名")["评比得分"].dropna()
    assert figures()["平均评比得分"].value == pytest.approx(scores.mean(), abs=0.005)


def test_what_needs_a_person_is_listed_by_name() -> None:
    rows = part("需要处理的").set_index("事项")
    assert rows["数量"].tolist() == [29, 2, 1, 1, 1, 4]
    assert rows.loc["未报送单位", "单位或文件"].startswith(f"{CARRIED}、{CONTACT}")
    assert rows.loc["退回补正单位", "单位或文件"] == f"{LATE}（3处）、{RETURNED}（2处）"
    assert rows.loc["期号待确认的文件", "单位或文件"] == "旧.xlsx：没有期号"
    assert "市财政局" in rows.loc["认不出单位的文件", "单位或文件"]
    assert rows.loc["其他拒收的文件", "单位或文件"] == "坏.xlsx：文件已损坏"


def test_the_deadlines_count_the_days_and_name_who_is_behind() -> None:
    rows = part("时限")
    assert rows["距截止日"].tolist() == ["已过25天", "当天到期", "还有30天", "还有122天", "还有214天"]
    assert rows["还没有完成的"].tolist()[:3] == [
        "27个单位没有反馈联系表",
        "28个单位没有报过填报表",
        "1个未进驻事项没有写原因及措施",
    ]
    assert rows["涉及单位"].iloc[2] == LATE
    assert rows["涉及单位"].iloc[0].endswith("等27个")


def test_proposals_are_marked_as_such() -> None:
    rows = part("拟表扬、拟通报")
    assert rows["拟定"].tolist() == ["拟表扬", "拟通报", "拟通报", "拟通报"]
    assert rows["单位名称"].tolist() == a_result().proposals["unit"].tolist()


def test_the_rules_page_tells_weights_and_fingerprint() -> None:
    page, rules = sheets()["规则"], a_result().rules
    assert isinstance(page, PageSheet)
    assert rules.fingerprint in page.note
    checks = page.parts[0]
    assert isinstance(checks, TablePart)
    assert checks.rows.iloc[:, 3].tolist() == [check.weight for check in rules.checks.checks]
    words = "".join(line for p in page.parts if isinstance(p, TextPart) for line in p.lines)
    assert "评比得分＝0.8×九项得分＋0.2×环节模式得分" in words


# --- what must not be there ------------------------------------------------------------------------------------------


def test_there_is_no_telephone_number_and_no_address() -> None:
    texts = all_texts(rendered())
    assert a_result().info["request"].dropna().str.contains(re.escape(PHONES[0])).any()
    assert "请协调接口，联系（电话略）或（电话略），也可（电话略）、（电话略），（邮箱略）" in texts
    digits = [number.lstrip("电话：") for number in PHONES]
    assert [text for text in texts if any(number in text for number in digits) or EMAIL in text] == []


def test_an_odd_telephone_number_is_not_quoted_in_the_findings() -> None:
    findings = table("数据问题")
    odd = findings[findings["工作表"] == "单位信息"]
    assert odd["原值"].tolist() == ["（略）", "（略）"]
    assert odd["问题"].tolist() == ["“对接人员电话”写的“（略）”不像电话号码", "“对接人员邮箱”写的“（略）”不像邮箱"]
    assert odd["建议"].tolist() == ["请核对", "请核对"]


def test_there_are_no_leads() -> None:
    assert len(a_result().leads) > 0
    texts = all_texts(rendered())
    assert [text for text in texts if "疑似" in text or text in set(a_result().leads["number"])] == []


def test_a_text_like_a_formula_stays_a_text() -> None:
    place = reopened(rendered())["事项明细"]
    found = [cell for row in place.iter_rows() for cell in row if cell.value == FORMULA]
    assert [cell.data_type for cell in found] == ["s"]


@pytest.mark.parametrize("text", [*PHONES[:5], EMAIL, f"找张三{PHONES[0]}。", f"+86 {PHONES[0]}", "０375-2531234"])
def test_telephone_numbers_and_addresses_are_hidden(text: str) -> None:
    hidden = hide_contacts(pd.Series([text], dtype="str")).iloc[0]
    assert "略" in hidden
    assert not re.search(r"\d{3}|@", hidden)


@pytest.mark.parametrize(
    "text",
    [
        "11410404005481234A4000105001000",
        "114104040054812344000105001000",
        "2023-03-31",
        "平龙政〔2023〕5号",
        "办件13812件",
        "a" * 5 + "13812345678" + "f" * 5,
    ],
)
def test_codes_dates_and_counts_are_no_telephone_numbers(text: str) -> None:
    assert hide_contacts(pd.Series([text], dtype="str")).iloc[0] == text


def test_an_empty_district_says_that_nobody_reported() -> None:
    empty = {sheet.name: sheet for sheet in summary_sheets(an_empty_result())}
    assert len(empty["自查对照"].rows) == 0
    assert set(empty["单位排名"].rows.iloc[:, 9]) == {"未报送"}
    assert (empty["九项自查"].rows.iloc[:, 1:10] == "未报送").all(axis=None)
    told = {
        figure.label: figure.value for p in empty["总览"].parts if isinstance(p, KeyFigures) for figure in p.figures
    }
    assert (told["应报单位"], told["未报送"], told["应进驻事项"], told["平均评比得分"]) == (UNITS, UNITS, None, None)
