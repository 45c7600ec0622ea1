"""What a unit's next form already holds: its last form carried over, or its items from the catalogue (spec 9)."""

from collections.abc import Sequence

import pandas as pd

from pipeline.form import NO, YES, Sheet
from pipeline.frames import Frames
from pipeline.register.layout import NOT_BEGUN
from pipeline.rulebook import Period
from pipeline.rules import Rules

Rows = list[dict[str, object]]
# Columns of 事项目录 that prefill the column of the same key in 事项清单.
FROM_CATALOGUE = (
    "name", "code", "item_type", "basis", "case_type", "legal_days", "promised_days", "online_stages", "negative_no",
)  # fmt: skip


def next_values(
    unit: str, period: Period, last: Frames | None, entries: pd.DataFrame, dispatches: pd.DataFrame, rules: Rules
) -> dict[str, Rows]:
    """The values of a unit's form for `period`: sheet key -> rows -> column key -> value, without blanks.

    last: the typed frames (by sheet key) of the unit's last form alone, 事项清单 without the rows that are no item
    (validate.keep_items); None if there is no form. entries: the unit's part of the catalogue. dispatches: its open 督办派发, which go into 整改台账 unless their 挂账号 stands there. What is to be told anew each period (填报日期, 自查结论, 办件量) is left out. Items come from the catalogue where the last
    form lists none and does not say that there are none.
    """
    carried = _carry_over(last, rules) if last else {}
    told = {**(carried.get("unit_info") or [{}])[0], "unit": unit, "period": f"第{period.number}期"}
    items = carried.get("items") or ([] if told.get("no_items") == YES else items_of(entries))
    problems = carried.get("problems") or []
    known = {row.get("number") for row in problems}
    problems = [*problems, *(row for row in _dispatched(dispatches) if row["number"] not in known)]
    return {**carried, "unit_info": [told], "items": items, "problems": problems}


def _dispatched(dispatches: pd.DataFrame) -> Rows:
    """The entries of 督办派发 as rows of 整改台账; which check they belong to the unit says itself."""
    named = dispatches.rename(columns={"state": "told"})[
        ["number", "problem", "cause", "measure", "person", "due", "told"]
    ]
    rows = to_rows(named.rename(columns={"told": "state"}))
    return [{"state": NOT_BEGUN, **row} for row in rows]


def items_of(entries: pd.DataFrame) -> Rows:
    """The items of a catalogue as rows of 事项清单; the catalogue also tells what is on the 负面清单."""
    inside = entries[~entries["out_of_scope"].astype("bool")].drop_duplicates("name")
    listed = inside["negative_no"].notna()
    items = inside[list(FROM_CATALOGUE)].assign(negative=listed.map({True: YES, False: NO}))
    return _numbered(to_rows(items))


def to_rows(frame: pd.DataFrame) -> Rows:
    """The rows of a typed frame as plain values, blank cells left out; dates as dates, counts as whole numbers."""
    columns = {key: _plain(frame[key]) for key in frame.columns}
    return [{key: values[at] for key, values in columns.items() if values[at] is not None} for at in range(len(frame))]


def _carry_over(last: Frames, rules: Rules) -> dict[str, Rows]:
    """The rows of every sheet of a form, without the columns of each period; a row of which nothing is left is none."""
    sheets = rules.form.sheets
    return {sheet.key: [row for row in to_rows(_lasting(last[sheet.key], sheet)) if row] for sheet in sheets}


def _lasting(frame: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    return frame[[column.key for column in sheet.columns if not column.each_period]]


def _numbered(rows: Rows) -> Rows:
    return [{"seq": str(number), **row} for number, row in enumerate(rows, 1)]


def _plain(values: pd.Series) -> Sequence[object]:
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.date
    return [None if pd.isna(value) else value for value in values.astype("object")]
