"""Tasks and problems over the periods: worked examples (tests/cases/followup.toml), and numbers that stay the same."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.findings import REMARK
from pipeline.run import Result
from tests.districts import run_district
from tests.periods import a_form, result_of_cases, unit_of
from tests.worked import Case, cases_of, of_unit

CASES = cases_of("followup.toml")
# What is told of a form against the ones before it: code -> the column whose cell it stands at.
CODES = {"entry_gone": "", "entry_reopened": "状态", "entry_postponed": "完成时限"}


@cache
def the_result() -> Result:
    """第3期 of all examples, each a unit of its own."""
    return result_of_cases(CASES, 3)


def told_of(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ledger of a case and the findings that follow from it."""
    unit, result = unit_of(CASES.index(case)), the_result()
    findings = of_unit(result.findings, unit)
    return of_unit(result.ledger, unit), findings[findings["code"].isin(CODES)]


def line_of(row: Any) -> str:
    number = "*" if str(row.number)[:3] in ("GZ-", "RW-") else row.number
    overdue = {True: "是", False: "否"}.get(row.overdue, "") if not pd.isna(row.overdue) else ""
    state = "" if pd.isna(row.state) else row.state
    told = (number, row.text, state, row.change, row.first_period, row.last_period, overdue)
    return " | ".join(map(str, told))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_the_ledger_of_an_example_is_as_told(case: Case) -> None:
    ledger, _ = told_of(case)
    assert [line_of(row) for row in ledger.itertuples()] == case["expected"]["ledger"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_what_is_gone_reopened_or_postponed_is_remarked_on_and_nothing_else(case: Case) -> None:
    _, findings = told_of(case)
    assert list(findings["problem"]) == case["expected"]["says"], case["why"]
    assert set(findings["level"]) <= {REMARK}
    assert list(findings["heading"]) == [CODES[code] for code in findings["code"]]


def test_every_remark_has_an_example() -> None:
    assert set(the_result().findings["code"]) >= set(CODES)


def test_a_remark_stands_at_the_cell_of_this_periods_form() -> None:
    case = next(case for case in CASES if case["title"] == "延期")
    [line] = told_of(case)[1].itertuples()
    assert (line.sheet, line.cell, line.file) == ("任务清单", "E5", f"第3期/{unit_of(CASES.index(case))}.xlsx")


def test_the_number_of_the_program_stays_when_the_words_change_and_the_list_is_turned_round() -> None:
    first = "任务清单：任务内容=行政审批科全体人员进驻大厅窗口 | 状态=进行中\n任务清单：任务内容=签订授权委托书 | 状态=进行中"
    second = "任务清单：任务内容=签订授权委托书 | 状态=进行中\n任务清单：任务内容=行政审批科的全体人员进驻大厅窗口 | 状态=进行中"
    cases = [{"forms": {"第1期": first, "第2期": second, "第3期": second}}]
    numbers = [set(result_of_cases(cases, period).ledger["number"]) for period in (1, 2, 3)]
    assert numbers[0] == numbers[1] == numbers[2]
    assert len(numbers[0]) == 2


def test_two_entries_of_a_unit_never_share_a_number() -> None:
    """The first line is reworded, and what it said before is said again by another one."""
    first = "整改台账：问题描述=审批人员没有全部进驻大厅窗口办公 | 状态=进行中"
    reworded = "整改台账：问题描述=审批人员没有全部进驻大厅的窗口办公 | 状态=进行中"
    twice = "整改台账 ×2：问题描述=有厅外办件 | 涉及事项=（空） | 状态=进行中"
    cases = [{"forms": {"第1期": first, "第2期": reworded, "第3期": f"{reworded}\n{first}\n{twice}"}}]
    ledger = result_of_cases(cases, 3).ledger
    assert ledger["number"].nunique() == len(ledger) == 4
    assert list(ledger["first_period"]) == [1, 3, 3, 3]


def test_the_same_problem_of_two_units_has_two_numbers() -> None:
    line = "整改台账：问题描述=有厅外办件 | 状态=进行中"
    cases = [{"forms": {"第1期": line}}, {"forms": {"第1期": line}}]
    assert result_of_cases(cases, 1).ledger["number"].nunique() == 2


def test_a_number_of_the_program_written_into_the_form_means_the_same_entry() -> None:
    first = "整改台账：问题描述=有厅外办件 | 状态=进行中"
    [number] = result_of_cases([{"forms": {"第1期": first}}], 1).ledger["number"]
    second = f"整改台账：挂账号={number} | 问题描述=已把全部环节迁入大厅 | 状态=已完成"
    [line] = result_of_cases([{"forms": {"第1期": first, "第2期": second}}], 2).ledger.itertuples()
    assert (line.number, line.change, line.first_period) == (number, "本期完成", 1)


def test_a_line_without_number_and_text_is_an_error_and_no_entry() -> None:
    result = result_of_cases([{"forms": {"第1期": "整改台账：问题描述=（空） | 状态=进行中"}}], 1)
    assert result.ledger.empty
    assert "missing" in set(result.findings["code"])


def test_a_form_that_replaced_another_in_its_period_is_compared_with_the_period_before() -> None:
    listed = "任务清单：任务内容=全部进驻 | 状态=进行中"
    unit = unit_of(0)
    forms = [a_form(unit, 1), a_form(unit, 2, listed), {**a_form(unit, 2), "file": "第2期/再报（2）.xlsx"}]
    result = run_district({"forms": forms, "catalogue": [], "periods": [1, 2]}, 2)
    assert result.ledger.empty
    assert not set(CODES) & set(result.findings["code"])


def test_nothing_told_is_an_empty_ledger() -> None:
    result = run_district({"forms": [a_form(unit_of(0), 1)], "catalogue": [], "periods": [1]}, 1)
    assert result.ledger.empty
    assert list(result.ledger.columns)[:5] == ["kind", "unit", "number", "text", "check"]
