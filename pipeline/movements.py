"""The items of a unit's form against those of the form it sent before: added, removed, renamed, entered, left."""

import pandas as pd

from pipeline.findings import found, gather
from pipeline.form import NO, YES
from pipeline.items import UNIT_PERIOD
from pipeline.pairing import pair_alike, pair_shared
from pipeline.tables import name_some
from pipeline.values import is_damaged_code

ADDED, REMOVED, RENAMED, ENTERED, LEFT = "新增", "减少", "更名", "新进驻", "退出大厅"
CASES = ["hall_cases", "online_cases", "outside_cases"]
LISTED = [*UNIT_PERIOD, "file", "row", "name", "key", "code", "in_hall", *CASES]
MOVEMENTS = ["unit", "name", "name_before", "change", "file", "row"]
MOST_NAMES = 3


def gather_items(items: pd.DataFrame) -> pd.DataFrame:
    """The items of all forms, each in the period it was sent for (columns LISTED; items: as combine_items makes them, with own_period)."""
    return items.loc[items["reported"] & items["period"].eq(items["own_period"]), LISTED].reset_index(drop=True)


def compare_items(listed: pd.DataFrame, forms: pd.DataFrame, near_from: int) -> pd.DataFrame:
    """What moved in the lists of the units (columns MOVEMENTS): a line for each change of an item, none for what stayed.

    listed: as gather_items makes it; forms: unit, now, before (the periods of its form for this period and of the one before it).
    An item is the same by 实施编码 where both have one that stands once in the list, else by name, else by a name much alike (更名).
    name_before: its name last time. What is removed has no row. Only 进驻大厅 told both times counts as entered or left.
    """
    now, before = (_of(listed, forms, name) for name in ("now", "before"))
    partner = _link(now, before, near_from)
    old = before.reindex(partner.astype("float64")).set_axis(now.index)
    told = now[["unit", "name", "file", "row"]].assign(name_before=old["name"])
    changes = {
        ADDED: partner.isna(),
        RENAMED: partner.notna() & now["key"].ne(old["key"]),
        ENTERED: old["in_hall"].eq(NO) & now["in_hall"].eq(YES),
        LEFT: old["in_hall"].eq(YES) & now["in_hall"].eq(NO),
    }
    gone = before[~before.index.isin(partner.dropna())]
    gone = gone[["unit", "name"]].assign(name_before=gone["name"], change=REMOVED)
    moved = [told[where].assign(change=change) for change, where in changes.items()]
    return pd.concat([*moved, gone], ignore_index=True)[MOVEMENTS].astype({"row": "Int64", "change": "str"})


def remark_on_items(listed: pd.DataFrame, movements: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """Findings about lists that became shorter and case counts that fell to nothing (forms: with file, that of this period)."""
    now, before = (_of(listed, forms, name) for name in ("now", "before"))
    return gather([_fewer(now, before, movements, forms), _stopped(now, before, forms)])


def _fewer(now: pd.DataFrame, before: pd.DataFrame, movements: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    sizes = [rows.groupby("unit").size().reindex(forms["unit"], fill_value=0).to_numpy() for rows in (before, now)]
    removed = movements[movements["change"].eq(REMOVED)].groupby("unit")["name"].agg(list)
    shorter = forms.assign(fewer=sizes[0] - sizes[1], row=0)
    shorter = shorter[shorter["fewer"].gt(0)]
    names = [name_some(removed[unit], MOST_NAMES) for unit in shorter["unit"]]
    return found("items_fewer", shorter.assign(names=names), "items", value="fewer", detail="names")


def _stopped(now: pd.DataFrame, before: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """Cases last time and none now, as far as every item tells it in the columns that had some."""
    had = before.groupby("unit")[CASES].sum().reindex(forms["unit"], fill_value=0)
    have = now.groupby("unit")[CASES].sum().reindex(forms["unit"], fill_value=0)
    told = now[CASES].notna().groupby(now["unit"]).all().reindex(forms["unit"], fill_value=False)
    stopped = had.sum(axis=1).gt(0) & have.sum(axis=1).eq(0) & (told | had.eq(0)).all(axis=1)
    rows = forms.assign(cases=had.sum(axis=1).to_numpy(), row=0)[stopped.to_numpy()]
    return found("cases_stopped", rows, "items", value="cases")


def _of(listed: pd.DataFrame, forms: pd.DataFrame, name: str) -> pd.DataFrame:
    """The items of the forms of the periods in column `name`."""
    wanted = forms[["unit", name]].rename(columns={name: "period"})
    return listed.merge(wanted, on=UNIT_PERIOD)


def _link(now: pd.DataFrame, before: pd.DataFrame, near_from: int) -> pd.Series:
    """The item of last time each item means; missing for a new one."""
    now, before = (rows.assign(code=rows["code"].mask(is_damaged_code(rows["code"]))) for rows in (now, before))
    linked = pair_shared(now, before, ["unit", "code"])
    linked = linked.fillna(pair_shared(*_unlinked(now, before, linked), ["unit", "key"]))
    # Two names much alike with a code each are two items.
    some, others = _unlinked(now, before, linked)
    alike = pair_alike(some, others, ["unit"], near_from)
    both = some["code"].notna() & others["code"].reindex(alike.astype("float64")).notna().to_numpy()
    return linked.fillna(alike.mask(both))


def _unlinked(now: pd.DataFrame, before: pd.DataFrame, linked: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    return now[linked.isna()], before[~before.index.isin(linked.dropna())]
