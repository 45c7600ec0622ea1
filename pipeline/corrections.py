"""A form that replaced another one of its unit and period -> which values it changed, as findings about the new one."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from pipeline import intake
from pipeline.findings import CHANGED, found, gather, text_of
from pipeline.form import Sheet
from pipeline.frames import type_forms
from pipeline.intake import Source, read_source
from pipeline.names import normal_names
from pipeline.rules import Rules
from pipeline.submissions import SUPERSEDED, TAKEN

# The columns by which a row of one form is found again in the other.
IDENTITY = {
    "unit_info": (), "declarations": ("check",), "items": ("name",), "stages": ("item", "name"), "authorisations": ("number",),
    "departments": ("name",), "staff": ("name",), "systems": ("name",), "tasks": ("content",), "problems": ("problem",),
    "one_card": ("item",),
}  # fmt: skip
# Printed, or different in every form that is sent.
UNTOLD = {("unit_info", "filled_on"), ("declarations", "question"), ("declarations", "good"), ("items", "seq")}
BLANK = "（空）"
VALUE, ADDED, REMOVED = CHANGED


class Pair(NamedTuple):
    """The form that counts, and the newest one it replaced."""

    new: Source
    old: Source


def replaced_forms(files: pd.DataFrame, period: int, sources: dict[str, Source]) -> list[Pair]:
    """The forms of a period that replaced a different one (`files` as settled)."""
    forms = files[files["kind"].eq(intake.FORM) & files["period"].eq(period).fillna(False)]
    newest_last = ["filled_on", "copy", "name_version", "file"]
    old = forms[forms["outcome"].eq(SUPERSEDED)].sort_values(newest_last, na_position="first")
    pairs = forms[forms["outcome"].eq(TAKEN)].merge(old, on="unit", suffixes=("", "_old"))
    pairs = pairs[pairs["sha256"].ne(pairs["sha256_old"])].drop_duplicates("unit", keep="last")
    return [Pair(sources[new], sources[was]) for new, was in zip(pairs["file"], pairs["file_old"], strict=True)]


def compare_forms(pairs: Sequence[Pair], rules: Rules) -> pd.DataFrame:
    """What the new form of each pair tells otherwise than the old one, as findings about the new one."""
    return gather([_compare(pair, rules) for pair in pairs])


def _compare(pair: Pair, rules: Rules) -> pd.DataFrame:
    new, old = (
        type_forms({pair.new.path: read_source(source, rules.form)}, rules.form)[0] for source in (pair.new, pair.old)
    )
    return gather([_compare_sheet(new[sheet.key], old[sheet.key], sheet) for sheet in rules.form.sheets])


def _compare_sheet(new: pd.DataFrame, old: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """Values changed, rows added and rows removed."""
    new, old = _identified(new, sheet), _identified(old, sheet)
    both = new.merge(old, on="identity", suffixes=("", "_old"))
    told = [key for key in sheet.keys if key not in IDENTITY[sheet.key] and (sheet.key, key) not in UNTOLD]
    added, removed = new[~new["identity"].isin(old["identity"])], old[~old["identity"].isin(new["identity"])]
    return gather(
        [
            *(_changed(both, sheet, key) for key in told),
            found(ADDED, added, sheet.key, sheet.keys[0], value="shown"),
            found(REMOVED, removed.assign(row=0), sheet.key, value="shown"),
        ]
    )


def _changed(both: pd.DataFrame, sheet: Sheet, key: str) -> pd.DataFrame:
    now, before = both[key].astype("object"), both[f"{key}_old"].astype("object")
    differ = both[now.where(now.notna(), "").ne(before.where(before.notna(), ""))]
    words = differ.assign(now=_texts(differ[key]), before=_texts(differ[f"{key}_old"]))
    return found(VALUE, words, sheet.key, key, value="before", detail="now")


def _texts(values: pd.Series) -> list[str]:
    return [text_of(value) or BLANK for value in values]


def _identified(rows: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The rows with `identity`, which no other row of the form has, and `shown`, what the row is called."""
    columns = list(IDENTITY[sheet.key])
    names = [normal_names(rows[column]).fillna("").astype("str") + "｜" for column in columns]
    name = sum(names, pd.Series("", index=rows.index, dtype="str"))
    number = name.groupby(name).cumcount().astype("str")
    shown = rows[columns[0]].fillna(BLANK).astype("str") if columns else pd.Series("", index=rows.index, dtype="str")
    return rows.assign(identity=name + number, shown=shown)
