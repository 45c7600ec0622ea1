"""Raw cells -> typed tidy frames and findings about single values, for a whole batch of forms at once."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.findings import found, gather, none_found
from pipeline.form import Column, Condition, Form, Sheet
from pipeline.items import UNIT_PERIOD
from pipeline.reader import Place, RawFinding, RawForm, RawSheet
from pipeline.values import DTYPES, convert

Frames = dict[str, pd.DataFrame]


def type_forms(raws: Mapping[str, RawForm], form: Form) -> tuple[Frames, pd.DataFrame, pd.DataFrame]:
    """The typed frames of some forms (file -> raw form), their findings, and the places of their columns.

    Frames by sheet key: file, row and the sheet's keys (text `str`, date `datetime64[s]`, count `Int64`). A value that could not be
    understood is missing and has a finding. Places: file, sheet, key, column, row.
    """
    frames: Frames = {}
    findings = [stack_findings({file: raw.sheets.values() for file, raw in raws.items()}), _forms_without_version(raws)]
    for sheet in form.sheets:
        cells = stack({file: raw.sheets[sheet.key] for file, raw in raws.items()}, sheet)
        frames[sheet.key], faults = type_sheet(cells, sheet, form)
        findings.append(faults)
    return frames, gather(findings), stack_places({file: raw.sheets.values() for file, raw in raws.items()})


def stack(sheets: Mapping[str, RawSheet], sheet: Sheet) -> pd.DataFrame:
    """The raw cells of one sheet of some files as a frame: file, row and the sheet's keys (objects, None where blank)."""
    frame = {
        key: pd.Series([value for part in sheets.values() for value in part.columns[key]], dtype="object")
        for key in sheet.keys
    }
    files = [file for file, part in sheets.items() for _ in part.rows]
    return pd.DataFrame(
        {
            "file": pd.Series(files, dtype="str"),
            "row": pd.Series([row for part in sheets.values() for row in part.rows], dtype="int64"),
            **frame,
        }
    )


def stack_places(parts: Mapping[str, Iterable[RawSheet]]) -> pd.DataFrame:
    """Where the columns lie in each file: file, sheet, key, column, row."""
    lines = [(file, *place) for file, sheets in parts.items() for sheet in sheets for place in sheet.places]
    return pd.DataFrame(lines, columns=["file", *Place._fields])


def stack_findings(parts: Mapping[str, Iterable[RawSheet]]) -> pd.DataFrame:
    """What the reader remarked on, as findings."""
    lines = [(file, *finding) for file, sheets in parts.items() for sheet in sheets for finding in sheet.findings]
    return pd.DataFrame(lines, columns=["file", *RawFinding._fields]).assign(detail="") if lines else none_found()


def type_sheet(cells: pd.DataFrame, sheet: Sheet, form: Form) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The typed frame of one sheet's raw cells, and the findings about single values."""
    if cells.empty:
        return _without_rows(sheet), none_found()
    reads = {column.key: convert(cells[column.key], column, form) for column in sheet.columns}
    frame = pd.DataFrame(
        {"file": cells["file"], "row": cells["row"], **{key: read["value"] for key, read in reads.items()}}
    )
    findings = [_faults(cells, read, sheet.key, key) for key, read in reads.items()]
    for column in sheet.columns:
        if column.choices_when:
            frame, faults = _apply_conditional_choices(frame, sheet, column)
            findings.append(faults)
    return frame, gather(findings)


def _without_rows(sheet: Sheet) -> pd.DataFrame:
    types = {column.key: DTYPES.get(column.type, "str") for column in sheet.columns}
    return pd.DataFrame(columns=["file", "row", *types]).astype({"file": "str", "row": "int64", **types})


def expand(frame: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """The rows of the files, once for each unit and period they speak for."""
    # What 单位信息 itself says of unit and period was settled before; `said` is what counts.
    return frame.drop(columns=UNIT_PERIOD, errors="ignore").merge(said, on="file", how="inner")


def holds(frame: pd.DataFrame, conditions: tuple[Condition, ...], facts: Mapping[str, pd.Series]) -> pd.Series:
    """For which rows all conditions hold; a cell that says nothing fulfils none."""
    result = pd.Series(True, index=frame.index)
    for condition in conditions:
        result &= _holds(frame, condition, facts)
    return result


def rows_of(findings: pd.DataFrame, sheet: str, codes: tuple[str, ...], keys: tuple[str, ...] = ()) -> pd.MultiIndex:
    """(file, row) of the findings of some kinds on a sheet (and of some of its columns)."""
    hits = findings[(findings["sheet"] == sheet) & findings["code"].isin(codes)]
    hits = hits[hits["key"].isin(keys)] if keys else hits
    return pd.MultiIndex.from_frame(hits[["file", "row"]])


def _faults(cells: pd.DataFrame, read: pd.DataFrame, sheet: str, key: str) -> pd.DataFrame:
    """A finding for each value of a column that was not understood, or only guessed."""
    odd = read[read["code"] != ""]
    if odd.empty:
        return none_found()
    rows = cells.loc[odd.index, ["file", "row", key]].assign(fault=odd["code"], fault_detail=odd["detail"])
    by_fault = rows.groupby("fault", sort=True)
    return gather([found(str(code), some, sheet, key, value=key, detail="fault_detail") for code, some in by_fault])


def _forms_without_version(raws: Mapping[str, RawForm]) -> pd.DataFrame:
    unmarked = pd.DataFrame({"file": [file for file, raw in raws.items() if not raw.stamp.get("version")]})
    return found("version_unknown", unmarked, "unit_info") if len(unmarked) else gather([])


def _apply_conditional_choices(frame: pd.DataFrame, sheet: Sheet, column: Column) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame without the choices that the rest of their row does not allow, and findings about them."""
    allowed = frame[column.key].isin(column.choices) | frame[column.key].isna()
    for more in column.choices_when:
        allowed |= frame[column.key].isin(more.choices) & holds(frame, more.when, {})
    words = "；".join(
        f"“{'”“'.join(more.choices)}”只用于{_in_words(more.when, sheet)}的行" for more in column.choices_when
    )
    faults = found(
        "choice_not_here", frame[~allowed].assign(words=words), sheet.key, column.key, value=column.key, detail="words"
    )
    frame.loc[~allowed, column.key] = None
    return frame, faults


def _in_words(conditions: tuple[Condition, ...], sheet: Sheet) -> str:
    return "且".join(
        f"“{sheet.by_key[c.column].title}”为“{'、'.join(c.is_)}”"
        for c in conditions
        if c.column and isinstance(c.is_, tuple)
    )


def _holds(frame: pd.DataFrame, condition: Condition, facts: Mapping[str, pd.Series]) -> pd.Series:
    if condition.fact:
        return facts[condition.fact] == condition.is_
    cells = frame[condition.column]
    if condition.not_ is not None:
        return cells.notna() & ~cells.isin(condition.not_)
    return cells.isin(condition.is_ if isinstance(condition.is_, tuple) else ())
