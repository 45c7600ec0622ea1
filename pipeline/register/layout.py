"""The nine sheets of 办公室登记表: their columns, what the program fills in, what the office does. Written and read from this one definition."""

from dataclasses import dataclass, field
from typing import Any

from pipeline.form import NO, YES, Column, Sheet
from pipeline.rules import Rules
from pipeline.sheets import Paper
from pipeline.tables import period_name
from pipeline.words import CRITICISM, PRAISE, SELF_REPORT

STAMP_SHEET, STAMP_PERIOD, STAMP_RULES = "_登记", "期号", "规则指纹"
HINT = "提示"
CONFIRMED_LEAD, REFUTED_LEAD, PENDING_LEAD = "属实", "不属实", "待核查"
MENDED, NOT_MENDED = "已整改", "未整改"
SOURCES = ("会议", "督查", "领导批示")
NOT_BEGUN, UNDER_WAY, CLOSED = "未开始", "进行中", "已完成"
PAPERS = (SELF_REPORT, "联系表", "工作方案")


@dataclass(frozen=True)
class Layout:
    """One sheet of the register.

    known: the keys of the columns the program fills in. A row is an entry of the office once one of its other cells is filled.
    identity: what makes two rows speak of the same thing. lists: drop-down lists of columns that are no choices. empty: said where there is no row.
    """

    sheet: Sheet
    note: str
    known: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wrapped: tuple[str, ...] = ()
    freeze: int = 1
    paper: Paper = "A4"
    landscape: bool = True
    empty: str = ""

    @property
    def office(self) -> tuple[str, ...]:
        """The keys of the columns the office fills in."""
        return tuple(key for key in self.sheet.keys if key not in self.known)


