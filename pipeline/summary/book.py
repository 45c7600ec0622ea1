"""Result -> the sheets of 汇总表 as plain data (spec 6). Leads are not in it, and no telephone numbers or addresses."""

from dataclasses import replace

import pandas as pd

from pipeline.run import Result
from pipeline.sheets import TONES, Column, PageSheet, Part, Sheet, Tab, TablePart, TableSheet
from pipeline.summary.details import detail_sheets
from pipeline.summary.meeting import dispatch_sheet, meeting_page
from pipeline.summary.overview import overview_page
from pipeline.summary.results import result_sheets
from pipeline.summary.rules_page import rules_page
from pipeline.summary.stamp import stamp_sheet
from pipeline.tables import Told, centred, day_words, hide_contacts, lay_out, period_name, period_names

# These say where something lies or what it is: a number in them is no telephone number.
EXACT = ("文件", "sha256", "实施编码")
TABS: dict[str, Tab] = {
    **dict.fromkeys(("总览", "会议材料"), "red"),
    **dict.fromkeys(("单位排名", "九项自查", "自查对照", "三个无审批", "环节模式"), "blue"),
    **dict.fromkeys(("报送情况", "数据问题", "趋势", "规则"), "grey"),
}


def summary_sheets(result: Result) -> tuple[Sheet, ...]:
    """The sheets of 汇总表 in their order, without 核对 and 简报索引."""
    sheets: tuple[Sheet, ...] = (
        overview_page(result),
        meeting_page(result),
        *result_sheets(result),
        *detail_sheets(result),
        dispatch_sheet(result),
        _receipts(result),
        _findings(result),
        _trend(result),
        rules_page(result.rules),
    )
    return (*(_finish(sheet, result) for sheet in sheets), stamp_sheet(result))


# --- what came in ----------------------------------------------------------------------------------------------------


def _receipts(result: Result) -> TableSheet:
    files = result.files
    told: list[Told] = [
        (Column("单位名称", width=24), files["unit"]),
        (centred("期号", 9), period_names(files["period"])),
        (centred("状态", 11, words=TONES), files["state"]),
        (Column("填报日期", "date", width=12), files["filled_on"]),
        (Column("文件", width=40, wrap=True), files["file"]),
        (Column("sha256", width=24), files["sha256"]),
        (centred("处理结果", 12, words=TONES), files["outcome"]),
        (Column("原因", width=46, wrap=True), files["reason"]),
        (Column("错误数", "integer", width=9), files["errors"]),
        (Column("提醒数", "integer", width=9), files["remarks"]),
        (Column("读取格数", "integer", width=10), files["cells_read"]),
        (Column("计入格数", "integer", width=10), files["cells_counted"]),
        (
            Column("改动数", "integer", width=9, note="与被它替代的那份表不同的格和行；哪些格见“数据问题”。"),
            files["changed"],
        ),
    ]
    note = "收到的每个文件一行，没有文件的单位也有一行；“文件”是它在 inputs 文件夹中的位置，本期在前。"
    return TableSheet("报送情况", **lay_out(told), note=note, paper="A3")


def _findings(result: Result) -> TableSheet:
    findings = _without_contacts(result)
    told: list[Told] = [
        (Column("单位名称", width=24), findings["unit"]),
        (Column("文件", width=34, wrap=True), findings["file"]),
        (centred("工作表", 11), findings["sheet"]),
        (centred("单元格", 9), findings["cell"]),
        (centred("级别", 8, words=TONES), findings["level"]),
        (Column("问题", width=46, wrap=True), findings["problem"]),
        (Column("原值", width=22, wrap=True), findings["value"]),
        (Column("建议", width=46, wrap=True), findings["advice"]),
        (Column("代码", width=20, note="各代码的意思和例子见使用说明中的《数据问题一览》。"), findings["code"]),
    ]
    note = "“错误”须由单位更正后重报，更正前文件为“退回补正”、得分暂定；“提醒”请单位核对，不影响接收。"
    return TableSheet("数据问题", **lay_out(told), note=note, empty="本期没有发现问题。", paper="A3")


