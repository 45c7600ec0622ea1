"""Result -> the sheets of 办公室登记表 as plain data: everything known filled in, the office's decisions left open (spec 5).

The only output with leads in it; for the office's eyes.
"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from pipeline.form import NO, YES
from pipeline.ranking import CRITICISM, PRAISE
from pipeline.rules import Rules
from pipeline.run import Result
from pipeline.sheets import TONES, Column, Sheet, TableSheet
from pipeline.stages import AGREES
from pipeline.tables import NOTHING_TOLD, Told, centred, day_words, join_words, lay_out, period_name

STAMP_SHEET, STAMP_PERIOD, STAMP_RULES = "_登记", "期号", "规则指纹"
FINDINGS_OF_LEADS = ("属实", "不属实", "待核查")
AGAIN = ("已整改", "未整改")
SOURCES = ("会议", "督查", "领导批示")
STATES = ("未开始", "进行中", "已完成")
PAPERS = ("自查报告", "联系表", "工作方案")


def register_sheets(result: Result) -> tuple[Sheet, ...]:
    """The nine sheets of 办公室登记表 in their order, and a hidden one that says which period they belong to."""
    rules = result.rules
    sheets = (
        _reviews(result),
        _leads(result),
        _inspections(rules),
        _dispatches(rules),
        _approved_modes(result),
        _papers(rules),
        _corrections(rules),
        _waivers(rules),
        _receipts(rules),
    )
    title = f"（{period_name(result.period.number)}，截至{day_words(result.period.cutoff)}）"
    return (*(replace(sheet, title=sheet.name + title, protected=True, tab="red") for sheet in sheets), _stamp(result))


# --- filled in as far as known ---------------------------------------------------------------------------------------


def _reviews(result: Result) -> TableSheet:
    """评议确认: the proposals, and the units that offer a 典型经验 to be taken up."""
    offered = _experiences(result)
    proposals = result.proposals.merge(offered, on="unit", how="left")
    others = offered[~offered["unit"].isin(proposals["unit"])]
    rows = pd.concat([proposals, others], ignore_index=True)
    period = period_name(result.period.number)
    most = int(result.rules.ranking.bonus.experience_max)
    told: list[Told] = [
        (_period_column(result.rules), pd.Series(period, index=rows.index, dtype="str")),
        (_unit_column(result.rules), rows["unit"]),
        (Column("拟定", centre=True, width=10, words=TONES, choices=(PRAISE, CRITICISM)), rows["kind"].astype("str")),
        (Column("理由", width=60, wrap=True), join_words([rows["reason"].astype("str"), rows["offer"]])),
        (_choice("确认", (YES, NO)), _blank(rows)),
        (_choice("典型经验采用", tuple(map(str, range(most + 1))), note=f"采用的加几分，0—{most}。"), _blank(rows)),
        (Column("批准人", width=14, entry=True), _blank(rows)),
    ]
    return TableSheet(
        "评议确认",
        **lay_out(told),
        note="逐行确认拟表扬、拟通报；典型经验采用的填加分；另有要表扬或通报的写在下面空行。",
    )


def _experiences(result: Result) -> pd.DataFrame:
    """unit and offer: what units wrote as 典型经验 in this period's form."""
    info = result.info[result.info["own_period"].eq(result.period.number)]
    told = info[info["experience"].notna() & ~info["experience"].isin(NOTHING_TOLD)]
    return told[["unit"]].assign(offer="报送典型经验：" + told["experience"])


def _leads(result: Result) -> TableSheet:
    leads = result.leads
    titles = {sheet.key: sheet.title for sheet in result.rules.form.sheets}
    place = leads["file"] + " › " + leads["sheet"].map(titles) + "!" + leads["cell"]
    period = pd.Series(period_name(result.period.number), index=leads.index, dtype="str")
    told: list[Told] = [
        (Column("编号", width=13, note="同一单位、同一事项、同一种线索，各期编号不变。"), leads["number"]),
        (_period_column(result.rules), period),
        (_unit_column(result.rules), leads["unit"]),
        (Column("事项名称", width=28, wrap=True), leads["name"]),
        (centred("线索", 16), leads["lead"]),
        (Column("依据", width=36, wrap=True), leads["basis"]),
        (Column("单元格", width=34, wrap=True), place),
        (_choice("核查结论", FINDINGS_OF_LEADS), _blank(leads)),
        (_choice("是否移交", (YES, NO)), _blank(leads)),
        (Column("批准人", width=14, entry=True), _blank(leads)),
    ]
    note = "线索只供办公室内部核查，不外传；逐条核实后选核查结论，只有“属实”的才可以点名。"
    return TableSheet("线索核查", **lay_out(told), note=note, freeze=1, paper="A3", empty="本期没有发现线索。")


def _approved_modes(result: Result) -> TableSheet:
    """环节审定: the items whose mode is still open; those 一致 need no decision, and without stages there is nothing to approve."""
    modes = result.modes
    rows = modes[modes["verdict"].ne(AGREES) & modes["suggested"].notna()]
    told: list[Told] = [
        (_unit_column(result.rules), rows["unit"]),
        (Column("事项名称", width=40, wrap=True), rows["name"]),
        (centred("建议模式", 14, note="形式核验，以法制审核为准。"), rows["suggested"]),
        (_choice("审定模式", result.rules.stages.modes), _blank(rows)),
        (Column("审定人", width=14, entry=True), _blank(rows)),
    ]
    note = "已列出结论不是“一致”的事项；法制审核后定下来的才选审定模式、写审定人，其余空着。"
    return TableSheet(
        "环节审定", **lay_out(told), note=note, freeze=2, landscape=False, empty="本期事项的环节模式都一致。"
    )


