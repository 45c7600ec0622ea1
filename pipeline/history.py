"""Periods side by side: the states of the units, the district's figures."""

import pandas as pd

from pipeline import intake
from pipeline.items import UNIT_PERIOD
from pipeline.numbers import round_half_up
from pipeline.rules import Rules
from pipeline.submissions import TAKEN, late_units
from pipeline.words import ACCEPTED, CONTACT_ONLY, NOT_REPORTED, RETURNED

DISTRICT = "全区"


def unit_states(
    files: pd.DataFrame, errors: pd.Series, last: int, rules: Rules, receipts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """unit, period, state, file, filled_on, late of every unit of the roster and period up to `last`, in the notice's order.

    errors: number of 错误 by file. receipts: entries of 收到登记.
    """
    periods = [number for number in sorted(rules.calendar.by_number) if number <= last]
    grid = pd.MultiIndex.from_product([periods, rules.roster.names], names=["period", "unit"]).to_frame(index=False)
    taken = files[files["outcome"].eq(TAKEN)]
    forms = taken.loc[taken["kind"].eq(intake.FORM), [*UNIT_PERIOD, "file", "filled_on"]]
    contacts = taken.loc[taken["kind"].eq(intake.CONTACT), UNIT_PERIOD].assign(contact=True)
    states = grid.merge(forms, on=UNIT_PERIOD, how="left").merge(contacts, on=UNIT_PERIOD, how="left")
    faulty = states["file"].map(errors).fillna(0).gt(0)
    states["state"] = NOT_REPORTED
    states.loc[states["contact"].eq(True).fillna(False), "state"] = CONTACT_ONLY
    states.loc[states["file"].notna(), "state"] = ACCEPTED
    states.loc[states["file"].notna() & faulty, "state"] = RETURNED
    late = late_units(files, rules.calendar, receipts).assign(late=True)
    states = states.merge(late, on=UNIT_PERIOD, how="left")
    return states.assign(late=states["late"].eq(True).fillna(False)).drop(columns="contact")


def five_entries(
    results: pd.DataFrame, figures: pd.DataFrame, rules: Rules, published_windows: pd.DataFrame | None = None
) -> pd.DataFrame:
    """五进 of every period: period, name, target (应), done, rate, due; pooled over the units to which the check applies.

    窗口 has a number and no target.
    """
    rows = [_pooled(results, name, number, rules) for name, number in rules.checks.derived.five_entries.items()]
    windows = figures.groupby("period")["windows"].sum().rename("done").reset_index()
    if published_windows is not None and len(published_windows):
        printed = windows["period"].map(published_windows.set_index("period")["windows"])
        windows["done"] = printed.fillna(windows["done"]).astype("Int64")
    order = [*rules.checks.derived.five_entries, "窗口"]
    table = pd.concat([*rows, windows.assign(name="窗口")], ignore_index=True)
    table["rate"] = (table["done"] / table["target"].where(table["target"] > 0)).astype("float64")
    return table.sort_values(
        ["period", "name"], key=lambda s: s.map(order.index) if s.name == "name" else s, ignore_index=True
    )


def trend(scores: pd.DataFrame, results: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """unit, period, score, rank and, for each unit and the district: entered, authorised, connected (rates), cut, problems_open.

    A district row has the mean of the scores.
    """
    counts = _rates(results, [*UNIT_PERIOD]).merge(
        figures[[*UNIT_PERIOD, "cut", "problems_open"]], on=UNIT_PERIOD, how="left"
    )
    units = scores[[*UNIT_PERIOD, "state", "score", "rank"]].merge(counts, on=UNIT_PERIOD, how="left")
    sums = figures.groupby("period", as_index=False)[["cut", "problems_open"]].sum()
    district = (
        scores.groupby("period", as_index=False)["score"]
        .mean()
        .merge(_rates(results, ["period"]), how="left")
        .merge(sums, how="left")
    )
    return pd.concat([district.assign(unit=DISTRICT, score=round_half_up(district["score"])), units], ignore_index=True)


def _pooled(results: pd.DataFrame, name: str, number: int, rules: Rules) -> pd.DataFrame:
    """分子 and 分母 of a check, summed over the units to which it applies (elsewhere both are missing)."""
    sums = results[results["check"].eq(number)].groupby("period", as_index=False)[["numerator", "denominator"]].sum()
    table = sums.rename(columns={"numerator": "done", "denominator": "target"})
    return table.assign(name=name, due=pd.Timestamp(rules.due_of(number)))


def _rates(results: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Rates of 事项进驻, 授权 and 系统对接 (checks 3, 4, 5) by unit or for the district."""
    table = results[by].drop_duplicates()
    for name, number in (("entered", 3), ("authorised", 4), ("connected", 5)):
        rows = results[results["check"].eq(number) & results["numerator"].notna()]
        sums = rows.groupby(by)[["numerator", "denominator"]].sum()
        rate = (sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)).astype("float64").rename(name)
        table = table.merge(rate.reset_index(), on=by, how="left")
    return table
