"""A folder of files through the whole pipeline in this process: what the main job makes of it, without worker processes."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.assess import Assignment, Background, assess
from pipeline.catalogue import catalogue_by_period, read_catalogues
from pipeline.corrections import compare_forms, replaced_forms
from pipeline.finals import publish_finals
from pipeline.findings import gather
from pipeline.intake import ROW, Identified, Source, find_files, identify_files
from pipeline.phone import assign_corrections
from pipeline.register.read import no_decisions, read_decisions
from pipeline.run import Result, run
from pipeline.submissions import assign_carried, register_of, settle
from tests.forms import the_rules


def run_folder(folder: Path, period: int = 1) -> tuple[Result, dict[str, Source]]:
    """The result of a period of the files below `folder`, and the files by their path."""
    rules = the_rules()
    known, sources = identify_folder(folder)
    identified = pd.DataFrame([one.row for one in known], columns=ROW)
    catalogues = {one.row["file"]: one.catalogue for one in known if one.catalogue is not None}
    registers = {one.row["file"]: one.register for one in known if one.register is not None}
    finals = {one.row["file"]: one.final for one in known if one.final is not None}
    published = publish_finals(finals, identified, rules)
    files, findings = settle(identified, rules, published.forms)
    register = register_of(files, period)
    decisions = read_decisions(register, registers[register].sheets, rules) if register else no_decisions(rules)
    corrections, left = assign_corrections(decisions.of("corrections"), files, period)
    entries, remarks = read_catalogues(catalogues, rules)
    said = assign_carried(files, period, rules)
    batch = [Assignment(sources[file], unit, p, own) for unit, p, file, own in said.itertuples(index=False)]
    findings = gather([findings, compare_forms(replaced_forms(files, period, sources), rules)])
    catalogue = catalogue_by_period(entries, files, period, rules)
    assessed = assess(batch, Background(rules, catalogue, findings, period, decisions, corrections))
    assessed = replace(assessed, phoned=pd.concat([assessed.phoned, left], ignore_index=True))
    now = rules.calendar.by_number[period]
    return run(assessed, remarks, files, now, rules, decisions, published.before(period)), sources


def identify_folder(folder: Path) -> tuple[list[Identified], dict[str, Source]]:
    """What every file and member below `folder` is, and the files by their path."""
    known, todo, sources = list[Identified](), find_files(folder), dict[str, Source]()
    while todo:
        sources |= {source.path: source for source in todo}
        now = identify_files(todo, the_rules())
        known, todo = known + now, [member for one in now for member in one.members]
    return known, sources
