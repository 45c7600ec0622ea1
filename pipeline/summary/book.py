"""Result -> the sheets of 汇总表 as plain data (spec 6). Leads are not in it, and no telephone numbers or addresses."""

from dataclasses import replace

import pandas as pd

from pipeline.briefing.index import briefing_index
from pipeline.run import Result
from pipeline.sheets import Column, PageSheet, Part, Sheet, Tab, TablePart, TableSheet, split_sheet
from pipeline.summary.arrivals import findings_sheet, receipts_sheet
from pipeline.summary.checks import comparison_sheet, conclusions_sheet, heat_map_sheet, shortfall_sheet
from pipeline.summary.contents import contents_sheet
from pipeline.summary.details import detail_sheets, rows_behind
from pipeline.summary.live import is_live
from pipeline.summary.meeting import dispatch_sheet, meeting_page
from pipeline.summary.modes import alike_sheet, modes_sheet, totals_sheet
from pipeline.summary.overview import overview_page
from pipeline.summary.ranking import ranking_sheet, trend_sheet
from pipeline.summary.rules_page import rules_page
from pipeline.summary.stamp import stamp_sheet
from pipeline.summary.sums import sums_sheet
from pipeline.tables import day_words, hide_contacts, period_name

# These say where something lies or what it is: a number in them is no telephone number.
EXACT = ("文件", "sha256", "实施编码", "索引")
OFFICE, FOUND, OFFICIAL = (
    ("总览", "目录", "会议材料"),
    ("单位排名", "九项自查", "自查对照", "未达标明细", "三个无审批", "环节模式", "环节压减", "同类事项对比"),
    ("报送情况", "数据问题", "趋势", "规则", "核对", "简报索引"),
)
TABS: dict[str, Tab] = {
    **dict.fromkeys(OFFICE, "red"),
    **dict.fromkeys(FOUND, "blue"),
    **dict.fromkeys(OFFICIAL, "grey"),
}


def summary_sheets(result: Result) -> tuple[Sheet, ...]:
    """The sheets of 汇总表 in their order, and a hidden one by which it is known again."""
    whole: tuple[Sheet, ...] = (
        meeting_page(result),
        ranking_sheet(result),
        heat_map_sheet(result),
        comparison_sheet(result),
        shortfall_sheet(result, rows_behind(result)),
        conclusions_sheet(result),
        modes_sheet(result),
        totals_sheet(result),
        alike_sheet(result),
        *detail_sheets(result),
        dispatch_sheet(result),
        receipts_sheet(result),
        findings_sheet(result),
        trend_sheet(result),
        rules_page(result.rules),
        sums_sheet(result),
        _index(result),
    )
    shown = [part for sheet in whole for part in _split(sheet, result.rules.workbook.rows_per_sheet)]
    names = [sheet.name for sheet in shown]
    front = overview_page(result, ["目录", *names], _remarks(shown, result))
    sheets = (front, contents_sheet([front, *shown]), *shown)
    return (*(_finish(sheet, result) for sheet in sheets), stamp_sheet(result))


def _split(sheet: Sheet, most_rows: int) -> list[Sheet]:
    return [sheet] if isinstance(sheet, PageSheet) else list(split_sheet(sheet, most_rows))


def _remarks(sheets: list[Sheet], result: Result) -> list[str]:
    """What is to be said of the workbook itself."""
    further = [sheet.name for sheet in sheets if sheet.name.endswith("）")]
    lines = ["浅黄格子（规则）中的权重等数可以试改，“事项明细”“机构人员”中的第1项…第9项可以试改，得分、名次随之重算。"]
    if not is_live(result):
        most = result.rules.workbook.most_formula_rows
        lines = [f"数据超过{most}行，本表只列数值，不带公式（规则 workbook.toml）。"]
    return lines + ([f"一张表列不下的接在：{'、'.join(further)}。"] if further else [])


def _index(result: Result) -> TableSheet:
    rows = briefing_index(result)
    columns = (
        Column("书签", width=26),
        Column("段落", width=16),
        Column("句子", width=80, wrap=True),
        Column("数值", width=20),
        Column("来源", width=60, wrap=True),
    )
    note = "简报正文中每个关键数字一行；在 Word 中按 Ctrl+G 选“书签”可跳到该处。"
    return TableSheet("简报索引", columns, rows, note=note, paper="A3")


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
