"""Raw cells -> typed tidy frames + findings, for a whole batch of forms at once."""

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from pipeline.findings import found, gather, none_found
from pipeline.form import Column, Condition, Form, Sheet
from pipeline.names import normal_names
from pipeline.reader import Place, RawFinding, RawForm, RawSheet
from pipeline.values import convert

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


def missing_cells(
    frame: pd.DataFrame, sheet: Sheet, findings: pd.DataFrame, facts: Mapping[str, pd.Series], due: Mapping[str, date]
) -> pd.DataFrame:
    """A finding for each required cell of `frame` that is blank (spec 2: * and °).

    `facts` gives the conditions that are no column; `due` the dates until which a blank cell is only a remark, compared with the
    frame's `cutoff`. A cell or column that already has a finding gets no second one.
    """
    blanks = gather([_blank_cells(frame, sheet.key, column, facts, due) for column in sheet.columns])
    return blanks if blanks.empty else _without_known(blanks, findings)


def holds(frame: pd.DataFrame, conditions: tuple[Condition, ...], facts: Mapping[str, pd.Series]) -> pd.Series:
    """For which rows all conditions hold; a cell that says nothing fulfils none."""
    result = pd.Series(True, index=frame.index)
    for condition in conditions:
        result &= _holds(frame, condition, facts)
    return result


def mark_twins(frame: pd.DataFrame, sheet: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with `name_key` and `twin` (the name stood in an earlier row of the file), and a remark on every twin."""
    keyed = frame.assign(name_key=normal_names(frame["name"]))
    keyed["twin"] = keyed["name_key"].notna() & keyed.duplicated(["file", "name_key"])
    return keyed, found("name_twice", keyed[keyed["twin"]], sheet, "name", value="name")


def keep_items(items: pd.DataFrame, findings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The rows of 事项清单 that are items, the rows that are none, and the findings about these.

    No item: a row without a name, of a type out of scope, or the second of its name (spec 2). Both frames get `key`, the normal name.
    """
    keyed = items.assign(key=normal_names(items["name"]))
    outside = _rows_with(keyed, findings, "items", "item_out_of_scope")
    nameless = keyed["key"].isna()
    twin = ~nameless & ~outside & keyed[~outside].duplicated(["file", "key"]).reindex(keyed.index, fill_value=False)
    faults = gather(
        [
            found("item_unnamed", keyed[nameless], "items", "name"),
            found("item_twice", keyed[twin], "items", "name", value="name"),
        ]
    )
    none = nameless | outside | twin
    return keyed[~none], keyed[none], faults


def remark_on_items(items: pd.DataFrame) -> pd.DataFrame:
    """Remarks on items whose cells do not fit together."""
    promised = items["promised_days"]
    longer = promised.gt(items["legal_days"]).fillna(False)
    instant = items["case_type"].eq("即办件") & promised.gt(1).fillna(False)
    no_window = items["in_hall"].eq("是") & items["window"].isna()
    return gather(
        [
            found(
                "promise_longer", items[longer], "items", "promised_days", value="promised_days", detail="legal_days"
            ),
            found("instant_long", items[instant], "items", "promised_days", value="name", detail="promised_days"),
            found("window_blank", items[no_window], "items", "window", value="name"),
        ]
    )


def remark_on_staff(staff: pd.DataFrame, departments: pd.DataFrame) -> pd.DataFrame:
    """Remarks on people who are not in the hall though their whole department is."""
    whole = departments[departments["in_hall"].eq("整建制进驻") & ~departments["twin"]][["file", "name_key"]]
    people = staff.assign(name_key=normal_names(staff["department"])).merge(whole.dropna(), on=["file", "name_key"])
    return found("staff_not_in", people[people["in_hall"].eq("否")], "staff", "in_hall", value="name")


def without_absent(remarks: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """The remarks but for those on columns that the file does not have: that is said once, not in every row."""
    gone = findings[findings["code"].isin(["column_missing", "column_absent"])]
    columns = pd.MultiIndex.from_frame(gone[["file", "sheet", "key"]])
    return remarks[~pd.MultiIndex.from_frame(remarks[["file", "sheet", "key"]]).isin(columns)]


def complete_declarations(
    declarations: pd.DataFrame, form: Form, questions: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a file and check (1–9), and a finding for each check the sheet no longer has.

    A line whose 序号 is lost is known by its 自查内容.
    """
    by_text = {normal: number for number, normal in zip(questions, normal_names(pd.Series(questions)), strict=True)}
    frame = declarations.assign(check=declarations["check"].fillna(normal_names(declarations["question"]).map(by_text)))
    frame = frame[frame["check"].notna()].drop_duplicates(["file", "check"])
    wanted = pd.MultiIndex.from_product([frame["file"].unique(), list(questions)], names=["file", "check"]).to_frame(
        index=False
    )
    lacking = wanted.merge(frame[["file", "check", "row"]], on=["file", "check"], how="left")
    lacking = lacking[lacking["row"].isna()].drop(columns="row")
    return frame, found("check_missing", lacking, "declarations", "declared", value="check")


def rows_of(findings: pd.DataFrame, sheet: str, codes: tuple[str, ...], keys: tuple[str, ...] = ()) -> pd.MultiIndex:
    """(file, row) of the findings of some kinds on a sheet (and of some of its columns)."""
    hits = findings[(findings["sheet"] == sheet) & findings["code"].isin(codes)]
    hits = hits[hits["key"].isin(keys)] if keys else hits
    return pd.MultiIndex.from_frame(hits[["file", "row"]])


def _rows_with(frame: pd.DataFrame, findings: pd.DataFrame, sheet: str, code: str) -> pd.Series:
    index = pd.MultiIndex.from_frame(frame[["file", "row"]])
    return pd.Series(index.isin(rows_of(findings, sheet, (code,))), index=frame.index)


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


def _blank_cells(
    frame: pd.DataFrame, sheet: str, column: Column, facts: Mapping[str, pd.Series], due: Mapping[str, date]
) -> pd.DataFrame:
    if not (column.required or column.required_when) or frame.empty:
        return none_found()
    wanted = pd.Series(True, index=frame.index) if column.required else holds(frame, column.required_when, facts)
    lacking = wanted & frame[column.key].isna()
    if not lacking.any():
        return none_found()
    blank = frame[lacking]
    if not column.remark_until:
        return found("missing", blank, sheet, column.key)
    until = pd.Timestamp(due[column.remark_until])
    early = blank["cutoff"] <= until
    later = blank[early].assign(until=f"{until.month}月{until.day}日")
    return gather(
        [
            found("missing_later", later, sheet, column.key, detail="until"),
            found("missing", blank[~early], sheet, column.key),
        ]
    )


def _without_known(blanks: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Blanks without the cells and columns that already have an error of their own."""
    cells = pd.MultiIndex.from_frame(findings[["file", "sheet", "row", "key"]])
    known = pd.MultiIndex.from_frame(blanks[["file", "sheet", "row", "key"]]).isin(cells)
    return without_absent(blanks[~known], findings)