def _without_contacts(result: Result) -> pd.DataFrame:
    """The findings; those about telephone numbers and addresses do not quote what was written."""
    findings = result.findings
    columns = result.rules.form.by_key["unit_info"].columns
    private = findings["heading"].isin([column.title for column in columns if column.type in ("phone", "email")])
    # The first words in quotes are the heading, what is quoted after it is the value.
    problem = findings["problem"].str.replace(r"(?<=.)“[^”]*”", "“（略）”", regex=True)
    return findings.assign(
        problem=findings["problem"].mask(private, problem),
        value=findings["value"].mask(private & findings["value"].ne(""), "（略）"),
        advice=findings["advice"].mask(private, findings["advice"].str.replace("；例：.*", "", regex=True)),
    )


def _trend(result: Result) -> TableSheet:
    names = {name: place for place, name in enumerate(result.rules.roster.names)}
    # The district is no unit of the roster and stands first.
    trend = result.trend.assign(place=result.trend["unit"].map(names).fillna(-1))
    trend = trend.sort_values(["place", "period"], ignore_index=True)
    cutoffs = {number: pd.Timestamp(period.cutoff) for number, period in result.rules.calendar.by_number.items()}
    told: list[Told] = [
        (Column("单位名称", width=24), trend["unit"]),
        (centred("期号", 9), period_names(trend["period"])),
        (Column("截止日", "date", width=12), trend["period"].map(cutoffs)),
        (centred("状态", 11, words=TONES), trend["state"]),
        (Column("评比得分", "score", width=13, bar=True, note="全区：各单位平均。"), trend["score"]),
        (Column("较上期", "change", width=10), _changes(trend)),
        (centred("名次", 8, "integer"), trend["rank"]),
        (Column("进驻率", "percent", width=10), trend["entered"]),
        (Column("授权率", "percent", width=10), trend["authorised"]),
        (Column("对接率", "percent", width=10), trend["connected"]),
        (Column("可压减环节", "integer", width=12), trend["cut"]),
        (Column("未完成整改", "integer", width=12), trend["problems_open"]),
    ]
    note = "逐期对比，“全区”在最前；按“单位名称”筛选看一个单位的变化。没有报送的期，各率沿用以前一期的数据。"
    return TableSheet("趋势", **lay_out(told), note=note, freeze=2)


def _changes(trend: pd.DataFrame) -> pd.Series:
    """The change of the score from the period just before; missing without one."""
    last = trend.groupby("unit", sort=False)[["score", "period"]].shift()
    return (trend["score"] - last["score"]).where(trend["period"].eq(last["period"] + 1))


# --- all sheets ------------------------------------------------------------------------------------------------------


def _finish(sheet: Sheet, result: Result) -> Sheet:
    """The sheet with period and cut-off in its title, the colour of its tab, and no telephone numbers or addresses."""
    when = f"（{period_name(result.period.number)}，截至{day_words(result.period.cutoff)}）"
    tab = TABS.get(sheet.name, "green")
    if isinstance(sheet, PageSheet):
        return replace(sheet, parts=tuple(map(_hide_in_part, sheet.parts)), tab=tab)
    return replace(sheet, rows=_hide_in_rows(sheet.columns, sheet.rows), title=sheet.name + when, tab=tab)


def _hide_in_part(part: Part) -> Part:
    return replace(part, rows=_hide_in_rows(part.columns, part.rows)) if isinstance(part, TablePart) else part


def _hide_in_rows(columns: tuple[Column, ...], rows: pd.DataFrame) -> pd.DataFrame:
    shown = {
        place: hide_contacts(values) if values.dtype == "str" and column.title not in EXACT else values
        for place, (column, (_, values)) in enumerate(zip(columns, rows.items(), strict=True))
    }
    return pd.DataFrame(shown, index=rows.index)
