"""A district of plain values (as tests/oracle.py takes it) through the pipeline, from raw cells to the result."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.assess import Assignment, Background, assess_forms
from pipeline.catalogue import catalogue_by_period, read_catalogues
from pipeline.intake import CATALOGUE, ROW, Source, identify_form
from pipeline.run import Result, run
from pipeline.submissions import assign_carried, settle
from tests.forms import raw_form, raw_sheet, the_rules


def run_district(district: Mapping[str, Any], period: int | None = None) -> Result:
    """The result of a period (default: the last) of a district."""
    rules = the_rules()
    last = period or max(district["periods"])
    raws = {form["file"]: raw_form(values_of(form), rules.form) for form in district["forms"]}
    rows = [identified_row(form, raws[form["file"]]) for form in district["forms"]]
    entries = district["catalogue"]
    rows += [{"file": "目录.xlsx", "sha256": "", "kind": CATALOGUE}] if entries else []
    files, findings = settle(pd.DataFrame(rows, columns=ROW), rules)
    catalogue, remarks = read_catalogues(
        {"目录.xlsx": raw_sheet(entries, rules.form.catalogue)} if entries else {}, rules
    )
    said = assign_carried(files, last, rules)
    batch = [Assignment(Source(file, ""), unit, p, own) for unit, p, file, own in said.itertuples(index=False)]
    background = Background(rules, catalogue_by_period(catalogue, files, last, rules), findings, last)
    counted = {assignment.source.path for assignment in batch}
    assessed = assess_forms({file: raw for file, raw in raws.items() if file in counted}, batch, background)
    return run(assessed, remarks, files, rules.calendar.by_number[last], rules)


def values_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form's cells, with unit, period and 填报日期 where the clerk writes them."""
    info = {**dict(form["values"].get("unit_info", [{}])[0])}
    told = {"unit": form["unit"], "period": f"第{form['period']}期", "filled_on": form["filled_on"]}
    return {**form["values"], "unit_info": [{**told, **info}]}


def identified_row(form: Mapping[str, Any], raw: Any) -> dict[str, Any]:
    return {"file": form["file"], "sha256": form["file"], **identify_form(raw, the_rules())}
