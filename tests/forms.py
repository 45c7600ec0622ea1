"""Forms for tests, made from plain values as a clerk would type them."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.assess import Assessed, Assignment, Background, assess_forms
from pipeline.catalogue import read_catalogues
from pipeline.findings import none_found
from pipeline.form import Form, Sheet
from pipeline.intake import Source
from pipeline.reader import Place, RawForm, RawSheet
from pipeline.rules import Rules, load_rules

ROOT = Path(__file__).parent.parent
FIRST_ROW = 5

Values = Mapping[str, Sequence[Mapping[str, Any]]]


@cache
def the_rules() -> Rules:
    return load_rules(ROOT / "rules")


def raw_form(values: Values, form: Form) -> RawForm:
    """What the reader makes of a form with these values (sheet key -> rows -> column key -> value)."""
    sheets = {sheet.key: raw_sheet(values.get(sheet.key, ()), sheet) for sheet in form.sheets}
    return RawForm(sheets, {"version": form.version})


def raw_sheet(rows: Sequence[Mapping[str, Any]], sheet: Sheet) -> RawSheet:
    """What the reader makes of a sheet with these rows."""
    fields = sheet.layout == "fields"
    columns = {key: [_cell(row.get(key)) for row in rows] for key in sheet.keys}
    places = [
        Place(sheet.key, key, 1 if fields else at, 4 + at if fields else None) for at, key in enumerate(sheet.keys)
    ]
    return RawSheet(columns, [0] if fields else list(range(FIRST_ROW, FIRST_ROW + len(rows))), places, [])


def _cell(value: Any) -> Any:
    """A value as the reader hands it on: numbers as floats, blank as None."""
    if isinstance(value, bool) or value == "":
        return None
    return float(value) if isinstance(value, int) else value


def catalogue_frame(entries: Sequence[Mapping[str, Any]], periods: Sequence[int], rules: Rules) -> pd.DataFrame:
    """The catalogue as the pipeline holds it: every entry for every period."""
    sheet = rules.form.catalogue
    frame, _ = read_catalogues({"目录": raw_sheet(entries, sheet)}, rules)
    return pd.concat(
        [frame.drop(columns=["file", "row"]).assign(period=period) for period in periods], ignore_index=True
    )


def assess_values(
    forms: Mapping[str, Values],
    said: Sequence[tuple[str, str, int, int]],
    catalogue: Sequence[Mapping[str, Any]] = (),
    last: int | None = None,
) -> Assessed:
    """The assessment of forms (file -> values) that speak for (file, unit, period, own period)."""
    rules = the_rules()
    last = last or max(period for _, _, period, _ in said)
    batch = [Assignment(Source(file, ""), unit, period, own) for file, unit, period, own in said]
    background = Background(rules, catalogue_frame(catalogue, range(1, last + 1), rules), none_found(), last)
    raws = {file: raw_form(values, rules.form) for file, values in forms.items()}
    return assess_forms(raws, batch, background)
