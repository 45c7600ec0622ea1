"""事项目录 -> the entries that count for each period, by unit (spec 2)."""

from collections.abc import Mapping

import pandas as pd

from pipeline.findings import describe, found, gather
from pipeline.frames import rows_of, stack, stack_findings, stack_places, type_sheet
from pipeline.reader import RawSheet
from pipeline.roster import match_unit
from pipeline.rulebook import Roster
from pipeline.rules import Rules
from pipeline.submissions import catalogue_of

SHEET = "catalogue"


def read_catalogues(raws: Mapping[str, RawSheet], rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The entries of all catalogues (file, row, unit and the columns of 事项目录), and described findings about them.

    An entry of a type out of scope (行政处罚 …) is known as such: it is no item the form could leave out.
    """
    entries, faults = type_sheet(stack(raws, rules.form.catalogue), rules.form.catalogue, rules.form)
    parts = {file: [raw] for file, raw in raws.items()}
    index = pd.MultiIndex.from_frame(entries[["file", "row"]])
    outside = index.isin(rows_of(faults, SHEET, ("item_out_of_scope",)))
    entries, unknown = _assign_units(entries.assign(out_of_scope=outside), rules.roster)
    dropped = faults["code"].eq("item_out_of_scope")
    findings = gather(
        [
            stack_findings(parts),
            faults[~dropped],
            faults[dropped].assign(code="entry_out_of_scope"),
            found(
                "unit_unknown", unknown.drop_duplicates(["file", "unit"]), SHEET, "unit", value="unit", detail="maybe"
            ),
        ]
    )
    return entries, describe(findings, stack_places(parts), rules.form)


def catalogue_by_period(entries: pd.DataFrame, files: pd.DataFrame, last: int, rules: Rules) -> pd.DataFrame:
    """For every period up to `last` the entries of the catalogue that counts for it, with `period`."""
    numbers = [number for number in sorted(rules.calendar.by_number) if number <= last]
    parts = [entries[entries["file"] == catalogue_of(files, number)].assign(period=number) for number in numbers]
    return pd.concat(parts, ignore_index=True).drop(columns=["file", "row"])


def _assign_units(entries: pd.DataFrame, roster: Roster) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The entries of units of the roster under their short names, and the others with whom they may mean."""
    matches = {text: match_unit(text, roster) for text in entries["unit"].dropna().unique()}
    units = entries["unit"].map({text: match.unit or None for text, match in matches.items()}).astype("str")
    hints = {
        text: f"；是否为{'、'.join(match.suggestions)}？" if match.suggestions else ""
        for text, match in matches.items()
    }
    unknown = entries[units.isna() & entries["unit"].notna()]
    known = entries.assign(unit=units)[units.notna() & entries["name"].notna()]
    return known, unknown.assign(maybe=unknown["unit"].map(hints))
