"""What the office enters in 办公室登记表 changes what it should and nothing else: worked examples (tests/cases/decisions.toml), sheet by sheet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.findings import text_of
from pipeline.register.layout import register_layout
from pipeline.run import Result
from tests.districts import run_district
from tests.forms import FIRST_ROW, the_rules
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


def test_every_sheet_but_the_telephones_has_examples() -> None:
    """电话更正 has its own in test_phone.py."""
    named = {title for case in CASES for title, _ in lines_of(case.get("register", ""))}
    assert named == {layout.sheet.title for layout in LAYOUTS.values()} - {"电话更正"}
