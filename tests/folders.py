"""A folder of files through the whole pipeline in this process: what the main job makes of it, without worker processes."""

from pathlib import Path

import pandas as pd

from pipeline.assess import Assignment, Background, assess
from pipeline.catalogue import catalogue_by_period, read_catalogues
from pipeline.corrections import compare_forms, replaced_forms
from pipeline.findings import gather
from pipeline.intake import ROW, Identified, Source, find_files, identify_files
from pipeline.run import Result, run
from pipeline.submissions import assign_carried, settle
from tests.forms import the_rules


def run_folder(folder: Path, period: int = 1) -> tuple[Result, dict[str, Source]]:
    """The result of a period of the files below `folder`, and the files by their path."""
    rules = the_rules()
    known, todo, sources = list[Identified](), find_files(folder), dict[str, Source]()
    while todo:
        sources |= {source.path: source for source in todo}
        now = identify_files(todo, rules)
        known, todo = known + now, [member for one in now for member in one.members]
    files, findings = settle(pd.DataFrame([one.row for one in known], columns=ROW), rules)
    catalogues = {one.row["file"]: one.catalogue for one in known if one.catalogue is not None}
    entries, remarks = read_catalogues(catalogues, rules)
    said = assign_carried(files, period, rules)
    batch = [Assignment(sources[file], unit, p, own) for unit, p, file, own in said.itertuples(index=False)]
    findings = gather([findings, compare_forms(replaced_forms(files, period, sources), rules)])
    background = Background(rules, catalogue_by_period(entries, files, period, rules), findings, period)
    return run(assess(batch, background), remarks, files, rules.calendar.by_number[period], rules), sources
