"""The nine checks, by worked examples that office staff can check by hand (tests/cases/checks.toml)."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.checks import CHECKS, compare_declared, conclude
from pipeline.leads import lead_number
from pipeline.outcomes import progress_of
from tests.forms import the_rules
from tests.worked import Case, assess_cases, cases_of, of_unit

CASES = cases_of("checks.toml")
WORDS = ("到位", "基本到位", "不到位", "不适用", "未核验")
# What a check can never come to: 9 looks at every form, only 9 needs the catalogue, and a violation is never a share.
IMPOSSIBLE = {(number, "未核验") for number in range(1, 9)} | {(9, "不适用")}


@cache
def outcomes() -> list[tuple[Any, str]]:
    return assess_cases(CASES)


def told(case: Case) -> tuple[pd.Series, list[str]]:
    """The program's line for the case's check, and the names that fall short."""
    assessed, unit = outcomes()[CASES.index(case)]
    results = of_unit(assessed.results, unit)
    short = of_unit(assessed.shortfalls, unit)
    names = list(short.loc[short["check"].eq(case["check"]), "name"])
    return results[results["check"].eq(case["check"])].iloc[0], names


def shown(line: pd.Series) -> str:
    """A line as the examples write it: 基本到位 8/10 0.6."""
    if pd.isna(line["denominator"]):
        return str(line["result"])
    return f"{line['result']} {line['numerator']}/{line['denominator']} {round(float(line['credit']), 4):g}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"第{case['check']}项 {case['title']}")
def test_a_check_comes_out_as_the_example_says(case: Case) -> None:
    line, short = told(case)
    assert shown(line) == case["expect"], case["why"]
    if "short" in case:
        assert "、".join(sorted(short)) == case["short"], case["why"]
    if "progress" in case:
        assert line["progress"] == case["progress"], case["why"]


@pytest.mark.parametrize("number", CHECKS)
def test_every_result_a_check_can_have_has_an_example(number: int) -> None:
    shown_words = {case["expect"].split()[0] for case in CASES if case["check"] == number}
    assert shown_words == {word for word in WORDS if (number, word) not in IMPOSSIBLE}


def test_every_example_says_why() -> None:
    assert all(case["why"] and case["title"] for case in CASES)
    titles = [(case["check"], case["title"]) for case in CASES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("result", "cutoff", "progress"),
    [
        ("到位", "2023-11-10", "已到位"),
        ("不到位", "2023-10-30", "推进中"),
        ("不到位", "2023-10-31", "推进中"),
        ("不到位", "2023-11-01", "逾期"),
        ("基本到位", "2023-10-31", "推进中"),
        ("基本到位", "2023-11-01", "逾期"),
        ("不适用", "2023-11-01", ""),
        ("未核验", "2023-11-01", ""),
    ],
)
def test_what_is_not_done_is_overdue_from_the_day_after_the_due_date(result: str, cutoff: str, progress: str) -> None:
    results = pd.DataFrame({"result": [result], "due": [pd.Timestamp("2023-10-31")]})
    assert list(progress_of(results, pd.Series([pd.Timestamp(cutoff)]))) == [progress]


# ---- leads ----


LEADS = cases_of("leads.toml")


@cache
def lead_outcomes() -> list[tuple[Any, str]]:
    return assess_cases(LEADS)


@pytest.mark.parametrize("case", LEADS, ids=lambda case: case["title"])
def test_a_lead_is_raised_as_the_example_says(case: Case) -> None:
    assessed, unit = lead_outcomes()[LEADS.index(case)]
    leads = of_unit(assessed.leads, unit)
    assert "、".join(leads["lead"]) == case["expect"], case["why"]
    if "basis" in case:
        assert "／".join(leads["basis"]) == case["basis"]


def test_every_kind_of_lead_has_an_example() -> None:
    kinds = {lead for case in LEADS for lead in case["expect"].split("、")}
    assert kinds == {"", "疑似明进暗不进", "疑似体外循环", "疑似两头受理", "疑似清单外审批"}


def test_a_lead_keeps_its_number_whatever_else_the_unit_reports() -> None:
    numbers = {
        lead_number("区教体局", item, lead) for item in ("事项1", "事项2") for lead in ("疑似体外循环", "疑似两头受理")
    }
    assert len(numbers) == 4
    assert lead_number("区教体局", "事项1", "疑似体外循环") == lead_number("区教体局", "事项1", "疑似体外循环")


# ---- declared against found, and what follows ----


@pytest.mark.parametrize(
    ("number", "declared", "result", "comparison"),
    [
        (3, "是", "到位", "一致"),
        (3, "是", "基本到位", "一致"),
        (3, "是", "不到位", "自报偏高"),
        (3, "否", "到位", "自报偏低"),
        (3, "否", "基本到位", "一致"),
        (3, "否", "不到位", "一致"),
        (8, "否", "不到位", "自报偏高"),
        (8, "否", "到位", "一致"),
        (8, "是", "到位", "自报偏低"),
        (8, "是", "不到位", "一致"),
        (3, None, "不到位", "无法核验"),
        (3, "不适用", "到位", "无法核验"),
        (9, "否", "未核验", "无法核验"),
        (4, "是", "不适用", "不适用"),
        (4, None, "不适用", "不适用"),
    ],
)
def test_what_was_declared_is_compared_with_what_the_rows_say(
    number: int, declared: str | None, result: str, comparison: str
) -> None:
    good = the_rules().checks.by_number[number].good
    found = compare_declared(pd.DataFrame({"result": [result]}), pd.Series([declared], dtype="str"), pd.Series([good]))
    assert list(found) == [comparison]


@pytest.mark.parametrize(
    ("results", "conclusion"),
    [
        (["到位", "到位"], "实现"),
        (["到位", "不适用"], "实现"),
        (["到位", "基本到位"], "未实现"),
        (["到位", "不到位"], "未实现"),
        (["到位", "未核验"], "未核验"),
        (["未核验", "不适用"], "未核验"),
        (["不到位", "未核验"], "未实现"),
        (["不适用", "不适用"], "不适用"),
    ],
)
def test_several_checks_together_conclude(results: list[str], conclusion: str) -> None:
    assert conclude(pd.Series(results)) == conclusion
