"""The items of a form against those of the form before it: worked examples (tests/cases/movements.toml)."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.findings import REMARK
from pipeline.pairing import pair_alike
from pipeline.run import Result
from tests.periods import result_of_cases, unit_of
from tests.worked import Case, cases_of, of_unit

CASES = cases_of("movements.toml")
CODES = {"items_fewer", "cases_stopped"}


@cache
def the_result() -> Result:
    """第3期 of all examples, each a unit of its own."""
    return result_of_cases([{"forms": {"第2期": case["before"], "第3期": case["now"]}} for case in CASES], 3)


def move_of(row: Any) -> str:
    renamed = not pd.isna(row.name_before) and row.name_before != row.name
    return f"{row.change} {row.name}" + (f"（{row.name_before}）" if renamed else "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_the_movements_of_an_example_are_as_told(case: Case) -> None:
    moves = of_unit(the_result().movements, unit_of(CASES.index(case)))
    assert [move_of(row) for row in moves.itertuples(index=False)] == case["moves"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_shorter_lists_and_cases_that_stop_are_remarked_on_and_nothing_else(case: Case) -> None:
    findings = of_unit(the_result().findings, unit_of(CASES.index(case)))
    findings = findings[findings["code"].isin(CODES)]
    assert list(findings["problem"]) == case["says"], case["why"]
    assert set(findings["level"]) <= {REMARK}


def test_every_remark_has_an_example() -> None:
    assert set(the_result().findings["code"]) >= CODES


def test_a_movement_names_the_row_of_this_periods_form_and_what_is_removed_has_none() -> None:
    moves = the_result().movements.set_index("name")
    assert (moves.loc["民办学校设立", "row"].tolist()[0], moves.loc["民办学校设立", "file"].tolist()[0]) == (
        6,
        f"第3期/{unit_of(1)}.xlsx",
    )
    removed = moves[moves["change"].eq("减少")]
    assert removed["row"].isna().all()


def test_a_unit_that_skipped_a_period_is_compared_with_its_last_form() -> None:
    forms = {"第1期": "事项清单 ×2：进驻大厅=否", "第3期": "事项清单 ×2：进驻大厅=是"}
    assert list(result_of_cases([{"forms": forms}], 3).movements["change"]) == ["新进驻", "新进驻"]


@pytest.mark.parametrize("forms", [{"第3期": "事项清单 ×2："}, {"第1期": "事项清单 ×2：", "第2期": "事项清单："}])
def test_a_first_form_and_one_carried_over_bring_no_movement(forms: dict[str, str]) -> None:
    other = {"forms": {"第3期": ""}}
    result = result_of_cases([{"forms": forms}, other], 3)
    assert result.movements.empty
    assert not CODES & set(result.findings["code"])


def test_alike_texts_are_paired_one_to_one_the_best_first() -> None:
    now = pd.DataFrame({"unit": "甲", "key": ["行政审批科人员进驻大厅", "行政审批科的人员进驻大厅"]}, index=[10, 11])
    before = pd.DataFrame(
        {"unit": "甲", "key": ["行政审批科的人员进驻大厅了", "行政审批科全部人员进驻大厅"]}, index=[3, 4]
    )
    assert pair_alike(now, before, ["unit"], 70).tolist() == [4, 3]
    assert pair_alike(now, before.assign(unit="乙"), ["unit"], 70).isna().all()
    assert pair_alike(now, before, ["unit"], 100).isna().all()
