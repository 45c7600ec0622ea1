"""What the office enters in 办公室登记表 changes what it should and nothing else: worked examples (tests/cases/decisions.toml), sheet by sheet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.catalogue import read_catalogues
from pipeline.findings import text_of
from pipeline.frames import type_forms
from pipeline.prefill import next_values
from pipeline.register.layout import register_layout
from pipeline.run import Result
from pipeline.submissions import settle
from tests.districts import Register, decide, decisions_of, identified, run_district
from tests.forms import FIRST_ROW, raw_form, the_rules
from tests.worked import BLANK, NO_ROWS, Case, cases_of, values_of

CASES = cases_of("decisions.toml")
LAYOUTS = register_layout(the_rules())
ORDINARY = [unit.name for unit in the_rules().roster.units if unit.group.startswith("A") and unit.name not in ("区财政局", "区教体局")]  # fmt: skip
_LINE = re.compile(r"(?P<table>\S+?)：(?P<cells>.*)")
# 结果表 -> its columns by title -> the column of the frame.
VIEWS = {
    "自查对照": {"序号": "check", "数据结果": "result", "分子": "numerator", "分母": "denominator", "得分率": "credit", "进度": "progress", "比对": "comparison", "未达标": "short", "说明": "note"},
    "单位排名": {"状态": "state", "逾期": "late", "扣分": "deduction", "扣分说明": "deduction_note", "加分": "bonus", "评比得分": "score"},
    "环节模式": {"事项名称": "name", "结论": "verdict", "审定模式": "approved", "建议模式": "suggested", "可压减": "cut", "待补后定": "open", "需调整": "adjust", "得分": "credit", "说明": "note"},
    "提名": {"拟定": "kind", "确认": "confirmed", "程序拟定": "own", "理由": "reason", "批准人": "approver"},
    "线索": {"线索": "lead", "核查结论": "finding", "是否移交": "transferred"},
    "督办派发": {"挂账号": "number", "问题": "problem", "未办结": "open", "逾期": "overdue", "台账状态": "unit_state"},
    "数据问题": {"工作表": "sheet", "单元格": "cell", "级别": "level", "问题": "problem", "原值": "value"},
    "提示": {"工作表": "sheet", "提示": "text"},
}  # fmt: skip
FRAMES = {"自查对照": "checks", "单位排名": "units", "环节模式": "modes", "提名": "proposals", "线索": "leads", "督办派发": "dispatches", "数据问题": "findings"}  # fmt: skip
IN_PART = ("说明", "提示", "问题", "扣分说明")


def lines_of(text: str) -> list[tuple[str, dict[str, str]]]:
    """Lines “表：栏=值 | 栏=值” as table and cells by title."""
    told = [_LINE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    assert all(told), text
    return [(line["table"], cells_of(line["cells"])) for line in told if line]


def cells_of(text: str) -> dict[str, str]:
    if text.strip() == NO_ROWS:
        return {}
    parts = [cell.partition("=") for cell in text.split("|")]
    return {title.strip(): value.strip() for title, _, value in parts}


def register_rows(text: str, unit: str) -> dict[str, list[dict[str, str | None]]]:
    """The rows of a register by sheet key; a row that names no unit is about `unit`."""
    sheets = {layout.sheet.title: layout.sheet for layout in LAYOUTS.values()}
    rows: dict[str, list[dict[str, str | None]]] = {}
    for title, cells in lines_of(text):
        keys = {column.title: column.key for column in sheets[title].columns}
        row = {keys[name]: None if value == BLANK else value for name, value in cells.items()}
        rows.setdefault(sheets[title].key, []).append({"unit": unit, **row})
    return rows


def forms_of(case: Case, unit: str) -> Iterable[dict[str, Any]]:
    """The forms of a case's unit, sent the day before the cut-off unless it says otherwise."""
    period = case.get("period", 2)
    for name, lines in case.get("forms", {f"第{period}期": case.get("form", "")}).items():
        number = int(name[1:-1])
        values = values_of({"form": lines}, unit, number)
        del values["catalogue"]
        day = the_rules().calendar.by_number[number].cutoff - timedelta(days=1)
        told = values["unit_info"][0].get("filled_on")
        filled_on = told if isinstance(told, str) else day
        values["unit_info"] = [{**values["unit_info"][0], "filled_on": filled_on}]
        yield {"unit": unit, "period": number, "file": f"{unit}（第{number}期）.xlsx", "filled_on": filled_on, "values": values}  # fmt: skip


