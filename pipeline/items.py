"""The unit's items: those of the form and those of the catalogue that the form leaves out (I, N, M of spec 3)."""

import pandas as pd
from rapidfuzz import fuzz

from pipeline.names import normal_names
from pipeline.values import is_damaged_code

UNIT_PERIOD = ["unit", "period"]
PUBLIC_SERVICE = "公共服务"


def combine_items(form_items: pd.DataFrame, catalogue: pd.DataFrame, near_from: int) -> pd.DataFrame:
    """All items of the units: the form's rows, then the catalogue's entries that no row means.

    form_items: unit, period, key (normal name) and the columns of 事项清单; catalogue: unit, period, name, code, item_type, negative_no, out_of_scope (not
    an item that could be left out).
    Adds: reported (stands in the form), in_catalogue, catalogued_unit, exempt (N), must (M), power, cases (NA counts as 0),
    near (the catalogue's similar name where a row with cases is not in it, else missing).
    """
    entries = catalogue.assign(key=normal_names(catalogue["name"]), entry=range(len(catalogue)))
    entries = entries[entries["key"].notna()].drop_duplicates([*UNIT_PERIOD, "key"])
    matched = _match(form_items, entries)
    listed = form_items.assign(reported=True, entry=matched)
    left_out = entries[~entries["entry"].isin(matched) & ~entries["out_of_scope"]].assign(reported=False)
    shared = [column for column in left_out.columns if column in listed.columns]
    items = pd.concat([listed, left_out[shared]], ignore_index=True)
    items["file"] = items["file"].fillna("")
    items["in_catalogue"] = items["entry"].notna()
    items["catalogued_unit"] = _pairs(items).isin(_pairs(entries))
    items["exempt"] = _exempt(items, entries)
    items["must"] = ~items["exempt"]
    items["power"] = items["must"] & items["item_type"].notna() & items["item_type"].ne(PUBLIC_SERVICE)
    items["cases"] = items[["hall_cases", "online_cases", "outside_cases"]].fillna(0).sum(axis=1).astype("int64")
    items["near"] = _near_names(items, entries, near_from)
    return items.drop(columns="entry")


def _match(items: pd.DataFrame, entries: pd.DataFrame) -> pd.Series:
    """The entry each item means: by 实施编码 where it is unique on both sides, else by name; missing where none."""
    codes = _unique_codes(items).rename("match_code")
    entry_codes = entries.assign(match_code=_unique_codes(entries)).dropna(subset=["match_code"])
    by_code = _look_up(items.assign(match_code=codes), entry_codes, "match_code")
    by_name = _look_up(items, entries, "key")
    return by_code.fillna(by_name)


def _unique_codes(frame: pd.DataFrame) -> pd.Series:
    """The codes that occur once in their unit; a damaged one says nothing."""
    codes = frame["code"].where(~is_damaged_code(frame["code"]))
    twin = frame.assign(code=codes).duplicated([*UNIT_PERIOD, "code"], keep=False)
    return codes.where(~twin)


def _look_up(items: pd.DataFrame, entries: pd.DataFrame, by: str) -> pd.Series:
    keys = [*UNIT_PERIOD, by]
    found = items[keys].merge(entries[[*keys, "entry"]].drop_duplicates(keys), on=keys, how="left")["entry"]
    return found.set_axis(items.index).where(items[by].notna()).astype("Int64")


def _exempt(items: pd.DataFrame, entries: pd.DataFrame) -> pd.Series:
    """N: an approval number in the catalogue where it lists the unit, else 负面清单=是 with the number in the form."""
    numbered = entries.loc[entries["negative_no"].notna(), "entry"]
    declared = items["negative"].eq("是") & items["negative_no"].notna()
    return items["entry"].isin(numbered).where(items["catalogued_unit"], declared).astype("bool")


def _near_names(items: pd.DataFrame, entries: pd.DataFrame, near_from: int) -> pd.Series:
    """For items with cases that the catalogue does not know: its most similar name of the unit, if similar enough."""
    strange = items[items["reported"] & items["catalogued_unit"] & ~items["in_catalogue"] & (items["cases"] > 0)]
    pairs = (
        strange[[*UNIT_PERIOD, "key"]]
        .assign(item=strange.index)
        .merge(entries, on=UNIT_PERIOD, suffixes=("", "_entry"))
    )
    pairs["score"] = [fuzz.ratio(a, b) for a, b in zip(pairs["key"], pairs["key_entry"], strict=True)]
    best = pairs[pairs["score"] >= near_from].sort_values(["item", "score", "key_entry"], ascending=[True, False, True])
    return best.drop_duplicates("item").set_index("item")["name"].reindex(items.index).astype("str")


def _pairs(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[UNIT_PERIOD])
