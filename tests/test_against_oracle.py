"""Every figure of the program against an independent plain-Python reading of the rules, on districts drawn at random."""

from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings

from pipeline.run import Result
from tests import oracle
from tests.districts import run_district
from tests.forms import ROOT
from tests.submissions import districts, full_districts

RULES = oracle.load_rules(ROOT / "rules")
EXAMPLES = settings(
    max_examples=45, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@EXAMPLES
@given(districts())
def test_every_figure_of_a_random_district_is_what_the_second_reading_says(district: dict[str, Any]) -> None:
    compare(district)


@settings(EXAMPLES, max_examples=12)
@given(full_districts())
def test_so_is_every_figure_where_nearly_all_units_report(district: dict[str, Any]) -> None:
    compare(district)


def compare(district: dict[str, Any]) -> None:
    expected, result = oracle.work_out(RULES, district), run_district(district)
    assert checks_of(result) == table(expected["自查对照"], "序号")
    assert modes_of(result) == table(expected["环节模式"], "事项名称")
    assert ranking_of(result) == table(expected["单位排名"])
    assert proposals_of(result) == [(row["kind"], row["unit"], row["order"]) for row in expected["提名"]]
    assert judgements_of(result) == expected["评议"]
    assert derived_of(result) == derived_table(expected["三个无审批"] + expected["三集中三到位"])
    assert five_of(result) == five_table(expected["五进"])


def table(rows: list[dict[str, Any]], key: str = "单位名称") -> dict[Any, dict[str, Any]]:
    return {(row["单位名称"], row[key]): {name: tidy(value) for name, value in row.items()} for row in rows}


def tidy(value: Any) -> Any:
    """A value as both sides can show it: blanks None, shares and scores to nine digits."""
    if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
        return None
    if isinstance(value, float):
        return round(value, 9) + 0.0
    return value.date() if isinstance(value, pd.Timestamp) else value


def renamed(frame: pd.DataFrame, titles: dict[str, str], key: str = "单位名称") -> dict[Any, dict[str, Any]]:
    rows = frame[list(titles)].rename(columns=titles).astype("object").to_dict("records")
    return table(rows, key)


def checks_of(result: Result) -> dict[Any, dict[str, Any]]:
    titles = {
        "unit": "单位名称", "check": "序号", "declared": "自报结论", "result": "数据结果", "numerator": "分子", "denominator": "分母",
        "credit": "得分率", "due": "时限", "progress": "进度", "comparison": "比对",
    }  # fmt: skip
    found = renamed(result.checks, titles, "序号")
    short = (
        result.shortfalls.groupby(["unit", "check"])["name"]
        .agg(lambda names: sorted(str(name) for name in names))
        .to_dict()
    )
    for key, row in found.items():
        row["未达标事项"] = short.get(key, []) if row["数据结果"] not in ("不适用", "未核验") else []
    return found


def modes_of(result: Result) -> dict[Any, dict[str, Any]]:
    titles = {
        "unit": "单位名称", "name": "事项名称", "item_type": "事项类型", "declared_mode": "申报模式", "stage_count": "环节数", "valid": "有效",
        "pending": "待补", "none": "未列明", "special_valid": "特别程序有效", "approved": "审定", "suggested": "建议模式", "verdict": "结论", "cut": "可压减环节",
        "open": "待补后定", "adjust": "需调整网上流程", "credit": "得分",
    }  # fmt: skip
    modes = result.modes.assign(adjust=result.modes["adjust"].map({True: "是", False: "否"}))
    return renamed(modes, titles, "事项名称")


def ranking_of(result: Result) -> dict[Any, dict[str, Any]]:
    titles = {
        "group": "组别", "rank": "名次", "unit": "单位名称", "nine": "九项得分", "mode": "环节模式得分", "deduction": "扣分", "bonus": "加分",
        "score": "评比得分", "change": "较上期", "shown_state": "状态",
    }  # fmt: skip
    units = result.units
    reported = units["state"].isin(["已接收", "退回补正"])
    carried = units["own_period"].notna() & ~reported
    shown = units["state"].replace({"退回补正": "暂定", "联系表": "未报送"})
    shown = shown.mask(carried, "沿用第" + units["own_period"].astype("Int64").astype("str") + "期")
    units = units.assign(shown_state=shown, mode=units["mode"].astype("object").where(units["mode"].notna(), "不适用"))
    units.loc[~reported, ["mode", "deduction", "bonus"]] = None
    return renamed(units, titles)


def proposals_of(result: Result) -> list[tuple[str, str, int]]:
    own = result.proposals[result.proposals["own"]]
    return list(own[["kind", "unit", "place"]].itertuples(index=False, name=None))


def judgements_of(result: Result) -> list[tuple[str, str, Any]]:
    rows = result.proposals[["kind", "unit", "confirmed"]].itertuples(index=False, name=None)
    return sorted((kind, unit, tidy(confirmed)) for kind, unit, confirmed in rows)


def derived_of(result: Result) -> set[tuple[str, str, str]]:
    return set(result.derived[["unit", "name", "result"]].itertuples(index=False, name=None))


def derived_table(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {tuple(row.values()) for row in rows}


def five_of(result: Result) -> dict[str, tuple[Any, ...]]:
    return {row.name: (tidy(row.target), tidy(row.done), tidy(row.rate)) for row in result.five.itertuples(index=False)}


def five_table(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """The oracle's 五进; 即办率 is no entry of the table of page one."""
    return {row["名称"]: (row["目标"], row["完成"], tidy(row["完成率"])) for row in rows if row["名称"] != "即办率"}