def group_of(case: Case) -> tuple[int, bool]:
    """The district a case is part of: its period, and whether paper counts there."""
    return case.get("period", 2), "纸质登记：" in case.get("register", "")


@dataclass
class Judged:
    """A district of cases: its result, the unit of each case (by title), and the case of each row of the register."""

    result: Result
    units: dict[str, str]
    owners: dict[tuple[str, int], str]


@cache
def judged() -> dict[str, Judged]:
    """The district of every case, by title."""
    groups: dict[tuple[int, bool, int], list[Case]] = {}
    for case in CASES:
        period, paper = group_of(case)
        layer = 0
        while len(groups.setdefault((period, paper, layer), [])) == len(ORDINARY):
            layer += 1
        groups[period, paper, layer].append(case)
    done = [judge(cases, group[0]) for group, cases in groups.items()]
    return {title: district for district in done for title in district.units}


def judge(cases: list[Case], period: int) -> Judged:
    free = iter(ORDINARY)
    units = {case["title"]: case.get("unit") or next(free) for case in cases}
    forms, register, owners = [], dict[str, list[Any]](), dict[tuple[str, int], str]()
    for case in cases:
        unit = units[case["title"]]
        forms += forms_of(case, unit)
        for key, rows in register_rows(case.get("register", ""), unit).items():
            for row in rows:
                owners[key, FIRST_ROW + len(register.setdefault(key, []))] = case["title"]
                register[key].append(row)
    district = {"forms": forms, "catalogue": [], "periods": [1, 2, 3], "register": register}
    return Judged(run_district(district, period), units, owners)


def rows_of(table: str, case: Case) -> list[dict[str, str]]:
    """The rows of a 结果表 about a case, as texts by title."""
    own = judged()[case["title"]]
    result = own.result
    if table == "提示":
        remarks = result.remarks[[own.owners[key, row] == case["title"] for key, row in zip(result.remarks["sheet"], result.remarks["row"], strict=True)]]  # fmt: skip
        frame = remarks.assign(sheet=remarks["sheet"].map({key: layout.sheet.title for key, layout in LAYOUTS.items()}))
    else:
        frame = getattr(result, FRAMES[table])
        frame = frame[frame["unit"].eq(own.units[case["title"]])]
        # What the program proposes depends on all the units together.
        frame = frame[~frame["own"]] if table == "提名" else frame
    columns = VIEWS[table]
    return [{title: shown(row[key]) for title, key in columns.items()} for row in frame[list(columns.values())].astype("object").to_dict("records")]  # fmt: skip


def shown(value: Any) -> str:
    """A value as an example writes it."""
    if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
        return BLANK
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{round(value, 4):g}" if isinstance(value, float) else text_of(value)


