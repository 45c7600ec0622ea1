"""The forms of this period against the ones before them: tasks and problems, items, and what that brings to light."""

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from pipeline.assess import Assessed
from pipeline.findings import DESCRIBED, describe, gather
from pipeline.followup import follow, remark_on_entries
from pipeline.form import Form
from pipeline.items import UNIT_PERIOD
from pipeline.movements import compare_items, remark_on_items
from pipeline.rulebook import Period
from pipeline.rules import Rules


class Compared(NamedTuple):
    """The assessment with the remarks that follow from earlier forms, the ledger and the movements (see Result)."""

    assessed: Assessed
    ledger: pd.DataFrame
    movements: pd.DataFrame


def compare_periods(assessed: Assessed, period: Period, rules: Rules) -> Compared:
    """What the forms of `period` say against the forms the units sent before."""
    figures, measures = assessed.figures, rules.checks.measures
    forms = figures.loc[figures["period"].eq(figures["own_period"]), [*UNIT_PERIOD, "file"]]
    forms = forms.assign(now=forms["period"].eq(period.number))
    ledger = follow(assessed.entries, forms, pd.Timestamp(period.cutoff), measures.near_entry)
    pairs = _with_earlier(forms, period.number)
    movements = compare_items(assessed.listed, pairs, measures.near_name)
    own_files = forms[forms["now"]].set_index("unit")["file"]
    remarks = gather([remark_on_entries(ledger, own_files), remark_on_items(assessed.listed, movements, pairs)])
    return Compared(_with_remarks(assessed, remarks, rules.form), ledger, movements)


def _with_earlier(forms: pd.DataFrame, number: int) -> pd.DataFrame:
    """unit, file, now and before (periods) of the units that sent a form for this period and one before it."""
    ordered = forms.sort_values(UNIT_PERIOD).drop(columns="now").rename(columns={"period": "now"})
    ordered["before"] = ordered.groupby("unit")["now"].shift()
    pairs = ordered[ordered["now"].eq(number) & ordered["before"].notna()]
    return pairs.astype({"before": "int64"}).reset_index(drop=True)


def _with_remarks(assessed: Assessed, remarks: pd.DataFrame, form: Form) -> Assessed:
    if remarks.empty:
        return assessed
    whole = pd.concat([assessed.findings, describe(remarks, assessed.places, form)], ignore_index=True)
    places = {sheet.title: place for place, sheet in enumerate(form.sheets)}
    whole = whole.assign(place=whole["sheet"].map(places).fillna(-1)).sort_values(["file", "place"], kind="stable")
    return replace(assessed, findings=whole[DESCRIBED].reset_index(drop=True))