def register_layout(rules: Rules) -> dict[str, Layout]:
    """The sheets of the register by key, in their order."""
    checks, units, periods = rules.checks.checks, rules.roster.names, tuple(map(period_name, rules.calendar.by_number))
    listed = "\n".join(f"{check.number} {check.topic}" for check in checks)
    unit = Column(key="unit", title="单位名称", type="text", width=24, required=True)
    period = Column(key="period", title="期号", type="text", width=10, required=True)
    check = _choice("check", "自查项", [str(check.number) for check in checks], note=listed, required=True)
    approver = _text("approver", "批准人", 14)
    of_unit, of_both = {"unit": units}, {"unit": units, "period": periods}
    most = rules.ranking.bonus.experience_max
    layouts = (
        Layout(
            _sheet("reviews", "评议确认", [
                period, unit, _choice("kind", "拟定", [PRAISE, CRITICISM], width=10), _text("reason", "理由", 60),
                _choice("confirmed", "确认", [YES, NO]),
                Column(key="experience", title="典型经验采用", type="count", width=16, note=f"采用的加几分，0—{most:g}。"), approver,
            ]),
            "逐行确认拟表扬、拟通报；典型经验采用的填加分；另有要表扬或通报的写在下面空行。",
            known=("period", "unit", "kind", "reason"), identity=("period", "unit", "kind"),
            lists=of_both | {"experience": tuple(map(str, range(int(most) + 1)))}, wrapped=("reason",),
        ),
        Layout(
            _sheet("leads", "线索核查", [
                Column(key="number", title="编号", type="text", width=13, required=True, note="同一单位、同一事项、同一种线索，各期编号不变。"),
                period, unit, _text("name", "事项名称", 28), _text("lead", "线索", 16), _text("basis", "依据", 36), _text("cell", "单元格", 34),
                _choice("finding", "核查结论", [CONFIRMED_LEAD, REFUTED_LEAD, PENDING_LEAD]), _choice("transferred", "是否移交", [YES, NO]), approver,
            ]),
            "线索只供办公室内部核查，不外传；逐条核实后选核查结论，只有“属实”的才可以点名。",
            known=("number", "period", "unit", "name", "lead", "basis", "cell"), identity=("number", "period"), lists=of_both,
            wrapped=("name", "basis", "cell"), paper="A3", empty="本期没有发现线索。",
        ),
        Layout(
            _sheet("inspections", "督查登记", [
                unit, check, _text("name", "事项名称", 30, note="不针对具体事项的不填。"), _text("found", "查实情况", 44),
                _date("date", "日期", required=True), _text("inspector", "检查人", 14), _date("again_on", "复查日期"),
                _choice("again", "复查结论", [MENDED, NOT_MENDED]),
            ]),
            "督查查实的问题逐条登记，从所填日期起计入；复查后填复查日期和结论，“已整改”的不再计入。",
            identity=("unit", "check", "name", "date"), lists=of_unit, wrapped=("name", "found"),
        ),
        Layout(
            _sheet("dispatches", "督办派发", [
                _text("number", "挂账号", 14, note="可以空着，由程序编号。"), _choice("source", "来源", SOURCES), unit,
                _text("problem", "问题", 40, required=True), _text("cause", "原因", 26), _text("measure", "措施", 30), _text("person", "责任人", 12),
                _date("due", "时限"), _choice("state", "状态", [NOT_BEGUN, UNDER_WAY, CLOSED]),
            ]),
            "会议、督查、领导批示中要派给单位办的事，一件一行，下发填报表时填进单位的整改台账；核实办结后把状态改为“已完成”。",
            known=("number",), identity=("number",), lists=of_unit, wrapped=("problem", "cause", "measure"),
        ),
        Layout(
            _sheet("approvals", "环节审定", [
                unit, _text("name", "事项名称", 40, required=True), _text("suggested", "建议模式", 14, note="形式核验，以法制审核为准。"),
                _choice("mode", "审定模式", rules.stages.modes), _text("approver", "审定人", 14),
            ]),
            "已列出结论不是“一致”的事项；法制审核后定下来的才选审定模式、写审定人，其余空着。",
            known=("unit", "name", "suggested"), identity=("unit", "name"), lists=of_unit, wrapped=("name",), freeze=2, landscape=False,
            empty="本期事项的环节模式都一致。",
        ),
        Layout(
            _sheet("papers", "纸质登记", [
                unit, _choice("paper", "材料", PAPERS, required=True), _date("received", "收到日期"), _choice("signed", "签字", [YES, NO]),
                _choice("sealed", "盖章", [YES, NO]),
            ]),
            "收到纸质材料就登记一行，签字、盖章齐全的才算；全区都还没有登记时，不因缺纸质件扣分。",
            identity=("unit", "paper", "received"), lists=of_unit,
        ),
        Layout(
            _sheet("corrections", "电话更正", [
                period, unit, _choice("sheet", "工作表", [sheet.title for sheet in rules.form.sheets], required=True),
                _text("line", "行", 30, note="事项名称、姓名、科室名称等，认得出是哪一行；审批环节写“事项名称/环节名称”；同名的写行号，如 第8行。单位信息不填。"),
                _text("heading", "列", 18, required=True, note="栏目名称，如 大厅办件量；单位信息写项目名，如 对接人员。"),
                _text("new", "新值", 24, required=True), _text("caller", "来电人", 12), _date("date", "日期"),
            ]),
            "单位来电更正的，一格一行；单位又报了新表的以新表为准。",
            identity=("period", "unit", "sheet", "line", "heading", "date"), lists=of_both, wrapped=("line", "new"),
        ),
        Layout(
            _sheet("waivers", "豁免", [unit, check, _text("reason", "理由", 50), approver, _date("until", "有效期至")]),
            "经批准不适用某项自查的，写明理由、批准人和有效期；到期后自动恢复。",
            identity=("unit", "check", "until"), lists=of_unit, wrapped=("reason",),
        ),
        Layout(
            _sheet("receipts", "收到登记", [period, unit, _date("received", "收到日期", required=True)]),
            "实际收到日期与填报日期不一致的登记在这里，作为是否逾期的依据。",
            identity=("period", "unit"), lists=of_both,
        ),
    )  # fmt: skip
    return {layout.sheet.key: layout for layout in layouts}


def _sheet(key: str, title: str, columns: list[Column]) -> Sheet:
    return Sheet(key=key, title=title, layout="rows", missing="error", columns=tuple(columns))


def _text(key: str, title: str, width: float, **more: Any) -> Column:
    return Column(key=key, title=title, type="text", width=width, **more)


def _date(key: str, title: str, **more: Any) -> Column:
    return Column(key=key, title=title, type="date", width=12, **more)


def _choice(key: str, title: str, choices: Any, **more: Any) -> Column:
    width = more.pop("width", max(12, 2 * len(title) + 4))
    return Column(key=key, title=title, type="choice", choices=tuple(choices), width=width, **more)
