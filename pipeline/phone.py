"""电话更正: values a unit corrected on the telephone, put into its form before it is judged (spec 5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd

from pipeline.findings import found, text_of
from pipeline.form import Form, Sheet
from pipeline.intake import FORM
from pipeline.names import normal_name
from pipeline.raw import RawForm, RawSheet, plain
from pipeline.submissions import CORRECTED, NEWEST_LAST, TAKEN

_ROW = re.compile(r"第?(\d+)行")
_PARTS = re.compile(r"[/／|｜]")
# What a row is called, by sheet key: its first columns; elsewhere the first column of the form but 序号.
NAMED_BY = {"declarations": ("check", "question"), "tasks": ("number", "content"), "problems": ("number", "problem")}
# Whose form it is and which period it belongs to is settled before the cells are looked at.
NOT_BY_PHONE = ("unit", "period", "filled_on")


class Correction(NamedTuple):
    """An entry of 电话更正: its row in the register, where in the form it belongs, the new value, who called."""

    entry: int
    sheet: str
    line: str
    heading: str
    new: str
    caller: str


@dataclass(frozen=True)
class Phoned:
    """What became of a correction: why it could not be applied ("" where it was), the cell, and the value that stood there."""

    entry: int
    why: str
    file: str = ""
    sheet: str = ""
    key: str = ""
    row: int = 0
    old: str = ""
    new: str = ""


def assign_corrections(
    entries: pd.DataFrame, files: pd.DataFrame, last: int
) -> tuple[dict[str, tuple[Correction, ...]], pd.DataFrame]:
    """The corrections by the file they change, and entry, why of those no file is changed by.

    entries: of 电话更正. A correction belongs to the form that counts for its unit and period; a form filled in after the call has made it needless.
    """
    counted = files[files["kind"].eq(FORM) & files["outcome"].isin([TAKEN, CORRECTED])]
    counted = counted.sort_values(NEWEST_LAST, na_position="first").drop_duplicates(["unit", "period"], keep="last")
    told = entries[entries["period"].le(last)].merge(
        counted[["unit", "period", "file", "filled_on", "received_on"]], on=["unit", "period"], how="left"
    )
    # A form mailed after the call may still carry the old date.
    newer = (told["filled_on"] > told["date"]) | (told["received_on"] > told["date"])
    reasons = {"该单位这一期没有计入的填报表，没有用上": told["file"].isna(), "单位之后又报了新表，以新表为准": newer}
    left = [_unused(told, where, why) for why, where in reasons.items()]
    usable = told[told["file"].notna() & ~newer]
    columns = ["file", "row", "sheet", "line", "heading", "new", "caller"]
    texts = usable[columns].astype("object").where(usable[columns].notna(), "")
    by_file: dict[str, tuple[Correction, ...]] = {}
    for file, *values in texts.itertuples(index=False):
        by_file[file] = (*by_file.get(file, ()), Correction(*values))
    return by_file, pd.concat(left, ignore_index=True)


def _unused(told: pd.DataFrame, where: pd.Series, why: str) -> pd.DataFrame:
    """entry and why of the entries that are not used."""
    return pd.DataFrame({"entry": told.loc[where, "row"], "why": why})


def apply_corrections(
    raws: Mapping[str, RawForm], corrections: Mapping[str, Sequence[Correction]], form: Form
) -> tuple[dict[str, RawForm], list[Phoned]]:
    """The forms with the corrected values, and what became of each correction; a later entry goes over an earlier one."""
    forms, done = dict(raws), []
    for file, wanted in corrections.items():
        for correction in wanted if file in forms else ():
            forms[file], phoned = _apply(forms[file], correction, file, form)
            done.append(phoned)
    return forms, done


def told_by_phone(done: Sequence[Phoned]) -> pd.DataFrame:
    """A finding on each cell that was corrected by telephone: what stood there, what it is now."""
    rows = pd.DataFrame([vars(phoned) for phoned in done if not phoned.why], columns=list(Phoned.__dataclass_fields__))
    if rows.empty:
        return found("phone_corrected", rows, "unit_info")
    return pd.concat(
        [
            found("phone_corrected", some, str(sheet), value="old", detail="new").assign(key=some["key"])
            for sheet, some in rows.groupby("sheet", sort=False)
        ],
        ignore_index=True,
    )


def _apply(raw: RawForm, correction: Correction, file: str, form: Form) -> tuple[RawForm, Phoned]:
    sheet = form.by_title.get(correction.sheet)
    if sheet is None or sheet.key not in raw.sheets:
        return raw, Phoned(correction.entry, f"填报表没有工作表“{correction.sheet}”")
    heading = plain(
        correction.line if sheet.layout == "fields" and plain(correction.line) in _titles(sheet) else correction.heading
    )
    key = _titles(sheet).get(heading)
    if key is None:
        return raw, Phoned(correction.entry, f"“{sheet.title}”没有“{correction.heading}”一栏；请写栏目名称")
    if sheet.layout == "fields" and key in NOT_BY_PHONE:
        return raw, Phoned(correction.entry, f"“{sheet.by_key[key].title}”不能电话更正；请单位重新报送")
    cells = raw.sheets[sheet.key]
    places = [0] if sheet.layout == "fields" else _places(cells, correction.line, sheet)
    if len(places) != 1:
        what = "找不到" if not places else f"有{len(places)}行都叫"
        return raw, Phoned(correction.entry, f"“{sheet.title}”{what}“{correction.line}”；请写成“第N行”（Excel 的行号）")
    changed, phoned = _put(cells, sheet, key, places[0], correction, file)
    return replace(raw, sheets={**raw.sheets, sheet.key: changed}), phoned


def _titles(sheet: Sheet) -> dict[str, str]:
    return {plain(title): column.key for column in sheet.columns for title in (column.title, *column.former)}


def _places(cells: RawSheet, line: str, sheet: Sheet) -> list[int]:
    """The entries of a sheet a correction may mean: by Excel row, by name, by several names joined by /."""
    if match := _ROW.fullmatch(plain(line)):
        return [place for place, row in enumerate(cells.rows) if row == int(match[1])]
    wanted = [normal_name(part) for part in _PARTS.split(line)]
    if len(wanted) > 1:
        keys = [key for key in sheet.keys if key != "seq"][: len(wanted)]
        hits = [place for place in range(len(cells.rows)) if [_named(cells, key, place) for key in keys] == wanted]
        if hits:
            return hits
    names = NAMED_BY.get(sheet.key, tuple(key for key in sheet.keys if key != "seq")[:1])
    whole = normal_name(line)
    return [place for place in range(len(cells.rows)) if whole in [_named(cells, key, place) for key in names]]


def _named(cells: RawSheet, key: str, place: int) -> str:
    return normal_name(text_of(cells.columns[key][place]))


def _put(
    cells: RawSheet, sheet: Sheet, key: str, place: int, correction: Correction, file: str
) -> tuple[RawSheet, Phoned]:
    """The sheet with the new value, without what the reader remarked on the old one."""
    values: list[Any] = list(cells.columns[key])
    old, row = text_of(values[place]), cells.rows[place]
    values[place] = correction.new
    findings = [told for told in cells.findings if (told.key, told.row) != (key, row)]
    changed = replace(cells, columns={**cells.columns, key: values}, findings=findings)
    return changed, Phoned(correction.entry, "", file, sheet.key, key, row, old, correction.new)