# --- to be written by the office -------------------------------------------------------------------------------------


def _inspections(rules: Rules) -> TableSheet:
    columns = (
        _unit_entry(rules),
        _check_entry(rules),
        Column("事项名称", width=30, wrap=True, entry=True, note="不针对具体事项的不填。"),
        Column("查实情况", width=44, wrap=True, entry=True),
        Column("日期", "date", width=12, entry=True),
        Column("检查人", width=14, entry=True),
        Column("复查日期", "date", width=12, entry=True),
        _choice("复查结论", AGAIN),
    )
    return _blank_sheet("督查登记", columns, "督查查实的问题逐条登记；复查后填复查日期和结论。")


def _dispatches(rules: Rules) -> TableSheet:
    columns = (
        Column("挂账号", width=14, note="可以空着，由程序编号。"),
        _choice("来源", SOURCES),
        _unit_entry(rules),
        Column("问题", width=40, wrap=True, entry=True),
        Column("原因", width=26, wrap=True, entry=True),
        Column("措施", width=30, wrap=True, entry=True),
        Column("责任人", width=12, entry=True),
        Column("时限", "date", width=12, entry=True),
        _choice("状态", STATES),
    )
    return _blank_sheet(
        "督办派发", columns, "会议、督查、领导批示中要派给单位办的事，一件一行；办结后把状态改为“已完成”。"
    )


def _papers(rules: Rules) -> TableSheet:
    columns = (
        _unit_entry(rules),
        _choice("材料", PAPERS),
        Column("收到日期", "date", width=12, entry=True),
        _choice("签字", (YES, NO)),
        _choice("盖章", (YES, NO)),
    )
    return _blank_sheet("纸质登记", columns, "收到纸质材料就登记一行；全区都还没有登记时，不因缺纸质件扣分。")


def _corrections(rules: Rules) -> TableSheet:
    titles = tuple(sheet.title for sheet in rules.form.sheets)
    columns = (
        _period_entry(rules),
        _unit_entry(rules),
        _choice("工作表", titles),
        Column(
            "行",
            width=30,
            wrap=True,
            entry=True,
            note="事项名称、环节名称、姓名等，认得出是哪一行；“单位信息”写项目名。",
        ),
        Column("列", width=18, entry=True, note="栏目名称，如 大厅办件量。"),
        Column("新值", width=24, wrap=True, entry=True),
        Column("来电人", width=12, entry=True),
        Column("日期", "date", width=12, entry=True),
    )
    return _blank_sheet("电话更正", columns, "单位来电更正的，一格一行；单位又报了新表的以新表为准。")


def _waivers(rules: Rules) -> TableSheet:
    columns = (
        _unit_entry(rules),
        _check_entry(rules),
        Column("理由", width=50, wrap=True, entry=True),
        Column("批准人", width=14, entry=True),
        Column("有效期至", "date", width=12, entry=True),
    )
    return _blank_sheet("豁免", columns, "经批准不适用某项自查的，写明理由、批准人和有效期。")


def _receipts(rules: Rules) -> TableSheet:
    columns = (_period_entry(rules), _unit_entry(rules), Column("收到日期", "date", width=14, entry=True))
    return _blank_sheet("收到登记", columns, "实际收到日期与填报日期不一致的登记在这里，作为是否逾期的依据。")


def _blank_sheet(name: str, columns: tuple[Column, ...], note: str) -> TableSheet:
    rows = pd.DataFrame(columns=range(len(columns)), dtype="str")
    return TableSheet(name, columns, rows, note=note, empty="")


def _stamp(result: Result) -> TableSheet:
    """The period the register belongs to, for the program to find whatever the file is called."""
    rows = pd.DataFrame([(STAMP_PERIOD, period_name(result.period.number)), (STAMP_RULES, result.rules.fingerprint)])
    return TableSheet(STAMP_SHEET, (Column("名称"), Column("值")), rows, hidden=True)


# --- columns ---------------------------------------------------------------------------------------------------------


def _unit_column(rules: Rules) -> Column:
    return Column("单位名称", width=24, choices=rules.roster.names)


def _unit_entry(rules: Rules) -> Column:
    return replace(_unit_column(rules), entry=True)


def _period_column(rules: Rules) -> Column:
    return Column("期号", centre=True, width=10, choices=tuple(map(period_name, rules.calendar.by_number)))


def _period_entry(rules: Rules) -> Column:
    return replace(_period_column(rules), entry=True)


def _check_entry(rules: Rules) -> Column:
    listed = "\n".join(f"{check.number} {check.topic}" for check in rules.checks.checks)
    return _choice("自查项", tuple(str(check.number) for check in rules.checks.checks), note=listed)


def _choice(title: str, choices: Sequence[str], note: str = "") -> Column:
    words = TONES if TONES.keys() & set(choices) else None
    width = max(12, 2 * len(title) + 4)
    return Column(title, centre=True, width=width, words=words, note=note, entry=True, choices=tuple(choices))


def _blank(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NA, index=rows.index, dtype="str")
