"""A district of plain values (as tests/oracle.py takes it) through the pipeline, from raw cells to the result."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from pipeline.assess import Assignment, Background, assess_forms
from pipeline.catalogue import catalogue_by_period, read_catalogues
from pipeline.finals import RawFinal, publish_finals
from pipeline.findings import gather
from pipeline.intake import CATALOGUE, FINAL, REGISTER, ROW, Source, identify_form
from pipeline.phone import assign_corrections
from pipeline.register.layout import register_layout
from pipeline.register.read import Decisions, no_decisions, read_decisions
from pipeline.run import Result, run
from pipeline.submissions import assign_carried, register_of, settle
from tests.forms import raw_form, raw_sheet, the_rules


class Register(NamedTuple):
    """A completed 办公室登记表: the period it is stamped with (None: no stamp) and its rows by sheet key."""

    period: int | None
    sheets: Mapping[str, Any]


def run_district(district: Mapping[str, Any], period: int | None = None) -> Result:
    """The result of a period (default: the last) of a district.

    Beside what the oracle takes: registers (file -> Register), finals (file -> RawFinal).
    """
    rules = the_rules()
    last = period or max(district["periods"])
    raws = {form["file"]: raw_form(values_of(form), rules.form) for form in district["forms"]}
    rows = identified(district)
    entries = district["catalogue"]
    published = publish_finals(district.get("finals", {}), rows, rules)
    files, findings = settle(rows, rules, published.forms)
    decisions = decisions_of(district, files, last)
    corrections, left = assign_corrections(decisions.of("corrections"), files, last)
    catalogue, remarks = read_catalogues(
        {"目录.xlsx": raw_sheet(entries, rules.form.catalogue)} if entries else {}, rules
    )
    said = assign_carried(files, last, rules)
    batch = [Assignment(Source(file, ""), unit, p, own) for unit, p, file, own in said.itertuples(index=False)]
    background = Background(
        rules, catalogue_by_period(catalogue, files, last, rules), gather([findings]), last, decisions, corrections
    )
    counted = {assignment.source.path for assignment in batch}
    assessed = assess_forms({file: raw for file, raw in raws.items() if file in counted}, batch, background)
    assessed = replace(assessed, phoned=pd.concat([assessed.phoned, left], ignore_index=True))
    return run(assessed, remarks, files, rules.calendar.by_number[last], rules, decisions, published.before(last))


def identified(district: Mapping[str, Any]) -> pd.DataFrame:
    """What intake makes of the files of a district."""
    rules = the_rules()
    rows = [identified_row(form, raw_form(values_of(form), rules.form)) for form in district["forms"]]
    rows += [{"file": "目录.xlsx", "sha256": "", "kind": CATALOGUE}] if district["catalogue"] else []
    rows += [
        {"file": file, "sha256": file, "kind": REGISTER, "written_period": register.period}
        for file, register in registers_of(district).items()
    ]
    finals: Mapping[str, RawFinal] = district.get("finals", {})
    rows += [
        {"file": file, "sha256": file, "kind": FINAL, "written_period": raw.period} for file, raw in finals.items()
    ]
    return pd.DataFrame(rows, columns=ROW)


def registers_of(district: Mapping[str, Any]) -> dict[str, Register]:
    """The registers of a district by file; district["register"] is one without a stamp, as the oracle takes it."""
    alone = {"登记表.xlsx": Register(None, district["register"])} if district.get("register") else {}
    return {**alone, **district.get("registers", {})}


def decisions_of(district: Mapping[str, Any], files: pd.DataFrame, period: int) -> Decisions:
    """What the office decided, by the register that counts for a period."""
    file = register_of(files, period)
    return decide(registers_of(district)[file].sheets, file) if file else no_decisions(the_rules())


def decide(sheets: Mapping[str, Any], file: str = "登记表.xlsx") -> Decisions:
    """The decisions of a register of plain values (sheet key -> rows -> column key -> value)."""
    layouts = register_layout(the_rules())
    return read_decisions(file, {key: raw_sheet(rows, layouts[key].sheet) for key, rows in sheets.items()}, the_rules())


def values_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form's cells, with unit, period and 填报日期 where the clerk writes them."""
    info = {**dict(form["values"].get("unit_info", [{}])[0])}
    told = {"unit": form["unit"], "period": f"第{form['period']}期", "filled_on": form["filled_on"]}
    return {**form["values"], "unit_info": [{**told, **info}]}


def identified_row(form: Mapping[str, Any], raw: Any) -> dict[str, Any]:
    """A row of intake; form["folder"], where told, is the period of the folder it lies in."""
    told = {"file": form["file"], "sha256": form["file"], "folder_period": form.get("folder")}
    return {**told, **identify_form(raw, the_rules())}
