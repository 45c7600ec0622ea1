"""Typed frames -> what counts of them, and findings about rows and cells that do not fit together."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from pipeline.findings import found, gather, none_found
from pipeline.form import YES, Column, Form, Sheet
from pipeline.frames import Frames, expand, holds, rows_of
from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.rules import Rules
from pipeline.submissions import impossible_dates


def clean_frames(frames: Frames, faults: pd.DataFrame, said: pd.DataFrame, rules: Rules) -> tuple[Frames, pd.DataFrame]:
    """The frames without rows that are no items, with twins marked, and the findings about these."""
    form = rules.form
    questions = {str(check.number): check.question for check in rules.checks.checks}
    items, refused, item_findings = keep_items(frames["items"], faults)
    departments, twin_departments = mark_twins(frames["departments"], "departments")
    systems, twin_systems = mark_twins(frames["systems"], "systems")
    declarations, lacking = complete_declarations(frames["declarations"], form, questions)
    info, impossible = _possible_dates(frames["unit_info"], said, rules)
    remarks = gather([remark_on_items(items), remark_on_staff(frames["staff"], departments)])
    remarks = without_absent(remarks, faults)
    cleaned = {
        **frames, "items": items, "refused_items": refused, "departments": departments, "systems": systems,
        "declarations": declarations, "unit_info": info,
    }  # fmt: skip
    return cleaned, gather([item_findings, twin_departments, twin_systems, lacking, impossible, remarks])


def find_in_period(
    frames: Frames, items: pd.DataFrame, said: pd.DataFrame, known: pd.DataFrame, rules: Rules
) -> pd.DataFrame:
    """Findings that need the period or the catalogue: required cells, near names, a unit that says it has no items."""
    own = said[said["period"] == said["own_period"]]
    listed = items[items["reported"] & (items["period"] == items["own_period"])]
    facts = {"unit_in_catalogue": listed["catalogued_unit"], "on_negative_list": listed["exempt"]}
    blanks = [missing_cells(listed, rules.form.by_key["items"], known, facts, rules.calendar.due)]
    for sheet in rules.form.sheets:
        if sheet.key != "items":
            rows = frames[sheet.key].merge(own[["file", "cutoff"]], on="file")
            blanks.append(missing_cells(rows, sheet, known, {}, rules.calendar.due))
    near = listed[listed["near"].notna()]
    return gather(
        [
            *blanks,
            found("near_name", near, "items", "name", value="name", detail="near"),
            _contradictions(frames, items, own),
        ]
    )


def missing_cells(
    frame: pd.DataFrame, sheet: Sheet, findings: pd.DataFrame, facts: Mapping[str, pd.Series], due: Mapping[str, date]
) -> pd.DataFrame:
    """A finding for each required cell of `frame` that is blank (spec 2: * and °).

    `facts` gives the conditions that are no column; `due` the dates until which a blank cell is only a remark, compared with the
    frame's `cutoff`. A cell or column that already has a finding gets no second one.
    """
    blanks = gather([_blank_cells(frame, sheet.key, column, facts, due) for column in sheet.columns])
    return blanks if blanks.empty else _without_known(blanks, findings)


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


def _possible_dates(info: pd.DataFrame, said: pd.DataFrame, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """单位信息 without a 填报日期 after the next period's cut-off, which counts as blank (spec 1)."""
    own = said.drop_duplicates("file").set_index("file")["own_period"]
    impossible = impossible_dates(info.assign(period=info["file"].map(own)), rules.calendar)
    faults = found("date_impossible", info[impossible], "unit_info", "filled_on", value="filled_on")
    return info.assign(filled_on=info["filled_on"].mask(impossible)), faults


def _contradictions(frames: Frames, items: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """无政务服务事项=是 although there are items; or neither items nor that."""
    info = expand(frames["unit_info"], own)
    counts = (
        items.groupby([*UNIT_PERIOD, "reported"])
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[True, False], fill_value=0)
    )
    info = info.merge(counts.rename(columns={True: "listed", False: "left_out"}), on=UNIT_PERIOD, how="left")
    info[["listed", "left_out"]] = info[["listed", "left_out"]].fillna(0).astype("int64")
    none = info["no_items"].eq(YES)
    detail = ("事项清单中有" + info["listed"].astype("str") + "个事项").where(
        info["listed"].gt(0), "事项目录中有本单位事项" + info["left_out"].astype("str") + "个"
    )
    info = info.assign(words=detail)
    contradicted = info[none & (info["listed"].gt(0) | info["left_out"].gt(0))]
    return gather(
        [
            found("no_items_contradicted", contradicted, "unit_info", "no_items", value="no_items", detail="words"),
            found("no_items_listed", info[~none & info["listed"].eq(0)].assign(row=0), "items"),
        ]
    )


def _rows_with(frame: pd.DataFrame, findings: pd.DataFrame, sheet: str, code: str) -> pd.Series:
    index = pd.MultiIndex.from_frame(frame[["file", "row"]])
    return pd.Series(index.isin(rows_of(findings, sheet, (code,))), index=frame.index)


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
