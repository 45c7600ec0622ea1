"""Scores, ranks and proposals: worked examples (tests/cases/scores.toml) and small leagues of units."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from pipeline.numbers import round_half_up
from pipeline.ranking import propose, score_units
from pipeline.words import ACCEPTED, CRITICISM, NOT_REPORTED, PRAISE, RETURNED
from tests.forms import the_rules
from tests.worked import Case, cases_of

CASES = cases_of("scores.toml")
ORDINARY = "区教体局"
ALL_GOOD = "1 1 1 1 1 1 1 1 1"


def number(text: str) -> float | None:
    return None if text == "-" else float(text)


def frames_of(lines: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """states, results and figures of some units in some periods (unit, period, credits, modes, state, late, overdue, short)."""
    states = [
        {
            key: line.get(key, other)
            for key, other in (("unit", ORDINARY), ("period", 2), ("state", ACCEPTED), ("late", False))
        }
        for line in lines
    ]
    results = [
        {
            "unit": state["unit"],
            "period": state["period"],
            "check": check,
            "credit": number(credit),
            "result": "不到位" if check in line.get("short", ()) else "基本到位",
            "progress": "逾期" if check in line.get("overdue", ()) else "推进中",
        }
        for state, line in zip(states, lines, strict=True)
        for check, credit in enumerate(line.get("credits", ALL_GOOD).split(), start=1)
    ]
    figures = [
        {"unit": state["unit"], "period": state["period"], "mode_credit": number(line.get("modes", "1"))}
        for state, line in zip(states, lines, strict=True)
    ]
    return (
        pd.DataFrame(states),
        pd.DataFrame(results).astype({"credit": "float64"}),
        pd.DataFrame(figures).astype({"mode_credit": "float64"}),
    )


def scores_of(lines: list[dict[str, Any]]) -> pd.DataFrame:
    states, results, figures = frames_of(lines)
    return score_units(states, results, figures, the_rules())


def shown(value: Any) -> str:
    return "-" if pd.isna(value) else f"{value:g}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_unit_has_the_score_the_example_says(case: Case) -> None:
    [line] = scores_of([case]).itertuples()
    found = {"nine": shown(line.nine), "mode": shown(line.mode), "score": shown(line.score)}
    assert found == {key: case[key] for key in found}, case["why"]
    assert line.unranked == case.get("unranked", "")
    assert pd.isna(line.rank) == bool(line.unranked)
    assert line.deduction == case.get("deduction", line.deduction)


def test_every_reason_for_no_rank_has_an_example() -> None:
    assert len({case["unranked"] for case in CASES if "unranked" in case}) == 5


def test_a_deduction_says_what_it_consists_of() -> None:
    [line] = scores_of([{"late": True, "state": RETURNED}]).itertuples()
    assert (line.deduction, line.deduction_note) == (3, "逾期报送扣2分；退回补正扣1分")


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(94.005, 94.01), (94.0049, 94.0), (0.125, 0.13), (2.675, 2.68), (1.005, 1.01), (-0.125, -0.12), (100.0, 100.0)],
)
def test_rounding_is_half_up(value: float, rounded: float) -> None:
    assert list(round_half_up(pd.Series([value]))) == [rounded]


# ---- ranks ----


def league(scores: Mapping[str, str], period: int = 2) -> list[dict[str, Any]]:
    """Units with a credit for the first check of 8 points each, all else full."""
    return [{"unit": unit, "period": period, "credits": f"{credit} 1 1 1 1 1 1 1 1"} for unit, credit in scores.items()]


def test_equal_scores_share_a_rank_and_the_next_one_is_skipped() -> None:
    scores = scores_of(league({"区发改委": "0.6", "区教体局": "1", "区民政局": "0.6", "区司法局": "0"}))
    assert dict(zip(scores["unit"], scores["rank"], strict=True)) == {
        "区教体局": 1, "区发改委": 2, "区民政局": 2, "区司法局": 4,
    }  # fmt: skip


def test_a_rank_is_within_the_group_and_the_period() -> None:
    lines = [
        *league({"区发改委": "0", "区国源水务": "1"}),
        *league({"区发改委": "0.6", "区教体局": "1"}, period=3),
    ]
    scores = scores_of(lines).set_index(["unit", "period"])
    assert scores.loc[("区发改委", 2), "rank"] == 1
    assert scores.loc[("区发改委", 3), "rank"] == 2
    assert pd.isna(scores.loc[("区国源水务", 2), "rank"])


def test_the_change_is_the_difference_to_the_period_before_and_blank_without_one() -> None:
    lines = [
        *league({"区发改委": "1", "区教体局": "0"}, 1),
        *league({"区发改委": "0", "区教体局": "1"}, 2),
        *league({"区民政局": "1"}, 3),
        *league({"区发改委": "0"}, 4),
    ]
    scores = scores_of(lines).set_index(["unit", "period"])["change"]
    assert scores[("区发改委", 2)] == -6.4
    assert scores[("区教体局", 2)] == 6.4
    assert scores[[("区发改委", 1), ("区民政局", 3), ("区发改委", 4)]].isna().all()


def test_the_change_is_blank_where_the_unit_did_not_report_last_time() -> None:
    lines = [{"period": 1, "state": NOT_REPORTED}, {"period": 2}]
    assert scores_of(lines)["change"].isna().all()


# ---- proposals ----


def proposals_of(lines: list[dict[str, Any]], kind: str, period: int | None = None) -> list[str]:
    states, results, figures = frames_of(lines)
    proposals = propose(score_units(states, results, figures, the_rules()), results, the_rules())
    wanted = proposals["kind"].eq(kind) & proposals["period"].eq(period or lines[-1].get("period", 2))
    return list(proposals.loc[wanted, "unit"])


def reasons_of(lines: list[dict[str, Any]], kind: str) -> list[str]:
    states, results, figures = frames_of(lines)
    proposals = propose(score_units(states, results, figures, the_rules()), results, the_rules())
    return list(proposals.loc[proposals["kind"].eq(kind), "reason"])


def test_who_gained_most_is_praised_first_then_who_scores_most_then_the_order_of_the_notice() -> None:
    before = league({"区发改委": "1", "区教体局": "1", "区公安局": "0", "区民政局": "0.6", "区司法局": "0.5"}, 2)
    for line in before:
        line["overdue"] = [1]  # nobody is praised in 第2期, so that all may be in 第3期
    now = league({"区发改委": "1", "区教体局": "1", "区公安局": "0.5", "区民政局": "0.6", "区司法局": "0.6"}, 3)
    assert proposals_of([*before, *now], PRAISE) == ["区公安局", "区司法局", "区发改委"]


def test_a_score_without_an_earlier_one_counts_as_no_gain() -> None:
    before = [{**line, "overdue": [1]} for line in league({"区发改委": "1", "区教体局": "0.6"}, 2)]
    now = league({"区发改委": "0.9", "区教体局": "0.7", "区民政局": "0.5"}, 3)
    assert proposals_of([*before, *now], PRAISE) == ["区教体局", "区民政局", "区发改委"]


@pytest.mark.parametrize(
    "bar", [{"overdue": [1]}, {"state": RETURNED}, {"state": NOT_REPORTED}, {"credits": "- - 1 1 - - 1 - -"}]
)
def test_who_is_overdue_returned_silent_or_hardly_counted_is_not_praised(bar: dict[str, Any]) -> None:
    assert proposals_of([{"unit": ORDINARY}], PRAISE) == [ORDINARY]
    assert proposals_of([{"unit": ORDINARY, **bar}], PRAISE) == []


def test_nobody_is_praised_twice_in_a_row_but_may_be_after_a_pause() -> None:
    lines = [{"unit": ORDINARY, "period": period} for period in (2, 3, 4)]
    assert [proposals_of(lines, PRAISE, period) for period in (2, 3, 4)] == [[ORDINARY], [], [ORDINARY]]


def test_the_trial_period_and_groups_without_ranks_are_praised_too() -> None:
    assert proposals_of([{"unit": "区残联", "period": 1}], PRAISE) == ["区残联"]


def test_criticism_goes_by_class_then_by_score_then_by_the_order_of_the_notice() -> None:
    low = "0 0 0 0 0 0 0 0 0"
    lines = [
        {"unit": "区发改委", "credits": low, "modes": "0"},
        {"unit": "区教体局", "overdue": [3], "short": [3]},
        {"unit": "区公安局", "overdue": [3], "short": [3], "credits": "0 1 1 1 1 1 1 1 1"},
        {"unit": "区民政局"},
    ]
    assert proposals_of(lines, CRITICISM) == ["区公安局", "区教体局", "区发改委"]
    silent = [{"unit": "区统计局", "state": NOT_REPORTED}, {"unit": "区司法局", "state": "联系表"}]
    assert proposals_of([*lines, *silent], CRITICISM) == ["区司法局", "区统计局", "区公安局"]


@pytest.mark.parametrize(
    ("line", "criticised"),
    [
        ({"overdue": [3], "short": [3]}, True),
        ({"overdue": [3]}, False),  # 逾期 but 基本到位
        ({"short": [3]}, False),  # 不到位, not yet due
        ({"overdue": [3], "short": [4]}, False),  # one check overdue, another short
        ({"state": NOT_REPORTED}, True),
        ({"state": "联系表"}, True),
        ({"credits": "0 0 0 1 1 1 1 0 0", "modes": "0.9"}, True),  # 0.8 × 46 + 18 = 54.8
        ({"credits": "0 0 1 1 1 1 1 0 0", "modes": "0.5"}, True),  # 59.6
        ({"credits": "0 0 1 1 1 1 1 0 0", "modes": "0.52"}, False),  # 60 is not below 60
        ({"period": 1, "credits": "0 0 0 0 0 0 0 0 0"}, False),  # 第1期
    ],
)
def test_who_is_proposed_for_criticism(line: dict[str, Any], criticised: bool) -> None:
    assert bool(proposals_of([line], CRITICISM)) == criticised


@pytest.mark.parametrize(("last", "criticised"), [("0", True), ("0.1", True), ("-", True), ("better", False)])
def test_a_low_score_is_criticised_unless_it_has_risen(last: str, criticised: bool) -> None:
    low = {"modes": "0", "credits": "0.1 0 1 1 1 0 0 0 0"}
    before = {"better": "0", "-": None}.get(last, "0.2" if last == "0" else last)
    lines = [] if before is None else [{**low, "period": 2, "credits": f"{before} 0 1 1 1 0 0 0 0"}]
    assert bool(proposals_of([*lines, {**low, "period": 3}], CRITICISM)) == criticised


def test_at_most_three_are_proposed() -> None:
    units = list(the_rules().roster.names[:5])
    assert proposals_of([{"unit": unit} for unit in units], PRAISE) == units[:3]
    assert proposals_of([{"unit": unit, "state": NOT_REPORTED} for unit in units], CRITICISM) == units[:3]


def test_the_reasons_are_in_figures() -> None:
    lines = [{"period": 2, "overdue": [1]}, {"period": 3, "credits": "0.6 1 1 1 1 1 1 1 1"}]
    assert reasons_of(lines, PRAISE) == ["评比得分97.44分，较上期下降2.56分"]
    assert reasons_of([{"overdue": [3, 7], "short": [3, 7]}], CRITICISM) == [
        "逾期仍不到位：第3项事项进驻、第7项人员进驻"
    ]
    assert reasons_of([{"state": NOT_REPORTED}], CRITICISM) == ["未按要求报送填报表"]
    assert reasons_of([{"state": "联系表"}], CRITICISM) == ["只报送了对接人员联系表，未报送填报表"]
    assert reasons_of([{"credits": "0 0 0 0 0 0 0 0 0", "modes": "0"}], CRITICISM) == ["评比得分0.00分，低于60分"]
