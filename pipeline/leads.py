"""疑似线索: what the office should look into (spec 3). They go into its register and nowhere else."""

import numpy as np
import pandas as pd

from pipeline.form import NO, YES
from pipeline.names import stable_number
from pipeline.rules import Rules

COLUMNS = ["number", "unit", "period", "name", "lead", "basis", "file", "row", "key"]


def find_leads(items: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The leads of all items of the forms that must enter the hall (items as combine_items makes them, with cutoff).

    Columns: number (stable: from unit, item and rule), unit, period, name, lead, basis (the values), file, row, key (the columns of the cells, joined by 、).
    """
    # An item that does not tell its cases outside is accused of nothing that rests on them.
    listed = items[items["reported"] & items["must"]]
    told = listed[listed["outside_cases"].notna()]
    found = [
        _lead(
            told[_named_only(told, rules)],
            "疑似明进暗不进",
            ["in_hall", "review_at", "decide_at", "hall_cases", "online_cases", "outside_cases"],
            rules,
        ),
        _lead(told[_circulating(told, rules)], "疑似体外循环", ["in_hall", "outside_cases"], rules),
        _lead(told[told["accept_at"].eq(rules.checks.measures.both)], "疑似两头受理", ["accept_at"], rules),
        _lead(
            listed[_off_list(listed)], "疑似清单外审批", ["name", "hall_cases", "online_cases", "outside_cases"], rules
        ),
    ]
    return pd.concat(found, ignore_index=True)[COLUMNS]


def lead_number(unit: str, item: str, lead: str) -> str:
    """The number of a lead: the same for the same unit, item and rule, whatever else there is."""
    return stable_number("XS-", unit, item, lead)


def _named_only(items: pd.DataFrame, rules: Rules) -> pd.Series:
    """明进暗不进: entered in name, but examined or decided elsewhere, or worked outside only."""
    elsewhere = items[["review_at", "decide_at"]].isin(rules.checks.measures.outside).any(axis=1)
    inside = items["hall_cases"].fillna(0) + items["online_cases"].fillna(0)
    only_outside = inside.eq(0) & items["outside_cases"].gt(0)
    return items["in_hall"].eq(YES) & (elsewhere | only_outside)


def _circulating(items: pd.DataFrame, rules: Rules) -> pd.Series:
    """体外循环: cases outside though the item is in the hall, or, once all must be in, though it is not."""
    due = items["cutoff"] > pd.Timestamp(rules.due_of(3))
    return items["outside_cases"].gt(0) & (items["in_hall"].eq(YES) | (due & items["in_hall"].eq(NO)))


def _off_list(items: pd.DataFrame) -> pd.Series:
    """清单外审批: a violation of check 9."""
    return items["catalogued_unit"] & ~items["in_catalogue"] & items["cases"].gt(0) & items["near"].isna()


def _lead(items: pd.DataFrame, lead: str, keys: list[str], rules: Rules) -> pd.DataFrame:
    titles = {column.key: column.title for column in rules.form.by_key["items"].columns}
    told = [
        pd.Series(
            np.where(items[key].notna(), titles[key] + "：" + items[key].astype("str").fillna("") + "；", ""),
            index=items.index,
            dtype="str",
        )
        for key in keys
        if key != "name"
    ]
    basis = sum(told[1:], told[0]).str.removesuffix("；") if len(items) else pd.Series(dtype="str")
    numbers = [lead_number(unit, item, lead) for unit, item in zip(items["unit"], items["key"], strict=True)]
    return items.assign(lead=lead, basis=basis, number=numbers, key="、".join(keys))[COLUMNS]
