"""What the office entered is never lost and never changed by being carried on, over several rounds of writing and reading (spec 5)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.findings import text_of
from pipeline.names import normal_name
from pipeline.register.layout import HINT, register_layout
from pipeline.register.read import Decisions
from pipeline.register.remarks import remark_on_entries
from pipeline.register.write import register_sheets
from pipeline.run import Result
from pipeline.sheets import TableSheet
from tests.districts import decide
from tests.forms import the_rules
from tests.results import GOOD, LATE, RETURNED, a_result

LAYOUTS = register_layout(the_rules())
NOTHING_PHONED = pd.DataFrame(columns=["entry", "why"])

Rows = list[dict[str, Any]]


@cache
def pools() -> dict[str, list[Any]]:
    """What people write in a column, by its key: right, stale, unreadable, nothing."""
    return {
        "unit": [GOOD, LATE, RETURNED, "区统计局", "平顶山市石龙区教育体育局（盖章）", "市财政局", None],
        "period": ["第2期", "第2期", "第1期", "2", "第一期", "第5期", "上期", None],
        "kind": ["表扬", "通报", None, "批评"],
        "confirmed": ["是", "否", None, "√", "再议"],
        "experience": [None, 0, 2, 5, "两分"],
        "number": [None, "XS-000000", "DB-1"],
        "check": ["3", 9, "8", "10", None],
        "name": [None, "企业投资项目备案", "企业投资 项目（备案）", "取水许可", "=1+1"],
        "date": [date(2023, 3, 20), "2023.3.28", "3月下旬", None],
        "again_on": [None, date(2023, 3, 30), "不知道"],
        "received": [date(2023, 3, 30), "2023-04-02", None, "前天"],
        "until": [None, date(2023, 3, 30), date(2023, 5, 1), "年底"],
        "due": [None, date(2023, 4, 1), "尽快"],
        "heading": ["大厅办件量", "填报日期", None],
        "new": ["3", 4, date(2023, 4, 1), "-"],
        "line": ["企业投资项目备案", "第5行", None],
        "problem": ["窗口没有落实", "窗口 没有落实", "接口不通", None],
    }


def cells_of(key: str, column: Any) -> st.SearchStrategy[Any]:
    own = pools().get(key) or ([None, *column.choices, "不清楚"] if column.choices else [None, "一些话", "@链接"])
    return st.sampled_from(own)


def registers() -> st.SearchStrategy[dict[str, Rows]]:
    """Registers as the office may have left them, with the same thing told twice now and then."""
    sheets = {}
    for key, layout in LAYOUTS.items():
        row = st.fixed_dictionaries({column.key: cells_of(column.key, column) for column in layout.sheet.columns})
        sheets[key] = st.lists(row, max_size=6)
    return st.fixed_dictionaries(sheets)


def with_decisions(decisions: Decisions) -> Result:
    """The small district with what the office decided."""
    result = replace(a_result(), decisions=decisions)
    return replace(result, remarks=remark_on_entries(result, decisions, NOTHING_PHONED))


def written(decisions: Decisions) -> dict[str, TableSheet]:
    """The sheets of the next register by key."""
    titles = {layout.sheet.title: key for key, layout in LAYOUTS.items()}
    sheets = register_sheets(with_decisions(decisions))
    return {titles[sheet.name]: sheet for sheet in sheets if isinstance(sheet, TableSheet) and sheet.name in titles}


def read_again(sheets: Mapping[str, TableSheet]) -> Decisions:
    """What is read in sheets the program wrote, where nobody entered anything."""
    rows = {key: sheet.rows.drop(columns=HINT).to_dict("records") for key, sheet in sheets.items()}
    return decide({key: [{k: _cell(v) for k, v in row.items()} for row in own] for key, own in rows.items()})


def _cell(value: Any) -> Any:
    if value is None or value is pd.NaT or value != value:
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def told(frame: pd.DataFrame, key: str) -> Counter[tuple[str, ...]]:
    """What the rows of a frame speak of and what the office entered there, as texts, in no order."""
    layout = LAYOUTS[key]
    columns = [column for column in layout.sheet.keys if column in (*layout.identity, *layout.office)]
    return Counter(tuple(map(_text, row)) for row in frame[columns].astype("object").to_numpy().tolist())


def _text(value: Any) -> str:
    """A value as text; a name without what people write differently, as names are compared."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    return normal_name(text_of(value.date() if isinstance(value, pd.Timestamp) else value))


def decided(decisions: Decisions, key: str) -> pd.DataFrame:
    entries = decisions.entries[key]
    return entries[entries[list(LAYOUTS[key].office)].notna().any(axis=1)]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(registers())
def test_no_entry_is_dropped_or_gets_another_meaning_over_several_rounds(rows: dict[str, Rows]) -> None:
    first = decide(rows)
    once = written(first)
    second = read_again(once)
    twice = written(second)
    for key in LAYOUTS:
        assert not told(decided(first, key), key) - told(once[key].rows, key), key
        assert told(first.frames[key], key) == told(second.frames[key], key), key
        assert told(once[key].rows, key) == told(twice[key].rows, key), key


def test_of_two_entries_on_what_the_program_proposes_the_lower_one_still_counts_after_a_round() -> None:
    unit = a_result().proposals["unit"].iloc[0]
    answers = [
        {"period": "第2期", "unit": unit, "kind": "表扬", "confirmed": word, "approver": "甲"} for word in ("否", "是")
    ]
    first = decide({"reviews": answers})
    second = read_again(written(first))
    assert first.of("reviews")["confirmed"].tolist() == ["是"]
    assert second.of("reviews").query("unit == @unit")["confirmed"].tolist() == ["是"]
    assert len(second.entries["reviews"].query("unit == @unit")) == 2
