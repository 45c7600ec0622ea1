"""The result of a period: what is carried over, what each file's line says, what counts in the district's totals."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from pipeline import history
from pipeline.run import Result
from tests.districts import run_district
from tests.worked import values_of

DATES = {1: date(2023, 3, 15), 2: date(2023, 3, 29), 3: date(2023, 4, 12)}
HALF = "事项清单：\n事项清单：进驻大厅=否"


def a_form(unit: str, period: int, form: str = "", **about: Any) -> dict[str, Any]:
    values = values_of({"form": form}, unit, period)
    filled_on = about.pop("filled_on", DATES[period])
    values["unit_info"] = [{**values["unit_info"][0], "filled_on": filled_on}]
    del values["catalogue"]
    file = about.pop("file", f"第{period}期/{unit}.xlsx")
    return {"unit": unit, "period": period, "file": file, "filled_on": filled_on, "values": values}


def result_of(*forms: dict[str, Any], period: int = 2, catalogue: list[dict[str, Any]] | None = None) -> Result:
    return run_district({"forms": list(forms), "catalogue": catalogue or [], "periods": [1, 2, 3]}, period)


def unit_of(result: Result, unit: str) -> pd.Series:
    return result.units.set_index("unit").loc[unit]


def five(result: Result, name: str) -> tuple[Any, Any]:
    line = result.five.set_index("name").loc[name]
    return line["target"], line["done"]


def test_a_unit_that_does_not_report_keeps_its_last_figures_in_the_totals_and_has_no_score() -> None:
    result = result_of(a_form("区教体局", 1, HALF), a_form("区民政局", 2))
    silent = unit_of(result, "区教体局")
    assert (silent["state"], silent["own_period"]) == ("未报送", 1)
    assert pd.isna(silent["score"])
    assert five(result, "事项") == (3, 2)
    carried = result.checks[result.checks["unit"].eq("区教体局") & result.checks["check"].eq(3)].iloc[0]
    assert (carried["numerator"], carried["denominator"], carried["own_period"]) == (1, 2, 1)


def test_what_is_carried_over_is_judged_at_this_cutoff() -> None:
    letter = "授权委托：有效期至=2023-03-20"
    first, second = (result_of(a_form("区教体局", 1, letter), a_form("区民政局", 2), period=p) for p in (1, 2))
    results = [
        r.checks[r.checks["unit"].eq("区教体局") & r.checks["check"].eq(4)]["result"].iloc[0] for r in (first, second)
    ]
    assert results == ["到位", "不到位"]


def test_a_unit_that_never_reported_counts_in_no_total() -> None:
    result = result_of(a_form("区民政局", 2))
    assert five(result, "事项") == (1, 1)
    assert set(result.checks["unit"]) == {"区民政局"}
    assert pd.isna(unit_of(result, "区统计局")["own_period"])


def test_the_latest_form_replaces_the_one_carried_over() -> None:
    result = result_of(a_form("区教体局", 1, HALF), a_form("区教体局", 2))
    assert five(result, "事项") == (1, 1)
    assert unit_of(result, "区教体局")["own_period"] == 2


def test_five_entries_leave_out_the_units_to_which_a_check_does_not_apply() -> None:
    people = "审批人员 ×3：岗位=窗口人员"
    nothing = "单位信息：无政务服务事项=是\n事项清单：没有\n审批人员 ×2："
    result = result_of(a_form("区国源水务", 2, people), a_form("区教体局", 2), a_form("区民政局", 2, nothing))
    assert five(result, "人员") == (4, 4)


def test_windows_are_counted_once_a_unit() -> None:
    windows = "事项清单 ×2：窗口号=A1\n事项清单：窗口号=Ａ１\n事项清单：窗口号=B2"
    result = result_of(a_form("区教体局", 2, windows), a_form("区民政局", 2))
    target, done = five(result, "窗口")
    assert pd.isna(target)
    assert done == 3


def test_the_change_of_the_five_entries_is_the_difference_of_the_rates() -> None:
    result = result_of(a_form("区教体局", 1, HALF), a_form("区教体局", 2))
    line = result.five.set_index("name").loc["事项"]
    assert (line["before"], line["rate"], line["change"]) == (0.5, 1.0, 0.5)
    first = result_of(a_form("区教体局", 1, HALF), period=1).five.set_index("name").loc["事项"]
    assert pd.isna(first["before"])
    assert pd.isna(first["change"])


def test_every_file_and_every_silent_unit_has_one_line() -> None:
    result = result_of(
        a_form("区教体局", 1),
        a_form("区教体局", 2),
        a_form("区教体局", 2, filled_on=date(2023, 3, 30), file="第2期/区教体局（2）.xlsx"),
        a_form("市财政局", 2, file="第2期/谁.xlsx"),
        a_form("区民政局", 3, file="第3期/区民政局.xlsx"),
    )
    files = result.files[result.files["file"].notna()]
    assert dict(zip(files["file"], files["outcome"], strict=True)) == {
        "第1期/区教体局.xlsx": "采用", "第2期/区教体局.xlsx": "被替代", "第2期/区教体局（2）.xlsx": "采用", "第2期/谁.xlsx": "拒收",
    }  # fmt: skip
    silent = result.files[result.files["file"].isna()]
    assert len(silent) == 32
    assert set(silent["state"]) == {"未报送"}


def test_an_error_sends_a_form_back_and_a_remark_does_not() -> None:
    result = result_of(
        a_form("区教体局", 2, "事项清单：进驻大厅=部分来"),
        a_form("区民政局", 2, "事项清单：窗口号=（空）"),
        a_form("区司法局", 2),
    )
    states = result.units.set_index("unit")[["state", "errors", "remarks", "deduction"]]
    assert states.loc["区教体局"].tolist() == ["退回补正", 1, 0, 1.0]
    assert states.loc["区民政局"].tolist() == ["已接收", 0, 1, 0.0]
    assert states.loc["区司法局"].tolist() == ["已接收", 0, 0, 0.0]


def test_the_derived_conclusions_name_what_is_realised() -> None:
    result = result_of(a_form("区教体局", 2), a_form("区民政局", 2, HALF), a_form("区国源水务", 2))
    derived = result.derived.set_index(["unit", "name"])["result"]
    assert derived[("区教体局", "清单之外无审批")] == "未核验"
    assert derived[("区教体局", "大厅之外无审批")] == "实现"
    assert derived[("区民政局", "大厅之外无审批")] == "未实现"
    assert derived[("区国源水务", "授权到位")] == "不适用"
    assert len(derived) == 3 * 9


@pytest.mark.parametrize(("period", "days"), [(1, [-11, 14, 44, 136, 228]), (2, [-25, 0, 30, 122, 214])])
def test_the_calendar_counts_the_days_from_the_cutoff(period: int, days: list[int]) -> None:
    result = result_of(a_form("区教体局", 1), period=period)
    assert list(result.deadlines["days"]) == days


def test_the_trend_has_the_district_and_every_unit_in_every_period() -> None:
    result = result_of(a_form("区教体局", 1, HALF), a_form("区教体局", 2), a_form("区民政局", 2, HALF))
    trend = result.trend.set_index(["unit", "period"])
    assert len(trend) == 34 * 2
    assert trend.loc[("全区", 1), "entered"] == 0.5
    assert trend.loc[("全区", 2), "entered"] == pytest.approx(2 / 3)
    scores = result.units["score"].dropna()
    assert trend.loc[("全区", 2), "score"] == pytest.approx(scores.mean(), abs=0.006)


def test_the_mean_of_the_district_is_rounded_half_up() -> None:
    scores = pd.DataFrame(
        {"unit": ["甲", "乙"], "period": [1, 1], "state": ["已接收"] * 2, "score": [90.0, 90.25], "rank": [2, 1]}
    )
    results = pd.DataFrame(columns=["unit", "period", "check", "numerator", "denominator"]).astype({"period": "int64"})
    figures = pd.DataFrame({"unit": ["甲"], "period": [1], "cut": [0], "problems_open": [0]})
    trend = history.trend(scores, results, figures).set_index("unit")
    assert trend.loc["全区", "score"] == 90.13  # 90.125


def test_units_stand_in_the_order_of_the_notice() -> None:
    result = result_of(a_form("区民政局", 2), a_form("区发改委", 2))
    assert list(result.units["unit"]) == list(result.rules.roster.names)
    assert list(result.checks["unit"].unique()) == ["区发改委", "区民政局"]
