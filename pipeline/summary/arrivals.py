"""What came in: 报送情况 and 数据问题 of 汇总表."""

import pandas as pd

from pipeline.run import Result
from pipeline.sheets import TONES, Column, TableSheet
from pipeline.tables import Told, centred, lay_out, period_names


def receipts_sheet(result: Result) -> TableSheet:
    """报送情况: a line for each file, and for each unit without any."""
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
            Column("未计格数", "integer", width=10, note="没有采用的文件的格，和有错误、按空白计的格。"),
            files["cells_refused"],
        ),
        (
            Column("改动数", "integer", width=9, note="与被它替代的那份表不同的格和行；哪些格见“数据问题”。"),
            files["changed"],
        ),
    ]
    note = "收到的每个文件一行，没有文件的单位也有一行；“文件”是它在 inputs 文件夹中的位置，本期在前。"
    return TableSheet("报送情况", **lay_out(told), note=note, paper="A3")


def findings_sheet(result: Result) -> TableSheet:
    """数据问题: every finding, with the unit's own cell."""
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
