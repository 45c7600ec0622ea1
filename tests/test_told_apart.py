"""A unit that answers under the wrong 期号, in the wrong folder, twice, early or late is told apart and described in words (spec 1)."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import intake
from pipeline.district import District
from pipeline.report import report_run
from pipeline.run import Result
from pipeline.submissions import settle
from tests.districts import identified, run_district
from tests.forms import the_rules
from tests.periods import a_form

UNIT, OTHERS = "区发改委", ("区教体局", "区司法局")


def a_sheet(period: int | None, day: date, file: str, folder: int | None = None) -> dict[str, Any]:
    """A form of UNIT: the 期号 written in it, the day it was filled in, where it lies."""
    form = a_form(UNIT, period or 1)
    about = {**form["values"]["unit_info"][0], "filled_on": day, "period": f"第{period}期" if period else None}
    values = {**form["values"], "unit_info": [about]}
    return {**form, "file": file, "filled_on": day, "folder": folder, "values": values}


def a_district(*sheets: dict[str, Any]) -> dict[str, Any]:
    others = [a_form(unit, period) for unit in OTHERS for period in (1, 2)]
    return {"forms": [*others, *sheets], "catalogue": [], "periods": [1, 2]}


FIRST = a_sheet(1, date(2023, 3, 15), "一期.xlsx")


def outcome(result: Result, file: str) -> tuple[str, str]:
    line = result.files.set_index("file").loc[file]
    return line["outcome"], line["reason"]


def state(result: Result) -> str:
    return result.units.set_index("unit").loc[UNIT, "state"]


def console(district: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    """What a run on the second period says at its end."""
    result = run_district(district, 2)
    files, _ = settle(identified(district), the_rules())
    waiting = files[files["period"].gt(2).fillna(False) & files["kind"].eq(intake.FORM)]
    report_run(District(result, waiting, {}, ()), Path("第2期"), [], [])
    return capsys.readouterr().out.replace("\n", "")


def test_this_fortnight_s_form_under_the_old_number_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    district = a_district(FIRST, a_sheet(1, date(2023, 3, 30), "二期.xlsx"))
    kind, reason = outcome(run_district(district, 2), "二期.xlsx")
    assert kind == "期号待确认"
    assert "期号写的是第1期，填报日期却在第2期内" in reason
    assert "如属第2期请移到“第2期”文件夹" in reason
    assert state(run_district(district, 2)) == "未报送"
    said = console(district, capsys)
    assert "期号待确认 二期.xlsx：期号写的是第1期" in said
    assert f"未报送 {UNIT}" in said


def test_the_same_form_in_the_folder_of_its_period_counts_with_a_remark() -> None:
    result = run_district(a_district(FIRST, a_sheet(1, date(2023, 3, 30), "二期.xlsx", folder=2)), 2)
    assert outcome(result, "二期.xlsx") == ("采用", "")
    told = result.findings[result.findings["file"].eq("二期.xlsx")]
    assert told["code"].tolist() == ["period_moved"]
    assert "第1期" in told["problem"].iloc[0]
    assert "第2期" in told["problem"].iloc[0]


def test_a_correction_of_the_last_period_is_not_taken_for_this_one() -> None:
    """In the folder of the last period it replaces that form; this period stays without one."""
    result = run_district(a_district(FIRST, a_sheet(1, date(2023, 3, 30), "更正.xlsx", folder=1)), 2)
    assert outcome(result, "更正.xlsx") == ("采用", "")
    assert outcome(result, "一期.xlsx") == ("被替代", "采用了“更正.xlsx”")
    assert state(result) == "未报送"
    assert result.units.set_index("unit").loc[UNIT, "own_period"] == 1


def test_a_form_in_the_wrong_folder_belongs_where_it_lies_and_that_is_said() -> None:
    result = run_district(a_district(a_sheet(2, date(2023, 3, 16), "错放.xlsx", folder=1)), 1)
    assert outcome(result, "错放.xlsx") == ("采用", "")
    told = result.findings[result.findings["code"].eq("period_moved")]
    assert told["file"].tolist() == ["错放.xlsx"]
    assert told["value"].tolist() == ["第2期"]


def test_of_two_forms_the_later_one_counts_and_the_other_says_which() -> None:
    twice = [a_sheet(2, date(2023, 3, 29), "先报.xlsx"), a_sheet(2, date(2023, 3, 30), "后报.xlsx")]
    result = run_district(a_district(*twice), 2)
    assert outcome(result, "后报.xlsx") == ("采用", "")
    assert outcome(result, "先报.xlsx") == ("被替代", "采用了“后报.xlsx”")


def test_the_same_file_sent_twice_is_called_the_same() -> None:
    district = a_district(a_sheet(2, date(2023, 3, 29), "甲.xlsx"), a_sheet(2, date(2023, 3, 29), "乙.xlsx"))
    rows = identified(district)
    rows = rows.assign(sha256=rows["sha256"].replace("乙.xlsx", "甲.xlsx"))
    files, _ = settle(rows, the_rules())
    beaten = files[files["outcome"].eq("被替代")]
    assert beaten["reason"].str.contains("完全相同").tolist() == [True]


def test_an_early_form_waits_and_the_console_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    district = a_district(FIRST, a_sheet(3, date(2023, 3, 30), "三期.xlsx"))
    assert state(run_district(district, 2)) == "未报送"
    assert "三期.xlsx" not in run_district(district, 2).files["file"].tolist()
    said = console(district, capsys)
    assert "等下期 第3期的表1份，本次没有计入：三期.xlsx" in said


def test_a_late_form_counts_with_a_deduction_that_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    district = a_district(a_sheet(2, date(2023, 4, 3), "晚.xlsx"))
    unit = run_district(district, 2).units.set_index("unit").loc[UNIT]
    assert (unit["state"], unit["late"], unit["deduction_note"]) == ("已接收", True, "逾期报送扣2分")
    assert "按时2，逾期1，未报30" in console(district, capsys)


def test_a_form_without_a_number_goes_by_its_day_with_a_remark() -> None:
    result = run_district(a_district(a_sheet(None, date(2023, 3, 30), "无期号.xlsx")), 2)
    assert outcome(result, "无期号.xlsx") == ("采用", "")
    told = result.findings[result.findings["file"].eq("无期号.xlsx")]
    assert told["code"].tolist() == ["period_by_date"]


def test_a_form_without_number_and_day_waits_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    form = a_sheet(None, date(2023, 3, 30), "没写.xlsx")
    about = {**form["values"]["unit_info"][0], "filled_on": None}
    form = {**form, "filled_on": None, "values": {**form["values"], "unit_info": [about]}}
    assert "期号待确认 没写.xlsx：没有期号，也没有可用的填报日期" in console(a_district(form), capsys)
    assert pd.isna(run_district(a_district(form), 2).files.set_index("file").loc["没写.xlsx", "period"])