def fits(row: dict[str, str], wanted: dict[str, str]) -> bool:
    return all(
        value in row[title] if title in IN_PART and value != BLANK else value == row[title] for title, value in wanted.items()
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_the_result_is_what_the_example_says(case: Case) -> None:
    for table, wanted in lines_of(case["expect"]):
        rows = rows_of(table, case)
        if wanted:
            assert any(fits(row, wanted) for row in rows), (case["why"], wanted, rows)
        else:
            assert rows == [], case["why"]


def test_every_sheet_of_the_register_has_examples() -> None:
    named = {title for case in CASES for title, _ in lines_of(case.get("register", ""))}
    assert named == {layout.sheet.title for layout in LAYOUTS.values()}


# Nothing else: every sheet with one entry about one unit, against the same district without it.


UNIT, OTHERS = ORDINARY[0], ORDINARY[1:4]
DIRTY = "事项清单：厅外办件量=2 | 申报模式=一审两核\n审批环节：环节名称=审核\n审批环节：环节名称=复核 | 法律依据=无"
SCORE = {"units.score", "units.change", "units.rank", "trend.score", "trend.rank"}
CHECK = {"checks.result", "checks.credit", "checks.progress", "checks.comparison", "checks.note", "units.nine", *SCORE}


@cache
def base_forms() -> tuple[dict[str, Any], ...]:
    cases = [(UNIT, {"第1期": DIRTY, "第2期": DIRTY}), *((unit, {"第2期": DIRTY}) for unit in OTHERS)]
    return tuple(form for unit, forms in cases for form in forms_of({"forms": forms}, unit))


@cache
def with_entry(line: str) -> Result:
    registers = {"登记表.xlsx": Register(None, register_rows(line, UNIT))}
    return run_district({"forms": list(base_forms()), "catalogue": [], "periods": [1, 2], "registers": registers}, 2)


def changes(one: Result, other: Result) -> tuple[set[str], set[str]]:
    """What differs between two results: frame.column (frame alone where rows came or went), and the units concerned."""
    found, units = set[str](), set[str]()
    for name, frame in vars(one).items():
        beside = getattr(other, name)
        if isinstance(frame, pd.DataFrame) and name != "remarks":
            if len(frame) != len(beside):
                found.add(name)
                continue
            for column in frame.columns:
                left, right = frame[column].astype("object"), beside[column].astype("object")
                differs = ~((left == right).fillna(False).astype("bool") | (left.isna() & right.isna()))
                if differs.any():
                    found.add(f"{name}.{column}")
                    if column != "rank" and "unit" in frame.columns:
                        units |= set(frame.loc[differs, "unit"]) | set(beside.loc[differs, "unit"])
        elif name == "draft" and frame != beside:
            found.add(name)
    return found, units


FIVE = {"five.target", "five.done", "five.before", "five.done_before", "five.change"}
ENTRIES = {
    "评议确认：期号=第2期 | 典型经验采用=2 | 批准人=甲": {"units.bonus"} | SCORE,
    "评议确认：期号=第2期 | 拟定=表扬 | 确认=是 | 批准人=甲": {"proposals"},  # a line of the office's own
    "线索核查：编号=XS-000000 | 期号=第2期 | 核查结论=属实": set(),
    "督查登记：自查项=7 | 查实情况=不在岗 | 日期=2023-03-20": {"inspections", "checks.judged", "deadlines.count"} | CHECK,
    "督办派发：挂账号=DB-1 | 来源=会议 | 问题=接口不通 | 时限=2023-04-20 | 状态=进行中": {"dispatches"},
    "环节审定：事项名称=事项1 | 审定模式=一审两核 | 审定人=甲": {
        "modes.approved", "modes.approved_by", "modes.suggested", "modes.s", "modes.verdict", "modes.cut", "modes.adjust", "modes.note",
        "units.cut", "trend.cut",
    },
    "电话更正：期号=第2期 | 工作表=事项清单 | 行=事项1 | 列=窗口号 | 新值=B9 | 日期=2023-04-03": {"items.window", "modes.window", "findings"},
    # Without a day it begins, 豁免 holds for the last period too.
    "豁免：自查项=7 | 理由=新设 | 批准人=甲 | 有效期至=2023-05-01": {
        "waivers", "checks.numerator", "checks.denominator", "units.weight", "proposals_before.reason",
    } | FIVE | CHECK - {"units.change"},
    "收到登记：期号=第2期 | 收到日期=2023-04-03": {"units.late", "units.deduction", "units.deduction_note"} | SCORE,
}  # fmt: skip


@pytest.mark.parametrize("line", ENTRIES)
def test_an_entry_changes_what_it_should_and_nothing_else(line: str) -> None:
    found, units = changes(with_entry(""), with_entry(line))
    assert found == ENTRIES[line]
    assert units <= {UNIT, "全区"}


# 评议确认 and 线索核查, where what counts depends on what the program itself found.


def proposals_of(result: Result, kind: str) -> dict[str, str]:
    rows = result.proposals[result.proposals["kind"].eq(kind)]
    return {unit: shown(confirmed) for unit, confirmed in zip(rows["unit"], rows["confirmed"], strict=True)}


def test_a_confirmed_proposal_is_a_fact_and_an_open_one_keeps_the_draft() -> None:
    proposed = with_entry("").proposals
    lines = [
        f"评议确认：期号=第2期 | 单位名称={row.unit} | 拟定={row.kind} | 确认=是 | 批准人=甲"
        for row in proposed.itertuples()
    ]
    some, every = with_entry("\n".join(lines[:-1])), with_entry("\n".join(lines))
    assert len(lines) > 3
    assert with_entry("").draft
    assert some.draft
    assert not every.draft
    assert set(every.proposals["confirmed"]) == {"是"}


def test_a_refused_proposal_is_decided_too() -> None:
    proposed = with_entry("").proposals
    lines = [f"评议确认：期号=第2期 | 单位名称={row.unit} | 拟定={row.kind} | 确认=否" for row in proposed.itertuples()]
    result = with_entry("\n".join(lines))
    assert not result.draft
    assert set(result.proposals["confirmed"]) == {"否"}


def test_a_decision_on_another_period_settles_nothing_now() -> None:
    proposed = with_entry("").proposals
    lines = [
        f"评议确认：期号=第1期 | 单位名称={row.unit} | 拟定={row.kind} | 确认=是 | 批准人=甲"
        for row in proposed.itertuples()
    ]
    result = with_entry("\n".join(lines))
    assert result.proposals["confirmed"].isna().all()
    assert result.draft


def test_who_was_praised_last_time_is_passed_over() -> None:
    """UNIT reported in both periods and was proposed for praise in the first; the office praised one more, who never reported then."""
    plain, praised = (
        with_entry(""),
        with_entry(f"评议确认：期号=第1期 | 单位名称={OTHERS[0]} | 拟定=表扬 | 确认=是 | 批准人=甲"),
    )
    refused = with_entry(f"评议确认：期号=第1期 | 单位名称={OTHERS[0]} | 拟定=表扬 | 确认=否 | 批准人=甲")
    assert list(proposals_of(plain, "表扬")) == OTHERS
    assert list(proposals_of(praised, "表扬")) == OTHERS[1:]
    assert list(proposals_of(refused, "表扬")) == OTHERS


LEAD_FORM = "事项清单：厅外办件量=2"


@cache
def lead_in_second(line: str) -> pd.Series:
    """The one lead of UNIT in 第2期; it was there in 第1期 too."""
    forms = list(forms_of({"forms": {"第1期": LEAD_FORM, "第2期": LEAD_FORM}}, UNIT))
    district = {"forms": forms, "catalogue": [], "periods": [1, 2], "register": register_rows(line, UNIT)}
    [lead] = [row for _, row in run_district(district, 2).leads.iterrows()]
    return lead


def test_a_lead_found_true_is_so_in_its_own_period_only() -> None:
    line = f"线索核查：编号={lead_in_second('')['number']} | 期号=第1期 | 核查结论=属实 | 是否移交=是 | 批准人=甲"
    assert lead_in_second(line)[["finding", "transferred"]].isna().all()
    assert lead_in_second(line.replace("第1期", "第2期"))[["finding", "transferred"]].tolist() == ["属实", "是"]


# Which register counts.


def waived_in(period: int, **stamps: int | None) -> bool:
    """Whether a check is waived in a period, where only the register called `last` waives it."""
    rows = register_rows("豁免：自查项=3 | 理由=新设 | 批准人=甲 | 有效期至=2023-12-01", UNIT)
    registers = {f"{name}.xlsx": Register(stamp, rows if name == "last" else {}) for name, stamp in stamps.items()}
    district = {"forms": [], "catalogue": [], "periods": [1, 2, 3], "registers": registers}
    files, _ = settle(identified(district), the_rules())
    return len(decisions_of(district, files, period).of("waivers")) == 1


def test_the_register_of_the_latest_period_up_to_this_one_counts() -> None:
    assert waived_in(2, first=1, last=2)
    assert waived_in(3, first=1, last=2)
    assert not waived_in(2, last=1, second=2)
    assert waived_in(1, last=1, second=2)


def test_a_register_of_a_later_period_does_not_touch_an_earlier_run() -> None:
    assert not waived_in(2, last=3)
    assert waived_in(3, last=3)


def test_a_register_without_a_stamp_counts_for_any_period_unless_one_is_stamped() -> None:
    assert waived_in(1, last=None)
    assert waived_in(3, last=None)
    assert not waived_in(2, last=None, stamped=1)


# 督办派发 in the unit's next form.


def next_problems(last: str, line: str) -> list[dict[str, Any]]:
    """整改台账 of UNIT's next form: its last form and an entry of 督办派发."""
    values = values_of({"form": last}, UNIT, 1)
    frames = type_forms({"表": raw_form(values, the_rules().form)}, the_rules().form)[0]
    dispatches = decide(register_rows(line, UNIT)).of("dispatches")
    entries = read_catalogues({}, the_rules())[0]
    period = the_rules().calendar.by_number[2]
    return next_values(UNIT, period, frames, entries, dispatches, the_rules())["problems"]


def test_a_dispatch_stands_in_the_next_ledger_of_the_unit_under_a_number_of_its_own() -> None:
    line = "督办派发：来源=会议 | 问题=接口不通 | 措施=对接 | 责任人=李四 | 时限=2023-04-20"
    [row] = next_problems("整改台账：没有", line)
    number = str(row.pop("number"))
    assert re.fullmatch("DB-[0-9A-F]{6}", number)
    assert row == {
        "problem": "接口不通",
        "measure": "对接",
        "person": "李四",
        "due": date(2023, 4, 20),
        "state": "未开始",
    }
    assert next_problems("整改台账：没有", line.replace("=接口不通", "=接口 不通"))[0]["number"] == number
    assert next_problems("整改台账：没有", line.replace("=接口不通", "=没有窗口"))[0]["number"] != number


def test_a_dispatch_that_already_stands_there_is_not_entered_twice() -> None:
    line = "督办派发：挂账号=DB-7 | 来源=会议 | 问题=接口不通 | 时限=2023-04-20 | 状态=进行中"
    there = next_problems("整改台账：挂账号=DB-7 | 问题描述=接口不通（办公室派发）", line)
    beside = next_problems("整改台账：挂账号=整-1 | 问题描述=有厅外办件", line)
    assert [row["number"] for row in there] == ["DB-7"]
    assert [row["number"] for row in beside] == ["整-1", "DB-7"]


def test_any_entry_of_papers_makes_the_missing_ones_count() -> None:
    """Nobody has handed in a 自查报告 yet; that one unit brought its 工作方案 is enough for the sheet to be in use."""
    units = with_entry("纸质登记：材料=工作方案 | 收到日期=2023-03-20 | 签字=是 | 盖章=是").units.set_index("unit")
    assert units.loc[[UNIT, *OTHERS], "deduction"].tolist() == [2, 2, 2, 2]
    assert with_entry("").units.set_index("unit").loc[[UNIT, *OTHERS], "deduction"].tolist() == [0, 0, 0, 0]
