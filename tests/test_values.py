"""What people type is understood, or refused with advice; a meaning that was guessed is always remarked on."""

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.choices import mean_choice
from pipeline.form import Column
from pipeline.values import Read, convert, understand
from tests.forms import the_rules

FORM = the_rules().form


def read(sheet: str, key: str, raw: Any) -> Read:
    return understand(raw, FORM.column(sheet, key), FORM)


@pytest.mark.parametrize("typed", ["行政许司", "行政许可。", "“行政许可”", "行政许 可", "行政许可证"])
def test_a_small_slip_in_a_choice_is_taken_where_one_choice_is_meant(typed: str) -> None:
    assert read("items", "item_type", typed).value == "行政许可"


@pytest.mark.parametrize("typed", ["行政许司", "行政许可。", "行政许可证"])
def test_a_choice_that_was_guessed_is_remarked_on(typed: str) -> None:
    assert read("items", "item_type", typed)[1:] == ("guessed", "行政许可")


@pytest.mark.parametrize(
    ("sheet", "key", "typed", "hint"),
    [
        ("items", "item_type", "行政处可", "行政许可"),  # as near to 行政处罚
        ("items", "declared_mode", "一审二核", "一审两核"),
        ("departments", "in_hall", "已进驻", "未进驻"),
        ("items", "decide_at", "大厅外", "厅外"),
        ("tasks", "state", "己完成", "已完成"),
    ],
)
def test_a_choice_that_may_be_another_is_refused_and_suggested(sheet: str, key: str, typed: str, hint: str) -> None:
    told = read(sheet, key, typed)
    assert (told.value, told.code) == (None, "not_a_choice")
    assert f"“{hint}”" in told.detail


def test_a_text_like_no_choice_gets_no_suggestion() -> None:
    assert read("items", "case_type", "详见附件") == Read(None, "not_a_choice", "")


@given(st.sampled_from([c for s in FORM.sheets for c in s.columns if c.type == "choice"]), st.text(max_size=8))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_is_typed_a_choice_is_one_of_the_column_or_nothing(column: Column, typed: str) -> None:
    told = understand(typed, column, FORM)
    assert told.value is None or told.value in column.all_choices
    assert told.code or told.value is not None


def test_no_choice_is_a_slip_of_another() -> None:
    for column in (c for s in FORM.sheets for c in s.columns if c.type == "choice"):
        for choice in column.all_choices:
            others = {other: (other, False) for other in column.all_choices if other != choice}
            assert mean_choice(choice, column, others, FORM)[0] == "", choice


@pytest.mark.parametrize(
    "typed",
    ["2023.3.31", "2023-3-31", "2023/03/31", "2023年3月31日", "２０２３年３月３１日", "20230331", "2023.3.31.", "2023年3月31号",
     "二〇二三年三月三十一日", "2023-03-31 15:20:00", "2023年3月31日（星期五）", date(2023, 3, 31), datetime(2023, 3, 31, 9)],
)  # fmt: skip
def test_a_date_is_read_in_every_usual_writing(typed: Any) -> None:
    assert read("items", "planned", typed) == Read(pd.Timestamp(2023, 3, 31))


@pytest.mark.parametrize("typed", [45016.0, "23.3.31"])
def test_a_date_that_was_guessed_is_remarked_on(typed: Any) -> None:
    assert read("items", "planned", typed) == Read(pd.Timestamp(2023, 3, 31), "guessed", "2023-03-31")


@pytest.mark.parametrize(
    ("typed", "detail"),
    [("3月底", "，没有写到日"), ("2023年3月", "，没有写到日"), ("2023.3", "，没有写到日"), ("2023年底", "，没有写到日"),
     ("3月31日", "，没有写年份"), ("2023.2.30", "，没有这一天"), ("尽快", ""), ("1979.1.1", "（应在1980—2060年之间）")],
)  # fmt: skip
def test_a_date_that_says_too_little_is_refused_with_what_lacks(typed: str, detail: str) -> None:
    assert read("items", "planned", typed) == Read(None, "not_a_date", detail)


@pytest.mark.parametrize(
    ("typed", "number"), [("２", 2), ("12", 12), (12.0, 12), ("12.0", 12), ("1,200", 1200), ("1，200", 1200)]
)
def test_a_number_is_read_in_every_usual_writing(typed: Any, number: int) -> None:
    assert read("items", "hall_cases", typed) == Read(number)


@pytest.mark.parametrize("typed", ["12人", "共12件", "12 个工作日", datetime(1900, 1, 12)])
def test_a_number_that_was_guessed_is_remarked_on(typed: Any) -> None:
    assert read("items", "hall_cases", typed) == Read(12, "guessed", "12")


@pytest.mark.parametrize("typed", ["2000万", "十二", "1E5", "-3", "12.5", 12.5, "很多", "12-15", datetime(2023, 3, 31)])
def test_a_number_that_is_none_is_refused_and_never_zero(typed: Any) -> None:
    assert read("items", "hall_cases", typed)[:2] == (None, "not_a_count")


@pytest.mark.parametrize("typed", ["/", "—", "无"])
def test_a_mark_for_nothing_is_blank_only_where_the_cell_may_be_blank(typed: str) -> None:
    assert read("items", "hall_cases", typed) == Read(None, "guessed", "未填")
    assert read("items", "outside_cases", typed).code == "not_a_count"


@pytest.mark.parametrize("typed", ["NA", "null", "None", "nan", "001", "1E5", "+1", "=1+1"])
def test_text_stays_as_it_was_typed(typed: str) -> None:
    assert read("items", "remark", typed) == Read(typed)


def test_a_column_is_read_as_its_single_values_are() -> None:
    cells = pd.Series(["12人", None, "２", "2000万", "12人"], dtype="object")
    frame = convert(cells, FORM.column("items", "hall_cases"), FORM)
    assert frame["value"].tolist() == [12, pd.NA, 2, pd.NA, 12]
    assert frame["code"].tolist() == ["guessed", "", "", "not_a_count", "guessed"]


def test_a_column_without_rows_has_its_type() -> None:
    frame = convert(pd.Series([], dtype="object"), FORM.column("items", "planned"), FORM)
    assert frame["value"].dtype == "datetime64[s]"
