"""办公室登记表: the nine sheets the office completes, filled in as far as the program knows."""

from functools import cache
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from pipeline.register.write import register_sheets
from pipeline.sheets import HEADER_ROW, TableSheet
from pipeline.workbook.render import render_workbook
from tests.results import CARRIED, COMPANY, CONTACT, GOOD, LATE, RETURNED, a_result, an_empty_result

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

# Columns, and after the stroke those the office fills in.
SHEETS = {
    "评议确认": "期号 单位名称 拟定 理由 | 确认 典型经验采用 批准人",
    "线索核查": "编号 期号 单位名称 事项名称 线索 依据 单元格 | 核查结论 是否移交 批准人",
    "督查登记": "| 单位名称 自查项 事项名称 查实情况 日期 检查人 复查日期 复查结论",
    "督办派发": "挂账号 | 来源 单位名称 问题 原因 措施 责任人 时限 状态",
    "环节审定": "单位名称 事项名称 建议模式 | 审定模式 审定人",
    "纸质登记": "| 单位名称 材料 收到日期 签字 盖章",
    "电话更正": "| 期号 单位名称 工作表 行 列 新值 来电人 日期",
    "豁免": "| 单位名称 自查项 理由 批准人 有效期至",
    "收到登记": "| 期号 单位名称 收到日期",
}
CHOICES = {
    ("评议确认", "拟定"): "表扬 通报",
    ("评议确认", "确认"): "是 否",
    ("评议确认", "典型经验采用"): "0 1 2 3",
    ("线索核查", "核查结论"): "属实 不属实 待核查",
    ("督查登记", "复查结论"): "已整改 未整改",
    ("督办派发", "来源"): "会议 督查 领导批示",
    ("环节审定", "审定模式"): "审核合一 一审一核 一审两核 特别程序",
    ("纸质登记", "材料"): "自查报告 联系表 工作方案",
    ("豁免", "自查项"): "1 2 3 4 5 6 7 8 9",
}


@cache
def sheets() -> dict[str, TableSheet]:
    return {sheet.name: sheet for sheet in register_sheets(a_result()) if isinstance(sheet, TableSheet)}


def table(name: str) -> pd.DataFrame:
    sheet = sheets()[name]
    return sheet.rows.set_axis([column.title for column in sheet.columns], axis=1)


@cache
def reopened() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(render_workbook(register_sheets(a_result()), "办公室登记表（第2期）")))


def test_the_sheets_stand_in_the_order_of_the_specification() -> None:
    shown = [place.title for place in reopened().worksheets if place.sheet_state == "visible"]
    assert shown == list(SHEETS)


@pytest.mark.parametrize("name", list(SHEETS))
def test_the_columns_are_those_of_the_specification_and_the_last_ones_are_open(name: str) -> None:
    known, entered = (half.split() for half in SHEETS[name].split("|"))
    columns = sheets()[name].columns
    assert [column.title for column in columns] == [*known, *entered, "提示"]
    assert [column.title for column in columns if column.entry] == entered


@pytest.mark.parametrize(("sheet", "title"), list(CHOICES))
def test_where_the_specification_lists_words_there_is_a_drop_down(sheet: str, title: str) -> None:
    column = next(column for column in sheets()[sheet].columns if column.title == title)
    assert column.choices == tuple(CHOICES[sheet, title].split())


@pytest.mark.parametrize("name", list(SHEETS))
def test_every_sheet_says_in_one_sentence_what_to_do(name: str) -> None:
    note = reopened()[name].cell(2, 1).value
    assert note.endswith("。")
    assert note.count("。") == 1


def test_proposals_stand_there_to_be_confirmed() -> None:
    rows = table("评议确认")
    assert rows["单位名称"].tolist()[:4] == [COMPANY, CARRIED, CONTACT, "区财政局"]
    assert rows["拟定"].tolist()[:4] == ["表扬", "通报", "通报", "通报"]
    assert rows["理由"].iloc[1] == "未按要求报送填报表"
    assert set(rows["期号"]) == {"第2期"}
    assert rows[["确认", "典型经验采用", "批准人"]].isna().all(axis=None)


def test_a_unit_that_offers_its_experience_has_a_line_without_a_proposal() -> None:
    line = table("评议确认").iloc[-1]
    assert line["单位名称"] == LATE
    assert pd.isna(line["拟定"])
    assert line["理由"] == "报送典型经验：一窗受理"


def test_a_lead_names_its_values_and_cells() -> None:
    line = table("线索核查").iloc[0]
    assert line[["期号", "单位名称", "线索", "依据"]].tolist() == [
        "第2期",
        LATE,
        "疑似两头受理",
        "受理地点：大厅和厅外",
    ]
    assert line["单元格"] == f"第2期/{LATE}.xlsx › 事项清单!O5"
    assert line["编号"] == a_result().leads["number"].iloc[0]


def test_items_with_an_open_mode_are_listed_and_those_settled_or_without_stages_are_not() -> None:
    rows, modes = table("环节审定"), a_result().modes
    settled = modes["verdict"].eq("一致") | modes["suggested"].isna()
    assert rows["单位名称"].tolist() == modes.loc[~settled, "unit"].tolist()
    assert GOOD in rows["单位名称"].tolist()
    assert RETURNED in rows["单位名称"].tolist()
    assert LATE not in rows["单位名称"].tolist()
    assert rows["建议模式"].notna().all()


def test_the_period_stands_in_the_file_whatever_its_name() -> None:
    place = reopened()["_登记"]
    assert place.sheet_state != "visible"
    cells = {row[0].value: row[1].value for row in place.iter_rows(min_row=HEADER_ROW + 1)}
    assert cells["期号"] == "第2期"
    assert cells["规则指纹"] == a_result().rules.fingerprint


def test_what_the_program_wrote_is_locked_and_what_the_office_fills_in_is_open() -> None:
    place = reopened()["评议确认"]
    assert place.protection.sheet
    first = HEADER_ROW + 1
    assert place.cell(first, 2).protection.locked
    assert not place.cell(first, 5).protection.locked
    blank = HEADER_ROW + len(table("评议确认")) + 1
    assert place.column_dimensions["B"].width
    assert place.cell(blank, 2).value is None


def test_an_empty_district_gets_a_register_too() -> None:
    book = openpyxl.load_workbook(BytesIO(render_workbook(register_sheets(an_empty_result()), "办公室登记表（第2期）")))
    assert [place.title for place in book.worksheets if place.sheet_state == "visible"] == list(SHEETS)
    silent = book["评议确认"].cell(HEADER_ROW + 1, 4).value
    assert silent == "未按要求报送填报表"
