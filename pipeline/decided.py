"""What the office decided -> what of it is in force at a cut-off (spec 5)."""

import pandas as pd

from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.register.layout import MENDED

# Checks in which 督查 can find a single item; in the others it finds the check as a whole.
ITEM_CHECKS = (3, 4, 5, 6, 8, 9)


def inspections_in_force(inspections: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """unit, period, check, key, name, found, date, inspector of what 督查 found by the cut-off and nobody has found mended by then.

    key: the normal name of the item; missing where the check as a whole is meant. said: unit, period, cutoff.
    """
    rows = inspections.assign(
        check=pd.to_numeric(inspections["check"]).astype("int64"), key=normal_names(inspections["name"])
    )
    rows = rows.drop(columns="row").merge(said[[*UNIT_PERIOD, "cutoff"]].drop_duplicates(), on="unit")
    # A finding mended on a day that is not told is mended.
    mended = rows["again"].eq(MENDED).fillna(False) & (rows["again_on"].isna() | (rows["again_on"] <= rows["cutoff"]))
    rows["key"] = rows["key"].where(rows["check"].isin(ITEM_CHECKS))
    return rows[(rows["date"] <= rows["cutoff"]) & ~mended].reset_index(drop=True)


def waivers_in_force(waivers: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """unit, period, check, reason, approver, until of the 豁免 not expired at the cut-off; without 有效期至 they do not expire."""
    rows = waivers.assign(check=pd.to_numeric(waivers["check"]).astype("int64")).drop(columns="row")
    rows = rows.merge(said[[*UNIT_PERIOD, "cutoff"]].drop_duplicates(), on="unit")
    return rows[rows["until"].isna() | (rows["until"] >= rows["cutoff"])].reset_index(drop=True)


def notes_on_checks(inspected: pd.DataFrame, waived: pd.DataFrame) -> pd.DataFrame:
    """unit, period, check, note: 豁免 with its reason, 督查查实 with what was found, in words."""
    until = waived["until"].dt.strftime("%Y-%m-%d")
    details = [("批准人" + waived["approver"]).fillna(""), ("有效期至" + until).fillna("")]
    brackets = (details[0] + "，" + details[1]).str.strip("，")
    waiver = "豁免：" + waived["reason"].fillna("未写理由") + ("（" + brackets + "）").where(brackets.ne(""), "")
    item = ("“" + inspected["name"] + "”").fillna("")
    finding = "督查查实：" + item + inspected["found"].fillna("").where(inspected["found"].notna(), "存在问题")
    keys = [*UNIT_PERIOD, "check"]
    told = pd.concat([waived[keys].assign(note=waiver), inspected[keys].assign(note=finding)], ignore_index=True)
    if told.empty:
        return told.astype({"note": "str"})
    return told.groupby(keys)["note"].agg("；".join).reset_index()
