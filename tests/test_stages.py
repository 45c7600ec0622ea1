"""The four stage modes, by worked examples that office staff can check by hand (tests/cases/modes.toml)."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

from tests.forms import the_rules
from tests.worked import Case, assess_cases, cases_of, of_unit, period_of

CASES = cases_of("modes.toml")
VERDICTS = [verdict.name for verdict in the_rules().stages.verdicts]
STRICTER = {"超出标准模式", "须无条件审核合一", "应压减"}


@cache
def outcomes() -> list[tuple[Any, str]]:
    return assess_cases(CASES)


def mode_of(case: Case) -> pd.Series:
    """The mode of the case's first item."""
    assessed, unit = outcomes()[CASES.index(case)]
    return of_unit(assessed.modes, unit).iloc[0]


def shown(mode: pd.Series) -> dict[str, Any]:
    """A mode as the examples write it."""
    counts = mode[["valid", "pending", "none", "special_valid"]]
    return {
        "expect": mode["verdict"],
        "credit": mode["credit"],
        "suggested": "" if pd.isna(mode["suggested"]) else mode["suggested"],
        "counts": " ".join(str(count) for count in counts),
        "cut": mode["cut"],
        "open": mode["open"],
        "adjust": "" if pd.isna(mode["adjust"]) else {True: "是", False: "否"}[mode["adjust"]],
        "note": mode["note"],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_an_item_has_the_mode_the_example_says(case: Case) -> None:
    found = shown(mode_of(case))
    assert {key: found[key] for key in found if key in case} == {key: case[key] for key in found if key in case}, case[
        "why"
    ]


def test_every_verdict_has_examples_and_so_has_every_mode() -> None:
    assert {case["expect"] for case in CASES} == set(VERDICTS)
    assert {case["suggested"] for case in CASES if "suggested" in case} == {*the_rules().stages.modes, ""}


def test_every_verdict_short_of_agreement_has_an_example_after_the_deadline() -> None:
    late = {case["expect"] for case in CASES if period_of(case) == 18}
    assert late == set(VERDICTS) - {"一致"}


def test_only_the_verdicts_that_a_unit_can_mend_alone_cost_more_after_the_deadline() -> None:
    credits = {verdict.name: (verdict.credit, verdict.after) for verdict in the_rules().stages.verdicts}
    assert {name for name, (before, after) in credits.items() if after < before} == STRICTER
    early = {case["expect"]: case["credit"] for case in CASES if "credit" in case and period_of(case) == 1}
    assert {name: early[name] for name in STRICTER} == dict.fromkeys(STRICTER, 0.5)


def unit_with(form: str) -> tuple[pd.Series, float]:
    """The figures of a unit with this form, and its mode credit."""
    [(assessed, unit)] = assess_cases([{"form": form}])
    figures = of_unit(assessed.figures, unit).iloc[0]
    return figures, figures["mode_credit"]


CUT_STAGES = """
审批环节：
审批环节：环节名称=核准 | 法律依据=无
审批环节：事项名称=事项2
审批环节：事项名称=事项2 | 环节名称=核准 | 法律依据=无
"""


def test_an_item_that_is_only_forwarded_stays_out_of_the_totals_and_of_the_score() -> None:
    figures, credit = unit_with("事项清单：\n事项清单：审核转报=是 | 申报模式=一审一核" + CUT_STAGES)
    assert (figures["cut"], credit) == (1, 0.5)


def test_an_item_that_does_not_say_whether_it_is_forwarded_is_in_the_totals() -> None:
    figures, credit = unit_with("事项清单：\n事项清单：审核转报=（空） | 申报模式=（空）" + CUT_STAGES)
    assert (figures["cut"], credit) == (2, 0.25)


def test_an_item_of_the_negative_list_has_a_mode_and_no_credit() -> None:
    figures, credit = unit_with(
        "事项清单：\n事项清单：负面清单=是 | 负面清单批准文号=平龙政〔2023〕5号 | 申报模式=（空）" + CUT_STAGES
    )
    assert (figures["cut"], credit) == (2, 0.5)


def test_a_unit_without_an_item_to_be_scored_has_no_mode_credit() -> None:
    _, credit = unit_with("事项清单：审核转报=是")
    assert pd.isna(credit)
